"""When placements run, by a plain reading of the records of periods and openings."""

import datetime as dt
from collections.abc import Iterator, Sequence
from fractions import Fraction

from placement_opt.basics.dates import months_later
from placement_opt.instance.variants import start_in_time, way_in_time
from placement_opt.records import Candidate, Opening, Period

PERIOD = "period"
"""`per` of a rule that groups placements by each period in which they run."""

START_PERIOD = "start_period"
"""`per` of a rule that groups placements by the period in which they start."""

IN_TIME = (PERIOD, START_PERIOD)


def start_of(periods: Sequence[Period], variant: str | None) -> str | None:
    """Return the period in which the way of that label starts; None where it names none."""
    start = None if variant is None else start_in_time(variant)
    return start if any(period.id == start for period in periods) else None


def first_day(periods: Sequence[Period], variant: str | None) -> dt.date | None:
    """Return the day on which the way of that label starts; None where it names no period."""
    start = start_of(periods, variant)
    return next((period.starts_on for period in periods if period.id == start), None)


def way_of(periods: Sequence[Period], variant: str | None) -> str | None:
    """Return the label of a way without its start."""
    return variant if variant is None or not periods else way_in_time(variant)


def run_of(periods: Sequence[Period], variant: str | None, opening: Opening) -> Iterator[Period]:
    """Yield the periods in which a placement runs, one after the other.

    Raises
    ------
    KeyError
        When the label of its way names none of the periods as its start.
    """
    start = start_of(periods, variant)
    if start is None:
        raise KeyError(variant)
    later = [*periods[[period.id for period in periods].index(start) :]]
    trial = _lasting(later, opening.trial_months or 0)
    yield from trial
    rest = later[len(trial) :]
    yield from rest if opening.contract_months is None else _lasting(rest, opening.contract_months)


def under_contract(run: Sequence[Period], opening: Opening) -> Sequence[Period]:
    """Return the periods of a run that come after the trial with which it begins."""
    return run[len(_lasting(run, opening.trial_months or 0)) :]


def _lasting(periods: Sequence[Period], months: int) -> list[Period]:
    """Return the periods that begin within so many months from the first of them on."""
    if not periods:
        return []
    over = months_later(periods[0].starts_on, months)
    return [period for period in periods if period.starts_on < over]


def starts_of(
    periods: Sequence[Period], candidate: Candidate, opening: Opening
) -> Iterator[Period]:
    """Yield the periods in which a pair can start: those not over before both sides are ready."""
    ready = max(candidate.available_from or dt.date.min, opening.starts_on or dt.date.min)
    for period in periods:
        if period.ends_on >= ready:
            yield period


def days_of(run: Sequence[Period]) -> int:
    """Return how many days periods have together."""
    return sum((period.ends_on - period.starts_on).days + 1 for period in run)


def share_of_horizon(periods: Sequence[Period], run: Sequence[Period]) -> Fraction:
    """Return the share of all days that a run has."""
    return Fraction(days_of(run), days_of(periods))


def calendar_years(periods: Sequence[Period]) -> range:
    """Return the calendar years that periods reach into."""
    return range(periods[0].starts_on.year, periods[-1].ends_on.year + 1)


def share_of_year(run: Sequence[Period], year: int) -> Fraction:
    """Return the share of a calendar year that a run has."""
    first, after = dt.date(year, 1, 1), dt.date(year + 1, 1, 1)
    if not run:
        return Fraction(0)
    over = run[-1].ends_on + dt.timedelta(days=1)
    days = (min(over, after) - max(run[0].starts_on, first)).days
    return Fraction(max(0, days), (after - first).days)
