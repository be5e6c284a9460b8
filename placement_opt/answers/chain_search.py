"""Finds a plan with a pair by chains of moves: who makes room, who comes for them, and so on.

Near a plan that loses little, what a pair costs is decided by whole people: somebody makes room and
takes another opening or none, and for the place that is left somebody comes who fits beside all
others, perhaps from a place that the next one takes. The prices say whom to try first. Each move is
tried on the plan itself, with coaches and budgets in answer, in a fraction of a millisecond.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

import numpy as np

from placement_opt.answers.regrets import Regrets
from placement_opt.answers.surroundings import Surroundings
from placement_opt.basics.arrays import Indices, Ints
from placement_opt.solvers.plans.moves import PlanInMoves
from placement_opt.solvers.search.board import Solution

LEAVERS = (24, 8, 4, 3)
"""So many people are tried in each row without room, where one, two, three or four lack it."""

COMERS, SHIFTS, FITTING = 60, 16, 4
"""So many are tried for a place that is left, of people who are nowhere and of those who leave
another place, until so many fit."""

ELSEWHERE = 10
"""So many other openings are tried for who makes room."""

ROUNDS = 6
"""A chain has at most so many moves beyond those that make room."""

LIKELY_PAIRS = 3
"""Of several pairs that would do so many are tried, the best at the prices."""

REPRODUCIBLE_CHAINS = 8
"""Chains that are tried for a pair where no clock may say when to stop."""


@dataclass(frozen=True, eq=False)
class ChainSearch:
    """Looks for plans with a pair near a plan.

    Parameters
    ----------
    regrets
        The plan at hand, prepared for moves.
    """

    regrets: Regrets

    def best(self, pairs: Ints, until: float | None) -> Solution | None:
        """Return the best plan found that holds one of some pairs; None where none was found.

        Parameters
        ----------
        pairs
            Pairs of a person who has none of them.
        until
            When to stop, by `time.perf_counter`; None stops after a number of chains.
        """
        best: PlanInMoves | None = None
        hand = self.regrets.hand
        likely = pairs[np.argsort(-hand.reduced[pairs], kind="stable")[:LIKELY_PAIRS]]
        for pair in likely.tolist():
            for plan in islice(self.plans(pair), REPRODUCIBLE_CHAINS if until is None else None):
                if best is None or plan.gained > best.gained:
                    best = plan
                if until is not None and time.perf_counter() > until:
                    return best.solution(hand.solution)
        return None if best is None else best.solution(hand.solution)

    def plans(self, pair: int) -> Iterator[PlanInMoves]:
        """Yield plans with a pair, those first whose leavers lose least at the prices."""
        first = self.regrets.nearest(pair)
        if first is not None:
            yield self._completed(first)
        for leavers in self._leavers(pair):
            plan: PlanInMoves | None = self.regrets.plan
            for one in sorted(leavers):
                plan = None if plan is None else plan.without_pair(one)
            found = None if plan is None else plan.with_pair(pair)
            if found is not None:
                yield self._completed(found)

    def _leavers(self, pair: int) -> Iterator[frozenset[int]]:
        """Yield the present pairs of the person, alone and with some who make room together."""
        present = frozenset(self.regrets.present(int(self._candidate[pair])))
        rows = self.regrets.rows_lacking(pair)
        yield present
        if not 0 < len(rows) <= len(LEAVERS):
            return
        each = [self._in_the_way(row, pair, LEAVERS[len(rows) - 1]) for row in rows]
        loss = {one: loss for some in each for one, loss in some.items()}
        together = {frozenset(some) for some in product(*each)}
        for some in sorted(
            together, key=lambda some: (sum(loss[one] for one in some), sorted(some))
        ):
            yield some | present

    def _in_the_way(self, row: int, pair: int, most: int) -> dict[int, float]:
        """Return pairs of the plan that use as much of a row as a pair asks, and what they lose."""
        regrets, asked = self.regrets, np.array([pair], dtype=np.int64)
        places = self._surroundings.inside(row)
        chosen = regrets.hand.solution.chosen[places]
        enough = self._surroundings.use(row, chosen) >= self._surroundings.use(row, asked)[0]
        enough &= self._candidate[chosen] != self._candidate[pair]
        chosen, ease = chosen[enough], regrets.ease[places[enough]]
        order = np.argsort(ease, kind="stable")[:most]
        return dict(zip(chosen[order].tolist(), ease[order].tolist(), strict=True))

    def _completed(self, plan: PlanInMoves) -> PlanInMoves:
        """Return a plan with more moves, the best one each time, as long as they gain."""
        for _ in range(ROUNDS):
            better = max(self._one_more(plan), key=lambda one: one.gained, default=plan)
            if better.gained <= plan.gained:
                break
            plan = better
        return plan

    def _one_more(self, plan: PlanInMoves) -> Iterator[PlanInMoves]:
        """Yield plans in which who left is elsewhere, or their place is taken."""
        pairs = self.regrets.hand.compiled.pairs
        came = {one for one, step in plan.moves if step > 0}
        moved = {int(self._candidate[one]) for one in came}
        for one in sorted({one for one, step in plan.moves if step < 0} - came):
            candidate = int(self._candidate[one])
            if candidate not in moved:
                own = np.arange(*pairs.candidate_start[candidate : candidate + 2])
                yield from _fitting(plan, self._first(own, ELSEWHERE))
            yield from self._taken(plan, int(pairs.opening[one]), moved)
            yield from self._shifted(plan, int(pairs.opening[one]), moved)

    def _taken(self, plan: PlanInMoves, opening: int, moved: set[int]) -> Iterator[PlanInMoves]:
        """Yield plans in which somebody who is nowhere takes a place that is left."""
        members = self._members(opening)
        free = members[self.regrets.hand.chosen_of_candidate[self._candidate[members]] < 0]
        first = self._first(free, COMERS)
        yield from _fitting(plan, [one for one in first if self._candidate[one] not in moved])

    def _shifted(self, plan: PlanInMoves, opening: int, moved: set[int]) -> Iterator[PlanInMoves]:
        """Yield plans in which somebody takes it who leaves another place, which is taken in turn.

        Where it is not, the plan without is yielded as well.
        """
        hand, members = self.regrets.hand, self._members(opening)
        was = hand.chosen_of_candidate[self._candidate[members]]
        members, was = members[was >= 0], was[was >= 0]
        order = np.argsort(hand.reduced[was] - hand.reduced[members], kind="stable")[:SHIFTS]
        left = {one for one, step in plan.moves if step < 0}
        n_found = 0
        for one, old in zip(members[order].tolist(), was[order].tolist(), strict=True):
            who = int(self._candidate[one])
            without = None if old in left or who in moved else plan.without_pair(old)
            shifted = None if without is None else without.with_pair(one)
            if shifted is not None:
                yield shifted
                place = int(hand.compiled.pairs.opening[old])
                yield from self._taken(shifted, place, moved | {who})
                n_found += 1
                if n_found == FITTING:
                    return

    def _members(self, opening: int) -> Ints:
        pairs = self.regrets.hand.compiled.pairs
        span = slice(*pairs.opening_start[opening : opening + 2])
        return pairs.opening_member[span].astype(np.int64)

    def _first(self, pairs: Ints, most: int) -> list[int]:
        """Return the best of some pairs at the prices."""
        reduced = self.regrets.hand.reduced
        best: list[int] = pairs[np.argsort(-reduced[pairs], kind="stable")[:most]].tolist()
        return best

    @property
    def _candidate(self) -> Indices:
        return self.regrets.hand.compiled.pairs.candidate

    @cached_property
    def _surroundings(self) -> Surroundings:
        hand = self.regrets.hand
        none = np.zeros(0, dtype=np.int64)
        return Surroundings(hand, hand.formulation, none, none)


def _fitting(plan: PlanInMoves, order: list[int]) -> Iterator[PlanInMoves]:
    """Yield the plan with each of some pairs, of those that fit the first few."""
    every = (found for one in order if (found := plan.with_pair(one)) is not None)
    yield from islice(every, FITTING)
