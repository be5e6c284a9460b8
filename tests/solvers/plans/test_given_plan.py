"""Start plans: kept whole with their coaches, else the best part of them, completed, and told."""

import decimal
import itertools
import logging

import numpy as np
import pandas as pd
import pytest
from given_plans import START, kept_only, model, placed, region

import placement_opt as po
from placement_opt.run.given_placements import id_text, placements_of
from placement_opt.run.start_outcome import start_lines
from placement_opt.solvers.plans import given_plan
from placement_opt.solvers.search.base import Ending

FORMS = {
    "pairs": START,
    "triples": [(*pair, None) for pair in START],
    "lists": [list(pair) for pair in START],
    "an array": np.array(START),
    "a generator": iter(START),
    "a mapping of columns": dict(
        zip(("candidate_id", "opening_id"), map(list, zip(*START, strict=True)), strict=True)
    ),
    "a frame": pd.DataFrame(START, columns=["candidate_id", "opening_id"]),
    "categories": pd.DataFrame(START, columns=["candidate_id", "opening_id"]).astype("category"),
    "records": [{"candidate_id": c, "opening_id": o} for c, o in START],
}


class TestForms:
    @pytest.mark.parametrize("form", FORMS)
    def test_every_form_says_the_same(self, form):
        start = FORMS[form]
        result = kept_only(model(), list(start) if form == "a generator" else start)
        assert placed(result) == set(START)
        assert result.start.kept == result.start.given == 3
        assert result.start.left_out == ()

    def test_a_result_its_rows_and_its_file_say_the_same(self, tmp_path):
        first = kept_only(model(), START)
        first.to_json(tmp_path / "plan.json")
        read = po.Result.from_json(tmp_path / "plan.json")
        for start in (first, read, first.placements, first.placement_rows):
            assert placed(kept_only(model(), start)) == set(START)

    def test_polars_frames_are_read(self):
        polars = pytest.importorskip("polars", reason="polars is in the test extra")
        frame = polars.DataFrame(
            {"candidate_id": ["C-0", "C-1"], "opening_id": ["O-0", None], "coach_id": [None, None]}
        )
        result = kept_only(model(), frame)
        assert placed(result) == {("C-0", "O-0")}
        assert [left.reason for left in result.start.left_out] == ["no_opening"]

    @pytest.mark.parametrize(
        "missing", [None, np.nan, pd.NA, pd.NaT, float("nan"), "", "  ", decimal.Decimal("NaN")]
    )
    def test_a_person_without_an_opening_is_not_placed(self, missing):
        result = kept_only(model(), [("C-0", "O-0"), ("C-1", missing), (missing, "O-2")])
        assert placed(result) == {("C-0", "O-0")}
        assert [(left.reason, left.count) for left in result.start.left_out] == [("no_opening", 2)]

    def test_numbers_are_read_as_their_digits(self):
        place = po.Region(
            name="r",
            candidates=[po.Candidate(id="7"), po.Candidate(id="8")],
            openings=[po.Opening(id="1"), po.Opening(id="2")],
        )
        of = po.Model(
            place,
            pairs={"candidate_id": ["7", "8"], "opening_id": ["1", "2"], "score": [1, 2]},
            objective=[po.PairScore("score")],
        )
        for seven, one in itertools.product(
            (7, 7.0, np.int64(7), np.float32(7), decimal.Decimal(7), "7"), (1, np.uint8(1))
        ):
            assert placed(kept_only(of, [(seven, one)])) == {("7", "1")}
        frame = pd.DataFrame({"candidate_id": [7, 8], "opening_id": [1, None]})
        assert frame["opening_id"].dtype == np.float64
        assert placed(kept_only(of, frame)) == {("7", "1")}
        told = kept_only(of, [(7.5, 1), (True, 1), (7, float("inf")), (["7"], 1)]).start
        assert {left.reason for left in told.left_out} == {"unknown_candidate", "unknown_opening"}
        assert told.kept == 0

    @pytest.mark.parametrize(
        ("start", "field"),
        [
            (3, "start"),
            ("C-0", "start"),
            (b"C-0", "start"),
            ({"C-0": "O-0"}, "start"),
            ([("C-0",)], "row"),
            ([("C-0", "O-0", None, None, 3)], "row"),
            ([3], "row"),
            (["C0"], "row"),
            ([{"candidate": "C-0"}], "row"),
            ({"candidate_id": "C-0", "opening_id": ["O-0"]}, "candidate_id"),
            ({"candidate_id": ["C-0"], "opening_id": []}, "opening_id"),
            (pd.DataFrame([["C-0", "O-0", "O-1"]], columns=["candidate_id", *["opening_id"] * 2]),
             "opening_id"),
        ],
    )  # fmt: skip
    def test_what_is_no_plan_is_bad_input(self, start, field):
        with pytest.raises(po.InvalidInputError) as info:
            model().solve(start=start)
        assert [problem.field for problem in info.value.problems] == [field]
        assert {problem.subject for problem in info.value.problems} == {"start"}

    def test_all_wrong_rows_are_told_at_once(self):
        with pytest.raises(po.InvalidInputError) as info:
            placements_of([("C-0", "O-0"), 3, ("C-1",)])
        assert [problem.id for problem in info.value.problems] == ["row 1", "row 2"]

    @pytest.mark.parametrize("value", [object(), ("a",), {"a": 1}, True, b"7", 10.0**30])
    def test_an_id_of_any_kind_has_a_text(self, value):
        assert id_text(value) == str(value)


