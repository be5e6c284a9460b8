"""What prices of the rows prove, over all variables, and which prices follow from the others.

With prices y and reduced gains ``r = gain - y A`` the bound is ``sum of y_i * limit_i + sum of
max(r_j * low_j, r_j * high_j)``. The best prices of two kinds of rows follow from all other prices
in one pass:

- A row that takes at most one of its pairs, such as a person's one placement. Its best price is the
  largest gain that any of its pairs has left.
- An equation between pairs and holders, such as people of a class and who coaches them. Its best
  price is the least that any of those holders pays in other rows.
"""

import copy
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.formulation.sums import BLOCK_PAIRS


@dataclass(frozen=True, eq=False)
class Proven:
    """What prices prove.

    Parameters
    ----------
    bound
        Upper bound on the objective, in integer objective units.
    prices
        The prices, including those that follow from others, shape (R,).
    reduced
        Reduced gain of each variable, shape (N,).
    """

    bound: float
    prices: Floats
    reduced: Floats


@dataclass(frozen=True, eq=False)
class Anchor:
    """Rows that take at most one of their pairs; every pair is in exactly one of them.

    Parameters
    ----------
    rows
        Their place among all rows.
    row_of_pair
        The row of each pair, counted within the anchor and from 1, shape (E,).
    """

    rows: slice
    row_of_pair: npt.NDArray[np.signedinteger]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.rows.stop - self.rows.start)

    @cached_property
    def runs(self) -> Ints:
        """Where runs of pairs of one row begin: the anchor is mostly what pairs are sorted by."""
        return np.flatnonzero(np.diff(self.row_of_pair, prepend=0))


def dual_bound(formulation: Formulation, prices: Floats, reduced: Floats | None = None) -> float:
    """Return the upper bound that prices prove, in integer objective units.

    Valid up to the rounding of doubles, for all prices that stand on sides with a limit. Costs one
    pass over the coefficients, unless the reduced gains are given.
    """
    if reduced is None:
        reduced = formulation.reduced(prices)
    limit = np.where(prices > 0, formulation.row_upper, formulation.row_lower)
    bound = float(np.sum(prices * np.where(prices == 0, 0, limit)))
    n_pairs = formulation.n_pairs
    for first in range(0, n_pairs, BLOCK_PAIRS):
        block = reduced[first : min(first + BLOCK_PAIRS, n_pairs)]
        bound += float(np.maximum(block, 0.0).sum())
    own = reduced[n_pairs:]
    return bound + float(np.maximum(own * formulation.own_lower, own * formulation.own_upper).sum())


class Pricing:
    """Prices out all variables of a formulation."""

    def __init__(self, formulation: Formulation) -> None:
        self.formulation = formulation
        self.anchor = anchor_of(formulation)
        self._balances = [_Balance.of(formulation, n) for n in range(len(formulation.blocks))]

    def over(self, formulation: Formulation) -> "Pricing":
        """Return the same for the formulation with other cuts, without reading its blocks again."""
        other = copy.copy(self)
        other.formulation = formulation
        return other

    def settled(self, prices: Floats, *, are_least: bool = False) -> Proven:
        """Return what prices prove after those that follow from others are set.

        With `are_least`, prices of equations are raised to what follows, never lowered.
        """
        problem, prices = self.formulation, usable_prices(self.formulation, prices)
        for balance in self._balances:
            if balance is not None:
                balance.settle(prices, are_least=are_least)
        if self.anchor is not None:
            prices[self.anchor.rows] = 0.0
        reduced = problem.reduced(prices)
        pairs = reduced[: problem.n_pairs]
        if self.anchor is not None:
            most = self.largest(pairs)
            can_be_none = problem.row_lower[self.anchor.rows] <= 0
            most = np.where(can_be_none, np.maximum(most, 0.0), np.where(most > -np.inf, most, 0.0))
            prices[self.anchor.rows] = most
            of_row = np.append(0.0, most)
            for first in range(0, pairs.size, BLOCK_PAIRS):
                block = slice(first, first + BLOCK_PAIRS)
                pairs[block] -= of_row[self.anchor.row_of_pair[block]]
        return Proven(dual_bound(problem, prices, reduced), prices, reduced)

    def tightest(self, prices: Floats) -> Proven:
        """Return the better of the two ways to settle prices.

        Keeping an equation's own price is better where upper bounds of its holders bind.
        """
        lowered, kept = self.settled(prices), self.settled(prices, are_least=True)
        return kept if kept.bound < lowered.bound else lowered

    def balanced(self, prices: Floats, proven: Proven) -> Floats:
        """Return settled prices, but for the anchor the prices that a program has found.

        At the settled prices of the anchor no pair gains, so they do not tell which should enter.
        """
        result = proven.prices.copy()
        if self.anchor is not None:
            result[self.anchor.rows] = usable_prices(self.formulation, prices)[self.anchor.rows]
        return result

    def largest(self, of_pairs: Floats) -> Floats:
        """Return the largest value among each anchor row's pairs; -inf for a row without pairs."""
        if self.anchor is None:
            return np.zeros(0)
        most = np.full(self.anchor.n_rows, -np.inf)
        first = self.anchor.runs
        if first.size:
            row = self.anchor.row_of_pair[first].astype(np.int64) - 1
            np.maximum.at(most, row, np.maximum.reduceat(of_pairs, first))
        return most


