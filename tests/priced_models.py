"""Models with prices, for tests of the search from prices."""

import placement_opt as po
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

PRICED_SEEDS = (1, 4)
"""Seeds whose regions are too large for CP-SAT alone, so that prices lead the search."""


def model_of(seed):
    return po.Model(po.synthetic_region(candidates=300, openings=80, seed=seed))


def search_of(formulation, cancelled=lambda: False, **limits):
    return Search(formulation, SearchLimits(**{"gap": 0.0, **limits}), cancelled)
