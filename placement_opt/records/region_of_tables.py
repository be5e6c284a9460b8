"""A region of tables that were read, whose problems name the user's own places."""

from dataclasses import replace
from typing import TypeVar

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.records.base import Record
from placement_opt.records.frames import TablesRead
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import Reading, ReadingLine, Rows

RegionT = TypeVar("RegionT", bound=Record)


def region_of_tables(kind: type[RegionT], read: TablesRead) -> RegionT:
    """Make a region of what was read, with the note of it.

    Raises
    ------
    InvalidInputError
        With all problems of tables and records, each with its place.
    """
    places = {
        RECORD_KINDS[name].subject: rows.places()
        for name, rows in read.fields.items()
        if isinstance(rows, Rows)
    }
    reading = Reading(tuple(read.lines), places | {"region": read.places})
    if not read.has_ids:
        raise InvalidInputError(read.problems)
    try:
        region = kind(**read.fields)
    except InvalidInputError as error:
        found = [
            reading.placed(problem) for problem in error.problems if not _is_told(problem, read)
        ]
        raise InvalidInputError([*read.problems, *found]) from None
    if read.problems:
        raise InvalidInputError(read.problems)
    told = (_in_table(line, read) for line in region.__dict__["_reading"].lines)
    region.__dict__["_reading"] = Reading((*reading.lines, *told), reading.places)
    return region


def _in_table(line: ReadingLine, read: TablesRead) -> ReadingLine:
    """Return a line about a field of a kind of record with the user's names of table and column."""
    rows = read.fields.get(line.table)
    if not isinstance(rows, Rows) or line.column is None:
        return line
    return replace(line, table=rows.table, column=rows.columns.get(line.column, line.column))


def _is_told(problem: Problem, read: TablesRead) -> bool:
    """Tell whether a table is empty only because its rows could not be read, which is told."""
    rows = read.fields.get(problem.field) if problem.subject == "region" else None
    return isinstance(rows, Rows) and any(one.file == rows.table for one in read.problems)
