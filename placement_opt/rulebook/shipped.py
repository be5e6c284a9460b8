"""The parameter files that come with the library, read once and checked."""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict

from placement_opt.basics.errors import InternalError
from placement_opt.rulebook.parameter import Confidence, Parameter, calendar_year


class _Entry(BaseModel):
    """One dated row of a parameter file; `year` stands for the whole calendar year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: str | None = None
    unverified: str = ""
    year: int | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    source: str | None = None
    as_of: str | None = None
    confidence: Confidence | None = None
    note: str = ""


class _Series(BaseModel):
    """One parameter of a file: its name, its unit and its dated rows."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    unit: str
    source: str | None = None
    as_of: str | None = None
    confidence: Confidence | None = None
    stands_in: bool = True
    """False for a count, a figure of one year or of one municipality: see `stand_ins`."""
    entries: tuple[_Entry, ...]

    def rows(self) -> tuple[Parameter, ...]:
        rows = []
        for entry in self.entries:
            first, last = entry.valid_from, entry.valid_until
            if entry.year is not None:
                first, last = calendar_year(entry.year)
            rows.append(
                Parameter(
                    name=self.name,
                    value=None if entry.value is None else Decimal(entry.value),
                    unit=self.unit,
                    valid_from=first,
                    valid_until=last,
                    source=entry.source or self.source or "",
                    as_of=entry.as_of or self.as_of,
                    confidence=entry.confidence or self.confidence or "M",
                    note=entry.note,
                    unverified=entry.unverified,
                )
            )
        return tuple(rows)


@functools.cache
def shipped() -> Mapping[str, tuple[Parameter, ...]]:
    """Return the parameters that come with the library: name to dated rows, oldest first.

    Raises
    ------
    InternalError
        When a file contradicts itself.
    """
    return {name: _checked(series.rows()) for name, series in _series().items()}


@functools.cache
def stand_ins() -> frozenset[str]:
    """Return the parameters whose last known value may stand in for a later date.

    Those are the rules of the law, and its amounts. A count, or what held in one year or in one
    municipality, says nothing of later.
    """
    return frozenset(name for name, series in _series().items() if series.stands_in)


@functools.cache
def newest_date() -> dt.date:
    """Return the last day on which all of `stand_ins` that were ever known still are."""
    last = [
        max(row.valid_until or dt.date.max for row in shipped()[name] if row.value is not None)
        for name in stand_ins()
        if any(row.value is not None for row in shipped()[name])
    ]
    return min(last)


@functools.cache
def _series() -> Mapping[str, _Series]:
    found: dict[str, _Series] = {}
    for content in parameter_files().values():
        for raw in content.get("parameter", ()):
            series = _Series.model_validate(raw)
            if series.name in found:
                raise InternalError(f"parameter {series.name!r} stands in two places")
            found[series.name] = series
    return found


@functools.cache
def parameter_files() -> Mapping[str, dict[str, Any]]:
    """Return the parsed parameter files, by file name."""
    folder = resources.files("placement_opt.rulebook") / "parameters"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name: tomllib.loads(file.read_text(encoding="utf-8"))
        for file in files
        if file.name.endswith(".toml")
    }


def _checked(rows: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    last: dt.date | None = dt.date.min
    for row in rows:
        if row.valid_from is None or last is None or row.valid_from <= last:
            raise InternalError(f"parameter {row.name!r}: its dates overlap or are out of order")
        if (row.value is None) != (row.confidence == "M"):
            raise InternalError(f"parameter {row.name!r}: only an unverified row has no value")
        last = row.valid_until
    return rows
