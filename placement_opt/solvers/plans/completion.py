"""Given the pairs of a plan, find values of all other variables: exact, small, and general.

A start plan, a rounded plan or a plan made by hand names placements only. What the rules' own
variables have to be (who is short of what, how many people of a class go to which coach) follows
block by block, since no row mixes the variables of two rules.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation, Objective
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock
from placement_opt.solvers.search.base import Search, Solution
from placement_opt.solvers.search.limits import SearchLimits

COMPLETION_SECONDS = 10.0


def completed(
    formulation: Formulation,
    chosen: npt.NDArray[np.int64],
    search: Search,
    known: Mapping[int, Ints] | None = None,
) -> Solution | None:
    """Return the best solution with exactly these pairs, or None where none was found.

    Parameters
    ----------
    formulation
        The problem.
    chosen
        Pairs that are one, ascending; all others are zero.
    search
        Its limits hold for the small solves that a block may need.
    known
        Values of the own variables of some blocks, by block number.
    """
    known = known or {}
    pairs = np.zeros(formulation.n_pairs, dtype=np.int64)
    pairs[chosen] = 1
    own = []
    for number, block in enumerate(formulation.blocks):
        used = block.usage @ pairs
        lower = np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - used)
        upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
        if block.variables is None:
            if np.any(lower > 0) or np.any(upper < 0):
                return None
            continue
        values = known.get(number)
        if values is None:
            gain = formulation.own_values(formulation.objective.gain, number)
            values = _own_values(block, lower, upper, gain, search)
        if values is None:
            return None
        own.append(values)
    return Solution(chosen, np.concatenate([np.zeros(0, dtype=np.int64), *own]))


def _own_values(
    block: RowBlock, lower: Ints, upper: Ints, gain: Ints, search: Search
) -> Ints | None:
    """Return the best own variables of one block, with the pairs' part moved to its limits."""
    if block.variables is None or block.variable_usage is None:
        return np.zeros(0, dtype=np.int64)
    if block.variables.follow:
        return following(block, lower, upper)
    return _solved(block, lower, upper, gain, search)


def _solved(block: RowBlock, lower: Ints, upper: Ints, gain: Ints, search: Search) -> Ints | None:
    from placement_opt.solvers.engines.cp_sat import CpSat

    alone = RowBlock(
        block.title,
        block.labels,
        block.usage[:, :0],
        lower,
        upper,
        block.variables,
        block.variable_usage,
    )
    rest = Formulation(0, (alone,), Objective(gain, search.formulation.objective.scale))
    # In a reproducible solve these stand for work, which must not depend on the clock.
    limits = SearchLimits(
        time_limit_s=COMPLETION_SECONDS
        if search.limits.reproducible
        else min(COMPLETION_SECONDS, search.remaining_s),
        gap=0.0,
        seed=search.limits.seed,
        workers=1,
        reproducible=search.limits.reproducible,
    )
    inner = Search(rest, limits, search.is_cancelled)
    CpSat().solve(rest, inner)
    return None if inner.best is None else inner.best.own
