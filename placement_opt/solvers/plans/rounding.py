"""Rounds an order of pairs to a plan: each pair is taken where it fits."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.capacity import Packer
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import values_that_follow
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.upper_limits import UpperLimits, asked_by_name
from placement_opt.solvers.relaxation.column_choice import best_of_each
from placement_opt.solvers.relaxation.pricing import anchor_of
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock

OF_EACH, LEAST_PAIRS = 8, 20_000
"""So many pairs of each candidate are tried for a first plan, and so many in all at least."""


def gaining_most(formulation: Formulation) -> Ints:
    """Return the pairs that gain most, a few of each candidate, the largest gain first."""
    gain = formulation.objective.gain[: formulation.n_pairs].astype(np.float64)
    anchor = anchor_of(formulation)
    of_row = np.zeros(gain.size, dtype=np.int64) if anchor is None else anchor.row_of_pair
    most = max(OF_EACH, LEAST_PAIRS // (int(of_row.max(initial=0)) + 1))
    pairs = np.flatnonzero(gain > 0)
    pairs = pairs[best_of_each(of_row[pairs], gain[pairs], most)]
    best: Ints = pairs[np.argsort(-gain[pairs], kind="stable")]
    return best


def rounded(
    formulation: Formulation,
    order: npt.NDArray[np.integer],
    clock: Clock,
    kept: Mapping[int, Ints] | None = None,
    liked: npt.NDArray[np.integer] | None = None,
) -> Solution | None:
    """Take pairs in the given order where every hard limit has room; complete the own variables.

    Pairs that a row of their own demands, such as fixed placements, come first. Where some are left
    alone, such as one of a couple, all begins anew without them, so that others take their room.
    The loop over pairs is Python: `order` should hold thousands of pairs, not millions.

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
    liked = order if liked is None else liked
    while True:
        chosen, known = _taken(formulation, tried, packers_of(formulation, kept or {}, liked))
        plan = completed(formulation, chosen, clock, known)
        if plan is not None or clock.stop_asked():
            return plan
        alone = left_alone(formulation, chosen)
        if not np.isin(chosen, alone).any():
            return None
        tried = tried[~np.isin(tried, alone)]


def _taken(
    formulation: Formulation, tried: Ints, packers: Mapping[int, Packer]
) -> tuple[Ints, dict[int, Ints]]:
    """Take pairs in order where there is room; return them and the packers' own variables."""
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
    return np.array(sorted(chosen), dtype=np.int64), known


def left_alone(formulation: Formulation, chosen: Ints) -> Ints:
    """Return the pairs that lack others in a plan, and so break lower limits by being there.

    Of each such row these are all pairs that lower its sum, chosen or not.
    """
    pairs = np.zeros(formulation.n_pairs, dtype=np.int64)
    pairs[chosen] = 1
    alone = np.zeros(formulation.n_pairs, dtype=np.bool_)
    for block in formulation.blocks:
        lower, upper = block.limits_less(block.usage @ pairs)
        usage = block.usage[np.flatnonzero(_broken(block, lower, upper))]
        alone[usage.indices[usage.data < 0]] = True
    return np.flatnonzero(alone)


def _broken(block: RowBlock, lower: Ints, upper: Ints) -> Bools:
    """Mark the rows below their lower limits, less what pairs use; none of a search's own choice.

    An own variable can break a row, too, as a crew that is there with too few people does. Then the
    rows that ask for it count as broken.
    """
    variables, usage = block.variables, block.variable_usage
    if variables is None or usage is None:
        return lower > 0
    values = values_that_follow(block, lower, upper) if variables.follow else None
    if values is None:
        return np.zeros(len(block), dtype=np.bool_)
    values = np.clip(values, variables.lower, variables.upper)
    broken: Bools = (lower > NO_LOWER) & (usage @ values < lower)
    row, own, amount = block.own_entries
    breaking = np.unique(own[broken[row] & (amount < 0)])
    broken[row[np.isin(own, breaking) & (amount > 0)]] = True
    return broken


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
