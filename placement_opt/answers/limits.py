"""The limits of a model: which row limits whom, and to how much, in the user's own numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.base import Rule
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.search.board import Solution

ANY_UNIT = "units"
"""What a row counts whose rule does not tell."""

PLACEMENTS = "placements"


class Limit(NamedTuple):
    """A row that limits a group by itself.

    What the group uses is ``size * (sum of the row) + beside``; `least` and `most` are its limits,
    None where there is none.
    """

    row: int
    rule: Rule
    group: str
    unit: str
    size: Fraction
    beside: Fraction
    least: Fraction | None
    most: Fraction | None

    @property
    def stays(self) -> bool:
        """Whether rows of other rules hold only under this limit, so that it never gives way."""
        return self.rule.placements_per_candidate is not None and self.unit == PLACEMENTS

    def in_row(self, amount: Fraction) -> Fraction:
        """Turn an amount of the group into what the row sums to."""
        return (amount - self.beside) / self.size

    def of_row(self, total: int | Fraction) -> Fraction:
        """Turn what the row sums to into the amount of the group."""
        return self.size * total + self.beside


class Limits:
    """The limits behind the rows of a compiled model.

    Parameters
    ----------
    formulation
        The problem, with what its blocks tell of their limits.
    rules
        The rule of each block.
    """

    def __init__(self, formulation: Formulation, rules: Sequence[Rule]) -> None:
        self._formulation = formulation
        self._rules = rules
        self._told = [_told(block) for block in formulation.blocks]
        self._offsets = np.array(formulation.row_offsets)

    @classmethod
    def of(cls, compiled: Compiled) -> "Limits":
        """Return the limits of a compiled model."""
        return cls(compiled.formulation, compiled.rules_of_blocks)

    @property
    def units(self) -> set[str]:
        """What limits count."""
        return {unit or ANY_UNIT for told in self._told for unit in told.units}

    def block_of(self, row: int) -> tuple[int, int]:
        """Return the number of the block of a row, and the row's place in it."""
        number = int(np.searchsorted(self._offsets, row, side="right")) - 1
        return number, row - int(self._offsets[number])

    def of_row(self, row: int) -> Limit:
        """Return the limit behind a row."""
        number, at = self.block_of(row)
        told, rule = self._told[number], self._rules[number]
        return Limit(
            row,
            rule,
            told.groups[at],
            told.units[at] or ANY_UNIT,
            told.size[at],
            told.beside[at],
            told.least[at],
            told.most[at],
        )

    def used(self, solution: Solution) -> Ints:
        """Return what each row sums to in a plan, without what is only short, shape (R,)."""
        formulation = self._formulation
        values = solution.values(formulation).copy()
        for number, told in enumerate(self._told):
            if told.is_used is not None:
                own = formulation.own_values(values, number)
                own[~told.is_used] = 0
        return formulation.activity(values)[: int(self._offsets[len(self._told)])]


def opened(formulation: Formulation) -> Formulation:
    """Return a problem whose own variables are as wide as they are without the limits of rows.

    Then leaving out a row drops its limit wholly; with all rows it has the same plans.
    """
    return replace(formulation, blocks=tuple(block.opened() for block in formulation.blocks))


def is_tie(formulation: Formulation) -> Bools:
    """Tell which rows of the blocks limit nothing by themselves, and only tie variables together.

    They can be kept whatever the pairs are, so that no conflict rests on them alone.
    """
    ties = [np.zeros(0, dtype=np.bool_)]
    for block in formulation.blocks:
        units = None if block.limits is None else block.limits.units
        ties.append(np.array([units is not None and not units[r] for r in range(len(block))], bool))
    return np.concatenate(ties)


def ties_of(formulation: Formulation, ties: Bools, rows: Ints) -> Ints:
    """Return the ties that share own variables with some rows, at any number of steps, ascending.

    Parameters
    ----------
    formulation
        The problem.
    ties
        Which of its rows are ties, as `is_tie` tells.
    rows
        Rows, ascending.
    """
    return np.concatenate([np.zeros(0, dtype=np.int64), *_tied(formulation, ties, rows)])


def _tied(formulation: Formulation, ties: Bools, rows: Ints) -> Iterator[Ints]:
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        within = rows[slice(*np.searchsorted(rows, [first, last]))] - first
        is_tie = ties[first:last]
        if block.variable_usage is None or not within.size or not is_tie.any():
            continue
        found = np.zeros(len(block), dtype=np.bool_)
        usage, by_own = block.variable_usage, block.variable_usage.tocsc()
        front: Ints = within
        while front.size:
            own = np.unique(usage[front].indices)
            touched = np.unique(by_own[:, own].indices).astype(np.int64)
            front = touched[is_tie[touched] & ~found[touched]]
            found[front] = True
        yield first + np.flatnonzero(found)


def _told(block: RowBlock) -> RowLimits:
    """Return what a block tells of its limits, else its rows as they are."""
    if block.limits is not None and len(block.limits.groups) == len(block):
        return block.limits
    lower, upper = block.lower.tolist(), block.upper.tolist()
    return RowLimits.of(
        [str(label) for label in block.labels],
        ANY_UNIT,
        least=[None if low == NO_LOWER else Fraction(low) for low in lower],
        most=[None if high == NO_UPPER else Fraction(high) for high in upper],
    )
