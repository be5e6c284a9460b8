"""A whole region: its fields, its ways in and out, and all its problems told at once."""

import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.json_files import parse_json, read_text, write_atomically
from placement_opt.records.base import Record, read_rows
from placement_opt.records.checks import RegionChecks
from placement_opt.records.fields import Date, Label, Labels, PairsOfIds, TravelTable
from placement_opt.records.frames import region_fields
from placement_opt.records.json_text import region_fingerprint, region_text
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.readers import mistake
from placement_opt.records.work import Employer, Municipality, Opening

if TYPE_CHECKING:
    import pandas as pd

    from placement_opt.constraints.base import Rule


def _rows(value: Any) -> Any:
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return value
    raise mistake("must be a list of records", "put the records in square brackets")


Rows = BeforeValidator(_rows)


class Region(Record):
    """A labour-market region (arbeidsmarktregio) at one moment: people, work and means.

    Parameters
    ----------
    name
        Name of the region.
    candidates, openings
        Who looks for work and what there is; at least one of each.
    date
        Day for which the plan is made; the law of that day holds.
    employers, coaches, municipalities
        The other records. References to employers and coaches must be among them; municipalities
        are checked as soon as one is listed and are plain labels before that.
    excluded_pairs
        Pairs (candidate id, opening id) that may not be placed.
    fixed_placements
        Pairs (candidate id, opening id) that must be placed.
    travel_minutes
        Rows (origin, destination, minutes): from a candidate to an opening, or from municipality
        to municipality, by id.
    sectors_of_work
        Sectors of work a wish may name although no opening here has them.

    Raises
    ------
    InvalidInputError
        With all problems of the region and of all its records.
    """

    subject: ClassVar[str] = "region"
    id_field: ClassVar[str] = "name"

    name: Label
    candidates: Annotated[tuple[Candidate, ...], Rows]
    openings: Annotated[tuple[Opening, ...], Rows]
    date: Date | None = None
    employers: Annotated[tuple[Employer, ...], Rows] = ()
    coaches: Annotated[tuple[Coach, ...], Rows] = ()
    municipalities: Annotated[tuple[Municipality, ...], Rows] = ()
    excluded_pairs: PairsOfIds = ()
    fixed_placements: PairsOfIds = ()
    travel_minutes: TravelTable = ()
    sectors_of_work: Labels = frozenset()

    def __init__(self, /, **fields: Any) -> None:
        problems: list[Problem] = []
        unread_ids: dict[str, Collection[str] | None] = {}
        for name, kind in RECORD_KINDS.items():
            rows = fields.get(name)
            if isinstance(rows, (list, tuple)):
                fields[name], found = read_rows(kind, rows)
                problems.extend(found)
                unread_ids[name] = _ids_of(kind, rows) if found else ()
        own, sound, broken = self._read(fields)
        problems.extend(own)
        unread_ids.update({name: None for name in RECORD_KINDS if name in broken})
        id_ = self.readable_id(fields)
        if sound is not None:
            problems.extend(_emptiness(id_, sound, unread_ids))
            problems.extend(_checks(id_, sound, unread_ids).problems())
        if problems:
            raise InvalidInputError(problems)

    @classmethod
    @override
    def _stand_ins(cls, broken: Collection[str]) -> dict[str, Any]:
        empty = {name: () for name in ("candidates", "openings") if name in broken}
        return super()._stand_ins(broken) | empty

    def problems(self, rules: "Sequence[Rule] | None" = None) -> "pd.DataFrame":
        """Return all that keeps the region from being solved, one row per problem.

        Problems of the records themselves are told when the region is made; these are what only an
        active rule or term can see, such as hours that coaching needs.

        Parameters
        ----------
        rules
            The complete list of rules; None takes the standard rules for whatever the region names.

        Returns
        -------
        DataFrame
            Columns subject, id, field, value, expected and hint; empty when nothing is wrong.

        Raises
        ------
        InvalidInputError
            When `rules` holds what is no rule, or one twice: no problem of the region's.

        Examples
        --------
        >>> import placement_opt as po
        >>> region = po.Region(
        ...     name="tiny",
        ...     candidates=[po.Candidate(id="C-1", max_travel_minutes=30)],
        ...     openings=[po.Opening(id="O-1", remote=True), po.Opening(id="O-2")],
        ... )
        >>> for problem in region.problems().itertuples():
        ...     print(problem.subject, problem.id, problem.field)
        candidate C-1 location
        candidate C-1 transport
        opening O-2 location
        """
        from placement_opt.model import Model

        return Model(self, rules=rules).problems()

    @classmethod
    def from_json(cls, path: str | os.PathLike[str]) -> Self:
        """Read a region from a JSON file in UTF-8.

        Parameters
        ----------
        path
            The file; its fields are those of the records (see `json_schema`).

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        InvalidInputError
            With all problems of the text, the region and its records.
        """
        return cls.from_json_text(read_text(path))

    @classmethod
    def from_json_text(cls, text: str) -> Self:
        """Read a region from JSON text.

        Raises
        ------
        InvalidInputError
            With all problems of the text, the region and its records.
        """
        return cls.model_validate(parse_json(text))

    def to_json_text(self) -> str:
        """Write the region as JSON text: one line a record, fields at their default left out."""
        return region_text(self)

    def to_json(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the region to a JSON file, wholly or not at all.

        Parameters
        ----------
        path
            The file.
        overwrite
            Replace a file that exists.

        Raises
        ------
        FileExistsError
            If the file exists and `overwrite` is False.
        OSError
            If it cannot be written there: no such folder, a folder of that name, no permission.
        """
        write_atomically(path, self.to_json_text(), overwrite=overwrite)

    @classmethod
    def from_frames(
        cls,
        *,
        name: str,
        candidates: Any,
        openings: Any,
        employers: Any = None,
        coaches: Any = None,
        municipalities: Any = None,
        date: "dt.date | str | None" = None,
        excluded_pairs: Any = None,
        fixed_placements: Any = None,
        travel_minutes: Any = None,
        sectors_of_work: Collection[str] | None = None,
    ) -> Self:
        """Read a region from frames of pandas or polars, one row a record.

        Parameters
        ----------
        name, date, sectors_of_work
            As in the constructor.
        candidates, openings, employers, coaches, municipalities
            Frames with columns named like the fields of the record. An empty cell (None, NaN, NaT,
            NA) means not given. Lists, sets and mappings are cells of their own; a range of hours
            is one column of pairs or `hours_per_week_min` and `hours_per_week_max`, a location one
            column of pairs or `lat` and `lon`. The index is not read.
        excluded_pairs, fixed_placements
            Frames with the columns `candidate_id` and `opening_id`, or rows.
        travel_minutes
            A frame with the columns `origin`, `destination` and `minutes`, or rows.

        Raises
        ------
        InvalidInputError
            With all problems; records without a readable id are named by their row, from 0.
        """
        frames = {
            "candidates": candidates,
            "openings": openings,
            "employers": employers,
            "coaches": coaches,
            "municipalities": municipalities,
        }
        tables = {
            "excluded_pairs": excluded_pairs,
            "fixed_placements": fixed_placements,
            "travel_minutes": travel_minutes,
        }
        rest = {"name": name, "date": date, "sectors_of_work": sectors_of_work}
        fields, problems, has_ids = region_fields(frames, tables)
        fields.update({key: value for key, value in rest.items() if value is not None})
        if not has_ids:
            raise InvalidInputError(problems)
        try:
            region = cls(**fields)
        except InvalidInputError as error:
            raise InvalidInputError([*problems, *error.problems]) from None
        if problems:
            raise InvalidInputError(problems)
        return region

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON schema of a region's file (draft 2020-12)."""
        return cls.model_json_schema()

    def fingerprint(self) -> str:
        """Return the SHA-256 of the content, in 64 hexadecimal digits.

        The order of records and of pairs does not count; the order of wishes does.
        """
        return region_fingerprint(self)


def _ids_of(kind: type[Record], rows: Iterable[Any]) -> set[str]:
    """Return the ids that rows would have had, readable or not in their other fields."""
    mappings = (row for row in rows if isinstance(row, Mapping))
    return {id_ for row in mappings if (id_ := kind.readable_id(row)) is not None}


def _emptiness(
    name: str | None, region: Region, unread_ids: Mapping[str, Collection[str] | None]
) -> Iterator[Problem]:
    for kind, records in (("candidates", region.candidates), ("openings", region.openings)):
        if not records and unread_ids.get(kind) == ():
            expected = f"must hold at least one {RECORD_KINDS[kind].subject}"
            yield Problem(Region.subject, name, kind, records, expected, f"add the {kind}")


def _checks(
    name: str | None, region: Region, unread_ids: Mapping[str, Collection[str] | None]
) -> RegionChecks:
    return RegionChecks(
        name=name,
        candidates=region.candidates,
        openings=region.openings,
        employers=region.employers,
        coaches=region.coaches,
        municipalities=region.municipalities,
        excluded_pairs=region.excluded_pairs,
        fixed_placements=region.fixed_placements,
        travel_minutes=region.travel_minutes,
        sectors_of_work=region.sectors_of_work,
        unread_ids=unread_ids,
    )
