"""From a plan that misses what rows ask for to one that has it, neighbourhood by neighbourhood.

Taking pairs in the order of their promise can end where some people fit nowhere. Then the rows that
ask for more may be missed at a price, and neighbourhoods of that plan are solved again until
nothing is missed.
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

PRICE = 3
"""What missing a pair's worth of a row costs, in largest gains."""


@dataclass(frozen=True, eq=False)
class Elastic:
    """A problem whose hard lower limits may be missed at a price.

    Parameters
    ----------
    formulation
        The problem with a shortfall, at a price, for each lower limit that pairs alone have to
        reach.
    is_own
        Which of its own variables the problem itself has, shape (N' - E,).
    """

    formulation: Formulation
    is_own: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, whole: Formulation) -> "Elastic":
        """Make the lower limits of a problem elastic."""
        gain = whole.objective.gain[: whole.n_pairs]
        price = PRICE * int(np.abs(gain).max(initial=0)) + 1
        # Never so much that what all rows miss together overflows.
        most = sum(int(_missed(block).sum()) for block in whole.blocks)
        price = min(price, max(1, SUM_LIMIT // max(1, most)))
        blocks, gains, is_own = [], [], [np.zeros(0, dtype=np.bool_)]
        for number, block in enumerate(whole.blocks):
            is_rigid = block.variables is None
            eased, own = _eased(block, price) if is_rigid else (block, whole.own_gain(number))
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
    """Return how much each row's lower limit can be missed by, at most."""
    least = (block.usage.sum(axis=1) - abs(block.usage).sum(axis=1)) // 2
    missed: Ints = np.where(block.lower == NO_LOWER, 0, np.maximum(0, block.lower - least))
    return missed


def _eased(block: RowBlock, price: int) -> tuple[RowBlock, Ints]:
    """Add a shortfall to each row whose lower limit some choice of pairs can miss.

    Returns the gains of the shortfalls, too.
    """
    missed = _missed(block)
    at = np.flatnonzero(missed)
    if at.size == 0:
        return block, np.zeros(0, dtype=np.int64)
    entries = block.usage.tocoo()
    largest = np.ones(len(block), dtype=np.int64)
    np.maximum.at(largest, entries.row, np.abs(entries.data))
    gain = -np.maximum(1, price // largest[at])
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
    """Round to a plan that may miss lower limits, then improve it until it misses nothing.

    Parameters
    ----------
    whole
        The problem.
    order
        Pairs of the plan, the most promising first; no others are looked at.
    search
        The search for that problem; its end ends this.
    solvers
        Take turns on the neighbourhoods.
    go_on
        Asked before each step, with the steps so far.
    """
    elastic = Elastic.of(whole)
    inner = Search(elastic.formulation, search.limits, search.clock.stop_asked)
    start = rounded(elastic.formulation, order, inner.clock)
    if start is None or not inner.offer(start, "rounding"):
        return None
    improver = Improver(elastic.formulation, np.unique(order), inner, solvers)
    steps = 0
    while inner.best is not None:
        plan = elastic.plan(inner.best)
        if plan is not None or search.clock.stop_asked() or not go_on(steps):
            return plan
        improver.step()
        steps += 1
    return None
