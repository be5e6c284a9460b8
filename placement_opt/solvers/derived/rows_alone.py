"""Some rows of a formulation as a problem of their own, and prices that prove it infeasible."""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.certificate import Certificate, steepest, without_gains
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock

RAY_BITS = 40
"""A ray proves the same at any length, so it is scaled up to use the digits of int64."""

NEGLIGIBLE = 1e-9
"""A price this much smaller than the largest is zero but for rounding."""


def rows_alone(formulation: Formulation, rows: Ints) -> Formulation:
    """Return some rows of the blocks, ascending, as a problem without gains.

    Row i of the result is ``rows[i]``. It has the own variables of these rows, and the pairs that
    one of them asks for. Other pairs only take up room: where there is a plan, there is one without
    them, and prices that prove that there is none prove it with them, too.
    """
    taken, own = [], []
    is_used = np.zeros(formulation.n_pairs, dtype=np.bool_)
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        within = rows[slice(*np.searchsorted(rows, [first, last]))] - first
        if within.size:
            taken.append((block, within))
            wanted = block.usage[within]
            is_used[wanted.indices[asked_for(block, within)]] = True
            usage = block.variable_usage
            own.append(np.zeros(0, np.int64) if usage is None else _members(usage[within]))
    pairs = np.flatnonzero(is_used)
    blocks = [
        block.taken(rows=within, pairs=pairs, own=mine)
        for (block, within), mine in zip(taken, own, strict=True)
    ]
    gains = [np.zeros(block.n_own, dtype=np.int64) for block in blocks]
    return without_gains(formulation.with_blocks(blocks, gains, pairs))


def asked_for(block: RowBlock, rows: Ints) -> Bools:
    """Tell which entries of some rows, in their order, bring a row nearer to a limit that it has.

    They are those that raise a row with a lower limit, or lower one with an upper limit.
    """
    usage = block.usage[rows]
    size = np.diff(usage.indptr)
    raised = np.repeat(block.lower[rows] > NO_LOWER, size) & (usage.data > 0)
    lowered: Bools = np.repeat(block.upper[rows] < NO_UPPER, size) & (usage.data < 0)
    return raised | lowered


def _members(rows: sparse.csr_array) -> Ints:
    """Return the columns that have entries in some rows, ascending."""
    is_member = np.zeros(rows.shape[1], dtype=np.bool_)
    is_member[rows.indices] = True
    return np.flatnonzero(is_member)


def stretched(formulation: Formulation, ray: Floats) -> tuple[Certificate, ...]:
    """Turn a ray of prices in floating point into integers, scaled up to use int64.

    The first certificate leaves out negligible prices, since they would name rows that the proof
    does not need. The second keeps them, in case it does.
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
    """Prices of some rows of a formulation that prove that there is no plan; all others are zero.

    Parameters
    ----------
    rows
        The rows that have a price, ascending.
    prices
        Price of each, an integer, never zero.
    bits
        Binary places of the prices.
    """

    rows: Ints
    prices: Ints
    bits: int

    @classmethod
    def proving(cls, formulation: Formulation, certificate: Certificate) -> "RowPrices | None":
        """Return the rows with a price if they exclude every plan, in exact integers, else None."""
        try:
            if not certificate.leaves_no_plan(formulation):
                return None
        except ValueError:
            return None
        rows = np.flatnonzero(certificate.prices)
        return cls(rows, certificate.prices[rows], certificate.bits)

    def within(self, rows: Ints) -> "RowPrices":
        """Return the same prices for the whole, where row i is ``rows[i]``."""
        return RowPrices(rows[self.rows], self.prices, self.bits)

    def certificate(self, n_rows: int) -> Certificate:
        """Return the prices of all rows."""
        prices = np.zeros(n_rows, dtype=np.int64)
        prices[self.rows] = self.prices
        return Certificate(prices, self.bits)
