"""The one door from friendly records to frozen columns.

An `Instance` holds a region twice: as the records the user gave (read by the verifier and the
explanations) and as aligned read-only numpy columns (read by pair rules, lowering and terms).
Columns are built when first asked for, so that judging a plan never touches them.
Row i of every candidate column is the candidate with the i-th smallest id, `candidate_ids[i]`, and
not the i-th of `region.candidates`; likewise for openings, employers, coaches and municipalities.
Ids are compared as texts: "C-10" comes before "C-2". Below this door people are numbers; ids are
labels of rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Indices, Ints, Words
from placement_opt.basics.errors import (
    InvalidInputError,
    Problem,
    UnknownIdError,
    closest_hint,
    closest_ids,
)
from placement_opt.basics.quantities import scaled_int
from placement_opt.basics.short_text import ShortRepr
from placement_opt.records import Candidate, Coach, Employer, Municipality, Opening, Region
from placement_opt.rulebook import Rulebook

NOT_GIVEN = -1
"""Marks a value that the record does not give, in integer columns of amounts and indices."""

HOUR = 1_000
"""Hours are counted in thousandths."""

UNIT = 1_000_000
"""Skill levels, wage values, priorities and minutes are counted in millionths."""

TRANSPORT_MODES = ("walk", "bike", "car", "public_transport")

RecordT = TypeVar("RecordT", Candidate, Opening, Employer, Coach, Municipality)


def frozen(values: Iterable[Any], dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """Return the values as a read-only array."""
    column = np.array(list(values), dtype=dtype)
    column.setflags(write=False)
    return column


# A region repeats few hours, levels and priorities many times over.
@lru_cache(maxsize=1 << 14, typed=True)
def _hours(value: float | None) -> int:
    return NOT_GIVEN if value is None else scaled_int(value, 3)


@lru_cache(maxsize=1 << 14, typed=True)
def _micro(value: float | None) -> int:
    return NOT_GIVEN if value is None else scaled_int(value, 6)


def _day(value: date | None) -> int:
    return NOT_GIVEN if value is None else value.toordinal()


def _plain(value: int | None) -> int:
    return NOT_GIVEN if value is None else value


def _pair(record: Candidate | Opening, end: int) -> float | None:
    return None if record.hours_per_week is None else record.hours_per_week[end]


def _degree(record: Candidate | Opening, axis: int) -> float:
    return float("nan") if record.location is None else float(record.location[axis])


@dataclass(frozen=True, eq=False, repr=False)
class CandidateColumns(ShortRepr):
    """One row per candidate, ids ascending; shape (C,) unless stated.

    Hours are int64 thousandths, levels int64 millionths, days proleptic ordinals; NOT_GIVEN (-1)
    stands for what the record leaves out. `skills` is a (C, S) CSR matrix of levels in millionths,
    `needs` a (C, W) array of uint64 words, one bit per need of the region.
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
    needs: Words


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
    provides: Words


