"""Start plans: kept whole with their coaches, else the best part of them, completed, and told."""

import dataclasses
import datetime as dt
import decimal
import functools
import itertools
import logging

import numpy as np
import pandas as pd
import pytest
from formulations import problem, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import coach_choices, pairs_of, subsets, tiny_regions

import placement_opt as po
from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement
from placement_opt.pairs.listed import given_of
from placement_opt.run.given_placements import id_text, placements_of
from placement_opt.run.start_outcome import start_lines
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines import cp_sat
from placement_opt.solvers.plans import given_filling, given_plan
from placement_opt.solvers.plans.given_greedy import settled, taken_of
from placement_opt.solvers.plans.upper_limits import UpperLimits, asked_by_name
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import LEAST_PLAN, Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import apart as components_search
from placement_opt.solvers.ways import auto

SOME = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def region(n_candidates=3, n_openings=3, **fields):
    return po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_candidates)],
        openings=[po.Opening(id=f"O-{n}") for n in range(n_openings)],
        **fields,
    )


def model(place=None, scores=None, *rules):
    """Every pair is eligible; pair (c, o) is worth ``10 * c + o + 1`` unless `scores` says else."""
    place = region() if place is None else place
    pairs = itertools.product(range(len(place.candidates)), range(len(place.openings)))
    cells = [
        (f"C-{c}", f"O-{o}", (scores or {}).get((c, o), 10 * c + o + 1), c + 1) for c, o in pairs
    ]
    frame = pd.DataFrame(cells, columns=["candidate_id", "opening_id", "score", "size"])
    return po.Model(
        place,
        pairs=frame,
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.PairScore("score")],
    )


class Idle:
    name = "idle"

    def refuses(self, formulation):
        del formulation

    def solve(self, formulation, search):
        del formulation, search
        return Ending.STOPPED