def anchor_of(formulation: Formulation) -> Anchor | None:
    """Return the largest block with `each_pair_once` whose rows take at most one pair, or None."""
    best: Anchor | None = None
    for block, first in zip(formulation.blocks, formulation.row_offsets, strict=False):
        takes_one = bool(np.all(block.upper == 1)) and bool(np.all(block.lower <= 1))
        if not block.each_pair_once or block.variables is not None or not takes_one:
            continue
        row_of_pair, value = block.by_pair.row, block.by_pair.value
        is_larger = best is None or len(block) > best.n_rows
        if row_of_pair is not None and value is None and is_larger:
            best = Anchor(slice(first, first + len(block)), row_of_pair)
    return best


@dataclass(frozen=True, eq=False)
class _Balance:
    """The equations of one block between pairs and holders.

    Parameters
    ----------
    first_row, rows
        Where the block's rows begin, and which of them are such equations.
    start
        Where the holders of each equation start in `rest`.
    rest
        Coefficients of the holders in the block's other rows, shape (holders, R).
    n_rows
        Number of rows R of the block.
    """

    first_row: int
    rows: Ints
    start: Ints
    rest: sparse.csr_array
    n_rows: int

    @classmethod
    def of(cls, formulation: Formulation, number: int) -> "_Balance | None":
        """Read the equations of a block with declared holders; None if there are none."""
        block = formulation.blocks[number]
        if block.holders is None or block.variable_usage is None:
            return None
        serves = np.flatnonzero(block.holders.row >= 0)
        if not serves.size:
            return None
        serves = serves[np.argsort(block.holders.row[serves], kind="stable")]
        row = block.holders.row[serves]
        start = np.flatnonzero(np.diff(row, prepend=-1))
        is_other = np.ones(len(block))
        is_other[row] = 0.0
        rest = block.variable_usage.T.tocsr()[serves].astype(np.float64)
        rest = rest @ sparse.dia_array((is_other[None, :], 0), shape=(len(block),) * 2)
        return cls(formulation.row_offsets[number], row[start], start, rest, len(block))

    def settle(self, prices: Floats, *, are_least: bool) -> None:
        """Set the prices of the equations, in place."""
        within = prices[self.first_row : self.first_row + self.n_rows]
        least = np.minimum.reduceat(self.rest @ within, self.start)
        within[self.rows] = np.maximum(within[self.rows], least) if are_least else least


def usable_prices(formulation: Formulation, prices: Floats) -> Floats:
    """Return prices with zeros on sides without a limit, where they prove nothing."""
    prices = np.where(formulation.row_upper >= NO_UPPER, np.minimum(prices, 0.0), prices)
    return np.where(formulation.row_lower <= NO_LOWER, np.maximum(prices, 0.0), prices)
