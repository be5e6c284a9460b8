"""Fixtures of the search from prices: a region, its prices, and a first plan."""

import numpy as np
import pytest
from priced_models import PRICED_SEEDS, model_of, search_of

from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.ways.auto import TINY_VARIABLES, price


@pytest.fixture(scope="module")
def model():
    return model_of(PRICED_SEEDS[0])


@pytest.fixture(scope="module")
def priced(model):
    formulation = model.compile().formulation
    assert formulation.n_variables > TINY_VARIABLES
    return price(formulation, search_of(formulation))


@pytest.fixture(scope="module")
def spare(priced):
    core = priced.first_core()
    return core[np.argsort(-priced.reduced[core], kind="stable")]


@pytest.fixture(scope="module")
def start(priced, spare):
    return rounded(priced.formulation, spare, search_of(priced.formulation).clock)
