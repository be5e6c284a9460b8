"""Puts rows of rules and points of terms together as one problem in integers.

Rows are divided by what their coefficients share; points go over one denominator, exactly where
that fits in int64.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.errors import InvalidInputError
from placement_opt.formulation import BLOCK_PAIRS, ROOM, Formulation, Objective
from placement_opt.instance import Floats, Ints
from placement_opt.pair_columns import distinct_values
from placement_opt.pair_entries import are_ones, row_reach
from placement_opt.pairs import Column
from placement_opt.row_blocks import NO_LOWER, NO_UPPER, Lumped, Pools, RowBlock

ROUNDED_REACH = 1 << 45
"""Points that have to be rounded anyway sum to less than this: small enough for every solver's own
sums (a network's cost times its nodes, doubles), and a unit is still a share of 3e-14 of all."""


def divided_by_gcd(block: RowBlock) -> RowBlock:
    """Divide each row by the greatest common divisor of its coefficients, limits rounded inwards.

    Small coefficients keep every solver inside its numeric comfort, and the rounded limit is the
    integer hull of the row.
    """
    divisor = np.gcd(_row_gcd(block.usage), _row_gcd(block.variable_usage, len(block)))
    divisor = np.maximum(divisor, 1)
    if bool(np.all(divisor == 1)):
        return block
    lower = np.where(block.lower == NO_LOWER, NO_LOWER, -(-block.lower // divisor))
    upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper // divisor)
    return RowBlock(
        block.title,
        block.labels,
        _divided(block.usage, divisor),
        lower,
        upper,
        block.variables,
        None if block.variable_usage is None else _divided(block.variable_usage, divisor),
        block.lift,
        block.room,
        None if block.pools is None else _PoolsOfDivided(block.pools, divisor),
        block.packer,
        block.settle,
    )


@dataclass(frozen=True, eq=False)
class _PoolsOfDivided:
    """Pools of a block whose rows were divided: their duals are for smaller rows."""

    pools: Pools
    divisor: Ints

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        return self.pools.sets(duals / self.divisor)

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> RowBlock:
        return divided_by_gcd(self.pools.rows(sets, reserve))

    def within(self, pairs: npt.NDArray[np.integer]) -> Pools:
        return _PoolsOfDivided(self.pools.within(pairs), self.divisor)

    def lumped(self, block: RowBlock) -> Lumped:
        return self.pools.lumped(block)


def _row_gcd(matrix: sparse.csr_array | None, n_rows: int = 0) -> Ints:
    if matrix is None:
        return np.zeros(n_rows, dtype=np.int64)
    divisor = np.zeros(matrix.shape[0], dtype=np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if are_ones(matrix.data):
        divisor[filled] = 1
    elif filled.size:
        divisor[filled] = np.gcd.reduceat(
            np.abs(matrix.data.astype(np.int64)), matrix.indptr[filled]
        )
    return divisor


def _divided(matrix: sparse.csr_array, divisor: Ints) -> sparse.csr_array:
    of_entry = np.repeat(divisor, np.diff(matrix.indptr))
    data = Column.of(matrix.data.astype(np.int64) // of_entry).values
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def _refuse_overflow(block: RowBlock) -> None:
    """Refuse rows whose activity could leave int64; a solver would fail or lie on them."""
    reach = row_reach(block.usage)
    if block.variables is not None and block.variable_usage is not None:
        widest = np.maximum(np.abs(block.variables.lower), np.abs(block.variables.upper))
        reach += row_reach(block.variable_usage, widest.astype(np.float64))
    for row in np.flatnonzero(reach >= float(ROOM))[:1]:
        raise InvalidInputError.single(
            "rule",
            block.title,
            str(block.labels[row]),
            f"{reach[row]:.3g}",
            "must keep its sums below 2^60 after scaling to integers",
            "use fewer decimals or a larger unit in the column or limit",
        )


def formulate(
    n_pairs: int,
    blocks: Sequence[RowBlock],
    terms: Sequence[tuple[Fraction, Column]],
    most_placements: int,
) -> Formulation:
    """Assemble the rules' rows and the weighted point columns into one integer problem.

    Parameters
    ----------
    n_pairs
        Number of eligible pairs, E.
    blocks
        Rows of each coupling rule, in any order.
    terms
        (weight, points per pair) of each objective term.
    most_placements
        No plan has more placements than this; it limits the rounding of the objective.

    Raises
    ------
    InvalidInputError
        When a row or the objective cannot be held in int64, even in whole points.
    """
    reduced = tuple(divided_by_gcd(block) for block in blocks)
    for block in reduced:
        _refuse_overflow(block)
    return Formulation(n_pairs, reduced, (_scaled(n_pairs, reduced, terms, most_placements),))


def _scaled(
    n_pairs: int,
    blocks: Sequence[RowBlock],
    terms: Sequence[tuple[Fraction, Column]],
    most_placements: int,
) -> Objective:
    """Put all points over one denominator, exactly where it fits, else rounded.

    Rounded points are held to `ROUNDED_REACH`, and never coarser than whole points.
    """
    own = list(_priced_variables(blocks))
    n_own = sum(len(block.variables) for block in blocks if block.variables)
    steps = [weight / column.scale for weight, column in terms]
    reach = sum(
        abs(step) * int(np.abs(column.values.astype(np.float64)).sum() + 1)
        for step, (_, column) in zip(steps, terms, strict=True)
    ) + sum(abs(gain) * width for _, gain, width in own)
    shared = {gain.denominator for _, gain, _ in own} | {step.denominator for step in steps}
    exact = math.lcm(1, *shared)
    scale = exact if reach * exact < ROOM else max(1, ROUNDED_REACH // math.ceil(reach))
    if reach * scale >= ROOM:
        raise InvalidInputError.single(
            "objective",
            None,
            "points",
            f"{float(reach):.3g}",
            "must sum to less than 2^60 over all pairs and prices",
            "use smaller weights, prices or scores: divide all of them by the same number",
        )
    gain, rounding = _rounded_gain(n_pairs, steps, terms, n_own, scale)
    own_rounding = Fraction(0)
    for place, value, width in own:
        gain[n_pairs + place] = round(value * scale)
        own_rounding += abs(round(value * scale) - value * scale) * width
    return Objective(gain, scale, (rounding * most_placements + own_rounding) / scale)


def _priced_variables(blocks: Sequence[RowBlock]) -> Iterator[tuple[int, Fraction, int]]:
    """Yield (place among all own variables, points per unit, largest magnitude) where priced."""
    first = 0
    for block in blocks:
        if block.variables is not None:
            lower, upper = block.variables.lower, block.variables.upper
            # Coaching has a quarter of a million variables, and a price for none of them.
            for place in [at for at, gain in enumerate(block.variables.gain) if gain]:
                widest = max(abs(int(lower[place])), abs(int(upper[place])))
                yield first + place, block.variables.gain[place], widest
            first += len(block.variables)


def _rounded_gain(
    n_pairs: int,
    steps: Sequence[Fraction],
    terms: Sequence[tuple[Fraction, Column]],
    n_own: int,
    scale: int,
) -> tuple[Ints, Fraction]:
    """Return integer gains, zero for own variables, and the largest rounding of a pair in units."""
    gain = np.zeros(n_pairs + n_own, dtype=np.int64)
    pairs = gain[:n_pairs]
    rounding = Fraction(0)
    for step, (_, column) in zip(steps, terms, strict=True):
        factor = step * scale
        if factor.denominator == 1:
            _add_scaled(pairs, column.values, factor.numerator)
        else:
            distinct, code = distinct_values(column.values)
            # Halves go up; whole numbers spare a fraction for each of perhaps a million scores.
            top, bottom = 2 * factor.numerator, 2 * factor.denominator
            rounded = [(value * top + factor.denominator) // bottom for value in distinct.tolist()]
            pairs += np.array(rounded, dtype=np.int64)[code]
            rounding += Fraction(1, 2)
    return gain, rounding


def _add_scaled(sums: Ints, values: npt.NDArray[np.integer], factor: int) -> None:
    """Add narrow values times a factor, block by block to spare memory."""
    for first in range(0, values.size, BLOCK_PAIRS):
        block = slice(first, first + BLOCK_PAIRS)
        sums[block] += values[block].astype(np.int64) * factor