class TestLeftOut:
    def reasons(self, result):
        return {left.reason: (left.count, left.first) for left in result.start.left_out}

    def test_who_left_and_what_closed_is_left_out_and_told(self, caplog):
        start = [*START, ("C-9", "O-0"), ("C-8", "O-0"), ("C-1", "O-9")]
        with caplog.at_level(logging.WARNING, "placement_opt"):
            result = kept_only(model(), start)
        assert placed(result) == set(START)
        assert self.reasons(result) == {
            "unknown_candidate": (2, ("C-9", "C-8")),
            "unknown_opening": (1, ("O-9",)),
        }
        for told in (caplog.text, result.run.parameters.start, result.summary()):
            assert "2 left out, unknown candidate (C-9, C-8)" in told
            assert "1 left out, unknown opening (O-9)" in told
        dutch = result.summary("nl")
        assert "startplan" in dutch
        assert "2 weggelaten, onbekende kandidaat (C-9, C-8)" in dutch

    def test_a_citizen_service_number_is_masked(self):
        result = kept_only(model(), [(111222333, "O-0")])
        assert "111222333" not in result.model_dump_json()
        assert "******333" in result.summary()

    def test_rows_that_come_twice_are_counted_once(self):
        result = kept_only(model(), [*START, START[0], START[0]])
        assert placed(result) == set(START)
        assert self.reasons(result) == {"listed_twice": (2, ("C-0 in O-2",) * 2)}

    def test_a_pair_that_is_not_eligible_is_left_out(self):
        one = po.Model(
            region(),
            pairs={"candidate_id": ["C-0"], "opening_id": ["O-0"], "score": [1]},
            objective=[po.PairScore("score")],
        )
        result = kept_only(one, [*START[1:], ("C-0", "O-0")])
        assert placed(result) == {("C-0", "O-0")}
        assert self.reasons(result) == {"not_eligible": (2, ("C-1 in O-1", "C-2 in O-0"))}

    def test_one_row_too_many_costs_that_row_alone(self):
        of = model(region(3, 3), None, po.ResourceLimit(uses="size", per="region", limits=3))
        result = kept_only(of, [("C-0", "O-0"), ("C-1", "O-1"), ("C-2", "O-2")])
        # 1 + 12 by sizes 1 + 2, or 23 by size 3 alone.
        assert placed(result) == {("C-2", "O-2")}
        assert result.objective == 23
        assert [left.rule for left in result.start.left_out] == ["resource limit"]
        assert result.start.left_out[0].count == 2
        assert "rule broken: resource limit (C-0 in O-0, C-1 in O-1)" in result.summary()
        dutch = po.ResourceLimit.title_nl
        assert f"in strijd met regel: {dutch} (C-0 in O-0" in result.summary("nl")

    def test_the_first_ids_are_named_and_the_rest_counted(self):
        result = kept_only(model(), [(f"X-{n}", "O-0") for n in range(12)])
        (left,) = result.start.left_out
        assert (left.count, len(left.first)) == (12, 5)
        assert "X-4, ...)" in result.summary()
        assert "X-5" not in result.summary()

    def test_what_lowers_the_total_is_told_as_that(self):
        of = model(None, {(0, 2): -50, (1, 2): 30})
        result = kept_only(of, [("C-0", "O-0"), ("C-1", "O-2"), ("C-2", "O-2"), ("C-0", "O-2")])
        assert result.objective == 31
        told = {(left.reason, left.rule) for left in result.start.left_out}
        assert ("breaks_a_rule", "positions of an opening") in told

    def test_a_part_that_is_better_than_the_whole_start_is_taken(self):
        result = kept_only(model(None, {(0, 2): -50}), START)
        assert result.start.kept == 3
        assert result.objective == 12 + 21

    def test_cp_sat_helps_where_highs_finds_nothing(self, monkeypatch):
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
        monkeypatch.setattr("placement_opt.solvers.engines.mip.Mip.solve", lambda *_: Ending.FAILED)
        # Greed takes C-2 alone, worth 23, and then nothing; 1 + 12 + 13 are more.
        of = model(None, {(1, 2): 13}, po.ResourceLimit(uses="size", per="region", limits=3))
        lowest = po.ResourceLimit(per="region", minimums=2)
        result = kept_only(of.add(lowest), [("C-0", "O-0"), ("C-1", "O-1"), ("C-2", "O-2")])
        assert placed(result) == {("C-0", "O-0"), ("C-1", "O-1")}

    def test_nothing_is_told_where_nothing_was_given(self):
        result = model().solve()
        assert result.start is None
        assert result.run.parameters.start == "none given"
        assert "start plan" not in result.summary()

    def test_an_empty_start_is_told(self):
        result = model().solve(start=[])
        assert result.status is po.Status.OPTIMAL
        assert result.run.parameters.start == "not used: it has no placements"

    def test_a_result_without_a_plan_is_an_empty_start(self):
        never = model(None, None, po.ResourceLimit(per="region", minimums=9)).solve()
        assert not never.has_plan
        assert model().solve(start=never).start.given == 0

    def test_the_outcome_survives_a_file(self, tmp_path):
        result = kept_only(model(), [*START, ("C-9", "O-0")])
        result.to_json(tmp_path / "r.json")
        read = po.Result.from_json(tmp_path / "r.json")
        assert read.start == result.start
        assert read.summary("nl") == result.summary("nl")

    def test_a_fault_of_ours_costs_the_start_and_not_the_solve(self, monkeypatch, caplog):
        def fall(*_, **__):
            raise RuntimeError("broken")

        monkeypatch.setattr("placement_opt.run.start_plan.plan_of_given", fall)
        result = model().solve(start=START)
        assert result.status is po.Status.OPTIMAL
        assert not result.start.is_plan
        assert result.run.parameters.start.startswith("not used")
        assert "broken" in caplog.text
        caplog.clear()

    def test_english_and_dutch_say_as_much(self):
        result = kept_only(model(), [*START, ("C-9", "O-0"), ("C-1", None), START[0]])
        assert len(start_lines(result.start, "en")) == len(start_lines(result.start, "nl")) == 4


