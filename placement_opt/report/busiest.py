"""The steady week that stands for a plan in time: that of the period in which coaches do most."""

from collections.abc import Sequence

from placement_opt.basics.rows_of_limits import CoachRow, QuotaRow


def of_busiest_period(rows: Sequence[CoachRow]) -> list[CoachRow]:
    """Return the rows of the period with most coaching hours; all of them without periods."""
    hours: dict[str | None, float] = {}
    for row in rows:
        hours[row.period] = hours.get(row.period, 0) + row.hours_per_week
    busiest = max(hours, key=lambda period: hours[period], default=None)
    return [row for row in rows if row.period == busiest]


def of_worst_period(rows: Sequence[QuotaRow]) -> list[QuotaRow]:
    """Return the rows of the period in which most jobs are missing; all of them without periods."""
    missing: dict[str | None, float] = {}
    for row in rows:
        missing[row.period] = missing.get(row.period, 0) + row.shortfall_jobs
    worst = max(missing, key=lambda period: missing[period], default=None)
    return [row for row in rows if row.period == worst]
