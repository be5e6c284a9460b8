"""Dates of birth: they give the age that sets the minimum wage, and no record keeps them."""

import datetime as dt
from collections.abc import MutableMapping
from typing import Any

from placement_opt.basics.errors import Problem
from placement_opt.records.reading import ReadingLine
from placement_opt.records.user_tables import BIRTH_DATE, UserTable

_OLDEST_COUNTED = 21
_AGE = "minimum_wage_age"


def ages_of_birth_dates(
    table: UserTable,
    cells: MutableMapping[str, list[Any]],
    names: MutableMapping[str, str],
    day: dt.date | None,
) -> tuple[ReadingLine, list[Problem]]:
    """Put ages in the place of dates of birth.

    Parameters
    ----------
    table
        The table of candidates.
    cells, names
        Its columns and their names, by the field they fill; the dates are taken out of them.
    day
        Date of the region; without it no age is known.

    Returns
    -------
    line : ReadingLine
        What became of the dates.
    problems : list of Problem
        What is no date.
    """
    born, own = cells.pop(BIRTH_DATE), names[BIRTH_DATE]
    count = sum(one is not None for one in born)
    if _AGE in cells:
        text = f"nothing reads it; {_AGE} comes from {names[_AGE]!r}"
        return ReadingLine(table.title, own, count, text), []
    if day is None:
        text = "ages for the minimum wage are not known, since the region has no date"
        return ReadingLine(table.title, own, count, text), []
    names[_AGE] = own
    expected, hint = "must be a date of birth", "write the day as 31-12-1990 or 1990-12-31"
    problems = [
        Problem("candidate", None, BIRTH_DATE, one, expected, hint, table.title, label, own)
        for one, label in zip(born, table.labels, strict=True)
        if one is not None and not isinstance(one, dt.date)
    ]
    cells[_AGE] = [
        min(age_on(day, one), _OLDEST_COUNTED) if isinstance(one, dt.date) else None for one in born
    ]
    text = f"gives the age for the minimum wage on {day}; the date of birth is not kept"
    return ReadingLine(table.title, own, count, text), problems


def age_on(day: dt.date, born: dt.date) -> int:
    """Return how old a person is on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
