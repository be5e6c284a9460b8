"""The openings and employers of a synthetic region."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.basics.dates import months_later
from placement_opt.records import Employer, Opening
from placement_opt.rulebook import Rulebook
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
)

_SKILLS_ASKED = (2, 5)
_LEVEL_PERCENT = (20, 75)
_MOST_PREFERENCES = 5
_HALF_HOURS_PER_JOB = 51

Columns = Mapping[str, Sequence[Any]]


def make_openings(seed: int, people: People, work: Work, rulebook: Rulebook) -> tuple[Opening, ...]:
    """Draw the record of every opening on the rulebook's date, at its minimum wage or above."""
    lowest_cents = int(rulebook.minimum_wage_eur_per_hour() * 100)
    draws = Draws(seed, "openings")
    n = len(work.opening_ids)
    months = draws.choice(mix.CONTRACT_WEIGHTS, n)
    above_minimum = draws.integers(0, 20, n) * draws.integers(0, 20, n)
    start = draws.choice((120, 160, 200, 200, 160, 160), n)
    columns: Columns = {
        "id": work.opening_ids,
        "employer": [work.employer_ids[at] for at in work.opening_employer.tolist()],
        "municipality": [mix.PLACES[code].id for code in work.opening_place.tolist()],
        "location": locations(draws, work.opening_place),
        "remote": (draws.chance(mix.REMOTE_OPENINGS_PER_MILLE, n) & ~work.sheltered).tolist(),
        "positions": work.positions.tolist(),
        "hours_per_week": hours_range(draws, work.half_hours),
        **_skills(draws, work),
        "provides": _provides(draws, work),
        "wage_eur_per_hour": [
            in_units(lowest_cents + more, 100) for more in above_minimum.tolist()
        ],
        "sheltered": work.sheltered.tolist(),
        "starts_on": [months_later(rulebook.date, month) for month in start.tolist()],
        "contract_months": [mix.CONTRACT_MONTHS[code] for code in months.tolist()],
        "preferences": list(_preferences(draws, people, work)),
        "sector_of_work": [mix.SECTORS_OF_WORK[code] for code in work.opening_sector.tolist()],
    }
    return tuple(
        Opening(**dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    )


def _skills(draws: Draws, work: Work) -> Columns:
    """Draw required skills, four in five from the opening's own sector of work."""
    n, most = len(work.opening_ids), _SKILLS_ASKED[1]
    rank = draws.choice(mix.SKILL_RANK_WEIGHTS, n * most).reshape(n, most)
    own = work.opening_sector[:, np.newaxis] * mix.SKILLS_PER_SECTOR + rank
    anywhere = draws.choice(mix.SKILL_WEIGHTS, n * most).reshape(n, most)
    skill = np.where(draws.chance(800, n * most).reshape(n, most), own, anywhere)
    required = levels(draws, skill, draws.integers(*_SKILLS_ASKED, n), _LEVEL_PERCENT)
    essential = np.where(work.sheltered, 0, draws.choice(mix.ESSENTIAL_SKILLS_WEIGHTS, n))
    return {
        "required_skills": required,
        "essential_skills": [
            frozenset(list(asked)[:k])
            for asked, k in zip(required, essential.tolist(), strict=True)
        ],
    }


def _provides(draws: Draws, work: Work) -> list[frozenset[str]]:
    """Draw the needs each opening meets; sheltered places meet all."""
    n = len(work.opening_ids)
    met = np.stack([draws.chance(per_mille, n) for per_mille in mix.NEEDS_MET_PER_MILLE], axis=1)
    met |= work.sheltered[:, np.newaxis]
    return [
        frozenset(need for need, is_met in zip(mix.NEEDS, row, strict=True) if is_met)
        for row in met.tolist()
    ]


def _preferences(draws: Draws, people: People, work: Work) -> Iterator[tuple[str, ...]]:
    """Draw whom some employers asked for, among people who lean to the same sector of work."""
    n = len(work.opening_ids)
    of_sector = members(people.sector, len(mix.SECTORS_OF_WORK))
    count = np.where(draws.chance(250, n), draws.integers(1, _MOST_PREFERENCES, n), 0)
    place = draws.integers(0, 2**31, n * _MOST_PREFERENCES).reshape(n, _MOST_PREFERENCES)
    for code, most, places in zip(
        work.opening_sector.tolist(), count.tolist(), place.tolist(), strict=True
    ):
        known = of_sector[code]
        asked = (people.ids[known[at % len(known)]] for at in places[:most] if known)
        yield tuple(dict.fromkeys(asked))


def make_employers(seed: int, work: Work) -> tuple[Employer, ...]:
    """Draw the record of every employer; small ones can have all their people in service."""
    draws = Draws(seed, "employers")
    n = len(work.employer_ids)
    paid = work.employer_people * mix.HOURS_PER_PERSON + draws.integers(-800, 800, n)
    previous = paid * draws.integers(94, 104, n) // 100
    in_service = np.minimum(draws.integers(0, 40, n) * paid // 1_000 // 100 * 100, paid)
    government = draws.chance(mix.GOVERNMENT_PER_MILLE, n)
    columns: Columns = {
        "id": work.employer_ids,
        "municipality": [mix.PLACES[code].id for code in work.employer_place.tolist()],
        "sector": ["government" if is_so else "market" for is_so in government.tolist()],
        "paid_hours_per_year": paid.tolist(),
        "paid_hours_previous_year": previous.tolist(),
        "target_group_hours_per_year": in_service.tolist(),
        **_moved_hours(draws, paid, "hired_in", 120),
        **_moved_hours(draws, paid, "lent_out", 50),
        **_pledges(draws, work),
    }
    return tuple(
        Employer(**dict(zip(columns, row, strict=True)))
        for row in zip(*columns.values(), strict=True)
    )


def _moved_hours(draws: Draws, paid: Ints, moved: str, per_mille: int) -> Columns:
    n = len(paid)
    some = draws.chance(per_mille, n)
    whole = paid * draws.integers(2, 15, n) // 100
    part = whole * draws.integers(0, 30, n) // 100
    return {
        f"{moved}_hours_per_year": [
            amount if is_so else None
            for amount, is_so in zip(whole.tolist(), some.tolist(), strict=True)
        ],
        f"{moved}_target_group_hours_per_year": [
            amount if is_so else None
            for amount, is_so in zip(part.tolist(), some.tolist(), strict=True)
        ],
    }


def _pledges(draws: Draws, work: Work) -> Columns:
    """Draw pledged jobs and places for supervision from the positions on offer.

    Sheltered positions never count for the jobs agreement, so nobody pledges them.
    """
    n = len(work.employer_ids)
    regular = np.where(work.sheltered, 0, work.positions)
    positions = _sums(work.opening_employer, work.positions, n)
    half_hours = _sums(work.opening_employer, regular * work.half_hours, n)
    percent = np.array(mix.PLEDGED_PERCENTS)[draws.integers(0, len(mix.PLEDGED_PERCENTS) - 1, n)]
    tenths = half_hours * percent // (10 * _HALF_HOURS_PER_JOB)
    pledges = draws.chance(mix.PLEDGING_EMPLOYERS_PER_MILLE, n) & (tenths > 0)
    supervises = draws.chance(mix.SUPERVISED_EMPLOYERS_PER_MILLE, n) & (positions > 1)
    places = np.maximum(positions * mix.SUPERVISION_PERCENT // 100, 1)
    return {
        "jobs_pledged": [
            in_units(jobs, 10) if is_so else None
            for jobs, is_so in zip(tenths.tolist(), pledges.tolist(), strict=True)
        ],
        "supervision_places": [
            most if is_so else None
            for most, is_so in zip(places.tolist(), supervises.tolist(), strict=True)
        ],
    }


def _sums(group: Ints, amounts: Ints, n_groups: int) -> Ints:
    total = np.zeros(n_groups, dtype=np.int64)
    np.add.at(total, group, amounts)
    return total
