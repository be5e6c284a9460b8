"""The rulebook's core: parameters resolved on a date, refused or last known where none holds."""

import dataclasses
import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Self, get_args

from placement_opt.basics.errors import InternalError
from placement_opt.rulebook.notes import Notes
from placement_opt.rulebook.parameter import Parameter
from placement_opt.rulebook.refusals import (
    check_choice,
    check_year,
    invalid,
    missing,
    read_date,
    unit_of,
)
from placement_opt.rulebook.shipped import newest_date, shipped, stand_ins
from placement_opt.rulebook.supplied_book import SuppliedBook, Unknown


class ParameterBook(SuppliedBook):
    """The parameters that hold on one date, with what the user puts in their place."""

    @classmethod
    def on(cls, date: dt.date | str, unknown: Unknown = "refuse") -> Self:
        """Open the rulebook on a day, given as a date or as "2026-02-01".

        Parameters
        ----------
        date
            The day.
        unknown
            What to do where a value of the law was known until a day before: ``"refuse"`` raises
            MissingParameterError, which says what to supply; ``"last_known"`` takes that last
            value, and `assumed` tells of it. What was never known is refused either way, and so is
            a count or a figure of another year.

        Raises
        ------
        InvalidInputError
            When `date` is no calendar date, or `unknown` none of the two.

        Examples
        --------
        >>> from placement_opt.rulebook import Rulebook
        >>> later = Rulebook.on("2030-01-01", unknown="last_known")
        >>> later.minimum_wage_eur_per_hour() > 0
        True
        >>> later.assumed()[0].name
        'minimum_wage.eur_per_hour'
        """
        check_choice("unknown", unknown, get_args(Unknown))
        return cls(read_date(date), unknown=unknown, notes=_notes_of(unknown))

    @staticmethod
    def newest_date() -> dt.date:
        """Return the last day on which the shipped law is known as far as it ever was."""
        return newest_date()

    def noting(self) -> Self:
        """Return the same rulebook with new notes of what is asked; see `used`.

        Every reading of it, such as `for_municipality`, notes in the same place.
        """
        return dataclasses.replace(self, notes=Notes())

    def used(self) -> tuple[Parameter, ...]:
        """Return the parameters asked for, sorted by name; none where nothing is noted.

        Noted is what is asked since `noting`, or since `on` with ``unknown="last_known"``.
        """
        return () if self.notes is None else self.notes.sorted_parameters()

    def assumed(self) -> tuple[Parameter, ...]:
        """Return the last known values that stood in where nothing newer is known, by name.

        `Parameter.valid_until` is the day until which each was known. Empty unless the rulebook
        was opened with ``unknown="last_known"``.
        """
        return () if self.notes is None else self.notes.assumed_parameters()

    def names(self) -> tuple[str, ...]:
        """Return the names of all known parameters, sorted."""
        return tuple(sorted(shipped()))

    def find(self, name: str, *, on: dt.date | None = None) -> Parameter | None:
        """Return the parameter that holds on a day, or None where no value is known.

        With ``unknown="last_known"`` that is the last known one where none holds any more.

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
        day = self.date if on is None else on
        found = self._find(name, day)
        if found is not None and self.notes is not None:
            self.notes.add(found, on=day)
        return found

    def _find(self, name: str, day: dt.date) -> Parameter | None:
        found = next((row for row in self._rows(name) if row.holds_on(day)), None)
        if found is not None and found.value is not None:
            return found
        return None if self.unknown == "refuse" else self.last_known(name, on=day)

    def last_known(self, name: str, *, on: dt.date | None = None) -> Parameter | None:
        """Return the value that was known last, until a day before; None without one.

        Also None for what says nothing of later: a count, a figure of one year.

        Raises
        ------
        InvalidInputError
            For an unknown name.
        """
        day, last = self.date if on is None else on, None
        for row in self._rows(name) if name in stand_ins() else ():
            if row.value is None or row.valid_until is None or row.valid_until >= day:
                continue
            if last is None or last.valid_until is None or row.valid_until > last.valid_until:
                last = row
        return last

    def _rows(self, name: str) -> tuple[Parameter, ...]:
        """Return all dated values: the municipality's own, those for everybody, the shipped."""
        unit_of(name)
        supplied = self._supplied.get(name, ())
        own = (row for row in supplied if row.municipality == self.municipality)
        general = (row for row in supplied if row.municipality is None)
        return (*own, *general, *shipped()[name])

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
            day = self.date if on is None else on
            raise missing(name, day, self.last_known(name, on=day))
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


def _notes_of(unknown: Unknown) -> Notes | None:
    """Return notes for a rulebook that has to remember which last known values it gave."""
    return None if unknown == "refuse" else Notes()
