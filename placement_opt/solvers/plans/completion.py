"""Completes the pairs of a plan by the values of all own variables.

A start plan, a rounded plan or a plan made by hand names placements only. The own variables, such
as shortfalls and the number of people of a class per coach, are found block by block: no row holds
the variables of two rules.
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
    """Return the best solution with exactly these pairs; None where none was found.

    Parameters
    ----------
    formulation
        The problem.
    chosen
        Pairs that are one, ascending; all others are zero.
    clock
        Limits the small search that a block may need.
    known
        Values of the own variables of some blocks, by number of the block.
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
        if values is None and block.variables is not None and block.variables.follow:
            values = following(block, *block.limits_less(used))
        elif values is None:
            values = _solved(formulation, number, used, clock)
        if values is None:
            return None
        own.append(values)
    return Solution(chosen, np.concatenate([np.zeros(0, dtype=np.int64), *own]))


def _solved(formulation: Formulation, number: int, used: Ints, clock: Clock) -> Ints | None:
    """Search for the best own variables of a block whose pairs use so much of each row."""
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
