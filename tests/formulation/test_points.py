"""Points as integers: what a plan can reach, what rounding may cost, and which way it goes."""

import itertools
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from formulations import problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.formulation.assembly import ROUNDED_REACH, formulate
from placement_opt.formulation.certificate import Certificate, bound_in_points, told_bound
from placement_opt.formulation.formulation import SUM_LIMIT
from placement_opt.formulation.points import Objective, PointShare
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.pairs.table import Column
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

SOME = settings(max_examples=100, deadline=None, database=None)

HUGE, SMALL = Fraction(10**17), Fraction(1, 10**9)
"""Weights that no integers of 64 bits hold side by side."""


def column(values, scale=1):
    return Column(np.array(values, dtype=np.int64), scale)


def one_each(width):
    """Return a row for each candidate that allows one pair."""
    usage = np.kron(np.eye(len(width), dtype=int), [1] * max(width))
    kept = np.concatenate([np.arange(max(width)) < wide for wide in width])
    return rows("one", usage[:, kept], [NO_LOWER] * len(width), [1] * len(width))


def points_of(formulation):
    """Yield all integer values that keep the rows."""
    ranges = [
        range(low, high + 1)
        for low, high in zip(formulation.lower.tolist(), formulation.upper.tolist(), strict=True)
    ]
    for point in itertools.product(*ranges):
        values = np.array(point, dtype=np.int64)
        if formulation.is_satisfied_by(values):
            yield values


@st.composite
def rounded_problems(draw):
    """Draw candidates with pairs, two terms far apart, and priced own variables of any sign.

    Returns the formulation and, apart from it, what each of its variables is worth.
    """
    width = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    n_pairs = sum(width)
    amounts = st.lists(st.integers(-9, 9), min_size=n_pairs, max_size=n_pairs)
    terms = [(HUGE, column(draw(amounts), 7)), (SMALL, column(draw(amounts), 3))]
    price = st.fractions(-(10**6), 10**6, max_denominator=1013)
    ends = st.tuples(st.integers(-2, 0), st.integers(0, 2))
    own = [(*draw(ends), draw(price)) for _ in range(draw(st.integers(0, 2)))]
    blocks = [one_each(width)]
    for one in own:
        usage = [draw(st.lists(st.integers(0, 1), min_size=n_pairs, max_size=n_pairs))]
        blocks.append(rows("own", usage, [NO_LOWER], [draw(st.integers(0, 2))], [one], [[1]]))
    start = np.concatenate([[0], np.cumsum(width)])
    worth = [sum(weight * part.fraction(pair) for weight, part in terms) for pair in range(n_pairs)]
    return formulate(start, blocks, terms, at_most=1), [*worth, *(price for *_, price in own)]


def value(worth, values):
    return sum((part * int(times) for part, times in zip(worth, values, strict=True)), Fraction(0))


@SOME
@given(rounded_problems())
def test_a_bound_on_the_integers_bounds_the_users_own_numbers(drawn):
    formulation, worth = drawn
    objective, plans = formulation.objective, list(points_of(formulation))
    for values in plans:
        own, whole = value(worth, values), formulation.points(formulation.gained(values))
        assert formulation.worth(values) == own
        assert -objective.widening <= whole - own <= objective.rounding
    best = max(formulation.gained(values) for values in plans)
    exact = max(value(worth, values) for values in plans)
    assert bound_in_points(formulation, best) >= exact
    assert told_bound(bound_in_points(formulation, best), exact) >= float(exact)


@SOME
@given(rounded_problems(), st.data())
def test_any_prices_certify_a_bound_on_the_users_own_numbers(drawn, data):
    formulation, worth = drawn
    limited = formulation.row_upper != NO_UPPER
    largest = int(formulation.objective.largest_gain)
    price = st.integers(0, 2 * largest)
    prices = np.array([data.draw(price) if is_limited else 0 for is_limited in limited])
    certified = Certificate(prices.astype(np.int64), 0).bound(formulation)
    exact = max(value(worth, values) for values in points_of(formulation))
    assert bound_in_points(formulation, certified) >= exact


def test_the_optimum_of_rounded_numbers_is_not_below_the_users_own():
    # In whole points this is 10^17 to the nearest, which would be no bound on what it is worth.
    terms = [(HUGE, column([1])), (Fraction(1, 999), column([1]))]
    formulation = formulate(np.array([0, 1]), [one_each([1])], terms, at_most=1)
    objective = formulation.objective
    exact = HUGE + Fraction(1, 999)
    assert objective.scale == 1
    assert formulation.points(int(objective.gain[0])) > exact
    assert objective.rounding == 1
    assert objective.widening == 0
    assert objective.points_of(np.array([0])) == [exact]


