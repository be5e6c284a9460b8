"""One search of one solver, checked against brute force."""

import numpy as np
from formulations import (
    brute_force,
)
from hypothesis import HealthCheck, settings

from placement_opt.basics.status import Status, StopReason
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

TINY = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def searched(solver, formulation, *, start=None, cancelled=lambda: False, **limits):
    """Solve; return the search, the ending and the outcome."""
    events = []
    limits = {"time_limit_s": 3600.0, "gap": 0.0, **limits}
    search = Search(formulation, SearchLimits(**limits), cancelled, events.append)
    if start is not None:
        assert search.offer(start, "start")
    ending = solver.solve(formulation, search)
    return search, ending, search.outcome(ending), events


def is_optimal_for(formulation, solver, **limits):
    """Check one solver's answer, its bounds and its steps against brute force."""
    optimum = brute_force(formulation)
    search, ending, outcome, events = searched(solver, formulation, **limits)
    assert ending is Ending.EXHAUSTED
    assert outcome.stop_reason is StopReason.PROVEN
    if optimum is None:
        assert outcome.status is Status.INFEASIBLE
        assert outcome.solution is None
    else:
        assert outcome.status is Status.OPTIMAL
        assert (outcome.gained, outcome.bound) == (optimum, optimum)
        assert formulation.gained(outcome.solution.values(formulation)) == optimum
    points = [event.objective for event in events if event.objective is not None]
    assert points == sorted(points)
    least = -np.inf if optimum is None else float(formulation.points(optimum))
    assert all(event.bound >= least for event in events if event.bound is not None)
    assert search.rejected == []


def start_of(formulation):
    """Return the empty plan of a market split: all of it is short."""
    short = formulation.row_lower
    return Solution(np.zeros(0, np.int64), np.concatenate([short, np.zeros_like(short)]))
