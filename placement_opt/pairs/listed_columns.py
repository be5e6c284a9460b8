"""How a column of listed pairs is read: numbers exactly, labels as codes, problems by row."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.bsn import masked
from placement_opt.basics.errors import Problem
from placement_opt.basics.frame_columns import is_missing
from placement_opt.basics.number_columns import UnreadableNumberError, rounded_array, scaled_array
from placement_opt.basics.number_texts import number_readings, without_quotes
from placement_opt.basics.quantities import PLACES
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.pairs.table import Column

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
    def is_missing(self) -> Bools:
        """Which rows hold no value, shape (rows,)."""
        if self.array.dtype.kind == "f":
            missing: Bools = np.isnan(self.array)
            return missing
        return np.array([is_missing(cell) for cell in self.array.tolist()], dtype=np.bool_)

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
    shown = masked(shown) if isinstance(shown, str) else shown
    return Problem("pairs", None if row is None else f"row {row}", field, shown, expected, hint)


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


def read_numbers(column: ListedColumn, *, fine: bool) -> tuple[Column, list[Problem]]:
    """Read a column of numbers, written or computed, as `rounded_array` does.

    Parameters
    ----------
    column
        The column.
    fine
        Keep as many digits as fit; else numbers are rounded as what is summed against a limit.

    Returns
    -------
    numbers : Column
        The values; empty where there are problems.
    problems : list of Problem
        One for each row that holds no finite number; one for a column of another type.
    """
    problems: list[Problem]
    try:
        return Column.of(*_integers(column, fine=fine)), []
    except UnreadableNumberError as error:
        only_texts = len(error.values) == len(column) and all(
            isinstance(v, str) for v in error.values
        )
        problems = [_of_another_type(column)] if only_texts else list(_unreadable(column, error))
    except TypeError:
        problems = [_of_another_type(column)]
    return Column.of(np.zeros(0, dtype=np.int64)), problems


def _integers(column: ListedColumn, *, fine: bool) -> tuple[Ints, int]:
    try:
        return scaled_array(column.array, PLACES)
    except UnreadableNumberError:
        return rounded_array(column.array, fine=fine)


def _of_another_type(column: ListedColumn) -> Problem:
    """Tell what a column holds that has no numbers at all: its first text, or its type."""
    expected = "must be a column of numbers"
    row = next((row for row, cell in enumerate(column.array) if isinstance(cell, str)), None)
    if row is None:
        hint = "give numbers; write flags as 1 and 0, and dates as numbers of days"
        return pairs_problem(column.name, f"values of type {column.array.dtype}", expected, hint)
    text = column.array[row]
    hint = without_quotes(text)
    if not number_readings(text):
        expected += ", not of group labels"
        hint = "name a numeric column here; a column of labels can be the `per` of a rule"
    return pairs_problem(column.name, text, expected, hint, row)


def _unreadable(column: ListedColumn, error: UnreadableNumberError) -> Iterator[Problem]:
    for row, value in zip(error.positions, error.values, strict=True):
        hint = _remedy(value, "scale the unit")
        expected = error.expected.replace("must be finite numbers", "must be a finite number")
        yield pairs_problem(column.name, value, expected, hint, row)


def _remedy(value: object, of_number: str) -> str:
    if is_missing(value):
        return _FILL
    if isinstance(value, str):
        return without_quotes(value)
    return "write flags as 1 and 0" if isinstance(value, bool | np.bool_) else of_number
