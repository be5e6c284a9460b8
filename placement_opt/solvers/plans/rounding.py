"""From prices to a plan: pairs in the order of their promise, each taken where it fits."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Packer
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock


def rounded(
    formulation: Formulation,
    order: npt.NDArray[np.integer],
    clock: Clock,
    kept: Mapping[int, Ints] | None = None,
    liked: npt.NDArray[np.integer] | None = None,
) -> Solution | None:
    """Take pairs in the given order wherever every hard limit has room; complete the rest.

    Pairs that a row asks for by itself (a fixed placement) come first. Cost: O(entries) in Python,
    so `order` should hold thousands of pairs, not millions.

    Parameters
    ----------
    formulation
        The problem.
    order
        Pairs to try, the most promising first.
    clock
        For the limits of the completion.
    kept
        Own variables to start from, by block, where a block has a packer.
    liked
        Pairs those are kept for; all of `order` by default.
    """
    asked = _asked_alone(formulation)
    packers = packers_of(formulation, kept or {}, order if liked is None else liked)
    start, rows, amounts, free = _hard_limits(formulation)
    chosen: list[int] = []
    taken: set[int] = set()
    for pair in (*asked.tolist(), *order.tolist()):
        if pair in taken:
            continue
        entries = slice(start[pair], start[pair + 1])
        at, amount = rows[entries], amounts[entries]
        if np.any(amount > free[at]) or not all(packer.add(pair) for packer in packers.values()):
            continue
        free[at] -= amount
        chosen.append(pair)
        taken.add(pair)
    known = {number: packer.own() for number, packer in packers.items()}
    return completed(formulation, np.array(sorted(chosen), dtype=np.int64), clock, known)


def packers_of(
    formulation: Formulation, kept: Mapping[int, Ints], liked: npt.NDArray[np.integer]
) -> dict[int, Packer]:
    """Return what hands out capacity, by block; see `formulation.capacity.Capacity.packer`."""
    packers = {}
    for number, block in enumerate(formulation.blocks):
        if block.capacity is not None:
            packer = block.capacity.packer(kept.get(number), liked)
            if packer is not None:
                packers[number] = packer
    return packers


def _asked_alone(formulation: Formulation) -> Ints:
    """Return pairs that some row needs and no other pair of it could give."""
    asked = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        if block.variables is None:
            width = np.diff(block.usage.indptr)
            alone = np.flatnonzero((block.lower > 0) & (block.lower != NO_LOWER) & (width == 1))
            asked.append(block.usage.indices[block.usage.indptr[alone]].astype(np.int64))
    return np.unique(np.concatenate(asked))


def _hard_limits(formulation: Formulation) -> tuple[Ints, Ints, Ints, Ints]:
    """Return the hard upper limits by pair: starts, rows, amounts, and what is free per row."""
    parts, free = [], []
    for block in formulation.blocks:
        if block.variables is None:
            limited = np.flatnonzero(block.upper != NO_UPPER)
            parts.append(block.usage[limited])
            free.append(block.upper[limited])
    if not parts:
        return np.zeros(formulation.n_pairs + 1, np.int64), *(np.zeros(0, np.int64),) * 3
    columns = sparse.vstack(parts, format="csc")
    return (
        columns.indptr.astype(np.int64),
        columns.indices.astype(np.int64),
        columns.data.astype(np.int64),
        np.concatenate(free).astype(np.int64),
    )
