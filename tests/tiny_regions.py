"""Tiny regions in which every rule bites, and the plain enumeration of all their plans.

Unlike `strategies.regions` the values come from short lists, so that limits are often just kept or
just broken, hours differ in thousandths, and most pairs are eligible.
"""

import dataclasses
import datetime as dt
import itertools

from hypothesis import strategies as st

from placement_opt.constraints import standard_rules
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.records import (
    Candidate,
    Coach,
    Employer,
    Municipality,
    Opening,
    Period,
    Region,
    Together,
)

DATE = dt.date(2026, 2, 1)
TOWNS = ("M-1", "M-2")
PLACES = ((51.84, 5.86), (51.80, 5.73), (51.84, 5.87))
HOURS = ((0, 25.5), (8, 16), (12, 32), (16, 25.5), (20, 36), (4, 8))
GROUNDS = ("38b.1.a", "38b.1.c", "none", "38b.1.b")
STRATEGIES = {}


def sampled(values):
    """Draw one of the values. To make a strategy takes longer than to draw from one made before."""
    key = repr(values)
    if key not in STRATEGIES:
        STRATEGIES[key] = st.sampled_from(values)
    return STRATEGIES[key]


def often(value, *others):
    """Draw the first value in most cases."""
    return sampled((value,) * (1 + 2 * len(others)) + others)


def groups_of(name, *labels):
    return sampled(({}, *({name: label} for label in labels)))


def days_of_work():
    return often(
        {},
        {"days": {"mon", "tue"}, "days_needed": 1},
        {"days": {"mon.evening", "tue.morning"}},
        {"days": {"tue.morning", "tue", "wed"}, "days_needed": 2},
    )


OPTIONS = tuple(
    {"coaching_options": chances, "coaching_year": 1}
    for chances in (
        {"intensive": 0.85, "light": 0.6},
        {"light": 0.5, "none": 0.333333},
        {"intensive": 1},
    )
)


@st.composite
def people(draw, number, work, coaches, homes, options, steps=False):
    """Draw a person, with `options` often with several regimes, with `steps` often unskilled."""
    skills = ({}, {"dutch": 0.5}, {"dutch": 1, "welding": 0.7})
    coaching = draw(
        sampled(
            [
                *(OPTIONS if options else ()),
                {"coaching_regime": "none"},
                {"coaching_regime": "intensive", "coaching_year": 1},
                {"coaching_regime": "light", "coaching_year": 1},
                {"coaching_hours_per_week": 2.5},
                {"coaching_hours_per_week": 0},
            ]
        )
    )
    advice = draw(often((False, False), (True, False), (True, True)))
    return Candidate(
        id=f"C-{number}",
        municipality=draw(sampled(homes)),
        location=draw(sampled(PLACES)),
        transport=draw(sampled(("bike", "car", "public_transport"))),
        max_travel_minutes=draw(often(None, 30, 60.5)),
        ground=draw(sampled(GROUNDS)),
        ground_until=draw(often(None, dt.date(2025, 12, 31))),
        sheltered=advice[0],
        may_work_regular=advice[1],
        hours_per_week=draw(sampled(HOURS)),
        skills=draw(often(*skills[:2]) if steps else sampled(skills)),
        wishes=draw(sampled(((), (work[0],), ("care", work[-1]), work, (work,)))),
        needs=draw(often(frozenset(), frozenset({"quiet"}))),
        coach=draw(often(None, *coaches)),
        wage_value=draw(sampled((0.3, 0.6, 0.85, 1))),
        minimum_wage_age=draw(often(None, 18)),
        priority=draw(sampled((0, 0, 1.5))),
        available_from=draw(often(None, dt.date(2026, 4, 1))),
        current_opening=draw(often(None, *work)),
        available_days=draw(often(frozenset(), frozenset({"mon", "tue.morning"}), {"tue"})),
        licences=draw(often(frozenset({"B"}), frozenset())),
        # Somebody has each group, so that rules can group by it.
        groups={"area": "north"} if number == 0 else draw(groups_of("area", "north", "south")),
        **coaching,
    )


def in_periods(*days):
    """Return periods that begin on the days, the last of which is the first day after them."""
    ends = [dt.date.fromisoformat(day) for day in days]
    return tuple(
        Period(id=f"P-{n}", starts_on=first, ends_on=after - dt.timedelta(days=1))
        for n, (first, after) in enumerate(itertools.pairwise(ends))
    )


