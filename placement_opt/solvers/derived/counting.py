"""Finds contradictions by counting, without a linear program.

- A single row out of reach: the ranges of its variables limit what it can sum to.
- A minimum that exceeds what another rule's limits on numbers ("positions of an opening") allow:
  only the largest entries of each group can count.
- Minimums that together exceed another rule's limits: each person placed takes at least the
  smallest of what their places take.

Each finding comes with prices that prove it in exact integers.
"""

from collections.abc import Callable, Iterator

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.pair_entries import are_ones, by_row
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.solvers.derived.rows_alone import RowPrices

Proposals = Callable[[Formulation, int, Ints, int], Iterator[Ints]]

MOST_TRIED = 50
"""So many rows are tried at most; more than one is rarely needed."""


def counted(formulation: Formulation) -> RowPrices | None:
    """Return rows of a problem without gains that contradict each other; None if none is found."""
    return (
        row_out_of_reach(formulation)
        or row_exceeding_limits(formulation)
        or demand_exceeding_supply(formulation)
    )


def activity_range(formulation: Formulation) -> tuple[Ints, Ints]:
    """Return the least and the most that each row can sum to, shape (R,) each; O(entries)."""
    least, most = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for number, block in enumerate(formulation.blocks):
        low, high = _range_of_pairs(block)
        if block.variable_usage is not None:
            first, last = (at - formulation.n_pairs for at in formulation.offsets[number:][:2])
            ends = (formulation.own_lower[first:last], formulation.own_upper[first:last])
            up, down = block.variable_usage.maximum(0), block.variable_usage.minimum(0)
            low = low + up @ ends[0] + down @ ends[1]
            high = high + up @ ends[1] + down @ ends[0]
        least.append(low)
        most.append(high)
    return np.concatenate(least), np.concatenate(most)


def _range_of_pairs(block: RowBlock) -> tuple[Ints, Ints]:
    size = np.diff(block.usage.indptr).astype(np.int64)
    if are_ones(block.usage.data):
        return np.zeros_like(size), size
    value, start = block.usage.data.astype(np.int64), block.usage.indptr
    low = by_row(np.add, np.minimum(value, 0), start)
    return low, by_row(np.add, np.maximum(value, 0), start)


def row_out_of_reach(formulation: Formulation) -> RowPrices | None:
    """Return a row that its variables' ranges exclude, with its price, or None."""
    n_rows = formulation.row_offsets[len(formulation.blocks)]
    lower, upper = formulation.row_lower[:n_rows], formulation.row_upper[:n_rows]
    least, most = activity_range(formulation)
    for row in np.flatnonzero((most < lower) | (least > upper))[:MOST_TRIED]:
        prices = np.zeros(formulation.n_rows, dtype=np.int64)
        prices[row] = -1 if most[row] < lower[row] else 1
        found = RowPrices.proving(formulation, Certificate(prices, 0))
        if found is not None:
            return found
    return None


def row_exceeding_limits(formulation: Formulation) -> RowPrices | None:
    """Return a minimum that the limits of one other rule exclude, with prices, or None.

    For a row ``sum a_p x_p >= L`` and limits ``sum over group g of x_p <= k_g`` the row sums to at
    most the k_g largest entries of each group. The price of a group is its next largest entry.
    """
    return _proven(formulation, _beyond_limits)


def demand_exceeding_supply(formulation: Formulation) -> RowPrices | None:
    """Return minimums that the limits of one other rule exclude together, with prices, or None.

    For rows ``sum of x_p >= L_c`` and limits ``sum a_p x_p <= k_g``, row c takes at least L_c times
    its smallest entry: of all limits together, or of a single limit that all its pairs are under.
    """
    return _proven(formulation, _beyond_supply)


def _proven(formulation: Formulation, propose: Proposals) -> RowPrices | None:
    for number, rows in enumerate(_asked(formulation)):
        for other, block in enumerate(formulation.blocks):
            if rows.size and other != number and _are_limits(block):
                for prices in propose(formulation, number, rows, other):
                    found = RowPrices.proving(formulation, Certificate(prices, 0))
                    if found is not None:
                        return found
    return None


