"""Puts rows of rules and points of terms together as one problem in integers.

Rows are divided by what their coefficients share; points go over one denominator, exactly where
that fits in int64.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.errors import InvalidInputError
from placement_opt.formulation import (
    NO_LOWER,
    NO_UPPER,
    ROOM,
    Formulation,
    Objective,
    Pools,
    RowBlock,
)
from placement_opt.instance import Floats, Ints
from placement_opt.pairs import Column


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


def _row_gcd(matrix: sparse.csr_array | None, n_rows: int = 0) -> Ints:
    if matrix is None:
        return np.zeros(n_rows, dtype=np.int64)
    divisor = np.zeros(matrix.shape[0], dtype=np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if filled.size:
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
    reach = _reach(block.usage, np.ones(block.usage.shape[1]))
    if block.variables is not None and block.variable_usage is not None:
        widest = np.maximum(np.abs(block.variables.lower), np.abs(block.variables.upper))
        reach = reach + _reach(block.variable_usage, widest.astype(np.float64))
    for row in np.flatnonzero(reach >= float(ROOM))[:1]:
        raise InvalidInputError.single(
            "rule",
            block.title,
            str(block.labels[row]),
            f"{reach[row]:.3g}",
            "must keep its sums below 2^60 after scaling to integers",
            "use fewer decimals or a larger unit in the column or limit",
        )


def _reach(matrix: sparse.csr_array, widest: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    magnitude = np.abs(matrix.data.astype(np.float64)) * widest[matrix.indices]
    sums = np.zeros(matrix.shape[0])
    np.add.at(sums, np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)), magnitude)
    return sums


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
    """Put all points over one denominator, exactly where it fits, else rounded."""
    own = [gain for block in blocks if block.variables for gain in block.variables.gain]
    widest = [
        max(abs(int(low)), abs(int(high)))
        for block in blocks
        if block.variables
        for low, high in zip(block.variables.lower, block.variables.upper, strict=True)
    ]
    steps = [weight / column.scale for weight, column in terms]
    reach = sum(
        abs(step) * int(np.abs(column.values.astype(np.float64)).sum() + 1)
        for step, (_, column) in zip(steps, terms, strict=True)
    ) + sum(abs(gain) * width for gain, width in zip(own, widest, strict=True))
    exact = math.lcm(1, *(step.denominator for step in steps), *(gain.denominator for gain in own))
    scale = exact if reach * exact < ROOM else ROOM // math.ceil(reach)
    if scale < 1:
        raise InvalidInputError.single(
            "objective",
            None,
            "points",
            f"{float(reach):.3g}",
            "must sum to less than 2^60 over all pairs and prices",
            "use smaller weights, prices or scores: divide all of them by the same number",
        )
    gain, rounding = _rounded_gain(n_pairs, steps, terms, own, scale)
    own_rounding = sum(
        (
            abs(Fraction(round(value * scale)) - value * scale) * width
            for value, width in zip(own, widest, strict=True)
        ),
        start=Fraction(0),
    )
    return Objective(gain, scale, (rounding * most_placements + own_rounding) / scale)


def _rounded_gain(
    n_pairs: int,
    steps: Sequence[Fraction],
    terms: Sequence[tuple[Fraction, Column]],
    own: Sequence[Fraction],
    scale: int,
) -> tuple[Ints, Fraction]:
    """Return integer gains of all variables, and the largest rounding of one pair in units."""
    pairs = np.zeros(n_pairs, dtype=np.int64)
    rounding = Fraction(0)
    for step, (_, column) in zip(steps, terms, strict=True):
        factor = step * scale
        values = column.values.astype(np.int64)
        if factor.denominator == 1:
            pairs += values * factor.numerator
        else:
            distinct, code = np.unique(values, return_inverse=True)
            rounded = [round(int(value) * factor) for value in distinct]
            pairs += np.array(rounded, dtype=np.int64)[code]
            rounding += Fraction(1, 2)
    return np.concatenate(
        [pairs, np.array([round(value * scale) for value in own], dtype=np.int64)]
    ), rounding
