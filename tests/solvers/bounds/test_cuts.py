"""Rounding cuts lose no solution, are found where the relaxation breaks them, and re-checked."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from cut_cases import with_followers
from formulations import brute_force, problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import (
    Cut,
    cut_row,
    cuts_of,
    with_cuts,
    without_cuts,
)
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.bounds.cuts import separate

MANY = settings(max_examples=150, deadline=None, database=None)


def points_of(formulation: Formulation) -> np.ndarray:
    """Return all points that keep the rows of the rules; variables that follow go by halves."""
    ranges = [
        np.arange(low, high + 0.25, 1.0 if is_whole else 0.5)
        for low, high, is_whole in zip(
            formulation.lower, formulation.upper, formulation.is_integer, strict=True
        )
    ]
    points = np.array(list(itertools.product(*ranges)), dtype=np.float64)
    points = points.reshape(points.shape[0], formulation.n_variables)
    rules = replace(formulation, extra=None)
    activity = points @ rules.matrix.toarray().T
    kept = np.all((activity >= rules.row_lower) & (activity <= rules.row_upper), axis=1)
    return points[kept]


def derivable(formulation: Formulation, cuts: list[Cut]) -> Formulation:
    """Add the cuts that can be derived, one by one."""
    for cut in cuts:
        try:
            formulation = with_cuts(formulation, [cut])
        except ValueError:
            continue
    return formulation


@st.composite
def recipes(draw, n_rows: int, n_variables: int):
    chosen = draw(st.lists(st.integers(0, n_rows - 1), min_size=1, max_size=2, unique=True))
    weight = st.integers(-3, 3).filter(bool)
    down = draw(st.sets(st.integers(0, n_variables - 1))) if n_variables else set()
    return Cut(
        tuple(chosen),
        tuple(draw(weight) for _ in chosen),
        draw(st.sampled_from([1, 2, 3, 4, 7, 350, 701])),
        tuple(sorted(down)),
    )


@MANY
@given(formulation=with_followers(), data=st.data())
def test_a_cut_loses_no_point_that_keeps_the_rows(formulation, data):
    points = points_of(formulation)
    for _ in range(8):
        if formulation.n_rows == 0:
            return
        drawn = recipes(formulation.n_rows, formulation.n_variables)
        formulation = derivable(formulation, [data.draw(drawn)])
    if formulation.extra is not None:
        activity = points @ formulation.extra.matrix.toarray().T
        assert np.all(activity >= formulation.extra.lower)


@MANY
@given(formulation=with_followers(), data=st.data())
def test_a_found_cut_is_violated_by_its_point_alone(formulation, data):
    share = st.floats(0, 1).map(lambda value: round(value, 2))
    shares = np.array([data.draw(share) for _ in range(formulation.n_variables)])
    values = formulation.lower + shares * (formulation.upper - formulation.lower)
    points = points_of(formulation)
    for cut in separate(formulation, values):
        row = cut_row(formulation, cut)
        assert row.coefficient @ values[row.member] < row.limit
        assert np.all(points[:, row.member] @ row.coefficient >= row.limit)


def followed(block):
    return replace(block, variables=replace(block.variables, follow=True))


def test_a_knapsack_with_room_for_one_and_a_half_takes_one():
    knapsack = rows("knapsack", [[5, 5, 6]], [NO_LOWER], [9])
    formulation = problem([1, 1, 1], [knapsack])
    found = separate(formulation, np.array([0.9, 0.9, 0.0]))
    row = cut_row(formulation, found[0])
    assert row.member.tolist() == [0, 1, 2]
    assert row.coefficient.tolist() == [-1, -1, -1]
    assert row.limit == -1


def test_a_priced_minimum_charges_the_whole_of_a_half_filled_job():
    quota = rows("quota", [[10, 10]], [15], [NO_UPPER], [(0, 20, -1)], [[1]])
    formulation = problem([0, -3], [followed(quota)])
    # The relaxation fills 1.5 jobs; whole people leave 5 missing, or pay for the second one.
    assert dense(formulation, Cut((0,), (1,), 10, ())).tolist() == [5, 5, 1, 10]
    assert separate(formulation, np.array([1.0, 0.5, 0.0]))
    strong = strengthen(formulation, np.arange(2), 5.0)
    assert strong is not None
    assert strong.bound == pytest.approx(brute_force(formulation))


def test_a_limit_that_holds_at_the_point_gives_no_cut():
    formulation = problem([1, 1], [rows("knapsack", [[5, 5]], [NO_LOWER], [9])])
    assert separate(formulation, np.array([1.0, 0.0])) == []


def test_two_rows_together_give_a_cut_that_neither_gives():
    budget = rows("budget", [[1, 1, 2]], [NO_LOWER], [2])
    one = rows("one placement", [[1, 1, 0]], [NO_LOWER], [1])
    formulation = problem([1, 1, 1], [budget, one])
    point = np.array([0.5, 0.5, 0.5])
    assert separate(formulation, point, with_others=False) == []
    found = separate(formulation, point)
    assert found[0].rows == (0, 1)
    assert dense(formulation, found[0]).tolist() == [-1, -1, -1, -1]


def dense(formulation: Formulation, cut: Cut) -> np.ndarray:
    """Return a cut's coefficients and, behind them, its limit."""
    row = cut_row(formulation, cut)
    result = np.zeros(formulation.n_variables + 1, dtype=np.int64)
    result[row.member], result[-1] = row.coefficient, row.limit
    return result


