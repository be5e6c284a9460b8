"""A part of a problem as a problem of its own, and the way back into the whole."""

from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.search.board import Solution

FEW_FOLLOWING = 500
"""Up to so many own variables of a block come into a part together."""


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a problem: all variables outside keep their values.

    Parameters
    ----------
    formulation
        The problem of the part alone.
    pairs
        Its pairs, as indices in the whole, ascending.
    own
        Its own variables, as indices in the whole counted from its first one, ascending.
    """

    formulation: Formulation
    pairs: Ints
    own: Ints

    def inside(self, solution: Solution) -> Solution:
        """Return the part's values of a solution of the whole."""
        chosen = np.flatnonzero(np.isin(self.pairs, solution.chosen))
        return Solution(chosen, solution.own[self.own])

    def outside(self, around: Solution, inside: Solution) -> Solution:
        """Return a solution of the whole with the part's values in it; cost O(part's pairs)."""
        left = around.chosen[~np.isin(around.chosen, self.pairs)]
        own = around.own.copy()
        own[self.own] = inside.own
        return Solution(np.union1d(left, self.pairs[inside.chosen]), own)


def part_of(
    whole: Formulation,
    pairs: Ints,
    around: Solution | None,
    free_own: Bools | None = None,
    taken: Ints | None = None,
    activity: Ints | None = None,
) -> Part:
    """Return the part of a problem over the given pairs and the own variables that depend on them.

    Outside the part, variables keep their values of the solution `around`. Own variables that share
    no row with a pair of the part are outside.

    Without `around`, pairs outside are zero, except `taken` ones, which are one. All own variables
    are inside, and blocks keep their capacity. Cost O(entries of the part).

    Of the own variables that do not follow from the pairs, only those marked in `free_own`, shape
    (N - E,), are inside; without `around` that holds for all own variables.

    `activity`, shape (R,), is what each row sums to at `around`, where that is known: it saves a
    pass over all pairs.
    """
    fixed = _Fixed(whole, pairs, around, taken, activity)
    blocks, gains, own = [], [], [np.zeros(0, dtype=np.int64)]
    for number, block in enumerate(whole.blocks):
        first = whole.offsets[number] - whole.n_pairs
        inside = block.taken(pairs=pairs)
        touched = np.diff(inside.usage.indptr) > 0
        moved = np.ones(block.n_own, dtype=np.bool_) if around is None else _moved(block, touched)
        if free_own is not None and (
            around is None or (block.variables is not None and not block.variables.follow)
        ):
            moved &= free_own[first : first + moved.size]
        at, used = np.flatnonzero(moved), fixed.used(number, ~moved)
        inside = inside.taken(own=at).less(used)
        if inside.variable_usage is not None:
            touched |= np.diff(inside.variable_usage.indptr) > 0
        if around is None:
            # A limit that is broken by what is outside stays, so that the part shows it.
            touched |= (block.lower > used) | (block.upper < used)
        if touched.any() or inside.n_own:
            own.append(first + at)
            gains.append(whole.own_gain(number)[at])
            blocks.append(inside.taken(rows=np.flatnonzero(touched)))
    return Part(whole.with_blocks(blocks, gains, pairs), pairs, np.concatenate(own))


class _Fixed:
    """The values outside a part; see `part_of`."""

    def __init__(
        self,
        whole: Formulation,
        pairs: Ints,
        around: Solution | None,
        taken: Ints | None,
        activity: Ints | None,
    ) -> None:
        self._whole = whole
        self._taken = np.zeros(0, dtype=np.int64) if taken is None else taken
        self._activity = activity
        if around is not None:
            self._values = around.values(whole)
            self._freed = pairs[np.isin(pairs, around.chosen)]
            if activity is None:
                self._activity = whole.activity(self._values)

    def used(self, number: int, stays: Bools) -> Ints:
        """Return what pairs outside and own variables that stay use of each row of a block."""
        block, offsets = self._whole.blocks[number], self._whole.row_offsets
        if self._activity is None:
            used = np.zeros(len(block), dtype=np.int64)
            _, row, value = block.by_pair.of_pairs(self._taken)
            np.add.at(used, row, value)
            return used
        used = self._activity[offsets[number] : offsets[number + 1]].copy()
        _, row, value = block.by_pair.of_pairs(self._freed)
        np.subtract.at(used, row, value)
        if block.variable_usage is not None:
            own = self._whole.own_values(self._values, number)
            used -= block.variable_usage @ np.where(stays, 0, own)
        return used


def _moved(block: RowBlock, touched: Bools) -> Bools:
    """Tell which own variables share a touched row.

    Of a few that follow from the pairs, those that answer these move, too: where what one
    municipality gets may change, so may the total.
    """
    moved = np.zeros(block.n_own, dtype=np.bool_)
    if block.variable_usage is None or block.variables is None:
        return moved
    entries, rows = block.variable_usage.tocoo(), touched
    grows = block.variables.follow and block.n_own <= FEW_FOLLOWING
    while True:
        before = np.count_nonzero(moved)
        moved[entries.col[rows[entries.row]]] = True
        if not grows or np.count_nonzero(moved) == before:
            return moved
        rows = rows.copy()
        rows[entries.row[moved[entries.col]]] = True
