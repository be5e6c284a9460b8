"""Between which ends the regret of a pair lies, by prices and by plans near the one at hand.

The regret is the optimum less the optimum with the pair in it. Two things are known of it without
another solve. No plan with the pair is worth more than the bound that the prices prove, less what
the pair falls short at those prices (weak duality, in exact integers). And a plan with the pair is
found by a few moves: the person leaves, somebody makes room and perhaps takes their next opening.
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.status import OPTIMAL_GAP
from placement_opt.formulation.certificate import bound_in_points
from placement_opt.solvers.plans.additions import Additions, PlanInRows
from placement_opt.solvers.plans.moves import PlanInMoves

MOST_WHO_LEAVE = 3
"""At most so many people make room together."""

FEW_IN_ROW = 30
"""So many people of a row are looked at, those first who lose least."""

FEW_ELSEWHERE = 2
"""So many other openings are tried for who makes room, the best at the prices first."""


class Regret(NamedTuple):
    """Both ends of a regret, in points; the upper one is None where no plan was found.

    `loss` is what that plan with the pair is worth less than the plan at hand.
    """

    low: float
    high: float | None
    loss: float | None

    @property
    def is_proven(self) -> bool:
        """True where both ends meet."""
        return self.high is not None and self.high == self.low


@dataclass(frozen=True, eq=False)
class Regrets:
    """Tells the regret of pairs; prepared once, then each costs a few milliseconds at most.

    Parameters
    ----------
    hand
        The plan with its prices.
    bound
        No plan is worth more points.
    """

    hand: PlanAtHand
    bound: Fraction

    @classmethod
    def of(cls, hand: PlanAtHand, bound: float | None) -> "Regrets":
        """Prepare a plan; no plan is worth more points than `bound`, None where it is the best."""
        return cls(hand, hand.points if bound is None else max(hand.points, Fraction(bound)))

    def between(self, pairs: Ints, added: Additions) -> list[Regret]:
        """Return both ends of each pair's regret.

        Parameters
        ----------
        pairs
            Some pairs.
        added
            What each would change in the plan, which tells where there is no room.
        """
        lacking: list[set[int]] = [set() for _ in range(pairs.size)]
        for at, row in zip(added.lacking[0].tolist(), added.lacking[1].tolist(), strict=True):
            lacking[at].add(row)
        most = self._most_with(pairs)
        every = zip(pairs.tolist(), most, lacking, strict=True)
        return [self._between(pair, bound, rows) for pair, bound, rows in every]

    def least(self, pairs: Ints) -> Floats:
        """Return the lower end of each pair's regret, in points."""
        value = self.hand.points
        return np.array([float(max(Fraction(0), value - most)) for most in self._most_with(pairs)])

    def _between(self, pair: int, most: Fraction, lacking: set[int]) -> Regret:
        value = self.hand.points
        found = self._nearest(pair, lacking)
        near = None if found is None else found.gained
        low = max(Fraction(0), value - most)
        high = None if near is None else max(Fraction(0), self.bound - value - near)
        loss = None if near is None else -float(near)
        if high is not None and high - low <= OPTIMAL_GAP * max(1.0, float(abs(value))):
            low = high
        return Regret(float(low), None if high is None else float(high), loss)

    def estimate(self, pairs: Ints) -> Floats:
        """Return what each pair falls short at the prices, in points: an estimate, no bound."""
        scale = self.hand.formulation.objective.scale
        short: Floats = np.maximum(0.0, -self.hand.reduced[pairs]) / scale
        return short

    @cached_property
    def in_rows(self) -> PlanInRows:
        """The plan, for asking what one more placement would change."""
        return PlanInRows(self.hand.formulation, self.hand.solution)

    @cached_property
    def ease(self) -> Floats:
        """What each pair of the plan loses at the prices where the person takes their next one."""
        chosen, pairs = self.hand.solution.chosen, self.hand.compiled.pairs
        others = self.hand.reduced.copy()
        others[chosen] = -np.inf
        best = np.maximum.reduceat(np.append(others, -np.inf), pairs.candidate_start[:-1])
        ease: Floats = self.hand.reduced[chosen] - best[pairs.candidate[chosen]]
        return ease

    @cached_property
    def plan(self) -> PlanInMoves:
        """The plan, to try moves on."""
        return PlanInMoves.of(self.hand.formulation, self.hand.solution)

    def _without(self, pair: int) -> PlanInMoves | None:
        """Return the plan without one of its pairs; of one that several ask for, found once."""
        if pair not in self._left:
            self._left[pair] = self.plan.without_pair(pair)
        return self._left[pair]

    @cached_property
    def _left(self) -> dict[int, PlanInMoves | None]:
        return {}

    def is_in_plan(self, pairs: Ints) -> Bools:
        """Mark pairs that the plan has, in whichever way."""
        table = self.hand.compiled.pairs
        if table.variant is not None:
            ways: Bools = np.isin(table.number[pairs], table.number[self.hand.solution.chosen])
            return ways
        chosen = np.append(self.hand.solution.chosen, -1)
        result: Bools = chosen[np.searchsorted(chosen[:-1], pairs)] == pairs
        return result

    def present(self, candidate: int) -> list[int]:
        """Return the pairs of the plan that a person has."""
        start, stop = self.hand.compiled.pairs.candidate_start[candidate : candidate + 2]
        chosen = self.hand.solution.chosen
        return chosen[slice(*np.searchsorted(chosen, [start, stop]))].tolist()  # type: ignore[no-any-return]

    def _most_with(self, pairs: Ints) -> list[Fraction]:
        """Return a bound on the points of any plan with each pair."""
        hand, bits = self.hand, self.hand.certificate.bits
        columns, gain = hand.certified.columns(pairs), hand.formulation.objective.gain[pairs]
        self._rows.update(zip(pairs.tolist(), _rows_of(columns), strict=True))
        paid = hand.certificate.prices[columns.indices] * columns.data
        found = []
        for at, units in enumerate(gain.tolist()):
            entries = slice(columns.indptr[at], columns.indptr[at + 1])
            reduced = (units << bits) - sum(paid[entries].tolist())
            most = hand.certified_units + (((1 << bits) - 1 + min(0, reduced)) >> bits)
            found.append(min(self.bound, bound_in_points(hand.formulation, most)))
        return found

    def nearest(self, pair: int) -> PlanInMoves | None:
        """Return a plan with a pair by a few moves, or None where none was found."""
        pairs = np.array([pair], dtype=np.int64)
        self._rows.update(zip([pair], _rows_of(self.hand.formulation.columns(pairs)), strict=True))
        return self._nearest(pair, set(self.in_rows.with_each(pairs).lacking[1].tolist()))

    def rows_lacking(self, pair: int) -> list[int]:
        """Return the rows by which a pair asks for room that is lacking if its person leaves."""
        pairs = np.array([pair], dtype=np.int64)
        self._rows.update(zip([pair], _rows_of(self.hand.formulation.columns(pairs)), strict=True))
        lacking = set(self.in_rows.with_each(pairs).lacking[1].tolist())
        present = self.present(int(self.hand.compiled.pairs.candidate[pair]))
        missing = lacking - {row for one in present for row in self._rows[one]}
        return sorted({self._served(row, pair) for row in missing})

    def _nearest(self, pair: int, lacking: set[int]) -> PlanInMoves | None:
        """Return a plan with a pair; `lacking` are rows without room for it."""
        pairs = self.hand.compiled.pairs
        present = self.present(int(pairs.candidate[pair]))
        bases = [self.plan] if len(present) < pairs.placements_per_candidate else []
        bases += [base for one in present if (base := self._without(one)) is not None]
        for base in bases:
            found = base.with_pair(pair)
            if found is not None:
                return found
        missing = lacking - {row for one in present for row in self._rows[one]}
        leavers = self._leavers(pair, {self._served(row, pair) for row in missing})
        for base in bases if leavers else ():
            plan: PlanInMoves | None = base
            for leaver in leavers:
                plan = None if plan is None else plan.without_pair(leaver)
            found = None if plan is None else plan.with_pair(pair)
            if found is not None:
                return self._elsewhere(found, leavers)
        return None

    def _leavers(self, pair: int, asked: set[int]) -> list[int]:
        """Return people who make room together in rows, each of whom loses little; none if unknown.

        Who stands in more of the rows comes first, so that few leave.
        """
        candidate, leavers = self.hand.compiled.pairs.candidate, list[int]()
        while asked:
            inside = [(one, self._rows[one]) for one in self._easy_in(min(asked, key=self._width))]
            others = [
                (-len(asked & rows), place, one)
                for place, (one, rows) in enumerate(inside)
                if candidate[one] != candidate[pair] and one not in leavers
            ]
            if not others or len(leavers) == MOST_WHO_LEAVE:
                return []
            best = min(others)[2]
            leavers.append(best)
            asked = asked - self._rows[best]
        return leavers

    def _width(self, row: int) -> int:
        """Return how many pairs of the plan stand in a row."""
        start = self.hand.chosen_of_row.indptr
        return int(start[row + 1] - start[row])

    def _easy_in(self, row: int) -> list[int]:
        """Return pairs of the plan that stand in a row, those first that lose least."""
        if row not in self._easy:
            used, hand = self.hand.chosen_of_row, self.hand
            places = used.indices[used.indptr[row] : used.indptr[row + 1]]
            order = np.argsort(self.ease[places], kind="stable")[:FEW_IN_ROW]
            self._easy[row] = hand.solution.chosen[places[order]].tolist()
        return self._easy[row]

    @cached_property
    def _easy(self) -> dict[int, list[int]]:
        return {}

    def _served(self, row: int, pair: int) -> int:
        """Return the row by which a pair asks for room in a row, itself or that of its class."""
        own = self._rows[pair]
        if row in own:
            return row
        offsets = self.hand.formulation.row_offsets
        number = int(np.searchsorted(offsets, row, side="right")) - 1
        of_block = [one for one in own if offsets[number] <= one < offsets[number + 1]]
        return min(of_block, default=row)

    @cached_property
    def _rows(self) -> dict[int, set[int]]:
        """The rows of pairs, filled as they are asked for; those of the plan at once."""
        chosen = self.hand.solution.chosen
        return dict(
            zip(chosen.tolist(), _rows_of(self.hand.formulation.columns(chosen)), strict=True)
        )

    def _elsewhere(self, plan: PlanInMoves, leavers: list[int]) -> PlanInMoves:
        """Return a plan in which those who made room go to a good opening with room, if any."""
        pairs = self.hand.compiled.pairs
        for leaver in leavers:
            first, last = pairs.candidate_start[pairs.candidate[leaver] :][:2].tolist()
            order = np.argsort(-self.hand.reduced[first:last], kind="stable") + first
            others = (one for one in order[: FEW_ELSEWHERE + 1].tolist() if one != leaver)
            found = next((new for one in others if (new := plan.with_pair(one))), None)
            if found is not None and found.gained > plan.gained:
                plan = found
        return plan


def _rows_of(columns: sparse.csc_array) -> list[set[int]]:
    """Return the rows of each column."""
    ends, rows = columns.indptr.tolist(), columns.indices
    return [set(rows[slice(*ends[at : at + 2])].tolist()) for at in range(len(ends) - 1)]
