"""Some rows of a formulation as a problem of their own, and what proves that nothing keeps them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.certificate import Certificate, steepest, without_gains
from placement_opt.formulation.formulation import Formulation, Objective
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import RowBlock, Variables

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
    blocks, used = [], []
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        within = rows[slice(*np.searchsorted(rows, [first, last]))] - first
        if within.size:
            part = _some_rows(block, within)
            blocks.append(part)
            used.append(part.usage.indices)
    pairs = np.unique(np.concatenate([np.zeros(0, np.int64), *used]))
    blocks = [_over_pairs(block, pairs) for block in blocks]
    n_own = sum(len(block.variables) for block in blocks if block.variables)
    nothing = Objective(np.zeros(pairs.size + n_own, dtype=np.int64), 1)
    return Formulation(pairs.size, tuple(blocks), nothing)


def _some_rows(block: RowBlock, rows: Ints) -> RowBlock:
    variables = usage = None
    if block.variables is not None and block.variable_usage is not None:
        usage = block.variable_usage[rows]
        own = np.unique(usage.indices)
        usage = usage[:, own].tocsr()
        lower, upper = block.variables.lower[own], block.variables.upper[own]
        variables = Variables(lower, upper, [block.variables.gain[one] * 0 for one in own.tolist()])
        if not own.size:
            variables = usage = None
    return RowBlock(
        block.title,
        [block.labels[row] for row in rows.tolist()],
        block.usage[rows],
        block.lower[rows],
        block.upper[rows],
        variables,
        usage,
    )


def _over_pairs(block: RowBlock, pairs: Ints) -> RowBlock:
    usage = narrow_rows(block.usage[:, pairs].tocsr())
    return RowBlock(
        block.title,
        block.labels,
        usage,
        block.lower,
        block.upper,
        block.variables,
        block.variable_usage,
    )


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
