"""What holds where records give nothing, as their owner says: filled in, and told how often."""

from collections.abc import Iterator, Mapping
from typing import Any

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.records.frames import TablesRead
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import ReadingLine, Rows

Defaults = Mapping[str, Mapping[str, Any]]
"""Values by table and field."""

_SAY_THE_SAME = frozenset({"coaching_regime", "coaching_hours_per_week", "coaching_options"})
"""Where one of these is given, the others are not missing."""


def fill_in(read: TablesRead, defaults: object) -> None:
    """Fill in what rows leave out; problems of the defaults go into `read`, and so do lines."""
    if defaults is None:
        return
    if not isinstance(defaults, Mapping):
        read.problems.append(_problem("defaults", type(defaults).__name__, "must map tables"))
        return
    for table, values in defaults.items():
        if table not in RECORD_KINDS or not isinstance(values, Mapping):
            hint = closest_hint(closest_ids(table, RECORD_KINDS))
            read.problems.append(_problem(str(table), None, "must be the name of a table", hint))
            continue
        for field, value in values.items():
            found = list(_wrong(table, field, value))
            read.problems += found
            rows = read.fields.get(table)
            if not found and isinstance(rows, Rows):
                read.lines += _filled(rows, table, field, value)


def _wrong(table: str, field: str, value: object) -> Iterator[Problem]:
    kind = RECORD_KINDS[table]
    if field == kind.id_field or field not in kind.model_fields:
        hint = closest_hint(closest_ids(field, kind.model_fields))
        yield _problem(f"{table}.{field}", value, f"must be a field of a {kind.subject}", hint)
        return
    try:
        kind(**kind.stand_ins({kind.id_field}), **{field: value})
    except InvalidInputError as error:
        for found in error.problems:
            if found.field.partition("[")[0] == field:
                yield _problem(f"{table}.{field}", value, found.expected, found.hint)


def _filled(rows: Rows, table: str, field: str, value: object) -> Iterator[ReadingLine]:
    meant = _SAY_THE_SAME if field in _SAY_THE_SAME else {field}
    silent = [row for row in rows.rows if not row.keys() & meant]
    for row in silent:
        row[field] = value
    if silent:
        column = rows.columns.get(field, field)
        yield ReadingLine(
            rows.table,
            column,
            len(silent),
            f"{field} of {table} is not given: {value!r}, as asked",
            f"{field} van {table} is niet gegeven: {value!r}, zoals gevraagd",
        )


def _problem(
    field: str, value: object, expected: str, hint: str = 'write {"candidates": {"transport": ...}}'
) -> Problem:
    return Problem("defaults", None, field, value, expected, hint)
