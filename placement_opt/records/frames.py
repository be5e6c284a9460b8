"""Regions from frames of pandas or polars: one row a record, columns named like the fields."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placement_opt.basics.errors import Problem, closest_hint, closest_ids
from placement_opt.basics.frame_columns import cells_of, frame_columns
from placement_opt.records.base import Record, read_rows
from placement_opt.records.kinds import RECORD_KINDS

# A pair of numbers may come as one column of tuples or as two columns of numbers.
_SPLIT_FIELDS = {
    "hours_per_week": ("hours_per_week_min", "hours_per_week_max"),
    "location": ("lat", "lon"),
}
_KINDS_WITH_SPLIT_FIELDS = frozenset({"candidate", "opening"})
TABLE_COLUMNS = {
    "excluded_pairs": ("candidate_id", "opening_id"),
    "fixed_placements": ("candidate_id", "opening_id"),
    "travel_minutes": ("origin", "destination", "minutes"),
}


@dataclass
class FrameReading:
    """The rows of one frame, and what is wrong with its columns.

    Parameters
    ----------
    rows
        One mapping for each row, without the cells that are empty.
    problems
        Problems of whole columns, once each.
    has_ids
        Whether the frame has its id column.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    has_ids: bool = True


def region_fields(
    frames: Mapping[str, Any], tables: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Problem], bool]:
    """Turn the frames of a region into its fields.

    Parameters
    ----------
    frames
        A frame, or None, for each kind of record.
    tables
        A frame, rows or None for each table of `TABLE_COLUMNS`.

    Returns
    -------
    fields : dict
        The rows of what is given, by the name of their field.
    problems : list of Problem
        Problems of whole columns; where ids are missing also those of all rows.
    has_ids : bool
        Whether every frame has its ids; if not, the records cannot be checked against each other.
    """
    fields: dict[str, Any] = {}
    problems: list[Problem] = []
    given = {name: frame for name, frame in frames.items() if frame is not None}
    readings = {name: read_frame(RECORD_KINDS[name], frame) for name, frame in given.items()}
    for name, reading in readings.items():
        fields[name] = reading.rows
        problems.extend(reading.problems)
    for name, table in tables.items():
        if table is not None:
            fields[name], found = read_table(name, table)
            problems.extend(found)
    has_ids = all(reading.has_ids for reading in readings.values())
    if not has_ids:
        for name, reading in readings.items():
            rows = reading.rows
            if not reading.has_ids:
                rows = [{"id": f"row {number}", **row} for number, row in enumerate(rows)]
            _, found = read_rows(RECORD_KINDS[name], rows)
            problems.extend(found)
    return fields, problems, has_ids


def read_frame(kind: type[Record], frame: Any) -> FrameReading:
    """Read the rows of a frame of one kind of record.

    Parameters
    ----------
    kind
        The kind of record.
    frame
        Columns named like its fields; an empty cell (None, NaN, NaT, NA) means not given.
    """
    reading = FrameReading()
    columns = None if isinstance(frame, Mapping) else frame_columns(frame)
    if columns is None:
        expected = "must be a frame of pandas or polars"
        shown = type(frame).__name__
        hint = "use Region(...) for records and lists; collect a lazy frame first"
        reading.problems.append(Problem(kind.subject, None, "frame", shown, expected, hint))
        reading.has_ids = False
        return reading
    names, cells = [name for name, _ in columns], dict(columns)
    reading.rows = [{} for _ in range(len(columns[0][1]) if columns else 0)]
    reading.problems.extend(_column_problems(kind, names))
    reading.has_ids = "id" in names
    bad = {found.field for found in reading.problems}
    split = _splits(kind)
    for name in kind.model_fields:
        if name in bad:
            continue
        if name in cells:
            _fill(reading.rows, name, cells_of(cells[name]))
        elif name in split and set(split[name]) <= cells.keys():
            low, high = (cells_of(cells[half]) for half in split[name])
            both = zip(low, high, strict=True)
            _fill(reading.rows, name, [None if pair == (None, None) else pair for pair in both])
    return reading


def read_table(name: str, table: Any) -> tuple[Any, list[Problem]]:
    """Read a frame of pairs or of travel times as rows; anything but a frame is left as it is.

    Parameters
    ----------
    name
        Field of the region that the table fills.
    table
        A frame with the columns ``TABLE_COLUMNS[name]``, or rows.

    Returns
    -------
    rows : list of tuple, or `table` itself
        The rows, with None for empty cells.
    problems : list of Problem
        Problems of whole columns.
    """
    columns = None if isinstance(table, Mapping) else frame_columns(table)
    if columns is None:
        return table, []
    known = TABLE_COLUMNS[name]
    given = [column for column, _ in columns]
    problems = [_unknown_column("region", column, known) for column in given if column not in known]
    for column in known:
        if given.count(column) != 1:
            hint = f"the columns of {name} are {', '.join(known)}"
            expected = "must be a column, once"
            problems.append(
                Problem("region", None, f"{name}.{column}", given.count(column), expected, hint)
            )
    if problems:
        return (), problems
    cells = dict(columns)
    return list(zip(*(cells_of(cells[column]) for column in known), strict=True)), []


def _splits(kind: type[Record]) -> dict[str, tuple[str, str]]:
    return _SPLIT_FIELDS if kind.subject in _KINDS_WITH_SPLIT_FIELDS else {}


def _column_problems(kind: type[Record], columns: Sequence[object]) -> Iterator[Problem]:
    split = _splits(kind)
    halves = [half for pair in split.values() for half in pair]
    known = [*kind.model_fields, *halves]
    if "id" not in columns:
        hint = "add a column 'id' with an id for every row; an index is not read"
        yield Problem(kind.subject, None, "id", None, "must be a column of the frame", hint)
    for column in dict.fromkeys(columns):
        if column not in known:
            yield _unknown_column(kind.subject, column, known)
        elif columns.count(column) > 1:
            hint = "remove or rename the others"
            count = columns.count(column)
            yield Problem(kind.subject, None, str(column), count, "must be a column once", hint)
    for name, pair in split.items():
        given = [half for half in pair if half in columns]
        if given and name in columns:
            expected = f"must be given as one column or as {pair[0]} and {pair[1]}, not both"
            yield Problem(kind.subject, None, name, given, expected, f"remove the column {name!r}")
        elif len(given) == 1:
            expected = f"must be two columns, {pair[0]} and {pair[1]}"
            yield Problem(kind.subject, None, name, given, expected, "add the other column")


def _unknown_column(subject: str, column: object, known: Collection[str]) -> Problem:
    close = closest_ids(str(column), known)
    hint = closest_hint(close) if close else "remove the column, or select the others"
    return Problem(subject, None, str(column), column, "is no column that is known", hint)


def _fill(rows: list[dict[str, Any]], name: str, cells: list[Any]) -> None:
    for row, cell in zip(rows, cells, strict=True):
        if cell is not None:
            row[name] = cell
