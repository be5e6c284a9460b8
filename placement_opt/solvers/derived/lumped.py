"""The same linear relaxation over fewer variables: holders that are alike are taken as one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.capacity import Lumped
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import logger


class LumpedProblem(NamedTuple):
    """A smaller formulation that every solution of the whole keeps, and the way back.

    Parameters
    ----------
    formulation
        The smaller formulation, over the same pairs.
    of_row
        Its row that stands for each row of the whole, shape (R,). Its prices, looked up that way,
        prove the same bound for the whole.
    of_own
        Its own variable that includes each own variable of the whole, shape (N - E,), both counted
        from the first own variable.
    """

    formulation: Formulation
    of_row: Ints
    of_own: Ints

    def prices(self, of_whole: Floats) -> Floats:
        """Return prices of the smaller one's rows: the mean of those that each stands for."""
        n_rows = self.formulation.n_rows
        count = np.bincount(self.of_row, minlength=n_rows)
        total = np.bincount(self.of_row, weights=of_whole, minlength=n_rows)
        mean: Floats = np.true_divide(total, np.maximum(count, 1))
        return mean


def lumped(formulation: Formulation) -> LumpedProblem:
    """Take holders that are alike as one; a formulation without pools is returned as it is."""
    if all(block.pools is None for block in formulation.blocks):
        rows, own = np.arange(formulation.n_rows), np.arange(formulation.own_lower.size)
        return LumpedProblem(formulation, rows, own)
    blocks, gains, of_row, of_own = [], [], [], [np.zeros(0, dtype=np.int64)]
    n_rows, n_own = 0, 0
    for number, block in enumerate(formulation.blocks):
        own = formulation.own_gain(number)
        small = Lumped(block, np.arange(len(block)), np.arange(own.size))
        if block.pools is not None:
            small = block.pools.lumped(block)
            own = np.zeros(small.rows.n_own, dtype=np.int64)
        gains.append(own)
        blocks.append(small.rows)
        of_row.append(n_rows + small.of_row)
        of_own.append(n_own + small.of_variable)
        n_rows += len(small.rows)
        n_own += own.size
    smaller = formulation.with_blocks(blocks, gains)
    return LumpedProblem(smaller, np.concatenate(of_row), np.concatenate(of_own))


def spread(cuts: Sequence[Cut], problem: LumpedProblem, whole: Formulation) -> tuple[Cut, ...]:
    """Return the recipes of the same cuts for the whole: a lumped row is the sum of its members.

    The members of a lumped variable have its coefficient in that sum and are rounded alike, so that
    every solution of the whole keeps the cut as its lumped solution does.
    """
    n_rules = int(problem.of_row.max(initial=-1)) + 1
    rows_of, own_of = _members(problem.of_row), _members(problem.of_own)
    n_pairs = whole.n_pairs

    def members_of(variable: int) -> list[int]:
        if variable < n_pairs:
            return [variable]
        return [n_pairs + own for own in own_of(variable - n_pairs)]

    result = []
    for cut in cuts:
        rows: list[int] = []
        weights: list[int] = []
        for row, weight in zip(cut.rows, cut.weights, strict=True):
            members = rows_of(row) if row < n_rules else [whole.n_rows + row - n_rules]
            rows.extend(members)
            weights.extend([weight] * len(members))
        down = sorted(member for variable in cut.complemented for member in members_of(variable))
        result.append(Cut(tuple(rows), tuple(weights), cut.delta, tuple(down)))
    return tuple(result)


def certify(
    formulation: Formulation,
    problem: LumpedProblem,
    prices: Floats,
    search: Search,
    cuts: Sequence[Cut] = (),
) -> None:
    """Prove a bound of the lumped problem for the whole, in exact integers.

    `prices` are those of the lumped problem's rows, then of its cuts.
    """
    whole, of_whole = formulation, prices[problem.of_row]
    if cuts:
        try:
            whole = with_cuts(formulation, spread(cuts, problem, formulation))
        except ValueError:
            logger.warning("cuts that exact integers cannot hold are dropped", exc_info=True)
            return
        of_whole = np.append(of_whole, prices[prices.size - len(cuts) :])
    search.certify(Certificate.from_duals(whole, of_whole), "dual prices", whole)


def _members(of_each: npt.NDArray[np.integer]) -> Callable[[int], list[int]]:
    """Return a function that tells at which places a number is."""
    order = np.argsort(of_each, kind="stable")
    start = np.searchsorted(of_each[order], np.arange(of_each.max(initial=-1) + 2))

    def members(number: int) -> list[int]:
        found: list[int] = order[start[number] : start[number + 1]].tolist()
        return found

    return members
