"""Regions from tables of any origin: one row a record, each column read as its field asks."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from placement_opt.basics.errors import Problem
from placement_opt.records.base import read_rows
from placement_opt.records.birth_dates import ages_of_birth_dates
from placement_opt.records.cells import Cells, Ids
from placement_opt.records.cells_of_fields import cells_of_fields, cells_of_type
from placement_opt.records.chosen_columns import AskedColumns, Chosen, choose_columns
from placement_opt.records.columns import Evidence, decided, evidence_of, read_columns
from placement_opt.records.dialect import Dialect
from placement_opt.records.fields import (
    MOST_HOURS_PER_WEEK,
    Date,
    Identifier,
    Label,
    Latitude,
    Longitude,
    Minutes,
    PersonId,
)
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import Place, ReadingLine, Rows
from placement_opt.records.user_tables import (
    BIRTH_DATE,
    GROUPS,
    OPTIONAL_COLUMNS,
    TABLE_COLUMNS,
    UserTable,
    splits,
    table_of_frame,
)

_TYPE_OF_COLUMN: Mapping[str, Any] = {
    "candidate_id": PersonId,
    "opening_id": Identifier,
    "coach_id": PersonId,
    "author": Label,
    "date": Date,
    "reason": Label,
    "origin": PersonId,
    "destination": Identifier,
    "minutes": Minutes,
    "postcode": Identifier,
    "lat": Latitude,
    "lon": Longitude,
    BIRTH_DATE: Date,
}


@dataclass
class TablesRead:
    """The fields of a region, and what is to be known of how its tables were read.

    Parameters
    ----------
    fields
        The rows of what is given, by the name of their field.
    lines
        The reading note.
    places
        Where each row of the region's own tables stands; see `Reading`.
    problems
        Problems of whole tables and columns; where ids are missing also those of all rows.
    has_ids
        Whether every table of records has its ids; if not, the records cannot be checked against
        each other.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    lines: list[ReadingLine] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    has_ids: bool = True


def read_frames(
    frames: Mapping[str, Any], columns: object, how: Dialect, day: dt.date | None
) -> TablesRead:
    """Turn the frames of a region into its fields.

    Parameters
    ----------
    frames
        A frame, or None, for each kind of record; a frame, rows or None for each table of
        `TABLE_COLUMNS`.
    columns
        The user's names and the fields they stand for.
    how
        How texts in the frames are written.
    day
        Date of the region, if it is given and sound.
    """
    tables: dict[str, UserTable] = {}
    whole: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, frame in frames.items():
        if frame is None:
            continue
        table = table_of_frame(name, frame, how)
        if table is not None:
            tables[name] = table
        elif name in TABLE_COLUMNS:
            whole[name] = frame
        else:
            problems.append(_no_frame(name, frame))
    read = read_tables(tables, columns, day)
    read.fields.update(whole)
    read.problems[:0] = problems
    read.has_ids = read.has_ids and not problems
    return read


def _no_frame(name: str, frame: object) -> Problem:
    expected = "must be a frame of pandas or polars"
    hint = "use Region(...) for records and lists; collect a lazy frame first"
    shown = type(frame).__name__
    return Problem(RECORD_KINDS[name].subject, None, "frame", shown, expected, hint)


def read_tables(
    tables: Mapping[str, UserTable], columns: object, day: dt.date | None
) -> TablesRead:
    """Turn tables of any origin into the fields of a region; see `read_frames`."""
    asked, read = AskedColumns(columns), TablesRead()
    chosen = {name: choose_columns(name, table, asked) for name, table in tables.items()}
    titles = {name: [own for own, _ in table.columns] for name, table in tables.items()}
    read.problems += [*asked.problems, *asked.unseen(titles)]
    kinds = {name: _kinds_of(name, one) for name, one in chosen.items()}
    found = {
        name: evidence_of(table, chosen[name].cells, kinds[name]) for name, table in tables.items()
    }
    beside = reduce(or_, found.values(), Evidence())
    unread: list[str] = []
    for name, table in tables.items():
        how, lines = decided(table, found[name], beside)
        read.lines += [*lines, *chosen[name].lines]
        read.problems += chosen[name].problems
        if name in RECORD_KINDS:
            rows = _read_records(name, table, chosen[name], kinds[name], how, day, read)
            read.fields[name] = rows
            if RECORD_KINDS[name].id_field not in chosen[name].cells:
                unread.append(name)
        else:
            _read_region_table(name, table, chosen[name], kinds[name], how, read)
    read.has_ids = not unread
    if unread:
        _look_at_rows(read, unread)
    return read


def _look_at_rows(read: TablesRead, unread: list[str]) -> None:
    """Add the problems of single rows, where a table has no ids to build a region from."""
    for name in RECORD_KINDS:
        rows = read.fields.get(name)
        if not isinstance(rows, Rows):
            continue
        if name in unread:
            if RECORD_KINDS[name].id_field != "id":
                continue  # no row says anything
            for number, fields in enumerate(rows.rows):
                fields.setdefault("id", f"row {number}")
        _, found = read_rows(RECORD_KINDS[name], rows)
        read.problems.extend(found)


def _kinds_of(name: str, chosen: Chosen) -> dict[str, Cells]:
    """Return how the cells of each chosen column are read."""
    of_field = cells_of_fields(RECORD_KINDS[name]) if name in RECORD_KINDS else {}
    halves = {
        half: (field, end) for field, pair in splits(name).items() for end, half in enumerate(pair)
    }
    kinds: dict[str, Cells] = {}
    for target in chosen.cells:
        if target in of_field:
            kinds[target] = of_field[target]
        elif target in halves:
            field, end = halves[target]
            kinds[target] = of_field[field].half(end)
        elif target in _TYPE_OF_COLUMN:
            kinds[target] = cells_of_type(_TYPE_OF_COLUMN[target])
        else:  # a label of a group
            kinds[target] = Ids()
    return kinds


