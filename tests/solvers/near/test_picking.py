"""Which exchanges are picked: the best that keep all rows, compared with every choice."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from placement_opt.solvers.near import picking
from placement_opt.solvers.near.picking import Exchanges, picked_exchanges

QUIET = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def choices(draw):
    """Few exchanges, small enough to try every choice."""
    n, rows = draw(st.integers(1, 7)), draw(st.integers(1, 3))
    cell = st.integers(-6, 6)
    usage = np.array(draw(st.lists(cell, min_size=n * rows, max_size=n * rows)), dtype=float)
    loss = np.array(draw(st.lists(st.integers(0, 5), min_size=n, max_size=n)), dtype=float)
    clash = np.zeros((n, n), dtype=np.bool_)
    for one, other in itertools.combinations(range(n), 2):
        clash[one, other] = clash[other, one] = draw(st.integers(0, 4)) == 0
    room = np.array(draw(st.lists(st.integers(-8, 8), min_size=rows, max_size=rows)), dtype=float)
    changes = sparse.csc_array((1, n))
    return Exchanges(changes, usage.reshape(n, rows), loss, clash), room


def cost_of(exchanges, room, made):
    """What is left and lost; None where a row is broken or two of them clash."""
    left = room - made @ exchanges.usage
    if np.any(left < 0) or np.any(exchanges.clash[np.ix_(made, made)]):
        return None
    return float(left.sum() + made @ exchanges.loss)


class TestPicked:
    @QUIET
    @given(choices())
    def test_it_is_the_best_of_all_choices_where_those_are_few(self, choice):
        exchanges, room = choice
        every = (
            np.array(made) for made in itertools.product([False, True], repeat=exchanges.loss.size)
        )
        costs = [cost_of(exchanges, room, made) for made in every]
        best = min((cost for cost in costs if cost is not None), default=None)
        picked = picked_exchanges(exchanges, room, np.random.default_rng(0))
        if best is None:
            assert picked is None
        else:
            assert cost_of(exchanges, room, picked) == pytest.approx(best)

    @QUIET
    @given(choices(), st.lists(st.booleans(), max_size=12))
    def test_what_it_keeps_up_to_date_is_what_is_made(self, choice, kicks):
        exchanges, room = choice
        search = picking._Tabu(exchanges, room, np.random.default_rng(0))
        for is_kick in kicks:
            if is_kick:
                search.kick()
            else:
                search.step()
            made = search._made
            assert not np.any(exchanges.clash[np.ix_(made, made)])
            assert search._room == pytest.approx(room - made @ exchanges.usage)
            assert search._lost == pytest.approx(made @ exchanges.loss)
            assert np.array_equal(search._clashing, exchanges.clash[made].sum(axis=0))
            sign = np.where(made, -1.0, 1.0)
            assert np.array_equal(search._uses, exchanges.usage * sign[:, None])
            assert search._use == pytest.approx(search._uses.sum(axis=1))
            assert np.array_equal(search._losses, exchanges.loss * sign)

    def test_two_that_clash_are_never_picked_together(self):
        clash = ~np.eye(2, dtype=np.bool_)
        exchanges = Exchanges(sparse.csc_array((1, 2)), np.ones((2, 1)), np.zeros(2), clash)
        picked = picked_exchanges(exchanges, np.full(1, 2.0), np.random.default_rng(0))
        assert picked.sum() == 1
        apart = Exchanges(exchanges.changes, exchanges.usage, exchanges.loss, clash & False)
        assert picked_exchanges(apart, np.full(1, 2.0), np.random.default_rng(0)).all()

    def test_nothing_is_picked_when_asked_to_stop(self):
        exchanges = Exchanges(
            sparse.csc_array((1, 1)), np.ones((1, 1)), np.zeros(1), np.zeros((1, 1), dtype=np.bool_)
        )
        assert (
            picked_exchanges(exchanges, np.ones(1), np.random.default_rng(0), lambda: True) is None
        )
