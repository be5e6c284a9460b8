"""What a solved model answers."""

import pandas as pd
import pytest
from small_models import DATE, PAIRS, model

import placement_opt as po


class TestAnswers:
    def test_why_not_names_the_rule_that_removes_a_pair_and_no_other(self):
        coached = po.Region(
            name="far",
            date=DATE,
            candidates=[
                po.Candidate(
                    id="C-1",
                    location=(51.8, 5.8),
                    transport="walk",
                    max_travel_minutes=10,
                    hours_per_week=(0, 8),
                    coaching_regime="light",
                    coaching_year=1,
                )
            ],
            openings=[
                po.Opening(id="O-1", location=(51.9, 5.8), hours_per_week=(0, 8)),
                po.Opening(id="O-2", location=(51.8, 5.8), hours_per_week=(0, 8)),
            ],
            coaches=[po.Coach(id="K-1", hours_per_week=5)],
        )
        result = po.solve(coached)
        answer = result.why_not("C-1", "O-1")
        assert not answer.is_eligible
        assert [one.title for one in answer.reasons] == ["travel time"]
        assert result.why_not("C-1", "O-2").is_placed
        assert "placed there" in str(result.why_not("C-1", "O-2"))

    def test_why_not_tells_who_won(self):
        one = {name: [values[0], values[2]] for name, values in PAIRS.items()}
        result = model(pairs=one, n_openings=2).solve()
        answer = result.why_not("C-2", "O-1")
        assert answer.is_eligible
        assert any("all 1 positions are taken (by C-1)" in one.text for one in answer.reasons)
        closed = model(opening={"positions": 0}).solve().why_not("C-1", "O-1")
        assert any("closed" in one.text for one in closed.reasons)
        other = model().solve().why_not("C-1", "O-1")
        assert other.reasons[0].text == "placed in O-2 instead (4 points)"

    def test_why_not_of_a_pair_that_was_not_listed(self):
        one = {name: values[:1] for name, values in PAIRS.items()}
        answer = model(pairs=one).why_not("C-2", "O-2")
        assert [r.text for r in answer.reasons] == ["the pair is not among the given pairs"]

    def test_why_not_of_unknown_ids(self):
        with pytest.raises(po.UnknownIdError, match="did you mean 'C-1'"):
            model().why_not("C1", "O-1")

    @pytest.mark.parametrize("id_", [1, 1.5, None, float("nan"), pd.NA, ["C-1"], {"a": 1}, b"C-1"])
    def test_ids_that_are_no_texts_are_unknown(self, id_):
        solved = model().solve()
        for ask in (
            lambda: model().why_not(id_, "O-1"),
            lambda: model().why_not("C-1", id_),
            lambda: solved.why_not(id_, "O-1"),
            lambda: model().to_cp_sat().variable("C-1", id_),
        ):
            with pytest.raises(po.UnknownIdError, match="Hint"):
                ask()

    def test_a_number_is_close_to_its_digits(self):
        one = po.Region(
            name="r", candidates=[po.Candidate(id="17")], openings=[po.Opening(id="O-1")]
        )
        with pytest.raises(po.UnknownIdError, match="did you mean '17'"):
            po.Model(one).why_not(17, "O-1")

    @pytest.mark.parametrize("name", [["auto"], None, 3, {"auto"}])
    def test_a_solver_that_is_no_text_is_refused(self, name):
        with pytest.raises(po.SolverUnavailableError, match="must be one of auto"):
            model().solve(solver=name)

    def test_the_cp_sat_model_is_one_and_can_be_extended(self):
        from ortools.sat.python import cp_model

        cp = model().to_cp_sat()
        assert isinstance(cp, cp_model.CpModel)
        assert cp.validate() == ""
        assert cp.pairs()[["candidate_id", "opening_id"]].to_numpy().tolist() == [
            ["C-1", "O-1"],
            ["C-1", "O-2"],
            ["C-2", "O-1"],
            ["C-2", "O-2"],
        ]
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(cp) == cp_model.OPTIMAL
        assert solver.value(cp.variable("C-1", "O-2")) == 1
        cp.add(cp.variable("C-1", "O-2") == 0)
        assert solver.solve(cp) == cp_model.OPTIMAL
        assert solver.value(cp.variable("C-1", "O-1")) == 1
        with pytest.raises(po.UnknownIdError):
            cp.variable("C-1", "O-9")

    def test_a_result_survives_json(self, tmp_path):
        file = tmp_path / "result.json"
        result = po.solve(po.synthetic_region(candidates=40, openings=14, seed=2))
        result.to_json(file)
        again = po.Result.from_json(file)
        assert again == result
        assert again.model_dump() == result.model_dump()
        assert again.summary() == result.summary()
        pd.testing.assert_frame_equal(again.placements, result.placements)
        with pytest.raises(po.PlacementError, match="from a file"):
            again.why_not("C-00001", "O-0001")

    def test_a_file_is_never_overwritten_unasked(self, tmp_path):
        file = tmp_path / "result.json"
        result = model().solve()
        result.to_json(file)
        before = file.read_bytes()
        with pytest.raises(FileExistsError):
            result.to_json(file)
        assert file.read_bytes() == before
        result.to_json(file, overwrite=True)
        assert po.Result.from_json(file) == result

    def test_what_is_no_result_is_refused(self, tmp_path):
        file = tmp_path / "other.json"
        file.write_text('{"status": "OPTIMAL"}', encoding="utf-8")
        with pytest.raises(po.InvalidInputError, match="as Result"):
            po.Result.from_json(file)

    def test_placements_have_a_plain_index(self):
        frame = model().solve().placements
        assert isinstance(frame.index, pd.RangeIndex)
        assert len(frame) == 2
