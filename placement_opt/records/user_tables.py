"""Tables as users have them, and which of their columns fills which field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placement_opt.basics.frame_columns import cells_of, frame_columns
from placement_opt.records.dialect import Dialect
from placement_opt.records.kinds import RECORD_KINDS

# A pair of numbers may come as one column of tuples or as two columns of numbers.
SPLIT_FIELDS = {
    "hours_per_week": ("hours_per_week_min", "hours_per_week_max"),
    "location": ("lat", "lon"),
}
_TABLES_WITH_SPLIT_FIELDS = frozenset({"candidates", "openings"})
TABLE_COLUMNS = {
    "excluded_pairs": ("candidate_id", "opening_id"),
    "fixed_placements": ("candidate_id", "opening_id", "coach_id"),
    "pins": ("candidate_id", "opening_id", "author", "date", "reason"),
    "travel_minutes": ("origin", "destination", "minutes"),
    "postcodes": ("postcode", "lat", "lon"),
}
OPTIONAL_COLUMNS = frozenset({"coach_id"})
"""Columns of those tables that can be left out."""

BIRTH_DATE = "birth_date"
"""A column of candidates that no field keeps: it gives the age for the minimum wage."""

GROUPS = "groups"
"""Columns ``groups.<name>`` fill the field of that name, one entry each."""


@dataclass(frozen=True, slots=True)
class UserTable:
    """A table as its owner wrote it.

    Parameters
    ----------
    title
        Name of the file or frame.
    columns
        Name and cells of each column, in order; None for an empty cell.
    labels
        Line in the file, or index label in the frame, of each row.
    dialect
        How its texts are written, as far as is known.
    is_text
        Whether it comes from a text file, where everything is text.
    """

    title: str
    columns: Sequence[tuple[str, list[Any]]]
    labels: Sequence[int | str]
    dialect: Dialect = field(default_factory=Dialect)
    is_text: bool = False


def table_of_frame(title: str, frame: Any, dialect: Dialect) -> UserTable | None:
    """Return a frame as a table; None where it is no frame of pandas, polars or the like."""
    columns = None if isinstance(frame, Mapping) else frame_columns(frame)
    if columns is None:
        return None
    named = [(name if isinstance(name, str) else str(name), cells_of(one)) for name, one in columns]
    length = len(named[0][1]) if named else 0
    index: Any = getattr(frame, "index", None)
    labels: list[Any] = index.tolist() if hasattr(index, "tolist") else list(range(length))
    shown = [label if type(label) is int else str(label) for label in labels]
    return UserTable(title, named, shown, dialect)


def known_targets(table: str) -> list[str]:
    """Return what the columns of a table can fill."""
    if table in TABLE_COLUMNS:
        return list(TABLE_COLUMNS[table])
    halves = [half for pair in splits(table).values() for half in pair]
    more = [BIRTH_DATE] if table == "candidates" else []
    return [*RECORD_KINDS[table].model_fields, *halves, *more]


def every_target() -> list[str]:
    """Return what the columns of any table can fill."""
    tables = (*RECORD_KINDS, *TABLE_COLUMNS)
    return list(dict.fromkeys(target for table in tables for target in known_targets(table)))


def is_target(name: object, known: Sequence[str]) -> bool:
    """Tell whether a column of that name can fill something."""
    text = str(name)
    return text in known or (GROUPS in known and text.startswith(f"{GROUPS}.") and text[7:] != "")


def splits(table: str) -> Mapping[str, tuple[str, str]]:
    """Return the fields that two columns of a table may fill together."""
    return SPLIT_FIELDS if table in _TABLES_WITH_SPLIT_FIELDS else {}
