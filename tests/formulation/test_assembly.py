"""How many points a plan can reach, summed over blocks of pairs as over all of them at once."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.formulation import assembly
from placement_opt.formulation.assembly import formulate
from placement_opt.pairs.table import Column

MANY = settings(max_examples=150, deadline=None, database=None)


@st.composite
def scored(draw):
    """Draw how many pairs each candidate has, two columns of points, and placements for each."""
    width = draw(st.lists(st.integers(0, 3), min_size=1, max_size=5))
    points = st.lists(st.integers(-9, 9), min_size=sum(width), max_size=sum(width))
    steps = st.sampled_from((Fraction(1), Fraction(-5, 7), Fraction(10**15, 3)))
    terms = [
        (draw(steps), Column.of(np.array(draw(points), dtype=np.int64), draw(st.integers(1, 3))))
        for _ in range(2)
    ]
    return np.concatenate([[0], np.cumsum(width)]), terms, draw(st.integers(1, 2))


def reach(start, points, at_most):
    """Return the most that all candidates can reach together, in magnitude, by the definition."""
    total = Fraction(0)
    for first, last in itertools.pairwise(start.tolist()):
        mine = [abs(value) for value in points[first:last]]
        total += min(at_most * max(mine, default=Fraction(0)), sum(mine))
    return total


@pytest.mark.parametrize("block", [1, 2, 4, 1 << 16])
def test_it_is_the_most_of_each_candidate_in_blocks_of_any_size(block, monkeypatch):
    monkeypatch.setattr(assembly, "BLOCK_PAIRS", block)

    @MANY
    @given(drawn=scored())
    def check(drawn):
        start, terms, at_most = drawn
        shares = tuple(assembly._share(weight, column) for weight, column in terms)
        each, every = assembly._reaches(start, shares, at_most)
        worth = [
            [abs(weight * column.fraction(pair)) for pair in range(start[-1])]
            for weight, column in terms
        ]
        both = [sum(values) for values in zip(*worth, strict=True)]
        for found, points in zip([*each, every], [*worth, both], strict=True):
            exact = reach(start, points, at_most)
            assert exact <= found <= exact * (1 + Fraction(1, 10**8))
        objective = formulate(start, [], terms, at_most=at_most).objective
        whole = [
            sum(weight * column.fraction(pair) for weight, column in terms)
            for pair in range(start[-1])
        ]
        error = max(objective.rounding, objective.widening)
        for pair, value in enumerate(whole):
            assert abs(Fraction(int(objective.gain[pair]), objective.scale) - value) <= error

    check()


def test_points_that_are_all_zero_keep_their_narrow_type():
    nothing = Column(np.zeros(2, dtype=np.int8), 10**6)
    found = formulate(np.array([0, 1, 2]), [], [(Fraction(1), nothing)], 1)
    assert not any(found.objective.gain)
