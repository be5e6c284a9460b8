"""The values that a user supplies, for everybody or for one municipality."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

from placement_opt.basics.short_text import ShortRepr
from placement_opt.rulebook.exact import Exact, read_decimal
from placement_opt.rulebook.notes import Notes
from placement_opt.rulebook.parameter import Parameter, calendar_year
from placement_opt.rulebook.refusals import (
    check_municipal,
    check_text,
    check_year,
    invalid,
    largest_of,
    read_date,
    unit_of,
)

Unknown = Literal["refuse", "last_known"]
"""What a rulebook does on a day for which a value is no longer known."""


@dataclass(frozen=True, repr=False)
class SuppliedBook(ShortRepr):
    """One date of the law, and the values that the user puts in their place.

    Parameters
    ----------
    date
        The day the law is read on.
    overrides
        Values the user supplied; the last one supplied comes first.
    municipality
        Municipality whose ordinance is asked for; None for the national rules.
    unknown
        ``"refuse"``, or ``"last_known"``; see `on`.
    notes
        Where the parameters that are asked for are noted; see `noting`.
    """

    date: dt.date
    overrides: tuple[Parameter, ...] = ()
    municipality: str | None = None
    unknown: Unknown = "refuse"
    notes: Notes | None = dataclasses.field(default=None, compare=False, repr=False)

    def with_parameter(
        self,
        name: str,
        value: Exact,
        *,
        year: int | None = None,
        valid_from: dt.date | None = None,
        valid_until: dt.date | None = None,
        municipality: str | None = None,
        source: str = "supplied by the user",
    ) -> Self:
        """Return the same rulebook with one value supplied by the user.

        Parameters
        ----------
        name
            Name of a known parameter; see `names`.
        value
            The value, exact: a float counts as the decimal it prints as.
        year
            Calendar year the value is for, instead of `valid_from` and `valid_until`.
        valid_from, valid_until
            First and last day; None is open, so that without dates the value always holds.
        municipality
            Municipality whose ordinance sets it; see `for_municipality`. None for everybody, as
            the jobs agreement and the quota always are.
        source
            Where the value comes from, for the run record.

        Raises
        ------
        InvalidInputError
            For an unknown name, a value out of range, dates that contradict each other, or a
            municipality beside a parameter that no ordinance can set.
        """
        unit = unit_of(name)
        if year is not None and (valid_from, valid_until) != (None, None):
            hint = "give the year, or the two dates"
            raise invalid("year", year, "must not stand beside valid_from and valid_until", hint)
        if year is not None:
            valid_from, valid_until = calendar_year(check_year(year))
        valid_from = None if valid_from is None else read_date(valid_from, "valid_from")
        valid_until = None if valid_until is None else read_date(valid_until, "valid_until")
        check_text("source", source)
        if municipality is not None:
            check_text("municipality", municipality)
            check_municipal(name, municipality)
        if valid_from is not None and valid_until is not None and valid_until < valid_from:
            hint = "swap the two dates"
            raise invalid("valid_until", str(valid_until), f"must be >= {valid_from}", hint)
        number = read_decimal(value, name, maximum=largest_of(unit))
        if number == 0 and unit.startswith("paid hours"):
            raise invalid(name, value, "must be > 0", "the law divides by it")
        supplied = Parameter(
            name=name,
            value=number,
            unit=unit,
            valid_from=valid_from,
            valid_until=valid_until,
            source=source,
            confidence="user",
            municipality=municipality,
        )
        notes = (
            None if self.notes is None else Notes()
        )  # what the old values were asked for is past
        return dataclasses.replace(self, overrides=(supplied, *self.overrides), notes=notes)

    def override(
        self,
        values: Mapping[str, Exact],
        *,
        municipality: str | None = None,
        source: str = "supplied by the user",
    ) -> Self:
        """Return the same rulebook with several values supplied, all valid on every date.

        Parameters
        ----------
        values
            Value per parameter name.
        municipality
            Municipality whose ordinance sets them; None for everybody.
        source
            Where the values come from.

        Raises
        ------
        InvalidInputError
            As `with_parameter`.
        """
        book = self
        for name, value in values.items():
            book = book.with_parameter(name, value, municipality=municipality, source=source)
        return book

    def for_municipality(self, municipality: str | None) -> Self:
        """Return the rulebook as one municipality reads it: its own ordinance first."""
        return dataclasses.replace(self, municipality=municipality)

    @functools.cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Municipalities with an ordinance of their own among the supplied values, ascending."""
        places = {row.municipality for row in self.overrides}
        return tuple(sorted(place for place in places if place is not None))

    @functools.cached_property
    def _supplied(self) -> Mapping[str, tuple[Parameter, ...]]:
        """The supplied values by name, the last one supplied first."""
        rows: dict[str, tuple[Parameter, ...]] = {}
        for row in self.overrides:
            rows[row.name] = (*rows.get(row.name, ()), row)
        return rows

    @property
    def name(self) -> str:
        """Short name of the rulebook, for tables and the run record."""
        place = "" if self.municipality is None else f" {self.municipality}"
        count = len(self.overrides)
        changed = "" if count == 0 else f" with {count} override{'s' if count > 1 else ''}"
        return f"nl {self.date.isoformat()}{place}{changed}"
