"""The commands on the law: ``placement-opt rulebook show``."""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from placement_opt.cli.errors import told_errors
from placement_opt.rulebook import MissingParameter, Parameter, Rulebook

LawFile = Annotated[
    Path | None, typer.Option("--rulebook", help="TOML file of your values and ordinances.")
]

app = typer.Typer()


@app.callback(no_args_is_help=True)
def _rulebook() -> None:
    """Ask the law as dated data: what is known, until when, and from where."""


@app.command()
def show(
    date: Annotated[
        str | None, typer.Option(help="Day, as 2026-07-01; today, or that of the file.")
    ] = None,
    missing: Annotated[
        bool, typer.Option("--missing", help="Only what has no value on that day.")
    ] = False,
    rulebook: LawFile = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")
    ] = False,
) -> None:
    """Print what the law is on a day: values, until when they are known, and their sources."""
    with told_errors(as_json=as_json):
        law = _law(date, rulebook)
        if as_json:
            print(json.dumps(_content(law, only_missing=missing)))
        else:
            print("\n".join(_lines(law, only_missing=missing)))


def _law(date: str | None, file: Path | None) -> Rulebook:
    if file is None:
        return Rulebook.on(dt.date.today() if date is None else date)  # noqa: DTZ011 - a local day
    law = Rulebook.from_file(file)
    return law if date is None else replace(law, date=Rulebook.on(date).date)


def _content(law: Rulebook, *, only_missing: bool) -> dict[str, Any]:
    content: dict[str, Any] = {"name": law.name, "date": law.date.isoformat()}
    if not only_missing:
        content["parameters"] = [{"name": row.name, **row.as_record()} for row in law.known()]
    content["missing"] = [
        {
            "name": row.name,
            "unit": row.unit,
            "last_known": None if row.last_known is None else row.last_known.as_record(),
            "note": row.note,
        }
        for row in law.missing()
    ]
    return content


def _lines(law: Rulebook, *, only_missing: bool) -> Iterator[str]:
    known, missing = law.known(), law.missing()
    yield f"{law.name}: {len(known)} values, {len(missing)} parameters without one"
    if only_missing:
        for lacking in missing:
            yield from _told_missing(lacking)
        return
    for row in known:
        yield from _told(row)
    yield "--missing names the parameters without a value."


def _told(row: Parameter) -> Iterator[str]:
    where = "" if row.municipality is None else f" in {row.municipality}"
    until = "without an end" if row.valid_until is None else f"known until {row.valid_until}"
    since = "" if row.valid_from is None else f"from {row.valid_from}, "
    yield f"{row.name}{where}: {row.value} {row.unit}, {since}{until}"
    as_of = "" if row.as_of is None else f", {row.as_of}"
    yield f"    {row.confidence}{as_of}: {row.source}"
    if row.note:
        yield f"    {row.note}"


def _told_missing(row: MissingParameter) -> Iterator[str]:
    last = row.last_known
    told = "" if last is None else f", last known {last.value} until {last.valid_until}"
    yield f"{row.name}: supply {row.unit}{told}"
    if row.note:
        yield f"    {row.note}"
