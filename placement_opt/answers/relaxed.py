"""A problem with some limits moved or dropped: by how little that is enough, and what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from placement_opt.answers.one_search import searched
from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.derived.counting import activity_range
from placement_opt.solvers.derived.elastic import Elastic, Slack
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
    formulation: Formulation, cost: Mapping[int, float], search: SearchLimits
) -> Moves | None:
    """Find by how little limits have to move, so that there is a plan; None where none was found.

    Parameters
    ----------
    formulation
        The opened problem without gains.
    cost
        The rows whose limits may move, and what it costs to move each by one.
    search
        Seconds and seed.
    """
    dearest = max(cost.values())
    price = np.zeros(formulation.n_rows, dtype=np.int64)
    for row, each in cost.items():
        price[row] = -max(1, round(FINEST * each / dearest))
    least, most = activity_range(formulation)
    short = np.where(price < 0, np.maximum(0, formulation.row_lower - least), 0)
    over = np.where(price < 0, np.maximum(0, most - formulation.row_upper), 0)
    below = _elastic(formulation, short, 1, price)
    above = _elastic(below.formulation, over, -1, price)
    outcome = searched(above.formulation, search)
    if outcome.solution is None:
        return None
    values = outcome.solution.values(above.formulation)
    missed = np.zeros((2, formulation.n_rows), dtype=np.int64)
    missed[1, over > 0] = values[above.is_slack]
    missed[0, short > 0] = values[~above.is_slack][below.is_slack]
    found = {}
    for row in np.flatnonzero(missed.any(axis=0)).tolist():
        ends, (less, more) = ends_of(formulation, row), missed[:, row].tolist()
        found[row] = Ends(ends.lower - less, ends.upper + more)
    return Moves(found, is_proven=outcome.gained == outcome.bound)


def _elastic(formulation: Formulation, most: Ints, unit: int, price: Ints) -> Elastic:
    """Let rows fall short of a limit, or go over it where the unit is negative, at a price."""
    slacks = []
    for first, last in pairwise(formulation.row_offsets[: len(formulation.blocks) + 1]):
        units = np.full(last - first, unit, dtype=np.int64)
        slacks.append(Slack(most[first:last], units, price[first:last]))
    return Elastic.of(formulation, slacks)
