"""The user's own columns of listed pairs: read when something uses them, else never judged."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.pairs.columns import PAIR_COLUMNS
from placement_opt.pairs.listed_columns import (
    ListedColumn,
    pairs_problem,
    read_labels,
    read_numbers,
)
from placement_opt.pairs.table import Column, PairTable

Labels = tuple[Indices, tuple[str, ...]]
ReadT = TypeVar("ReadT")


class _Columns(Mapping[str, ReadT]):
    """Columns by name; each is read once, over the rows of the pairs that are left.

    Parameters
    ----------
    columns
        The columns as the user gave them, one value a listed row.
    rows
        The listed row of each pair, shape (E,).
    """

    def __init__(self, columns: Mapping[str, ListedColumn], rows: Ints) -> None:
        self._columns = columns
        self._rows = rows
        self._read: dict[str, ReadT] = {}

    @override
    def __getitem__(self, name: str) -> ReadT:
        """Return a column; `InvalidInputError` names the rows that cannot be read."""
        if name not in self._read:
            self._read[name] = self._read_column(self._columns[name])
        return self._read[name]

    @override
    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    @override
    def __len__(self) -> int:
        return len(self._columns)

    @override
    def __contains__(self, name: object) -> bool:
        return name in self._columns  # without reading it

    def problems(self, names: Collection[str]) -> list[Problem]:
        """Read the named columns that are here, and return what is wrong with them."""
        found: list[Problem] = []
        for name in sorted(set(names) & self._columns.keys()):
            try:
                _ = self[name]
            except InvalidInputError as error:
                found += error.problems
        return found

    def _read_column(self, column: ListedColumn) -> ReadT:
        raise NotImplementedError


class GivenNumbers(_Columns[Column]):
    """Columns of numbers; those in `fine` keep as many digits as fit."""

    def __init__(
        self, columns: Mapping[str, ListedColumn], rows: Ints, fine: Collection[str]
    ) -> None:
        super().__init__(columns, rows)
        self._fine = fine

    def of_pairs(self, kept: Ints | Bools) -> "GivenNumbers":
        """Return the same columns over some of the pairs, in the order of `kept`."""
        return GivenNumbers(self._columns, self._rows[kept], self._fine)

    @override
    def _read_column(self, column: ListedColumn) -> Column:
        name, listed = column.name, np.arange(len(column))
        missing = PAIR_COLUMNS[name].missing if name in PAIR_COLUMNS else None
        if missing is not None:
            listed = np.flatnonzero(~column.is_missing)
            column = ListedColumn(name, column.array[listed])
        numbers, problems = read_numbers(column, fine=name in self._fine)
        problems = problems or list(out_of_range(name, numbers))
        if problems:
            raise InvalidInputError(of_rows(problems, listed))
        if missing is None:
            return Column.of(numbers.values[self._rows], numbers.scale)
        values = np.full(len(self._columns[name]), missing * numbers.scale, dtype=np.int64)
        values[listed] = numbers.values
        return Column.of(values[self._rows], numbers.scale)


class GivenLabels(_Columns[Labels]):
    """Columns of group labels: (code of each pair, labels that occur in some row)."""

    def of_pairs(self, kept: Ints | Bools) -> "GivenLabels":
        """Return the same columns over some of the pairs, in the order of `kept`."""
        return GivenLabels(self._columns, self._rows[kept])

    @override
    def _read_column(self, column: ListedColumn) -> Labels:
        code, texts, problems = read_labels(column)
        if problems:
            raise InvalidInputError(problems)
        return code[self._rows], texts


class GivenOfPair(Mapping[str, Fraction | str]):
    """What the user gave for one pair: exact numbers and group labels, by column."""

    def __init__(self, pairs: PairTable, row: int) -> None:
        self._pairs = pairs
        self._row = row

    @override
    def __getitem__(self, name: str) -> Fraction | str:
        if not self._is_given(name):
            raise KeyError(name)
        if name in self._pairs.given:
            return self._pairs.given[name].fraction(self._row)
        code, texts = self._pairs.labels[name]
        return texts[int(code[self._row])]

    def _is_given(self, name: object) -> bool:
        """Tell whether this pair has a value; with ``pair_values=`` others of a column may."""
        pairs = self._pairs
        if name in pairs.given:
            return name not in pairs.given_where or bool(pairs.given_where[str(name)][self._row])
        return name in pairs.labels and bool(pairs.labels[str(name)][0][self._row] >= 0)

    @override
    def __iter__(self) -> Iterator[str]:
        yield from filter(self._is_given, (*self._pairs.given, *self._pairs.labels))

    @override
    def __len__(self) -> int:
        return sum(1 for _ in self)

    @override
    def __contains__(self, name: object) -> bool:
        return self._is_given(name)

    @override
    def __repr__(self) -> str:
        return f"GivenOfPair({', '.join(self)})"


def of_rows(problems: Sequence[Problem], rows: Ints) -> Iterator[Problem]:
    """Name problems of some cells of a column by the rows that those stand in."""
    for found in problems:
        place = None if found.id is None else int(found.id.removeprefix("row "))
        yield found if place is None else replace(found, id=f"row {rows[place]}")


def out_of_range(name: str, column: Column) -> Iterator[Problem]:
    """Yield a problem for each row of a computed column that holds what it cannot hold."""
    if name not in PAIR_COLUMNS:
        return
    low, high = PAIR_COLUMNS[name].limits
    wrong = (column.values < low * column.scale) | (column.values > high * column.scale)
    for row in np.flatnonzero(wrong).tolist():
        value = float(column.fraction(row))
        hint = "check the unit, or rename the column if it means something else"
        yield pairs_problem(name, value, f"must be from {low} to {high:_}", hint, row)
