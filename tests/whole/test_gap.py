"""The gap: a share of the points that no unit changes, and a stop that tells what was reached."""

from fractions import Fraction

import numpy as np
import pytest
from formulations import knapsack, problem, rows
from gap_models import model
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.basics.status import OPTIMAL_GAP, Status, StopReason, relative_gap
from placement_opt.formulation.certificate import bound_in_points, told_bound
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.bounds.branching import Branching
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.engines import cp_sat, mip
from placement_opt.solvers.engines.linear_program import ObjectiveUnit
from placement_opt.solvers.search.base import Ending, Event, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

SOME = settings(max_examples=300, deadline=None, database=None)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [
        (0.0, 0.0, 0.0),
        (3.0, 4.0, 0.25),
        (-4.0, -3.0, 0.25),
        (-3.0, -4.0, 0.0),
        (0.0, 1e-300, 1.0),
        (-1.0, 1.0, 2.0),
        (-50.0, 25.0, 1.5),
    ],
)
def test_the_gap_is_a_share_of_the_larger_of_plan_and_bound(objective, bound, gap):
    assert relative_gap(objective, bound) == gap
    assert relative_gap(1e12 * objective, 1e12 * bound) == pytest.approx(gap)
    assert Event(0.0, "any", objective, bound).gap == gap


def search_at(worth, scale, gap, widening=Fraction(0)):
    """Return a search whose plan is worth so much."""
    objective = Objective(np.array([1]), scale, widening, widening)
    formulation = Formulation(1, (rows("one", [[1]], [NO_LOWER], [1]),), objective)
    search = Search(formulation, SearchLimits(gap=gap))
    search.gained, search.worth = round(worth * scale), worth
    return search


@SOME
@given(
    worth=st.fractions(-1000, 1000, max_denominator=97),
    power=st.integers(-9, 9),
    gap=st.sampled_from([0.0, 1e-9, 1e-6, 1e-4, 0.3, 1.0, 1.7, 2.0, 10.0]),
    widening=st.fractions(0, 1, max_denominator=9),
)
def test_enough_is_the_highest_bound_within_the_asked_gap(worth, power, gap, widening):
    unit = Fraction(10) ** power
    search = search_at(worth * unit, 97 * 10**10, gap, widening * unit / 10**6)
    enough = search.enough
    if gap >= (2 if worth < 0 else 1):
        assert enough == SUM_LIMIT
        return
    step = 1 + abs(enough) // 10**12  # what the floats of a told gap cannot tell apart
    for units, is_within in ((enough - step, True), (enough + step, False)):
        search.bound = units
        exact = bound_in_points(search.formulation, units)
        assert (relative_gap(search.worth, exact) <= Fraction(gap)) == is_within
        objective, bound = search.told
        assert search.has_asked_gap == (relative_gap(objective, bound) <= gap)


@pytest.mark.parametrize(
    ("bound", "status", "reason"),
    [
        (10**12, Status.OPTIMAL, StopReason.PROVEN),
        (10**12 + 900, Status.OPTIMAL, StopReason.PROVEN),
        (10**12 + 1100, Status.FEASIBLE, StopReason.TIME_LIMIT),
    ],
)
def test_optimal_is_said_of_a_gap_of_a_billionth_at_most(bound, status, reason):
    formulation = problem([10**12], [rows("one", [[1]], [NO_LOWER], [1])], scale=7)
    search = Search(formulation, SearchLimits(gap=0.0, time_limit_s=0.0))
    search.offer(Solution(np.array([0]), np.zeros(0, np.int64)), "any")
    search.prove(bound, "any")
    outcome = search.outcome(Ending.STOPPED)
    assert (outcome.status, outcome.stop_reason) == (status, reason)
    objective, told = search.told
    assert (relative_gap(objective, told) <= OPTIMAL_GAP) == (status is Status.OPTIMAL)


class TestRounding:
    """Ten thousand units of a plan of 10^12 may be rounding: more than optimal leaves."""

    def search(self, bound, gap=0.0, gain=10**12):
        objective = Objective(np.array([gain]), 1, Fraction(10**4))
        formulation = Formulation(1, (rows("one", [[1]], [NO_LOWER], [1]),), objective)
        search = Search(formulation, SearchLimits(gap=gap))
        search.offer(Solution(np.array([0]), np.zeros(0, np.int64)), "any")
        search.prove(bound, "any")
        return search

    def test_no_search_goes_on_over_a_difference_that_it_alone_makes(self):
        assert self.search(10**12 + 10**4).clock.stop_reason() is StopReason.PRECISION
        assert self.search(10**12 + 10**4 + 1).clock.stop_reason() is None

    def test_what_it_leaves_is_precision_and_not_optimal(self):
        outcome = self.search(10**12 + 10**4).outcome(Ending.EXHAUSTED)
        assert (outcome.status, outcome.stop_reason) == (Status.FEASIBLE, StopReason.PRECISION)

    def test_a_gap_that_is_reached_all_the_same_is_told(self):
        assert self.search(10**12 + 10**4, gap=2e-8).clock.stop_reason() is StopReason.GAP

    def test_nothing_left_is_proven(self):
        assert self.search(10**12).clock.stop_reason() is StopReason.PROVEN


def fine(gains, weight, limit, scale=10**12):
    """Return a knapsack with gains of nine digits and more than HiGHS can tell apart."""
    draws = np.random.default_rng(5).integers(0, 10**6, len(gains))
    gain = np.array(gains) * 10**12 + draws
    return problem(gain.tolist(), [rows("weight", [weight], [0], [limit])], scale)


