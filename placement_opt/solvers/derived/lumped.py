"""The same linear relaxation over fewer variables: holders that are alike are taken as one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.capacity import Lumped, Pools
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import logger


class LumpedProblem(NamedTuple):
    """A smaller formulation that every solution of the whole keeps, and the way back.

    Parameters
    ----------
    formulation
        The smaller formulation, over the same pairs.
    weights
        How often each row of the whole is in the sum that a row of the smaller one is, CSR of shape
        (R, rows of the smaller one). Prices taken that way prove the same bound for the whole.
    of_own
        Its own variable that includes each own variable of the whole, shape (N - E,), both counted
        from the first own variable; -1 for none.
    """

    formulation: Formulation
    weights: sparse.csr_array
    of_own: Ints

    def prices(self, of_whole: Floats) -> Floats:
        """Return prices of the smaller one's rows: the mean of those that each is the sum of."""
        total = self.weights.T @ of_whole
        mean: Floats = np.true_divide(total, np.maximum(self.weights.sum(axis=0), 1))
        return mean

    def of_whole(self, prices: Floats) -> Floats:
        """Return the prices of the whole's rows that prices of the smaller one's rows are."""
        found: Floats = self.weights @ prices[: self.weights.shape[1]]
        return found


def lumped(formulation: Formulation) -> LumpedProblem:
    """Take holders that are alike as one; a formulation without pools is returned as it is."""
    if all(block.pools is None for block in formulation.blocks):
        itself = sparse.eye_array(formulation.n_rows, dtype=np.int64, format="csr")
        return LumpedProblem(formulation, itself, np.arange(formulation.own_lower.size))
    return _smaller(formulation, lambda pools, block: pools.lumped(block))


def merged(formulation: Formulation, problem: LumpedProblem) -> LumpedProblem:
    """Return a wider problem of far fewer rows; the lumped `problem` itself where there is none.

    The simplex method takes a twentieth of the time for it where there are coaches in periods.
    First-order methods do better on the lumped problem.
    """
    found = {
        id(block): small
        for block in formulation.blocks
        if block.pools is not None and (small := block.pools.merged(block)) is not None
    }
    if not found:
        return problem
    return _smaller(formulation, lambda pools, block: found.get(id(block)) or pools.lumped(block))


def _smaller(formulation: Formulation, made: Callable[[Pools, RowBlock], Lumped]) -> LumpedProblem:
    """Put together a problem in which each block with pools is as it is made."""
    blocks, gains, weights, of_own = [], [], [], [np.zeros(0, dtype=np.int64)]
    n_own = 0
    for number, block in enumerate(formulation.blocks):
        own = formulation.own_gain(number)
        small = Lumped.by_row(block, np.arange(len(block)), np.arange(own.size))
        if block.pools is not None:
            small = made(block.pools, block)
            own = np.zeros(small.rows.n_own, dtype=np.int64)
        gains.append(own)
        blocks.append(small.rows)
        weights.append(small.weights)
        of_own.append(np.where(small.of_variable < 0, -1, n_own + small.of_variable))
        n_own += own.size
    smaller = formulation.with_blocks(blocks, gains)
    return LumpedProblem(smaller, sparse.block_diag(weights, format="csr"), np.concatenate(of_own))


def spread(cuts: Sequence[Cut], problem: LumpedProblem, whole: Formulation) -> tuple[Cut, ...]:
    """Return the recipes of the same cuts for the whole: a lumped row is the sum of its members.

    The members of a lumped variable have its coefficient in that sum and are rounded alike, so that
    every solution of the whole keeps the cut as its lumped solution does.
    """
    members, own_of = problem.weights.tocsc(), _members(problem.of_own)
    n_rules, n_pairs = problem.weights.shape[1], whole.n_pairs

    def members_of(variable: int) -> list[int]:
        if variable < n_pairs:
            return [variable]
        return [n_pairs + own for own in own_of(variable - n_pairs)]

    result = []
    for cut in cuts:
        rows: list[int] = []
        weights: list[int] = []
        for row, weight in zip(cut.rows, cut.weights, strict=True):
            if row >= n_rules:  # a cut made before
                rows.append(whole.n_rows + row - n_rules)
                weights.append(weight)
                continue
            held = slice(*members.indptr[row : row + 2])
            rows.extend(members.indices[held].tolist())
            weights.extend(weight * often for often in members.data[held].tolist())
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
    whole, of_whole = formulation, problem.of_whole(prices)
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
