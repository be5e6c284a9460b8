"""Exchanges between plans: what they keep and what they lose."""

import numpy as np
import pytest

from benchmarks.random_problems import random_generic
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.near import exchanges as module
from placement_opt.solvers.near.diving import keeps
from placement_opt.solvers.near.exchanges import ExchangeSearch
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.plans import NearPlans
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

NONE = np.zeros(0, dtype=np.int64)
WIDE = 100
"""Rows of more pairs are pools and budgets in the problem below."""


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
    monkeypatch.setattr(module, "PICKS", 4)
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
