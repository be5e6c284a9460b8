"""Which column of a user's table fills which field: as asked, by its name, or by a Dutch name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from placement_opt.basics.errors import Problem, closest_hint, closest_ids
from placement_opt.records import dutch
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import ReadingLine
from placement_opt.records.user_tables import (
    TABLE_COLUMNS,
    UserTable,
    every_target,
    is_target,
    known_targets,
)


@dataclass
class Chosen:
    """The columns of a table that fill fields, by the name of what they fill.

    Parameters
    ----------
    cells
        Cells of each.
    names
        The user's own name of each.
    lines
        What to note of the columns.
    problems
        What is wrong with them.
    """

    cells: dict[str, list[Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    lines: list[ReadingLine] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class AskedColumns:
    """What ``columns=`` says: the user's names and the fields they stand for."""

    def __init__(self, given: object) -> None:
        self.problems: list[Problem] = []
        self._flat: dict[str, str | None] = {}
        self._of_table: dict[str, dict[str, str | None]] = {}
        self._seen: set[tuple[str | None, str]] = set()
        if given is not None and not isinstance(given, Mapping):
            hint = 'write it as {"Klantnr": "id"}'
            self._refuse("columns", given, "must map your names to fields", hint)
            given = None
        for name, target in (given or {}).items():
            if not isinstance(target, Mapping):
                self._flat[str(name)] = self._target(str(name), target, every_target())
            elif name in {*RECORD_KINDS, *TABLE_COLUMNS}:
                known = known_targets(name)
                own = {str(one): self._target(str(one), to, known) for one, to in target.items()}
                self._of_table[name] = own
            else:
                close = closest_hint(closest_ids(name, [*RECORD_KINDS, *TABLE_COLUMNS]))
                self._refuse(str(name), list(target), "must be the name of a table", close)

    def target(self, table: str, name: str, known: Sequence[str]) -> tuple[bool, str | None]:
        """Return whether the user says what a column is, and the field: None for none at all."""
        own = self._of_table.get(table, {})
        if name in own:
            self._seen.add((table, name))
            return True, own[name]
        if name in self._flat:
            self._seen.add((None, name))
            target = self._flat[name]
            if target is None or is_target(target, known):
                return True, target
        return False, None

    def unseen(self, titles: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
        """Yield a problem for each name that no table has; `titles` are the columns of each."""
        every = [name for names in titles.values() for name in names]
        for name in self._flat:
            if (None, name) not in self._seen and name not in every:
                yield _no_column(name, every)
        for table, own in self._of_table.items():
            for name in own:
                if (table, name) not in self._seen:
                    yield _no_column(name, titles.get(table, ()))

    def _target(self, name: str, target: object, known: Sequence[str]) -> str | None:
        if target is not None and not is_target(target, known):
            close = closest_hint(closest_ids(target, known))
            self._refuse(name, target, "must stand for a field", close)
            return None
        return None if target is None else str(target)

    def _refuse(self, name: str, value: object, expected: str, hint: str) -> None:
        self.problems.append(Problem("columns", None, name, value, expected, hint))


def _no_column(name: str, known: Sequence[str]) -> Problem:
    hint = closest_hint(closest_ids(name, known)) if known else "leave it out"
    return Problem("columns", None, name, name, "must be a column of a table", hint)


def choose_columns(name: str, table: UserTable, asked: AskedColumns) -> Chosen:
    """Find what each column of a table fills: as asked, by its name, or by a Dutch name.

    Parameters
    ----------
    name
        The table: a kind of record, or one of `TABLE_COLUMNS`.
    table
        The table.
    asked
        What the user says of columns.
    """
    known, chosen = known_targets(name), Chosen()
    left: list[tuple[str, list[Any]]] = []
    for own, cells in table.columns:
        is_asked, target = asked.target(name, own, known)
        if is_asked and target is None:
            _note(chosen, table, own, cells, "is left out, as asked")
            continue
        target = target or (own if is_target(own, known) else None)
        if target is None:
            left.append((own, cells))
        elif target in chosen.cells:
            chosen.problems.append(_twice(name, table, own, target, chosen.names[target]))
        else:
            chosen.cells[target], chosen.names[target] = cells, own
    for own, cells in left:
        target = _meant(name, own, known)
        if target is None:
            _note(chosen, table, own, cells, _unread(own, known, chosen.cells))
        elif target in chosen.cells:
            text = f"nothing reads it; {target} comes from {chosen.names[target]!r}"
            _note(chosen, table, own, cells, text)
        else:
            chosen.cells[target], chosen.names[target] = cells, own
            chosen.lines.append(ReadingLine(table.title, own, None, f"is read as {target}"))
    return chosen


def _meant(table: str, own: str, known: Sequence[str]) -> str | None:
    key = dutch.column_key(own)
    plain = {dutch.column_key(target): target for target in known}
    return plain.get(key) or dutch.COLUMNS.get(table, {}).get(key)


def _unread(own: str, known: Sequence[str], taken: Mapping[str, object]) -> str:
    close = [one for one in closest_ids(own, known) if one not in taken]
    hint = f"; {closest_hint(close)}?" if close else ""
    return f"nothing reads this column{hint}"


def _note(chosen: Chosen, table: UserTable, own: str, cells: Sequence[Any], text: str) -> None:
    count = sum(cell is not None and cell != "" for cell in cells)
    chosen.lines.append(ReadingLine(table.title, own, count, text))


def _twice(name: str, table: UserTable, own: str, target: str, other: str) -> Problem:
    subject = RECORD_KINDS[name].subject if name in RECORD_KINDS else "region"
    expected = "must be a column once"
    hint = f"remove or rename the others: {other!r} and {own!r} both give it"
    return Problem(subject, None, target, own, expected, hint, table.title, None, own)
