"""Coaches for a given plan in which people may have several placements."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.instance import Bools, Indices, Ints
from placement_opt.row_blocks import Columns


@dataclass(frozen=True, eq=False)
class StackedCoaches:
    """Settles the rows of `placement_opt.constraints.coaching_stacked` for given pairs.

    Parameters
    ----------
    coached, hours, person
        Pairs that need coaching, ascending, their hours in integers and their candidate, shape
        (P,).
    of_pair, coach
        The coached pair and the coach of each split variable, sorted by pair, then coach.
    link
        The link variable (person and coach) of each split variable.
    free
        (hours, caseload) of each coach.
    """

    coached: Indices
    hours: npt.NDArray[np.integer]
    person: Indices
    of_pair: npt.NDArray[np.intp]
    coach: Ints
    link: npt.NDArray[np.intp]
    free: tuple[Ints, Ints]

    def __call__(self, chosen: npt.NDArray[np.int64], columns: Columns) -> tuple[Ints, Bools]:
        """Give each chosen pair the coach it names while they have room, then others who have.

        All placements of a person go to one coach: to the first that one of them keeps.
        """
        at = np.minimum(np.searchsorted(self.coached, chosen), self.coached.size - 1)
        is_coached = self.coached[at] == chosen
        served: Bools = ~is_coached
        hands = _Hands(self, at[is_coached])
        asked = np.flatnonzero(is_coached).tolist()
        for position in asked:
            named = int(columns["coach"][position])
            served[position] = named >= 0 and hands.give(int(at[position]), named)
        for position in asked:
            served[position] = served[position] or hands.give_any(int(at[position]))
        return hands.own(), served


class _Hands:
    """Hands out hours and heads of coaches, pair by pair."""

    def __init__(self, rows: StackedCoaches, asked: npt.NDArray[np.intp]) -> None:
        self._rows = rows
        self._hours: list[int] = rows.free[0].tolist()
        self._heads: list[int] = rows.free[1].tolist()
        self._coach_of: dict[int, int] = {}
        self._start = np.searchsorted(rows.of_pair, np.arange(rows.coached.size + 1))
        self._splits: list[int] = []
        # What a person needs in all, and which coaches serve all of their placements.
        self._needs: dict[int, int] = {}
        self._able: dict[int, set[int]] = {}
        for pair in asked.tolist():
            person = int(rows.person[pair])
            self._needs[person] = self._needs.get(person, 0) + int(rows.hours[pair])
            team = set(self._team(pair))
            self._able[person] = self._able.get(person, team) & team

    def _team(self, pair: int) -> list[int]:
        team: list[int] = self._rows.coach[self._start[pair] : self._start[pair + 1]].tolist()
        return team

    def _has_room(self, pair: int, k: int) -> bool:
        known = self._coach_of.get(int(self._rows.person[pair]))
        has_head = known == k or (known is None and self._heads[k] > 0)
        return has_head and self._hours[k] >= int(self._rows.hours[pair])

    def give(self, pair: int, k: int) -> bool:
        """Let a coach serve a pair; False where they cannot."""
        team = self._team(pair)
        if k not in team or not self._has_room(pair, k):
            return False
        person = int(self._rows.person[pair])
        if person not in self._coach_of:
            self._coach_of[person] = k
            self._heads[k] -= 1
        self._hours[k] -= int(self._rows.hours[pair])
        self._splits.append(int(self._start[pair]) + team.index(k))
        return True

    def give_any(self, pair: int) -> bool:
        """Let the coach serve a pair who can best take all placements of the person."""
        person = int(self._rows.person[pair])
        open_ = [k for k in self._team(pair) if self._has_room(pair, k)]
        if not open_:
            return False

        def promise(k: int) -> tuple[bool, bool, float]:
            has_all = self._hours[k] >= self._needs[person]
            return (k in self._able[person], has_all, self._hours[k] / max(1, self._heads[k]))

        return self.give(pair, max(open_, key=promise))

    def own(self) -> Ints:
        """Return the values of the split and link variables."""
        rows = self._rows
        split = np.zeros(rows.of_pair.size, dtype=np.int64)
        split[self._splits] = 1
        links = np.zeros(int(rows.link.max(initial=-1)) + 1, dtype=np.int64)
        links[rows.link[self._splits]] = 1
        return np.concatenate([split, links])
