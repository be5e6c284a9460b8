"""Regions with steps before a job and periods, and the best of all their plans by hand."""

import datetime as dt
import itertools
import random
from collections import Counter
from fractions import Fraction

from hypothesis import strategies as st
from step_regions import has, region_of

import placement_opt as po


def periods_from(*days):
    days = [dt.date.fromisoformat(day) for day in days]
    return tuple(
        po.Period(id=f"P{n}", starts_on=first, ends_on=after - dt.timedelta(days=1))
        for n, (first, after) in enumerate(itertools.pairwise(days))
    )


PERIODS = (
    periods_from("2026-02-01", "2026-04-01", "2026-06-01"),
    periods_from("2026-03-01", "2026-04-01", "2026-06-01", "2026-07-01"),
    periods_from("2026-11-01", "2026-12-15", "2027-01-15", "2027-03-01"),
    periods_from("2026-02-01", "2026-08-01"),
)
MONTHS = periods_from("2026-02-01", "2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01")


@st.composite
def regions_in_time(draw):
    """Draw a region of one or two people, with jobs that end and steps of one to three months."""
    return in_time(random.Random(draw(st.integers(0, 10**9))))


def in_time(random):
    """Make up such a region; most people lack what most jobs ask, so that many need a step."""
    region, periods = region_of(random), random.choice(PERIODS)
    work = []
    for one in region.openings:
        is_job = one.kind == "job"
        update = {"contract_months": random.choice((None, 1, 3) if is_job else (1, 1, 3))}
        if is_job:
            update["starts_on"] = random.choice((None, None, one.starts_on))
        elif random.random() < 0.7:
            grants = random.choice(({"dutch": 0.5}, {"dutch": 0.9, "welding": 0.5}))
            update |= {"grants": grants, "licences": frozenset(), "employer": None}
            update |= {"required_skills": {}, "essential_skills": frozenset(), "starts_on": None}
        work.append(one.model_copy(update=update))
    people = [
        one.model_copy(update={"skills": random.choice(({}, {}, {}, one.skills))})
        for one in region.candidates[: random.choice((1, 2, 2))]
    ]
    update = {"periods": periods, "openings": tuple(work), "candidates": tuple(people)}
    return region.model_copy(update=update)


def in_months(region):
    """Return a region with fewer steps, since each has a start as well: often they are a chain."""
    job, first, *others = region.openings
    towards_it = sorted(others, key=lambda step: "c" not in step.grants)
    openings = (job, first, *towards_it[:2])
    update = {"periods": MONTHS, "openings": openings, "date": "2026-02-01"}
    return region.model_copy(update=update)


def later(day, months):
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = (dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)).day
    return dt.date(year, month, min(day.day, last))


def runs_of(region, person, opening):
    """Return every run of somebody in an opening: the numbers of its periods, from the start."""
    ready = max(
        (day for day in (person.available_from, opening.starts_on) if day), default=dt.date.min
    )
    excluded = (person.id, opening.id) in region.excluded_pairs
    if excluded or not opening.licences <= person.licences:
        return
    for first, period in enumerate(region.periods):
        if period.ends_on < ready:
            continue
        months = opening.contract_months
        over = dt.date.max if months is None else later(period.starts_on, months)
        yield tuple(
            n for n, one in enumerate(region.periods) if n >= first and one.starts_on < over
        )


def gives(step, skill, job):
    is_elsewhere = step.kind == "trial" and step.employer not in {None, job.employer}
    return not is_elsewhere and step.grants.get(skill, -1) >= job.required_skills[skill]


def is_fine(person, jobs, steps):
    """Tell whether somebody can have these jobs after these steps; both with their runs."""
    for one, run in (*jobs, *steps):
        for skill in one.essential_skills:
            sources = [end for step, end in steps if gives(step, skill, one) and end[-1] < run[0]]
            if not sources and not has(person, skill, one):
                return False
    alone = [period for step, run in steps if step.kind != "service" for period in run]
    working = {period for _, run in jobs for period in run}
    return len(alone) == len(set(alone)) and not working.intersection(alone)


def ways_of(region, person, at_most):
    """Return every (jobs, steps) that one person can have, each with its run."""

    def each(wanted, most):
        options = [
            [None, *((one, run) for run in runs_of(region, person, one))]
            for one in region.openings
            if wanted(one)
        ]
        for chosen in itertools.product(*options):
            taken = [one for one in chosen if one is not None]
            if len(taken) <= most:
                yield taken

    every = list(each(lambda one: one.kind != "job", 99))
    return [
        (jobs, steps)
        for jobs in each(lambda one: one.kind == "job", at_most)
        for steps in every
        if is_fine(person, jobs, steps)
    ]


def taken_by(region, person, jobs, steps):
    """Return what somebody takes: places by period, euros by calendar year."""
    taken = Counter((one.id, period) for one, run in (*jobs, *steps) for period in run)
    for step, run in steps:
        year = region.periods[run[0]].starts_on.year
        taken[person.municipality, year] += Fraction(str(step.cost_eur or 0))
    return taken


def fits(region, taken):
    positions = {one.id: one.positions for one in region.openings}
    budgets = {one.id: one.reintegration_budget_eur_per_year for one in region.municipalities}
    for (about, _), amount in taken.items():
        most = positions.get(about, budgets.get(about))
        if most is not None and amount > Fraction(str(most)):
            return False
    return True


def points_of(region, scores, person, jobs, steps, step_points):
    """Return the points of somebody: those of jobs for the share of the horizon, of steps whole."""
    days = [(one.ends_on - one.starts_on).days + 1 for one in region.periods]
    worth = (scores[person.id, job.id] * sum(days[n] for n in run) for job, run in jobs)
    return sum(worth, start=Fraction(0)) / sum(days) + step_points * len(steps)


def best_in_time(region, scores, step_points, at_most):
    """Return the most points of any plan, by trying out all."""
    choices = []
    for person in region.candidates:
        best = {}
        for jobs, steps in ways_of(region, person, at_most):
            taken = taken_by(region, person, jobs, steps)
            points = points_of(region, scores, person, jobs, steps, step_points)
            key = frozenset(taken.items())
            if fits(region, taken) and best.get(key, points) <= points:
                best[key] = points
        choices.append(best.items())
    found = Fraction(-(10**9))
    for ways in itertools.product(*choices):
        points = sum((one for _, one in ways), start=Fraction(0))
        if points > found:
            together = Counter()
            for taken, _ in ways:
                together.update(dict(taken))
            found = points if fits(region, together) else found
    return found
