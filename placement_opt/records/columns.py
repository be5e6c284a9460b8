"""The cells of a table, read column by column, with a note for all that became something else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from placement_opt.basics.errors import Problem
from placement_opt.records.cells import Cells, Choices, Days, Numbers
from placement_opt.records.compound_cells import LIST_SIGNS, Entries, LevelEntries, split_entries
from placement_opt.records.dialect import UNDECIDED, Dialect, orders_of, signs_of
from placement_opt.records.reading import ReadingLine
from placement_opt.records.user_tables import UserTable

_MOST_TOLD = 12
"""So many different changes of one column are told, each with its count."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which decimal signs and which orders of dates single cells of a table leave no doubt of."""

    signs: frozenset[str] = frozenset()
    orders: frozenset[str] = frozenset()

    def __or__(self, other: "Evidence") -> "Evidence":
        return Evidence(self.signs | other.signs, self.orders | other.orders)


@dataclass
class ReadColumns:
    """The cells of a table as its fields take them, None where nothing is given."""

    cells: dict[str, list[Any]] = field(default_factory=dict)
    lines: list[ReadingLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def evidence_of(
    table: UserTable, columns: Mapping[str, Sequence[Any]], kinds: Mapping[str, Cells]
) -> Evidence:
    """Look for cells that can be read in one way only."""
    signs: set[str] = set()
    orders: set[str] = set()
    if table.dialect.decimal is not None and table.dialect.dates is not None:
        return Evidence()
    for target, cells in columns.items():
        kind = kinds[target]
        how = _how(kind, cells, table.dialect)
        for text in {cell.strip() for cell in cells if isinstance(cell, str)}:
            if isinstance(kind, Days) and len(found := orders_of(text)) == 1:
                orders |= found
            for number in kind.numbers(text, how):
                if len(fitting := signs_of(number, kind.takes)) == 1:
                    signs |= fitting
    return Evidence(frozenset(signs), frozenset(orders))


def decided(table: UserTable, own: Evidence, beside: Evidence) -> tuple[Dialect, list[ReadingLine]]:
    """Return how a table is written, by its own cells or else by those of the tables beside it."""
    dialect, lines = table.dialect, []
    if dialect.decimal is None and (sign := _only(own.signs, beside.signs)):
        dialect = replace(dialect, decimal=sign)
    if dialect.dates is None and (order := _only(own.orders, beside.orders)):
        dialect = replace(dialect, dates=order)
    if own.signs:
        words = {",": "a comma", ".": "a point"}
        told = " or ".join(words[sign] for sign in sorted(own.signs))
        lines.append(ReadingLine(table.title, None, None, f"the decimal sign is {told}"))
    if dialect.dates and own.orders:
        lines.append(ReadingLine(table.title, None, None, f"dates are read {dialect.dates}"))
    return dialect, lines


def _only(own: frozenset[str], beside: frozenset[str]) -> Any:
    """Return what alone is possible; None where nothing or everything is."""
    found = own or beside
    return next(iter(found)) if len(found) == 1 else None


def _how(kind: Cells, cells: Sequence[Any], dialect: Dialect) -> Dialect:
    """Return the dialect with the sign that parts the entries of a column."""
    if dialect.lists is not None or not isinstance(kind, (Entries, LevelEntries)):
        return dialect
    texts = {cell for cell in cells if isinstance(cell, str) and cell[:1] not in {"[", "{"}}
    for sign in LIST_SIGNS:
        if any(len(split_entries(text, sign)) > 1 for text in texts):
            return replace(dialect, lists=sign)
    return replace(dialect, lists=LIST_SIGNS[0])


def read_columns(
    table: UserTable,
    columns: Mapping[str, Sequence[Any]],
    names: Mapping[str, str],
    kinds: Mapping[str, Cells],
    dialect: Dialect,
    subject: str,
) -> ReadColumns:
    """Read the cells of a table.

    Parameters
    ----------
    table
        The table.
    columns, names, kinds
        Cells, the user's own name and the kind of each column, by what it fills.
    dialect
        How the table is written.
    subject
        Kind of record, for the problems.
    """
    read = ReadColumns()
    undecided: dict[str, list[tuple[str, str, int]]] = {}
    for target, cells in columns.items():
        kind, own = kinds[target], names[target]
        how = _how(kind, cells, dialect)
        reader = _ColumnReader(kind, how, is_text=table.is_text)
        values = [reader.read(cell) for cell in cells]
        if UNDECIDED in reader.known_values():
            rows = [row for row, value in enumerate(values) if value is UNDECIDED]
            what = "dates" if isinstance(kind, Days) else "decimal"
            undecided.setdefault(what, []).append((own, str(cells[rows[0]]), rows[0]))
            values = [None if value is UNDECIDED else value for value in values]
        read.cells[target] = values
        told = [*reader.lists_told(cells), *reader.told()]
        read.lines += [ReadingLine(table.title, own, count, text) for text, count in told]
    for what, places in undecided.items():
        read.problems.append(_ask(table, subject, what, places))
    return read


class _ColumnReader:
    """Reads the cells of one column, each text once, and counts what became of them."""

    def __init__(self, kind: Cells, how: Dialect, *, is_text: bool) -> None:
        self._kind, self._how, self._is_text = kind, how, is_text
        self._known: dict[str, tuple[Any, str | None]] = {}
        self._notes: Counter[str] = Counter()

    def read(self, cell: Any) -> Any:
        if cell is None:
            return None
        if isinstance(cell, str):
            found = self._known.get(cell)
            if found is None:
                found = self._known[cell] = self._of_text(cell)
        else:
            found = self._kind.read(cell, self._how)
        value, note = found
        if note is not None:
            self._notes[note] += 1
        return value

    def known_values(self) -> Iterator[Any]:
        return (value for value, _ in self._known.values() if value is UNDECIDED)

    def _of_text(self, cell: str) -> tuple[Any, str | None]:
        text = cell.strip()
        if not text:
            return None, None
        is_word = isinstance(self._kind, Choices) and text in self._kind.words
        if text in self._how.missing and not is_word:
            return None, f"{text!r} means not given"
        value, note = self._kind.read(text, self._how)
        if note is None and text != cell:
            note = "blanks around the text are left out"
        if note is None and not self._is_text and type(value) is not str:
            note = f"texts are read as {_NOUNS.get(type(self._kind), 'values')}"
        return value, note

    def lists_told(self, cells: Sequence[Any]) -> Iterator[tuple[str, int]]:
        """Tell the sign that parts the entries, where it is another one than a semicolon."""
        sign = self._how.lists
        if not isinstance(self._kind, (Entries, LevelEntries)) or sign in {None, LIST_SIGNS[0]}:
            return
        texts = (cell for cell in cells if isinstance(cell, str))
        count = sum(len(split_entries(text, sign)) > 1 for text in texts)
        if count:
            yield f"entries are parted at {sign!r}", count

    def told(self) -> Iterator[tuple[str, int]]:
        """Tell what became of the cells, the most frequent first."""
        yield from self._notes.most_common(_MOST_TOLD)
        rest = self._notes.most_common()[_MOST_TOLD:]
        if rest:
            yield f"{len(rest)} more words are read likewise", sum(count for _, count in rest)


_NOUNS: Mapping[type[Cells], str] = {
    Numbers: "numbers",
    Days: "dates",
    Entries: "lists",
    LevelEntries: "names with levels",
}


def _ask(
    table: UserTable, subject: str, what: str, places: Sequence[tuple[str, str, int]]
) -> Problem:
    """Build the one problem that asks how a table is written."""
    own, text, row = places[0]
    columns = ", ".join(sorted({repr(name) for name, _, _ in places}))
    if what == "dates":
        expected = (
            "can be read with the day first or with the month first, and nothing here decides"
        )
        hint = 'say which: dialect={"dates": "day first"} or {"dates": "month first"}'
    else:
        expected = "can be read with a decimal comma or a decimal point, and nothing here decides"
        hint = 'say which: dialect={"decimal": ","} or {"decimal": "."}'
    label = table.labels[row]
    return Problem(subject, None, columns, text, expected, hint, table.title, label, own)
