"""Classes of people whose coaching is alike, and the coach of each person in a class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.coaching_packer import BestFit
from placement_opt.constraints.coaching_places import Places
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.row_blocks import NO_UPPER


@dataclass(frozen=True, eq=False, repr=False)
class Free(ShortRepr):
    """Free `hours`, in units of 1 / scale hour, and free `caseload`, in people, of each coach."""

    hours: Ints
    caseload: Ints
    scale: int = 1

    def of_rows(self, upper: Ints) -> "Free | None":
        """Return what the limits of rows leave free; None where a coach has no limit.

        The last rows are those of hours, then those of the caseload, one for each coach.
        """
        n_coaches = self.hours.size
        hours, caseload = upper[-2 * n_coaches : -n_coaches], upper[-n_coaches:]
        if n_coaches == 0 or max(hours.max(), caseload.max()) >= NO_UPPER:
            return None
        return Free(hours, caseload, self.scale)


@dataclass(frozen=True, eq=False, repr=False)
class Classes(ShortRepr):
    """The classes of interchangeable pairs.

    Parameters
    ----------
    pair
        The coached pairs, ascending, shape (P,).
    of_pair
        The class of each, shape (P,).
    key
        Team and hours of each class, shape (T, 2).
    """

    pair: Indices
    of_pair: Indices
    key: Ints

    def of_pairs(self, pairs: npt.NDArray[np.int64]) -> Ints:
        """Return the class of each of some pairs; -1 where they need no coaching."""
        at = np.minimum(np.searchsorted(self.pair, pairs), self.pair.size - 1)
        return np.where(self.pair[at] == pairs, self.of_pair[at], -1).astype(np.int64)


@dataclass(frozen=True, eq=False, repr=False)
class HandOut(ShortRepr):
    """Gives each chosen pair a coach, from the number of people of each class per coach.

    Parameters
    ----------
    classes
        The classes.
    of_class, coach
        Class and coach of each own variable ``n[t, k]``, shape (V,), sorted by class, then coach.
    """

    classes: Classes
    of_class: npt.NDArray[np.intp]
    coach: Ints

    @property
    def hours(self) -> Ints:
        """The hours that each person of an own variable takes, shape (V,)."""
        hours: Ints = self.classes.key[self.of_class, 1]
        return hours

    def coaches(
        self, chosen: npt.NDArray[np.int64], own: Ints, liked: Columns | None = None
    ) -> Mapping[str, Any]:
        """Return ``{"coach": row of the coach of each chosen pair, -1 for none}``.

        A pair keeps the coach that `liked` names where `own` allows it.
        """
        coach_of = np.full(chosen.size, -1, dtype=np.int64)
        number = self.classes.of_pairs(chosen)
        coached = np.flatnonzero(number >= 0)
        left = own.copy()
        if liked is not None:
            place = self._places(number[coached], liked["coach"][coached])
            keeps = _first(place, left)
            coach_of[coached[keeps]] = self.coach[place[keeps]]
            np.subtract.at(left, place[keeps], 1)
            coached = coached[~keeps]
        by_class = coached[np.argsort(number[coached], kind="stable")]
        # Both are sorted by class, and the balance rows make them equally many in each class.
        coach_of[by_class] = np.repeat(self.coach, left)
        return {"coach": coach_of}

    def settle(
        self, chosen: npt.NDArray[np.int64], columns: Columns, capacity: Free
    ) -> tuple[Ints, Bools]:
        """Give each chosen pair the coach it names, else one who has room.

        Returns the number of people of each class per coach, shape (V,), and a mark for each
        chosen pair that has a coach or needs none.
        """
        return self.settled(chosen, columns, partial(self.packer, capacity))

    def settled(
        self,
        chosen: npt.NDArray[np.int64],
        columns: Columns,
        packer_of: Callable[[Ints | None, npt.NDArray[np.int64]], Places],
    ) -> tuple[Ints, Bools]:
        """Do the same with a packer, which is made with what is kept, and for which pairs."""
        number = self.classes.of_pairs(chosen)
        coached = np.flatnonzero(number >= 0)
        place = self._places(number[coached], columns["coach"][coached])
        served = number < 0
        first = packer_of(None, chosen[:0])
        for at, own in zip(coached.tolist(), place.tolist(), strict=True):
            served[at] = own >= 0 and first.take(own)
        kept, keeps = first.own(), coached[served[coached]]
        packer = packer_of(kept, chosen[keeps])
        others = coached[~served[coached]]
        # People who are hard to place come first; see `solvers.plans.packing`.
        others = others[np.argsort(packer.rank(chosen[others]), kind="stable")]
        for at in (*keeps.tolist(), *others.tolist()):
            served[at] = packer.add(int(chosen[at]))
        return packer.own(), served

    def packer(self, capacity: Free, kept: Ints | None, liked: npt.NDArray[np.integer]) -> BestFit:
        """Return what hands out the hours; see `formulation.capacity.Capacity.packer`."""
        classes, free = self.classes, (capacity.hours, capacity.caseload)
        return BestFit(
            classes.pair,
            classes.of_pair,
            classes.key[:, 1],
            self.of_class,
            self.coach,
            free,
            kept,
            liked,
        )

    def _places(self, number: Ints, coach: Ints) -> Ints:
        """Return the own variable of each (class, coach); -1 where the team lacks that coach."""
        # Variables are sorted by class, and coaches ascend within each.
        width = max(int(self.coach.max(initial=0)), int(coach.max(initial=0))) + 1
        known = self.of_class * width + self.coach
        asked = number * width + coach
        at = np.minimum(np.searchsorted(known, asked), max(known.size - 1, 0))
        if not known.size:
            return np.full(number.size, -1, dtype=np.int64)
        return np.where((coach >= 0) & (known[at] == asked), at, -1)


def _first(place: Ints, free: Ints) -> Bools:
    """Mark who gets the place they ask for when places are given out in order; -1 is no place."""
    order = np.argsort(place, kind="stable")
    asked = place[order]
    before = np.arange(order.size) - np.searchsorted(asked, asked)
    gets = np.zeros(place.size, dtype=np.bool_)
    gets[order] = (asked >= 0) & (before < free[np.maximum(asked, 0)])
    return gets
