"""Places that coaches give to people: what every packer of coaches keeps, ranks and tells."""

from abc import ABC, abstractmethod
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints


class Places(ABC):
    """Gives each coached pair, as it comes, a coach of its class: kept places first.

    Heirs find the coach, and keep the books of what each has left.

    Parameters
    ----------
    pair, of_pair
        Coached pairs, ascending, and the class of each, shape (P,).
    size
        How much one person of each class takes, shape (T,); who takes much is added early.
    of_class, coach
        Class and coach of each variable ``n[t, k]``, shape (V,), sorted by class.
    n_coaches
        Number of coaches, K.
    kept
        Values of the variables, shape (V,), whose places are kept; None for none.
    liked
        Pairs that the kept places are for. A class keeps no more places than it has of these.
    """

    def __init__(
        self,
        pair: Indices,
        of_pair: Indices,
        size: Ints,
        of_class: npt.NDArray[np.intp],
        coach: Ints,
        n_coaches: int,
        kept: Ints | None,
        liked: npt.NDArray[np.integer],
    ) -> None:
        count = np.zeros(coach.size, dtype=np.int64)
        if kept is not None:
            at = places(pair, np.unique(liked))
            wanted = np.bincount(of_pair[at[at >= 0]], minlength=size.size)
            count = trimmed(kept, of_class, wanted)
        waiting = np.zeros(size.size, dtype=np.int64)
        np.add.at(waiting, of_class, count)
        self._pair, self._of_pair, self._size = pair, of_pair, size
        self._coaches = np.bincount(of_class, minlength=size.size)
        self._kept = count
        self._coach: list[int] = coach.tolist()
        self._class: list[int] = of_class.tolist()
        starts = np.searchsorted(of_class, np.arange(size.size + 1)).tolist()
        self._of_class = [range(a, b) for a, b in pairwise(starts)]
        # The variables in use at each coach, as ordered sets: few of those a coach could have.
        self._at_coach: list[dict[int, None]] = [{} for _ in range(n_coaches)]
        for own in np.flatnonzero(count).tolist():
            self._at_coach[self._coach[own]][own] = None
        self._waiting: list[int] = waiting.tolist()
        self._count: list[int] = count.tolist()

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
        own = self._found(number)
        if own is None:
            return False
        self._take(own, 1)
        return True

    def take(self, own: int) -> bool:
        """Let the coach of a variable take one of its class; False where that coach has no room."""
        if not self._fits(own):
            return False
        self._take(own, 1)
        return True

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to add each pair: first those with few coaches, then large ones."""
        few, n_classes = 2 * self._coaches < self._coaches.max(initial=0), self._size.size
        rank = np.empty(n_classes + 1, dtype=np.int64)
        rank[np.lexsort((-self._size, ~few))] = np.arange(n_classes)
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

    @abstractmethod
    def _fits(self, own: int) -> bool:
        """Tell whether the coach of a variable has room for one of its class."""

    @abstractmethod
    def _found(self, number: int) -> int | None:
        """Find or make room for one of a class; return the variable, None where there is none."""

    def _take(self, own: int, people: int) -> None:
        """Let a coach take so many people of a class; a negative number gives them up."""
        self._count[own] += people
        if self._count[own]:
            self._at_coach[self._coach[own]][own] = None
        else:
            self._at_coach[self._coach[own]].pop(own, None)


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
