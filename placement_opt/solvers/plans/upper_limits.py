"""The hard upper limits of rows, filled pair by pair; and the pairs that a row alone demands."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock

MOST_OVERFULL = 10_000
"""Where more pairs stand in overfull rows, none is given up: one by one that would take long."""


class UpperLimits:
    """What rows still allow, and what each of some pairs uses of them.

    Where own variables of a rule make room in a row, as much as they can make counts as free.

    Parameters
    ----------
    formulation
        The problem.
    pairs
        Pairs that may be taken, shape (P,), in any order. Methods name a pair by its place here.
    """

    def __init__(self, formulation: Formulation, pairs: Ints) -> None:
        at, row, amount, free = [pairs[:0]], [pairs[:0]], [pairs[:0]], [pairs[:0]]
        n_rows = 0
        for block in formulation.blocks:
            most = _most_of_pairs(block)
            if not np.any(most < block.reach_of_pairs):
                continue
            place, of_block, value = block.by_pair.of_pairs(pairs)
            is_limited = most[of_block] < block.reach_of_pairs[of_block]
            at.append(place[is_limited])
            row.append(of_block[is_limited] + n_rows)
            amount.append(value[is_limited].astype(np.int64))
            free.append(most)
            n_rows += len(block)
        every = np.concatenate(at)
        order = np.argsort(every, kind="stable")
        self._n_pairs = pairs.size
        self._at = every[order]
        self._row = np.concatenate(row)[order]
        self._amount = np.concatenate(amount)[order]
        self._free = np.concatenate(free).astype(np.int64)
        self._start = np.searchsorted(self._at, np.arange(pairs.size + 1)).tolist()

    def has_room(self, place: int) -> bool:
        """Tell whether every row has room for a pair."""
        row, amount = self._entries(place)
        return not np.any(amount > self._free[row])

    def use(self, place: int) -> None:
        """Take a pair, whether its rows have room or not."""
        row, amount = self._entries(place)
        self._free[row] -= amount

    def take(self, place: int) -> bool:
        """Take a pair if every row has room for it; tell whether it was taken."""
        fits = self.has_room(place)
        if fits:
            self.use(place)
        return fits

    def taken(self, order: Iterable[int]) -> Bools:
        """Take pairs in that order where they fit; mark those taken, shape (P,)."""
        fits = np.zeros(self._n_pairs, dtype=np.bool_)
        for place in order:
            fits[place] = self.take(place)
        return fits

    def _entries(self, place: int) -> tuple[Ints, Ints]:
        entries = slice(self._start[place], self._start[place + 1])
        return self._row[entries], self._amount[entries]

    def fitting(self) -> Bools:
        """Mark the pairs that would fit now, each without the others, shape (P,)."""
        fits = np.ones(self._n_pairs, dtype=np.bool_)
        fits[self._at[self._amount > self._free[self._row]]] = False
        return fits

    def given_up(self, worth: Floats) -> Bools:
        """Mark pairs to give up so that the others nearly fit together, shape (P,).

        Pairs go one at a time. The next is the one of least worth for each unit of relief, where
        relief is the share of an excess that the pair takes away, summed over overfull rows.
        """
        used = np.bincount(self._row, self._amount, self._free.size)
        over = (used - self._free).astype(np.float64)
        is_in = over[self._row] > 0
        at, row, amount = self._at[is_in], self._row[is_in], self._amount[is_in].astype(np.float64)
        gone = np.zeros(self._n_pairs, dtype=np.bool_)
        if np.unique(at).size > MOST_OVERFULL:
            return gone
        of_pair = np.searchsorted(at, np.arange(self._n_pairs + 1))
        size = np.maximum(over[row], 1.0)
        while True:
            relief = np.bincount(
                at, np.clip(np.minimum(amount, over[row]), 0, None) / size, self._n_pairs
            )
            relief[gone] = 0
            open_ = np.flatnonzero(relief > 0)
            if not open_.size:
                return gone
            least = int(open_[np.argmin(worth[open_] / relief[open_])])
            gone[least] = True
            entries = slice(of_pair[least], of_pair[least + 1])
            over[row[entries]] -= amount[entries]


def _most_of_pairs(block: RowBlock) -> Ints:
    """Return how much the pairs of each row may come to, shape (R,); NO_UPPER without a limit."""
    if block.variables is None:
        return block.upper
    row, own, value = block.own_entries
    least = np.zeros(len(block), dtype=np.int64)
    at_ends = (value * end[own] for end in (block.variables.lower, block.variables.upper))
    np.add.at(least, row, np.minimum(*at_ends))
    return np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - least)


def asked_by_name(formulation: Formulation, liked: npt.NDArray[np.integer] | None = None) -> Ints:
    """Return the pairs that are demanded by a row of their own, such as fixed ones; ascending.

    Of a row that asks for one of several it is the first that `liked` names, else the one that
    gains most.
    """
    asked = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        if block.variables is None:
            width = np.diff(block.usage.indptr)
            alone = np.flatnonzero((block.lower > 0) & (width == 1))
            asked.append(block.usage.indices[block.usage.indptr[alone]].astype(np.int64))
            if block.asks_one:
                rows = np.flatnonzero((block.lower > 0) & (width > 1))
                asked.append(_one_of_each(formulation, block, rows, liked))
    return np.unique(np.concatenate(asked))


def _one_of_each(
    formulation: Formulation, block: RowBlock, rows: Ints, liked: npt.NDArray[np.integer] | None
) -> Ints:
    """Return one pair of each row."""
    order = [] if liked is None or not rows.size else liked.tolist()
    rank = {pair: place for place, pair in reversed([*enumerate(order)])}
    gain, usage = formulation.objective.gain, block.usage
    members = (usage.indices[slice(*usage.indptr[row : row + 2])].tolist() for row in rows)
    chosen = (
        min(pairs, key=lambda pair: (rank.get(pair, len(order)), -int(gain[pair])))
        for pairs in members
    )
    return np.fromiter(chosen, dtype=np.int64, count=rows.size)
