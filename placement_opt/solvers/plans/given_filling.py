"""What to add to given pairs where rows ask for more than they are."""

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.solvers.plans.given_greedy import UpperLimits, settled, with_more

FILLING_PAIRS = 50
"""So many pairs are looked at for each unit that a row lacks, in large problems."""

MOST_FILLING = 20_000
"""At most so many pairs are looked at; in problems of no more pairs all of them."""

FILLING_ROUNDS = 5
"""So often pairs are added, where some that were added find nobody to serve them."""


def own_reach(block: RowBlock) -> tuple[Ints, Ints]:
    """Return the least and the most that the own variables of a block can add to each row."""
    if block.variables is None or block.variable_usage is None:
        return (np.zeros(len(block), dtype=np.int64),) * 2
    low, high = block.variables.lower, block.variables.upper
    up, down = block.variable_usage.maximum(0), block.variable_usage.minimum(0)
    return up @ low + down @ high, up @ high + down @ low


class Lacking:
    """The rows that some pairs leave short, by how much at least, and what others would give.

    Own variables count as far as they can help.
    """

    def __init__(self, whole: Formulation, taken: Ints) -> None:
        self._rows: list[tuple[RowBlock, Ints]] = []
        for block in whole.blocks:
            used = np.zeros(len(block), dtype=np.int64)
            _, row, value = block.by_pair.of_pairs(taken)
            np.add.at(used, row, value.astype(np.int64))
            used += own_reach(block)[1]
            short = np.where(block.lower == NO_LOWER, 0, np.maximum(block.lower - used, 0))
            self._rows.append((block, short))

    def pairs(self, whole: Formulation, taken: Ints) -> Ints:
        """Return pairs that could give rows what they lack: the best of those that fit first."""
        pair, row, most = [taken[:0]], [taken[:0]], [taken[:0]]
        for block, short in self._rows:
            rows = np.flatnonzero(short)
            entries = block.usage[rows].tocoo()
            helps = entries.data > 0
            pair.append(entries.col[helps].astype(np.int64))
            row.append(entries.row[helps].astype(np.int64) + sum(of.size for of in most))
            most.append(FILLING_PAIRS * np.minimum(short[rows], MOST_FILLING))
        pairs, of_row, limit = map(np.concatenate, (pair, row, most))
        every = np.union1d(taken, pairs)
        beside = UpperLimits(whole, every)
        beside.taken(np.searchsorted(every, taken).tolist())
        fits = beside.fitting()[np.searchsorted(every, pairs)]
        order = np.lexsort((-whole.objective.gain[pairs], ~fits, of_row))
        pairs, of_row = pairs[order], of_row[order]
        rank = np.arange(pairs.size) - np.searchsorted(of_row, of_row)
        return np.unique(pairs[rank < limit[of_row]])

    def helping(self, pairs: Ints) -> list[list[tuple[int, int, int]]]:
        """Return what each pair gives: (block, row, amount) of the rows that lack something."""
        helps: list[list[tuple[int, int, int]]] = [[] for _ in range(pairs.size)]
        for number, (block, short) in enumerate(self._rows):
            at, row, value = block.by_pair.of_pairs(pairs)
            useful = (short[row] > 0) & (value > 0)
            for place, of_block, amount in zip(
                at[useful].tolist(), row[useful].tolist(), value[useful].tolist(), strict=True
            ):
                helps[place].append((number, of_block, amount))
        return helps

    def take(self, helps: list[tuple[int, int, int]]) -> None:
        """Count what a pair gives."""
        for number, row, amount in helps:
            self._rows[number][1][row] -= amount

    def is_helped(self, helps: list[tuple[int, int, int]]) -> bool:
        """Tell whether some row still lacks what a pair gives."""
        return any(self._rows[number][1][row] > 0 for number, row, _ in helps)


def filling(whole: Formulation, taken: Ints, given: Ints) -> Ints:
    """Return pairs beside the given ones that could give rows what the taken ones lack."""
    if whole.n_pairs <= MOST_FILLING:
        fill = np.arange(whole.n_pairs)
    else:
        fill = Lacking(whole, taken).pairs(whole, taken)
    fill = np.setdiff1d(fill, given, assume_unique=True)
    if fill.size > MOST_FILLING:
        best = np.argsort(-whole.objective.gain[fill], kind="stable")[:MOST_FILLING]
        fill = np.sort(fill[best])
    return fill


def filled_greedily(
    whole: Formulation, taken: Ints, fill: Ints, given: Ints, columns: Columns
) -> tuple[Ints, dict[int, Ints]]:
    """Add pairs where rows lack them and others have room; those that gain most first.

    Parameters
    ----------
    whole
        The problem.
    taken
        Given pairs that are taken, ascending.
    fill
        Pairs that may be added, ascending.
    given, columns
        Pairs of which something is known, and what.

    Returns
    -------
    pairs : ndarray
        The pairs taken then, ascending.
    known : dict
        Own variables of the blocks that were settled for them, by block.
    """
    left = fill[np.argsort(-whole.objective.gain[fill], kind="stable")]
    known: dict[int, Ints] = {}
    for _ in range(FILLING_ROUNDS):
        lacking = Lacking(whole, taken)
        every = np.union1d(taken, left)
        limits = UpperLimits(whole, every)
        limits.taken(np.searchsorted(every, taken).tolist())
        helps = lacking.helping(left)
        added = []
        for pair, place, gives in zip(
            left.tolist(), np.searchsorted(every, left).tolist(), helps, strict=True
        ):
            if lacking.is_helped(gives) and limits.take(place):
                lacking.take(gives)
                added.append(pair)
        if not added and known:
            break
        order = np.concatenate([taken, np.array(added, dtype=np.int64)])
        pairs, wider = with_more(given, columns, order)
        named = {name: column[np.searchsorted(pairs, order)] for name, column in wider.items()}
        served, known = settled(whole, order, named)
        taken = np.sort(order[served])
        left = left[~np.isin(left, order)]
    return taken, known