def kept_only(of, start=None):
    """Solve without any search: what comes back is what was made of the start."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Idle())
        return of.solve(start=start)


def placed(result):
    return {(row.candidate_id, row.opening_id) for row in result.placement_rows}


START = [("C-0", "O-2"), ("C-1", "O-1"), ("C-2", "O-0")]


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
            ([("C-0", "O-0", None, 3)], "row"),
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


def coached_region(coaches, n=6, at_hours=(0, 20)):
    return po.Region(
        name="coached",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(id=f"C-{c}", coaching_hours_per_week=1 + c % 3, hours_per_week=at_hours)
            for c in range(n)
        ],
        openings=[po.Opening(id=f"O-{o}", hours_per_week=(0, 10)) for o in range(n)],
        coaches=coaches,
    )


ROOMY = [po.Coach(id=f"K-{k}", hours_per_week=20, max_caseload=4) for k in range(3)]


class TestCoaches:
    @pytest.mark.parametrize("at_most", [1, 2])
    def test_given_coaches_are_kept_without_any_search(self, at_most, monkeypatch):
        def no_search(*_, **__):
            raise AssertionError("a search")

        monkeypatch.setattr(given_plan, "_solved", no_search)
        monkeypatch.setattr("placement_opt.solvers.plans.completion._solved", no_search)
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
        # Not who a search or a hand-out in order would take.
        start = [(f"C-{c}", f"O-{c}", f"K-{(c * 2 + 1) % 3}") for c in range(6)]
        of = coached_model(coached_region(ROOMY), at_most)
        result = kept_only(of, start)
        found = [(r.candidate_id, r.opening_id, r.coach_id) for r in result.placement_rows]
        assert sorted(found) == start
        assert (result.start.coaches_kept, result.start.coaches_found) == (6, 0)

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_missing_coaches_are_found_and_others_stay(self, at_most):
        start = pd.DataFrame(
            {
                "candidate_id": [f"C-{c}" for c in range(6)],
                "opening_id": [f"O-{c}" for c in range(6)],
                "coach_id": ["K-2", None, "K-9", "K-1", np.nan, "K-0"],
            }
        )
        result = kept_only(coached_model(coached_region(ROOMY), at_most), start)
        coach = {row.candidate_id: row.coach_id for row in result.placement_rows}
        assert [coach["C-0"], coach["C-3"], coach["C-5"]] == ["K-2", "K-1", "K-0"]
        told = result.start
        assert (told.coaches_kept, told.coaches_found, told.coaches_changed) == (3, 2, 1)
        assert "coaches: 3 kept, 2 found, 1 changed" in result.summary()
        assert "coaches: 3 behouden, 2 gevonden, 1 gewijzigd" in result.summary("nl")

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_a_coach_who_cannot_be_kept_costs_nobody_a_place(self, at_most):
        # C-0 and C-3 need 1 hour, C-1 and C-4 two, C-2 and C-5 three: 12 hours in all, 6 each.
        tight = [po.Coach(id=f"K-{k}", hours_per_week=6, max_caseload=3) for k in range(2)]
        start = [(f"C-{c}", f"O-{c}", "K-0") for c in range(6)]
        result = kept_only(coached_model(coached_region(tight), at_most), start)
        assert len(result.placement_rows) == 6
        assert result.start.left_out == ()

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_too_few_hours_cost_as_little_as_can_be(self, at_most):
        few = [po.Coach(id="K-0", hours_per_week=5, max_caseload=2)]
        result = kept_only(
            coached_model(coached_region(few), at_most), [(f"C-{c}", f"O-{c}") for c in range(6)]
        )
        # Hours allow C-1 with C-2 or C-5, and so on; worth 10 * c + 1.
        assert result.objective == 41 + 51
        assert result.start.left_out[0].rule == "coaching capacity"

    def test_who_is_placed_again_keeps_their_coach_where_people_are_alike(self):
        start = [(f"C-{c}", f"O-{c}", f"K-{(c + 1) % 3}") for c in range(6)]
        result = coached_model(coached_region(ROOMY), 1).solve(start=start)
        assert result.status is po.Status.OPTIMAL
        assert {row.candidate_id: row.coach_id for row in result.placement_rows} == {
            c: coach for c, _, coach in start
        }

    @FEW
    @given(region=tiny_regions(fixed=False), data=st.data())
    def test_coaches_of_a_plan_are_kept_in_every_region(self, region, data):
        at_most = data.draw(st.sampled_from([1, 2]))
        of = with_at_most(region, at_most)
        first = of.solve(solver="cp-sat", gap=0)
        if not first.has_plan:
            return
        for start in (first, first.placements):
            again = kept_only(of, start)
            assert again.start.kept == len(first.placement_rows)
            assert again.objective == pytest.approx(first.objective, abs=1e-9)
            if again.placement_rows == first.placement_rows:
                assert again.start.coaches_kept == sum(
                    row.coach_id is not None for row in first.placement_rows
                )


@pytest.mark.parametrize("at_most", [1, 2])
def test_what_a_pair_could_use_is_all_it_needs(at_most):
    compiled = coached_model(coached_region(ROOMY), at_most).compile()
    block = next(block for block in compiled.formulation.blocks if block.capacity is not None)
    pair = np.array([7])
    moved = given_plan._moved(block, pair)
    assert 0 < moved.sum() < moved.size
    for coach in range(3):
        own, served = block.capacity.settle(pair, {"coach": np.array([coach])})
        assert served.all()
        assert moved[own > 0].all()


def coached_model(place, at_most):
    pairs = {
        "candidate_id": [f"C-{c}" for c in range(6) for _ in range(6)],
        "opening_id": [f"O-{o}" for _ in range(6) for o in range(6)],
        "score": [10 * c + (1 if c == o else 0) for c in range(6) for o in range(6)],
    }
    return po.Model(
        place,
        pairs=pairs,
        rules=[po.OnePlacement(at_most=at_most), po.OpeningCapacity(), po.Coaching()],
        objective=[po.PairScore("score")],
    )


def with_at_most(region, at_most):
    of = po.Model(region)
    return of.add(po.OnePlacement(at_most=at_most)) if at_most > 1 else of


EXTRA = {
    "standard": lambda of: of,
    "stacked": lambda of: of.add(po.OnePlacement(at_most=2)),
    "everybody": lambda of: of.add(po.EveryCandidatePlaced()),
    "hard quota": lambda of: of.add(po.JobsQuota(per="employer", jobs={"E-0": 0.25})),
    "a minimum": lambda of: of.add(po.ResourceLimit(per="opening", minimums={"O-0": 1})),
}


def best_of(of, region, start):
    """Return the most points of any part of a start that keeps every rule, or None."""
    compiled = of.compile()
    pairs, instance = compiled.pairs, compiled.pairs.instance
    rows = {
        (c, o): pairs.find(instance.candidate_idx(c), instance.opening_idx(o)) for c, o in start
    }
    placements = [
        Placement(c, o, None, given_of(pairs, row))
        for (c, o), row in rows.items()
        if row is not None
    ]
    best = None
    for part in subsets(placements):
        plan = compiled.plan_of(part)

        def needs_one(placement, plan=plan):
            return bool(plan.coaching_hours_per_week(placement))

        for named in coach_choices(region, part, needs_one):
            verdict = compiled.judge(compiled.plan_of(named))
            if verdict.is_sound:
                best = verdict.objective if best is None else max(best, verdict.objective)
                break
    return best


@st.composite
def starts(draw, region):
    """Draw at most five pairs of a region, eligible or not, with any coach or none."""
    some = pairs_of(region)
    any_pair = st.tuples(
        st.sampled_from([c.id for c in region.candidates]),
        st.sampled_from([o.id for o in region.openings]),
    )
    pair = st.one_of(st.sampled_from(some), any_pair) if some else any_pair
    pairs = draw(st.lists(pair, max_size=5))
    coach = st.sampled_from([None, "K-9", *(coach.id for coach in region.coaches)])
    return [(*pair, draw(coach)) for pair in pairs]


@pytest.mark.parametrize("kind", EXTRA)
@pytest.mark.parametrize("small", [True, False])
@SOME
@given(region=tiny_regions(), data=st.data())
def test_never_worse_than_the_best_part_of_the_start(kind, small, region, data):
    if kind == "hard quota" and Instance(region).employer_of.get("E-0") is None:
        return
    of = EXTRA[kind](po.Model(region))
    start = data.draw(starts(region))
    expected = best_of(of, region, {pair[:2] for pair in start})
    with pytest.MonkeyPatch.context() as patched:
        if not small:  # the ways of large problems are right for small ones too
            patched.setattr(given_plan, "MOST_VARIABLES", 0)
            patched.setattr(given_plan, "FEW_VARIABLES", 0)
            patched.setattr(given_filling, "MOST_FILLING", 0)
        result = kept_only(of, start)
        assert result.start.given == len(start)
        counted = result.start.kept + sum(left.count for left in result.start.left_out)
        if result.start.is_plan:
            assert counted == len(start)
        if expected is None:
            return
        assert result.start.is_plan
        assert result.objective >= float(expected) - 1e-9
        how = data.draw(
            st.sampled_from(
                [
                    {"time_limit_s": 0},
                    {"time_limit_s": 0.001, "solver": "cp-sat"},
                    {"solver": "mip", "time_limit_s": 0},
                    {"reproducible": True, "time_limit_s": 0},
                ]
            )
        )
        assert of.solve(start=start, **how).objective >= float(expected) - 1e-9


def test_the_flow_keeps_a_start():
    of = model()
    for limit in (0, 5):
        result = of.solve(start=[*START, ("C-0", "O-0")], solver="flow", time_limit_s=limit)
        assert result.objective >= 3 + 12 + 21
        assert result.start.kept == 3


def test_parts_that_share_no_row_keep_their_start(monkeypatch):
    monkeypatch.setattr(auto, "components", functools.partial(components, least=1))
    place = po.Region(
        name="two",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(6)],
        openings=[po.Opening(id=f"O-{n}", positions=3) for n in range(2)],
    )
    pairs = {
        "candidate_id": [f"C-{n}" for n in range(6)],
        "opening_id": [f"O-{n // 3}" for n in range(6)],
        "score": [1, 2, 3, 4, 5, 6],
        "size": [1, 2, 3, 1, 2, 3],
    }
    of = po.Model(
        place,
        pairs=pairs,
        rules=[po.ResourceLimit(uses="size", per="opening", limits=3)],
        objective=[po.PairScore("score")],
    )
    alone = of.solve()
    assert any("components: 2 parts" in note for note in alone.stats["way"])
    start = [("C-0", "O-0"), ("C-1", "O-0"), ("C-2", "O-0"), ("C-5", "O-1")]
    for how in ({"cancel": lambda: True}, {"time_limit_s": 0}, {}):
        assert of.solve(start=start, **how).objective >= 3 + 6


def spoiled(of, first, seed):
    """Yield a plan in the ways that people spoil one: without coaches, or with rows too many."""
    rows = first.placements[["candidate_id", "opening_id", "coach_id"]]
    random = np.random.default_rng(seed)
    pairs = of.compile().pairs
    some = random.choice(pairs.n_pairs, 30, replace=False)
    extra = pd.DataFrame(
        {
            "candidate_id": [pairs.instance.candidate_ids[c] for c in pairs.candidate[some]],
            "opening_id": [pairs.instance.opening_ids[o] for o in pairs.opening[some]],
        }
    )
    yield first
    yield rows
    yield rows.drop(columns="coach_id")
    yield rows.assign(coach_id=random.permutation(rows["coach_id"].to_numpy()))
    yield pd.concat([rows, extra])


@pytest.mark.parametrize("at_most", [1, 2])
def test_a_region_keeps_its_plan_however_it_is_spoiled(at_most):
    """A region with budgets, quotas and coaches, where nothing but the plan itself is as good."""
    of = with_at_most(po.synthetic_region(candidates=200, openings=60, seed=1), at_most)
    first = of.solve(time_limit_s=8, gap=0.05, seed=1)
    for start in spoiled(of, first, 1):
        again = kept_only(of, start)
        assert again.objective >= first.objective - 1e-9


def test_the_ways_of_large_problems_keep_who_finds_a_place(monkeypatch):
    monkeypatch.setattr(given_plan, "MOST_VARIABLES", 50)
    monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    monkeypatch.setattr(given_filling, "MOST_FILLING", 500)
    of = po.Model(po.synthetic_region(candidates=200, openings=60, seed=2))
    first = of.solve(time_limit_s=8, gap=0.05, seed=1)
    *whole, extra = spoiled(of, first, 2)
    for start in whole:
        again = kept_only(of, start)
        assert again.objective >= first.objective - 1e-9
    # Here only who is left out and who is in their way are decided again.
    assert kept_only(of, extra).objective >= 0.98 * first.objective
    lacks = po.ResourceLimit(per="region", minimums=len(first.placement_rows) - 3)
    half = first.placements[: len(first.placement_rows) // 2]
    completed = kept_only(of.add(lacks), half)
    assert completed.start.kept == len(half)
    assert len(completed.placement_rows) >= len(first.placement_rows) - 3


@pytest.mark.parametrize(("start", "is_hint"), [(None, False), (START, True), ([], False)])
def test_the_plan_of_nobody_is_no_hint(start, is_hint, monkeypatch):
    hints = []
    plain = cp_sat.write_hint

    def write_hint(proto, formulation, best):
        hints.append(best is not None)
        plain(proto, formulation, best)

    monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    monkeypatch.setattr(cp_sat, "write_hint", write_hint)
    place = region(fixed_placements=[("C-0", "O-2")])
    model(place, None, po.FixedPlacements()).solve(solver="cp-sat", start=start)
    assert hints == [is_hint]


@pytest.mark.parametrize("small", [True, False])
def test_a_start_that_takes_what_a_hard_quota_needs_gives_way(small, monkeypatch):
    if not small:
        monkeypatch.setattr(given_plan, "MOST_VARIABLES", 0)
        monkeypatch.setattr(given_plan, "FEW_VARIABLES", 0)
    place = po.Region(
        name="leaving",
        date=dt.date(2026, 2, 1),
        candidates=[
            po.Candidate(
                id="C-0",
                ground="38b.1.a",
                ground_until=dt.date(2030, 1, 1),
                hours_per_week=(0, 25.5),
                current_opening="O-0",
            )
        ],
        openings=[
            po.Opening(id=f"O-{n}", employer=f"E-{n}", hours_per_week=(0, 25.5)) for n in (0, 1)
        ],
        employers=[
            po.Employer(id="E-0", sector="market", target_group_hours_per_year=1331),
            po.Employer(id="E-1", sector="market", target_group_hours_per_year=0),
        ],
    )
    of = po.Model(
        place,
        pairs={"candidate_id": ["C-0"], "opening_id": ["O-1"], "score": [5]},
        rules=[po.OnePlacement(), po.JobsQuota(per="sector", jobs={"market": 1})],
        objective=[po.PairScore("score")],
    )
    assert kept_only(of, [("C-0", "O-1")]).objective == 5
    of.add(po.JobsQuota(per="employer", jobs={"E-0": 1}))
    result = kept_only(of, [("C-0", "O-1")])
    assert result.start.is_plan
    assert placed(result) == set()
    assert result.start.left_out[0].count == 1


def test_who_is_kept_only_beside_somebody_left_out_gives_way(monkeypatch):
    """A row of both signs: what is left out takes the ground from under what was taken."""
    monkeypatch.setattr(given_plan, "MOST_VARIABLES", 0)
    blocks = [
        rows("full", [[1, 0]], [NO_LOWER], [0]),
        rows("at least", [[1, -1]], [0], [NO_UPPER]),
    ]
    whole = problem([5, 5], blocks)
    coaches = {"coach": np.full(2, -1)}
    plan = given_plan.plan_of_given(whole, np.arange(2), coaches, SearchLimits())
    assert plan is not None
    assert plan.chosen.tolist() == []


@pytest.mark.parametrize("source", [LEAST_PLAN, "start plan"])
def test_a_part_knows_where_its_start_comes_from(source):
    whole = problem([1, 1], [rows("r", [[1, 0], [0, 1]], [NO_LOWER] * 2, [1, 1])])
    search = Search(whole, SearchLimits())
    assert search.offer(Solution(np.array([1]), np.zeros(0, dtype=int)), source)
    for part in components(whole, least=1):
        inside = components_search._search_of(part, search, 0.5, gap=0.0)
        assert inside.best_source == source


class TestGreedy:
    def limits(self, usage, upper):
        usage = np.array(usage)
        whole = problem([1] * usage.shape[1], [rows("r", usage, [NO_LOWER] * len(upper), upper)])
        return UpperLimits(whole, np.arange(usage.shape[1]))

    def test_pairs_are_taken_in_order_while_there_is_room(self):
        limits = self.limits([[2, 1, 2, 1]], [3])
        assert limits.taken([2, 0, 3, 1]).tolist() == [False, False, True, True]

    def test_what_fits_by_itself_is_told(self):
        limits = self.limits([[2, 1, 4], [0, 5, 0]], [3, 4])
        assert limits.fitting().tolist() == [True, False, False]

    def test_one_that_is_in_the_way_of_two_is_given_up(self):
        # Taken by gain alone the first keeps out the others.
        limits = self.limits([[1, 1, 0], [1, 0, 1]], [1, 1])
        assert limits.given_up(np.array([6.0, 5.0, 5.0])).tolist() == [True, False, False]

    def test_what_is_asked_for_is_given_up_last(self):
        limits = self.limits([[1, 1, 0], [1, 0, 1]], [1, 1])
        assert limits.given_up(np.array([np.inf, 5.0, 5.0])).tolist() == [False, True, True]

    def test_coefficients_below_zero_end_the_search(self):
        limits = self.limits([[-1, -1, -1]], [-5])
        assert limits.given_up(np.ones(3)).tolist() == [False] * 3

    def test_greed_is_compared_with_giving_up(self):
        whole = problem([6, 5, 5], [rows("r", [[1, 1, 0], [1, 0, 1]], [NO_LOWER] * 2, [1, 1])])
        assert self.taken(whole) == [1, 2]
        assert self.taken(problem([60, 5, 5], whole.blocks)) == [0]

    def test_what_rows_ask_for_by_name_comes_first(self):
        blocks = [rows("one", [[1, 1]], [NO_LOWER], [1]), rows("fixed", [[1, 0]], [1], [NO_UPPER])]
        assert self.taken(problem([1, 9], blocks)) == [0]

    def taken(self, whole):
        given = np.arange(whole.n_pairs)
        nothing = {"coach": np.full(given.size, -1)}
        return taken_of(whole, given, nothing, asked_by_name(whole))[0].tolist()

    def test_who_finds_no_coach_keeps_nobody_out(self):
        place = coached_region([po.Coach(id="K-0", hours_per_week=2)])
        compiled = coached_model(place, 1).compile()
        pairs, instance = compiled.pairs, compiled.pairs.instance
        # C-5 needs 3 hours and gains most; C-3 needs 1.
        given = np.array(
            [
                pairs.find(instance.candidate_idx(c), instance.opening_idx("O-0"))
                for c in ("C-3", "C-5")
            ]
        )
        nothing = {"coach": np.full(2, -1)}
        taken, _ = taken_of(compiled.formulation, given, nothing, given[:0])
        assert taken.tolist() == given[:1].tolist()

    @pytest.mark.parametrize("at_most", [1, 2])
    def test_named_coaches_are_given_up_before_anybody_is(self, at_most):
        tight = [po.Coach(id=f"K-{k}", hours_per_week=6, max_caseload=3) for k in range(2)]
        compiled = coached_model(coached_region(tight), at_most).compile()
        given = diagonal(compiled)
        taken, _ = taken_of(compiled.formulation, given, {"coach": np.zeros(6, int)}, given[:0])
        assert taken.tolist() == given.tolist()

    @pytest.mark.parametrize(("gains", "named"), [([5, 5], False), ([5, 0], True)])
    def test_names_are_kept_unless_they_cost_points(self, gains, named):
        def settle(chosen, columns):
            is_named = bool((columns["coach"] >= 0).any())
            return np.array([int(is_named)]), np.array([True, not is_named])

        own = rows("coach", [[0, 0]], [NO_LOWER], [1], [(0, 1, 0)], [[1]])
        capacity = Capacity()
        capacity.settle = settle
        whole = problem(gains, [dataclasses.replace(own, capacity=capacity)])
        served, known = settled(whole, np.arange(2), {"coach": np.zeros(2, dtype=int)})
        assert served.tolist() == [True, not named]
        assert known[0].tolist() == [int(named)]

    def test_pairs_are_added_where_they_fit_and_only_as_many_as_are_lacking(self):
        blocks = [
            rows("at least", [[1, 1, 1, 1]], [2], [NO_UPPER]),
            rows("full", [[1, 0, 0, 0]], [NO_LOWER], [0]),
        ]
        whole = problem([9, 5, 7, 6], blocks)
        taken = np.array([1])
        fill = given_filling.filling(whole, taken, taken)
        assert fill.tolist() == [0, 2, 3]
        found, _ = given_filling.filled_greedily(whole, taken, fill, taken, {"coach": taken * 0})
        assert found.tolist() == [1, 2]

    def test_pairs_that_fit_are_looked_at_first(self, monkeypatch):
        monkeypatch.setattr(given_filling, "MOST_FILLING", 1)
        monkeypatch.setattr(given_filling, "FILLING_PAIRS", 1)
        blocks = [
            rows("at least", [[1, 1, 1, 1]], [2], [NO_UPPER]),
            rows("full", [[1, 0, 0, 0]], [NO_LOWER], [0]),
        ]
        whole = problem([9, 5, 7, 6], blocks)
        assert given_filling.filling(whole, np.array([1]), np.array([1])).tolist() == [2]


def diagonal(compiled):
    pairs, instance = compiled.pairs, compiled.pairs.instance
    return np.array(
        [
            pairs.find(instance.candidate_idx(f"C-{n}"), instance.opening_idx(f"O-{n}"))
            for n in range(6)
        ]
    )


class TestStackedCoaches:
    """Who has several placements has one coach for all of them."""

    def settle(self, coaches, asked, named=None):
        place = coaches if isinstance(coaches, po.Region) else coached_region(coaches)
        compiled = coached_model(place, 2).compile()
        pairs, instance = compiled.pairs, compiled.pairs.instance
        block = next(block for block in compiled.formulation.blocks if block.capacity is not None)
        chosen = np.array(
            [pairs.find(instance.candidate_idx(c), instance.opening_idx(o)) for c, o in asked]
        )
        coach = np.full(chosen.size, -1) if named is None else np.array(named)
        own, served = block.capacity.settle(chosen, {"coach": coach})
        values = np.zeros(pairs.n_pairs, dtype=np.int64)
        values[chosen[served]] = 1
        activity = block.usage @ values + block.variable_usage @ own
        assert np.all(activity >= block.lower)
        assert np.all(activity <= block.upper)
        lifted = block.capacity.lift(np.sort(chosen[served]), own)["coach"].tolist()
        return served.tolist(), lifted

    TWICE = (("C-1", "O-0"), ("C-1", "O-1"))

    def test_one_coach_serves_both_placements(self):
        served, coach = self.settle(ROOMY, self.TWICE, [1, 2])
        assert served == [True, True]
        assert coach == [1, 1]

    def test_a_person_keeps_one_placement_where_nobody_has_hours_for_two(self):
        served, coach = self.settle([po.Coach(id="K-0", hours_per_week=3)], self.TWICE)
        assert served == [True, False]
        assert coach == [0]

    def test_a_head_is_a_person_not_a_placement(self):
        one = [po.Coach(id="K-0", hours_per_week=30, max_caseload=1)]
        served, _ = self.settle(one, [*self.TWICE, ("C-2", "O-2")])
        assert served.count(True) == 2

    def test_the_coach_of_a_person_serves_every_one_of_their_openings(self):
        coaches = [
            po.Coach(id="K-0", hours_per_week=30, kind="employer", employer="E-0"),
            po.Coach(id="K-1", hours_per_week=9),
        ]
        place = coached_region(ROOMY).model_copy(
            update={
                "coaches": tuple(coaches),
                "employers": (po.Employer(id="E-0"),),
                "openings": tuple(
                    po.Opening(id=f"O-{o}", employer="E-0" if o else None, hours_per_week=(0, 10))
                    for o in range(6)
                ),
            }
        )
        asked = [("C-1", "O-0"), ("C-1", "O-1"), ("C-4", "O-2")]
        assert self.settle(place, asked) == ([True] * 3, [1, 1, 0])
        result = kept_only(coached_model(place, 2), asked)
        coach = {(r.candidate_id, r.opening_id): r.coach_id for r in result.placement_rows}
        assert coach == {
            ("C-1", "O-0"): "K-1",
            ("C-1", "O-1"): "K-1",
            ("C-4", "O-2"): "K-0",
        }
