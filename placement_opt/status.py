"""How a solve ended: what is known of the plan, and why the search stopped."""

from enum import StrEnum


class Status(StrEnum):
    """What is known about the plan."""

    OPTIMAL = "OPTIMAL"
    """No better plan exists."""
    FEASIBLE = "FEASIBLE"
    """A plan that keeps every rule; a better one may exist, up to the bound."""
    INFEASIBLE = "INFEASIBLE"
    """No plan keeps all rules; proven."""
    NO_SOLUTION = "NO_SOLUTION"
    """No plan was found, and none was excluded."""


class StopReason(StrEnum):
    """Why the search stopped."""

    PROVEN = "proven"
    """Nothing is left to search: the answer is proven."""
    GAP = "gap"
    """The asked gap was reached."""
    TIME_LIMIT = "time_limit"
    WORK_LIMIT = "work_limit"
    """The limit on work that stands in for time when a solve has to be reproducible."""
    MEMORY_LIMIT = "memory_limit"
    PRECISION = "precision"
    """The solver ended by itself; what is left of the gap is below its numeric precision."""
    CANCELLED = "cancelled"
    SOLVER_FAILURE = "solver_failure"
    """Every solver that was tried crashed or gave up; the best plan so far is returned."""
