"""Plans of large problems before any exact linear program is solved."""

import math

import numpy as np
import pytest

import placement_opt as po
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.plans.rounding import gaining_most, rounded
from placement_opt.solvers.relaxation import column_generation
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import Pricing
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import auto, large
from placement_opt.solvers.ways.large import search_large

NOTHING = np.zeros(0, dtype=np.int64)


@pytest.fixture(scope="module")
def region():
    return po.Model(po.synthetic_region(candidates=400, openings=120, seed=1)).compile().formulation


def search_of(formulation):
    return Search(formulation, SearchLimits(600.0, gap=0.0))


def test_an_early_plan_is_of_what_the_last_program_used(region):
    search = search_of(region)
    gain = region.objective.gain[: region.n_pairs]
    plan = rounded(region, np.argsort(gain, kind="stable"), search.clock)
    proven = Pricing(region).settled(np.zeros(region.n_rows))
    core = np.union1d(plan.chosen, [0, 1])
    point = Point(np.isin(core, plan.chosen) / 2, np.zeros(region.n_rows))
    early = large._EarlyPlan(region, lumped(region), lumped(region), search)
    early.rounded(column_generation.Relaxed(proven, core, NOTHING, core, point))
    # All of that plan, however little each of its pairs gains, and what fits beside it.
    assert np.isin(plan.chosen, search.best.chosen).all()
    assert np.mean(gain[plan.chosen]) < np.mean(gain)


def test_a_plan_is_made_at_rough_prices_where_no_program_has_the_time(region, monkeypatch):
    monkeypatch.setattr(schedule, "FIRST_ORDER_LEAST_S", math.inf)
    monkeypatch.setattr(large, "certified_cuts", lambda *_, **__: None)
    monkeypatch.setattr(large.NearCore, "run", lambda *_: Ending.STOPPED)
    search = search_of(region)
    search_large(region, search)
    assert search.best_source == "rounding"
    greedy = rounded(region, gaining_most(region), search.clock)
    assert search.gained > region.gained(greedy.values(region))


def test_a_plan_of_the_largest_gains_comes_before_prices(region, monkeypatch):
    monkeypatch.setattr(auto, "MANY_VARIABLES", 500)
    search, sources = search_of(region), []
    monkeypatch.setattr(
        auto, "search_large", lambda *_: sources.append(search.best_source) or Ending.STOPPED
    )
    search.clock.cancel()
    auto.Auto()._by_prices(region, search)
    assert sources == ["greedy"]
