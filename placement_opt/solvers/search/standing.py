"""Where a search stands: the best plan, the bound, and the gap between them."""

import math
from fractions import Fraction

from placement_opt.basics.status import StopReason, relative_gap
from placement_opt.formulation.certificate import bound_in_points, told_bound
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.solvers.search.limits import SearchLimits


class Standing:
    """The best plan and bound of a search, and how near they are.

    All judgements are on what a result tells: the plan's points in the user's own numbers, and the
    bound on those.

    Attributes
    ----------
    gained, worth
        The most integer units that a plan has reached, or None; the points of the best plan in the
        user's own numbers.
    bound
        The best upper bound in integer units, or None.
    infeasible_by
        Who proved that there is no plan, or None.
    precision
        The largest difference, in integer units, that rounding alone can make: the rounding of the
        points, or of floating point where only that works on the problem.
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
        """The best plan's points and the bound in points, as a result tells them; or None."""
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
        """True when the best plan meets the bound, as both are told."""
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
        """The highest bound within the asked gap of the best plan, in integer units."""
        gap, worth = Fraction(self.limits.gap), self.worth
        if gap >= (1 if worth >= 0 else 2):
            return SUM_LIMIT
        bound = worth / (1 - gap) if worth >= 0 else worth * (1 - gap)
        objective = self.formulation.objective
        return math.floor((bound - objective.widening) * objective.scale)

    @property
    def gap(self) -> float | None:
        """The relative gap as it is told, or None without a plan or a bound."""
        objective, bound = self.told
        return None if objective is None or bound is None else relative_gap(objective, bound)

    @property
    def has_asked_gap(self) -> bool:
        """True when the told gap is the asked one or less."""
        gap = self.gap
        return gap is not None and gap <= self.limits.gap

    def reached(self) -> StopReason | None:
        """Return which end the search has reached by itself, or None.

        A search also ends where rounding alone can make the difference that is left.
        """
        if self.is_proven:
            return StopReason.PROVEN
        if self.has_asked_gap:
            return StopReason.GAP
        return StopReason.PRECISION if self.is_exhausted else None
