"""The candidates of a synthetic region."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.basics.dates import months_later
from placement_opt.records import Candidate
from placement_opt.synthetic import mix
from placement_opt.synthetic.draws import Draws
from placement_opt.synthetic.layout import (
    People,
    Work,
    hours_range,
    in_units,
    levels,
    locations,
    members,
    pick,
    weights,
)

_SKILLS_HAD = (3, 8)
_LEVEL_PERCENT = (30, 100)
_MOST_WISHES = 4
_MOST_NEEDS = len(mix.NEEDS_HAD_WEIGHTS) - 1
_PRIORITIES = (0, 0.5, 1, 2)
_PRIORITY_WEIGHTS = (800, 100, 80, 20)

Columns = Mapping[str, Sequence[Any]]


def make_candidates(
    seed: int, people: People, work: Work, *, equal_coaching: bool, date: dt.date
) -> tuple[Candidate, ...]:
    """Draw the record of every candidate of a region on a date."""
    draws = Draws(seed, "candidates")
    columns: Columns = {
        "id": people.ids,
        "municipality": [mix.PLACES[code].id for code in people.place.tolist()],
        "location": locations(draws, people.place),
        "sheltered": people.sheltered.tolist(),
        "may_work_regular": people.may_work_regular.tolist(),
        "ground": [mix.GROUNDS[code] for code in people.ground.tolist()],
        **_travel_and_hours(draws, people),
        **_wage(draws, people),
        "skills": _skills(draws, people),
        "wishes": list(_wishes(draws, people, work)),
        "needs": _needs(draws, people),
        **_dates(draws, people, date),
        **_coaching(draws, people, equal=equal_coaching),
        **_now(draws, people, work),
    }
    return tuple(
        Candidate(**dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    )


def _travel_and_hours(draws: Draws, people: People) -> Columns:
    n = len(people.ids)
    table = mix.CANDIDATE_HALF_HOURS
    most = pick(table, draws.choice(weights(table), n))
    transport = draws.choice(mix.TRANSPORT_WEIGHTS, n)
    minutes = pick(mix.TRAVEL_MINUTES, draws.choice(mix.TRAVEL_WEIGHTS, n))
    return {
        "transport": [mix.TRANSPORTS[code] for code in transport.tolist()],
        "max_travel_minutes": minutes.tolist(),
        "hours_per_week": hours_range(draws, most),
    }


def _wage(draws: Draws, people: People) -> Columns:
    n = len(people.ids)
    sheltered = draws.integers(*mix.WAGE_VALUE_PERCENT_SHELTERED, n)
    registered = draws.integers(*mix.WAGE_VALUE_PERCENT_REGISTERED, n)
    others = draws.integers(*mix.WAGE_VALUE_PERCENT_OTHERS, n)
    percent = np.where(people.sheltered, sheltered, np.where(people.ground, registered, others))
    age = pick(mix.WAGE_AGE_WEIGHTS, draws.choice(weights(mix.WAGE_AGE_WEIGHTS), n))
    priority = draws.choice(_PRIORITY_WEIGHTS, n)
    return {
        "wage_value": [in_units(value, 100) for value in percent.tolist()],
        "minimum_wage_age": age.tolist(),
        "priority": [_PRIORITIES[code] for code in priority.tolist()],
    }


def _skills(draws: Draws, people: People) -> list[dict[str, float]]:
    """Draw skills, three in five from the two sectors of work a person leans to."""
    n, most = len(people.ids), _SKILLS_HAD[1]
    leaning = np.where(
        draws.chance(650, n * most).reshape(n, most),
        people.sector[:, np.newaxis],
        people.other_sector[:, np.newaxis],
    )
    rank = draws.choice(mix.SKILL_RANK_WEIGHTS, n * most).reshape(n, most)
    anywhere = draws.choice(mix.SKILL_WEIGHTS, n * most).reshape(n, most)
    at_home = draws.chance(600, n * most).reshape(n, most)
    skill = np.where(at_home, leaning * mix.SKILLS_PER_SECTOR + rank, anywhere)
    return levels(draws, skill, draws.integers(*_SKILLS_HAD, n), _LEVEL_PERCENT)


def _wishes(draws: Draws, people: People, work: Work) -> Iterator[tuple[str, ...]]:
    """Draw wishes: the two sectors of work, and openings of the first of them."""
    n = len(people.ids)
    of_sector = members(work.opening_sector, len(mix.SECTORS_OF_WORK))
    kind = draws.choice((500, 250, 250), n * _MOST_WISHES).reshape(n, _MOST_WISHES)
    place = draws.integers(0, 2**31, n * _MOST_WISHES).reshape(n, _MOST_WISHES)
    count = draws.choice((120, 280, 300, 200, 100), n)
    sectors = zip(people.sector.tolist(), people.other_sector.tolist(), strict=True)
    for kinds, places, most, (first, second) in zip(
        kind.tolist(), place.tolist(), count.tolist(), sectors, strict=True
    ):
        wished: dict[str, None] = {}
        for wish, at in zip(kinds[:most], places[:most], strict=True):
            openings = of_sector[first]
            if wish == 0 and openings:
                wished[work.opening_ids[openings[at % len(openings)]]] = None
            else:
                wished[mix.SECTORS_OF_WORK[second if wish == 2 else first]] = None  # noqa: PLR2004
        yield tuple(wished)


def _needs(draws: Draws, people: People) -> list[frozenset[str]]:
    n = len(people.ids)
    count = draws.choice(mix.NEEDS_HAD_WEIGHTS, n)
    need = draws.choice(mix.NEED_WEIGHTS, n * _MOST_NEEDS).reshape(n, _MOST_NEEDS)
    return [
        frozenset(mix.NEEDS[code] for code in codes[:most])
        for codes, most in zip(need.tolist(), count.tolist(), strict=True)
    ]


def _dates(draws: Draws, people: People, date: dt.date) -> Columns:
    """Draw when people can start and since when they are registered; few registrations ended."""
    n = len(people.ids)
    months = draws.choice((700, 120, 80, 60, 40), n)
    since = draws.integers(2015, 2025, n)
    ended = draws.chance(mix.EXPIRED_GROUND_PER_MILLE, n)
    registered = (people.ground > 0).tolist()
    before = date - dt.timedelta(days=1)
    return {
        "available_from": [months_later(date, month) for month in months.tolist()],
        "ground_from": [
            dt.date(min(year, date.year - 1), 1, 1) if known else None
            for year, known in zip(since.tolist(), registered, strict=True)
        ],
        "ground_until": [
            before if known and over else None
            for over, known in zip(ended.tolist(), registered, strict=True)
        ],
    }


def _coaching(draws: Draws, people: People, *, equal: bool) -> Columns:
    """Draw regimes and years; with equal needs, the same hours for all who need a coach."""
    n = len(people.ids)
    sheltered = draws.choice(mix.REGIME_WEIGHTS_SHELTERED, n)
    registered = draws.choice(mix.REGIME_WEIGHTS_REGISTERED, n)
    others = draws.choice(mix.REGIME_WEIGHTS_OTHERS, n)
    code = np.where(people.sheltered, sheltered, np.where(people.ground, registered, others))
    intensive = code == mix.REGIMES.index("intensive")
    year = np.where(intensive, draws.choice(mix.INTENSIVE_YEAR_WEIGHTS, n) + 1, 1)
    regime = [mix.REGIMES[c] for c in code.tolist()]
    if equal:
        return {
            "coaching_regime": ["none" if r == "none" else None for r in regime],
            "coaching_hours_per_week": [
                None if r == "none" else mix.EQUAL_COACHING_HOURS for r in regime
            ],
        }
    return {
        "coaching_regime": regime,
        "coaching_year": [
            None if r == "none" else y for r, y in zip(regime, year.tolist(), strict=True)
        ],
    }


def _now(draws: Draws, people: People, work: Work) -> Columns:
    """Draw who works somewhere in the region already."""
    n = len(people.ids)
    works = draws.chance(mix.WORKING_NOW_PER_MILLE, n).tolist()
    where: Ints = draws.integers(0, len(work.opening_ids) - 1, n)
    return {
        "current_opening": [
            work.opening_ids[at] if busy else None
            for at, busy in zip(where.tolist(), works, strict=True)
        ]
    }
