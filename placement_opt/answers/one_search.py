"""One search over a problem in integers that is no model of the user's."""

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers import get_solver
from placement_opt.solvers.search.base import Outcome, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.guarded import Run, guarded
from placement_opt.solvers.search.limits import SearchLimits

PATIENCE_S = 0.5
"""What stops late is left behind after so long, so that the time of a question is kept to."""


def searched(
    formulation: Formulation,
    limits: SearchLimits,
    *,
    first: bool = False,
    start: Solution | None = None,
    run: Run | None = None,
) -> Outcome:
    """Solve a problem in integers.

    Parameters
    ----------
    formulation, limits
        The problem, and when to stop.
    first
        True where the first plan is enough.
    start
        A plan that is known.
    run
        What solves it; the solver that chooses by itself unless given.
    """
    begun: list[Search] = []

    def has_enough() -> bool:
        return first and bool(begun) and begun[0].best is not None

    search = Search(formulation, limits, has_enough)
    begun.append(search)
    if start is not None:
        search.offer(start, "start plan")
    run = get_solver("auto").solve if run is None else run
    return search.outcome(guarded(run, formulation, search, PATIENCE_S))
