"""Finds coaches for given pairs where people may have several placements."""

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_classes import Classes, Free, HandOut
from placement_opt.constraints.coaching_splits import Splits
from placement_opt.formulation.capacity import Columns


def settled(splits: Splits, free: Free, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
    """Give each chosen pair the coach it names, else one who has room.

    All placements of a person go to one coach. Where no coach has room for all of them, some are
    served. Returns the values of the own variables, and which pairs they serve.
    """
    at = np.minimum(np.searchsorted(splits.pair, chosen), splits.pair.size - 1)
    is_coached = splits.pair[at] == chosen
    hands = _Hands(splits, free)
    of_person: dict[int, list[int]] = {}
    for place in np.flatnonzero(is_coached).tolist():
        of_person.setdefault(int(splits.person[at[place]]), []).append(place)
    people = list(of_person.values())
    named = [int(next((c for c in columns["coach"][of] if c >= 0), -1)) for of in people]
    served: Bools = ~is_coached
    alone = []
    coaches = _coaches(splits, free, [at[of] for of in people], named)
    for of, k in zip(people, coaches, strict=True):
        if k >= 0:
            for place in of:
                served[place] = hands.give(int(at[place]), k)
        else:
            alone += of
    for place in alone:
        served[place] = hands.give_any(int(at[place]))
    return hands.own(), served


def _coaches(
    splits: Splits, free: Free, people: list[npt.NDArray[np.intp]], named: list[int]
) -> list[int]:
    """Return a coach for all placements of each person; -1 where none has room for all.

    People whose placements need the same total of hours from the same coaches are a class.
    """
    number: dict[tuple[tuple[int, ...], int], int] = {}
    of_class = []
    for pairs in people:
        able = set.intersection(*(set(splits.team(int(pair))) for pair in pairs))
        key = (tuple(sorted(able)), int(splits.hours[pairs].sum()))
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
    own, served = hand_out.settle(everybody, wanted, free)
    found = np.full(len(people), -1, dtype=np.int64)
    liked = {"coach": wanted["coach"][served]}
    found[served] = hand_out.coaches(everybody[served], own, liked)["coach"]
    coaches: list[int] = found.tolist()
    return coaches


class _Hands:
    """Hands out the hours and heads of coaches, pair by pair."""

    def __init__(self, splits: Splits, free: Free) -> None:
        self._splits = splits
        self._hours: list[int] = free.hours.tolist()
        self._heads: list[int] = free.caseload.tolist()
        self._coach_of: dict[int, int] = {}
        self._served_by: list[int] = []

    def give(self, pair: int, k: int) -> bool:
        """Let coach k serve a pair; False where that coach cannot."""
        splits, person = self._splits, int(self._splits.person[pair])
        hours, team, known = int(splits.hours[pair]), splits.team(pair), self._coach_of.get(person)
        has_head = known == k or (known is None and self._heads[k] > 0)
        if k not in team or not has_head or self._hours[k] < hours:
            return False
        if known is None:
            self._coach_of[person] = k
            self._heads[k] -= 1
        self._hours[k] -= hours
        self._served_by.append(int(np.searchsorted(splits.of_pair, pair)) + team.index(k))
        return True

    def give_any(self, pair: int) -> bool:
        """Let some coach serve a pair, tried by hours left; False where none can."""
        team = sorted(self._splits.team(pair), key=lambda k: -self._hours[k])
        return any(self.give(pair, k) for k in team)

    def own(self) -> Ints:
        """Return the values of the split and link variables."""
        splits = self._splits
        own = np.zeros(splits.n_own, dtype=np.int64)
        own[self._served_by] = 1
        own[splits.of_pair.size + splits.link[self._served_by]] = 1
        return own
