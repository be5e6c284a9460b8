"""A problem with some limits moved or dropped: by how little that is enough, and what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from placement_opt.answers.limits import Limits
from placement_opt.answers.one_search import searched
from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.solvers.derived.counting import activity_range
from placement_opt.solvers.search.limits import SearchLimits

FINEST = 1_000_000
"""The dearest move of one row by one costs so many integers; cheaper ones as many as they are
worth, at least 1."""


@dataclass(frozen=True)
class Ends:
    """Lower and upper limit of a row, `NO_LOWER` and `NO_UPPER` for none."""

    lower: int
    upper: int


Moved = Mapping[int, Ends]
"""New limits by row."""


@dataclass(frozen=True)
class Moves:
    """By how little limits have to move.

    `rows` holds their new limits; `is_proven` is True where no cheaper moves of the same limits
    are enough.
    """

    rows: Moved
    is_proven: bool


def ends_of(formulation: Formulation, row: int) -> Ends:
    """Return the limits of a row."""
    return Ends(int(formulation.row_lower[row]), int(formulation.row_upper[row]))


def without(rows: Moved | frozenset[int]) -> Moved:
    """Return the rows with no limits at all."""
    return dict.fromkeys(rows, Ends(NO_LOWER, NO_UPPER))


def with_limits(formulation: Formulation, moved: Moved) -> Formulation:
    """Return an opened problem with other limits of some rows."""
    blocks = list(formulation.blocks)
    for number, block in enumerate(blocks):
        first, last = formulation.row_offsets[number : number + 2]
        mine = {row - first: ends for row, ends in moved.items() if first <= row < last}
        if mine:
            lower, upper = block.lower.copy(), block.upper.copy()
            for at, ends in mine.items():
                lower[at], upper[at] = ends.lower, ends.upper
            blocks[number] = block.limited(lower, upper)
    gains = [formulation.own_gain(number) for number in range(len(blocks))]
    return formulation.with_blocks(blocks, gains)


def least_moves(
    formulation: Formulation,
    limits: Limits,
    rows: frozenset[int],
    weights: Mapping[int, float],
    search: SearchLimits,
) -> Moves | None:
    """Find by how little limits have to move, so that there is a plan; None where none was found.

    Parameters
    ----------
    formulation
        The opened problem without gains.
    limits
        What its rows limit.
    rows
        The rows whose limits may move.
    weights
        What a unit of the user's own weighs, by row: 1 where nothing is said.
    search
        Seconds and seed.
    """
    cost = {row: weights.get(row, 1.0) * float(abs(limits.of_row(row).size)) for row in rows}
    dearest = max(cost.values())
    units = {row: max(1, round(FINEST * each / dearest)) for row, each in cost.items()}
    elastic, slack = _elastic(formulation, units)
    outcome = searched(elastic, search)
    if outcome.solution is None:
        return None
    values = outcome.solution.values(elastic)
    found = {}
    for row in sorted(rows):
        ends, (below, above) = ends_of(formulation, row), slack[row]
        short = int(values[below]) if below is not None else 0
        over = int(values[above]) if above is not None else 0
        if short or over:
            found[row] = Ends(ends.lower - short, ends.upper + over)
    return Moves(found, is_proven=outcome.gained == outcome.bound)


Slacks = dict[int, tuple[int | None, int | None]]
"""By row: the variable by which it may fall short, and the one by which it may go over."""


def _elastic(formulation: Formulation, cost: Mapping[int, int]) -> tuple[Formulation, Slacks]:
    """Let the limits of some rows be missed at a cost."""
    least, most = activity_range(formulation)
    blocks, gains = [], []
    places: list[tuple[int, bool, int]] = []
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        entries: list[tuple[int, int, int, int]] = []  # row, sign, largest, cost
        for row in sorted(row for row in cost if first <= row < last):
            short = int(formulation.row_lower[row]) - int(least[row])
            over = int(most[row]) - int(formulation.row_upper[row])
            for sign, size in ((1, short), (-1, over)):
                if size > 0:
                    places.append((row, sign > 0, block.n_own + len(entries)))
                    entries.append((row - first, sign, size, cost[row]))
        blocks.append(_with_slacks(block, entries))
        own = np.array([-each for *_, each in entries], dtype=np.int64)
        gains.append(np.append(np.zeros(block.n_own, dtype=np.int64), own))
    elastic = formulation.with_blocks(blocks, gains)
    slack: Slacks = dict.fromkeys(cost, (None, None))
    for row, is_short, at in places:
        variable = elastic.offsets[_block_of(formulation, row)] + at
        below, above = slack[row]
        slack[row] = (variable, above) if is_short else (below, variable)
    return elastic, slack


def _block_of(formulation: Formulation, row: int) -> int:
    """Return the number of the block of a row."""
    return int(np.searchsorted(formulation.row_offsets, row, side="right")) - 1


def _with_slacks(block: RowBlock, entries: list[tuple[int, int, int, int]]) -> RowBlock:
    if not entries:
        return block
    row, sign, size, cost = (np.array(part, dtype=np.int64) for part in zip(*entries, strict=True))
    n_more = len(entries)
    usage = sparse.coo_array((sign, (row, np.arange(n_more))), shape=(len(block), n_more)).tocsr()
    zeros: Ints = np.zeros(n_more, dtype=np.int64)
    gain = [Fraction(-each) for each in cost.tolist()]
    return block.with_more_own(Variables(zeros, size, gain), usage)
