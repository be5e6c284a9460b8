"""A bound on the objective from prices, which anyone can check again in exact integers.

For maximise g.v with l <= A v <= u and L <= v <= U, any price y_r per row gives the bound

    sum_r (y_r u_r where y_r > 0, y_r l_r where y_r < 0)
    + sum_j max over v_j in [L_j, U_j] of (g_j - (y A)_j) v_j

by weak duality. Prices are integers over a power of two, so the sum is exact. Good prices come
from a linear program; poor ones make the bound weaker, never invalid. Rows may be cuts too, each
derived again from its recipe; see `placement_opt.formulation.mixed_integer_rounding`.
"""

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

PRICE_BITS = 20
_SAFE = 1 << 61
BLOCK = 1 << 22
"""Pairs handled at once, to save memory."""

_LOW_BITS = 31


@dataclass(frozen=True, eq=False, repr=False)
class Certificate(ShortRepr):
    """Row prices that prove a bound.

    Parameters
    ----------
    prices
        Price of each row in objective units times ``2**bits``, shape (R,), int64.
    bits
        Binary places of the prices.
    """

    prices: Ints
    bits: int

    @classmethod
    def from_duals(cls, formulation: Formulation, duals: npt.NDArray[np.float64]) -> "Certificate":
        """Round dual prices, in objective units per unit of a row, to integers.

        Prices on a side without a limit are set to zero, since they would prove nothing. The
        number of binary places is the largest, up to 20, that keeps all sums in int64.
        """
        clean = np.where(np.isfinite(duals), duals, 0.0)
        clean = np.where((clean > 0) & (formulation.row_upper == NO_UPPER), 0.0, clean)
        clean = np.where((clean < 0) & (formulation.row_lower == NO_LOWER), 0.0, clean)
        # A row without entries may have a price too.
        largest = max(1.0, steepest(formulation, abs(clean)), float(abs(clean).max(initial=0.0)))
        largest += formulation.objective.largest_gain
        bits = PRICE_BITS
        while bits > 0 and largest * 2.0**bits >= _SAFE:
            bits -= 1
        return cls(np.rint(clean * 2.0**bits).astype(np.int64), bits)

    def bound(self, formulation: Formulation) -> int:
        """Return the exact bound in integer objective units; cost O(entries of the rows).

        Raises
        ------
        ValueError
            When the prices do not fit the problem: another number of rows, a price on a side
            without a limit, or sums beyond int64.
        """
        if self.prices.shape != (formulation.n_rows,):
            text = f"{self.prices.size} prices for {formulation.n_rows} rows"
            raise ValueError(text)
        upward, downward = self.prices > 0, self.prices < 0
        if np.any(upward & (formulation.row_upper == NO_UPPER)) or np.any(
            downward & (formulation.row_lower == NO_LOWER)
        ):
            raise ValueError("a price stands on a side without a limit")
        limit = np.where(upward, formulation.row_upper, formulation.row_lower)
        used = np.flatnonzero(self.prices)
        rows = sum(
            int(price) * int(side)
            for price, side in zip(self.prices[used], limit[used], strict=True)
        )
        return (rows + self._columns(formulation)) >> self.bits

    def leaves_no_plan(self, formulation: Formulation) -> bool:
        """Tell whether the prices prove, in exact integers, that no solution exists.

        With all gains zero every solution gains zero, so a bound below zero excludes all of them.

        Raises
        ------
        ValueError
            When the prices do not fit the problem, as in `bound`.
        """
        return self.bound(without_gains(formulation)) < 0

    def _columns(self, formulation: Formulation) -> int:
        """Return the sum of the most that each variable can gain at the prices."""
        n_pairs, gain = formulation.n_pairs, formulation.objective.gain
        steep = np.abs(self.prices.astype(np.float64))
        largest = formulation.objective.largest_gain * 2.0**self.bits
        total = 0
        for first in range(0, n_pairs, BLOCK):
            block = slice(first, min(first + BLOCK, n_pairs))
            _refuse_large(formulation.paid_by_pairs(steep, block, absolute=True), largest)
            paid = formulation.paid_by_pairs(self.prices, block)
            total += exact_sum(np.maximum((gain[block] << self.bits) - paid, 0))
        _refuse_large(formulation.paid_by_own(steep, absolute=True), largest)
        reduced = (gain[n_pairs:] << self.bits) - formulation.paid_by_own(self.prices)
        low, high = formulation.own_lower, formulation.own_upper
        best = np.where(reduced > 0, high, low)
        counts = np.flatnonzero((reduced != 0) & (best != 0))
        for value, bound in zip(reduced[counts].tolist(), best[counts].tolist(), strict=True):
            total += value * bound
        return total


def steepest(formulation: Formulation, prices: Floats) -> float:
    """Return the most that any variable pays, with the magnitudes of its coefficients."""
    most = float(formulation.paid_by_own(prices, absolute=True).max(initial=0.0))
    for first in range(0, formulation.n_pairs, BLOCK):
        block = slice(first, first + BLOCK)
        paid = formulation.paid_by_pairs(prices, block, absolute=True)
        most = max(most, float(paid.max(initial=0.0)))
    return most


def _refuse_large(steep: Floats, gain: float) -> None:
    if float(np.max(steep, initial=0.0)) + gain >= 2 * _SAFE:
        raise ValueError("the prices are too large for exact sums in int64")


def exact_sum(values: Ints) -> int:
    """Sum int64 values without overflow: the low 31 bits and the rest apart."""
    low = values & ((1 << _LOW_BITS) - 1)
    high = values >> _LOW_BITS
    return (int(high.sum()) << _LOW_BITS) + int(low.sum())


def without_gains(formulation: Formulation) -> Formulation:
    """Return the problem with all gains zero and without cuts."""
    nothing = np.zeros(formulation.n_variables, dtype=np.int64)
    return replace(formulation, objective=Objective(nothing, 1), extra=None)


def bound_in_points(formulation: Formulation, units: int) -> Fraction:
    """Turn a bound in objective units into a bound on the user's own numbers, in points.

    Gains are rounded up; the bound is widened by what may have been rounded down.
    """
    return formulation.points(units) + formulation.objective.widening


def told_bound(bound: Fraction, objective: Fraction | None) -> float:
    """Return a bound as a float that is no lower, or the plan's points where the plan meets it."""
    if objective is not None and bound <= objective:
        return float(objective)
    nearest = float(bound)
    return nearest if Fraction(nearest) >= bound else float(np.nextafter(nearest, np.inf))
