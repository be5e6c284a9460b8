"""Given the pairs of a plan, find values of all other variables: exact, small, and general.

A start plan, a rounded plan or a plan made by hand names placements only. What the rules' own
variables have to be (who is short of what, how many people of a class go to which coach) follows
block by block, since no row mixes the variables of two rules.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import following
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits


def completed(
    formulation: Formulation,
    chosen: npt.NDArray[np.int64],
    clock: Clock,
    known: Mapping[int, Ints] | None = None,
) -> Solution | None:
    """Return the best solution with exactly these pairs, or None where none was found.

    Parameters
    ----------
    formulation
        The problem.
    chosen
        Pairs that are one, ascending; all others are zero.
    clock
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
        if not block.n_own:
            lower, upper = block.limits_less(used)
            if np.any(lower > 0) or np.any(upper < 0):
                return None
            continue
        values = known.get(number)
        if values is None:
            values = _own_values(formulation, number, used, clock)
        if values is None:
            return None
        own.append(values)
    return Solution(chosen, np.concatenate([np.zeros(0, dtype=np.int64), *own]))


def _own_values(formulation: Formulation, number: int, used: Ints, clock: Clock) -> Ints | None:
    """Return the best own variables of one block beside what pairs use of its rows."""
    block = formulation.blocks[number]
    if block.variables is not None and block.variables.follow:
        return following(block, *block.limits_less(used))
    return _solved(formulation, number, used, clock)


def _solved(formulation: Formulation, number: int, used: Ints, clock: Clock) -> Ints | None:
    from placement_opt.solvers.engines.cp_sat import CpSat

    nobody = np.zeros(0, dtype=np.int64)
    alone = formulation.blocks[number].taken(pairs=nobody).less(used)
    rest = formulation.with_blocks([alone], [formulation.own_gain(number)], nobody)
    limits = SearchLimits(
        time_limit_s=clock.at_most(schedule.COMPLETION_S),
        gap=0.0,
        seed=clock.limits.seed,
        workers=1,
        reproducible=clock.limits.reproducible,
    )
    inner = Search(rest, limits, clock.is_cancelled)
    CpSat().solve(rest, inner)
    return None if inner.best is None else inner.best.own
