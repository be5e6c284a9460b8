"""How a solve ended: what is known of the plan, and why the search stopped."""

from enum import StrEnum
from fractions import Fraction
from typing import TypeVar

OPTIMAL_GAP = 1e-9
"""A plan whose bound is no further away than this share is called optimal."""

NumberT = TypeVar("NumberT", float, Fraction)


def relative_gap(objective: NumberT, bound: NumberT) -> NumberT:
    """Return ``(bound - objective) / max(|objective|, |bound|)``, zero where they are equal.

    It does not depend on the unit of the scores; from two of one sign it is at most 1, else at
    most 2.
    """
    if bound <= objective:
        return objective - objective
    return (bound - objective) / max(abs(objective), abs(bound))


class Status(StrEnum):
    """What is known about the plan."""

    OPTIMAL = "OPTIMAL"
    """No better plan exists, but for a share of 10^-9 of the points at most."""
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
    """Nothing is left to search: what remains of the gap is rounding of numbers alone."""
    CANCELLED = "cancelled"
    SOLVER_FAILURE = "solver_failure"
    """Every solver that was tried crashed or gave up; the best plan so far is returned."""