class TestCompleted:
    """Rules that ask for more than the start has."""

    def test_the_empty_plan_is_offered_too(self, monkeypatch):
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
        of = model(None, dict.fromkeys(itertools.product(range(3), range(3)), -1))
        result = kept_only(of, START)
        assert result.objective == 0
        assert result.placement_rows == ()

    @pytest.mark.parametrize("fixed", [("C-0", "O-0"), ("C-0", "O-1")])
    def test_fixed_placements_are_added(self, fixed):
        of = model(region(fixed_placements=[fixed]), None, po.FixedPlacements())
        result = kept_only(of, [("C-1", "O-1")])
        assert fixed in placed(result)
        assert len(placed(result)) == (2 if fixed[1] == "O-0" else 1)
        assert result.start.added == 1
        assert "1 added, since rules ask for them" in result.summary()

    def test_fixed_placements_are_a_plan_without_any_start(self):
        of = model(region(fixed_placements=[("C-0", "O-0")]), None, po.FixedPlacements())
        assert placed(kept_only(of)) == {("C-0", "O-0")}

    def test_who_has_no_place_yet_gets_one_beside_the_start(self):
        of = model(None, None, po.EveryCandidatePlaced())
        result = kept_only(of, [("C-0", "O-2"), ("C-1", "O-1")])
        assert placed(result) == set(START)
        assert (result.start.kept, result.start.added) == (2, 1)

    def test_the_start_gives_way_where_rules_ask_for_it(self):
        scores = {(0, 0): 5, (1, 0): 5, (1, 1): 1}
        place = region(2, 2)
        of = po.Model(
            place,
            pairs={
                "candidate_id": ["C-0", "C-1", "C-1"],
                "opening_id": ["O-0", "O-0", "O-1"],
                "score": list(scores.values()),
            },
            rules=[po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()],
            objective=[po.PairScore("score")],
        )
        result = kept_only(of, [("C-1", "O-0")])
        assert placed(result) == {("C-0", "O-0"), ("C-1", "O-1")}
        assert (result.start.kept, result.start.added) == (0, 2)

    @pytest.mark.parametrize("most", [20_000, 0])
    def test_several_move_where_one_finds_no_place_beside_them(self, most, monkeypatch):
        monkeypatch.setattr(given_plan, "MOST_VARIABLES", most)
        listed = {"C-0": (0, 1), "C-1": (0, 1, 2), "C-2": (1, 2)}
        cells = [(c, f"O-{o}", 1) for c, openings in listed.items() for o in openings]
        of = po.Model(
            region(),
            pairs=pd.DataFrame(cells, columns=["candidate_id", "opening_id", "score"]),
            rules=[po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()],
            objective=[po.PairScore("score")],
        )
        result = kept_only(of, [("C-1", "O-0"), ("C-2", "O-1")])
        assert result.start.is_plan
        assert len(placed(result)) == 3
        assert result.start.kept == 1

    def test_a_hard_minimum_is_reached(self):
        of = model(None, None, po.ResourceLimit(uses="size", per="region", minimums=5))
        result = kept_only(of, [("C-2", "O-2")])
        assert ("C-2", "O-2") in placed(result)
        assert result.start.added == len(placed(result)) - 1

    def test_what_cannot_be_completed_is_said_so(self):
        of = model(None, None, po.ResourceLimit(per="region", minimums=4))
        result = of.solve(start=START)
        assert result.status is po.Status.INFEASIBLE
        assert not result.start.is_plan
        assert "not used: no plan was found that has its placements" in result.summary()
        assert "niet gebruikt" in result.summary("nl")
