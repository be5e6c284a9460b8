"""The aligned columns of candidates and openings, read from the records."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Indices, Ints
from placement_opt.basics.quantities import scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.records import Candidate, Opening

NOT_GIVEN = -1
"""Marks a value that the record does not give, in integer columns of amounts and indices."""

HOUR = 1_000
"""Hours are counted in thousandths."""

UNIT = 1_000_000
"""Skill levels, wage values, priorities and minutes are counted in millionths."""

TRANSPORT_MODES = ("walk", "bike", "car", "public_transport")

RecordT = TypeVar("RecordT", Candidate, Opening)
Rows = Mapping[str, int]
"""The row of each id or name."""


def rows_of(ids: Sequence[str]) -> Rows:
    """Return the position of each id."""
    return {id_: row for row, id_ in enumerate(ids)}


def frozen(values: Iterable[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return the values as a read-only array."""
    column = np.array(list(values), dtype=dtype)
    column.setflags(write=False)
    return column


def looked_up(
    table: npt.NDArray[Any], row: npt.NDArray[np.integer], column: npt.NDArray[np.integer]
) -> npt.NDArray[Any]:
    """Return ``table[row, column]``, broadcasting; whole blocks of pairs by row and column.

    Whole rows are copied far faster than single entries: of a block the smaller table has its
    columns taken, that of all its rows or that of the rows asked for.
    """
    found: npt.NDArray[Any]
    if row.shape[1:] != (1,) or column.shape[:1] != (1,):
        found = table[row, column]
    elif table.shape[0] <= row.shape[0]:
        found = table.take(column[0], axis=1)[row[:, 0]]
    else:
        found = table[row[:, 0]].take(column[0], axis=1)
    return found


@dataclass(frozen=True, eq=False, repr=False)
class CandidateColumns(ShortRepr):
    """One row per candidate, ids ascending; shape (C,) unless stated.

    Hours are int64 thousandths, levels int64 millionths, days proleptic ordinals; NOT_GIVEN (-1)
    stands for what the record leaves out. `skills` is a (C, S) CSR matrix of levels in millionths.
    """

    municipality: Indices
    hours_min: Ints
    hours_max: Ints
    latitude: Floats
    longitude: Floats
    transport: Indices
    max_travel: Ints
    sheltered: Bools
    may_work_regular: Bools
    available_from: Ints
    current_opening: Indices
    priority: Ints
    skills: sparse.csr_array

    @classmethod
    def of(
        cls,
        records: Sequence[Candidate],
        municipality: Rows,
        opening: Rows,
        skills: Sequence[str],
    ) -> Self:
        """Read the records, in the order of their ids; cost O(C + skills)."""
        column = _columns(records)
        return cls(
            municipality=column(lambda c: _reference(municipality, c.municipality), np.int32),
            hours_min=_scaled([_end(c, 0) for c in records], 3),
            hours_max=_scaled([_end(c, 1) for c in records], 3),
            latitude=column(lambda c: _degree(c, 0), np.float64),
            longitude=column(lambda c: _degree(c, 1), np.float64),
            transport=column(
                lambda c: -1 if c.transport is None else TRANSPORT_MODES.index(c.transport),
                np.int32,
            ),
            max_travel=_scaled([c.max_travel_minutes for c in records], 6),
            sheltered=column(lambda c: c.sheltered, np.bool_),
            may_work_regular=column(lambda c: c.may_work_regular, np.bool_),
            available_from=column(lambda c: _day(c.available_from), np.int64),
            current_opening=column(lambda c: _reference(opening, c.current_opening), np.int32),
            priority=_scaled([c.priority for c in records], 6),
            skills=_levels([c.skills for c in records], skills),
        )


@dataclass(frozen=True, eq=False, repr=False)
class OpeningColumns(ShortRepr):
    """One row per opening, ids ascending; shape (O,) unless stated; units as for candidates.

    `required` is a (O, S) CSR matrix of required levels in millionths, `essential` the same
    restricted to essential skills; a level of zero is stored, since it still names the skill.
    """

    employer: Indices
    municipality: Indices
    positions: Ints
    hours_min: Ints
    hours_max: Ints
    latitude: Floats
    longitude: Floats
    remote: Bools
    sheltered: Bools
    starts_on: Ints
    required: sparse.csr_array
    essential: sparse.csr_array

    @classmethod
    def of(
        cls,
        records: Sequence[Opening],
        employer: Rows,
        municipality: Rows,
        skills: Sequence[str],
    ) -> Self:
        """Read the records, in the order of their ids; cost O(O + skills)."""
        column = _columns(records)
        essential = [{s: o.required_skills[s] for s in o.essential_skills} for o in records]
        return cls(
            employer=column(lambda o: _reference(employer, o.employer), np.int32),
            municipality=column(lambda o: _reference(municipality, o.municipality), np.int32),
            positions=column(lambda o: o.positions, np.int64),
            hours_min=_scaled([_end(o, 0) for o in records], 3),
            hours_max=_scaled([_end(o, 1) for o in records], 3),
            latitude=column(lambda o: _degree(o, 0), np.float64),
            longitude=column(lambda o: _degree(o, 1), np.float64),
            remote=column(lambda o: o.remote, np.bool_),
            sheltered=column(lambda o: o.sheltered, np.bool_),
            starts_on=column(lambda o: _day(o.starts_on), np.int64),
            required=_levels([o.required_skills for o in records], skills),
            essential=_levels(essential, skills),
        )


def _columns(
    records: Sequence[RecordT],
) -> Callable[[Callable[[RecordT], Any], npt.DTypeLike], npt.NDArray[Any]]:
    return lambda read, dtype: frozen((read(record) for record in records), dtype)


def _scaled(values: Sequence[float | None], places: int) -> Ints:
    """Return the values in units of 10^-places; a region repeats few of them many times over."""
    read = {value: _in_units(value, places) for value in set(values)}
    return frozen((read[value] for value in values), np.int64)


def _in_units(value: float | None, places: int) -> int:
    return NOT_GIVEN if value is None else scaled_int(value, places)


def _day(value: date | None) -> int:
    return NOT_GIVEN if value is None else value.toordinal()


def _end(record: Candidate | Opening, end: int) -> float | None:
    return None if record.hours_per_week is None else record.hours_per_week[end]


def _degree(record: Candidate | Opening, axis: int) -> float:
    return float("nan") if record.location is None else float(record.location[axis])


def _reference(rows: Rows, id_: str | None) -> int:
    return NOT_GIVEN if id_ is None else rows[id_]


def _levels(skills: Sequence[Mapping[str, float]], names: Sequence[str]) -> sparse.csr_array:
    """Stack skill levels as a CSR matrix, shape (len(skills), len(names)), int64 millionths."""
    rows = rows_of(names)
    start = np.cumsum([0, *(len(levels) for levels in skills)])
    member = [rows[name] for levels in skills for name in sorted(levels)]
    values = _scaled([levels[name] for levels in skills for name in sorted(levels)], 6)
    return sparse.csr_array(
        (values.copy(), np.array(member, dtype=np.int32), start),
        shape=(len(skills), len(names)),
    )
