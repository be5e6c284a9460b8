"""The rows of a formulation as nested sets of pairs, each with a limit on how many are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock

Rows = npt.NDArray[np.signedinteger]
"""Row of each pair, -1 for none, shape (E,)."""


SAMPLE_PAIRS = 10_000
"""If two sets cross, so many pairs mostly show it."""


class NotANetworkError(Exception):
    """The formulation is no network; the text says why."""


@dataclass(frozen=True, eq=False)
class Sets:
    """The rows of one block as sets of pairs, each with limits on its number of chosen pairs.

    Parameters
    ----------
    row_of_pair
        The row that each pair is in, -1 for none, shape (E,).
    size
        Number of pairs in each row, shape (R,).
    lower, upper
        Limits on ``chosen + t``, shape (R,), where t is the row's own variable times its sign.
    low, high
        Bounds of t, shape (R,); zero where the row has no own variable.
    gain
        Objective units gained per unit of t, shape (R,).
    own, sign
        Index of the row's own variable in the formulation (-1 for none), and its sign.
    unit
        Coefficient of the pairs in each row, shape (R,); the limits above are divided by it.
    """

    row_of_pair: Rows
    size: Ints
    lower: Ints
    upper: Ints
    low: Ints
    high: Ints
    gain: Ints
    own: Ints
    sign: Ints
    unit: Ints

    def range(self) -> tuple[Ints, Ints]:
        """Return the least and the most pairs of each row that can be chosen."""
        return np.maximum(self.lower - self.high, 0), np.minimum(self.upper - self.low, self.size)

    def may_hold(self) -> Bools:
        """Tell which rows can keep their limits by themselves."""
        least, most = self.range()
        holds: Bools = (self.lower <= self.upper) & (least <= most)
        return holds

    def nodes(self, first: int) -> Indices:
        """Return the number of each row's node in a network; they begin at `first`."""
        return np.arange(first, first + len(self.size), dtype=np.int32)

    def bend(self) -> Ints:
        """Return after how many chosen pairs, in the range, the cost of one more changes."""
        least, most = self.range()
        bend = np.where(self.gain <= 0, self.lower - self.low, self.upper - self.high)
        return np.clip(bend, least, most)

    def costs(self) -> tuple[Ints, Ints]:
        """Return the cost of one more chosen pair before the bend and after it."""
        return np.minimum(self.gain, 0), np.maximum(self.gain, 0)

    def is_idle(self) -> Bools:
        """Tell which rows limit no number of pairs."""
        least, most = self.range()
        return (self.own < 0) & (least <= 0) & (most >= self.size)

    def alone(self) -> Ints:
        """Return the dual price of each row as if it had no pairs, only t."""
        is_asked = np.where(self.gain < 0, self.lower > self.low, self.upper < self.high)
        return np.where(is_asked, self.gain, 0)

    def best(self, chosen: Ints) -> Ints:
        """Return the best value of t for the number of chosen pairs in each row."""
        least = np.maximum(self.low, self.lower - chosen)
        most = np.minimum(self.high, self.upper - chosen)
        best: Ints = np.where(self.gain <= 0, least, most)
        return best


