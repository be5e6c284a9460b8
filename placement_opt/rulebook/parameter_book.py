"""The rulebook's core: parameters resolved on a date, and values supplied in their place."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

from placement_opt.basics.errors import InternalError
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
    missing,
    read_date,
    unit_of,
)
from placement_opt.rulebook.shipped import shipped


@dataclass(frozen=True, repr=False)
class ParameterBook(ShortRepr):
    """The parameters that hold on one date, with what the user puts in their place.

    Parameters
    ----------
    date
        The day the law is read on.
    overrides
        Values the user supplied; the last one supplied comes first.
    municipality
        Municipality whose ordinance is asked for; None for the national rules.
    notes
        Where the parameters that are asked for are noted; see `noting`.
    """

    date: dt.date
    overrides: tuple[Parameter, ...] = ()
    municipality: str | None = None
    notes: Notes | None = dataclasses.field(default=None, compare=False, repr=False)

    @classmethod
    def on(cls, date: dt.date | str) -> Self:
        """Open the rulebook on a day, given as a date or as "2026-02-01".

        Raises
        ------
        InvalidInputError
            When `date` is no calendar date.
        """
        return cls(read_date(date))

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
        return dataclasses.replace(self, overrides=(supplied, *self.overrides))

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

    def noting(self) -> Self:
        """Return the same rulebook with new notes of what is asked; see `used`.

        Every reading of it, such as `for_municipality`, notes in the same place.
        """
        return dataclasses.replace(self, notes=Notes())

    def used(self) -> tuple[Parameter, ...]:
        """Return the parameters asked for since `noting`, sorted by name; none without it."""
        return () if self.notes is None else self.notes.sorted_parameters()

    def names(self) -> tuple[str, ...]:
        """Return the names of all known parameters, sorted."""
        return tuple(sorted(shipped()))

    def find(self, name: str, *, on: dt.date | None = None) -> Parameter | None:
        """Return the parameter that holds on a day, or None where no value is known.

        Parameters
        ----------
        name
            Name of a known parameter.
        on
            The day; the rulebook's own by default.

        Raises
        ------
        InvalidInputError
            For an unknown name.
        """
        found = self._find(name, self.date if on is None else on)
        if found is not None and self.notes is not None:
            self.notes.add(found)
        return found

    def _find(self, name: str, day: dt.date) -> Parameter | None:
        unit_of(name)
        supplied = [row for row in self._supplied.get(name, ()) if row.holds_on(day)]
        own = [row for row in supplied if row.municipality == self.municipality]
        general = [row for row in supplied if row.municipality is None]
        of_law = [row for row in shipped()[name] if row.holds_on(day)]
        found = (*own, *general, *of_law)
        return found[0] if found and found[0].value is not None else None

    @functools.cached_property
    def _supplied(self) -> Mapping[str, tuple[Parameter, ...]]:
        """The supplied values by name, the last one supplied first."""
        rows: dict[str, tuple[Parameter, ...]] = {}
        for row in self.overrides:
            rows[row.name] = (*rows.get(row.name, ()), row)
        return rows

    def parameter(self, name: str, *, on: dt.date | None = None) -> Parameter:
        """Return the parameter that holds on a day.

        Raises
        ------
        MissingParameterError
            When no verified value is known for that day and none was supplied.
        InvalidInputError
            For an unknown name.
        """
        found = self.find(name, on=on)
        if found is None:
            raise missing(name, self.date if on is None else on)
        return found

    def value(self, name: str, *, on: dt.date | None = None) -> Decimal:
        """Return the value that holds on a day.

        Raises
        ------
        MissingParameterError
            When no verified value is known for that day and none was supplied.
        InvalidInputError
            For an unknown name.
        """
        value = self.parameter(name, on=on).value
        if value is None:
            raise InternalError(f"parameter {name!r} resolved to a row without a value")
        return value

    def fraction(self, name: str, *, on: dt.date | None = None) -> Fraction:
        """Return the value that holds on a day as an exact fraction; raises as `value`."""
        return Fraction(self.value(name, on=on))

    def whole(self, name: str, *, on: dt.date | None = None) -> int:
        """Return the value that holds on a day as a whole number.

        Raises
        ------
        MissingParameterError
            As `value`.
        InvalidInputError
            As `value`, and when a supplied value is not whole.
        """
        value = self.value(name, on=on)
        if value != int(value):
            raise invalid(name, str(value), "must be a whole number", "supply it without decimals")
        return int(value)

    def day_of(self, year: int | None) -> dt.date:
        """Return the day on which figures of a calendar year are read.

        Raises
        ------
        InvalidInputError
            When `year` is no year of the agreement.
        """
        if year is None or check_year(year) == self.date.year:
            return self.date
        return dt.date(year, 12, 31)

    @property
    def name(self) -> str:
        """Short name of the rulebook, for tables and the run record."""
        place = "" if self.municipality is None else f" {self.municipality}"
        count = len(self.overrides)
        changed = "" if count == 0 else f" with {count} override{'s' if count > 1 else ''}"
        return f"nl {self.date.isoformat()}{place}{changed}"
