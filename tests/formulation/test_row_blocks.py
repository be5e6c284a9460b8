"""Rows divided by what their coefficients share allow the same points, and know the same pools."""

import itertools
from dataclasses import replace

import numpy as np
from formulations import rows
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

MANY = settings(max_examples=150, deadline=None, database=None)


@st.composite
def blocks(draw):
    """Draw rows of three pairs and up to two own variables, each row with a factor of its own."""
    n_rows, n_own = draw(st.integers(1, 3)), draw(st.integers(0, 2))
    factors = draw(st.lists(st.sampled_from((1, 2, 3, 12)), min_size=n_rows, max_size=n_rows))
    entry = st.integers(-3, 3)
    table = [[factor * draw(entry) for _ in range(3 + n_own)] for factor in factors]
    lower = [draw(st.just(NO_LOWER) | st.integers(-15, 15)) for _ in factors]
    upper = [draw(st.just(NO_UPPER) | st.integers(-15, 15)) for _ in factors]
    own = [(-1, 2, 0)] * n_own
    return rows("any", [row[:3] for row in table], lower, upper, own, [row[3:] for row in table])


def points(block):
    own = [] if block.variables is None else [range(-1, 3)] * len(block.variables)
    return np.array(list(itertools.product(*[range(2)] * 3, *own)), dtype=np.int64)


def matrix(block):
    parts = [block.usage.toarray()]
    if block.variable_usage is not None:
        parts.append(block.variable_usage.toarray())
    return np.hstack(parts).astype(np.int64)


def kept(block):
    activity = points(block) @ matrix(block).T
    return ((activity >= block.lower) & (activity <= block.upper)).tolist()


@MANY
@given(block=blocks())
def test_each_row_allows_the_same_points_and_shares_nothing(block):
    divided = block.divided()
    assert kept(divided) == kept(block)
    assert set(np.gcd.reduce(matrix(divided), axis=1).tolist()) <= {0, 1}
    assert divided.pools is None
    assert (divided.title, list(divided.labels)) == (block.title, list(block.labels))
    for name in ("lower", "upper"):
        none = {"lower": NO_LOWER, "upper": NO_UPPER}[name]
        before, after = getattr(block, name), getattr(divided, name)
        assert ((before == none) == (after == none)).all()


class Told:
    """Pools that remember the duals they were asked about, with one row of coefficients 4 and 6."""

    def sets(self, duals):
        self.duals = duals.tolist()
        return ((0,),)

    def rows(self, sets, reserve=0.0):
        self.asked = (sets, reserve)
        return rows("pool", [[4, 6, 0]], [NO_LOWER], [9])

    def within(self, pairs):
        self.pairs = pairs
        return self

    def lumped(self, block):
        return block


class Pooled(Capacity):
    def __init__(self, pools):
        self._pools = pools

    def pools(self):
        return self._pools


def test_pools_are_asked_in_the_units_of_the_rows_before():
    pools = Told()
    whole = rows("any", [[6, 3, 0], [1, 1, 1]], [NO_LOWER, 0], [10, NO_UPPER])
    divided = replace(whole, capacity=Pooled(pools)).divided()
    for asked in (divided.pools, divided.pools.within(np.array([0, 1]))):
        assert asked.sets(np.array([3.0, 5.0])) == ((0,),)
        assert pools.duals == [1.0, 5.0]
        row = asked.rows([[0]], 0.25)
        assert pools.asked == ([[0]], 0.25)
        assert (row.usage.toarray().tolist(), row.upper.tolist()) == ([[2, 3, 0]], [4])
        assert asked.lumped(divided) is divided
