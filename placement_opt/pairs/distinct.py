"""The distinct values and rows of columns, so that the law is asked once for each case."""

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints

_TABLE_SIZE = 1 << 22
"""Spread of values up to which a table of them, 4 MB, is faster than sorting."""


def distinct_rows(*columns: npt.NDArray[np.integer]) -> tuple[list[tuple[int, ...]], Indices]:
    """Return the distinct rows of aligned columns as Python integers, and the code of each row."""
    values, code = distinct_values(columns[0])
    rows: list[tuple[int, ...]] = [(value,) for value in values.tolist()]
    for column in columns[1:]:
        values, own = distinct_values(column)
        n_values = max(1, len(values))
        # Both codes count distinct rows, so that their product stays below the number of pairs
        # squared and far inside 64 bits.
        wide = _with_room(code, len(rows) * n_values)
        combined, code = distinct_values(wide * n_values + own)
        earlier, later = np.divmod(combined, n_values)
        rows = [
            (*rows[first], int(values[second]))
            for first, second in zip(earlier.tolist(), later.tolist(), strict=True)
        ]
    return rows, code


def distinct_values(column: npt.NDArray[np.integer]) -> tuple[Ints, Indices]:
    """Return the distinct values, ascending, and the position of each row's value among them.

    Linear where the values lie close together, as hours, levels and points do; else by sorting.
    """
    if not column.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
    low, high = int(column.min()), int(column.max())
    if high - low > max(_TABLE_SIZE, column.size):
        values, code = np.unique(column.astype(np.int64), return_inverse=True)
        return values, code.astype(np.int32)
    offset = column if low == 0 else _with_room(column, max(-low, high)) - low
    seen = np.zeros(high - low + 1, dtype=np.bool_)
    seen[offset] = True
    return np.flatnonzero(seen) + low, (np.cumsum(seen, dtype=np.int32) - np.int32(1))[offset]


def _with_room(values: npt.NDArray[np.integer], largest: int) -> npt.NDArray[np.integer]:
    """Return the values in 32 bits where that holds numbers up to the largest, else in 64."""
    wide: npt.NDArray[np.integer] = (
        values.astype(np.int32, copy=False)
        if largest < 1 << 31
        else values.astype(np.int64, copy=False)
    )
    return wide
