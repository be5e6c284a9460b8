"""The law of a user in a file: one date, and values with their sources, as TOML."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

from placement_opt.basics.errors import (
    Findings,
    InvalidInputError,
    Problem,
    closest_hint,
    closest_ids,
)
from placement_opt.basics.json_files import read_text
from placement_opt.rulebook.exact import SUBJECT
from placement_opt.rulebook.refusals import check_municipal, check_text, read_date, unit_of
from placement_opt.rulebook.supplied_book import SuppliedBook

BookT = TypeVar("BookT", bound=SuppliedBook)

_NEEDED = ("name", "value", "source")
_KEYS = (*_NEEDED, "municipality", "year", "valid_from", "valid_until")
_TOP = ("date", "parameter")
_HEADER = re.compile(r"^\s*\[\[\s*parameter\s*\]\]")


@dataclass(frozen=True)
class LawFile:
    """The content of a file, parsed but not yet read.

    Parameters
    ----------
    date
        The day of the law; the first of all days where the file has none.
    tables
        Each ``[[parameter]]`` table, by its place in the file.
    problems
        What is wrong with the file as a whole.
    """

    date: dt.date
    tables: Mapping[str, Any]
    problems: tuple[Problem, ...]

    def supplied_to(self, book: BookT, findings: Findings) -> BookT:
        """Return the rulebook with the values of all tables; what is wrong is kept in findings."""
        findings.add(self.problems)
        given: dict[str, str] = {}
        for place, table in self.tables.items():
            problems = [replace(problem, id=place) for problem in _problems(book, table)]
            findings.add(problems)
            if problems:
                continue
            same = repr(sorted((key, table[key]) for key in table.keys() - {"value", "source"}))
            if same in given:
                expected = f"must be given once, and stands in {given[same]} for the same dates"
                hint = "keep one of the two tables, or give both dates"
                findings.add([Problem(SUBJECT, place, "name", table["name"], expected, hint)])
            given[same] = place
            book = book.with_parameter(**table)
        return book


def read_law_file(path: str | PathLike[str]) -> LawFile:
    """Parse a file of TOML.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    InvalidInputError
        When it is no TOML.
    """
    text, name = read_text(path), Path(path).name
    try:
        content = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        hint = 'write date = 2026-07-01, and [[parameter]] with name = "...", value = "..."'
        raise InvalidInputError.single(
            SUBJECT, name, "file", None, f"must be TOML ({error})", hint
        ) from None
    tables = content.get("parameter", [])
    problems = list(_unknown_keys(content, _TOP, name))
    if not isinstance(tables, list):
        expected, hint = "must be a list of tables", "write [[parameter]] with two brackets"
        problems.append(Problem(SUBJECT, name, "parameter", tables, expected, hint))
        tables = []
    date = dt.date.min
    try:
        date = read_date(content.get("date"))
    except InvalidInputError as error:
        problems += [replace(problem, id=name) for problem in error.problems]
    lines = [number for number, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    places = [f"{name}, parameter {number}" for number in range(1, len(tables) + 1)]
    if len(lines) == len(places):
        places = [f"{place}, line {line}" for place, line in zip(places, lines, strict=True)]
    return LawFile(date, dict(zip(places, tables, strict=True)), tuple(problems))


def _problems(book: SuppliedBook, table: Any) -> Iterator[Problem]:
    """Yield all that is wrong with a table: each entry is looked at, whatever the others say."""
    if not isinstance(table, dict):
        yield Problem(SUBJECT, None, "parameter", table, "must be a table", "write name = ...")
        return
    yield from _unknown_keys(table, _KEYS, None)
    for key in _NEEDED:
        if key not in table:
            hint = f'write {key} = "..." under [[parameter]]'
            yield Problem(SUBJECT, None, key, None, "must be given", hint)
    findings, name = Findings(), table.get("name")
    for key in ("source", "municipality"):
        if key in table:
            with findings.gathered():
                check_text(key, table[key])
    for key in ("valid_from", "valid_until"):
        if key in table:
            with findings.gathered():
                read_date(table[key], key)
    with findings.gathered():
        if name is not None:
            unit_of(name)
            _check_value(book, name, table)
    yield from _gathered(findings)


def _check_value(book: SuppliedBook, name: str, table: Mapping[str, Any]) -> None:
    findings = Findings()
    if isinstance(table.get("municipality"), str):
        with findings.gathered():
            check_municipal(name, table["municipality"])
    with findings.gathered():
        book.with_parameter(name, table.get("value", 1))
    findings.refuse()
    dated = {key: table[key] for key in ("year", "valid_from", "valid_until") if key in table}
    book.with_parameter(name, table.get("value", 1), **dated)


def _gathered(findings: Findings) -> tuple[Problem, ...]:
    try:
        findings.refuse()
    except InvalidInputError as error:
        return error.problems
    return ()


def _unknown_keys(
    table: Mapping[str, Any], known: tuple[str, ...], place: str | None
) -> Iterator[Problem]:
    for key in table:
        if key not in known:
            hint = closest_hint(closest_ids(key, known))
            expected = f"must be one of {', '.join(known)}"
            yield Problem(SUBJECT, place, "key", key, expected, hint)
