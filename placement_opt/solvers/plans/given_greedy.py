"""Given pairs taken one by one: which of them find room."""

from collections.abc import Iterable

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER

MOST_OVERFULL = 10_000
"""With more pairs in rows that are too full nobody is given up one by one; that would take long."""

TAKING_ROUNDS = 4
"""So often pairs are taken, where some that were taken find nobody to serve them."""


class UpperLimits:
    """What is free in the rows over pairs alone, and what each of some pairs would take there.

    Pairs are counted within the given ones; rows over all blocks without variables of their own.
    """

    def __init__(self, whole: Formulation, pairs: Ints) -> None:
        at, row, amount, free = [pairs[:0]], [pairs[:0]], [pairs[:0]], [pairs[:0]]
        n_rows = 0
        for block in whole.blocks:
            if block.variables is None:
                place, of_block, value = block.by_pair.of_pairs(pairs)
                is_limited = block.upper[of_block] != NO_UPPER
                at.append(place[is_limited])
                row.append(of_block[is_limited] + n_rows)
                amount.append(value[is_limited].astype(np.int64))
                free.append(block.upper)
                n_rows += len(block)
        every = np.concatenate(at)
        order = np.argsort(every, kind="stable")
        self._n_pairs = pairs.size
        self._at = every[order]
        self._row = np.concatenate(row)[order]
        self._amount = np.concatenate(amount)[order]
        self._free = np.concatenate(free).astype(np.int64)
        self._start = np.searchsorted(self._at, np.arange(pairs.size + 1)).tolist()

    def take(self, place: int) -> bool:
        """Take a pair if every row has room for it."""
        entries = slice(self._start[place], self._start[place + 1])
        row, amount = self._row[entries], self._amount[entries]
        if np.any(amount > self._free[row]):
            return False
        self._free[row] -= amount
        return True

    def taken(self, order: Iterable[int]) -> Bools:
        """Take pairs in that order where they fit; tell which did."""
        fits = np.zeros(self._n_pairs, dtype=np.bool_)
        for place in order:
            fits[place] = self.take(place)
        return fits

    def fitting(self) -> Bools:
        """Tell which pairs would fit by themselves."""
        fits = np.ones(self._n_pairs, dtype=np.bool_)
        fits[self._at[self._amount > self._free[self._row]]] = False
        return fits

    def given_up(self, worth: Floats) -> Bools:
        """Tell which pairs to give up so that the others fit together, nearly.

        One at a time: who is worth least for what that relieves in the rows that are too full.
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


def with_more(given: Ints, columns: Columns, more: Ints) -> tuple[Ints, dict[str, Ints]]:
    """Return the given pairs with others, ascending, of which the columns say nothing."""
    every = np.union1d(given, more)
    place = np.searchsorted(every, given)
    wider = {}
    for name, column in columns.items():
        wider[name] = np.full(every.size, -1, dtype=np.int64)
        wider[name][place] = column
    return every, wider


def asked_by_name(whole: Formulation) -> Ints:
    """Return the pairs that some row asks for by itself, such as fixed placements; ascending."""
    asked = [np.zeros(0, dtype=np.int64)]
    for block in whole.blocks:
        if block.variables is None:
            alone = np.flatnonzero((block.lower > 0) & (np.diff(block.usage.indptr) == 1))
            asked.append(block.usage.indices[block.usage.indptr[alone]].astype(np.int64))
    return np.unique(np.concatenate(asked))


def taken_of(
    whole: Formulation, given: Ints, columns: Columns, asked: Ints
) -> tuple[Ints, dict[int, Ints]]:
    """Take given pairs while every row over pairs alone, and who holds capacity, has room.

    Those that are asked for come first, then those that gain most, or those that are left when
    others are given up one by one: whichever gains more.

    Returns
    -------
    taken : ndarray
        The pairs, ascending.
    known : dict
        Own variables of the blocks that were settled for them, by block.
    """
    gain = whole.objective.gain[given].astype(np.float64)
    is_asked = np.isin(given, asked, assume_unique=True)
    nobody = np.zeros(given.size, dtype=np.bool_)
    gone = UpperLimits(whole, given).given_up(np.where(is_asked, np.inf, gain))
    best: Bools | None = None
    known: dict[int, Ints] = {}
    for first_given_up in (gone, nobody) if gone.any() else (nobody,):
        last = first_given_up.copy()
        for _ in range(TAKING_ROUNDS):
            order = np.lexsort((-gain, last, ~is_asked))
            order = order[UpperLimits(whole, given).taken(order.tolist())[order]]
            named = {name: column[order] for name, column in columns.items()}
            is_served, own = settled(whole, given[order], named)
            served = nobody.copy()
            served[order[is_served]] = True
            if best is None or gain @ served > gain @ best:
                best, known = served, own
            if is_served.all():
                break
            # Who is not served must not stand in the way of others.
            last[order[~is_served]] = True
    return given[nobody if best is None else best], known


def settled(whole: Formulation, pairs: Ints, columns: Columns) -> tuple[Bools, dict[int, Ints]]:
    """Let each block that holds capacity serve pairs, the first ones first.

    Returns who is served, and the own variables by block.
    """
    served, known = _settled(whole, pairs, columns)
    if served.all():
        return served, known
    # A coach who cannot be kept must cost nobody a place.
    unnamed = {name: np.full(pairs.size, -1, dtype=np.int64) for name in columns}
    freely, others = _settled(whole, pairs, unnamed)
    gain = whole.objective.gain[pairs]
    return (freely, others) if gain @ freely > gain @ served else (served, known)


def _settled(whole: Formulation, pairs: Ints, columns: Columns) -> tuple[Bools, dict[int, Ints]]:
    served = np.ones(pairs.size, dtype=np.bool_)
    known = {}
    for number, block in enumerate(whole.blocks):
        found = None if block.capacity is None else block.capacity.settle(pairs, columns)
        if found is not None:
            known[number], of_block = found
            served &= of_block
    return served, known
