"""The rulebook as a record: written down, opened again, told apart by hash, and compared."""

import dataclasses
import datetime as dt
import functools
import hashlib
import json
from collections.abc import Mapping
from os import PathLike
from typing import Any, Self

from placement_opt.basics.errors import Findings
from placement_opt.rulebook.law_file import read_law_file
from placement_opt.rulebook.parameter import MissingParameter, Parameter, ParameterChange
from placement_opt.rulebook.parameter_book import ParameterBook
from placement_opt.rulebook.refusals import invalid, said_of, unit_of
from placement_opt.rulebook.supplied_book import Unknown


class RecordedBook(ParameterBook):
    """A rulebook that tells what it holds, and opens again from what it told."""

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Open the rulebook that a record tells of: its date and the values supplied to it.

        What the record says about shipped values is not read; compare the two hashes.

        Parameters
        ----------
        record
            What `record` or `run_record` returned, also by way of JSON.

        Raises
        ------
        InvalidInputError
            When it is no such record.
        """
        try:
            book = cls.on(dt.date.fromisoformat(record["date"]), record.get("unknown", "refuse"))
            municipality = record["municipality"]
            rows = [Parameter.model_validate_json(json.dumps(row)) for row in record["overrides"]]
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            first = str(error).splitlines()[0]
            hint = "give what Rulebook.record returned"
            raise invalid("record", first, "must be the record of a rulebook", hint) from None
        for row in rows:
            unit_of(row.name)
        return dataclasses.replace(book, overrides=tuple(rows), municipality=municipality)

    @classmethod
    def from_file(cls, path: str | PathLike[str], unknown: Unknown = "refuse") -> Self:
        """Open the rulebook on the date of a TOML file, with the values that stand in the file.

        The file has a ``date`` and ``[[parameter]]`` tables with ``name``, ``value``, ``source``
        and, for an ordinance, ``municipality``; ``year``, or ``valid_from`` and ``valid_until``,
        where a value does not hold on all dates.

        Parameters
        ----------
        path
            The file.
        unknown
            As `on` takes it.

        Raises
        ------
        FileNotFoundError
            When there is no such file.
        InvalidInputError
            With all that is wrong in the file, each with its place.
        """
        law, findings = read_law_file(path), Findings()
        book = law.supplied_to(cls.on(law.date, unknown), findings)
        findings.refuse()
        return book

    @functools.cached_property
    def hash(self) -> str:
        """sha256 of what the rulebook resolved and of every value supplied to it."""
        text = json.dumps(self._content(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def record(self) -> dict[str, Any]:
        """Return everything the rulebook resolved, as plain JSON values with sources."""
        return {"name": self.name, "hash": self.hash, **self._content(), **self._told_unknown()}

    def run_record(self) -> dict[str, Any]:
        """Return what a run rests on: name, hash, supplied values, and the parameters `used`."""
        return {
            "name": self.name,
            "hash": self.hash,
            "date": self.date.isoformat(),
            "municipality": self.municipality,
            "overrides": self._supplied_records(),
            "used": [{"name": row.name, **row.as_record()} for row in self.used()],
            **self._told_unknown(),
        }

    def known(self) -> tuple[Parameter, ...]:
        """Return every value on the rulebook's date, by name and municipality."""
        resolved = self._resolved()
        return tuple(resolved[key] for key in sorted(resolved))

    def missing(self) -> tuple[MissingParameter, ...]:
        """Return the parameters for which nobody has a value on the rulebook's date, by name."""
        known = {name for name, _ in self._resolved()}
        return tuple(
            MissingParameter(name, unit_of(name), self.last_known(name), said_of(name, self.date))
            for name in self.names()
            if name not in known
        )

    def diff(self, other: "RecordedBook") -> tuple[ParameterChange, ...]:
        """Return the parameters whose value differs in `other`, sorted by name."""
        mine, theirs = self._resolved(), other._resolved()  # noqa: SLF001 - the same class
        changes = []
        for key in sorted(mine.keys() | theirs.keys()):
            before, after = mine.get(key), theirs.get(key)
            old, new = (None if row is None else row.value for row in (before, after))
            if old != new:
                changes.append(ParameterChange(key[0], key[1] or None, before, after))
        return tuple(changes)

    def _resolved(self) -> dict[tuple[str, str], Parameter]:
        """Return the value of every parameter that has one, per (name, municipality or "")."""
        readings = {}
        if self.municipality is None:
            readings = {place: self.for_municipality(place) for place in self.municipalities}
        resolved = {}
        for name in self.names():
            row = self._find(name, self.date)
            if row is not None:
                resolved[name, row.municipality or ""] = row
            for place, reading in readings.items():
                own = reading._find(name, self.date)  # noqa: SLF001 - the same class
                if own is not None and own.municipality == place:
                    resolved[name, place] = own
        return resolved

    def _told_unknown(self) -> dict[str, str]:
        """Return how the unknown is read, where not as usual: no part of what the hash is of."""
        return {} if self.unknown == "refuse" else {"unknown": self.unknown}

    def _supplied_records(self) -> list[dict[str, Any]]:
        supplied = sorted(self.overrides, key=lambda row: row.name)
        return [{"name": row.name, **row.as_record()} for row in supplied]

    def _content(self) -> dict[str, Any]:
        resolved = self._resolved()
        known = {name for name, _ in resolved}
        return {
            "date": self.date.isoformat(),
            "municipality": self.municipality,
            "parameters": {
                name if place == "" else f"{name}@{place}": row.as_record()
                for (name, place), row in sorted(resolved.items())
            },
            "overrides": self._supplied_records(),
            "missing": [name for name in self.names() if name not in known],
        }
