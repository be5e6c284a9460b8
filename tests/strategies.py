"""Hypothesis strategies for records and small valid regions: one function a record.

References are consistent: everything a record names is in the region it is drawn for. Strategies
are cached, since building and validating one takes longer than drawing from it.
"""

import datetime as dt
from decimal import Decimal
from functools import cache
from typing import get_args

from hypothesis import strategies as st

from placement_opt.basics.bsn import looks_like_bsn
from placement_opt.records import (
    Candidate,
    Coach,
    Employer,
    Municipality,
    Opening,
    Region,
    Together,
)
from placement_opt.records.fields import CoachingRegime, Ground, Sector, Transport

SKILLS = ("welding", "dutch", "forklift", "http://data.europa.eu/esco/skill/1")
NEEDS = ("quiet", "ground_floor", "flexible_hours")
SECTORS_OF_WORK = ("care", "logistics", "green")


@cache
def optional(values):
    return st.none() | values


@cache
def one_of(values):
    return st.sampled_from(values)


@cache
def whole(low, high):
    return st.integers(low, high)


@cache
def decimals(low, high, places):
    """Draw ints and floats with at most `places` decimals, as they come from a JSON file."""
    scale = 10**places
    fractions = st.integers(low * scale, high * scale)
    return st.integers(low, high) | fractions.map(lambda n: float(Decimal(n) / scale))


@cache
def dates():
    return st.dates(dt.date(2013, 1, 1), dt.date(2030, 12, 31))


@cache
def hour_ranges():
    return st.tuples(decimals(0, 40, 3), decimals(0, 40, 3)).map(lambda pair: tuple(sorted(pair)))


@cache
def locations():
    return st.tuples(decimals(-90, 90, 6), decimals(-180, 180, 6)).filter(
        lambda pair: not (3 <= pair[0] <= 8 and 50 <= pair[1] <= 54)
    )


@cache
def labels():
    return st.text(min_size=1, max_size=8).filter(
        lambda text: text == text.strip() and text.isprintable() and not looks_like_bsn(text)
    )


@cache
def levels():
    return st.dictionaries(st.sampled_from(SKILLS), decimals(0, 1, 6), max_size=3)


@cache
def subsets(values):
    return st.frozensets(st.sampled_from(values), max_size=3) if values else st.just(frozenset())


@cache
def rankings(values):
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


@cache
def reference(ids):
    return optional(st.sampled_from(ids)) if ids else st.none()


@cache
def groups():
    names = st.sampled_from(("area", "site.part", "chain"))
    return st.dictionaries(names, st.sampled_from(("north", "south", "7")), max_size=2)


def later(day, days):
    return day + dt.timedelta(days) if day is not None and days is not None else None


@st.composite
def candidates(draw, id_, openings=(), coaches=(), municipalities=()):
    ground_from = draw(optional(dates()))
    by_regime = draw(st.booleans())
    return Candidate(
        id=id_,
        municipality=draw(reference(municipalities)),
        location=draw(optional(locations())),
        transport=draw(optional(one_of(get_args(Transport)))),
        max_travel_minutes=draw(optional(decimals(0, 120, 1))),
        ground=draw(optional(one_of(get_args(Ground)))),
        ground_from=ground_from,
        ground_until=later(ground_from, draw(optional(whole(0, 999)))),
        sheltered=draw(st.booleans()),
        may_work_regular=draw(st.booleans()),
        hours_per_week=draw(optional(hour_ranges())),
        skills=draw(levels()),
        wishes=draw(rankings((*openings, *SECTORS_OF_WORK))),
        needs=draw(subsets(NEEDS)),
        coaching_regime=draw(optional(one_of(get_args(CoachingRegime)))) if by_regime else None,
        coaching_year=draw(optional(whole(1, 5))),
        coaching_hours_per_week=None if by_regime else draw(optional(decimals(0, 8, 3))),
        coach=draw(reference(coaches)),
        wage_value=draw(optional(decimals(0, 1, 4))),
        minimum_wage_age=draw(optional(whole(15, 21))),
        priority=draw(decimals(0, 10, 2)),
        available_from=draw(optional(dates())),
        current_opening=draw(reference(openings)),
        groups=draw(groups()),
    )


@st.composite
def openings(draw, id_, candidates=(), employers=(), municipalities=()):
    required = draw(levels())
    return Opening(
        id=id_,
        employer=draw(reference(employers)),
        municipality=draw(reference(municipalities)),
        location=draw(optional(locations())),
        remote=draw(st.booleans()),
        positions=draw(whole(0, 3)),
        hours_per_week=draw(optional(hour_ranges())),
        required_skills=required,
        essential_skills=draw(subsets(tuple(sorted(required)))),
        provides=draw(subsets(NEEDS)),
        wage_eur_per_hour=draw(optional(decimals(10, 40, 2))),
        sheltered=draw(st.booleans()),
        starts_on=draw(optional(dates())),
        contract_months=draw(optional(whole(1, 36))),
        preferences=draw(rankings(candidates)) if candidates else (),
        sector_of_work=draw(optional(one_of(SECTORS_OF_WORK))),
        groups=draw(groups()),
    )


