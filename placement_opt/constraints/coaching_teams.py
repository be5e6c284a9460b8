"""Which coaches can serve which person in which opening."""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from placement_opt.instance import Bools, Indices, Instance, Ints
from placement_opt.records import Candidate, Coach, Opening


def needs_coaching(candidate: Candidate) -> bool:
    """Tell whether a person's record names a need for coaching."""
    return bool(candidate.coaching_hours_per_week) or (
        candidate.coaching_regime not in {None, "none"}
    )


def covers(coach: Coach, candidate: Candidate, opening: Opening) -> bool:
    """Tell whether a coach may serve a person in an opening, by a plain reading of the records."""
    if coach.kind == "employer" and coach.employer != opening.employer:
        return False
    return covers_person(coach, candidate)


def covers_person(coach: Coach, candidate: Candidate) -> bool:
    """Tell whether a coach covers a person, leaving the opening aside."""
    if candidate.coach is not None and candidate.coach != coach.id:
        return False
    if coach.municipalities and candidate.municipality not in coach.municipalities:
        return False
    if coach.regimes and candidate.coaching_regime not in coach.regimes:
        return False
    return not coach.needs or candidate.needs <= coach.needs


@dataclass(frozen=True, eq=False)
class Teams:
    """Coaches by person and opening; a team is a set of coaches that can all serve a pair.

    Parameters
    ----------
    asks
        Which candidates name a need for coaching, shape (C,).
    asks_hours
        Which of them name it as hours of their own rather than a share of the work, shape (C,).
    profile
        Coverage profile of each candidate, shape (C,): people with equal profiles are covered by
        the same coaches.
    pool
        Employer of each opening that has coaches of its own, else -1, shape (O,).
    team
        Team of each (profile, pool + 1), shape (profiles, E + 1).
    members
        Rows of the coaches of each team, ascending; team 0 is empty.
    """

    asks: Bools
    asks_hours: Bools
    profile: Indices
    pool: Indices
    team: Ints
    members: tuple[tuple[int, ...], ...]

    def of_pairs(self, candidate: Indices, opening: Indices) -> Ints:
        """Return the team of each pair, broadcasting both index arrays."""
        team: Ints = self.team[self.profile[candidate], self.pool[opening] + 1]
        return team

    def has_coach(self, candidate: Indices, opening: Indices) -> Bools:
        """Tell for which pairs some coach covers the person, broadcasting both index arrays."""
        # One flat table of bools: whole blocks of pairs are looked up here.
        width = self.team.shape[1]
        at = (self.profile * np.int32(width))[candidate] + (self.pool + np.int32(1))[opening]
        some: Bools = (self.team > 0).ravel().take(at)
        return some


_TEAMS: WeakKeyDictionary[Instance, Teams] = WeakKeyDictionary()


def teams_of(instance: Instance) -> Teams:
    """Return the teams of an instance, built once; O(profiles x coaches)."""
    if instance not in _TEAMS:
        _TEAMS[instance] = _built(instance)
    return _TEAMS[instance]


def _built(instance: Instance) -> Teams:
    people = [instance.candidate_of[id_] for id_ in instance.candidate_ids]
    coaches = [instance.coach_of[id_] for id_ in instance.coach_ids]
    traits = [(p.municipality, p.coaching_regime, p.needs, p.coach) for p in people]
    first: dict[object, Candidate] = {}
    for trait, person in zip(traits, people, strict=True):
        first.setdefault(trait, person)
    number = {trait: row for row, trait in enumerate(first)}
    own = sorted({coach.employer for coach in coaches if coach.employer is not None})
    pools: list[str | None] = [None, *own]
    teams: dict[tuple[int, ...], int] = {(): 0}
    team = np.zeros((len(first), len(pools)), dtype=np.int64)
    for row, person in enumerate(first.values()):
        able = [k for k, coach in enumerate(coaches) if covers_person(coach, person)]
        for column, pool in enumerate(pools):
            members = tuple(k for k in able if coaches[k].employer in {None, pool})
            team[row, column] = teams.setdefault(members, len(teams))
    return Teams(
        asks=np.array([needs_coaching(person) for person in people], dtype=np.bool_),
        asks_hours=np.array([bool(p.coaching_hours_per_week) for p in people], dtype=np.bool_),
        profile=np.array([number[trait] for trait in traits], dtype=np.int32),
        pool=_pool_of_opening(instance, own),
        team=team,
        members=tuple(teams),
    )


def _pool_of_opening(instance: Instance, own: list[str]) -> npt.NDArray[np.int32]:
    row = {employer_id: position for position, employer_id in enumerate(own)}
    openings = (instance.opening_of[id_] for id_ in instance.opening_ids)
    return np.array([row.get(opening.employer or "", -1) for opening in openings], dtype=np.int32)
