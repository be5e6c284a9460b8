"""Improves a plan that is known at prices that are known, before anything is solved.

A plan of last week leaves free what people left, and nobody new is in it. Pairs are added that have
room; then pairs come in for which one other makes room, who perhaps takes another of their pairs.
Each move costs a fraction of a millisecond, so that most of what a start plan lacks is there long
before the first linear program is solved.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.plans.additions import PlanInRows
from placement_opt.solvers.plans.moves import PlanInMoves
from placement_opt.solvers.relaxation.pricing import Anchor, Proven
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock

LOOKED_AT = 60_000
"""So many pairs are looked at, those nearest to a gain at the prices."""

MOST_TRIES = 1_000
"""So many pairs that need room are tried: two or three seconds for 15,000 people."""

MOST_LACKING, FEW_IN_ROW = 2, 20
"""A pair needs room in at most so many rows, of which one with at most so many pairs."""

LEAVERS, OTHERS = 3, 6
"""So many who could make room are tried, those first who are worth least, and so many other pairs
of each."""


def topped_up(
    formulation: Formulation, plan: Solution, known: Proven, anchor: Anchor, clock: Clock
) -> Solution:
    """Return a plan that is worth at least as much, in a second or two whatever the size.

    Parameters
    ----------
    formulation
        The problem.
    plan
        A plan that keeps every row.
    known
        The prices, and the reduced gain of each variable; its first variables are the pairs.
    anchor
        The rows of people: each takes at most one of its pairs.
    clock
        Tells when to stop.
    """
    reduced = known.reduced[: formulation.n_pairs]
    nearest = np.arange(reduced.size)
    if reduced.size > LOOKED_AT:
        nearest = np.sort(np.argpartition(-reduced, LOOKED_AT)[:LOOKED_AT])
    worth = reduced + known.prices[anchor.rows][anchor.row_of_pair - 1]
    top = _TopUp(formulation, plan, worth, anchor.row_of_pair, nearest)
    top.add()
    top.exchange(clock)
    return top.solution


class _TopUp:
    """A plan that gets better by one move after the other.

    `worth` is what each pair gains less what it pays at the prices of all but its person.
    """

    def __init__(
        self,
        formulation: Formulation,
        plan: Solution,
        worth: Floats,
        row_of_pair: Indices,
        nearest: Ints,
    ) -> None:
        self._formulation = formulation
        self._began = self._now = plan
        self._worth = worth
        self._nearest = nearest
        self._row = row_of_pair
        by_person = nearest[np.argsort(self._row[nearest], kind="stable")]
        self._of_person = (
            by_person,
            np.searchsorted(self._row[by_person], np.arange(int(self._row.max(initial=0)) + 2)),
        )
        self._moves = PlanInMoves.of(formulation, plan)

    @property
    def solution(self) -> Solution:
        """The plan as it is now."""
        return self._moves.solution(self._began)

    def add(self) -> None:
        """Add pairs that have room, those worth most first."""
        for pair, lacking in self._comers():
            if not lacking:
                self._take(self._moves.with_pair(pair))

    def exchange(self, clock: Clock) -> None:
        """Let pairs in for which one other makes room, those worth most first."""
        comers = self._comers()
        inside, gone = _Inside.of(self._formulation, self.solution.chosen), set[int]()
        came, tries = set[int](), 0
        for pair, lacking in comers:
            if tries == MOST_TRIES or clock.stop_asked():
                return
            if not 0 < len(lacking) <= MOST_LACKING or int(self._row[pair]) in came:
                continue
            leavers = inside.of_rows(lacking) - gone
            tries += bool(leavers)
            for leaver in sorted(leavers, key=lambda one: (self._worth[one], one))[:LEAVERS]:
                if self._take(self._with(pair, leaver)):
                    gone.add(leaver)
                    came.add(int(self._row[pair]))
                    break

    def _take(self, moves: PlanInMoves | None) -> bool:
        """Go on from other moves where they gain more."""
        is_better = moves is not None and moves.gained > self._moves.gained
        if moves is not None and is_better:
            self._moves = moves
        return is_better

    def _with(self, pair: int, leaver: int) -> PlanInMoves | None:
        """Return the best plan with a pair for which another one makes room; None without any."""
        without = self._moves.without_pair(leaver)
        found = None if without is None else without.with_pair(pair)
        if found is None:
            return None
        others = (found.with_pair(other) for other in self._others(leaver))
        return max((found, *filter(None, others)), key=lambda one: one.gained)

    def _others(self, pair: int) -> list[int]:
        """Return a few other pairs of the same person, those worth most first."""
        every, start = self._of_person
        same = every[slice(*start[self._row[pair] :][:2])]
        same = same[same != pair]
        order = np.argsort(-self._worth[same], kind="stable")[:OTHERS]
        return same[order].tolist()  # type: ignore[no-any-return]

    def _comers(self) -> Iterator[tuple[int, list[int]]]:
        """Yield pairs of people without any, and the rows that lack room for them."""
        plan = self.solution
        placed = np.unique(self._row[plan.chosen])
        pairs = self._nearest[~np.isin(self._row[self._nearest], placed)]
        added = PlanInRows(self._formulation, plan).with_each(pairs)
        lacking: list[list[int]] = [[] for _ in range(pairs.size)]
        for at, row in zip(added.lacking[0].tolist(), added.lacking[1].tolist(), strict=True):
            lacking[at].append(row)
        order = np.argsort(-self._worth[pairs], kind="stable")
        for at in order[added.gain[order] > 0].tolist():
            yield int(pairs[at]), lacking[at]


@dataclass(frozen=True, eq=False)
class _Inside:
    """Which pairs of a plan stand in each row."""

    rows: sparse.csr_array
    chosen: Ints

    @classmethod
    def of(cls, formulation: Formulation, chosen: Ints) -> "_Inside":
        return cls(sparse.csr_array(formulation.columns(chosen).tocsr()), chosen)

    def of_rows(self, rows: list[int]) -> set[int]:
        """Return the pairs in those of some rows that hold few."""
        found = set[int]()
        for row in rows:
            places = self.rows.indices[slice(*self.rows.indptr[row : row + 2])]
            if places.size <= FEW_IN_ROW:
                found |= set(self.chosen[places].tolist())
        return found
