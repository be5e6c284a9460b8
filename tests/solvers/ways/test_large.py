"""The way of large problems, on regions small enough to check."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.basics.status import Status, StopReason
from placement_opt.formulation.formulation import Formulation
from placement_opt.instance.placement import Placement
from placement_opt.solvers.bounds import certified_cuts
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.near import ground as near_ground
from placement_opt.solvers.near import plans as near_plans
from placement_opt.solvers.near.ground import NearSearch, nearest
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.relaxation import column_choice, column_generation, sampling
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.relaxation.sampling import sampled_prices
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import auto, large
from placement_opt.solvers.ways.large import search_large

SMALL = {
    "FIRST_PAIRS": 300,
    "FIRST_PER_CANDIDATE": 0.1,
    "BEST_OF_CANDIDATE": 1,
    "BEST_OF_OPENING": 2,
    "FEW_ENTERING": 10,
    "FEW_OWN": 50,
    "MOST_ENTERING": 400,
    "ENTERING_PER_CANDIDATE": 0.1,
    "SAMPLES": ((0.3, 10**6, 4, 0.02),),
    "PRECISIONS": (1e-3, 1e-4),
    "FIRST_ORDER_RUN_S": (2.0,),
    "PRICING_POLL_S": 0.01,
}
NONE = np.zeros(0, dtype=np.int64)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    for name, value in SMALL.items():
        homes = (column_choice, column_generation, sampling, schedule)
        module = next(home for home in homes if hasattr(home, name))
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(large, "EARLY_PAIRS", 400)
    monkeypatch.setattr(near_ground, "NEAR_PAIRS", 800)
    monkeypatch.setattr(large, "SIMPLEX_PAIRS", 800)
    monkeypatch.setattr(large, "PRECISION", 1e-3)
    monkeypatch.setattr(auto, "MANY_VARIABLES", 500)
    monkeypatch.setattr(auto, "COMPLETE_PAIRS", 0)


def model_of(candidates, openings, seed):
    return po.Model(po.synthetic_region(candidates=candidates, openings=openings, seed=seed))


@pytest.fixture(scope="module")
def model():
    return model_of(400, 120, 1)


@pytest.fixture(scope="module")
def region(model):
    return model.compile().formulation


@pytest.fixture(scope="module")
def tiny():
    return model_of(60, 20, 2).compile().formulation


@pytest.fixture(scope="module")
def optimum(tiny):
    search = Search(tiny, SearchLimits(gap=0))
    CpSat().solve(tiny, search)
    assert search.is_proven
    return search


def search_of(formulation, cancelled=lambda: False, on_event=lambda _: None, **limits):
    return Search(formulation, SearchLimits(**{"gap": 0.0, **limits}), cancelled, on_event)


def outcome_of(search):
    """Search, check what was found, and return the outcome."""
    ending = search_large(search.formulation, search)
    outcome = search.outcome(ending or Ending.STOPPED)
    assert search.rejected == []
    if outcome.solution is not None:
        values = outcome.solution.values(search.formulation)
        assert search.formulation.is_satisfied_by(values)
        assert search.formulation.gained(values) == outcome.gained
    if outcome.gained is not None and outcome.bound is not None:
        assert outcome.gained <= outcome.bound
    if search.certified is not None:
        assert search.certificate.bound(search.certified_formulation) == search.certified
    gains = [event.objective for event in search.trace if event.objective is not None]
    assert gains == sorted(gains)
    return outcome


class TestAnswers:
    def test_rows_that_declare_nothing_are_solved_as_well(self, tiny, optimum):
        blocks = [replace(block, each_pair_once=False, holders=None) for block in tiny.blocks]
        assert any(block.each_pair_once for block in tiny.blocks)
        assert any(block.holders is not None for block in tiny.blocks)
        search = search_of(replace(tiny, blocks=tuple(blocks)), gap=0.12, time_limit_s=120)
        outcome = outcome_of(search)
        assert outcome.stop_reason is StopReason.GAP
        assert outcome.gained <= optimum.gained <= search.certified

    def test_a_region_gets_a_sound_plan_with_a_certified_bound(self, model):
        result = model.solve(time_limit_s=120, gap=0.03, solver="auto")
        assert result.stats["way"][0].startswith("large (")
        assert result.status is po.Status.FEASIBLE
        assert result.stop_reason is StopReason.GAP
        assert result.objective <= result.certified_bound <= 1.03 * result.objective
        compiled = model.compile()
        placements = [
            Placement(row.candidate_id, row.opening_id, row.coach_id)
            for row in result.placement_rows
        ]
        verdict = compiled.judge(compiled.plan_of(placements))
        assert verdict.is_sound
        assert float(verdict.objective) == pytest.approx(result.objective)

    def test_the_optimum_lies_between_the_plan_and_the_bound(self, tiny, optimum):
        search = search_of(tiny, gap=0.12, time_limit_s=120)
        outcome = outcome_of(search)
        assert outcome.stop_reason is StopReason.GAP
        assert outcome.gained <= optimum.gained <= outcome.bound
        assert optimum.gained <= search.certified

    def test_pairs_that_are_not_near_a_gain_are_left_out_of_the_search(self, region):
        search = search_of(region, gap=0.03, time_limit_s=120)
        outcome = outcome_of(search)
        assert outcome.stop_reason is StopReason.GAP
        asked = next(block for block in region.blocks if block.title == "fixed placements")
        assert np.isin(asked.usage.indices, outcome.solution.chosen).all()

    def test_too_much_is_asked(self, tiny):
        asked = rows("all", [[1] * tiny.n_pairs], [61], [99])
        hopeless = Formulation(tiny.n_pairs, (*tiny.blocks, asked), tiny.objective)
        outcome = outcome_of(search_of(hopeless, time_limit_s=4))
        assert outcome.solution is None
        assert outcome.status in {Status.NO_SOLUTION, Status.INFEASIBLE}


class TestStops:
    @pytest.mark.parametrize("first", ["bound", "objective"])
    def test_a_cancel_ends_the_search_and_keeps_the_best_plan(self, region, first):
        asked = threading.Event()

        def look(event):
            if getattr(event, first) is not None:
                asked.set()

        # Waiting for a solver's own limit would take the hour that it was given.
        search = search_of(region, asked.is_set, look, time_limit_s=3600)
        outcome = outcome_of(search)
        assert outcome.stop_reason is StopReason.CANCELLED
        assert getattr(outcome, {"bound": "bound", "objective": "gained"}[first]) is not None

    @pytest.mark.parametrize("seconds", [0, 0.5, 3])
    def test_a_short_limit_gives_a_plan_or_says_there_is_none(self, region, seconds):
        outcome = outcome_of(search_of(region, time_limit_s=seconds))
        assert outcome.stop_reason is StopReason.TIME_LIMIT
        has_plan = outcome.solution is not None
        assert outcome.status is (Status.FEASIBLE if has_plan else Status.NO_SOLUTION)


class TestStartPlans:
    def test_the_best_plan_of_all_stays(self, tiny, optimum):
        search = search_of(tiny, time_limit_s=4)
        search.offer(optimum.best, "start")
        outcome = outcome_of(search)
        assert outcome.gained == optimum.gained
        assert outcome.solution.chosen.tolist() == optimum.best.chosen.tolist()
        assert outcome.bound >= optimum.gained

    def test_a_poor_plan_is_improved(self, region):
        search = search_of(region, gap=0.03, time_limit_s=120)
        start = poor_plan(region)
        assert search.offer(start, "start")
        before = search.gained
        outcome = outcome_of(search)
        assert outcome.gained > before


def poor_plan(formulation):
    """Return the plan of what is asked alone."""
    return rounded(formulation, NONE, search_of(formulation).clock)


class TestCrashes:
    def test_without_the_parts_solver_the_plan_is_kept_and_improved(self, region, monkeypatch):
        crashes = []

        def crash(run):
            crashes.append(run)
            raise RuntimeError("the solver of parts is gone")

        monkeypatch.setattr(near_plans.HighsRun, "solve", crash)
        improved = threading.Event()

        def look(event):
            if event.source == "neighbourhoods":
                improved.set()

        search = search_of(region, improved.is_set, look, time_limit_s=600)
        outcome = outcome_of(search)
        assert crashes
        assert outcome.status is Status.FEASIBLE
        assert outcome.stop_reason is StopReason.CANCELLED
        assert search.best_source == "neighbourhoods"

    def test_without_the_exact_relaxation_the_prices_at_hand_have_to_do(self, region, monkeypatch):
        monkeypatch.setattr(certified_cuts, "strengthen", lambda *_, **__: None)
        search = search_of(region, time_limit_s=12)
        outcome = outcome_of(search)
        assert any("not solved in time" in note for note in search.notes)
        assert any(note.startswith("plans: ") for note in search.notes)
        assert outcome.solution is not None

    def test_without_prices_it_says_so(self, region, monkeypatch):
        monkeypatch.setattr(column_generation.RestrictedLp, "simplex", lambda *_: None)
        monkeypatch.setattr(column_generation.ColumnGeneration, "priced_out", lambda *_, **__: None)
        search = search_of(region, time_limit_s=600)
        assert search_large(region, search) is None
        assert search.best is None


class TestNearSearch:
    def test_plans_are_handed_on_and_bounds_are_not(self, tiny, optimum):
        outer = search_of(tiny, time_limit_s=600)
        pairs = np.union1d(optimum.best.chosen, np.arange(0, tiny.n_pairs, 3))
        part = part_of(tiny, pairs, None)
        near = NearSearch(part, outer)
        assert near.offer(part.inside(optimum.best), "hand")
        assert outer.gained == optimum.gained
        assert outer.best.chosen.tolist() == optimum.best.chosen.tolist()
        near.prove(5.0, "hand")
        assert outer.bound is near.bound is None
        assert not near.offer(part.inside(optimum.best), "again")
        broken = Solution(np.arange(pairs.size), part.inside(optimum.best).own)
        assert not near.offer(broken, "broken")
        assert (near.rejected, outer.rejected) == (["broken"], [])
        assert near.clock.stop_reason() is None
        outer.clock.cancel()
        assert near.clock.stop_reason() is StopReason.CANCELLED

    def test_it_shares_the_clock(self, tiny):
        outer = search_of(tiny, time_limit_s=0)
        near = NearSearch(part_of(tiny, np.arange(3), None), outer)
        assert near.clock.remaining_s == 0


class TestPieces:
    def test_the_early_plan_starts_from_what_the_relaxation_gives_single_holders(
        self, region, monkeypatch
    ):
        problem, solved, kept = lumped(region), [], []
        n_pairs, simplex = region.n_pairs, RestrictedLp.simplex

        def noted(self, columns, *limits):
            solved.append((columns, simplex(self, columns, *limits)))
            return solved[-1][1]

        clock = Clock(SearchLimits(600.0))
        generation = column_generation.ColumnGeneration(problem.formulation, clock)
        best = generation.started(sampled_prices(problem.formulation, clock, math.inf))
        relaxed = column_generation.Relaxed(best, NONE, generation.pairs.asked, NONE, None)
        monkeypatch.setattr(RestrictedLp, "simplex", noted)
        monkeypatch.setattr(large, "kept_of", lambda *told: kept.append(told[2]) or {})
        search = search_of(region, time_limit_s=600)
        large._EarlyPlan(region, problem, problem, search).of_nearest(relaxed)
        ((columns, point),), (own,) = solved, kept
        is_own = columns >= n_pairs
        assert np.any(point.values[is_own] > 0)
        assert own[columns[is_own] - n_pairs].tolist() == point.values[is_own].tolist()
        assert own.sum() == pytest.approx(point.values[is_own].sum())

    def test_the_nearest_pairs_and_those_asked_for(self):
        reduced = np.array([-5.0, -1.0, 0.0, -3.0, -9.0])
        assert nearest(reduced, 2, np.array([4])).tolist() == [1, 2, 4]
        assert nearest(reduced, 5, NONE).tolist() == [0, 1, 2, 3, 4]


class TestTaken:
    """A part around pairs that are taken is the whole with those pairs at one."""

    @settings(max_examples=60, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(formulation=formulations(), data=st.data())
    def test_it_equals_fixing_those_pairs(self, formulation, data):
        kind = st.sampled_from(["free", "free", "taken", "out"])
        kinds = np.array([data.draw(kind) for _ in range(formulation.n_pairs)], dtype=object)
        assume(kinds.size)
        pairs, taken = np.flatnonzero(kinds == "free"), np.flatnonzero(kinds == "taken")
        part = part_of(formulation, pairs, None, taken=taken)
        usage = np.eye(formulation.n_pairs, dtype=np.int64)
        low = (kinds == "taken").astype(np.int64)
        fixed = rows("fixed", usage, low, 1 - (kinds == "out").astype(np.int64))
        blocks = (*formulation.blocks, fixed)
        whole = Formulation(formulation.n_pairs, blocks, formulation.objective)
        best, inside = brute_force(whole), brute_force(part.formulation)
        assert (best is None) is (inside is None)
        if best is not None:
            assert best == inside + int(formulation.objective.gain[taken].sum())

    def test_rows_that_the_taken_pairs_break_alone_stay(self):
        gain, two = [1, 1, 1], np.array([0, 1])
        for lower, upper, is_kept in ((0, 1, False), (3, 3, False), (0, 2, True), (2, 9, True)):
            formulation = problem(gain, [rows("sum", [[1, 1, 0]], [lower], [upper])])
            part = part_of(formulation, np.array([2]), None, taken=two)
            assert brute_force(part.formulation) == (1 if is_kept else None)

    def test_own_variables_that_are_not_free_stay_at_zero(self):
        block = rows("people", [[1, 1, 1], [0, 0, 0], [0, 0, 0]], [0, -9, -9], [0, 4, 4],
                     [(0, 2, 0), (0, 2, 0)], [[-1, -1], [1, 0], [0, 1]])  # fmt: skip
        formulation = problem([3, 4, 5], [block])
        for free, expected in (([True, True], 9), ([True, False], 5), ([False, False], None)):
            part = part_of(formulation, np.array([1, 2]), None, np.array(free), np.array([0]))
            assert part.own.tolist() == np.flatnonzero(free).tolist()
            assert brute_force(part.formulation) == expected
