"""The same linear relaxation over fewer variables: holders of capacity that are alike as one."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.capacity import Lumped
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import logger


class LumpedProblem(NamedTuple):
    """A smaller formulation that every solution of a larger one keeps, and the way back.

    Parameters
    ----------
    formulation
        The smaller formulation, over the same pairs.
    of_row
        Which of its rows stands for each row of the larger one, shape (R,): prices of its rows,
        looked up that way, prove for the whole what they prove for it.
    of_own
        Which of its variables beside the pairs each of the larger one is a part of, shape
        (N - E,), both counted from the first such variable.
    """

    formulation: Formulation
    of_row: npt.NDArray[np.int64]
    of_own: npt.NDArray[np.int64]


def lumped(formulation: Formulation) -> LumpedProblem:
    """Take holders of capacity that are alike as one.

    A formulation without such holders comes back as it is.
    """
    if all(block.pools is None for block in formulation.blocks):
        rows, own = np.arange(formulation.n_rows), np.arange(formulation.own_lower.size)
        return LumpedProblem(formulation, rows, own)
    blocks, gains, of_row, of_own = [], [], [], [np.zeros(0, dtype=np.int64)]
    n_rows, n_own = 0, 0
    for number, block in enumerate(formulation.blocks):
        own = formulation.own_gain(number)
        part = Lumped(block, np.arange(len(block)), np.arange(own.size))
        if block.pools is not None:
            part = block.pools.lumped(block)
            own = np.zeros(part.rows.n_own, dtype=np.int64)
        gains.append(own)
        blocks.append(part.rows)
        of_row.append(n_rows + part.of_row)
        of_own.append(n_own + part.of_variable)
        n_rows += len(part.rows)
        n_own += own.size
    smaller = formulation.with_blocks(blocks, gains)
    return LumpedProblem(smaller, np.concatenate(of_row), np.concatenate(of_own))


def spread(cuts: Sequence[Cut], problem: LumpedProblem, whole: Formulation) -> tuple[Cut, ...]:
    """Return the recipes of the same cuts for the whole: each row is the sum of what it stands for.

    A variable that is a part of a lumped one has the same coefficient in that sum, and is rounded
    alike, so that a solution of the whole keeps the cut as its lumped one does.
    """
    rules = problem.of_row.max(initial=-1) + 1
    rows_of = _members(problem.of_row)
    own_of = _members(problem.of_own)
    n_pairs = whole.n_pairs

    def parts_of(variable: int) -> list[int]:
        if variable < n_pairs:
            return [variable]
        return [n_pairs + part for part in own_of(variable - n_pairs)]

    result = []
    for cut in cuts:
        rows: list[int] = []
        weights: list[int] = []
        for row, weight in zip(cut.rows, cut.weights, strict=True):
            parts = rows_of(row) if row < rules else [whole.n_rows + row - int(rules)]
            rows.extend(parts)
            weights.extend([weight] * len(parts))
        down = sorted(part for variable in cut.complemented for part in parts_of(variable))
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

    `prices` are of the lumped problem's rows, then of its cuts.
    """
    n_rows = prices.size - len(cuts)
    whole, of_whole = formulation, prices[problem.of_row]
    if cuts:
        try:
            whole = with_cuts(formulation, spread(cuts, problem, formulation))
        except ValueError:
            logger.warning("cuts that exact integers cannot hold are dropped", exc_info=True)
            return
        of_whole = np.append(of_whole, prices[n_rows:])
    search.certify(Certificate.from_duals(whole, of_whole), "dual prices", whole)


def _members(of_each: npt.NDArray[np.integer]) -> Callable[[int], list[int]]:
    """Return what tells which places have a number."""
    order = np.argsort(of_each, kind="stable")
    start = np.searchsorted(of_each[order], np.arange(of_each.max(initial=-1) + 2))

    def members(number: int) -> list[int]:
        found: list[int] = order[start[number] : start[number + 1]].tolist()
        return found

    return members
