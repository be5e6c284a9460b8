"""Where a search stands: the best plan, the bound, and what that allows to say."""

import math
from fractions import Fraction

from placement_opt.basics.status import StopReason, relative_gap
from placement_opt.formulation.certificate import bound_in_points, told_bound
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.solvers.search.limits import SearchLimits


class Standing:
    """The best plan and bound of a search, and how near they are.

    All that is judged is judged on what would be told: the plan's points in the user's own numbers,
    and the bound on those.

    Parameters
    ----------
    formulation
        The problem.
    limits
        The asked gap is one of them.

    Attributes
    ----------
    gained, worth
        The most integer units that a plan reached, or None without one; the points of the best plan
        in the user's own numbers.
    bound
        The best upper bound in integer units, or None.
    infeasible_by
        Who proved that there is no plan, or None.
    precision
        Integer units that rounding alone can make of a difference: that of the points, and that of
        floating point where nothing but that is at work.
    """

    def __init__(self, formulation: Formulation, limits: SearchLimits) -> None:
        self.formulation = formulation
        self.limits = limits
        self.gained: int | None = None
        self.worth = Fraction(0)
        self.bound: int | None = None
        self.infeasible_by: str | None = None
        self.precision = formulation.objective.rounding_units

    @property
    def told(self) -> tuple[float | None, float | None]:
        """The best plan's points and the bound on the user's numbers, as a result tells them."""
        worth = None if self.gained is None else self.worth
        objective = None if worth is None else float(worth)
        if self.bound is None:
            return objective, None
        return objective, told_bound(bound_in_points(self.formulation, self.bound), worth)

    @property
    def is_exhausted(self) -> bool:
        """True when no more than `precision` lies between the best plan and the bound."""
        if self.gained is None or self.bound is None:
            return False
        return self.bound - self.gained <= self.precision

    @property
    def is_optimal(self) -> bool:
        """True when the bound that is told is met by the best plan."""
        objective, bound = self.told
        if objective is None or bound is None:
            return False
        return self.formulation.objective.is_met(objective, bound)

    @property
    def is_proven(self) -> bool:
        """True when nothing is left to search: the best plan is optimal, or there is none."""
        return self.infeasible_by is not None or (self.is_exhausted and self.is_optimal)

    @property
    def enough(self) -> int:
        """The highest bound, in objective units, that is within the asked gap of the best plan."""
        gap, worth = Fraction(self.limits.gap), self.worth
        if gap >= (1 if worth >= 0 else 2):
            return SUM_LIMIT
        bound = worth / (1 - gap) if worth >= 0 else worth * (1 - gap)
        objective = self.formulation.objective
        return math.floor((bound - objective.widening) * objective.scale)

    @property
    def gap(self) -> float | None:
        """The gap that is told, or None without a plan or a bound."""
        objective, bound = self.told
        return None if objective is None or bound is None else relative_gap(objective, bound)

    @property
    def has_asked_gap(self) -> bool:
        """True when the gap that is told is the asked one or less."""
        gap = self.gap
        return gap is not None and gap <= self.limits.gap

    def reached(self) -> StopReason | None:
        """Return which end the search has reached by itself, or None.

        No search goes on over a difference that rounding alone makes.
        """
        if self.is_proven:
            return StopReason.PROVEN
        if self.has_asked_gap:
            return StopReason.GAP
        return StopReason.PRECISION if self.is_exhausted else None