def _read_records(
    name: str,
    table: UserTable,
    chosen: Chosen,
    kinds: Mapping[str, Cells],
    how: Dialect,
    day: dt.date | None,
    read: TablesRead,
) -> Rows:
    """Read the rows of one kind of record; what is to be known of them goes into `read`."""
    kind = RECORD_KINDS[name]
    found = list(_column_problems(name, table, chosen))
    read.problems += found
    bad = {problem.field for problem in found}
    columns = read_columns(table, chosen.cells, chosen.names, kinds, how, kind.subject)
    read.lines += columns.lines
    read.problems += columns.problems
    cells, names = columns.cells, dict(chosen.names)
    rows: list[dict[str, Any]] = [{} for _ in table.labels]
    for target, pair in splits(name).items():
        if target not in bad and set(pair) <= cells.keys():
            low, high = (cells.pop(half) for half in pair)
            read.lines += _one_sided(table, target, pair, names, low, high)
            both = zip(low, high, strict=True)
            cells[target] = [None if one == (None, None) else one for one in both]
            names |= {f"{target}[{end}]": names[half] for end, half in enumerate(pair)}
            names[target] = " and ".join(names[half] for half in pair)
    if BIRTH_DATE in cells:
        line, wrong = ages_of_birth_dates(table, cells, names, day)
        read.lines.append(line)
        read.problems += wrong
    for target in [*kind.model_fields, *cells]:
        if target in bad or target not in cells:
            continue
        if target.startswith(f"{GROUPS}."):
            _fill_group(rows, target.partition(".")[2], cells.pop(target))
            names.setdefault(GROUPS, chosen.names[target])
        elif target in kind.model_fields:
            default = kind.model_fields[target].get_default(call_default_factory=True)
            missing = cells[target].count(None)
            if missing and default is not None and not isinstance(default, Collection | str):
                text = f"not given: {str(default).lower()}"
                read.lines.append(ReadingLine(table.title, names[target], missing, text))
            _fill(rows, target, cells.pop(target))
    return Rows(rows, table.title, table.labels, names)


def _one_sided(
    table: UserTable,
    target: str,
    pair: tuple[str, str],
    names: Mapping[str, str],
    low: list[Any],
    high: list[Any],
) -> list[ReadingLine]:
    """Tell the hours that have one end only."""
    if target != "hours_per_week":
        return []
    missing = Counter(
        half
        for least, most in zip(low, high, strict=True)
        for half, is_missing in ((0, least is None), (1, most is None))
        if is_missing and (least, most) != (None, None)
    )
    texts = ("no fewest hours: 0", f"no most hours: no limit ({MOST_HOURS_PER_WEEK})")
    return [
        ReadingLine(table.title, names[pair[half]], missing[half], texts[half])
        for half in sorted(missing)
    ]


def _read_region_table(
    name: str,
    table: UserTable,
    chosen: Chosen,
    kinds: Mapping[str, Cells],
    how: Dialect,
    read: TablesRead,
) -> None:
    """Read a table of pairs, of travel times or of postcodes as rows."""
    known = [
        column
        for column in TABLE_COLUMNS[name]
        if column in chosen.cells or column not in OPTIONAL_COLUMNS
    ]
    lacking = [column for column in known if column not in chosen.cells]
    for column in lacking:
        hint = f"the columns of {name} are {', '.join(known)}"
        expected, field = "must be a column, once", f"{name}.{column}"
        read.problems.append(Problem("region", None, field, 0, expected, hint, table.title))
    if lacking or chosen.problems:
        return
    columns = read_columns(table, chosen.cells, chosen.names, kinds, how, "region")
    read.lines += columns.lines
    read.problems += columns.problems
    read.fields[name] = list(zip(*(columns.cells[column] for column in known), strict=True))
    for row, label in enumerate(table.labels):
        names = {f"{name}[{row}][{end}]": chosen.names[one] for end, one in enumerate(known)}
        read.places[f"{name}[{row}]"] = Place(table.title, label, names)


def _column_problems(name: str, table: UserTable, chosen: Chosen) -> list[Problem]:
    subject, found = RECORD_KINDS[name].subject, []

    def refuse(field: str, value: object, expected: str, hint: str) -> None:
        found.append(Problem(subject, None, field, value, expected, hint, table.title))

    needed = RECORD_KINDS[name].id_field
    if needed not in chosen.cells:
        hint = "add a column 'id' with an id for every row; an index is not read"
        hint = hint if needed == "id" else f"add a column {needed!r}"
        own = [name for name, _ in table.columns]
        refuse(needed, own or None, "must be a column of the table", hint)
    for target, pair in splits(name).items():
        given = [half for half in pair if half in chosen.cells]
        if given and target in chosen.cells:
            expected = f"must be given as one column or as {pair[0]} and {pair[1]}, not both"
            refuse(target, given, expected, f"remove the column {chosen.names[target]!r}")
        elif len(given) == 1:
            expected = f"must be two columns, {pair[0]} and {pair[1]}"
            refuse(target, given, expected, "add the other column")
    return found


def _fill(rows: list[dict[str, Any]], name: str, cells: list[Any]) -> None:
    for row, cell in zip(rows, cells, strict=True):
        if cell is not None:
            row[name] = cell


def _fill_group(rows: list[dict[str, Any]], name: str, cells: list[Any]) -> None:
    for row, cell in zip(rows, cells, strict=True):
        if cell is not None:
            row.setdefault(GROUPS, {})[name] = cell
