"""Repairs a plan that misses lower limits, one neighbourhood at a time.

Pairs taken in the order of their promise can leave people who fit nowhere. Then lower limits may be
missed at a penalty, and neighbourhoods of that plan are solved again until nothing is missed. Where
they bring no more although something is missed, the penalty was too small, and it rises.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search.base import Search, Solver
from placement_opt.solvers.search.board import Solution

FIRST_PENALTY = 3
"""What it costs at first to miss one pair's worth of a row, in largest gains. With a higher penalty
the points of the plan would hardly count."""

PENALTY_GROWTH = 10
"""Factor by which the penalty rises."""


@dataclass(frozen=True, eq=False)
class Elastic:
    """A problem whose hard lower limits may be missed at a penalty.

    Parameters
    ----------
    formulation
        The problem with a shortfall, at a penalty, for each lower limit of a row without own
        variables.
    is_own
        Which of its own variables are no such shortfalls, shape (N' - E,).
    """

    formulation: Formulation
    is_own: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, whole: Formulation, penalty: int = FIRST_PENALTY) -> "Elastic":
        """Make the lower limits of a problem elastic; `penalty` is in largest gains."""
        gain = whole.objective.gain[: whole.n_pairs]
        points = penalty * int(np.abs(gain).max(initial=0)) + 1
        # What all rows miss together must not overflow.
        most = sum(int(_missed(block).sum()) for block in whole.blocks)
        points = min(points, max(1, SUM_LIMIT // max(1, most)))
        blocks, gains, is_own = [], [], [np.zeros(0, dtype=np.bool_)]
        for number, block in enumerate(whole.blocks):
            is_rigid = block.variables is None
            eased, own = _eased(block, points) if is_rigid else (block, whole.own_gain(number))
            blocks.append(eased)
            gains.append(own)
            is_own.append(np.full(own.size, not is_rigid))
        return cls(whole.with_blocks(blocks, gains), np.concatenate(is_own))

    def plan(self, solution: Solution) -> Solution | None:
        """Return a solution of the problem itself, or None where something is missed."""
        if solution.own[~self.is_own].any():
            return None
        return Solution(solution.chosen, solution.own[self.is_own])


def _missed(block: RowBlock) -> Ints:
    """Return by how much the lower limit of each row can be missed at most, shape (R,)."""
    least = (block.usage.sum(axis=1) - abs(block.usage).sum(axis=1)) // 2
    missed: Ints = np.where(block.lower == NO_LOWER, 0, np.maximum(0, block.lower - least))
    return missed


def _eased(block: RowBlock, penalty: int) -> tuple[RowBlock, Ints]:
    """Add a shortfall to each row whose lower limit can be missed; return their gains, too."""
    missed = _missed(block)
    at = np.flatnonzero(missed)
    if at.size == 0:
        return block, np.zeros(0, dtype=np.int64)
    entries = block.usage.tocoo()
    largest = np.ones(len(block), dtype=np.int64)
    np.maximum.at(largest, entries.row, np.abs(entries.data))
    gain = -np.maximum(1, penalty // largest[at])
    points = [Fraction(each) for each in gain.tolist()]
    shortfalls = Variables(np.zeros(at.size, np.int64), missed[at], points, follow=True)
    ones = (np.ones(at.size, dtype=np.int64), (at, np.arange(at.size)))
    usage = sparse.csr_array(ones, shape=(len(block), at.size))
    return block.with_more_own(shortfalls, usage), gain


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
    elastic, penalty = Elastic.of(whole), FIRST_PENALTY
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
        elastic = Elastic.of(whole, penalty)
    return None
