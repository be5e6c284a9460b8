"""Fixtures of the search near a gain: a large problem in small."""

import numpy as np
import pytest

import placement_opt as po
from placement_opt.formulation.mixed_integer_rounding import cuts_of
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.plans import NearPlans
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits


@pytest.fixture(scope="module")
def formulation():
    region = po.synthetic_region(candidates=240, openings=80, seed=3)
    return po.Model(region).compile().formulation


@pytest.fixture(scope="module")
def found(formulation):
    small = lumped(formulation).formulation
    strong = strengthen(small, np.arange(0, small.n_pairs, 2), 20.0)
    assert cuts_of(strong.formulation)
    return strong


@pytest.fixture
def ground(formulation, found):
    search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.0))
    return Ground(formulation, lumped(formulation), found, search, np.zeros(0, dtype=np.int64))


@pytest.fixture
def plans(ground):
    return NearPlans(ground.program(), 0, lambda: False)


@pytest.fixture(scope="module")
def first(formulation, found):
    """The values of a first plan; HiGHS proves nothing of it and takes all the seconds."""
    search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.0))
    ground = Ground(formulation, lumped(formulation), found, search, np.zeros(0, dtype=np.int64))
    plans = NearPlans(ground.program(), 0, lambda: False)
    assert plans.start(5.0)
    return plans.best()[1]