def test_a_rounded_variable_of_both_signs_widens_the_bound():
    free = rows("own", [[0]], [NO_LOWER], [NO_UPPER], [(-3, 2, Fraction(1, 999))], [[1]])
    terms = [(HUGE, column([1]))]
    objective = formulate(np.array([0, 1]), [free], terms, at_most=1).objective
    assert objective.scale == 1
    assert objective.gain[1] == 1
    assert objective.widening == 3 * Fraction(998, 999)


class TestScale:
    def test_it_follows_what_a_plan_can_reach_not_all_pairs(self):
        n_pairs = 1_000
        points = np.full(n_pairs, 10**14)
        start = np.arange(0, n_pairs + 1, 100)
        terms = [(Fraction(1), column(points)), (Fraction(1, 10), column(np.arange(n_pairs)))]
        objective = formulate(start, [], terms, at_most=1).objective
        assert int(points.sum()) * 10 < SUM_LIMIT < int(points.sum()) * 100
        assert objective.scale == 10
        terms[1] = (Fraction(1, 1000), column(np.arange(n_pairs)))
        exact = formulate(start, [], terms, at_most=1).objective
        assert (exact.scale, exact.rounding) == (1000, 0)
        assert exact.shares == ()
        assert formulate(start, [], terms, at_most=2).objective.rounding > 0

    def test_all_pairs_count_where_a_candidate_may_have_all(self):
        terms = [(Fraction(1, 3), column([2**57] * 9))]
        one = formulate(np.array([0, 9]), [], terms, at_most=1).objective
        many = formulate(np.array([0, 9]), [], terms, at_most=1 << 30).objective
        assert (one.scale, one.rounding) == (3, 0)
        assert many.rounding > 0

    @pytest.mark.parametrize("power", [-18, -9, 0, 9, 11])
    def test_rounded_points_take_the_same_room_in_every_unit(self, power):
        unit = Fraction(10) ** power
        draws = np.random.default_rng(3).integers(10**14, 10**15, 20)
        terms = [(unit / 10**14, column(draws)), (unit / 3**40, column(np.arange(20)))]
        objective = formulate(np.arange(21), [], terms, at_most=1).objective
        assert objective.shares
        reach = int(objective.gain.sum())
        assert ROUNDED_REACH // 20 < reach <= ROUNDED_REACH + 40

    def test_digits_that_no_number_has_take_no_room(self):
        objective = formulate(
            np.array([0, 2]), [], [(Fraction(1), column([30, 50], 10**15))], at_most=1
        ).objective
        assert objective.gain.tolist() == [3, 5]
        assert objective.scale == 10**14

    def test_a_term_that_gives_nothing_takes_no_room(self):
        terms = [(Fraction(10**12), column([0, 0])), (Fraction(1, 10**15), column([1, 2]))]
        objective = formulate(np.array([0, 2]), [], terms, at_most=1).objective
        assert (objective.gain.tolist(), objective.rounding) == ([1, 2], 0)

    def test_costs_that_are_rounded_cost_no_less_than_nothing(self):
        terms = [(-HUGE, column([1, 2], 7)), (-SMALL, column([1, 1]))]
        objective = formulate(np.array([0, 1, 2]), [], terms, at_most=1).objective
        assert objective.rounding > 0
        assert np.all(objective.gain <= 0)


def test_the_better_plan_by_the_users_numbers_is_kept():
    # In units the second gains more; in the user's numbers the first does.
    shares = (PointShare(Fraction(1, 10), np.array([19, 11])),)
    objective = Objective(np.array([2, 3]), 1, Fraction(2), shares=shares)
    formulation = problem([2, 3], [one_each([2])])
    formulation = type(formulation)(2, formulation.blocks, objective)
    for order in ((0, 1), (1, 0)):
        search = Search(formulation, SearchLimits(gap=0.0))
        for pair in order:
            search.offer(Solution(np.array([pair]), np.zeros(0, np.int64)), "any")
        assert search.best.chosen.tolist() == [0]
        assert (search.worth, search.gained) == (Fraction(19, 10), 3)


LEVELS = (1, 2, 5)


