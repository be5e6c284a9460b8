"""One search over a problem in integers that is no model of the user's."""

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers import get_solver
from placement_opt.solvers.search.base import Outcome, Search
from placement_opt.solvers.search.guarded import guarded
from placement_opt.solvers.search.limits import SearchLimits


def searched(formulation: Formulation, limits: SearchLimits, *, first: bool = False) -> Outcome:
    """Solve a problem in integers; with `first` the first plan is enough."""
    begun: list[Search] = []

    def has_enough() -> bool:
        return first and bool(begun) and begun[0].best is not None

    search = Search(formulation, limits, has_enough)
    begun.append(search)
    return search.outcome(guarded(get_solver("auto").solve, formulation, search))
