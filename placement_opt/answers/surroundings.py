"""Which placements are decided again when a plan has to change in one place.

Somebody who has to come in needs room in some rows: a place, a coach's hours, a budget. Who stands
there makes room by leaving, or by another placement that takes less of the row. Of all those moves
the ones that lose least at the prices are looked at, and where such a move lacks room itself, the
moves that make it: a chain. The problem over all these pairs is small and solved exactly.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.search.board import Solution

FEW_IN_ROW = 20
"""A row of more people is no place that somebody could take over."""


@dataclass(frozen=True)
class Reach:
    """How far the surroundings of a change go.

    Parameters
    ----------
    movers
        Moves that make room in a row.
    openings
        Openings of each person who has to go.
    steps
        Steps of a chain.
    """

    movers: int
    openings: int
    steps: int

    def wider(self) -> "Reach":
        """Return a reach that takes about twice the work: longer chains, then more moves."""
        if self.steps < LONGEST_CHAIN:
            return replace(self, steps=LONGEST_CHAIN)
        return replace(self, movers=2 * self.movers, openings=self.openings + 1)


LONGEST_CHAIN = 4
"""Steps of a chain: near a plan that loses little, a pair of a low price needs them."""

NEAR = Reach(movers=4, openings=2, steps=2)
"""Some hundred pairs, decided exactly in a tenth of a second, whatever the size of the region."""


class Surroundings:
    """Grows the surroundings of a change in a plan.

    Parameters
    ----------
    hand
        The plan.
    changed
        The problem to solve again: over the same pairs, its first blocks those of the plan's own,
        perhaps with other limits.
    asked
        Pairs that have to come in.
    rows
        Rows of the plan's own problem whose limits are others than before.
    """

    def __init__(self, hand: PlanAtHand, changed: Formulation, asked: Ints, rows: Ints) -> None:
        self._hand = hand
        self._changed = changed
        self._asked = asked
        self._rows = rows
        pairs = hand.compiled.pairs
        self._candidate, self._start = pairs.candidate, pairs.candidate_start

    def pairs(self, reach: Reach) -> Ints:
        """Return the pairs to decide again, ascending."""
        first = self.lacking(self._asked)[1]
        rows = np.union1d(self._rows, first)
        seen, free, movers = rows, [self._asked, self._present(self._asked)], reach.movers
        for _ in range(reach.steps if rows.size else 0):
            moves = np.unique(np.concatenate([self._moves(row, movers, reach) for row in rows]))
            free += [moves, self._present(moves)]
            rows = np.setdiff1d(self.lacking(moves)[1], seen)[: reach.movers]
            seen, movers = np.union1d(seen, rows), max(2, movers // 4)
            if not rows.size:
                break
        freed = self._present(np.concatenate(free))
        free += [self._comers(row, reach.openings) for row in self._narrow_rows(freed)]
        free += [self._comers(row, reach.movers) for row in self._rows.tolist()]
        every = np.unique(np.concatenate(free))
        return np.union1d(every, self._present(every))

    def free_own(self, pairs: Ints, around: Solution) -> Bools:
        """Mark the own variables to decide again with some pairs, shape (N - E,).

        Where holders serve people, such as coaches, only those have a say who serve one of the
        people of the pairs, in the plan at hand or in the plan `around`, or who have room for a
        pair that has to come in. They may serve what they serve now, what their own people need in
        another pair, and what has to come in. All others stay as they are: most have no room, and
        with all of them the problem would take many times longer.
        """
        changed, hand = self._changed, self._hand
        free = np.ones(changed.n_variables - changed.n_pairs, dtype=np.bool_)
        coaches = np.unique(hand.coach_of[self._candidate[pairs]])
        for number, block in enumerate(changed.blocks):
            if block.holders is None:
                continue
            span = slice(*(at - changed.n_pairs for at in changed.offsets[number : number + 2]))
            served, holder = block.holders.row, block.holders.holder
            at, row, _ = block.by_pair.of_pairs(pairs)
            serves = _marked(row, len(block))[served]
            if holder is None:
                free[span] = serves
                continue
            was, now = hand.solution.own[span], around.own[span]
            has_part = np.isin(holder, coaches[coaches >= 0])
            n_holders = int(holder.max(initial=0)) + 2
            wanted = row * n_holders + hand.coach_of[self._candidate[pairs[at]]]
            asked = _marked(block.by_pair.of_pairs(self._asked)[1], len(block))[served]
            free[span] = serves & ((was != now) | (now > 0) & has_part)
            free[span] |= np.isin(served * n_holders + holder, wanted)
            free[span] |= asked & (has_part | (hand.room.of_own[span] > 0))
        return free

    def _present(self, pairs: Ints) -> Ints:
        """Return the chosen pairs of the people of some pairs, ascending."""
        chosen = self._hand.solution.chosen
        people = np.unique(self._candidate[pairs])
        return chosen[np.isin(self._candidate[chosen], people)]

    def lacking(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Return (place of the pair, row without room for it) where people leave for their pair."""
        hand = self._hand
        present = hand.chosen_of_candidate[self._candidate[pairs]]
        room, at, rows = hand.room, [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for number, block in enumerate(hand.formulation.blocks):
            first = hand.formulation.row_offsets[number]
            place, row, amount = block.by_pair.of_pairs(pairs)
            need = amount * room.need[first + row]
            short = need > room.left[first + row]
            place, row, need = place[short], row[short], need[short]
            left = room.left[first + row] + self._held(number, present[place], row)
            lacks = need > left
            at.append(place[lacks])
            rows.append(first + row[lacks])
        return np.concatenate(at), np.concatenate(rows)

    def _held(self, number: int, present: Ints, row: Ints) -> Ints:
        """Return what the present pair of each person has of a row, or of the holders behind it."""
        block, room = self._hand.formulation.blocks[number], self._hand.room
        held = np.zeros(row.size, dtype=np.int64)
        has = np.flatnonzero(present >= 0)
        at, of_present, amount = block.by_pair.of_pairs(present[has])
        first = self._hand.formulation.row_offsets[number]
        same = (of_present == row[has[at]]) | (block.holders is not None)
        need = amount * room.need[first + of_present]
        np.add.at(held, has[at[same]], need[same])
        return held

    def _moves(self, row: int, most: int, reach: Reach) -> Ints:
        """Return pairs of people who stand in a row: with these they use less of it.

        Those that lose least at the prices come first; the present pair stands for leaving.
        """
        hand, place = self._hand, self.inside(row)
        present = hand.solution.chosen[place]
        if not present.size:
            return present
        first, last = (self._start[self._candidate[present] + end] for end in (0, 1))
        owner = np.repeat(np.arange(present.size), last - first)
        pairs = np.concatenate([np.arange(*ends) for ends in zip(first, last, strict=True)])
        leaves = pairs == present[owner]
        loss = np.where(
            leaves,
            hand.loss_of_leaving[place][owner],
            hand.reduced[present][owner] - hand.reduced[pairs],
        )
        relief = self.use(row, present)[owner] - np.where(leaves, 0, self.use(row, pairs))
        fits = np.ones(pairs.size, dtype=np.bool_)
        fits[self.lacking(pairs)[0]] = False
        found = []
        for some, number in ((fits | leaves, most), (~fits & ~leaves, max(2, most // 2))):
            at = np.flatnonzero(some & (relief > 0))
            at = at[np.lexsort((pairs[at], loss[at]))]
            at = at[_rank(owner[at]) < reach.openings]
            found.append(pairs[at[:number]])
        return np.concatenate(found)

    def use(self, row: int, pairs: Ints) -> Ints:
        """Return what pairs use of a row; of people whom holders serve, of any of the holders."""
        number, first = self._block_of(row)
        block = self._hand.formulation.blocks[number]
        at, of_pair, amount = block.by_pair.of_pairs(pairs)
        same = (of_pair == row - first) | (block.holders is not None)
        used = np.zeros(pairs.size, dtype=np.int64)
        need = amount * self._hand.room.need[first + of_pair]
        np.add.at(used, at[same], need[same])
        return used

    def _block_of(self, row: int) -> tuple[int, int]:
        """Return the number of the block that a row is in, and the block's first row."""
        offsets = self._hand.formulation.row_offsets
        number = int(np.searchsorted(offsets, row, side="right")) - 1
        return number, int(offsets[number])

    def inside(self, row: int) -> Ints:
        """Return the places of the chosen pairs that use a row, themselves or by their holders."""
        used, (number, first) = self._hand.chosen_of_row, self._block_of(row)
        inside = used.indices[used.indptr[row] : used.indptr[row + 1]]
        block = self._hand.formulation.blocks[number]
        if block.holders is None:
            return inside.astype(np.int64)
        own = self._hand.formulation.own_values(self._values, number)
        served = first + _rows_served(block, row - first, own)
        spans = [used.indices[used.indptr[one] : used.indptr[one + 1]] for one in served]
        return np.unique(np.concatenate([inside, *spans])).astype(np.int64)

    def _comers(self, row: int, most: int) -> Ints:
        """Return pairs that could use room in a row, the best at the prices first."""
        number, first = self._block_of(row)
        usage = self._hand.formulation.blocks[number].usage
        members = usage.indices[usage.indptr[row - first] : usage.indptr[row - first + 1]]
        best = np.argsort(-self._hand.reduced[members], kind="stable")[:most]
        return members[best].astype(np.int64)

    def _narrow_rows(self, pairs: Ints) -> list[int]:
        """Return the rows of some pairs that hold few people, such as those of openings."""
        rows = np.unique(self._hand.formulation.columns(pairs).indices)
        held = np.diff(self._hand.chosen_of_row.indptr)[rows]
        return [int(row) for row in rows[held <= FEW_IN_ROW]]

    @cached_property
    def _values(self) -> Ints:
        return self._hand.solution.values(self._hand.formulation)


def rows_without_room(hand: PlanAtHand, pairs: Ints) -> Ints:
    """Return the rows of a plan without room for some pairs, also if the people left their own."""
    return np.unique(Surroundings(hand, hand.formulation, pairs, pairs[:0]).lacking(pairs)[1])


def _rows_served(block: RowBlock, row: int, own: Ints) -> Ints:
    """Return the rows of a block whose people share holders with those of a row.

    A row of those who are served leads to all holders who could serve it, and from there to all
    whom these serve; a row of a holder's capacity to those whom it serves.
    """
    usage, by_own = block.variable_usage, block.by_own
    if block.holders is None or usage is None or by_own is None:
        return np.zeros(0, dtype=np.int64)
    serving = usage.indices[usage.indptr[row] : usage.indptr[row + 1]]
    holding = np.setdiff1d(by_own[:, serving].indices, block.holders.row[serving])
    serves = np.unique(usage[holding].indices)
    rows = block.holders.row[serves[own[serves] > 0]]
    return np.unique(rows[rows >= 0])


def _marked(rows: Ints, n_rows: int) -> Bools:
    """Mark rows, shape (n_rows + 1,); the last is for "none", which is never marked."""
    marked = np.zeros(n_rows + 1, dtype=np.bool_)
    marked[rows] = True
    return marked


def _rank(groups: Ints) -> Ints:
    """Return how many before each entry are of the same group."""
    order = np.argsort(groups, kind="stable")
    rank = np.empty(groups.size, dtype=np.int64)
    rank[order] = np.arange(groups.size) - np.searchsorted(groups[order], groups[order])
    return rank
