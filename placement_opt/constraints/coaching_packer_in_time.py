"""Hands out the hours of coaches in each period, person by person."""

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.coaching_packer import MOST_MOVES, places, trimmed

if TYPE_CHECKING:
    from placement_opt.constraints.coaching_classes import HandOut


class BestFitInTime:
    """Gives each coached pair, as it comes, the coach with most left in its periods.

    Kept places are handed out first. Where no coach has room, one person moves to another coach.

    Parameters
    ----------
    hand_out
        The classes and own variables.
    asks
        What one person of each variable takes of each row, CSR of shape (R, V).
    most
        The limit of each row, shape (R,).
    kept, liked
        As for `BestFit`.
    """

    def __init__(
        self,
        hand_out: "HandOut",
        asks: sparse.csr_array,
        most: Ints,
        kept: Ints | None,
        liked: npt.NDArray[np.integer],
    ) -> None:
        classes, of_class, coach = hand_out.classes, hand_out.of_class, hand_out.coach
        self._pair, self._of_pair = classes.pair, classes.of_pair
        self._n_classes = n_classes = len(classes.key)
        count = np.zeros(coach.size, dtype=np.int64)
        if kept is not None:
            at = places(self._pair, np.unique(liked))
            wanted = np.bincount(self._of_pair[at[at >= 0]], minlength=n_classes)
            count = trimmed(kept, of_class, wanted)
        waiting = np.zeros(n_classes, dtype=np.int64)
        np.add.at(waiting, of_class, count)
        self._class: list[int] = of_class.tolist()
        self._coach: list[int] = coach.tolist()
        starts = np.searchsorted(of_class, np.arange(n_classes + 1)).tolist()
        self._of_class = [range(a, b) for a, b in pairwise(starts)]
        columns = asks.tocsc()
        columns.sort_indices()
        ends, rows, amounts = (
            one.tolist() for one in (columns.indptr, columns.indices, columns.data)
        )
        self._asks = [tuple(zip(rows[a:b], amounts[a:b], strict=True)) for a, b in pairwise(ends)]
        self._size = np.asarray(columns.sum(axis=0)).ravel()
        self._share: list[float] = [1 / max(1, limit) for limit in most.tolist()]
        self._left: list[int] = (most - asks @ count).tolist()
        self._waiting: list[int] = waiting.tolist()
        self._count: list[int] = count.tolist()
        self._at_coach: list[dict[int, None]] = [{} for _ in range(coach.max(initial=-1) + 1)]
        for own in np.flatnonzero(count).tolist():
            self._at_coach[self._coach[own]][own] = None
        self._moves = MOST_MOVES
        # Classes for which no coach has room, until somebody moves: there may be millions of pairs.
        self._full: set[int] = set()

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
        if number in self._full:
            return False
        own = self._with_most_left(number)
        if own is None:
            own = self._made_room(number)
        if own is None:
            self._full.add(number)
            return False
        self._take(own, 1)
        return True

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to add each pair: first those with few coaches, then many hours."""
        n_classes = self._n_classes
        of_class = np.array(self._class, dtype=np.int64)
        coaches = np.bincount(of_class, minlength=n_classes)
        size = np.zeros(n_classes)
        np.maximum.at(size, of_class, self._size)
        few = 2 * coaches < coaches.max(initial=0)
        rank = np.empty(n_classes + 1, dtype=np.int64)
        rank[np.lexsort((-size, ~few))] = np.arange(n_classes)
        rank[-1] = n_classes
        ranks: Ints = rank[np.append(self._of_pair, n_classes)[places(self._pair, pairs)]]
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
        if not self._fits(own):
            return False
        self._take(own, 1)
        return True

    def _take(self, own: int, people: int) -> None:
        """Let a coach take so many people of a class; a negative number gives them up."""
        for row, amount in self._asks[own]:
            self._left[row] -= people * amount
        self._count[own] += people
        if self._count[own]:
            self._at_coach[self._coach[own]][own] = None
        else:
            self._at_coach[self._coach[own]].pop(own, None)

    def _fits(self, own: int) -> bool:
        left = self._left
        return all(left[row] >= amount for row, amount in self._asks[own])

    def _with_most_left(self, number: int, but: int = -1) -> int | None:
        """Return the variable of the coach with most left of the scarcest row; None without room.

        What is left counts by its share of the limit, after one of the class is taken.
        """
        best, most = None, -1.0
        for own in self._of_class[number]:
            if self._coach[own] == but or not self._fits(own):
                continue
            left = min(
                (self._left[row] - amount) * self._share[row] for row, amount in self._asks[own]
            )
            if left > most:
                best, most = own, left
        return best

    def _made_room(self, number: int) -> int | None:
        """Move one person to another coach so that one of a class finds room; None without."""
        for own in self._of_class[number]:
            coach = self._coach[own]
            short = [
                (row, amount - self._left[row])
                for row, amount in self._asks[own]
                if amount > self._left[row]
            ]
            for here in self._served(coach):
                self._moves -= 1
                if self._moves < 0:
                    return None
                gives = dict(self._asks[here])
                if any(gives.get(row, 0) < lack for row, lack in short):
                    continue
                there = self._with_most_left(self._class[here], but=coach)
                if there is not None:
                    self._take(here, -1)
                    self._take(there, 1)
                    self._full.clear()
                    return own
        return None

    def _served(self, coach: int) -> Iterator[int]:
        return iter(list(self._at_coach[coach]))