PERIODS = (
    in_periods("2026-02-01", "2026-04-01", "2026-06-01"),
    in_periods("2026-01-01", "2026-03-01", "2026-07-16", "2027-01-01"),
    in_periods("2026-02-01", "2026-11-01", "2027-03-01"),
    in_periods("2026-02-01", "2026-03-15"),
)


def groups_of_people(persons):
    return often(
        (), (Together(members=persons[:2]),), (Together(members=persons[::-1], where="employer"),)
    )


@st.composite
def jobs(draw, number, employers, persons, steps=False, periods=False):
    """Draw a job; with `steps` most of those that ask for skills cannot do without one.

    With `periods` some begin with a trial.
    """
    asked = ({"dutch": 0.5}, {"dutch": 0.4, "welding": 0.7})
    required = draw(sampled(asked if steps else ({}, *asked)))
    first = frozenset(sorted(required)[:1])
    return Opening(
        id=f"O-{number}",
        employer=draw(sampled((*employers, *employers, None))),
        municipality=draw(sampled((*TOWNS, None))),
        location=draw(sampled(PLACES)),
        positions=draw(sampled((2, 1, 1, 3, 0))),
        hours_per_week=draw(sampled(HOURS)),
        required_skills=required,
        essential_skills=draw(often(first, frozenset()) if steps else often(frozenset(), first)),
        provides=draw(often(frozenset({"quiet"}), frozenset())),
        sheltered=draw(often(False, True)),
        starts_on=draw(often(None, dt.date(2026, 3, 1))),
        contract_months=draw(often(None, 2, 6)),
        trial_months=draw(often(None, 1, 3)) if periods else None,
        preferences=draw(sampled(((), (persons[-1],), persons, (persons,), persons[::-1]))),
        sector_of_work=draw(sampled((None, "care"))),
        hours_total_per_week=draw(often(None, 36, 20.5)),
        crew_minimum=draw(often(None, 2)),
        guidance_share=draw(often(None, 0.5, 1, 0)),
        **draw(days_of_work()),
        licences=draw(often(frozenset(), frozenset({"B"}), frozenset({"B", "VCA"}))),
        groups={"site": "dock"} if number == 0 else draw(groups_of("site", "dock", "quay")),
    )


@st.composite
def steps_of(draw, number, employers, pays):
    """Draw a step before a job; where some people have no municipality, nobody has to pay it."""
    return Opening(
        id=f"S-{number}",
        kind=draw(often("training", "trial", "service")),
        employer=draw(sampled((None, *employers))),
        location=draw(sampled(PLACES)),
        positions=draw(sampled((2, 1, 1, 0))),
        hours_per_week=(0, 40),
        provides=draw(often(frozenset({"quiet"}), frozenset())),
        grants=draw(often({"dutch": 0.5}, {"dutch": 0.4})),
        cost_eur=draw(sampled((None, 100, 250.5))) if pays else None,
        starts_on=draw(often(None, dt.date(2026, 3, 1), dt.date(2026, 2, 1))),
        contract_months=draw(often(None, 1)),
    )


@st.composite
def coaches_of(draw, number, employers):
    own = draw(often(False, True))
    return Coach(
        id=f"K-{number}",
        kind="employer" if own else "external",
        employer=draw(sampled(employers)) if own else None,
        hours_per_week=draw(sampled((3.825, 5, 7.65, 2.4, 0, 20))),
        max_caseload=draw(sampled((None, None, 1, 2, 0))),
        municipalities=draw(often(frozenset(), frozenset({"M-1"}))),
        regimes=draw(often(frozenset(), frozenset({"intensive"}))),
        needs=draw(often(frozenset(), frozenset({"quiet"}))),
        openings=draw(often(frozenset(), frozenset({"O-0"}))),
        employers=draw(often(frozenset(), frozenset({"E-0"}))),
    )


@st.composite
def employers_of(draw, number):
    return Employer(
        id=f"E-{number}",
        municipality=draw(sampled(TOWNS)),
        sector=draw(sampled(("market", "government"))),
        target_group_hours_per_year=draw(sampled((0, 0, 1331, 500.5))),
        hired_in_target_group_hours_per_year=draw(often(0, 250)),
        hired_in_hours_per_year=3000,
        lent_out_target_group_hours_per_year=draw(often(0, 100)),
        lent_out_hours_per_year=3000,
        jobs_pledged=draw(sampled((None, 0.5, 1, 1.25))),
        supervision_places=draw(sampled((None, 2, 1, 0))),
        groups={"chain": "Jansen"} if number == 0 else draw(groups_of("chain", "Jansen", "Visser")),
    )


