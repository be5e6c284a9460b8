"""How the rulebook says no: what is asked of an argument, and what is to be supplied."""

import datetime as dt
from collections.abc import Sequence

from placement_opt.basics.errors import InvalidInputError, closest_hint, closest_ids
from placement_opt.rulebook.exact import SUBJECT
from placement_opt.rulebook.parameter import Parameter, calendar_year
from placement_opt.rulebook.shipped import shipped

FIRST_YEAR = 2013
LAST_YEAR = 2100
NATIONAL = ("banenafspraak.", "quota.")
"""How the names of parameters begin that hold everywhere alike."""


class MissingParameterError(InvalidInputError):
    """The rulebook has no verified value for a parameter, and nobody supplied one."""


def invalid(field: str, value: object, expected: str, hint: str) -> InvalidInputError:
    """Build the error for one argument."""
    return InvalidInputError.single(SUBJECT, None, field, value, expected, hint)


def missing(name: str, on: dt.date, last: Parameter | None = None) -> MissingParameterError:
    """Build the error for a value that nobody supplied; `last` is the last known one, if any."""
    rows, said = shipped()[name], said_of(name, on)
    known = ", ".join(_period(row) for row in rows if row.value is not None) or "no date"
    expected = f"has no verified value on {on.isoformat()}"
    hint = (
        f'supply it: rulebook.with_parameter("{name}", <{rows[0].unit}>); verified for {known}'
        + (f"; {said}" if said else "")
        + (f'; or read the last known one, {last.value}, with unknown="last_known"' if last else "")
    )
    return MissingParameterError.single(SUBJECT, None, name, None, expected, hint)


def said_of(name: str, on: dt.date) -> str:
    """Return what is said on a day about a value that is not verified; empty for nothing."""
    rows = [row for row in shipped()[name] if row.holds_on(on)]
    unverified = [f"unverified: {row.unverified}" for row in rows if row.unverified]
    return "; ".join([*unverified, *(row.note for row in rows if row.note)])


def _period(row: Parameter) -> str:
    if row.valid_from is None or row.valid_until is None:
        return f"{row.valid_from} and later"
    if (row.valid_from, row.valid_until) == calendar_year(row.valid_from.year):
        return str(row.valid_from.year)
    return f"{row.valid_from} to {row.valid_until}"


def check_year(year: object) -> int:
    """Return `year` where it is one the agreement can speak of.

    Raises
    ------
    InvalidInputError
        Otherwise.
    """
    if isinstance(year, bool) or not isinstance(year, int) or not _is_near(year):
        hint = "the agreement counts from the measurement of 1 January 2013"
        raise invalid("year", year, f"must be a year from {FIRST_YEAR} to {LAST_YEAR}", hint)
    return year


def _is_near(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def check_text(field: str, value: object) -> None:
    """Refuse what is no text or empty; raises InvalidInputError."""
    if not isinstance(value, str) or not value.strip():
        raise invalid(field, value, "must be text", "write a few words, or leave it out")


def check_municipal(name: str, municipality: str) -> None:
    """Refuse a municipality's own value of what only the law itself sets.

    Raises
    ------
    InvalidInputError
        For a parameter of the jobs agreement or the quota.
    """
    if name.startswith(NATIONAL):
        expected = f"must be left out, since no ordinance can set {name}"
        raise invalid("municipality", municipality, expected, "supply the value for everybody")


def check_choice(field: str, value: str, choices: Sequence[str]) -> str:
    """Return `value` where it is one of the choices.

    Raises
    ------
    InvalidInputError
        Otherwise, with the choices.
    """
    if value not in choices:
        listed = ", ".join(repr(choice) for choice in choices)
        raise invalid(field, value, f"must be one of {listed}", f"use one of {listed}")
    return value


def read_date(date: object, field: str = "date") -> dt.date:
    """Read a calendar date, also from ISO text; raises InvalidInputError."""
    if isinstance(date, str):
        try:
            return dt.date.fromisoformat(date)
        except ValueError:
            pass
    elif isinstance(date, dt.date) and not isinstance(date, dt.datetime):
        return date
    raise invalid(
        field, date, "must be a calendar date", 'write datetime.date(2026, 2, 1) or "2026-02-01"'
    )


def unit_of(name: str) -> str:
    """Return the unit of a known parameter; raises InvalidInputError for another name."""
    rows = shipped().get(name)
    if rows is None:
        hint = closest_hint(closest_ids(str(name), shipped()))
        raise invalid("parameter", name, "must be a parameter of the rulebook", hint)
    return rows[0].unit


def largest_of(unit: str) -> int | None:
    """Return the largest value a unit allows, or None."""
    if unit.startswith(("share", "0 = no")):
        return 1
    return 100 if unit.startswith("percent") else None