class Instance:
    """A region compiled for modelling: records by id, and aligned columns by index.

    Parameters
    ----------
    region
        The validated records.
    rulebook
        The law, with the ordinances of municipalities; by default `Rulebook.on(region.date)`, and
        none without a date.

    Raises
    ------
    InvalidInputError
        When the rulebook holds an ordinance of a municipality that the region does not know.
    """

    def __init__(self, region: Region, rulebook: Rulebook | None = None) -> None:
        self.region = region
        self._given_rulebook = rulebook
        if rulebook is not None and rulebook.municipalities:
            _check_ordinances(rulebook.municipalities, self.municipality_ids)

    @cached_property
    def rulebook(self) -> Rulebook:
        """The law as data, nationally; it notes what is asked of it.

        Raises
        ------
        InvalidInputError
            When the region has no date: dated rules never guess one.
        """
        given = self._given_rulebook
        return (Rulebook.on(self.date) if given is None else given).noting()

    @property
    def known_rulebook(self) -> Rulebook | None:
        """The rulebook if there is one: given by the user, or that of the region's date."""
        has_one = self._given_rulebook is not None or self.region.date is not None
        return self.rulebook if has_one else None

    @cached_property
    def rulebooks(self) -> tuple[Rulebook, ...]:
        """Every reading of the law: the national one, then one per ordinance, by municipality."""
        places = self.rulebook.municipalities
        return (self.rulebook, *(self.rulebook.for_municipality(place) for place in places))

    def rulebook_of(self, municipality: str | None) -> Rulebook:
        """Return the law as one municipality reads it; the national reading without ordinance."""
        return self.rulebooks[self._rulebook_row.get(municipality, 0)]

    @cached_property
    def candidate_rulebook(self) -> Indices:
        """Position in `rulebooks` of each candidate's municipality, shape (C,), int32."""
        people = (self.candidate_of[id_] for id_ in self.candidate_ids)
        row = self._rulebook_row
        return frozen((row.get(person.municipality, 0) for person in people), np.int32)

    @cached_property
    def _rulebook_row(self) -> Mapping[str | None, int]:
        return {book.municipality: row for row, book in enumerate(self.rulebooks) if row}

    @property
    def date(self) -> date:
        """The region's date; `InvalidInputError` when an active rule needs it and none is given."""
        if self.region.date is None:
            raise InvalidInputError.single(
                "region",
                self.region.name,
                "date",
                None,
                "must be given, since a dated rule is active",
                "set the date on which the plan starts, such as date(2026, 2, 1)",
            )
        return self.region.date

    # Ids, ascending, and their positions.
    @cached_property
    def candidate_ids(self) -> tuple[str, ...]:
        """Ids of the candidates; position i is candidate_idx i everywhere."""
        return tuple(sorted(self.candidate_of))

    @cached_property
    def opening_ids(self) -> tuple[str, ...]:
        """Ids of the openings, ascending."""
        return tuple(sorted(self.opening_of))

    @cached_property
    def employer_ids(self) -> tuple[str, ...]:
        """Ids of the employers, ascending."""
        return tuple(sorted(self.employer_of))

    @cached_property
    def coach_ids(self) -> tuple[str, ...]:
        """Ids of the coaches, ascending."""
        return tuple(sorted(self.coach_of))

    @cached_property
    def municipality_ids(self) -> tuple[str, ...]:
        """Every municipality that a record names or is, ascending."""
        named = {
            record.municipality
            for records in (self.region.candidates, self.region.openings, self.region.employers)
            for record in records
            if record.municipality is not None
        }
        return tuple(sorted(named | set(self.municipality_of)))

    @cached_property
    def candidate_of(self) -> Mapping[str, Candidate]:
        """Candidate records by id."""
        return {record.id: record for record in self.region.candidates}

    @cached_property
    def opening_of(self) -> Mapping[str, Opening]:
        """Opening records by id."""
        return {record.id: record for record in self.region.openings}

    @cached_property
    def employer_of(self) -> Mapping[str, Employer]:
        """Employer records by id."""
        return {record.id: record for record in self.region.employers}

    @cached_property
    def coach_of(self) -> Mapping[str, Coach]:
        """Coach records by id."""
        return {record.id: record for record in self.region.coaches}

    @cached_property
    def municipality_of(self) -> Mapping[str, Municipality]:
        """Municipality records by id."""
        return {record.id: record for record in self.region.municipalities}

    @property
    def n_candidates(self) -> int:
        """Number of candidates, C."""
        return len(self.candidate_ids)

    @property
    def n_openings(self) -> int:
        """Number of openings, O."""
        return len(self.opening_ids)

    def candidate_idx(self, candidate_id: str) -> int:
        """Return the row of a candidate; `UnknownIdError` names the closest known ids."""
        return _row(self._candidate_row, "candidate", candidate_id)

    def opening_idx(self, opening_id: str) -> int:
        """Return the row of an opening; `UnknownIdError` names the closest known ids."""
        return _row(self._opening_row, "opening", opening_id)

    @cached_property
    def _candidate_row(self) -> Mapping[str, int]:
        return _rows_of(self.candidate_ids)

    @cached_property
    def _opening_row(self) -> Mapping[str, int]:
        return _rows_of(self.opening_ids)

    @cached_property
    def skill_names(self) -> tuple[str, ...]:
        """Every skill that a candidate has or an opening requires, ascending."""
        records = (*(c.skills for c in self.region.candidates),)
        required = (*(o.required_skills for o in self.region.openings),)
        return tuple(sorted({name for skills in (*records, *required) for name in skills}))

    @cached_property
    def need_names(self) -> tuple[str, ...]:
        """Every workplace need that a candidate has, ascending."""
        return tuple(sorted({need for c in self.region.candidates for need in c.needs}))

    @cached_property
    def candidates(self) -> CandidateColumns:
        """The candidates as columns; cost O(C + skills)."""
        records = [self.candidate_of[id_] for id_ in self.candidate_ids]
        municipality = _rows_of(self.municipality_ids)
        column = _columns(records)
        return CandidateColumns(
            municipality=column(lambda c: _reference(municipality, c.municipality), np.int32),
            hours_min=column(lambda c: _hours(_pair(c, 0)), np.int64),
            hours_max=column(lambda c: _hours(_pair(c, 1)), np.int64),
            latitude=column(lambda c: _degree(c, 0), np.float64),
            longitude=column(lambda c: _degree(c, 1), np.float64),
            transport=column(
                lambda c: -1 if c.transport is None else TRANSPORT_MODES.index(c.transport),
                np.int32,
            ),
            max_travel=column(lambda c: _micro(c.max_travel_minutes), np.int64),
            sheltered=column(lambda c: c.sheltered, np.bool_),
            may_work_regular=column(lambda c: c.may_work_regular, np.bool_),
            available_from=column(lambda c: _day(c.available_from), np.int64),
            current_opening=column(
                lambda c: _reference(self._opening_row, c.current_opening), np.int32
            ),
            priority=column(lambda c: _micro(c.priority), np.int64),
            skills=_levels([c.skills for c in records], self.skill_names),
            needs=_membership([c.needs for c in records], self.need_names),
        )

    @cached_property
    def openings(self) -> OpeningColumns:
        """The openings as columns; cost O(O + skills)."""
        records = [self.opening_of[id_] for id_ in self.opening_ids]
        employer = _rows_of(self.employer_ids)
        municipality = _rows_of(self.municipality_ids)
        column = _columns(records)
        return OpeningColumns(
            employer=column(lambda o: _reference(employer, o.employer), np.int32),
            municipality=column(lambda o: _reference(municipality, o.municipality), np.int32),
            positions=column(lambda o: o.positions, np.int64),
            hours_min=column(lambda o: _hours(_pair(o, 0)), np.int64),
            hours_max=column(lambda o: _hours(_pair(o, 1)), np.int64),
            latitude=column(lambda o: _degree(o, 0), np.float64),
            longitude=column(lambda o: _degree(o, 1), np.float64),
            remote=column(lambda o: o.remote, np.bool_),
            sheltered=column(lambda o: o.sheltered, np.bool_),
            starts_on=column(lambda o: _day(o.starts_on), np.int64),
            required=_levels([o.required_skills for o in records], self.skill_names),
            essential=_levels(
                [{s: o.required_skills[s] for s in o.essential_skills} for o in records],
                self.skill_names,
            ),
            provides=_membership([o.provides for o in records], self.need_names),
        )


