"""What one more placement would change in a plan: points gained, and rows without room for it.

Each row is looked at by itself, but for what a rule with a `Capacity` tries together. Nobody else
moves; only own variables answer, as `placement_opt.solvers.plans.own_moves` describes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.capacity import Lacking
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.pair_entries import Entries
from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.solvers.derived.counting import activity_range
from placement_opt.solvers.plans.own_moves import BlockInPlan
from placement_opt.solvers.search.board import Solution


@dataclass(frozen=True, eq=False)
class Additions:
    """What each of P pairs would change if it were added to a plan without the others.

    Parameters
    ----------
    gain
        Objective units gained if every row had room, shape (P,).
    lacking
        Rows without room for a pair: (place of the pair, row of the formulation), aligned.
    too_small
        The same for rows that have no room for the pair in any plan.
    """

    gain: Ints
    lacking: Lacking
    too_small: Lacking

    @property
    def n_lacking(self) -> Ints:
        """Number of rows without room for each pair, shape (P,)."""
        return np.bincount(self.lacking[0], minlength=self.gain.size)

    @property
    def is_too_large(self) -> Bools:
        """Which pairs stand in a row that has no room for them in any plan, shape (P,)."""
        result = np.zeros(self.gain.size, dtype=np.bool_)
        result[self.too_small[0]] = True
        return result


class PlanInRows:
    """A plan in integers that tells what one more placement would change.

    The solution has to keep all rows.
    """

    def __init__(self, formulation: Formulation, solution: Solution) -> None:
        self._formulation = formulation
        self._chosen = solution.chosen
        values, gain = solution.values(formulation), formulation.objective.gain
        activity, offsets = formulation.activity(values), formulation.row_offsets
        self._blocks = [
            BlockInPlan(
                block,
                activity[offsets[number] : offsets[number + 1]],
                formulation.own_values(values, number),
                formulation.own_values(gain, number),
            )
            for number, block in enumerate(formulation.blocks)
        ]
        self._least, _ = activity_range(formulation)

    def with_each(self, pairs: Ints) -> Additions:
        """Return what each of the pairs would change; none of them may be in the plan."""
        gain = self._formulation.objective.gain[pairs].copy()
        lacking, too_small = [], []
        for number, part in enumerate(self._blocks):
            first = self._formulation.row_offsets[number]
            entries = part.block.by_pair.of_pairs(pairs)
            if part.block.capacity is not None:
                lacks = self._rooms[number](pairs)
            else:
                own_gain, lacks = part.lacking(pairs.size, entries)
                gain += own_gain
            lacking.append((lacks[0], first + lacks[1]))
            at, row = self._too_small(number, pairs, entries)
            too_small.append((at, first + row))
        return Additions(gain, _joined(lacking), _joined(too_small))

    @cached_property
    def _rooms(self) -> dict[int, Callable[[Ints], Lacking]]:
        """What says which pairs lack room in the plan, by the number of each block with one."""
        return {
            number: capacity.room_in(self._chosen, part.own)
            for number, part in enumerate(self._blocks)
            if (capacity := part.block.capacity) is not None
        }

    @cached_property
    def _rooms_of_nobody(self) -> dict[int, Callable[[Ints], Lacking]]:
        """The same where nobody is placed."""
        nobody = np.zeros(0, dtype=np.int64)
        return {
            number: capacity.room_in(nobody, np.zeros_like(part.own))
            for number, part in enumerate(self._blocks)
            if (capacity := part.block.capacity) is not None
        }

    def _too_small(self, number: int, pairs: Ints, entries: Entries) -> Lacking:
        """Return the rows whose limit a pair exceeds at any values of the other variables."""
        block, offsets = self._formulation.blocks[number], self._formulation.row_offsets
        if block.capacity is None:
            least = self._least[offsets[number] : offsets[number + 1]]
            at, row, amount = entries
            upper = block.upper[row]
            over = (upper < NO_UPPER) & (least[row] + np.maximum(amount, 0) > upper)
            return at[over], row[over]
        # A row that lacks room although nobody uses its capacity is too small. A row without an
        # upper limit is a balance, and no capacity.
        at, row = self._rooms_of_nobody[number](pairs)
        is_capacity = block.upper[row] < NO_UPPER
        return at[is_capacity], row[is_capacity]


def _joined(parts: list[Lacking]) -> Lacking:
    none = np.zeros(0, dtype=np.int64)
    at = np.concatenate([none, *(at for at, _ in parts)])
    return at, np.concatenate([none, *(row for _, row in parts)])
