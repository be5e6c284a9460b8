"""Finds coaches for given pairs where people may have several placements."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.constraints.coaching_classes import Classes, Free, HandOut
from placement_opt.formulation.capacity import Columns


@dataclass(frozen=True, eq=False)
class StackedCoaches:
    """Finds the own variables of `placement_opt.constraints.coaching_stacked` for given pairs.

    Parameters
    ----------
    coached, hours, person
        Pairs that need coaching, ascending, their hours in integers and their candidate, shape
        (P,).
    of_pair, coach
        The coached pair and the coach of each split variable, sorted by pair, then coach.
    link
        The link variable (person and coach) of each split variable.
    capacity
        What each coach has free.
    """

    coached: Indices
    hours: npt.NDArray[np.integer]
    person: Indices
    of_pair: npt.NDArray[np.intp]
    coach: Ints
    link: npt.NDArray[np.intp]
    capacity: Free

    def __call__(self, chosen: npt.NDArray[np.int64], columns: Columns) -> tuple[Ints, Bools]:
        """Give each chosen pair the coach it names, else one who has room.

        All placements of a person go to one coach. Where no coach has room for all of them, some
        are served.
        """
        at = np.minimum(np.searchsorted(self.coached, chosen), self.coached.size - 1)
        is_coached = self.coached[at] == chosen
        hands = _Hands(self)
        of_person: dict[int, list[int]] = {}
        for place in np.flatnonzero(is_coached).tolist():
            of_person.setdefault(int(self.person[at[place]]), []).append(place)
        people = list(of_person.values())
        named = [int(next((c for c in columns["coach"][of] if c >= 0), -1)) for of in people]
        served: Bools = ~is_coached
        alone = []
        for of, k in zip(people, self._coaches([at[of] for of in people], named), strict=True):
            if k >= 0:
                for place in of:
                    served[place] = hands.give(int(at[place]), k)
            else:
                alone += of
        for place in alone:
            served[place] = hands.give_any(int(at[place]))
        return hands.own(), served

    def team(self, pair: int) -> list[int]:
        """Return the coaches who can serve a coached pair."""
        split = slice(*np.searchsorted(self.of_pair, [pair, pair + 1]))
        team: list[int] = self.coach[split].tolist()
        return team

    def _coaches(self, people: list[npt.NDArray[np.intp]], named: list[int]) -> list[int]:
        """Return a coach for all placements of each person; -1 where none has room for all.

        People whose placements need the same total of hours from the same coaches are a class.
        """
        number: dict[tuple[tuple[int, ...], int], int] = {}
        of_class = []
        for pairs in people:
            able = set.intersection(*(set(self.team(int(pair))) for pair in pairs))
            key = (tuple(sorted(able)), int(self.hours[pairs].sum()))
            of_class.append(number.setdefault(key, len(number)))
        if not people:
            return []
        teams = [np.array(team, dtype=np.int64) for team, _ in number]
        hand_out = HandOut(
            Classes(
                np.arange(len(people), dtype=np.int32),
                np.array(of_class, dtype=np.int32),
                np.array(list(enumerate(hours for _, hours in number)), dtype=np.int64),
            ),
            np.repeat(np.arange(len(teams)), [team.size for team in teams]),
            np.concatenate(teams),
        )
        everybody, wanted = np.arange(len(people)), {"coach": np.array(named, dtype=np.int64)}
        own, served = hand_out.settle(everybody, wanted, self.capacity)
        found = np.full(len(people), -1, dtype=np.int64)
        liked = {"coach": wanted["coach"][served]}
        found[served] = hand_out(everybody[served], own, liked)["coach"]
        coaches: list[int] = found.tolist()
        return coaches


class _Hands:
    """Hands out the hours and heads of coaches, pair by pair."""

    def __init__(self, rows: StackedCoaches) -> None:
        self._rows = rows
        self._hours: list[int] = rows.capacity.hours.tolist()
        self._heads: list[int] = rows.capacity.caseload.tolist()
        self._coach_of: dict[int, int] = {}
        self._splits: list[int] = []

    def give(self, pair: int, k: int) -> bool:
        """Let coach k serve a pair; False where that coach cannot."""
        rows, person = self._rows, int(self._rows.person[pair])
        hours, team, known = int(rows.hours[pair]), rows.team(pair), self._coach_of.get(person)
        has_head = known == k or (known is None and self._heads[k] > 0)
        if k not in team or not has_head or self._hours[k] < hours:
            return False
        if known is None:
            self._coach_of[person] = k
            self._heads[k] -= 1
        self._hours[k] -= hours
        self._splits.append(int(np.searchsorted(rows.of_pair, pair)) + team.index(k))
        return True

    def give_any(self, pair: int) -> bool:
        """Let some coach serve a pair, tried by hours left; False where none can."""
        team = sorted(self._rows.team(pair), key=lambda k: -self._hours[k])
        return any(self.give(pair, k) for k in team)

    def own(self) -> Ints:
        """Return the values of the split and link variables."""
        rows = self._rows
        split = np.zeros(rows.of_pair.size, dtype=np.int64)
        split[self._splits] = 1
        links = np.zeros(int(rows.link.max(initial=-1)) + 1, dtype=np.int64)
        links[rows.link[self._splits]] = 1
        return np.concatenate([split, links])
