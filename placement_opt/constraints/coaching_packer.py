"""Hands out the hours of coaches person by person, and moves others to make room."""

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.constraints.coaching_exchange import fullest
from placement_opt.constraints.coaching_places import Places

MOST_MERGES = 100_000
"""In one packer two coaches share out their people again at most so many times."""

TARGETS = 3
"""Room is gathered at so many coaches of a team, those with most hours left."""

MOST_MOVES = 100_000
"""Moves that one packer tries while making room: this many take a third of a second."""

LONGEST_CHAIN = 3
"""At most so many people move to make room for one more."""


class BestFit(Places):
    """Gives each coached pair, as it comes, the coach who fits best.

    A coach who is full afterwards fits best; next is the one with most hours left for each head.
    Where no coach has room, pairs of coaches share out their people again, so that room is gathered
    at one of them; else a chain of people moves.

    Parameters
    ----------
    pair, of_pair, of_class, coach, kept, liked
        See `Places`.
    hours
        Hours of each class in integers, shape (T,).
    free
        (hours, caseload) of each coach.
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
        super().__init__(pair, of_pair, hours, of_class, coach, free[0].size, kept, liked)
        room, heads = free[0].copy(), free[1].copy()
        np.subtract.at(room, coach, self._kept * hours[of_class])
        np.subtract.at(heads, coach, self._kept)
        self._hours: list[int] = hours.tolist()
        self._free: list[int] = room.tolist()
        self._heads: list[int] = heads.tolist()
        self._least = min(self._hours, default=0)
        self._left = MOST_MOVES
        self._merges = MOST_MERGES
        self._hopeless: set[int] = set()

    @override
    def _found(self, number: int) -> int | None:
        own = self._best_fit(number)
        if own is not None or number in self._hopeless:
            return own
        own = self._gathered(number)
        if own is None and self._left > 0:
            own = self._rearranged(number)
        if own is None:
            self._hopeless.add(number)
        else:
            self._hopeless.clear()
        return own

    @override
    def _fits(self, own: int) -> bool:
        k = self._coach[own]
        return self._free[k] >= self._hours[self._class[own]] and self._heads[k] > 0

    @override
    def _take(self, own: int, people: int) -> None:
        k = self._coach[own]
        self._free[k] -= people * self._hours[self._class[own]]
        self._heads[k] -= people
        super()._take(own, people)

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