def _check_ordinances(named: Sequence[str], known: Sequence[str]) -> None:
    problems = [
        Problem(
            "rulebook",
            None,
            "municipality",
            place,
            "must be a municipality that a record of the region names",
            closest_hint(closest_ids(place, known)),
        )
        for place in named
        if place not in known
    ]
    if problems:
        raise InvalidInputError(problems)


def _rows_of(ids: Sequence[str]) -> Mapping[str, int]:
    return {id_: row for row, id_ in enumerate(ids)}


def _row(rows: Mapping[str, int], subject: str, id_: object) -> int:
    # A list or a frame cannot even be looked up.
    if not isinstance(id_, str) or id_ not in rows:
        raise UnknownIdError(subject, id_, rows)
    return rows[id_]


def _reference(rows: Mapping[str, int], id_: str | None) -> int:
    return NOT_GIVEN if id_ is None else rows[id_]


def _columns(
    records: Sequence[RecordT],
) -> Callable[[Callable[[RecordT], Any], npt.DTypeLike], npt.NDArray[Any]]:
    return lambda read, dtype: frozen((read(record) for record in records), dtype)


def _levels(skills: Sequence[Mapping[str, float]], names: Sequence[str]) -> sparse.csr_array:
    """Stack skill levels as a CSR matrix, shape (len(skills), len(names)), int64 millionths."""
    rows = _rows_of(names)
    start = np.cumsum([0, *(len(levels) for levels in skills)])
    member = [rows[name] for levels in skills for name in sorted(levels)]
    values = [_micro(levels[name]) for levels in skills for name in sorted(levels)]
    return sparse.csr_array(
        (np.array(values, dtype=np.int64), np.array(member, dtype=np.int32), start),
        shape=(len(skills), len(names)),
    )


def _membership(sets: Sequence[Iterable[str]], names: Sequence[str]) -> Words:
    """Pack which of the names each set holds; names outside the vocabulary are left out."""
    rows = _rows_of(names)
    marks = np.zeros((len(sets), len(names)), dtype=np.bool_)
    for row, members in enumerate(sets):
        for name in members:
            if name in rows:
                marks[row, rows[name]] = True
    return packed(marks)


def packed(marks: Bools) -> Words:
    """Pack a (n, k) bool matrix into (n, ceil(k / 64)) words, so that sets compare bit-wise."""
    n_words = max(1, -(-marks.shape[1] // 64))
    padded = np.zeros((marks.shape[0], n_words * 64), dtype=np.bool_)
    padded[:, : marks.shape[1]] = marks
    words = np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
    words.setflags(write=False)
    return words


def looked_up(
    table: npt.NDArray[Any], row: npt.NDArray[np.integer], column: npt.NDArray[np.integer]
) -> npt.NDArray[Any]:
    """Return ``table[row, column]``, broadcasting; whole blocks of pairs by row and column."""
    block = row.shape[1:] == (1,) and column.shape[:1] == (1,)
    found: npt.NDArray[Any] = (
        table[row[:, 0]].take(column[0], axis=1) if block else table[row, column]
    )
    return found


def covers(available: Words, asked: Words) -> Bools:
    """Tell where every asked bit is available; both (..., W), broadcast over the leading axes."""
    shape = np.broadcast_shapes(available.shape[:-1], asked.shape[:-1])
    result = np.ones(shape, dtype=np.bool_)
    # Word by word keeps the temporaries at the size of one mask.
    for word in range(available.shape[-1]):
        result &= (asked[..., word] & ~available[..., word]) == 0
    return result