class TestBranching:
    """Of five with gains near 60 two fit, and gain 127; the relaxation takes half of a third."""

    FIVE = fine([60, 61, 62, 63, 64], [2] * 5, 5)

    def stepped(self, gap, precision=0):
        search = Search(self.FIVE, SearchLimits(gap=gap, time_limit_s=60))
        search.offer(Solution(np.array([3, 4]), np.zeros(0, np.int64)), "any")
        search.precision = precision
        found = strengthen(self.FIVE, np.arange(5), 5.0, rounds=0)
        tree = Branching(found, search, lambda _: None, lambda: False, in_process=True)
        while tree.is_worth_while and search.clock.stop_reason() is None:
            tree.step()
        return search

    @pytest.mark.parametrize("gap", [2e-12, 1e-9, 1e-6, 1e-4, 0.05])
    def test_a_target_leaves_room_for_what_highs_may_round(self, gap):
        search = self.stepped(gap)
        assert search.clock.stop_reason() in {StopReason.GAP, StopReason.PROVEN}
        objective, bound = search.told
        assert relative_gap(objective, bound) <= gap

    def test_what_highs_cannot_tell_apart_is_the_end(self):
        unit = ObjectiveUnit.of(self.FIVE)
        assert unit.shift > 0
        assert unit.precision > 0
        search = self.stepped(0.0, unit.precision)
        assert search.gained < search.bound <= search.gained + unit.precision
        assert search.clock.stop_reason() is StopReason.PROVEN

    def test_whole_objectives_are_told_apart(self):
        coarse = problem([3, 5], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        assert ObjectiveUnit.of(coarse).precision == 0


SCORES = np.random.default_rng(1).random((9, 5)).round(9)


@pytest.fixture(scope="module")
def plain():
    """Return the optimum of the scores as they are."""
    return model(SCORES).solve(gap=0)


class TestUnit:
    """Scores in another unit: the same status, gap and plan."""

    @pytest.mark.parametrize("power", range(-9, 10))
    def test_the_optimum_is_the_same(self, plain, power):
        result = model(SCORES * 10.0**power).solve(gap=0)
        assert (result.status, result.stop_reason) == (po.Status.OPTIMAL, po.StopReason.PROVEN)
        assert plain.status is po.Status.OPTIMAL
        assert result.objective == pytest.approx(plain.objective * 10.0**power, rel=1e-12)
        assert result.gap <= OPTIMAL_GAP

    @pytest.mark.parametrize("power", [-200, -30, -9, 9])
    @pytest.mark.parametrize("gap", [1e-4, 0.3])
    def test_the_asked_gap_is_reached_of_the_points_themselves(self, plain, power, gap):
        result = model(SCORES * 10.0**power).solve(gap=gap)
        assert result.gap <= gap
        assert result.objective >= plain.objective * 10.0**power * (1 - gap) * (1 - 1e-12)
        assert result.placement_rows

    @pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
    @pytest.mark.parametrize("weight", [1, -1, 1e-6, -1e6])
    def test_reproducible_solves_reach_it_too(self, solver, weight):
        solved = model(SCORES, weight=weight).solve(gap=0.05, solver=solver, reproducible=True)
        assert solved.status is po.Status.OPTIMAL or solved.stop_reason is po.StopReason.GAP
        assert solved.gap <= 0.05

    @pytest.mark.parametrize("power", [-9, 0, 9])
    def test_an_empty_plan_with_bound_zero_is_optimal(self, power):
        costs = model(SCORES * 10.0**power, weight=-1).solve()
        assert (costs.status, costs.objective, costs.bound) == (po.Status.OPTIMAL, 0, 0)
        assert not costs.placement_rows


class TestManyDigits:
    """More than two thousand pairs, so that prices lead the way, with sums of many digits."""

    @pytest.mark.parametrize("unit", [1.0, 1e9, 1e-9])
    @pytest.mark.parametrize("gap", [0, 1e-6, 1e-4])
    def test_what_is_asked_is_reached_and_told(self, gap, unit):
        draws = np.random.default_rng(4)
        scores = draws.random((110, 20)) * unit
        solved = model(scores, limit=16).solve(time_limit_s=60, gap=gap)
        assert solved.stop_reason in {po.StopReason.PROVEN, po.StopReason.GAP}
        assert solved.gap <= max(gap, OPTIMAL_GAP)

    def test_prices_count_what_floating_point_cannot_tell_apart(self):
        draws = np.random.default_rng(4)
        formulation = model(draws.random((110, 20)), limit=16).compile().formulation
        unit = ObjectiveUnit.of(formulation)
        assert unit.precision > 0
        # No more than a share that is nothing to a plan.
        reach = float(formulation.points(unit.precision))
        assert reach < 1e-9 * 110


def test_a_bound_is_told_no_lower_than_it_is_and_met_as_the_plan():
    third = Fraction(1, 3)
    assert told_bound(third, None) >= third
    assert told_bound(third, third) == float(third)
    assert told_bound(third, third + 1) == float(third + 1)


@pytest.mark.parametrize(("asked", "least"), [(0.5, 0.4), (1e-4, 8e-5), (1e-6, 0), (0, 0)])
def test_solvers_are_asked_for_less_than_the_gap_since_their_bounds_are_raised(asked, least):
    formulation = knapsack(2)
    search = Search(formulation, SearchLimits(gap=asked, reproducible=True))
    told = mip._settings(search, ObjectiveUnit.of(formulation)).relative_gap
    assert least <= told < asked or told == asked == 0
    run = cp_sat._Run(formulation, search, "cp-sat", 1)
    run._set_parameters()
    told = run._solver.parameters.relative_gap_limit
    assert 0.9 * asked <= told < asked or told == asked == 0
