"""The year of a made-up region, cut into equal periods."""

import datetime as dt
from itertools import pairwise

from placement_opt.basics.dates import months_later
from placement_opt.records import Period

MONTHS = 12
CUTS = tuple(n for n in range(1, MONTHS + 1) if MONTHS % n == 0)
"""In how many periods a year falls apart into whole months."""


def periods_of_year(date: dt.date, n_periods: int) -> tuple[Period, ...]:
    """Return the year from the first day of a date's month on as so many periods; none for 0.

    A period is named after its first month, such as ``"2026-02"``.
    """
    if not n_periods:
        return ()
    first, length = date.replace(day=1), MONTHS // n_periods
    starts = [months_later(first, length * place) for place in range(n_periods + 1)]
    return tuple(
        Period(id=f"{start:%Y-%m}", starts_on=start, ends_on=after - dt.timedelta(days=1))
        for start, after in pairwise(starts)
    )
