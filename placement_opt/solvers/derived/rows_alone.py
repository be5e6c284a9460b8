"""Some rows of a formulation as a problem of their own, and what proves that nothing keeps them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.certificate import Certificate, steepest, without_gains
from placement_opt.formulation.formulation import Formulation

RAY_BITS = 40
"""A ray proves at any length; it is stretched to use the room of int64."""

NEGLIGIBLE = 1e-9
"""A price this much smaller than the largest is a zero that a linear program did not hit."""


def rows_alone(formulation: Formulation, rows: Ints) -> Formulation:
    """Return some rows with the variables that stand in them, and no gains.

    Parameters
    ----------
    formulation
        The whole.
    rows
        Rows of its blocks, ascending; row i of the result is ``rows[i]``.
    """
    parts, used, own = [], [np.zeros(0, dtype=np.int64)], []
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        within = rows[slice(*np.searchsorted(rows, [first, last]))] - first
        if within.size:
            parts.append((block, within))
            used.append(_members(block.usage[within]))
            usage = block.variable_usage
            own.append(used[0] if usage is None else _members(usage[within]))
    pairs = np.unique(np.concatenate(used))
    blocks = [
        block.taken(rows=within, pairs=pairs, own=mine)
        for (block, within), mine in zip(parts, own, strict=True)
    ]
    gains = [np.zeros(block.n_own, dtype=np.int64) for block in blocks]
    return without_gains(formulation.with_blocks(blocks, gains, pairs))


def _members(rows: sparse.csr_array) -> Ints:
    """Return the columns that stand in some rows, ascending."""
    return np.unique(rows.indices).astype(np.int64)


def stretched(formulation: Formulation, ray: Floats) -> tuple[Certificate, ...]:
    """Turn a ray of prices in floating point into integers that use the room of int64.

    Prices that hardly count are left out first: they would name rows that the proof needs not.
    The second is the ray as it is, for where they do count.
    """
    size = np.abs(ray) * np.maximum(formulation.reach, 1.0)
    counts = size > NEGLIGIBLE * size.max(initial=0.0)
    found = []
    for some in (np.where(counts, ray, 0.0), ray):
        magnitude = np.abs(some)
        largest = max(steepest(formulation, magnitude), float(magnitude.max(initial=0.0)))
        found.append(Certificate.from_duals(formulation, some * (2.0**RAY_BITS / (largest or 1.0))))
    return tuple(found)


@dataclass(frozen=True, eq=False)
class RowPrices:
    """Prices of some rows of a formulation, all others zero, that leave no plan.

    Parameters
    ----------
    rows
        The priced rows, ascending.
    prices
        Price of each, an integer, never zero.
    bits
        Binary places of the prices.
    """

    rows: Ints
    prices: npt.NDArray[np.int64]
    bits: int

    @classmethod
    def proving(cls, formulation: Formulation, certificate: Certificate) -> "RowPrices | None":
        """Return the priced rows where they exclude every plan, checked in exact integers."""
        try:
            if not certificate.leaves_no_plan(formulation):
                return None
        except ValueError:
            return None
        rows = np.flatnonzero(certificate.prices)
        return cls(rows, certificate.prices[rows], certificate.bits)

    def within(self, rows: Ints) -> "RowPrices":
        """Return the same prices for the whole of which row i is ``rows[i]``."""
        return RowPrices(rows[self.rows], self.prices, self.bits)

    def certificate(self, n_rows: int) -> Certificate:
        """Return the prices of all rows."""
        prices = np.zeros(n_rows, dtype=np.int64)
        prices[self.rows] = self.prices
        return Certificate(prices, self.bits)


__all__ = ["RowPrices", "rows_alone", "stretched", "without_gains"]
