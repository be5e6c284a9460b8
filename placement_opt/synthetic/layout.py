"""Who and what a synthetic region has, and where: the part that all its records share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.synthetic import mix
from placement_opt.synthetic.draws import Draws, apportioned


@dataclass(frozen=True, eq=False)
class People:
    """Candidates, one row each; places, grounds and regimes are positions in mix.

    `sector` and `other_sector` are the sectors of work a person leans to.
    """

    ids: tuple[str, ...]
    place: Ints
    sector: Ints
    other_sector: Ints
    sheltered: Bools
    may_work_regular: Bools
    ground: Ints


@dataclass(frozen=True, eq=False)
class Work:
    """Employers and openings, one row each; places and sectors are positions in mix.

    `employer_people` counts full-time people; `half_hours` is the most hours a week, in halves.
    """

    employer_ids: tuple[str, ...]
    employer_place: Ints
    employer_people: Ints
    opening_ids: tuple[str, ...]
    opening_employer: Ints
    opening_place: Ints
    opening_sector: Ints
    sheltered: Bools
    positions: Ints
    half_hours: Ints


def numbered(prefix: str, n: int, digits: int) -> tuple[str, ...]:
    """Return n pseudonymous ids of equal length: ``C-00001``, ``C-00002``, ..."""
    width = max(digits, len(str(n)))
    return tuple(f"{prefix}-{number:0{width}d}" for number in range(1, n + 1))


def lay_out_people(seed: int, n: int) -> People:
    """Spread candidates over the municipalities and the sectors of work."""
    draws = Draws(seed, "people")
    sheltered = draws.chance(mix.SHELTERED_CANDIDATES_PER_MILLE, n)
    may_work_regular = sheltered & draws.chance(mix.SHELTERED_MAY_WORK_REGULAR_PER_MILLE, n)
    ground = draws.choice(mix.GROUND_WEIGHTS, n)
    return People(
        ids=numbered("C", n, 5),
        place=draws.shuffled(apportioned(mix.SEEKER_WEIGHTS, n)),
        sector=draws.choice(mix.SECTOR_WEIGHTS, n),
        other_sector=draws.choice(mix.SECTOR_WEIGHTS, n),
        sheltered=sheltered,
        may_work_regular=may_work_regular,
        # Who can only work sheltered is in no register (Wfsv art. 38b(1)).
        ground=np.where(sheltered & ~may_work_regular, 0, ground),
    )


def lay_out_work(seed: int, n_openings: int, n_employers: int, n_advised: int) -> Work:
    """Spread employers over the municipalities and openings over the employers.

    Where there are enough openings, every employer has one; larger employers have more. Sheltered
    positions follow the number of people with an advice for sheltered work.
    """
    draws = Draws(seed, "work")
    place = draws.shuffled(apportioned(mix.WORK_WEIGHTS, n_employers))
    people = pick(mix.EMPLOYER_PEOPLE, draws.choice(weights(mix.EMPLOYER_PEOPLE), n_employers))
    sector = draws.choice(mix.SECTOR_WEIGHTS, n_employers)

    more = max(n_openings - n_employers, 0)
    by_size = np.sqrt(people * 4).astype(np.int64)
    first = draws.shuffled(np.arange(n_employers))[:n_openings]
    employer = np.concatenate([first, draws.choice(by_size.tolist(), more)])
    elsewhere = draws.chance(100, n_openings)
    off_trade = draws.chance(250, n_openings)
    sheltered = draws.chance(mix.SHELTERED_OPENINGS_PER_MILLE, n_openings)
    positions = pick(mix.POSITIONS, draws.choice(weights(mix.POSITIONS), n_openings))
    half_hours = pick(
        mix.OPENING_HALF_HOURS, draws.choice(weights(mix.OPENING_HALF_HOURS), n_openings)
    )
    return Work(
        employer_ids=numbered("E", n_employers, 3),
        employer_place=place,
        employer_people=people,
        opening_ids=numbered("O", n_openings, 4),
        opening_employer=employer,
        opening_place=np.where(
            elsewhere, draws.choice(mix.WORK_WEIGHTS, n_openings), place[employer]
        ),
        opening_sector=np.where(
            off_trade, draws.choice(mix.SECTOR_WEIGHTS, n_openings), sector[employer]
        ),
        sheltered=sheltered,
        positions=_with_sheltered(positions, sheltered, n_advised),
        half_hours=half_hours,
    )


def _with_sheltered(positions: Ints, sheltered: Bools, n_advised: int) -> Ints:
    n_places = int(sheltered.sum())
    if not n_places:
        return positions
    wanted = max(n_advised * mix.SHELTERED_SUPPLY_PERCENT // 100, n_places)
    changed = positions.copy()
    changed[sheltered] = np.bincount(apportioned([1] * n_places, wanted), minlength=n_places)
    return changed


def weights(table: Mapping[int, int]) -> tuple[int, ...]:
    """Return the weights of a table {value: weight}."""
    return tuple(table.values())


def pick(table: Iterable[int], position: Ints) -> Ints:
    """Return the values of a table at drawn positions."""
    return np.array(list(table), dtype=np.int64)[position]


def in_units(amount: int, per_unit: int) -> int | float:
    """Return an amount in whole units, as an int where it is one: 48 half hours are 24 hours."""
    return amount / per_unit if amount % per_unit else amount // per_unit


def members(rows: Ints, n_groups: int) -> list[list[int]]:
    """Return the positions in `rows` that hold each group, ascending."""
    order = np.argsort(rows, kind="stable")
    ends = np.cumsum(np.bincount(rows, minlength=n_groups))[:-1]
    return [part.tolist() for part in np.split(order, ends)]


def locations(draws: Draws, place: Ints) -> list[tuple[float, float]]:
    """Draw a point around the centre of each municipality, to about ten metres."""
    places = mix.PLACES
    spread = np.array([p.spread_e4 for p in places])[place]
    north = draws.bell(1_000, len(place)) * spread // 1_000
    # A degree of longitude is shorter here: 1.6 times as many as of latitude for one distance.
    east = draws.bell(1_000, len(place)) * spread * 16 // 10_000
    latitude = np.array([p.latitude_e4 for p in places])[place] + north
    longitude = np.array([p.longitude_e4 for p in places])[place] + east
    return list(zip((latitude / 10_000).tolist(), (longitude / 10_000).tolist(), strict=True))


def hours_range(draws: Draws, most_half_hours: Ints) -> list[tuple[float, float]]:
    """Draw the fewest hours a week below the most; eight hours at least."""
    slack = pick(mix.HOURS_SLACK, draws.integers(0, len(mix.HOURS_SLACK) - 1, len(most_half_hours)))
    fewest = np.maximum(most_half_hours - slack, mix.FEWEST_HALF_HOURS)
    return [
        (in_units(low, 2), in_units(high, 2))
        for low, high in zip(fewest.tolist(), most_half_hours.tolist(), strict=True)
    ]


def levels(
    draws: Draws, skill: Ints, count: Ints, percent: tuple[int, int]
) -> list[dict[str, float]]:
    """Draw levels in steps of 5 % for the first `count` skills of each row, shape (n, most)."""
    low, high = percent
    level: Ints = draws.integers(low // 5, high // 5, skill.size).reshape(skill.shape) * 5
    return [
        {mix.SKILLS[s]: in_units(v, 100) for s, v in zip(codes[:k], values[:k], strict=True)}
        for codes, values, k in zip(skill.tolist(), level.tolist(), count.tolist(), strict=True)
    ]
