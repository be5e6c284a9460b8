"""A part of a problem as a problem of its own, and the way back into the whole."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation, Objective
from placement_opt.formulation.row_blocks import (
    NO_LOWER,
    NO_UPPER,
    MakePacker,
    Packer,
    RowBlock,
    Variables,
)
from placement_opt.solvers.search.base import Solution


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
    part, whose blocks keep their packers; with one, own variables stay where no row joins them to
    a pair of the part. Of those that do not follow from the pairs, only the ones marked in
    `free_own`, shape (N - E,), may change. Without `around`, `taken` pairs outside are one, and it
    costs O(entries of the part).
    """
    n_pairs = whole.n_pairs
    values = np.zeros(whole.n_variables, np.int64) if around is None else around.values(whole)
    outside = None
    if around is not None:
        outside = values[:n_pairs].copy()
        outside[pairs] = 0
    blocks, gains, own = [], [whole.objective.gain[pairs]], []
    for number, block in enumerate(whole.blocks):
        first = whole.offsets[number] - n_pairs
        at, row, value = block.by_pair.of_pairs(pairs)
        shape = (len(block), pairs.size)
        usage = sparse.coo_array((value, (row, at)), shape=shape).tocsr()
        touched = np.diff(usage.indptr) > 0
        moved = _moved(block, touched) if around is not None else _all_own(block)
        if free_own is not None and (
            around is None or (block.variables is not None and not block.variables.follow)
        ):
            moved &= free_own[first : first + moved.size]
        fixed = np.zeros(len(block), dtype=np.int64)
        if outside is not None:
            fixed += block.usage @ outside
        elif taken is not None:
            _, row, value = block.by_pair.of_pairs(taken)
            np.add.at(fixed, row, value)
        variables = variable_usage = None
        if block.variables is not None and block.variable_usage is not None:
            stays = np.where(moved, 0, whole.own_values(values, number))
            fixed += block.variable_usage @ stays
            at = np.flatnonzero(moved)
            variables, variable_usage = block.variables, block.variable_usage
            if at.size < moved.size:
                variables = _some(variables, at)
                variable_usage = variable_usage[:, at].tocsr()
            own.append(first + at)
            gains.append(whole.own_values(whole.objective.gain, number)[at])
            touched |= np.diff(variable_usage.indptr) > 0
        if around is None:
            # A limit that nothing of the part can mend stays.
            touched |= (block.lower > fixed) | (block.upper < fixed)
        rows = np.flatnonzero(touched)
        if rows.size == 0 and not variables:
            continue
        blocks.append(
            RowBlock(
                block.title,
                [block.labels[row] for row in rows.tolist()],
                usage[rows],
                np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - fixed)[rows],
                np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - fixed)[rows],
                variables,
                None if variable_usage is None else variable_usage[rows],
                packer=packer_of_part(block.packer, pairs) if around is None else None,
            )
        )
    empty = np.zeros(0, dtype=np.int64)
    objective = Objective(np.concatenate(gains), whole.objective.scale)
    return Part(
        Formulation(pairs.size, tuple(blocks), objective), pairs, np.concatenate([empty, *own])
    )


def packer_of_part(packer: MakePacker | None, pairs: npt.NDArray[np.int64]) -> MakePacker | None:
    """Let a packer of the whole take the part's pairs."""
    if packer is None:
        return None

    def make(kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer:
        return _PackerOfPart(packer(kept, pairs[liked]), pairs)

    return make


class _PackerOfPart:
    """A packer of the whole that is asked by the part's pairs."""

    def __init__(self, packer: Packer, pairs: npt.NDArray[np.int64]) -> None:
        self._packer = packer
        self._pairs = pairs

    def add(self, pair: int) -> bool:
        """Make room for a pair; False where there is none."""
        return self._packer.add(int(self._pairs[pair]))

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to ask for each pair."""
        return self._packer.rank(self._pairs[pairs])

    def own(self) -> Ints:
        """Return the values of the rule's own variables for the pairs added."""
        return self._packer.own()


def _moved(block: RowBlock, touched: Bools) -> Bools:
    """Tell which own variables share a touched row that is an equation or needs them to fill it."""
    if block.variable_usage is None:
        return np.zeros(0, dtype=np.bool_)
    entries = block.variable_usage.tocoo()
    moved = np.zeros(block.variable_usage.shape[1], dtype=np.bool_)
    moved[entries.col[touched[entries.row]]] = True
    return moved


def _all_own(block: RowBlock) -> Bools:
    return np.ones(0 if block.variables is None else len(block.variables), dtype=np.bool_)


def _some(variables: Variables, at: npt.NDArray[np.intp]) -> Variables:
    return Variables(
        variables.lower[at],
        variables.upper[at],
        [variables.gain[row] for row in at],
        variables.follow,
    )