@pytest.mark.parametrize(
    ("cut", "said"),
    [
        (Cut((), (), 5, ()), "needs rows"),
        (Cut((0,), (0,), 5, ()), "needs rows"),
        (Cut((0,), (-1,), 0, ()), "needs rows"),
        (Cut((0,), (-1, 1), 5, ()), "needs rows"),
        (Cut((1,), (-1,), 5, ()), "stands on rows"),
        (Cut((-1,), (-1,), 5, ()), "stands on rows"),
        (Cut((0,), (1,), 5, ()), "side without a limit"),
        (Cut((0,), (-1,), 3, ()), "nothing to round"),
        (Cut((0,), (-1,), 5, (2,)), "complements a variable"),
        (Cut((0,), (-1,), 5, (0, 0)), "complements a variable"),
        (Cut((0,), (-(1 << 58),), 5, ()), "too large"),
        (Cut((0,), (-1,), 1 << 61, ()), "too large"),
    ],
)
def test_a_recipe_that_does_not_fit_is_refused(cut, said):
    formulation = problem([1, 1, 1], [rows("knapsack", [[5, 4, 0]], [NO_LOWER], [9])])
    with pytest.raises(ValueError, match=said):
        cut_row(formulation, cut)
    with pytest.raises(ValueError, match="a cut"):
        with_cuts(formulation, [cut])


def chained() -> tuple[Formulation, list[Cut]]:
    """Return a formulation and three cuts, of which the last stands on the first."""
    knapsack = rows("knapsack", [[3, 5, 7, 8]], [NO_LOWER], [13])
    formulation = problem([3, 5, 7, 8], [knapsack])
    first, second = Cut((0,), (-1,), 4, ()), Cut((0,), (-1,), 5, ())
    return formulation, [first, second, Cut((0, 1), (-2, 1), 4, ())]


def test_cuts_follow_behind_the_rules_and_change_nothing_else():
    formulation, cuts = chained()
    strong = with_cuts(formulation, cuts)
    assert strong.n_rows == formulation.n_rows + 3
    assert strong.matrix.shape == (4, 4)
    assert np.array_equal(strong.matrix[:1].toarray(), formulation.matrix.toarray())
    assert strong.row_upper[1:].tolist() == [NO_UPPER] * 3
    assert strong.offsets == formulation.offsets
    assert strong.own_lower is formulation.own_lower
    assert strong.own_upper is formulation.own_upper
    assert cuts_of(strong) == tuple(cuts)
    assert brute_force(strong) == brute_force(formulation)
    one_by_one = with_cuts(with_cuts(formulation, cuts[:1]), cuts[1:])
    assert np.array_equal(one_by_one.matrix.toarray(), strong.matrix.toarray())


def test_cuts_are_kept_in_narrow_types():
    # Over tens of millions of pairs they are the largest of all that a search holds on to.
    formulation, cuts = chained()
    for strong in (with_cuts(formulation, cuts), with_cuts(formulation, cuts[:2])):
        assert strong.extra.matrix.data.dtype == np.int8
        assert strong.extra.matrix.indices.dtype == np.int32
    wide = problem([1, 1], [rows("wide", [[300, 40_000]], [NO_LOWER], [40_100])])
    strong = with_cuts(wide, [Cut((0,), (-1,), 40_001, ())])
    assert strong.extra.matrix.toarray().tolist() == [[-201, -39_901]]


def test_a_cut_that_another_stands_on_is_not_dropped():
    formulation, cuts = chained()
    strong = with_cuts(formulation, cuts)
    left, stays = without_cuts(strong, np.array([True, True, False]))
    assert stays.tolist() == [True, True, False, True]
    assert np.array_equal(left.matrix.toarray(), strong.matrix.toarray()[stays])
    again = with_cuts(formulation, cuts_of(left))
    assert np.array_equal(again.matrix.toarray(), left.matrix.toarray())
    bare, stays = without_cuts(strong, np.ones(3, dtype=np.bool_))
    assert bare.extra is None
    assert stays.tolist() == [True, False, False, False]


def test_a_cut_on_a_later_one_is_refused():
    formulation, _ = chained()
    with pytest.raises(ValueError, match="does not come before"):
        with_cuts(formulation, [Cut((1,), (1,), 5, ()), Cut((0,), (-1,), 4, ())])
