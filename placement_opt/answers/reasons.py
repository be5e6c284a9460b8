"""Why somebody without a placement has none, or an opening has room: which pair, and which rows.

For each pair of theirs it is known what adding it would change (see `Additions`). Then the
reason, its truth and the pair that is told are, in this order:

- `ROOM_LEFT`: a pair gains and every row has room for it. The plan with it is a better plan; so
  this is only ever said of plans that are not proven to be the best.
- `OUTCOMPETED`: pairs gain, but rows have no room. With room for this one placement in the rows
  that are named, the plan with the pair would be sound and better. A pair that one row alone
  keeps out comes first, so that this row's room is all that is missing; among such pairs that one
  which falls least short at the prices of the rows. Of several rows the dearest comes first.
- `TOO_LARGE`: the same, where for each pair that gains some row is too small even if nobody else
  were placed.
- `NOT_WORTHWHILE`: no pair gains, also where every row had room.
- `CLOSED`: the openings of all pairs are closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.capacity import Lacking
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.plans.additions import PlanInRows
from placement_opt.solvers.search.board import Solution

PAIRS_AT_ONCE = 1 << 18
"""So many pairs are looked at in one go, which bounds the memory."""


class Kind(Enum):
    """Why somebody has no placement; see the module's docstring."""

    ROOM_LEFT = 0
    OUTCOMPETED = 1
    TOO_LARGE = 3
    NOT_WORTHWHILE = 4
    CLOSED = 5


SEVERAL_LACKING = 2
"""Ranks pairs that several rows keep out behind those that one does."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person has no placement, or one opening has room.

    Parameters
    ----------
    of, pair
        The person or the opening, and the pair that is told.
    kind
        The reason.
    rows
        `OUTCOMPETED`, `TOO_LARGE`: rows without room for the pair, the scarcest first.
    n_small
        How many of those, the first ones, never have room for the pair, even alone.
    """

    of: int
    pair: int
    kind: Kind
    rows: tuple[int, ...]
    n_small: int


def reasons(
    formulation: Formulation,
    solution: Solution,
    prices: Floats,
    start: Ints,
    left: Ints,
    closed: Bools,
) -> Iterator[Reason]:
    """Yield a reason for each of the people who are left and have pairs, in the order given.

    Costs a pass over their pairs' entries, however many rows there are.

    Parameters
    ----------
    formulation, solution
        The problem and a plan that keeps all rows.
    prices
        What a unit of each row is worth, in objective units; zeros where nothing is known.
    start
        Where the pairs of each candidate start, and the number of pairs, shape (C + 1,).
    left
        Candidates without a placement, ascending.
    closed
        Pairs whose opening takes nobody, shape (E,).
    """
    left = left[start[left + 1] > start[left]]
    width = start[left + 1] - start[left]
    pairs = np.arange(int(width.sum())) - np.repeat(np.cumsum(width) - width - start[left], width)
    yield from reasons_of(formulation, solution, prices, left, width, pairs, closed)


def reasons_of(
    formulation: Formulation,
    solution: Solution,
    prices: Floats,
    owners: Ints,
    width: Ints,
    pairs: Ints,
    closed: Bools,
) -> Iterator[Reason]:
    """Yield a reason for each of some people, or openings with room, in the order given.

    Parameters
    ----------
    formulation, solution, prices, closed
        As for `reasons`.
    owners
        The people or openings, each with at least one pair.
    width, pairs
        How many pairs of each are looked at; those pairs, none of them in the plan, owner by owner.
    """
    plan, ends = PlanInRows(formulation, solution), np.cumsum(width)
    cuts = np.arange(PAIRS_AT_ONCE, int(ends[-1]) if ends.size else 0, PAIRS_AT_ONCE)
    for some in np.split(np.arange(owners.size), np.searchsorted(ends, cuts)):
        if some.size:
            of_some = pairs[ends[some[0]] - width[some[0]] : ends[some[-1]]]
            judge = _Some(formulation, plan, prices, closed)
            yield from judge.reasons(owners[some], width[some], of_some)


@dataclass(frozen=True, eq=False)
class _Some:
    """Finds the reasons of some at a time."""

    formulation: Formulation
    plan: PlanInRows
    prices: Floats
    closed: Bools

    def reasons(self, owners: Ints, width: Ints, pairs: Ints) -> Iterator[Reason]:
        """Yield one for each, in the order given."""
        first = np.cumsum(width) - width
        owner = np.repeat(np.arange(owners.size), width)
        change, is_closed = self.plan.with_each(pairs), self.closed[pairs]
        rank = np.minimum(change.n_lacking, SEVERAL_LACKING)
        rank = np.where(change.is_too_large, Kind.TOO_LARGE.value, rank)
        rank = np.where(change.gain > 0, rank, Kind.NOT_WORTHWHILE.value)
        rank = np.where(is_closed, Kind.CLOSED.value, rank)
        # How far a pair falls short at the prices; without prices, what it gains.
        worth = change.gain - self._paid(pairs)
        best = np.lexsort((pairs, -change.gain, -worth, rank, owner))[first]
        lacking, small = (_Entries.of(some) for some in (change.lacking, change.too_small))
        for who, place in enumerate(best.tolist()):
            kind = Kind.OUTCOMPETED
            if rank[place] != SEVERAL_LACKING:
                kind = Kind(int(rank[place]))
            pair, n_small = int(pairs[place]), 0
            rows: tuple[int, ...] = ()
            if kind in {Kind.OUTCOMPETED, Kind.TOO_LARGE}:
                rows, n_small = self._ranked(pair, lacking.row_of(place), small.row_of(place))
            yield Reason(int(owners[who]), pair, kind, rows, n_small)

    def _paid(self, pairs: Ints) -> Floats:
        """Return what each pair pays at the prices, shape (P,)."""
        paid = np.zeros(pairs.size)
        offsets = self.formulation.row_offsets
        for number, block in enumerate(self.formulation.blocks):
            at, row, amount = block.by_pair.of_pairs(pairs)
            paid += np.bincount(
                at, amount * self.prices[offsets[number] + row], minlength=pairs.size
            )
        return paid

    def _ranked(self, pair: int, rows: Ints, small: Ints) -> tuple[tuple[int, ...], int]:
        """Put rows in order: those too small for the pair alone, then what it pays most for.

        What a pair pays in the rows of a rule it may pay in another row than the one that is full:
        a class of coached people stands for its coaches. Of equal ones, the order is the rules'.
        """
        is_small = np.isin(rows, small)
        if rows.size > 1:
            offsets = np.array(self.formulation.row_offsets)
            numbers = np.searchsorted(offsets, rows, side="right") - 1
            dear = {}
            for number in set(numbers.tolist()):
                block = self.formulation.blocks[number]
                _, row, amount = block.by_pair.of_pairs(np.array([pair]))
                dear[number] = float(amount @ self.prices[offsets[number] + row])
            worth = np.array([dear[number] for number in numbers.tolist()])
            rows = rows[np.lexsort((rows, -worth, ~is_small))]
        return tuple(rows.tolist()), int(np.count_nonzero(is_small))


@dataclass(frozen=True, eq=False)
class _Entries:
    """Rows by the place of their pair, the places ascending."""

    at: Ints
    row: Ints

    @classmethod
    def of(cls, entries: Lacking) -> "_Entries":
        order = np.argsort(entries[0], kind="stable")
        return cls(entries[0][order], entries[1][order])

    def row_of(self, place: int) -> Ints:
        """Return the rows of one pair."""
        return self.row[slice(*np.searchsorted(self.at, [place, place + 1]))]
