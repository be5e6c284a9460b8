"""A plan in integers in which single pairs come and go, with own variables answering.

Only rows that a pair stands in are looked at, so that a move costs far less than reading a plan.
Every value is kept: what a move leads to is a plan, or there is no move.
"""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False)
class PlanInMoves:
    """A plan that keeps every row, and what it gained since the plan that it began as.

    Parameters
    ----------
    formulation
        The problem, without cuts.
    activity
        What each block's rows sum to, one array a block.
    own
        Values of each block's own variables, one array a block.
    gained
        Points more than the plan at the beginning, exact, in the user's own numbers.
    moves
        The pairs that came (1) and went (-1) since.
    """

    formulation: Formulation
    activity: tuple[Ints, ...]
    own: tuple[Ints, ...]
    gained: Fraction = Fraction(0)
    moves: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, formulation: Formulation, solution: Solution) -> Self:
        """Read a plan that keeps every row; costs a pass over its entries."""
        values = solution.values(formulation)
        sums, offsets = formulation.activity(values), formulation.row_offsets
        n_blocks = len(formulation.blocks)
        return cls(
            formulation,
            tuple(sums[offsets[number] : offsets[number + 1]] for number in range(n_blocks)),
            tuple(formulation.own_values(values, number) for number in range(n_blocks)),
        )

    def with_pair(self, pair: int) -> "PlanInMoves | None":
        """Return the plan with one pair more, or None where a row has no room for it."""
        return self._moved(pair, 1)

    def without_pair(self, pair: int) -> "PlanInMoves | None":
        """Return the plan with one pair less, or None where a row cannot miss it."""
        return self._moved(pair, -1)

    def _moved(self, pair: int, step: int) -> "PlanInMoves | None":
        pairs = np.array([pair], dtype=np.int64)
        gained = self.gained + step * self.formulation.objective.points_of(pairs)[0]
        activity, own = list(self.activity), list(self.own)
        for number, block in enumerate(self.formulation.blocks):
            _, row, amount = block.by_pair.of_pairs(pairs)
            if not row.size:
                continue
            found = _answered(block, activity[number], own[number], row, step * amount)
            if found is None:
                return None
            activity[number], own[number], more = found
            gained += more
        moves = (*self.moves, (pair, step))
        return replace(self, activity=tuple(activity), own=tuple(own), gained=gained, moves=moves)

    def solution(self, began: Solution) -> Solution:
        """Return the plan in integers; `began` is the one at the beginning."""
        chosen = set(began.chosen.tolist())
        for pair, step in self.moves:
            (chosen.add if step > 0 else chosen.discard)(pair)
        own = np.concatenate([np.zeros(0, dtype=np.int64), *self.own])
        return Solution(np.array(sorted(chosen), dtype=np.int64), own)


def _answered(
    block: RowBlock, activity: Ints, own: Ints, row: Ints, amount: Ints
) -> tuple[Ints, Ints, Fraction] | None:
    """Return a block's sums, own variables and points gained after a change of some rows.

    None where the rows or the own variables cannot follow.
    """
    after = activity.copy()
    np.add.at(after, row, amount)
    if block.variables is None or block.variable_usage is None:
        fits = np.all(after[row] <= block.upper[row]) and np.all(after[row] >= block.lower[row])
        return (after, own, Fraction(0)) if fits else None
    if block.holders is not None and not block.variables.follow:
        return _held(block, after, own, row)
    best = following(block, *block.limits_less(after - block.variable_usage @ own))
    if best is None:
        return None
    changed = np.flatnonzero(best != own)
    gain = (block.variables.gain[at] * int(best[at] - own[at]) for at in changed.tolist())
    return after + block.variable_usage @ (best - own), best, sum(gain, Fraction(0))


def _held(block: RowBlock, after: Ints, own: Ints, row: Ints) -> tuple[Ints, Ints, Fraction] | None:
    """Let a holder of each changed row take one more or one less, the first who can."""
    holders, usage = block.holders, block.by_own
    if holders is None or holders.holder is None or usage is None or block.variables is None:
        return None
    own = own.copy()
    low, high = block.variables.lower, block.variables.upper
    for one in row.tolist():
        # A holder stands in its equation with -1.
        step = int(after[one] - block.lower[one]) if block.lower[one] == block.upper[one] else 0
        for variable in np.flatnonzero(holders.row == one).tolist() if step else ():
            if not low[variable] <= own[variable] + step <= high[variable]:
                continue
            entries = slice(usage.indptr[variable], usage.indptr[variable + 1])
            rows = usage.indices[entries]
            sums = after[rows] + step * usage.data[entries].astype(np.int64)
            if np.all((sums <= block.upper[rows]) & (sums >= block.lower[rows])):
                after[rows] = sums
                own[variable] += step
                break
    fits = np.all(after[row] <= block.upper[row]) and np.all(after[row] >= block.lower[row])
    return (after, own, Fraction(0)) if fits else None
