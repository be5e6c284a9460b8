"""Reads a formulation as a pure assignment problem, for the rivals that need one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.run import DoesNotApplyError
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Assignment:
    """Pair p joins `left[p]` and `right[p]` for `gain[p]`; sides take `n_left` x 1 and `room`."""

    left: Ints
    right: Ints
    gain: Ints
    n_left: int
    room: Ints


def as_assignment(formulation: Formulation) -> Assignment:
    """Return the problem's arrays.

    Raises
    ------
    DoesNotApplyError
        When it has other rows than one placement per candidate and so many per opening.
    """
    blocks = formulation.blocks
    is_plain = (
        len(blocks) == 2
        and formulation.extra is None
        and formulation.n_variables == formulation.n_pairs
        and all(np.all(block.lower == NO_LOWER) and _is_partition(block) for block in blocks)
        and bool(np.all(blocks[0].upper == 1) and np.all(blocks[1].upper < NO_UPPER))
    )
    if not is_plain:
        raise DoesNotApplyError("more than pure assignment")
    left, right = (_row_of_pair(block) for block in blocks)
    gain = formulation.objective.gain
    return Assignment(left, right, gain, len(blocks[0]), blocks[1].upper)


def _is_partition(block: RowBlock) -> bool:
    once = np.bincount(block.usage.indices, minlength=block.usage.shape[1]) == 1
    return bool(np.all(block.usage.data == 1) and np.all(once))


def _row_of_pair(block: RowBlock) -> Ints:
    row = np.empty(block.usage.shape[1], dtype=np.int64)
    row[block.usage.indices] = np.repeat(np.arange(len(block)), np.diff(block.usage.indptr))
    return row
