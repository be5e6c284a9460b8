"""Makes a plan of the pairs that a relaxation chose: people who are hard to place come first."""

from collections.abc import Mapping

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.plans.rounding import packers_of, rounded
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock


def packed(
    formulation: Formulation,
    liked: Ints,
    spare: Ints,
    clock: Clock,
    kept: Mapping[int, Ints] | None = None,
) -> Solution | None:
    """Make a plan of as many liked pairs as fit, and fill it up with spare ones.

    Where own variables hold capacity, such as the hours of coaches, people who are hard to place
    come first. Where that leaves somebody out, the liked pairs may need more than there is. Unless
    something is kept, people who need least then come first in a second plan, and the better plan
    is returned.

    Parameters
    ----------
    formulation
        The exact problem.
    liked
        Pairs of a relaxed plan, ascending.
    spare
        Pairs to try afterwards, the most promising first.
    clock
        Gives time and seed.
    kept
        Own variables to start from, by number of the block; used where a block has a packer.
    """
    gain = formulation.objective.gain[liked]
    packers = packers_of(formulation, {}, liked)
    ranks = [packer.rank(liked) for packer in packers.values()]
    plans = []
    for first in (np.lexsort((-gain, *ranks)), np.lexsort((-gain, *(-rank for rank in ranks)))):
        order = np.concatenate([liked[first], spare])
        plan = rounded(formulation, order, clock, kept, liked)
        if (
            not packers
            or kept is not None
            or (plan is not None and np.isin(liked, plan.chosen).all())
        ):
            return plan
        if plan is not None:
            plans.append(plan)
    return max(plans, key=lambda plan: formulation.gained(plan.values(formulation)), default=None)


def repacked(
    formulation: Formulation,
    liked: Ints,
    around: Solution,
    spare: Ints,
    clock: Clock,
) -> Solution | None:
    """Make a plan of the liked pairs near the plan `around`: pairs of both keep their holders.

    Other parameters are those of `packed`.
    """
    own = around.own.astype(np.float64)
    gain = formulation.objective.gain
    stays = np.isin(liked, around.chosen)
    first = liked[np.lexsort((-gain[liked], ~stays))]
    order = np.concatenate([first, spare])
    return rounded(formulation, order, clock, rounded_down(formulation, own), liked)


def rounded_down(formulation: Formulation, own: Floats) -> dict[int, Ints]:
    """Round down the own variables, shape (N - E,), of blocks with capacity; by block number."""
    kept = {}
    for number, block in enumerate(formulation.blocks):
        if block.capacity is not None:
            start, stop = (at - formulation.n_pairs for at in formulation.offsets[number:][:2])
            kept[number] = np.floor(own[start:stop] + NEARLY).astype(np.int64)
    return kept
