"""Puts rows of rules and points of terms together as one problem in integers.

Rows are divided by what their coefficients share; points go over one denominator, exactly where
that fits in int64.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.errors import InvalidInputError
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.pair_entries import row_reach
from placement_opt.formulation.points import Objective, PointShare
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.formulation.sums import BLOCK_PAIRS
from placement_opt.pairs.distinct import distinct_values
from placement_opt.pairs.table import Column

ROUNDED_REACH = 1 << 45
"""Points that have to be rounded anyway are scaled so that a plan's sum stays below this. That is
small enough for the sums of every solver (a network's cost times its nodes, doubles), and a unit is
still no more than 3e-14 of the total."""

SAMPLE = 1_000
"""A divisor is first sought among so many points: mostly they already have none."""

REACH_ERROR = 1e-9
"""Relative error that a sum in doubles may have."""


def _refuse_overflow(block: RowBlock) -> None:
    """Refuse rows whose activity could leave int64; a solver would fail or lie on them."""
    reach = row_reach(block.usage)
    if block.variables is not None and block.variable_usage is not None:
        widest = np.maximum(np.abs(block.variables.lower), np.abs(block.variables.upper))
        reach += row_reach(block.variable_usage, widest.astype(np.float64))
    for row in np.flatnonzero(reach >= float(SUM_LIMIT))[:1]:
        raise InvalidInputError.single(
            "rule",
            block.title,
            str(block.labels[row]),
            f"{reach[row]:.3g}",
            "must keep its sums below 2^60 after scaling to integers",
            "use fewer decimals or a larger unit in the column or limit",
        )


def formulate(
    candidate_start: Ints,
    blocks: Sequence[RowBlock],
    terms: Sequence[tuple[Fraction, Column]],
    at_most: int,
) -> Formulation:
    """Assemble the rules' rows and the weighted point columns into one integer problem.

    Parameters
    ----------
    candidate_start
        Pairs of candidate c are ``candidate_start[c]:candidate_start[c + 1]``, shape (C + 1,).
    blocks
        Rows of each coupling rule, in any order.
    terms
        (weight, points per pair) of each objective term.
    at_most
        Placements that one candidate has at most. It limits what a plan can reach, and so the
        rounding of the objective.

    Raises
    ------
    InvalidInputError
        When a row or the objective does not fit int64, even in units of one point.
    """
    reduced = tuple(block.divided() for block in blocks)
    for block in reduced:
        _refuse_overflow(block)
    objective = _scaled(candidate_start, reduced, terms, at_most)
    return Formulation(int(candidate_start[-1]), reduced, objective)


def _scaled(
    candidate_start: Ints,
    blocks: Sequence[RowBlock],
    terms: Sequence[tuple[Fraction, Column]],
    at_most: int,
) -> Objective:
    """Put all points over one denominator, exactly where a plan's sum fits, else rounded up.

    Rounded points sum to less than `ROUNDED_REACH`, but a unit is never more than one point.
    """
    own = list(_own_gains(blocks))
    shares = tuple(_share(weight, column) for weight, column in terms)
    reaches, of_pairs = _reaches(candidate_start, shares, at_most)
    reach = of_pairs + sum(abs(one.gain) * one.widest for one in own)
    exact = math.lcm(1, *(one.gain.denominator for one in own))
    exact = math.lcm(exact, *(share.step.denominator for share in shares))
    scale = exact if reach * exact < SUM_LIMIT else max(1, math.floor(ROUNDED_REACH / reach))
    if reach * scale >= SUM_LIMIT:
        raise InvalidInputError.single(
            "objective",
            None,
            "points",
            f"{float(reach):.3g}",
            "must sum to less than 2^60 over the placements and prices of a plan",
            "use smaller weights, prices or scores: divide all of them by the same number",
        )
    n_own = sum(block.n_own for block in blocks)
    gain, n_rounded = _rounded_gain(int(candidate_start[-1]), shares, n_own, scale)
    width = np.diff(candidate_start)
    above = Fraction(n_rounded * int(np.minimum(width, at_most).sum()))
    below = Fraction(0)
    for one in own:
        exactly = one.gain * scale
        units = math.ceil(exactly) if one.highest > 0 else math.floor(exactly)
        gain[candidate_start[-1] + one.place] = units
        above += abs(units - exactly) * one.widest
        if one.lowest < 0 < one.highest:  # rounded the wrong way where it is negative
            below += abs(units - exactly) * -one.lowest
    least = min((each for each in reaches if each), default=Fraction(0))
    if not above and not below:
        return Objective(gain, scale, least_reach=least)
    return Objective(gain, scale, above / scale, below / scale, least, shares)


def _share(weight: Fraction, column: Column) -> PointShare:
    """Return a term's points in the largest unit that divides all of them.

    A bound is an integer number of units, so larger units make it tighter.
    """
    values, divisor = column.values, column.scale
    for some in (values[:SAMPLE], values):
        if divisor > 1:
            divisor = math.gcd(divisor, int(np.gcd.reduce(some.astype(np.int64), initial=0)))
    if divisor > 1 and values.any():  # it fits their type: it is no larger than any of them
        values = values // divisor
    return PointShare(weight * divisor / column.scale, values)


def _reaches(
    candidate_start: Ints, shares: Sequence[PointShare], at_most: int
) -> tuple[list[Fraction], Fraction]:
    """Return the largest magnitude of a plan's points by each term, and by all of them.

    For each candidate that is its largest pair times its placements, or the sum of all its pairs,
    whichever is less. The sums are in doubles, raised by more than their error.
    """
    each, every = [0.0] * len(shares), 0.0
    for rows in _blocks_of(candidate_start):
        start = candidate_start[rows.start : rows.stop + 1]
        total = np.zeros(int(start[-1] - start[0]))
        for number, share in enumerate(shares):
            points = np.abs(share.values[start[0] : start[-1]].astype(np.float64))
            points *= abs(float(share.step))
            total += points
            each[number] += _most(points, start - start[0], at_most)
        every += _most(total, start - start[0], at_most)
    over = 1 + REACH_ERROR
    return [Fraction(most * over) for most in each], Fraction(every * over)


def _most(points: Floats, start: Ints, at_most: int) -> float:
    """Sum what each candidate can reach: `at_most` times its largest pair, or all its pairs."""
    filled = start[:-1][np.diff(start) > 0]
    if not filled.size:
        return 0.0
    largest = np.maximum.reduceat(points, filled) * float(at_most)
    return float(np.minimum(largest, np.add.reduceat(points, filled)).sum())


def _blocks_of(candidate_start: Ints) -> Iterator[slice]:
    """Split the candidates into blocks of about `BLOCK_PAIRS` pairs, to save memory."""
    cuts = np.searchsorted(candidate_start, np.arange(0, candidate_start[-1], BLOCK_PAIRS))
    ends = np.unique(np.append(cuts, candidate_start.size - 1)).tolist()
    for first, last in itertools.pairwise(ends):
        yield slice(first, last)


class _OwnGain(NamedTuple):
    """An own variable with a gain: place among all own variables, points per unit, and bounds."""

    place: int
    gain: Fraction
    lowest: int
    highest: int

    @property
    def widest(self) -> int:
        """Its largest magnitude."""
        return max(abs(self.lowest), abs(self.highest))


def _own_gains(blocks: Sequence[RowBlock]) -> Iterator[_OwnGain]:
    """Yield the own variables that have a gain."""
    first = 0
    for block in blocks:
        if block.variables is not None:
            lower, upper, gain = block.variables.lower, block.variables.upper, block.variables.gain
            # Coaching has a quarter of a million variables, none of them with a gain.
            for place in [at for at, points in enumerate(gain) if points]:
                yield _OwnGain(first + place, gain[place], int(lower[place]), int(upper[place]))
            first += len(block.variables)


def _rounded_gain(
    n_pairs: int, shares: Sequence[PointShare], n_own: int, scale: int
) -> tuple[Ints, int]:
    """Return integer gains, zero for own variables, and how many terms had to be rounded.

    Gains are rounded up, so that a bound on them is a bound on the user's own numbers.
    """
    gain = np.zeros(n_pairs + n_own, dtype=np.int64)
    pairs = gain[:n_pairs]
    n_rounded = 0
    for share in shares:
        factor = share.step * scale
        if not share.values.any():
            continue  # the factor of a term without points may be too large for int64
        if factor.denominator == 1:
            _add_scaled(pairs, share.values, factor.numerator)
        else:
            distinct, code = distinct_values(share.values)
            # Integer division is much faster than fractions for perhaps a million scores.
            top, bottom = factor.numerator, factor.denominator
            rounded = [-(-value * top // bottom) for value in distinct.tolist()]
            pairs += np.array(rounded, dtype=np.int64)[code]
            n_rounded += 1
    return gain, n_rounded


def _add_scaled(sums: Ints, values: npt.NDArray[np.integer], factor: int) -> None:
    """Add narrow values times a factor, block by block to save memory."""
    for first in range(0, values.size, BLOCK_PAIRS):
        block = slice(first, first + BLOCK_PAIRS)
        sums[block] += values[block].astype(np.int64) * factor