def read_sets(formulation: Formulation, block: RowBlock, offset: int) -> Sets:
    """Read one block's rows as sets.

    Raises
    ------
    NotANetworkError
        When the coefficients of a row differ, a pair is in two rows of the block, or the own
        variables are not at most one per row, each in one row.
    """
    row_of_pair = _rows_of_pairs(block)
    size = np.bincount(row_of_pair + 1, minlength=len(block) + 1)[1:]
    unit = _units(block)
    own, sign = _read_slack(block, unit, size, offset)
    # Index -1, for "no own variable", finds the zero at the end.
    gain, one_end, other_end = (
        np.append(array, 0)[own] * sign
        for array in (formulation.objective.gain, formulation.lower, formulation.upper)
    )
    lower = np.where(block.lower <= NO_LOWER, NO_LOWER, -(-block.lower // unit))
    upper = np.where(block.upper >= NO_UPPER, NO_UPPER, block.upper // unit)
    low, high = np.minimum(one_end, other_end), np.maximum(one_end, other_end)
    return Sets(row_of_pair, size, lower, upper, low, high, gain, own, sign, unit)


def _rows_of_pairs(block: RowBlock) -> Rows:
    """Return the row that counts each pair, -1 for none."""
    entries = block.by_pair
    if entries.row is None:
        row = np.full(block.usage.shape[1], -1, dtype=np.int32)
    else:
        row = entries.row - 1
        if entries.value is not None:
            row[entries.value == 0] = -1
    if entries.member.size:
        counted = np.flatnonzero(entries.further_value)
        pair = np.repeat(entries.member, np.diff(entries.start))[counted]
        if np.any(row[pair] >= 0) or np.unique(pair).size < pair.size:
            raise NotANetworkError(f"{block.title}: a pair is in more than one of its rows")
        row = row.astype(np.int32)
        row[pair] = entries.further_row[counted]
    return row


def _units(block: RowBlock) -> Ints:
    """Return the coefficient of the pairs in each row, one for rows without pairs."""
    unit = np.ones(len(block), dtype=np.int64)
    data = block.usage.data
    if data.size and not data.min() == 1 == data.max():
        row = np.repeat(np.arange(len(block)), np.diff(block.usage.indptr))[data != 0]
        value = data[data != 0].astype(np.int64)
        unit[row] = value
        if np.any(unit[row] != value) or np.any(unit <= 0):
            raise NotANetworkError(
                f"{block.title}: coefficients within a row differ or are negative"
            )
    return unit


def _read_slack(block: RowBlock, unit: Ints, size: Ints, offset: int) -> tuple[Ints, Ints]:
    """Return the own variable of each row and its sign; set `unit` of rows without pairs."""
    own = np.full(len(block), -1, dtype=np.int64)
    sign = np.zeros(len(block), dtype=np.int64)
    if block.variable_usage is None:
        return own, sign
    entries = block.variable_usage.tocoo()
    kept = entries.data != 0
    row, column = entries.row[kept], entries.col[kept]
    value = entries.data[kept].astype(np.int64)
    if max(np.bincount(row, minlength=1).max(), np.bincount(column, minlength=1).max()) > 1:
        raise NotANetworkError(f"{block.title}: own variables are not one slack per row")
    unit[row] = np.where(size[row] == 0, np.abs(value), unit[row])
    if np.any(np.abs(value) != unit[row]):
        raise NotANetworkError(f"{block.title}: an own variable counts more than a pair")
    own[row], sign[row] = column + offset, np.sign(value)
    return own, sign


def without_idle_rows(sets: Sets) -> Rows:
    """Return the row of each pair, -1 for none and for rows that limit nothing."""
    is_idle = sets.is_idle()
    if not is_idle.any():
        return sets.row_of_pair
    kept = np.append(np.where(is_idle, -1, np.arange(len(is_idle))), -1).astype(np.int32)
    return kept[sets.row_of_pair]


def _are_laminar(one: Rows, other: Rows) -> bool:
    """Tell whether all rows of one block are nested in, around or disjoint from the other's."""
    if one.size > SAMPLE_PAIRS and not _are_laminar(one[:SAMPLE_PAIRS], other[:SAMPLE_PAIRS]):
        return False
    inside, inside_other = _within(one, other), _within(other, one)
    both = (one >= 0) & (other >= 0)
    # Index -1 stands for no row; `both` leaves those pairs out.
    return bool(np.all(inside[one] | inside_other[other] | ~both))


def _within(one: Rows, other: Rows) -> Bools:
    """Tell for each row of one block whether one row of the other has all its pairs."""
    n_rows = int(one.max(initial=-1)) + 1
    around = np.full(n_rows + 1, -1, dtype=other.dtype)
    around[one] = other
    is_within = around >= 0
    is_within[one[around[one] != other]] = False
    return is_within


def split_sides(rows: Sequence[Rows]) -> list[bool]:
    """Put each block on the left (False) or right side, so that each side is laminar.

    Raises
    ------
    NotANetworkError
        When that is impossible, as where three blocks cross each other.
    """
    crosses: list[set[int]] = [set() for _ in rows]
    for first in range(len(rows)):
        for second in range(first):
            if not _are_laminar(rows[first], rows[second]):
                crosses[first].add(second)
                crosses[second].add(first)
    side: dict[int, bool] = {}
    for start in range(len(rows)):
        pending = [] if start in side else [start]
        side.setdefault(start, False)
        while pending:
            block = pending.pop()
            for neighbour in crosses[block]:
                if neighbour not in side:
                    side[neighbour] = not side[block]
                    pending.append(neighbour)
                elif side[neighbour] == side[block]:
                    raise NotANetworkError("more than two groupings of the pairs cross each other")
    return [side[block] for block in range(len(rows))]


def nest(
    rows: Sequence[Rows], nodes: Sequence[Indices], sizes: Sequence[Ints]
) -> tuple[Indices, Indices]:
    """Find the smallest set around each set and each pair of one side.

    Parameters
    ----------
    rows
        Row of each pair, per block; at least one block.
    nodes
        Number of each row's node, per block; 0 is the root.
    sizes
        Number of pairs in each row, per block.

    Returns
    -------
    around : Indices
        Node of the smallest set around each of the side's sets, or 0 for the root, in the order
        of the blocks' rows.
    leaf : Indices
        Node of the smallest set around each pair, or 0, shape (E,).
    """
    node = np.concatenate(nodes)
    none = np.int32(node.size)
    # A set comes before those around it; of equal sets, the first counts as the inner one.
    order = np.lexsort((node, np.concatenate(sizes)))
    node_of_rank = np.append(node[order], np.int32(0))
    rank = np.empty_like(node)
    rank[order] = np.arange(node.size, dtype=np.int32)
    ranks = np.split(rank, np.cumsum([len(of) for of in nodes])[:-1])
    of_row = [np.append(of_block, none) for of_block in ranks]  # row -1 is in no set
    innermost = of_row[0][rows[0]]
    for some, row in zip(of_row[1:], rows[1:], strict=True):
        np.minimum(innermost, some[row], out=innermost)
    around = []
    for own, row in zip(of_row, rows, strict=True):
        example = np.full(own.size, -1, dtype=np.int64)
        example[row] = np.arange(row.size)
        filled = np.flatnonzero(example[:-1] >= 0)
        pair = example[filled]
        larger = [some[other[pair]] for some, other in zip(of_row, rows, strict=True)]
        larger = [np.where(one > own[filled], one, none) for one in larger]
        nearest = np.full(own.size - 1, none)
        nearest[filled] = np.min(larger, axis=0)
        around.append(nearest)
    return node_of_rank[np.concatenate(around)], node_of_rank[innermost]
