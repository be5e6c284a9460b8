"""Points of the objective as integers, and the user's own numbers behind them."""

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import OPTIMAL_GAP, relative_gap

TERM_SHARE = Fraction(1, 1000)
"""A plan is optimal only if bound and plan differ by less than this share of each term's reach."""


@dataclass(frozen=True, eq=False, repr=False)
class PointShare(ShortRepr):
    """What one term of the objective gives each pair, exactly: ``step * values``, in points.

    Parameters
    ----------
    step
        Points per unit.
    values
        Units of each pair, shape (E,), integers.
    """

    step: Fraction
    values: npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False, repr=False)
class Objective(ShortRepr):
    """Points as integers: ``(gain . v) / scale`` is what a plan is worth, or a little more.

    Where the user's numbers do not fit, they are rounded up, so that a bound on the integers is a
    bound on the user's numbers too.

    Parameters
    ----------
    gain
        One integer per variable, shape (N,), int64, pairs first.
    scale
        Integer units per point.
    rounding
        How far the integer value of any plan may lie above the user's own number, in points; zero
        where every number is exact.
    widening
        How far it may lie below, in points; a bound is widened by this. Zero unless an own variable
        that may have either sign has a gain that had to be rounded.
    least_reach
        The most points that the smallest of the terms can bring to a plan; zero where unknown.
    shares
        The user's own points of the pairs, by term, where they had to be rounded; else empty.
    """

    gain: Ints
    scale: int
    rounding: Fraction = Fraction(0)
    widening: Fraction = Fraction(0)
    least_reach: Fraction = Fraction(0)
    shares: tuple[PointShare, ...] = ()

    @cached_property
    def largest_gain(self) -> float:
        """The largest magnitude of a gain, at least one."""
        return float(max(int(self.gain.max(initial=1)), -int(self.gain.min(initial=-1))))

    def of_integers(self, gain: Ints) -> "Objective":
        """Return an objective of these integers only, for a problem whose result no user sees.

        Without the user's own numbers there is no rounding: it is solved to the last unit.
        """
        return Objective(gain, self.scale)

    def of_component(self, gain: Ints, pairs: npt.NDArray[np.integer]) -> "Objective":
        """Return the objective of a component.

        Its share of the rounding is its share of the pairs, so that the components add up.
        """
        share = Fraction(len(pairs), max(1, self.n_pairs))
        return Objective(
            gain,
            self.scale,
            self.rounding * share,
            self.widening * share,
            shares=tuple(PointShare(term.step, term.values[pairs]) for term in self.shares),
        )

    @property
    def n_pairs(self) -> int:
        """Number of pairs where the points are rounded, else zero."""
        return len(self.shares[0].values) if self.shares else 0

    def told(self) -> str:
        """Say how the points were rounded."""
        off = float(self.rounding + self.widening)
        return (
            f"too many digits for 64 bits, rounded up to {self.scale:,} units a point;"
            f" the sum of a plan may be off by {off:.2g} points"
        )

    def is_met(self, objective: float, bound: float) -> bool:
        """Tell whether a bound is near enough to a plan's points to call the plan optimal.

        The gap may be 10^-9, and a small share of what the smallest term can bring: where one term
        has a weight of 10^9, all that another brings may be less than 10^-9 of the total.
        """
        if relative_gap(objective, bound) > OPTIMAL_GAP:
            return False
        return not self.least_reach or bound - objective <= TERM_SHARE * self.least_reach

    @property
    def rounding_units(self) -> int:
        """The largest difference that rounding alone can make, in integer units."""
        return math.floor((self.rounding + self.widening) * self.scale)

    def points_of(self, pairs: npt.NDArray[np.integer]) -> list[Fraction]:
        """Return the user's own points of some pairs, before any rounding."""
        if not self.shares:
            return [Fraction(int(units), self.scale) for units in self.gain[pairs]]
        points = [Fraction(0)] * len(pairs)
        for share in self.shares:
            values = share.values[pairs].tolist()
            points = [sum_ + share.step * value for sum_, value in zip(points, values, strict=True)]
        return points
