"""Frames of any kind as named columns: pandas, polars and whatever else narwhals knows, mappings.

Everything that takes a frame reads it here. Nothing becomes a text or a number that was none.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from placement_opt.basics.number_columns import printed_float64

_DOUBLE_BYTES = 8
_NOT_GIVEN = frozenset({"NAType", "NaTType"})


def frame_columns(table: Any) -> list[tuple[Any, Any]] | None:
    """Return the columns of a frame or mapping as (name, values), in order; None for neither.

    Values are a column of pandas, or an array or list; a name can come twice in a pandas frame.
    A lazy frame has no values yet, and is neither.
    """
    if hasattr(table, "iloc") and hasattr(table, "columns"):
        return [(name, table.iloc[:, place]) for place, name in enumerate(table.columns)]
    if isinstance(table, Mapping):
        return [(name, plain_column(values)) for name, values in table.items()]
    if isinstance(table, str | bytes | list | tuple) or table is None:
        return None
    import narwhals as nw

    frame = nw.from_native(table, eager_only=True, pass_through=True)
    if not isinstance(frame, nw.DataFrame):
        return None
    return [(name, _of_narwhals(frame[name])) for name in frame.columns]


def plain_column(values: Any) -> Any:
    """Return a column that is no array, list or column of pandas as one of these."""
    is_foreign = hasattr(values, "to_list") or hasattr(values, "to_pylist")
    if hasattr(values, "tolist") or not is_foreign:
        return values
    import narwhals as nw

    column = nw.from_native(values, series_only=True, pass_through=True)
    return _of_narwhals(column) if isinstance(column, nw.Series) else values


def _of_narwhals(column: Any) -> Any:
    dtype = column.dtype
    if dtype.is_float() or (dtype.is_integer() and not column.null_count()):
        return column.to_numpy()
    cells = column.to_list()
    if any(isinstance(cell, dict) for cell in cells):  # a struct has every row's keys in each row
        return [_given_entries(cell) for cell in cells]
    return cells


def _given_entries(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    return {key: entry for key, entry in cell.items() if entry is not None}


def cells_of(column: Any) -> list[Any]:
    """Return the cells of a column as plain Python values, None where nothing is given."""
    dtype = getattr(column, "dtype", None)
    if getattr(dtype, "kind", "") == "f" and getattr(dtype, "itemsize", 0) < _DOUBLE_BYTES:
        column = printed_float64(np.asarray(column, dtype=getattr(dtype, "type", None)))
    cells: Iterable[Any] = column.tolist() if hasattr(column, "tolist") else column
    return [None if is_missing(cell) else cell for cell in cells]


def is_missing(value: object) -> bool:
    """Tell whether a value stands for "not given" in a frame: None, NaN, NaT, NA."""
    if isinstance(value, float | np.floating):
        return bool(np.isnan(value))
    if isinstance(value, Decimal):
        return value.is_nan()
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    return value is None or type(value).__name__ in _NOT_GIVEN