@st.composite
def employers(draw, id_, municipalities=()):
    return Employer(
        id=id_,
        municipality=draw(reference(municipalities)),
        sector=draw(optional(one_of(get_args(Sector)))),
        paid_hours_per_year=draw(optional(decimals(0, 200_000, 3))),
        paid_hours_previous_year=draw(optional(decimals(0, 200_000, 3))),
        target_group_hours_per_year=draw(optional(decimals(0, 5_000, 3))),
        hired_in_hours_per_year=draw(optional(decimals(2_000, 9_999, 3))),
        lent_out_hours_per_year=draw(optional(decimals(2_000, 9_999, 3))),
        hired_in_target_group_hours_per_year=draw(optional(decimals(0, 2_000, 3))),
        lent_out_target_group_hours_per_year=draw(optional(decimals(0, 2_000, 3))),
        jobs_pledged=draw(optional(decimals(0, 5, 2))),
        supervision_places=draw(optional(whole(0, 5))),
        groups=draw(groups()),
    )


@st.composite
def coaches(draw, id_, employers=(), municipalities=()):
    kind = draw(one_of(("external", "employer"))) if employers else "external"
    return Coach(
        id=id_,
        kind=kind,
        employer=draw(one_of(employers)) if kind == "employer" else None,
        hours_per_week=draw(optional(decimals(0, 40, 3))),
        max_caseload=draw(optional(whole(0, 10))),
        municipalities=draw(subsets(municipalities)),
        regimes=draw(subsets(get_args(CoachingRegime))),
        needs=draw(subsets(NEEDS)),
    )


@st.composite
def groups_of_people(draw, ids):
    members = draw(st.lists(st.sampled_from(ids), unique=True, min_size=1, max_size=3))
    return Together(members=members, where=draw(st.sampled_from(("opening", "employer"))))


@st.composite
def municipalities(draw, id_):
    least = draw(optional(whole(0, 3)))
    return Municipality(
        id=id_,
        population=draw(optional(whole(0, 200_000))),
        wage_subsidy_budget_eur_per_year=draw(optional(decimals(0, 50_000, 2))),
        sheltered_places_minimum=least,
        sheltered_places_maximum=draw(optional(whole(least or 0, 5))),
    )


@st.composite
def travel_tables(draw, candidate_ids, opening_ids, municipality_ids):
    to_openings = tuple((c, o) for c in candidate_ids for o in opening_ids)
    between = tuple((a, b) for a in municipality_ids for b in municipality_ids)
    chosen = draw(rankings(to_openings + between))
    return tuple((*ends, draw(decimals(0, 90, 1))) for ends in chosen)


@st.composite
def regions(draw, most=4):
    """Draw a valid region of at most `most` candidates and openings, with every kind of record."""
    c_ids = tuple(f"C-{i}" for i in range(draw(whole(1, most))))
    o_ids = tuple(f"O-{i}" for i in range(draw(whole(1, most))))
    e_ids = tuple(f"E-{i}" for i in range(draw(whole(0, 3))))
    k_ids = tuple(f"K-{i}" for i in range(draw(whole(0, 2))))
    m_ids = tuple(f"M-{i}" for i in range(draw(whole(0, 2))))
    pairs = tuple((c, o) for c in c_ids for o in o_ids)
    excluded = draw(rankings(pairs))
    fixed = tuple(pair for pair in draw(rankings(pairs)) if pair not in excluded)
    return Region(
        name=draw(labels()),
        candidates=[draw(candidates(id_, o_ids, k_ids, m_ids)) for id_ in c_ids],
        openings=[draw(openings(id_, c_ids, e_ids, m_ids)) for id_ in o_ids],
        date=draw(optional(dates())),
        employers=[draw(employers(id_, m_ids)) for id_ in e_ids],
        coaches=[draw(coaches(id_, e_ids, m_ids)) for id_ in k_ids],
        municipalities=[draw(municipalities(id_)) for id_ in m_ids],
        together=draw(st.lists(groups_of_people(c_ids), max_size=2)),
        excluded_pairs=excluded,
        fixed_placements=fixed,
        travel_minutes=draw(travel_tables(c_ids, o_ids, m_ids)),
        sectors_of_work=frozenset(SECTORS_OF_WORK),
    )


@st.composite
def with_options(draw, drawn, least=0):
    """Draw a region in which people may have coaching options, each at least so many."""
    region = draw(drawn)
    chances = st.dictionaries(
        st.sampled_from(get_args(CoachingRegime)), decimals(0, 1, 6), min_size=least, max_size=3
    )
    people = []
    for candidate in region.candidates:
        options = draw(chances)
        alone = {"coaching_regime": None, "coaching_hours_per_week": None}
        update = {"coaching_options": options} | (alone if options else {})
        people.append(candidate.model_copy(update=update))
    return region.model_copy(update={"candidates": people})


@st.composite
def complete_regions(draw, most=4):
    """Draw a region of 2026-02-01 whose records give all that pair columns and travel need."""
    region = draw(regions(most))
    people = [
        candidate.model_copy(
            update={
                "hours_per_week": candidate.hours_per_week or draw(hour_ranges()),
                "location": candidate.location or draw(locations()),
                "transport": candidate.transport or draw(st.sampled_from(get_args(Transport))),
                "coaching_regime": None
                if candidate.coaching_hours_per_week is not None
                else candidate.coaching_regime or draw(st.sampled_from(get_args(CoachingRegime))),
                # The shares of later years are not published for every regime.
                "coaching_year": 1,
                "wage_value": draw(decimals(0, 1, 2)),
            }
        )
        for candidate in region.candidates
    ]
    work = [
        opening.model_copy(
            update={
                "hours_per_week": opening.hours_per_week or draw(hour_ranges()),
                "location": opening.location or draw(locations()),
            }
        )
        for opening in region.openings
    ]
    return region.model_copy(
        update={"candidates": people, "openings": work, "date": dt.date(2026, 2, 1)}
    )
