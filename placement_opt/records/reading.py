"""What became of the user's tables: a note for whatever was read otherwise than it was written.

A region that was read from frames or files has such a note. It tells each column that nothing
reads, each word that was translated, how numbers and dates were understood, and what was missing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.basics.html import html_table
from placement_opt.basics.rows import AssumptionRow

if TYPE_CHECKING:
    import pandas as pd


OF_RECORDS = "Region"
"""Stands for the rule in assumptions that were made while records were read."""


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """One thing to know of how a table was read.

    Parameters
    ----------
    table
        Name of the file or frame.
    column
        The user's own name of the column; None where it is about the whole table.
    count
        How many cells or records it holds for; None where it is about no number of them.
    text
        What was done, as a sentence without its full stop.
    text_nl
        The same in Dutch, of what a plan then takes for granted: `Result.assumptions` tells it.
    """

    table: str
    column: str | None
    count: int | None
    text: str
    text_nl: str | None = None

    @override
    def __str__(self) -> str:
        column = "" if self.column is None else f", column {self.column!r}"
        count = "" if self.count is None else f" ({self.count:,})"
        return f"{self.table}{column}: {self.text}{count}."


@dataclass(frozen=True, slots=True)
class Rows(Sequence[Mapping[str, object]]):
    """The rows of one kind of record, as fields, that know where they stand in the user's table.

    Parameters
    ----------
    rows
        The fields of each row; those of empty cells are left out.
    table
        Name of the file or frame.
    labels
        The line or the index label of each row.
    columns
        The user's own name of the column of each field.
    """

    rows: Sequence[dict[str, object]]
    table: str
    labels: Sequence[int | str]
    columns: Mapping[str, str]

    @override
    def __len__(self) -> int:
        return len(self.rows)

    @override
    def __getitem__(self, row):  # type: ignore[no-untyped-def]
        return self.rows[row]

    @override
    def __iter__(self) -> Iterator[Mapping[str, object]]:
        return iter(self.rows)

    def placed(self, problem: Problem, row: int) -> Problem:
        """Return a problem of a row with its place in the user's table."""
        return self.place_of(row).placed(problem)

    def place_of(self, row: int) -> "Place":
        """Return where a row stands."""
        return Place(self.table, self.labels[row], self.columns)

    def places(self) -> "dict[str, Place]":
        """Return where each record stands, by its id or `row 0`; of copies, the last one does."""
        return {
            str(fields.get("id", f"row {row}")): self.place_of(row)
            for row, fields in enumerate(self.rows)
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record stands: in which table and row, and which column each field comes from."""

    table: str
    row: int | str
    columns: Mapping[str, str]

    def placed(self, problem: Problem) -> Problem:
        """Return a problem of this record with its place in the user's table."""
        named = problem.field.partition("[")[0]
        column = self.columns.get(problem.field) or self.columns.get(named)
        return replace(problem, file=self.table, row=self.row, column=column)


@dataclass(frozen=True, slots=True)
class Reading:
    """The note of a reading; its text has one line for each thing to know.

    Parameters
    ----------
    lines
        What to know, in the order of the tables.
    places
        Where each record stands, by the subject of its kind and its id; and where each row of the
        region's own tables stands, by ``"region"`` and ``"excluded_pairs[0]"``.
    """

    lines: tuple[ReadingLine, ...] = ()
    places: Mapping[str, Mapping[str, Place]] = field(default_factory=dict, repr=False)

    @override
    def __str__(self) -> str:
        return "\n".join(map(str, self.lines)) or "Everything was read as it was written."

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the lines as a table."""
        rows = [
            (line.table, line.column or "", line.text, "" if line.count is None else line.count)
            for line in self.lines
        ]
        return html_table("Reading", rows, "" if rows else str(self))

    @override
    def __repr__(self) -> str:
        return f"Reading(<{len(self.lines)}>)"

    def __len__(self) -> int:
        return len(self.lines)

    def __iter__(self) -> Iterator[ReadingLine]:
        return iter(self.lines)

    def after(self, lines: Iterable[ReadingLine]) -> "Reading":
        """Return the note with lines of an earlier reading before its own."""
        return replace(self, lines=tuple(dict.fromkeys([*lines, *self.lines])))

    def assumed(self) -> Iterator[AssumptionRow]:
        """Yield what a plan takes for granted since the records were read so."""
        for line in self.lines:
            if line.text_nl is not None:
                yield AssumptionRow(
                    rule=OF_RECORDS,
                    about=line.table if line.column is None else line.column,
                    count=line.count or 0,
                    text=line.text,
                    text_nl=line.text_nl,
                )

    def to_frame(self) -> "pd.DataFrame":
        """Return one row per line: table, column, count, text."""
        import pandas as pd

        rows = [(line.table, line.column, line.count, line.text) for line in self.lines]
        return pd.DataFrame(rows, columns=["table", "column", "count", "text"], dtype=object)

    def placed(self, problem: Problem) -> Problem:
        """Return a problem with its place in the user's tables, where it has one."""
        if problem.row is not None:
            return problem
        name = problem.id
        if problem.subject == "region" and (row := _ROW_OF_A_TABLE.match(problem.field)):
            name = row[0]
        place = self.places.get(problem.subject, {}).get(str(name))
        return problem if place is None else place.placed(problem)


_ROW_OF_A_TABLE = re.compile(r"\w+\[\d+\]")
