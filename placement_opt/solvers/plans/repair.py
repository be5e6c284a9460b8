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
from placement_opt.formulation.formulation import ROOM, Formulation, Objective
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search.base import Search, Solution, Solver
from placement_opt.solvers.search.reporting import stop_asked

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
        gain, blocks, is_own = whole.objective.gain, [], [np.zeros(0, dtype=np.bool_)]
        gains = [gain[: whole.n_pairs]]
        price = PRICE * int(np.abs(gain[: whole.n_pairs]).max(initial=0)) + 1
        # Never so much that what all rows miss together overflows.
        most = sum(int(_missed(block).sum()) for block in whole.blocks)
        price = min(price, max(1, ROOM // max(1, most)))
        for number, block in enumerate(whole.blocks):
            eased = _eased(block, price) if block.variables is None else block
            blocks.append(eased)
            if block.variables is not None:
                gains.append(whole.own_values(gain, number))
            elif eased.variables is not None:
                gains.append(np.array([int(each) for each in eased.variables.gain], np.int64))
            n_own = 0 if eased.variables is None else len(eased.variables)
            is_own.append(np.full(n_own, block.variables is not None))
        objective = Objective(np.concatenate(gains), whole.objective.scale)
        formulation = Formulation(whole.n_pairs, tuple(blocks), objective)
        return cls(formulation, np.concatenate(is_own))

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


def _eased(block: RowBlock, price: int) -> RowBlock:
    """Add a shortfall to each row whose lower limit some choice of pairs can miss."""
    missed = _missed(block)
    at = np.flatnonzero(missed)
    if at.size == 0:
        return block
    entries = block.usage.tocoo()
    largest = np.ones(len(block), dtype=np.int64)
    np.maximum.at(largest, entries.row, np.abs(entries.data))
    return RowBlock(
        block.title,
        block.labels,
        block.usage,
        block.lower,
        block.upper,
        Variables(
            np.zeros(at.size, dtype=np.int64),
            missed[at],
            [Fraction(max(1, price // int(each)) * -1) for each in largest[at]],
            follow=True,
        ),
        sparse.csr_array(
            (np.ones(at.size, dtype=np.int64), (at, np.arange(at.size))),
            shape=(len(block), at.size),
        ),
    )


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
    inner = Search(elastic.formulation, search.limits, lambda: stop_asked(search))
    start = rounded(elastic.formulation, order, inner)
    if start is None or not inner.offer(start, "rounding"):
        return None
    improver = Improver(elastic.formulation, np.unique(order), inner, solvers)
    steps = 0
    while inner.best is not None:
        plan = elastic.plan(inner.best)
        if plan is not None or stop_asked(search) or not go_on(steps):
            return plan
        improver.step()
        steps += 1
    return None
