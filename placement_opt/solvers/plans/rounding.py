"""Rounds an order of pairs to a plan: each pair is taken where it fits."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.capacity import Packer
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.upper_limits import UpperLimits, asked_by_name
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock


def rounded(
    formulation: Formulation,
    order: npt.NDArray[np.integer],
    clock: Clock,
    kept: Mapping[int, Ints] | None = None,
    liked: npt.NDArray[np.integer] | None = None,
) -> Solution | None:
    """Take pairs in the given order where every hard limit has room; complete the own variables.

    Pairs that a row of their own demands, such as fixed placements, come first. The loop over
    pairs is Python: `order` should hold thousands of pairs, not millions.

    Parameters
    ----------
    formulation
        The problem.
    order
        Pairs to try, the most promising first.
    clock
        Limits the completion.
    kept
        Own variables to start from, by number of the block; used where a block has a packer.
    liked
        The pairs that `kept` is for; all of `order` by default.

    Returns
    -------
    Solution or None
        None where the pairs taken do not lead to a plan.
    """
    tried = np.concatenate([asked_by_name(formulation, order), order]).astype(np.int64)
    packers = packers_of(formulation, kept or {}, order if liked is None else liked)
    # What one of them hands out is wasted where a later one refuses the pair.
    first_wasteful = sorted(packers.values(), key=lambda packer: not packer.may_waste)
    limits = UpperLimits(formulation, tried)
    chosen: set[int] = set()
    for place, pair in enumerate(tried.tolist()):
        if pair in chosen or not limits.has_room(place):
            continue
        if all(packer.add(pair) for packer in first_wasteful):
            limits.use(place)
            chosen.add(pair)
    known = {number: packer.own() for number, packer in packers.items()}
    return completed(formulation, np.array(sorted(chosen), dtype=np.int64), clock, known)


def packers_of(
    formulation: Formulation, kept: Mapping[int, Ints], liked: npt.NDArray[np.integer]
) -> dict[int, Packer]:
    """Return the packers of all blocks that have one, by number of the block."""
    packers = {}
    for number, block in enumerate(formulation.blocks):
        if block.capacity is not None:
            packer = block.capacity.packer(kept.get(number), liked)
            if packer is not None:
                packers[number] = packer
    return packers
