"""Days that are months apart."""

import datetime as dt


def whole_years(first: dt.date, day: dt.date) -> int:
    """Return how many whole years lie between a day and a later one."""
    is_before = (day.month, day.day) < (first.month, first.day)
    years = day.year - first.year - is_before
    return years + (is_before and months_later(first, 12 * (years + 1)) <= day)


def months_later(date: dt.date, months: int) -> dt.date:
    """Return the same day so many months later, or the last day of a shorter month."""
    year, month = divmod(date.month - 1 + months, 12)
    first = dt.date(date.year + year, month + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(date.day, last.day))
