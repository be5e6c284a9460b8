"""One dated value of the law, and how two rulebooks differ in it."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import override

Confidence = Literal["V", "D", "M", "user"]


class Parameter(BaseModel):
    """One value of the law, for a stretch of dates, with its source.

    Attributes
    ----------
    name
        Dotted name, the same for every date.
    value
        The value, or None where no verified one is known.
    unit
        What the value counts.
    valid_from, valid_until
        First and last day; None is open.
    source
        Article or address the value was read in.
    as_of
        Date, month or year the source speaks of or was read.
    confidence
        "V" read in the source, "D" derived from such, "M" unverified (no value), "user" supplied.
    note
        What a reader must know before use.
    unverified
        What is said about an unverified value, shown in errors and never computed with.
    municipality
        Municipality whose ordinance sets the value; None for everybody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str
    value: Decimal | None
    unit: str
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    source: str = Field(min_length=1)
    as_of: str | None = Field(default=None, pattern=r"^\d{4}(-\d{2}){0,2}$")
    confidence: Confidence
    note: str = ""
    unverified: str = ""
    municipality: str | None = None

    def holds_on(self, on: dt.date) -> bool:
        """Return whether `on` is one of the days this value is valid."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_until is None or on <= self.valid_until)

    def as_record(self) -> dict[str, Any]:
        """Return the parameter as plain JSON values, without what is empty."""
        content = self.model_dump(mode="json", exclude={"name"})
        return {key: value for key, value in content.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class ParameterChange:
    """A parameter whose value differs between two rulebooks."""

    name: str
    municipality: str | None
    before: Parameter | None
    after: Parameter | None

    @override
    def __str__(self) -> str:
        where = "" if self.municipality is None else f" in {self.municipality}"
        old, new = (
            "none" if parameter is None else str(parameter.value)
            for parameter in (self.before, self.after)
        )
        known = self.after or self.before
        unit = "" if known is None else f" {known.unit}"
        return f"{self.name}{where}: {old} -> {new}{unit}"


@dataclass(frozen=True, slots=True)
class MissingParameter:
    """A parameter without a value on a day.

    Parameters
    ----------
    name, unit
        As on a parameter.
    last_known
        The value that was known until a day before and can stand in; None without one.
    note
        What is known of it all the same, or where it is set.
    """

    name: str
    unit: str
    last_known: Parameter | None
    note: str


def calendar_year(year: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year."""
    return dt.date(year, 1, 1), dt.date(year, 12, 31)
