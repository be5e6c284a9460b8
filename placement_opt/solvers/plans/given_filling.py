"""Chooses the pairs to add where given pairs do not reach the lower limits of rows."""

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.solvers.plans.given_greedy import settled, with_more
from placement_opt.solvers.plans.upper_limits import UpperLimits

FILLING_PAIRS = 50
"""In large problems, so many pairs are considered for each unit that a row lacks."""

MOST_FILLING = 20_000
"""At most so many pairs are considered; in problems with no more pairs, all of them."""

FILLING_ROUNDS = 5
"""Rounds of adding pairs: another one follows where some pairs of the last find no holder."""


def own_reach(block: RowBlock) -> tuple[Ints, Ints]:
    """Return the least and the most that own variables can add to each row, both of shape (R,)."""
    if block.variables is None or block.variable_usage is None:
        return (np.zeros(len(block), dtype=np.int64),) * 2
    low, high = block.variables.lower, block.variables.upper
    up, down = block.variable_usage.maximum(0), block.variable_usage.minimum(0)
    return up @ low + down @ high, up @ high + down @ low


class Lacking:
    """The rows whose lower limit the taken pairs miss, by how much, and which pairs could help.

    A row is short by what it lacks even where its own variables add the most they can.
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
        """Return pairs, ascending, that could help: of each row first those that fit, by gain."""
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
        limits = UpperLimits(whole, every)
        limits.taken(np.searchsorted(every, taken).tolist())
        fits = limits.fitting()[np.searchsorted(every, pairs)]
        order = np.lexsort((-whole.objective.gain[pairs], ~fits, of_row))
        pairs, of_row = pairs[order], of_row[order]
        rank = np.arange(pairs.size) - np.searchsorted(of_row, of_row)
        return np.unique(pairs[rank < limit[of_row]])

    def helping(self, pairs: Ints) -> list[list[tuple[int, int, int]]]:
        """Return what each pair adds to rows that are short, as (block number, row, amount)."""
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
        """Count what a pair adds to rows that are short."""
        for number, row, amount in helps:
            self._rows[number][1][row] -= amount

    def is_helped(self, helps: list[tuple[int, int, int]]) -> bool:
        """Tell whether some row that a pair adds to is still short."""
        return any(self._rows[number][1][row] > 0 for number, row, _ in helps)


def filling(whole: Formulation, taken: Ints, given: Ints) -> Ints:
    """Return pairs other than the given ones that could help rows which the taken ones miss."""
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
    """Add pairs that help a row which is short, while all rows have room; the largest gain first.

    Parameters
    ----------
    whole
        The problem.
    taken
        Given pairs that are taken, ascending.
    fill
        Pairs that may be added, ascending.
    given, columns
        Pairs of which something is known, such as the coach, and the columns that say it.

    Returns
    -------
    pairs : ndarray
        The pairs taken in the end, ascending.
    known : dict
        Own variables of each block whose capacity was settled for those pairs, by block number.
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
