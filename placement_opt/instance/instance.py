"""The one door from friendly records to frozen columns.

An `Instance` holds a region twice: as the records the user gave (read by the verifier and the
explanations) and as aligned read-only numpy columns (read by pair rules, lowering and terms).
Columns are built when first asked for, so that judging a plan never touches them.
Row i of every candidate column is the candidate with the i-th smallest id, `candidate_ids[i]`, and
not the i-th of `region.candidates`; likewise for openings, employers, coaches and municipalities.
Ids are compared as texts: "C-10" comes before "C-2". Below this door people are numbers; ids are
labels of rows.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, Self, TypeVar

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import (
    InvalidInputError,
    Problem,
    UnknownIdError,
    closest_hint,
    closest_ids,
)
from placement_opt.instance.columns import CandidateColumns, OpeningColumns, frozen, rows_of
from placement_opt.instance.steps import OpenSteps
from placement_opt.records import Candidate, Coach, Employer, Municipality, Opening, Region
from placement_opt.rulebook import Rulebook

DerivedT = TypeVar("DerivedT")


class Instance:
    """A region compiled for modelling: records by id, and aligned columns by index.

    Parameters
    ----------
    region
        The validated records.
    rulebook
        The law, with the ordinances of municipalities; by default that of the region's date, with
        the last known value where nothing newer is known, and none without a date.

    Raises
    ------
    InvalidInputError
        When the rulebook holds an ordinance of a municipality that the region does not know.
    """

    def __init__(self, region: Region, rulebook: Rulebook | None = None) -> None:
        self.region = region
        self.steps: OpenSteps | None = None
        self._given_rulebook = rulebook
        self._derived: dict[Callable[[Instance], Any], Any] = {}
        if rulebook is not None and rulebook.municipalities:
            _check_ordinances(rulebook.municipalities, self.municipality_ids)

    def derived(self, make: Callable[["Instance"], DerivedT]) -> DerivedT:
        """Return what a function or class of a module makes of this instance, made once and kept.

        The room for columns that only a few rules or terms need, such as travel times.
        """
        if make not in self._derived:
            self._derived[make] = make(self)
        made: DerivedT = self._derived[make]
        return made

    def with_steps(self, steps: OpenSteps) -> Self:
        """Return the same region with the steps that its people can take before a job."""
        twin = copy.copy(self)  # leaves out what is derived
        twin.steps = steps
        return twin

    @override
    def __getstate__(self) -> dict[str, Any]:
        """Leave out what is derived: it is made again where it is asked for."""
        return vars(self) | {"_derived": {}}

    @cached_property
    def rulebook(self) -> Rulebook:
        """The law as data, nationally; it notes what is asked of it.

        Raises
        ------
        InvalidInputError
            When the region has no date: dated rules never guess one.
        """
        given = self._given_rulebook
        if given is None:
            given = Rulebook.on(self.date, unknown="last_known")
        return given.noting()

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
        row, people = self._rulebook_row, self.candidate_records
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

    @cached_property
    def candidate_records(self) -> tuple[Candidate, ...]:
        """Candidate records in the order of `candidate_ids`."""
        return tuple(self.candidate_of[id_] for id_ in self.candidate_ids)

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
        return rows_of(self.candidate_ids)

    @cached_property
    def _opening_row(self) -> Mapping[str, int]:
        return rows_of(self.opening_ids)

    @cached_property
    def is_step(self) -> Bools:
        """Marks the openings that are steps before a job, shape (O,)."""
        return frozen((self.opening_of[id_].kind != "job" for id_ in self.opening_ids), np.bool_)

    @property
    def n_jobs(self) -> int:
        """Number of openings that are jobs."""
        return self.n_openings - int(self.is_step.sum())

    @cached_property
    def skill_names(self) -> tuple[str, ...]:
        """Every skill that a candidate has or an opening requires, ascending."""
        records = (*(c.skills for c in self.region.candidates),)
        required = (*(o.required_skills for o in self.region.openings),)
        return tuple(sorted({name for skills in (*records, *required) for name in skills}))

    @cached_property
    def candidates(self) -> CandidateColumns:
        """The candidates as columns."""
        return CandidateColumns.of(
            self.candidate_records,
            rows_of(self.municipality_ids),
            self._opening_row,
            self.skill_names,
        )

    @cached_property
    def openings(self) -> OpeningColumns:
        """The openings as columns."""
        return OpeningColumns.of(
            [self.opening_of[id_] for id_ in self.opening_ids],
            rows_of(self.employer_ids),
            rows_of(self.municipality_ids),
            self.skill_names,
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


def _row(rows: Mapping[str, int], subject: str, id_: object) -> int:
    # A list or a frame cannot even be looked up.
    if not isinstance(id_, str) or id_ not in rows:
        raise UnknownIdError(subject, id_, rows)
    return rows[id_]
