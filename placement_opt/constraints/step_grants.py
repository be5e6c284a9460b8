"""Who can take which step, when at the earliest, and when what people lack is met by steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.skill_demands import Demands
from placement_opt.constraints.step_offers import StepOffers
from placement_opt.instance.instance import Instance
from placement_opt.instance.step_times import StepTimes


@dataclass(frozen=True, eq=False, repr=False)
class Grants(ShortRepr):
    """The steps that people can take, after others where they ask for what those give.

    Parameters
    ----------
    demands, offers
        What openings ask, and the G lists of steps that meet it.
    step
        Openings that somebody could take as a step, ascending, shape (S,).
    is_service
        Marks those that run beside other steps, shape (S,).
    first
        When each candidate can start each of these steps at the earliest, shape (C, S); `n_starts`
        for never.
    """

    demands: Demands
    offers: StepOffers
    step: Indices
    is_service: Bools
    first: Indices

    @classmethod
    def of(cls, instance: Instance) -> "Grants | None":
        """Return the grants of a region; None where nobody could take a step.

        At first only those steps are reached that ask for nothing a person lacks, then those that
        ask for what these give, and so on: steps that give only each other what they ask are never
        reached. As many passes as steps follow each other.
        """
        taken = instance.steps
        if taken is None:
            return None
        step, column = np.unique(taken.opening, return_inverse=True)
        demands, offers = instance.derived(Demands.of), StepOffers.of(instance, step.tolist())
        n_starts = offers.times.n_starts
        never = np.full((instance.n_candidates, step.size), n_starts, dtype=np.int32)
        alone = offers.times.first(taken.candidate, taken.opening)
        kinds = (instance.opening_of[instance.opening_ids[row]].kind for row in step.tolist())
        is_service = np.array([kind == "service" for kind in kinds], dtype=np.bool_)
        grants = cls(demands, offers, step, is_service, never)
        while True:
            first = never.copy()
            wait = grants.waits(taken.candidate, taken.opening)
            first[taken.candidate, column] = np.maximum(alone, wait)
            if np.array_equal(first, grants.first):
                return grants
            grants = replace(grants, first=first)

    @property
    def times(self) -> StepTimes:
        """When steps can start."""
        return self.offers.times

    @property
    def n_starts(self) -> int:
        """Number of times at which something can start; it stands for never, too."""
        return self.times.n_starts

    @cached_property
    def over(self) -> Indices:
        """The first time after each step that each candidate takes at the earliest, as `first`."""
        return self.times.over(self.step, self.first)

    @cached_property
    def ready(self) -> Indices:
        """The first time after a step of each list that a candidate can take, shape (C, G + 1).

        `n_starts` for none, as the last always is.
        """
        lists = self.offers.steps
        ready = np.full((self.first.shape[0], len(lists) + 1), self.n_starts, dtype=np.int32)
        for row, members in enumerate(lists):
            ready[:, row] = self.over[:, self._columns(members)].min(axis=1)
        return ready

    def takeable(self) -> tuple[Ints, Ints, Indices]:
        """Return who can take which step and when at the earliest, aligned."""
        candidate, column = np.nonzero(self.first < self.n_starts)
        return candidate, self.step[column].astype(np.int64), self.first[candidate, column]

    def open_to(self, candidate: Ints, row: int) -> tuple[Ints, Ints, Indices]:
        """Return the steps of a list that people can take: (place, step, first time), aligned."""
        members = self.offers.steps[row]
        first = self.first[np.ix_(candidate, self._columns(members))]
        place, member = np.nonzero(first < self.n_starts)
        return place, np.array(members, dtype=np.int64)[member], first[place, member]

    def lacking(
        self, candidate: npt.NDArray[np.integer], opening: npt.NDArray[np.integer]
    ) -> tuple[Ints, Ints]:
        """Return what people lack in openings: (place, list of steps that meet it), each once."""
        return self.demands.lacking(candidate, opening, self.offers.place)

    def waits(
        self, candidate: npt.NDArray[np.integer], opening: npt.NDArray[np.integer]
    ) -> Indices:
        """Return the first time at which people can start in openings, for what they lack.

        No plan has them start sooner: a step of each list is over by then, and of two lists one
        after the other, unless one step is in both or runs beside others. So it is exact where
        people lack two skills at most, and the steps ask for nothing that they lack.
        """
        place, of_list = self.lacking(candidate, opening)
        wait = np.zeros(candidate.size, dtype=np.int32)
        np.maximum.at(wait, place, self.ready[candidate[place], of_list])
        is_met = wait[place] < self.n_starts
        for at, one, other in _twos(place[is_met], of_list[is_met]):
            np.maximum.at(wait, at, self._after_both(candidate[at], one, other))
        return wait

    def _after_both(self, candidate: npt.NDArray[np.integer], one: Ints, other: Ints) -> Indices:
        """Return the first time after a step of one list and a step of another, aligned."""
        after = np.zeros(candidate.size, dtype=np.int32)
        if self.times.periods is None:
            return after
        key = one * len(self.offers.steps) + other
        for two in np.unique(key).tolist():
            rows = np.flatnonzero(key == two)
            people, person = np.unique(candidate[rows], return_inverse=True)
            first, second = (self.offers.steps[row] for row in divmod(two, len(self.offers.steps)))
            soonest = [self._after_one_of(people, step, second) for step in first]
            after[rows] = np.minimum.reduce(soonest)[person]
        return after

    def _after_one_of(self, people: Indices, step: int, others: tuple[int, ...]) -> Indices:
        """Return the first time after a step and one of others, whichever comes first."""
        mine, theirs = self._columns([step]), self._columns(others)
        over = self.over[np.ix_(people, mine)], self.over[np.ix_(people, theirs)]
        first = self.first[np.ix_(people, mine)], self.first[np.ix_(people, theirs)]
        after = self.times.over(np.array(others), np.maximum(first[1], over[0]))
        before = self.times.over(np.array([step]), np.maximum(first[0], over[1]))
        beside = self.is_service[theirs] | self.is_service[mine]
        both = np.where(beside, np.maximum(*over), np.minimum(after, before))
        soonest: Indices = np.where(np.array(others) == step, over[1], both).min(axis=1)
        return soonest

    def _columns(self, steps: Sequence[int]) -> Ints:
        columns: Ints = np.searchsorted(self.step, steps)
        return columns


def _twos(place: Ints, value: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield every two values of the same place, places ascending: (place, one, other), aligned."""
    for apart in range(1, place.size):
        first = np.flatnonzero(place[apart:] == place[:-apart])
        if not first.size:
            return
        yield place[first], value[first], value[first + apart]