def levels(weight, n=4, m=9, digits=6, seed=0):
    """Return a model of two levels by weights that is no network, and the frame of its pairs."""
    draws = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "candidate_id": np.repeat([f"C-{i}" for i in range(n)], m),
            "opening_id": np.tile([f"O-{j}" for j in range(m)], n),
            "level": draws.choice(LEVELS, n * m),
            "fine": np.round(draws.random(n * m), digits),
            "size": np.repeat(draws.integers(1, 4, n), m),
        }
    )
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{i}") for i in range(n)],
        openings=[po.Opening(id=f"O-{j}", positions=n) for j in range(m)],
    )
    rules = [
        po.OnePlacement(),
        po.ResourceLimit(uses="size", per="opening", limits=3),
        po.ResourceLimit(uses="size", per="region", limits=int(draws.integers(5, 7))),
    ]
    terms = [po.PairScore("level", weight=weight), po.PairScore("fine")]
    return po.Model(region, pairs=frame, rules=rules, objective=terms), frame


def best_levels(model, frame):
    """Return the largest (level, fine) of all plans, by exhaustion."""
    n, m = len(model.region.candidates), len(model.region.openings)
    size = frame["size"].to_numpy().reshape(n, m)[:, 0]
    level = frame["level"].to_numpy().reshape(n, m)
    fine = [[Fraction(str(x)) for x in row] for row in frame["fine"].to_numpy().reshape(n, m)]
    limit = model.rules[2].limits
    best = (0, Fraction(0))
    for choice in itertools.product(range(m + 1), repeat=n):
        chosen = [(c, o) for c, o in enumerate(choice) if o < m]
        if sum(size[c] for c, _ in chosen) > limit:
            continue
        used = np.zeros(m, dtype=np.int64)
        for c, o in chosen:
            used[o] += size[c]
        if np.all(used <= 3):
            worth = (sum(int(level[c, o]) for c, o in chosen), sum(fine[c][o] for c, o in chosen))
            best = max(best, worth)
    return best


class TestLevels:
    @pytest.mark.parametrize("solver", ["auto", "cp-sat"])
    @pytest.mark.parametrize("weight", [10**9, 5 * 10**10])
    def test_the_second_level_is_solved_where_a_plan_fits_64_bits(self, solver, weight):
        model, frame = levels(weight)
        objective = model.compile().formulation.objective
        assert objective.rounding == 0
        # With the larger weight all pairs together are beyond what CP-SAT takes.
        assert (float(objective.gain.astype(float).sum()) > 2.0**61) == (weight > 10**10)
        result = model.solve(gap=0, solver=solver)
        assert result.status is po.Status.OPTIMAL
        assert result.bound == result.objective
        value = result.terms.set_index("term")["value"]
        told = (value["PairScore (level)"], Fraction(str(value["PairScore (fine)"])))
        assert told == best_levels(model, frame)

    def test_cp_sat_takes_a_start_over_totals_too(self):
        model, _ = levels(5 * 10**10)
        assert model.to_cp_sat().validate() == ""
        first = model.solve(gap=0)
        again = model.solve(gap=0, solver="cp-sat", start=first)
        assert again.objective == first.objective

    @pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
    def test_what_is_rounded_away_is_never_called_optimal(self, solver):
        model, _ = levels(10**12, digits=6, n=4)
        formulation = model.compile().formulation
        assert formulation.objective.rounding > 0
        result = model.solve(gap=0, solver=solver)
        assert (result.status, result.stop_reason) == (
            po.Status.FEASIBLE,
            po.StopReason.PRECISION,
        )
        assert result.bound > result.objective
        assert any("rounded up" in note for note in result.stats["way"])
        assert "rounding alone" in result.summary()

    def test_points_terms_objective_and_check_agree_where_points_are_rounded(self):
        model, frame = levels(10**12)
        result = model.solve(gap=0)
        points = [Fraction(str(row.points)) for row in result.placement_rows]
        score = frame.set_index(["candidate_id", "opening_id"])
        for row, told in zip(result.placement_rows, points, strict=True):
            pair = score.loc[(row.candidate_id, row.opening_id)]
            exact = 10**12 * int(pair["level"]) + Fraction(str(pair["fine"]))
            assert float(told) == float(exact)
        assert result.objective == float(sum(row.points for row in result.term_rows))
        report = po.check_result(model.region, result, frame)
        assert report.is_sound, str(report)

    def test_optimal_is_refused_of_what_was_rounded_away(self):
        model, frame = levels(10**12)
        result = model.solve(gap=0).model_copy(update={"status": po.Status.OPTIMAL})
        report = po.check_result(model.region, result, frame)
        assert [finding.subject for finding in report.differences] == ["bound"]


def test_only_rounded_points_count_their_pairs():
    shares = (PointShare(Fraction(1, 10), np.array([19, 11])),)
    assert Objective(np.array([190, 110]), 100, shares=shares).n_pairs == 2
    assert Objective(np.array([190, 110]), 100).n_pairs == 0
