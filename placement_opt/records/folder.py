"""Regions from a folder of CSV or Parquet files, one for each kind of record."""

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from placement_opt.basics.errors import InvalidInputError, PlacementError, Problem
from placement_opt.basics.json_files import parse_json, read_text
from placement_opt.records import dutch
from placement_opt.records.defaults import fill_in
from placement_opt.records.delimited import read_delimited
from placement_opt.records.dialect import Dialect, as_dialect
from placement_opt.records.frames import TablesRead, read_tables
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import ReadingLine
from placement_opt.records.user_tables import UserTable, known_targets, table_of_frame

GUIDE = "GUIDE.md"
"""Written beside the tables of a template: what each column means."""

ABOUT = "about.json"
"""Written beside the tables: name, date and sectors of work of the region, and the dialect."""

_TEXT = (".csv", ".tsv", ".txt")
_PARQUET = ".parquet"


@dataclass
class _Folder:
    """What was found in a folder."""

    tables: dict[str, UserTable] = field(default_factory=dict)
    lines: list[ReadingLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_folder(
    path: str | os.PathLike[str],
    columns: object,
    how: Dialect,
    own: Mapping[str, Any],
    as_day: Callable[[object], dt.date | None],
) -> TablesRead:
    """Read the tables in a folder as the fields of a region; see `Region.from_folder`.

    Raises
    ------
    FileNotFoundError
        If there is no such folder.
    InvalidInputError
        When the folder's own account of itself is wrong.
    """
    place = Path(path)
    if not place.is_dir():
        hint = "check the path; a relative one starts at the current directory"
        raise FileNotFoundError(f"no folder at {os.fspath(path)!r}. Hint: {hint}.")
    about = _about(place)
    of_folder = about.pop("dialect", None)
    columns = about.pop("columns", None) if columns is None else columns
    about.pop("columns", None)
    if of_folder is not None and how == Dialect(pseudonym_key=how.pseudonym_key):
        how = as_dialect(of_folder, how.pseudonym_key)
    found = _Folder()
    known = _known_names(columns)
    for name, file in _files(place, found).items():
        _read_file(name, file, how, known, found)
    fields = {"name": place.resolve().name or "region"} | about | dict(own)
    for name in ("candidates", "openings"):
        if name not in found.tables and not any(one.file for one in found.problems):
            files = sorted(one.name for one in place.iterdir())
            expected = f"must hold a file {name}.csv"
            hint = "name the files after what they hold; `placement-opt template` writes examples"
            found.problems.append(Problem("folder", None, place.name, files, expected, hint))
    defaults = fields.pop("defaults", None)
    read = read_tables(found.tables, columns, as_day(fields.get("date")))
    fill_in(read, defaults)
    read.lines[:0] = found.lines
    read.problems[:0] = found.problems
    read.fields.update(fields)
    read.has_ids = read.has_ids and {"candidates", "openings"} <= found.tables.keys()
    if "name" not in {*about, *own}:
        text = f"the region is named {fields['name']!r}, after the folder"
        read.lines.append(ReadingLine(place.name, None, None, text))
    return read


def _about(place: Path) -> dict[str, Any]:
    file = place / ABOUT
    if not file.is_file():
        return {}
    about = parse_json(read_text(file))
    names = {"name", "date", "sectors_of_work", "dialect", "columns", "defaults", "references"}
    if not isinstance(about, dict) or not about.keys() <= names:
        expected = f"must hold {', '.join(sorted(names))} and nothing else"
        raise InvalidInputError.single("file", None, ABOUT, None, expected, "remove what is more")
    return about


def _known_names(columns: object) -> frozenset[str]:
    """Return the names of columns that are read: of fields, in Dutch, and as asked."""
    names = {name for table in dutch.TABLES.values() for name in known_targets(table)}
    names |= {name for table in dutch.COLUMNS.values() for name in table}
    if isinstance(columns, Mapping):
        for name, target in columns.items():
            names |= set(map(str, target)) if isinstance(target, Mapping) else {str(name)}
    return frozenset(map(dutch.column_key, names))


def _files(place: Path, found: _Folder) -> dict[str, Path]:
    """Return the file of each table; what is none is told."""
    files: dict[str, Path] = {}
    for file in sorted(place.iterdir()):
        ending = file.suffix.lower()
        if file.name in {ABOUT, GUIDE} or file.name.startswith("."):
            continue
        name = dutch.TABLES.get(dutch.column_key(file.stem))
        if not file.is_file() or name is None or ending not in {*_TEXT, _PARQUET}:
            found.lines.append(ReadingLine(file.name, None, None, "nothing reads this file"))
        elif name in files:
            expected = f"must be the only file of {name}, beside {files[name].name!r}"
            hint = "remove one of the two, or read it from another folder"
            found.problems.append(
                Problem("file", None, "name", file.name, expected, hint, file.name)
            )
        else:
            files[name] = file
    return files


def _read_file(name: str, file: Path, how: Dialect, known: frozenset[str], found: _Folder) -> None:
    if file.suffix.lower() == _PARQUET:
        table = table_of_frame(file.name, _parquet(file), how)
        if table is not None:
            found.tables[name] = replace(table, labels=list(map(str, table.labels)))
        return
    read = read_delimited(
        file.name, file.read_bytes(), how, lambda own: dutch.column_key(own) in known
    )
    found.lines += read.lines
    found.problems += read.problems
    if read.table is not None:
        found.tables[name] = read.table
    elif name in RECORD_KINDS:  # a file that cannot be read is told once, and not as missing too
        found.tables.pop(name, None)


def _parquet(file: Path) -> Any:
    """Read a Parquet file with whichever library is there.

    Raises
    ------
    PlacementError
        When none is.
    """
    for read in (_by_polars, _by_pandas):
        try:
            return read(file)
        except ImportError:
            continue
        except Exception as error:
            expected = f"must be a Parquet file ({type(error).__name__})"
            hint = "write it again, or give a CSV file"
            raise InvalidInputError(
                [Problem("file", None, "content", file.name, expected, hint, file.name)]
            ) from error
    hint = "pip install 'placement_opt[parquet]', or give CSV files"
    raise PlacementError(f"{file.name} needs polars or pyarrow to be read. Hint: {hint}.")


def _by_polars(file: Path) -> Any:
    import polars as pl

    return pl.read_parquet(file)


def _by_pandas(file: Path) -> Any:
    import pandas as pd

    return pd.read_parquet(file)


def about_text(fields: Mapping[str, Any]) -> str:
    """Write a folder's account of itself."""
    return json.dumps(dict(fields), ensure_ascii=False, indent=2) + "\n"
