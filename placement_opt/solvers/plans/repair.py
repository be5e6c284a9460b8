"""Repairs a plan that misses lower limits, one neighbourhood at a time.

Pairs taken in the order of their promise can leave people who fit nowhere. Then lower limits may be
missed at a penalty, and neighbourhoods of that plan are solved again until nothing is missed. Where
they bring no more although something is missed, the penalty was too small, and it rises.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.solvers.derived.elastic import Elastic, Slack
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search.base import Search, Solver
from placement_opt.solvers.search.board import Solution

FIRST_PENALTY = 3
"""What it costs at first to miss one pair's worth of a row, in largest gains. With a higher penalty
the points of the plan would hardly count."""

PENALTY_GROWTH = 10
"""Factor by which the penalty rises."""


def with_penalties(whole: Formulation, penalty: int = FIRST_PENALTY) -> Elastic:
    """Let lower limits of rows without own variables be missed; `penalty` is in largest gains."""
    gain = whole.objective.gain[: whole.n_pairs]
    points = penalty * int(np.abs(gain).max(initial=0)) + 1
    missed = [_missed(block) for block in whole.blocks]
    # What all rows miss together must not overflow.
    points = min(points, max(1, SUM_LIMIT // max(1, sum(int(most.sum()) for most in missed))))
    slacks = []
    for block, most in zip(whole.blocks, missed, strict=True):
        entries, largest = block.usage.tocoo(), np.ones(len(block), dtype=np.int64)
        np.maximum.at(largest, entries.row, np.abs(entries.data))
        gain_of_one = -np.maximum(1, points // largest)
        slacks.append(Slack(most, unit=np.ones_like(most), gain=gain_of_one))
    return Elastic.of(whole, slacks)


def _missed(block: RowBlock) -> Ints:
    """Return by how much the lower limit of each row may be missed at most, shape (R,)."""
    if block.variables is not None:
        return np.zeros(len(block), dtype=np.int64)
    least = (block.usage.sum(axis=1) - abs(block.usage).sum(axis=1)) // 2
    missed: Ints = np.where(block.lower == NO_LOWER, 0, np.maximum(0, block.lower - least))
    return missed


def repaired(
    whole: Formulation,
    order: npt.NDArray[np.int64],
    search: Search,
    solvers: Sequence[Solver],
    go_on: Callable[[int], bool] = lambda _steps: True,
) -> Solution | None:
    """Round to a plan that may miss lower limits, and improve it until it misses nothing.

    Parameters
    ----------
    whole
        The problem.
    order
        Pairs that the plan may have, the most promising first.
    search
        The search of that problem; no step follows once it is asked to stop.
    solvers
        Take turns on the neighbourhoods.
    go_on
        Asked before each step, with the number of steps so far.

    Returns
    -------
    Solution or None
        None where something is still missed in the end.
    """
    elastic, penalty = with_penalties(whole), FIRST_PENALTY
    missing = rounded(elastic.formulation, order, search.clock)
    steps = 0
    while missing is not None:
        inner = Search(elastic.formulation, search.limits, search.clock.stop_asked)
        inner.offer(missing, "rounding")
        improver = Improver(elastic.formulation, np.unique(order), inner, solvers)
        while (missing := inner.best) is not None and not improver.is_stale:
            plan = elastic.plan(missing)
            if plan is not None or search.clock.stop_asked() or not go_on(steps):
                return plan
            improver.step()
            steps += 1
        penalty *= PENALTY_GROWTH
        elastic = with_penalties(whole, penalty)
    return None
