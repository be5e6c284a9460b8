"""A region as frames of pandas, one for each kind of record."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from placement_opt.records.base import Record
from placement_opt.records.cells import Days, Numbers
from placement_opt.records.cells_of_fields import cells_of_fields
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.user_tables import GROUPS, TABLE_COLUMNS, splits

if TYPE_CHECKING:
    import pandas as pd

OWN_FIELDS = ("name", "date", "sectors_of_work")
"""Fields of a region that are no table."""

_ATTRIBUTE = "placement_opt.region"


def region_columns(region: Record) -> dict[str, dict[str, list[Any]]]:
    """Return the columns of each table of a region, with None for what is not given.

    Columns that no record fills are left out.
    """
    tables = {}
    for name in RECORD_KINDS:
        records = getattr(region, name)
        if records:
            tables[name] = _record_columns(name, records)
    for name, columns in TABLE_COLUMNS.items():
        rows = getattr(region, name)
        if rows:
            tables[name] = dict(
                zip(columns[: len(rows[0])], map(list, zip(*rows, strict=True)), strict=True)
            )
    return tables


def _record_columns(name: str, records: Sequence[Record]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {}
    for target, field in RECORD_KINDS[name].model_fields.items():
        values = [getattr(record, target) for record in records]
        default = field.get_default(call_default_factory=True)
        if target != RECORD_KINDS[name].id_field and all(value == default for value in values):
            continue
        if target in splits(name):
            for end, half in enumerate(splits(name)[target]):
                columns[half] = [None if value is None else value[end] for value in values]
        elif target == GROUPS:
            for label in sorted({label for value in values for label in value}):
                columns[f"{GROUPS}.{label}"] = [value.get(label) for value in values]
        else:
            columns[target] = [_cell(value) for value in values]
    return columns


def _cell(value: Any) -> Any:
    """Return a value as a cell holds it: nothing for an empty collection, a list for a set."""
    if isinstance(value, Mapping):
        return dict(value) or None
    if isinstance(value, Collection) and not isinstance(value, str):
        return (sorted(value) if isinstance(value, frozenset) else list(value)) or None
    return value


def region_frames(region: Record) -> "dict[str, pd.DataFrame]":
    """Return a frame for each table of a region; see `Region.to_frames`."""
    import pandas as pd

    frames = {
        name: pd.DataFrame(
            {column: _series(name, column, cells) for column, cells in table.items()}
        )
        for name, table in region_columns(region).items()
    }
    own = {name: getattr(region, name) for name in OWN_FIELDS}
    frames["candidates"].attrs[_ATTRIBUTE] = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in own.items()
        if value is not None
    }
    return frames


def own_fields_of(frame: Any) -> dict[str, Any]:
    """Return the name, the date and the sectors of work that ride along with a frame."""
    attributes = getattr(frame, "attrs", None)
    own = attributes.get(_ATTRIBUTE) if isinstance(attributes, dict) else None
    return dict(own) if isinstance(own, dict) else {}


def _series(name: str, column: str, cells: list[Any]) -> "pd.Series[Any]":
    """Return a column in the type of its field, so that numbers are numbers."""
    import pandas as pd

    halves = {half: cells for pair in splits(name).values() for half in pair}
    kind = cells_of_fields(RECORD_KINDS[name]).get(column) if name in RECORD_KINDS else None
    if column in halves or column == "minutes" or column in TABLE_COLUMNS["postcodes"][1:]:
        return pd.Series(cells, dtype="Float64")
    if isinstance(kind, Numbers):
        return pd.Series(cells, dtype="Float64" if kind.reader.places else "Int64")
    if isinstance(kind, Days):
        days = [None if day is None else dt.datetime.combine(day, dt.time.min) for day in cells]
        return pd.Series(days, dtype="datetime64[s]")
    return pd.Series(cells, dtype=None if any(cell is not None for cell in cells) else object)
