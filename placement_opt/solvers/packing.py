"""From pairs that a relaxation likes to a plan: who is hard to place comes first."""

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.instance import Floats, Ints
from placement_opt.solvers.base import Search, Solution
from placement_opt.solvers.part import part_of
from placement_opt.solvers.restricted_lp import RestrictedLp
from placement_opt.solvers.rounding import rounded

PACKING_SECONDS = 10.0
NEARLY = 1e-6
"""Values of a linear program that close to a whole number are taken as that number."""


def packed(
    formulation: Formulation,
    liked: npt.NDArray[np.int64],
    spare: npt.NDArray[np.int64],
    search: Search,
) -> Solution | None:
    """Make a plan of the liked pairs, as many as fit, and fill up with spare ones.

    Where rules hold capacity in variables of their own (people of a class per coach), who is hard
    to place is placed first. When that leaves somebody out, so that the liked pairs may ask for
    more than there is, a linear program is tried too; the better plan counts.

    Parameters
    ----------
    formulation
        The exact problem.
    liked
        Pairs of a relaxed plan, ascending.
    spare
        Pairs to try afterwards, the most promising first.
    search
        For time and seed.
    """
    gain = formulation.objective.gain[liked]
    packers = [block.packer for block in formulation.blocks if block.packer is not None]
    ranks = [make(None, liked).rank(liked) for make in packers]
    first = liked[np.lexsort((-gain, *ranks))]
    plan = rounded(formulation, np.concatenate([first, spare]), search, None, liked)
    if not packers or (plan is not None and np.isin(liked, plan.chosen).all()):
        return plan
    other = _packed_by_program(formulation, liked, spare, search)
    plans = [one for one in (plan, other) if one is not None]
    values = [formulation.gained(one.values(formulation)) for one in plans]
    return plans[int(np.argmax(values))] if plans else None


def _packed_by_program(
    formulation: Formulation,
    liked: npt.NDArray[np.int64],
    spare: npt.NDArray[np.int64],
    search: Search,
) -> Solution | None:
    """Keep the whole part of a linear program over the liked pairs, and find room for the rest.

    The few people that it splits find room one by one; who finds none is left out.
    """
    part = part_of(formulation, liked, None)
    everything = np.arange(part.formulation.n_variables)
    seconds = min(PACKING_SECONDS, max(0.5, search.remaining_s))
    relaxed = RestrictedLp(part.formulation).simplex(everything, seconds)
    if relaxed is None:
        return None
    own = np.zeros(formulation.n_variables - formulation.n_pairs)
    own[part.own] = relaxed.values[liked.size :]
    kept = whole_part(formulation, own)
    gain = formulation.objective.gain[liked]
    order = liked[np.lexsort((-gain, -np.round(relaxed.values[: liked.size], 6)))]
    return rounded(formulation, np.concatenate([order, spare]), search, kept, liked)


def repacked(
    formulation: Formulation,
    liked: npt.NDArray[np.int64],
    around: Solution,
    spare: npt.NDArray[np.int64],
    search: Search,
) -> Solution | None:
    """Make a plan of the liked pairs near a plan at hand: who stays keeps what they had.

    Parameters are those of `packed`; `around` is the plan at hand.
    """
    own = around.own.astype(np.float64)
    gain = formulation.objective.gain
    stays = np.isin(liked, around.chosen)
    first = liked[np.lexsort((-gain[liked], ~stays))]
    order = np.concatenate([first, spare])
    return rounded(formulation, order, search, whole_part(formulation, own), liked)


def whole_part(formulation: Formulation, own: Floats) -> dict[int, Ints]:
    """Return the whole part of own variables, of the blocks that have a packer."""
    kept = {}
    for number, block in enumerate(formulation.blocks):
        if block.packer is not None:
            start, stop = (at - formulation.n_pairs for at in formulation.offsets[number:][:2])
            kept[number] = np.floor(own[start:stop] + NEARLY).astype(np.int64)
    return kept
