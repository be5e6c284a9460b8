"""A part of a problem as a problem of its own, and the way back into the whole."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a problem around a solution: everything outside keeps its value.

    Parameters
    ----------
    formulation
        The problem of the part alone.
    pairs
        Its pairs, as indices in the whole, ascending.
    own
        Its own variables, as indices behind the whole's pairs, ascending.
    """

    formulation: Formulation
    pairs: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]

    def inside(self, solution: Solution) -> Solution:
        """Cut the part's values out of a solution of the whole."""
        chosen = np.flatnonzero(np.isin(self.pairs, solution.chosen))
        return Solution(chosen, solution.own[self.own])

    def outside(self, around: Solution, inside: Solution) -> Solution:
        """Put the part's values into a solution of the whole; cost O(pairs of the part)."""
        left = around.chosen[~np.isin(around.chosen, self.pairs)]
        own = around.own.copy()
        own[self.own] = inside.own
        return Solution(np.union1d(left, self.pairs[inside.chosen]), own)


def part_of(
    whole: Formulation,
    pairs: npt.NDArray[np.int64],
    around: Solution | None,
    free_own: Bools | None = None,
    taken: npt.NDArray[np.int64] | None = None,
) -> Part:
    """Cut a part out of a problem: the given pairs, and the own variables that they move.

    Without a solution `around`, every pair outside is zero and all own variables belong to the
    part, whose blocks keep their capacity; with one, own variables stay where no row joins them to
    a pair of the part. Of those that do not follow from the pairs, only the ones marked in
    `free_own`, shape (N - E,), may change. Without `around`, `taken` pairs outside are one, and it
    costs O(entries of the part).
    """
    fixed = _Fixed(whole, pairs, around, taken)
    blocks, gains, own = [], [], [np.zeros(0, dtype=np.int64)]
    for number, block in enumerate(whole.blocks):
        first = whole.offsets[number] - whole.n_pairs
        part = block.taken(pairs=pairs)
        touched = np.diff(part.usage.indptr) > 0
        moved = np.ones(block.n_own, dtype=np.bool_) if around is None else _moved(block, touched)
        if free_own is not None and (
            around is None or (block.variables is not None and not block.variables.follow)
        ):
            moved &= free_own[first : first + moved.size]
        at, used = np.flatnonzero(moved), fixed.used(number, ~moved)
        part = part.taken(own=at).less(used)
        if part.variable_usage is not None:
            touched |= np.diff(part.variable_usage.indptr) > 0
        if around is None:
            # A limit that nothing of the part can mend stays.
            touched |= (block.lower > used) | (block.upper < used)
        if touched.any() or part.n_own:
            own.append(first + at)
            gains.append(whole.own_gain(number)[at])
            blocks.append(part.taken(rows=np.flatnonzero(touched)))
    return Part(whole.with_blocks(blocks, gains, pairs), pairs, np.concatenate(own))


class _Fixed:
    """What stays as it is outside a part; see `part_of`."""

    def __init__(
        self,
        whole: Formulation,
        pairs: npt.NDArray[np.int64],
        around: Solution | None,
        taken: npt.NDArray[np.int64] | None,
    ) -> None:
        self._whole = whole
        self._taken = taken
        self._outside: Ints | None = None
        self._values = np.zeros(whole.n_variables, dtype=np.int64)
        if around is not None:
            self._values = around.values(whole)
            self._outside = self._values[: whole.n_pairs].copy()
            self._outside[pairs] = 0

    def used(self, number: int, stays: Bools) -> Ints:
        """Return what it uses of each row of a block, with those own variables that stay."""
        block = self._whole.blocks[number]
        used = np.zeros(len(block), dtype=np.int64)
        if self._outside is not None:
            used += block.usage @ self._outside
        elif self._taken is not None:
            _, row, value = block.by_pair.of_pairs(self._taken)
            np.add.at(used, row, value)
        if block.variable_usage is not None:
            own = self._whole.own_values(self._values, number)
            used += block.variable_usage @ np.where(stays, own, 0)
        return used


def _moved(block: RowBlock, touched: Bools) -> Bools:
    """Tell which own variables share a touched row that is an equation or needs them to fill it."""
    moved = np.zeros(block.n_own, dtype=np.bool_)
    if block.variable_usage is not None:
        entries = block.variable_usage.tocoo()
        moved[entries.col[touched[entries.row]]] = True
    return moved
