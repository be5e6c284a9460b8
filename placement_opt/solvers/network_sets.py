"""The rows of a formulation as nested sets of pairs, each with a limit on how many are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import NO_LOWER, NO_UPPER, Formulation, RowBlock
from placement_opt.instance import Indices, Ints

SMALL_TABLE = 1 << 24
"""Cells of a table that is counted directly instead of by sorting."""


class NotANetworkError(Exception):
    """The formulation is no network; the text says why."""


@dataclass(frozen=True, eq=False)
class Sets:
    """The rows of one block as sets of pairs, each with a limit on its number of chosen pairs.

    Parameters
    ----------
    row_of_pair
        The row that each pair is in, -1 for none, shape (E,), int32.
    size
        Number of pairs in each row, shape (R,).
    lower, upper
        Limits on ``chosen + t``, shape (R,), where t is the row's own variable, signed.
    low, high
        Bounds of t, shape (R,); zero where the row has none.
    price
        Objective units gained per unit of t, shape (R,).
    own, sign
        Index of the row's own variable in the formulation (-1 for none), and t = sign * variable.
    """

    row_of_pair: Indices
    size: Ints
    lower: Ints
    upper: Ints
    low: Ints
    high: Ints
    price: Ints
    own: Ints
    sign: Ints

    def range(self) -> tuple[Ints, Ints]:
        """Return how many pairs of each row can be chosen, least and most."""
        return (
            np.maximum(self.lower - self.high, 0),
            np.minimum(self.upper - self.low, self.size),
        )

    def can_hold(self) -> bool:
        """Tell whether each row, taken alone, can keep its limits."""
        least, most = self.range()
        return bool(np.all(self.lower <= self.upper) and np.all(least <= most))

    def bend(self) -> Ints:
        """Return after how many chosen pairs one more stops saving (or starts costing) t."""
        return np.where(self.price <= 0, self.lower - self.low, self.upper - self.high)

    def best(self, chosen: Ints) -> Ints:
        """Return the best value of t for the number of chosen pairs in each row."""
        least = np.maximum(self.low, self.lower - chosen)
        most = np.minimum(self.high, self.upper - chosen)
        best: Ints = np.where(self.price <= 0, least, most)
        return best


def read_sets(formulation: Formulation, block: RowBlock, offset: int) -> Sets:
    """Read one block's rows as sets.

    Raises
    ------
    NotANetworkError
        When coefficients within a row differ, a pair is in two rows of the block, or own
        variables are more than one private slack per row.
    """
    n_rows = len(block)
    usage = block.usage
    row = np.repeat(np.arange(n_rows, dtype=np.int32), np.diff(usage.indptr))
    filled = usage.data != 0
    row, pair, value = row[filled], usage.indices[filled], usage.data[filled].astype(np.int64)
    size = np.bincount(row, minlength=n_rows)
    unit = np.ones(n_rows, dtype=np.int64)
    unit[row] = value
    if np.any(unit[row] != value) or np.any(unit <= 0):
        raise NotANetworkError(f"{block.title}: coefficients within a row differ or are negative")
    if np.bincount(pair, minlength=1).max(initial=0) > 1:
        raise NotANetworkError(f"{block.title}: a pair is in more than one of its rows")
    row_of_pair = np.full(formulation.n_pairs, -1, dtype=np.int32)
    row_of_pair[pair] = row
    own, sign = _read_slack(block, unit, size, offset)
    # A zero behind each array is what index -1, "no own variable", finds.
    gain, one_end, other_end = (
        np.append(array, 0)[own] * sign
        for array in (formulation.objective.gain, formulation.lower, formulation.upper)
    )
    lower = np.where(block.lower <= NO_LOWER, NO_LOWER, -(-block.lower // unit))
    upper = np.where(block.upper >= NO_UPPER, NO_UPPER, block.upper // unit)
    low, high = np.minimum(one_end, other_end), np.maximum(one_end, other_end)
    return Sets(row_of_pair, size, lower, upper, low, high, gain, own, sign)


def _read_slack(block: RowBlock, unit: Ints, size: Ints, offset: int) -> tuple[Ints, Ints]:
    """Return the own variable of each row and its sign; `unit` is set for rows without pairs."""
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


def without_idle_rows(sets: Sets) -> Indices:
    """Return the row of each pair, -1 also for rows that limit nothing."""
    least, most = sets.range()
    is_idle = (sets.own < 0) & (least <= 0) & (most >= sets.size)
    if not is_idle.any():
        return sets.row_of_pair
    kept = np.append(np.where(is_idle, -1, np.arange(len(is_idle))), -1)
    return kept[sets.row_of_pair].astype(np.int32)


def _are_laminar(one: Indices, other: Indices) -> bool:
    """Tell whether any row of one block and any of the other are nested or apart."""
    both = (one >= 0) & (other >= 0)
    if not both.any():
        return True
    size, size_other = (np.bincount(rows[rows >= 0]) for rows in (one, other))
    width = len(size_other)
    cell = one[both].astype(np.int64) * width + other[both]
    if len(size) * width <= SMALL_TABLE:
        table = np.bincount(cell)
        cells = np.flatnonzero(table)
        count = table[cells]
    else:
        cells, count = np.unique(cell, return_counts=True)
    smaller = np.minimum(size[cells // width], size_other[cells % width])
    return bool(np.all(count == smaller))


def split_sides(rows: Sequence[Indices]) -> list[bool]:
    """Put each block on the left (False) or right side, so that each side is laminar.

    Raises
    ------
    NotANetworkError
        When that cannot be: three blocks cross each other.
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


def nest(rows: Sequence[Indices], first_node: Sequence[int]) -> tuple[dict[int, int], Indices]:
    """Order the sets of one side by nesting.

    Parameters
    ----------
    rows
        Row of each pair, per block.
    first_node
        Node number of each block's row 0; 0 is the root.

    Returns
    -------
    parent : dict
        Node of the smallest set around each set's node; missing where that is the root.
    leaf : Indices
        Node of the smallest set around each pair, or 0, shape (E,).
    """
    n_pairs = len(rows[0]) if rows else 0
    leaf, top = np.zeros((2, n_pairs), dtype=np.int32)
    parent: dict[int, int] = {}
    sets: list[tuple[int, int, npt.NDArray[np.int64]]] = []
    for of_pair, first in zip(rows, first_node, strict=True):
        order = np.argsort(of_pair, kind="stable")
        order = order[np.searchsorted(of_pair[order], 0) :]
        names, starts = np.unique(of_pair[order], return_index=True)
        for name, members in zip(names.tolist(), np.split(order, starts[1:]), strict=False):
            sets.append((len(members), first + name, members))
    for _, node, members in sorted(sets, key=lambda entry: entry[:2]):
        inside = top[members]
        leaf[members[inside == 0]] = node
        for child in np.unique(inside[inside > 0]).tolist():
            parent[child] = node
        top[members] = node
    return parent, leaf
