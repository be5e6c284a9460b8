"""Hands out the hours of coaches person by person, and moves others to make room."""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.constraints.coaching_exchange import fullest

MOST_MERGES = 100_000
"""In one packer two coaches share out their people again at most so many times."""

TARGETS = 3
"""Room is gathered at so many coaches of a team, those with most hours left."""

MOST_MOVES = 100_000
"""Moves that one packer tries while making room: this many take a third of a second."""

LONGEST_CHAIN = 3
"""At most so many people move to make room for one more."""


class BestFit:
    """Gives each coached pair, as it comes, the coach who fits best.

    A coach who is full afterwards fits best; next is the one with most hours left for each head.
    Kept places are handed out first. Where no coach has room, pairs of coaches share out their
    people again, so that room is gathered at one of them; else a chain of people moves.

    Parameters
    ----------
    pair, of_pair
        Coached pairs, ascending, and the class of each, shape (P,).
    hours
        Hours of each class in integers, shape (T,).
    of_class, coach
        Class and coach of each variable ``n[t, k]``, shape (V,), sorted by class.
    free
        (hours, caseload) of each coach.
    kept
        Values of the variables, shape (V,), whose places are kept; None for none.
    liked
        Pairs that the kept places are for. A class keeps no more places than it has of these.
    """

    def __init__(
        self,
        pair: Indices,
        of_pair: Indices,
        hours: Ints,
        of_class: npt.NDArray[np.intp],
        coach: Ints,
        free: tuple[Ints, Ints],
        kept: Ints | None,
        liked: npt.NDArray[np.integer],
    ) -> None:
        count = np.zeros(coach.size, dtype=np.int64)
        if kept is not None:
            at = places(pair, np.unique(liked))
            wanted = np.bincount(of_pair[at[at >= 0]], minlength=hours.size)
            count = trimmed(kept, of_class, wanted)
        room, heads = free[0].copy(), free[1].copy()
        np.subtract.at(room, coach, count * hours[of_class])
        np.subtract.at(heads, coach, count)
        waiting = np.zeros(hours.size, dtype=np.int64)
        np.add.at(waiting, of_class, count)
        self._pair, self._of_pair = pair, of_pair
        self._hours: list[int] = hours.tolist()
        self._coach: list[int] = coach.tolist()
        self._class: list[int] = of_class.tolist()
        starts = np.searchsorted(of_class, np.arange(hours.size + 1)).tolist()
        self._of_class = [range(a, b) for a, b in pairwise(starts)]
        # The variables in use at each coach, as ordered sets: few of those a coach could have.
        self._at_coach: list[dict[int, None]] = [{} for _ in range(free[0].size)]
        for own in np.flatnonzero(count).tolist():
            self._at_coach[self._coach[own]][own] = None
        self._free: list[int] = room.tolist()
        self._heads: list[int] = heads.tolist()
        self._waiting: list[int] = waiting.tolist()
        self._count: list[int] = count.tolist()
        self._least = min(self._hours, default=0)
        self._left = MOST_MOVES
        self._merges = MOST_MERGES
        self._hopeless: set[int] = set()
        self._arrays = (hours, of_class, coach)

    @property
    def may_waste(self) -> bool:
        """Return False: who is served is placed."""
        return False

    def add(self, pair: int) -> bool:
        """Give a pair a coach; False where no coach of its team has room."""
        at = int(places(self._pair, np.array([pair]))[0])
        if at < 0:
            return True
        number = int(self._of_pair[at])
        if self._waiting[number] > 0:
            self._waiting[number] -= 1
            return True
        own = self._best_fit(number)
        if own is None and number not in self._hopeless:
            own = self._gathered(number)
            if own is None and self._left > 0:
                own = self._rearranged(number)
            if own is None:
                self._hopeless.add(number)
            else:
                self._hopeless.clear()
        if own is None:
            return False
        self._take(own, 1)
        return True

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to add each pair: first those with few coaches, then many hours."""
        hours, of_class, _ = self._arrays
        coaches = np.bincount(of_class, minlength=hours.size)
        few = 2 * coaches < coaches.max(initial=0)
        order = np.lexsort((-hours, ~few))
        rank = np.empty(hours.size + 1, dtype=np.int64)
        rank[order] = np.arange(hours.size)
        rank[-1] = hours.size
        at = places(self._pair, pairs)
        ranks: Ints = rank[np.append(self._of_pair, hours.size)[at]]
        return ranks

    def own(self) -> Ints:
        """Return the people of each class per coach, without kept places that nobody took."""
        count = list(self._count)
        for number in np.flatnonzero(self._waiting).tolist():
            spare = self._waiting[number]
            for own in self._of_class[number]:
                back = min(spare, count[own])
                count[own] -= back
                spare -= back
        return np.array(count, dtype=np.int64)

    def take(self, own: int) -> bool:
        """Let the coach of a variable take one of its class; False where that coach has no room."""
        k = self._coach[own]
        if self._free[k] < self._hours[self._class[own]] or self._heads[k] <= 0:
            return False
        self._take(own, 1)
        return True

    def _take(self, own: int, people: int) -> None:
        """Let a coach take so many people of a class; a negative number gives them up."""
        k = self._coach[own]
        self._free[k] -= people * self._hours[self._class[own]]
        self._heads[k] -= people
        self._count[own] += people
        if self._count[own]:
            self._at_coach[k][own] = None
        else:
            self._at_coach[k].pop(own, None)

    def _best_fit(self, number: int) -> int | None:
        """Return the variable of the best coach for one of a class; None where none has room.

        A coach whose rest is of no use to anybody comes first, the smallest rest before others.
        Next is the coach with most hours left per head, so that heads and hours run out together.
        Last are coaches with one head left, the smallest rest first.
        """
        hours, best = self._hours[number], None
        most: tuple[int, float] = (0, 0.0)
        for own in self._of_class[number]:
            k = self._coach[own]
            if self._free[k] < hours or self._heads[k] <= 0:
                continue
            left, heads = self._free[k] - hours, self._heads[k] - 1
            value: tuple[int, float]
            if left < self._least:
                value = (3, -left)
            elif heads:
                value = (2, self._free[k] / self._heads[k])
            else:
                value = (1, -left)
            if best is None or value > most:
                best, most = own, value
        return best

    def _gathered(self, number: int) -> int | None:
        """Gather room at a coach of the team; return its variable, None where it is too little."""
        hours = self._hours[number]
        if sum(self._free) < hours:
            return None
        open_ = [own for own in self._of_class[number] if self._heads[self._coach[own]] > 0]
        open_.sort(key=lambda own: -self._free[self._coach[own]])
        for own in open_[:TARGETS]:
            k = self._coach[own]
            givers = sorted(range(len(self._free)), key=lambda other: -self._free[other])
            for other in givers:
                if self._free[k] >= hours or self._merges <= 0 or self._free[other] <= 0:
                    break
                if other != k:
                    self._fill_up(other, k)
            if self._free[k] >= hours:
                return own
        return None

    def _fill_up(self, full: int, open_: int) -> None:
        """Share out the people of two coaches so that one is full and the other has the room.

        The second one keeps a head free for one more person.
        """
        people = [
            own for k in (full, open_) for own in self._served(k) for _ in range(self._count[own])
        ]
        to_full = [self._own_of(self._class[own], full) for own in people]
        to_open = [self._own_of(self._class[own], open_) for own in people]
        movable = [at for at in range(len(people)) if to_full[at] is not None is not to_open[at]]
        if not movable:
            return
        self._merges -= 1
        hours = [self._hours[self._class[own]] for own in people]
        room, heads = self._free[full], self._heads[full]
        for at in movable:
            if self._coach[people[at]] == full:
                room += hours[at]
                heads += 1
        here = sum(1 for at in movable if self._coach[people[at]] == open_)
        least = len(movable) - (self._heads[open_] + here - 1)
        found = fullest([hours[at] for at in movable], room, least, heads)
        if found is None or found[0] <= room - self._free[full]:
            return
        taken = {movable[place] for place in found[1]}
        for at in movable:
            home = to_full[at] if at in taken else to_open[at]
            if home is not None and home != people[at]:
                self._change((people[at], home))

    def _change(self, change: tuple[int, int]) -> None:
        self._take(change[0], -1)
        self._take(change[1], 1)

    def _rearranged(self, number: int) -> int | None:
        """Make room at a coach of the team by moves and swaps; None where that fails."""
        for depth in range(LONGEST_CHAIN):
            for own in self._of_class[number]:
                k = self._coach[own]
                short = max(0, self._hours[number] - self._free[k])
                if self._has_made_room(k, short, depth, (k,)):
                    return own
        return None

    def _has_made_room(self, k: int, short: int, depth: int, busy: tuple[int, ...]) -> bool:
        """Free a head and at least `short` hours at coach k; where it fails nothing changes.

        Somebody moves to another coach, who may have to make room in the same way first, in a chain
        of at most `depth` more people. Coaches in `busy` are left alone.
        """
        for here in list(self._served(k)):
            away = self._class[here]
            hours = self._hours[away]
            if hours < short:
                continue
            for to in self._of_class[away]:
                other = self._coach[to]
                self._left -= 1
                if self._left < 0:
                    return False
                if other in busy:
                    continue
                lack = max(0, hours - self._free[other])
                has_room = lack == 0 and self._heads[other] > 0
                if has_room or (
                    depth and self._has_made_room(other, lack, depth - 1, (*busy, other))
                ):
                    self._take(here, -1)
                    self._take(to, 1)
                    return True
        return self._heads[k] > 0 and self._swapped(k, short, busy)

    def _served(self, k: int) -> Iterator[int]:
        return iter(self._at_coach[k])

    def _swapped(self, k: int, short: int, busy: tuple[int, ...]) -> bool:
        """Swap somebody of coach k with somebody elsewhere who needs at least `short` less."""
        for here in list(self._served(k)):
            away = self._class[here]
            for there in self._of_class[away]:
                other = self._coach[there]
                if other in busy:
                    continue
                self._left -= 1
                for back in list(self._served(other)):
                    less = self._hours[away] - self._hours[self._class[back]]
                    if less < short or less > self._free[other]:
                        continue
                    home = self._own_of(self._class[back], k)
                    if home is not None:
                        self._take(here, -1)
                        self._take(there, 1)
                        self._take(back, -1)
                        self._take(home, 1)
                        return True
        return False

    def _own_of(self, number: int, k: int) -> int | None:
        return self._at_coach_of_class.get((number, k))

    @cached_property
    def _at_coach_of_class(self) -> dict[tuple[int, int], int]:
        """The variable of each class at each coach."""
        places = zip(self._class, self._coach, strict=True)
        return {place: own for own, place in enumerate(places)}


def places(pair: Indices, asked: npt.NDArray[np.integer]) -> Ints:
    """Return the place of each asked pair among the coached ones, -1 for none."""
    if not pair.size:
        return np.full(asked.size, -1, dtype=np.int64)
    at = np.minimum(np.searchsorted(pair, asked.astype(pair.dtype)), pair.size - 1)
    return np.where(pair[at] == asked, at, -1)


def trimmed(kept: Ints, of_class: npt.NDArray[np.intp], wanted: Ints) -> Ints:
    """Return kept places, lowered to the `wanted` people of each class, later coaches first."""
    before = np.cumsum(kept) - kept
    start = np.searchsorted(of_class, np.arange(wanted.size))
    base = np.append(before, 0)[np.minimum(start, before.size)]
    trimmed: Ints = np.clip(wanted[of_class] - (before - base[of_class]), 0, kept)
    return trimmed