def _asked(formulation: Formulation) -> list[Ints]:
    """Return the rows of each block whose minimum is missed when nobody is placed."""
    empty = np.clip(0, formulation.lower, formulation.upper)
    short = formulation.activity(empty) < formulation.row_lower
    return [
        np.flatnonzero(short[slice(*formulation.row_offsets[number : number + 2])])
        for number in range(len(formulation.blocks))
    ]


def _are_limits(block: RowBlock) -> bool:
    """Tell whether rows have upper limits, no own variables, and each pair at most once."""
    return (
        block.variables is None
        and bool(np.any(block.upper < NO_UPPER))
        and block.by_pair.row is not None
        and not block.by_pair.member.size
    )


def _beyond_limits(formulation: Formulation, number: int, rows: Ints, other: int) -> Iterator[Ints]:
    """Yield prices for the rows of one block that the limits of another seem to exclude."""
    block, limits = formulation.blocks[number], formulation.blocks[other]
    in_group = limits.by_pair.row
    if in_group is None or not are_ones(limits.usage.data):
        return
    usage = block.usage[rows].tocoo()
    gains = usage.data > 0
    row, pair, value = usage.row[gains], usage.col[gains], usage.data[gains].astype(np.int64)
    group = in_group[pair].astype(np.int64)  # from 1; 0 is no group
    order = np.lexsort((-value, group, row))
    row, group, value = row[order], group[order], value[order]
    key = row * (len(limits) + 1) + group
    rank = np.arange(row.size) - np.searchsorted(key, key)
    at_most = np.append(NO_UPPER, np.maximum(limits.upper, 0))[group]
    most = np.bincount(row, weights=value * (rank < at_most), minlength=rows.size)
    own = activity_range(formulation)[1][formulation.row_offsets[number] + rows]
    own = own - np.bincount(row, weights=value, minlength=rows.size)
    for short in np.flatnonzero(most + own < block.lower[rows])[:MOST_TRIED]:
        prices = np.zeros(formulation.n_rows, dtype=np.int64)
        after = np.flatnonzero((row == short) & (rank == at_most))
        prices[formulation.row_offsets[other] + group[after] - 1] = value[after]
        prices[formulation.row_offsets[number] + rows[short]] = -1
        yield prices


def _beyond_supply(formulation: Formulation, number: int, rows: Ints, other: int) -> Iterator[Ints]:
    """Yield prices for rows of one block that seem to exceed one limit of another, or all."""
    block, limits = formulation.blocks[number], formulation.blocks[other]
    usage = block.usage[rows]
    filled = np.flatnonzero(np.diff(usage.indptr))
    in_row = limits.by_pair.row
    if block.variables is not None or in_row is None:
        return
    if not filled.size or not are_ones(usage.data):
        return
    group = in_row[usage.indices].astype(np.int64)  # from 1; 0 is no row
    value = limits.by_pair.value
    takes = np.ones_like(group) if value is None else value[usage.indices].astype(np.int64)
    takes = np.where(np.append(NO_UPPER, limits.upper)[group] < NO_UPPER, takes, 0)
    start = usage.indptr[filled]
    least = np.minimum.reduceat(takes, start)
    asked = least * block.lower[rows[filled]]
    first, last = np.minimum.reduceat(group, start), np.maximum.reduceat(group, start)
    is_captive = (first == last) & (least > 0)
    of_group = np.bincount(first[is_captive], asked[is_captive], minlength=len(limits) + 1)
    over = np.flatnonzero(of_group[1:] > limits.upper)[:MOST_TRIED]
    chosen = [(is_captive & (first == one + 1), over[at : at + 1]) for at, one in enumerate(over)]
    is_limited = np.flatnonzero(limits.upper < NO_UPPER)
    if asked[least > 0].sum() > limits.upper[is_limited].sum():
        chosen.append((least > 0, is_limited))
    for members, supply in chosen:
        prices = np.zeros(formulation.n_rows, dtype=np.int64)
        prices[formulation.row_offsets[other] + supply] = 1
        prices[formulation.row_offsets[number] + rows[filled[members]]] = -least[members]
        yield prices
