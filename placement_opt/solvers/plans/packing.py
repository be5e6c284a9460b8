"""From pairs that a relaxation likes to a plan: who is hard to place comes first."""

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
    """Make a plan of the liked pairs, as many as fit, and fill up with spare ones.

    Where rules hold capacity in variables of their own (people of a class per coach), who is hard
    to place is placed first. When that leaves somebody out and nothing was kept, so that the liked
    pairs may ask for more than there is, who needs least is placed first too; the better plan
    counts.

    Parameters
    ----------
    formulation
        The exact problem.
    liked
        Pairs of a relaxed plan, ascending.
    spare
        Pairs to try afterwards, the most promising first.
    clock
        For time and seed.
    kept
        Own variables to start from, by block, where a block has a packer; none by default.
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
    """Make a plan of the liked pairs near a plan at hand: who stays keeps what they had.

    Parameters are those of `packed`; `around` is the plan at hand.
    """
    own = around.own.astype(np.float64)
    gain = formulation.objective.gain
    stays = np.isin(liked, around.chosen)
    first = liked[np.lexsort((-gain[liked], ~stays))]
    order = np.concatenate([first, spare])
    return rounded(formulation, order, clock, whole_part(formulation, own), liked)


def whole_part(formulation: Formulation, own: Floats) -> dict[int, Ints]:
    """Return the whole part of own variables, of the blocks that hold capacity."""
    kept = {}
    for number, block in enumerate(formulation.blocks):
        if block.capacity is not None:
            start, stop = (at - formulation.n_pairs for at in formulation.offsets[number:][:2])
            kept[number] = np.floor(own[start:stop] + NEARLY).astype(np.int64)
    return kept
