"""How a column of listed pairs is read: numbers exactly, labels as codes, problems by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.errors import Problem
from placement_opt.instance import NOT_GIVEN, Indices, Ints
from placement_opt.pairs import Column
from placement_opt.quantities import (
    UnreadableNumberError,
    printed_float64,
    read_number,
    scaled_array,
)

PLACES = 6
_EXACT_FLOAT = 2**53
# Beyond, powers of ten leave the range of doubles; such scores differ from 0 by less than 1e-285.
_LARGEST_POWER = 300
_FILL = "give the value, or leave the row out"


class ListedColumn:
    """One column as the user gave it, looked at as an array or as categories with codes."""

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self._values = values

    def __len__(self) -> int:
        return len(self._values)

    @cached_property
    def categories(self) -> tuple[Sequence[Any], Ints] | None:
        """Categories and the code of each row (-1: none) of a categorical column, else None."""
        holder = getattr(self._values, "cat", self._values)
        if not hasattr(holder, "categories") or not hasattr(holder, "codes"):
            return None
        codes = np.asarray(holder.codes, dtype=np.int64)
        return np.asarray(holder.categories, dtype=object).tolist(), codes

    @cached_property
    def array(self) -> npt.NDArray[Any]:
        """The values as an array; nothing becomes a text or a number that was none."""
        if not isinstance(self._values, (list, tuple)):
            return np.asarray(self._values)
        # Left to itself numpy would turn the 1 of [1, "a"] into a text.
        if set(map(type, self._values)) in ({int}, {float}):
            return np.asarray(self._values)
        column = np.empty(len(self._values), dtype=object)
        column[:] = self._values
        return column

    @cached_property
    def holds_texts(self) -> bool:
        """Whether the column is one of texts: by its type, else by its first given value."""
        if self.categories is not None:
            return all(isinstance(category, str) for category in self.categories[0])
        if self.array.dtype.kind != "O":
            return self.array.dtype.kind in "UT"
        given = (value for value in self.array if not is_missing(value))
        return isinstance(next(given, None), str)


def pairs_problem(
    field: str, value: object, expected: str, hint: str, row: int | None = None
) -> Problem:
    """Build a problem of the listed pairs, of one row (from 0) or of all of them."""
    shown = value.item() if isinstance(value, np.generic) else value
    return Problem("pairs", None if row is None else f"row {row}", field, shown, expected, hint)


def is_missing(value: object) -> bool:
    """Tell whether a value stands for "none" in a frame."""
    if isinstance(value, float):
        return bool(np.isnan(value))
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def _distinct(values: Sequence[Any]) -> Iterable[Any]:
    try:
        return set(values)
    except TypeError:  # a list or a dict among the values
        return {value for value in values if isinstance(value, str)}


def positions_of(values: Sequence[Any], position: Mapping[str, int]) -> Ints:
    """Look up the position of each text; -1 for every other text and for what is no text."""
    try:
        found = map(position.get, values, repeat(NOT_GIVEN))
        return np.fromiter(found, dtype=np.int64, count=len(values))
    except TypeError:  # a list or a dict among the texts
        known = (position.get(v, NOT_GIVEN) if isinstance(v, str) else NOT_GIVEN for v in values)
        return np.fromiter(known, dtype=np.int64, count=len(values))


def read_labels(column: ListedColumn) -> tuple[Indices, tuple[str, ...], list[Problem]]:
    """Read a column of group labels.

    Returns
    -------
    code : ndarray of int32, shape (rows,)
        Position of each row's label.
    labels : tuple of str
        The labels that occur, ascending.
    problems : list of Problem
        The rows without a label; their code is -1.
    """
    if column.categories is None:
        values = column.array.tolist()
        categories = sorted(value for value in _distinct(values) if isinstance(value, str))
        codes = positions_of(values, {text: place for place, text in enumerate(categories)})
    else:
        names, codes = column.categories
        categories = list(names)
    seen = np.unique(codes[codes >= 0]).tolist()
    labels = tuple(sorted(categories[code] for code in seen if isinstance(categories[code], str)))
    rank = {label: position for position, label in enumerate(labels)}
    # The last entry, at -1, is for rows that have no category at all.
    code_of = np.array([*(rank.get(label, NOT_GIVEN) for label in categories), NOT_GIVEN])
    code = code_of[codes].astype(np.int32)
    problems = [
        pairs_problem(column.name, column.array[row], "must be a text in every row", _FILL, row)
        for row in np.flatnonzero(code == NOT_GIVEN).tolist()
    ]
    return code, labels, problems


def read_numbers(column: ListedColumn, *, rounded: bool) -> tuple[Column, list[Problem]]:
    """Read a column of numbers as the decimals they print as.

    Parameters
    ----------
    column
        The column.
    rounded
        Accept numbers of any length: they are kept at the largest power of ten that leaves every
        value an integer of at most 2^53, so that each is within the spacing of doubles around
        the largest.

    Returns
    -------
    numbers : Column
        The values; empty where there are problems.
    problems : list of Problem
        One for each row that is missing, not finite or too long; one for a column of no numbers.
    """
    try:
        values, scale = scaled_array(column.array, PLACES)
    except UnreadableNumberError as error:
        if rounded:
            return _rounded_numbers(column)
        problems = list(_unreadable(column, error))
    except TypeError:
        hint = "give numbers; write flags as 1 and 0, and dates as numbers of days"
        kind = f"values of type {column.array.dtype}"
        problems = [pairs_problem(column.name, kind, "must be a column of numbers", hint)]
    else:
        return Column.of(values, scale), []
    return Column.of(np.zeros(0, dtype=np.int64)), problems


def _unreadable(column: ListedColumn, error: UnreadableNumberError) -> Iterator[Problem]:
    for row, value in zip(error.positions, error.values, strict=True):
        hint = _remedy(value, f"round it to {PLACES} decimals or scale the unit")
        expected = error.expected.replace("must be finite numbers", "must be a finite number")
        yield pairs_problem(
            column.name, value, expected.replace("that fit", "that fits"), hint, row
        )


def _remedy(value: object, of_number: str) -> str:
    if is_missing(value):
        return _FILL
    if isinstance(value, str):
        return "give numbers, without quotes"
    return "write flags as 1 and 0" if isinstance(value, bool | np.bool_) else of_number


def _rounded_numbers(column: ListedColumn) -> tuple[Column, list[Problem]]:
    if column.array.dtype.kind == "f":
        values = printed_float64(column.array)
    else:
        values = np.array([_as_float(value) for value in column.array.tolist()])
    wrong = np.flatnonzero(~(np.abs(values) < 2.0**63))
    if wrong.size:
        problems = [
            pairs_problem(
                column.name,
                column.array[row],
                "must be a finite number below 2^63",
                _remedy(column.array[row], "scale the unit"),
                row,
            )
            for row in wrong.tolist()
        ]
        return Column.of(np.zeros(0, dtype=np.int64)), problems
    largest, power = float(np.abs(values).max()), 0
    while 0 < largest * 10.0 ** (power + 1) <= _EXACT_FLOAT and power < _LARGEST_POWER:
        power += 1
    return Column.of(np.rint(values * 10.0**power).astype(np.int64), 10**power), []


def _as_float(value: object) -> float:
    try:
        return float(read_number(value))
    except (TypeError, ValueError, OverflowError):
        return float("nan")
