"""Which coaches can serve which person in which opening."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import looked_up
from placement_opt.instance.instance import Instance
from placement_opt.instance.people import people_of
from placement_opt.records import Candidate, Coach, Opening

T = TypeVar("T", bound=Hashable)


def needs_coaching(candidate: Candidate) -> bool:
    """Tell whether a person's record names a need for coaching, in some regime that would do."""
    regimes = {candidate.coaching_regime, *candidate.coaching_options}
    return bool(candidate.coaching_hours_per_week) or not regimes <= {None, "none"}


def covers(coach: Coach, candidate: Candidate, opening: Opening) -> bool:
    """Tell whether a coach may serve a person in an opening, from their records."""
    if coach.kind == "employer" and coach.employer != opening.employer:
        return False
    if coach.openings and opening.id not in coach.openings:
        return False
    if coach.employers and opening.employer not in coach.employers:
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


def uncovered(coach: Coach, candidate: Candidate, opening: Opening) -> list[tuple[str, str]] | None:
    """Return the (field, entry) that a coach's lists lack for a person in an opening.

    None where no entry would help: the person keeps another coach, the coach is a colleague
    elsewhere or is no help with the person's needs, or a record does not say what the list asks.
    """
    if candidate.coach not in {None, coach.id} or coach.employer not in {None, opening.employer}:
        return None
    if coach.needs and not candidate.needs <= coach.needs:
        return None
    lacking = [
        (field, entry)
        for field, entry in (
            ("municipalities", candidate.municipality),
            ("regimes", candidate.coaching_regime),
            ("openings", opening.id),
            ("employers", opening.employer),
        )
        if (held := getattr(coach, field)) and entry not in held
    ]
    known = [(field, entry) for field, entry in lacking if entry is not None]
    return known if len(known) == len(lacking) else None


@dataclass(frozen=True, eq=False, repr=False)
class Teams(ShortRepr):
    """The team of each person and opening: all coaches that can serve the pair.

    Parameters
    ----------
    asks
        Who names a need for coaching, shape (P,): the candidates, then people with options in each
        of their regimes, as in `People`.
    asks_hours
        Which of them name hours of their own, and not a share of the work, shape (P,).
    profile
        Profile of each, shape (P,): the same coaches cover all people of a profile.
    pool
        Pool of coaches that serve people in each opening, shape (O,).
    team
        Team of each (profile, pool), shape (profiles, pools).
    members
        Rows of the coaches of each team, ascending; team 0 is empty.
    """

    asks: Bools
    asks_hours: Bools
    profile: Indices
    pool: Indices
    team: Indices
    members: tuple[tuple[int, ...], ...]

    def of_pairs(self, person: Indices, opening: Indices) -> Indices:
        """Return the team of each pair; both index arrays are broadcast."""
        team: Indices = self.team[self.profile[person], self.pool[opening]]
        return team

    def has_coach(self, person: Indices, opening: Indices) -> Bools:
        """Mark the pairs with a coach in their team; both index arrays are broadcast."""
        some: Bools = looked_up(self.team > 0, self.profile[person], self.pool[opening])
        return some


def teams_of(instance: Instance) -> Teams:
    """Build the teams of an instance; `Instance.derived` keeps them."""
    people = instance.derived(people_of).records
    coaches = [instance.coach_of[id_] for id_ in instance.coach_ids]
    able = _able_coaches(people, coaches)
    number: dict[int, int] = {}
    profile = [number.setdefault(mask, len(number)) for mask in able]
    pools: dict[int, int] = {}
    pool = [pools.setdefault(mask, len(pools)) for mask in _serving_coaches(instance, coaches)]
    teams: dict[int, int] = {0: 0}
    team = np.array(
        [[teams.setdefault(mask & serving, len(teams)) for serving in pools] for mask in number],
        dtype=np.int32,
    )
    return Teams(
        asks=np.array([needs_coaching(person) for person in people], dtype=np.bool_),
        asks_hours=np.array([bool(p.coaching_hours_per_week) for p in people], dtype=np.bool_),
        profile=np.array(profile, dtype=np.int32),
        pool=np.array(pool, dtype=np.int32),
        team=team.reshape(len(number), len(pools)),
        members=tuple(tuple(k for k in range(len(coaches)) if mask >> k & 1) for mask in teams),
    )


def _able_coaches(people: Sequence[Candidate], coaches: Sequence[Coach]) -> list[int]:
    """Return the coaches who cover each person, leaving openings aside; coach k is bit k.

    People share few municipalities, regimes and sets of needs, so that each value is tried once for
    each coach and not each person.
    """

    def bits(values: Iterable[T], serves: Callable[[Coach, T], bool]) -> dict[T, int]:
        return {value: _mask(serves(coach, value) for coach in coaches) for value in set(values)}

    place = bits(
        (person.municipality for person in people),
        lambda coach, value: not coach.municipalities or value in coach.municipalities,
    )
    regime = bits(
        (person.coaching_regime for person in people),
        lambda coach, value: not coach.regimes or value in coach.regimes,
    )
    needs = bits(
        (person.needs for person in people),
        lambda coach, value: not coach.needs or value <= coach.needs,
    )
    own = bits((person.coach for person in people), lambda coach, value: value in {None, coach.id})
    return [
        place[p.municipality] & regime[p.coaching_regime] & needs[p.needs] & own[p.coach]
        for p in people
    ]


def _mask(marks: Iterable[bool]) -> int:
    return sum(1 << bit for bit, mark in enumerate(marks) if mark)


def _serving_coaches(instance: Instance, coaches: Sequence[Coach]) -> Iterator[int]:
    """Yield the coaches who serve people in each opening, in the order of ids; coach k is bit k."""
    of_employer: dict[str | None, int] = {}
    anywhere = _mask(not coach.openings for coach in coaches)
    named: dict[str, int] = {}
    for bit, coach in enumerate(coaches):
        for opening_id in coach.openings:
            named[opening_id] = named.get(opening_id, 0) | 1 << bit
    for opening_id in instance.opening_ids:
        employer = instance.opening_of[opening_id].employer
        if employer not in of_employer:
            of_employer[employer] = _mask(
                coach.employer in {None, employer}
                and (not coach.employers or employer in coach.employers)
                for coach in coaches
            )
        yield of_employer[employer] & (anywhere | named.get(opening_id, 0))
