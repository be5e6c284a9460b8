"""Exchanges between plans: what they keep, what they lose, and which of them are picked."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import sparse

from benchmarks.random_problems import random_generic
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.near import exchanges as module
from placement_opt.solvers.near.diving import keeps
from placement_opt.solvers.near.exchanges import ExchangeSearch
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.picking import Exchanges, picked_exchanges
from placement_opt.solvers.near.plans import NearPlans
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

NONE = np.zeros(0, dtype=np.int64)
WIDE = 100
"""Rows of more pairs are pools and budgets in the problem below."""

QUIET = settings(
    max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def never():
    return False


@pytest.fixture(scope="module")
def ground():
    formulation = random_generic(1_500, 300, 20, 1).compile().formulation
    found = strengthen(
        lumped(formulation).formulation, np.arange(formulation.n_pairs), 20.0, rounds=0
    )
    search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.0))
    return Ground(formulation, lumped(formulation), found, search, NONE)


@pytest.fixture
def plans(ground, monkeypatch):
    monkeypatch.setattr(module, "WIDEST_ROW", WIDE)
    return NearPlans(ground.program(), 0, never)


class TestSearch:
    def test_a_plan_is_found_without_a_dive_and_improved_and_keeps_every_row(self, plans):
        search = ExchangeSearch(plans, 0, never)
        assert search.fits
        gained = []
        for _ in range(3):
            for _ in range(module.PICKS):
                search.step()
            gained.append(plans.best()[0])
        assert gained == sorted(gained)
        program, values = plans.program, plans.best()[1]
        assert keeps(program, plans.rows, values)
        bound = float(program.gain @ plans.near.point.values)
        assert 0.995 * bound <= gained[-1] <= bound + 1e-6

    def test_each_exchange_keeps_the_narrow_rows_and_tells_its_loss_and_usage(self, plans):
        search = ExchangeSearch(plans, 0, never)
        base = search._drawn(module.LEAST_NOISE)
        around = search._around(base)
        program, narrow = plans.program, ~search._wide
        before = plans.rows @ base
        for number in range(around.loss.size):
            after = base + around.changes[:, [number]].toarray().ravel()
            rows = plans.rows @ after
            assert np.all(rows[narrow] <= program.row_upper[narrow] + 1e-6)
            assert np.all(rows[narrow] >= program.row_lower[narrow] - 1e-6)
            assert set(np.unique(after[plans.pair])) <= {0.0, 1.0}
            used = (rows - before)[search._wide] * search._price
            assert around.usage[number] == pytest.approx(used)
            gained = float(program.gain @ (after - base))
            assert gained == pytest.approx(used.sum() - around.loss[number])

    def test_what_does_not_clash_can_be_made_together(self, plans):
        search = ExchangeSearch(plans, 0, never)
        base = search._drawn(module.LEAST_NOISE)
        around = search._around(base)
        made = np.zeros(around.loss.size, dtype=np.bool_)
        for number in range(made.size):
            made[number] = not np.any(around.clash[number] & made)
        assert made.sum() > 1
        rows = search._narrow_rows @ (base + around.changes @ made.astype(float))
        narrow = ~search._wide
        assert np.all(rows <= plans.program.row_upper[narrow] + 1e-6)

    def test_it_leaves_alone_what_has_no_wide_rows_or_gives_fractions(self, ground, monkeypatch):
        monkeypatch.setattr(module, "WIDEST_ROW", 10_000)
        assert not ExchangeSearch(NearPlans(ground.program(), 0, never), 0, never).fits
        monkeypatch.setattr(module, "WIDEST_ROW", WIDE)
        search = ExchangeSearch(NearPlans(ground.program(), 0, never), 0, never)
        halves = type("Point", (), {"values": np.full(search._gain.size, 0.5)})
        monkeypatch.setattr(module, "solve_lp", lambda *_: halves)
        assert not search.step()
        assert not search.fits

    def test_the_same_exchanges_are_picked_from_several_times(self, plans, monkeypatch):
        picks = []

        def nothing(exchanges, room, random, stop):
            picks.append(exchanges)
            return np.zeros(exchanges.loss.size, dtype=np.bool_) if len(picks) % 2 else None

        monkeypatch.setattr(module, "picked_exchanges", nothing)
        monkeypatch.setattr(plans, "take", lambda _: True)
        search = ExchangeSearch(plans, 0, never)
        assert [search.step() for _ in range(4)] == [True, False, True, False]
        for _ in range(module.PICKS - 3):
            search.step()
        assert len(set(map(id, picks[: module.PICKS]))) == 1
        assert picks[module.PICKS] is not picks[0]

    def test_it_tells_whether_exchanges_are_at_hand(self, plans, monkeypatch):
        search = ExchangeSearch(plans, 0, never)
        assert not search.has_more
        search.step()
        assert search.has_more
        for _ in range(module.PICKS - 1):
            search.step()
        assert not search.has_more
        # Out of time: nothing is at hand, though they may be found another time.
        monkeypatch.setattr(module, "solve_lp", lambda *_: None)
        assert not search.step()
        assert search.fits
        assert not search.has_more

    def test_it_ends_when_asked(self, plans):
        assert not ExchangeSearch(plans, 0, lambda: True).step()


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
        search = module._Tabu(exchanges, room, np.random.default_rng(0))
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
