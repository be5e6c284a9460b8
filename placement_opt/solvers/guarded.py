"""Runs a solver so that no crash, interrupt or deaf library loses the plan or the time."""

from collections.abc import Callable
from functools import partial

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search
from placement_opt.solvers.reporting import POLL_S, Beside, logger, stop_asked

LEFT_BEHIND_S = 2.0
"""How long a solver that was told to stop may take before the plan is returned without it."""

Run = Callable[[Formulation, Search], Ending]


def guarded(
    run: Run, formulation: Formulation, search: Search, patience_s: float = LEFT_BEHIND_S
) -> Ending:
    """Run a solver in a thread of its own; leave it behind where it does not notice a stop.

    What one that was left behind still says to the search is dropped once the search is summed up,
    see `placement_opt.solvers.base.Search.outcome`.
    """
    work = Beside(partial(run, formulation, search))
    try:
        while not work.wait(POLL_S):
            if stop_asked(search):
                break
    except KeyboardInterrupt:
        search.cancel()
    if not work.wait(patience_s):
        search.note(f"the solver did not stop within {patience_s:g} s and was left behind")
        return Ending.STOPPED
    try:
        return work.answer() or Ending.FAILED
    except Exception:
        logger.exception("a solver failed, which is a bug of ours; the best plan so far is kept")
        return Ending.FAILED
