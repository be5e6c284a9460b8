"""Hands out the hours and heads of coaches in time, pair by pair."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_classes import Classes
from placement_opt.formulation.capacity import Columns


@dataclass(eq=False)
class PackerInTime:
    """Gives each pair the coach who has room in all its periods and keeps least hours unused.

    Parameters
    ----------
    classes
        The classes.
    of_class, coach
        Class and coach of each own variable, shape (V,), sorted by class.
    hours
        Hours of each own variable in each period, shape (V, T).
    free_hours, free_heads
        What each coach has left in each period, shape (K, T); used up by what is added.
    kept
        How many people each own variable had in an earlier plan, shape (V,), that are given to
        the same coach first.
    """

    classes: Classes
    of_class: npt.NDArray[np.integer]
    coach: Ints
    hours: Ints
    free_hours: Ints
    free_heads: Ints
    kept: Ints
    may_waste: bool = False
    _own: Ints = field(init=False)
    _start: Ints = field(init=False)
    _is_full: list[bool] = field(init=False)

    def __post_init__(self) -> None:
        self._own = np.zeros(self.coach.size, dtype=np.int64)
        numbers = np.arange(len(self.classes.key) + 1)
        self._start = np.searchsorted(self.of_class, numbers)
        self._is_full = [False] * len(self.classes.key)
        self.kept = self.kept.copy()

    def add(self, pair: int) -> bool:
        """Give a coach to a pair; False where nobody has room in all its periods."""
        number = self._number(pair)
        if number < 0:
            return True
        if self._is_full[number]:
            return False
        mine = slice(int(self._start[number]), int(self._start[number + 1]))
        left = self.free_hours[self.coach[mine]] - self.hours[mine]
        asks = self.hours[mine] > 0
        fits = ((left >= 0) | ~asks).all(axis=1)
        fits &= (~asks | (self.free_heads[self.coach[mine]] > 0)).all(axis=1)
        if not fits.any():
            self._is_full[number] = True  # what coaches have left only becomes less
            return False
        able = np.flatnonzero(fits)
        had = self.kept[mine][able] > 0
        able = able[had] if had.any() else able
        self._give(mine.start + int(able[np.argmin(left[able].sum(axis=1))]))
        return True

    def give(self, pair: int, coach: int) -> bool:
        """Give a pair a certain coach, or the best one where that one has no room."""
        number = self._number(pair)
        if number >= 0:
            mine = np.arange(self._start[number], self._start[number + 1])
            for one in mine[self.coach[mine] == coach].tolist():
                asks = self.hours[one] > 0
                has_hours = (self.free_hours[coach] >= self.hours[one])[asks].all()
                if has_hours and (self.free_heads[coach] > 0)[asks].all():
                    self._give(one)
                    return True
        return self.add(pair)

    def _number(self, pair: int) -> int:
        """Return the class of a pair, -1 where it needs no coach."""
        known = self.classes.pair
        place = int(known.searchsorted(known.dtype.type(pair)))  # of one type: nothing is copied
        is_coached = place < known.size and known[place] == pair
        return int(self.classes.of_pair[place]) if is_coached else -1

    def _give(self, one: int) -> None:
        coach = int(self.coach[one])
        self.free_hours[coach] -= self.hours[one]
        self.free_heads[coach] -= self.hours[one] > 0
        self.kept[one] -= self.kept[one] > 0
        self._own[one] += 1

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return the order in which to add pairs: those of many hours first."""
        number = self.classes.of_pairs(pairs.astype(np.int64))
        of_class = np.zeros(len(self.classes.key) + 1, dtype=np.int64)
        of_class[self.of_class] = self.hours.sum(axis=1)
        ranks: Ints = -of_class[number]
        return ranks

    def own(self) -> Ints:
        """Return how many people each own variable stands for."""
        return self._own.copy()


def settled_in_time(packer: PackerInTime, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
    """Give each chosen pair the coach it names, else one who has room; who is served, aligned."""
    named = columns["coach"].tolist()
    served = [packer.give(pair, coach) for pair, coach in zip(chosen.tolist(), named, strict=True)]
    return packer.own(), np.array(served, dtype=np.bool_)