@st.composite
def towns(draw, name, pays, steps=False):
    """Draw a municipality; one that `pays` nothing has neither a budget nor a maximum."""
    least = draw(often(None, 0, 1))
    population = draw(sampled((1_000, 2_500, 0)))
    if not pays:
        return Municipality(id=name, population=population, sheltered_places_minimum=least)
    return Municipality(
        id=name,
        population=population,
        wage_subsidy_budget_eur_per_year=draw(sampled((None, 14_000, 6_000.5, 0))),
        sheltered_places_minimum=least,
        sheltered_places_maximum=draw(often(None, least or 0, (least or 0) + 1)),
        reintegration_budget_eur_per_year=draw(often(None, 150, 350.5)) if steps else None,
    )


@st.composite
def tiny_regions(
    draw, most=3, most_coaches=2, fixed=True, options=False, steps=False, periods=((),)
):
    """Draw a region of at most `most` candidates and openings with every kind of record.

    Where municipalities pay, everybody has one; in other regions some people have none.

    With `options`, many people have coaching options: some regions have a way in which a pair can
    be had for each regime. With `steps`, there are one or two steps before a job, too.

    The periods are one of `periods`, none by default.

    With `fixed`, some regions hold fixed placements: each of them eligible under the standard
    pair rules, so that no input is bad, though together they may contradict other rules.
    """
    persons = tuple(f"C-{n}" for n in range(draw(sampled((most, most, most - 1, 1)))))
    work = tuple(f"O-{n}" for n in range(draw(sampled((most - 1, most - 1, most, 1)))))
    firms = ("E-0", "E-1")
    n_steps = draw(sampled((1, 1, 2))) if steps else 0
    n_coaches = draw(sampled((most_coaches, most_coaches, 1, 0)))
    coaches = tuple(f"K-{n}" for n in range(n_coaches))
    pays = draw(often(True, False))
    homes = (*TOWNS, "M-1", "M-1" if pays else None)
    fields = {
        "name": "tiny",
        "date": DATE,
        "candidates": [
            draw(people(n, work, coaches, homes, options, steps)) for n in range(len(persons))
        ],
        "openings": [
            *(draw(jobs(n, firms, persons, steps, periods != ((),))) for n in range(len(work))),
            *(draw(steps_of(n, firms, pays)) for n in range(n_steps)),
        ],
        "employers": [draw(employers_of(n)) for n in range(len(firms))],
        "coaches": [draw(coaches_of(n, firms)) for n in range(n_coaches)],
        "municipalities": [draw(towns(name, pays, steps)) for name in TOWNS],
        "together": draw(groups_of_people(persons)),
        "excluded_pairs": draw(often((), ((persons[0], work[0]),))),
        "travel_minutes": draw(often((), ((persons[0], work[0], 25.5), ("M-1", "M-2", 61)))),
        "sectors_of_work": frozenset({"care"}),
        "periods": draw(sampled(periods)),
    }
    if fields["periods"]:  # in time, a step says how long it takes
        fields["openings"] = [
            one if one.kind == "job" else one.model_copy(update={"contract_months": months})
            for one in fields["openings"]
            for months in [draw(sampled((1, 1, 3)))]
        ]
    region = Region(**fields)
    if not fixed or not draw(often(False, False, True)):
        return region
    eligible = pairs_of(region)
    if not eligible:
        return region
    kept = draw(st.lists(st.sampled_from(eligible), unique=True, min_size=1, max_size=2))
    return Region(**{**fields, "fixed_placements": tuple(kept)})


def pairs_of(region):
    """Return the (candidate id, opening id) that the standard rules leave eligible."""
    instance = Instance(region)
    table = enumerate_pairs(instance, standard_rules(instance))
    return ids_of(table)


def ids_of(table):
    """Return the pairs of a table in ids."""
    instance = table.instance
    return [
        (instance.candidate_ids[c], instance.opening_ids[o])
        for c, o in zip(table.candidate, table.opening, strict=True)
    ]


def subsets(values):
    """Return every subset, smallest first."""
    return itertools.chain.from_iterable(
        itertools.combinations(values, size) for size in range(len(values) + 1)
    )


def coach_choices(region, placements, needs_one):
    """Yield the placements with every assignment of coaches to those that need one."""
    coaches = [coach.id for coach in region.coaches] or [None]
    options = [coaches if needs_one(placement) else [None] for placement in placements]
    for assignment in itertools.product(*options):
        yield [
            dataclasses.replace(p, coach_id=coach)
            for p, coach in zip(placements, assignment, strict=True)
        ]
