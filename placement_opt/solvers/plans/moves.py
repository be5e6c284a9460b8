"""A plan in integers in which single pairs come and go, with own variables answering.

Only rows that a pair stands in are looked at, so that a move costs far less than reading a plan.
Every value is kept: what a move leads to is a plan, or there is no move.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple, Self

import numpy as np

from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import following
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.plans.patched import Patched
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False)
class PlanInMoves:
    """A plan that keeps every row, and what it gained since the plan that it began as.

    Parameters
    ----------
    formulation
        The problem, without cuts.
    activity
        What each block's rows sum to.
    own
        Values of each block's own variables.
    gained
        Points more than the plan at the beginning, exact, in the user's own numbers.
    moves
        The pairs that came (1) and went (-1) since.
    """

    formulation: Formulation
    activity: tuple[Patched, ...]
    own: tuple[Patched, ...]
    gained: Fraction = Fraction(0)
    moves: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, formulation: Formulation, solution: Solution) -> Self:
        """Read a plan that keeps every row; costs a pass over its entries."""
        values = solution.values(formulation)
        sums, offsets = formulation.activity(values), formulation.row_offsets
        blocks = range(len(formulation.blocks))
        return cls(
            formulation,
            tuple(Patched(sums[offsets[number] : offsets[number + 1]]) for number in blocks),
            tuple(Patched(formulation.own_values(values, number)) for number in blocks),
        )

    def with_pair(self, pair: int) -> "PlanInMoves | None":
        """Return the plan with one pair more, or None where a row has no room for it."""
        return self._moved(pair, 1)

    def without_pair(self, pair: int) -> "PlanInMoves | None":
        """Return the plan with one pair less, or None where a row cannot miss it."""
        return self._moved(pair, -1)

    def lacking(
        self, number: int, rows: list[int], pair: int, gone: int, holder: int = -1
    ) -> list[int]:
        """Return which rows of a block have no room for a pair when another one goes at once.

        Parameters
        ----------
        number
            Number of the block.
        rows
            Its rows that have no room for the pair as long as nobody goes.
        pair, gone
            The pairs that come and go.
        holder
            Who serves the pair that goes, if anybody.
        """
        leaves, block = (gone, -1), self.formulation.blocks[number]
        if self._answer(number, leaves, (pair, 1), holder=holder) is not None:
            return []
        left = self._answer(number, leaves, holder=holder)
        if left is None:
            return rows
        serving = [block.serving(row) for row, _ in block.by_pair.of_pair(pair)]
        taken = {
            row: amount
            for each in serving
            for row, amount in zip(each.row.tolist(), each.amount.tolist(), strict=True)
        }
        sums = self.activity[number].with_more(left.sums)
        full = [row for row in rows if sums[row] + taken.get(row, 0) > block.upper[row]]
        return full or rows

    def _moved(self, pair: int, step: int) -> "PlanInMoves | None":
        gained = self.gained + step * self.formulation.objective.points_of(np.array([pair]))[0]
        activity, own = [*self.activity], [*self.own]
        for number in range(len(self.formulation.blocks)):
            found = self._answer(number, (pair, step))
            if found is None:
                return None
            if found.sums:
                activity[number] = activity[number].with_more(found.sums)
                own[number] = own[number].with_more(found.own)
                gained += found.gained
        moves = (*self.moves, (pair, step))
        return replace(self, activity=tuple(activity), own=tuple(own), gained=gained, moves=moves)

    def _answer(self, number: int, *moves: tuple[int, int], holder: int = -1) -> "_Answer | None":
        """Return how a block answers pairs that come (1) and go (-1) at once, in that order."""
        block, sums = self.formulation.blocks[number], self.activity[number]
        after = dict[int, int]()
        for pair, step in moves:
            for row, amount in block.by_pair.of_pair(pair):
                after[row] = after.get(row, sums[row]) + step * amount
        return _answered(block, sums, self.own[number], after, holder) if after else _Answer(after)

    def solution(self, began: Solution) -> Solution:
        """Return the plan in integers; `began` is the one at the beginning."""
        chosen = set(began.chosen.tolist())
        for pair, step in self.moves:
            (chosen.add if step > 0 else chosen.discard)(pair)
        own = np.concatenate([np.zeros(0, dtype=np.int64), *(each.array() for each in self.own)])
        return Solution(np.array(sorted(chosen), dtype=np.int64), own)


class _Answer(NamedTuple):
    """How a block answers a change: rows and own variables that differ, and points gained."""

    sums: Mapping[int, int]
    own: Mapping[int, int] = MappingProxyType({})
    gained: Fraction = Fraction(0)


def _answered(
    block: RowBlock, sums: Patched, own: Patched, after: dict[int, int], holder: int
) -> _Answer | None:
    """Return how a block answers where some rows sum to something else, by row in `after`.

    None where the rows or the own variables cannot follow. The `holder` moves first, if it can.
    """
    if block.variables is None or block.variable_usage is None:
        return _Answer(after) if _fits(block, after) else None
    if block.holders is not None and not block.variables.follow:
        return _held(block, sums, own, after, holder)
    now, before = own.array(), sums.with_more(after).array()
    by_own = block.variable_usage @ now
    best = following(block, *block.limits_less(before - by_own))
    if best is None:
        return None
    changed = np.flatnonzero(best != now)
    moved = {place: int(best[place]) for place in changed.tolist()}
    if moved:
        then = before + block.variable_usage @ best - by_own
        rows = np.flatnonzero(then != before).tolist()
        after |= {row: int(then[row]) for row in rows}
    gain = (block.variables.gain[at] * (value - int(now[at])) for at, value in moved.items())
    return _Answer(after, moved, sum(gain, Fraction(0)))


def _fits(block: RowBlock, sums: Mapping[int, int]) -> bool:
    """Tell whether rows keep their limits."""
    return all(block.lower[row] <= sum_ <= block.upper[row] for row, sum_ in sums.items())


def _held(
    block: RowBlock, sums: Patched, own: Patched, after: dict[int, int], holder: int
) -> _Answer | None:
    """Let a holder of each changed row take one more or one less: this one, else the first."""
    holders, variables = block.holders, block.variables
    if holders is None or holders.holder is None or variables is None:
        return None
    moved, changed = dict[int, int](), [*after]
    for row in changed:
        # A holder stands in its equation with -1.
        step = after[row] - int(block.lower[row]) if block.lower[row] == block.upper[row] else 0
        if not step:
            continue
        serving = block.serving(row)
        value = own.with_more(moved).take(serving.own) + step
        fits = (variables.lower[serving.own] <= value) & (value <= variables.upper[serving.own])
        then = sums.with_more(after).take(serving.row) + step * serving.amount
        outside = (then < block.lower[serving.row]) | (then > block.upper[serving.row])
        fits[serving.of[outside]] = False
        if fits.any():
            is_this = fits & (holders.holder[serving.own] == holder)
            first = int((is_this if is_this.any() else fits).argmax())
            moved[int(serving.own[first])] = int(value[first])
            is_its = serving.of == first
            after |= zip(serving.row[is_its].tolist(), then[is_its].tolist(), strict=True)
    return _Answer(after, moved) if _fits(block, {row: after[row] for row in changed}) else None
