"""A whole region: its fields, its ways in and out, and all its problems told at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, get_args

from pydantic import BeforeValidator
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.html import html_table
from placement_opt.records.base import Record, read_rows
from placement_opt.records.checks import RegionChecks
from placement_opt.records.fields import (
    Date,
    Label,
    Labels,
    PairsOfIds,
    PostcodeTable,
    TravelTable,
)
from placement_opt.records.file_format import with_format
from placement_opt.records.gone import References, leave_out
from placement_opt.records.json_text import region_fingerprint
from placement_opt.records.kept_coaches import KeptCoaches, split_coaches
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.periods import Period
from placement_opt.records.pins import (
    Pins,
    pins_of,
    problems_of_pins,
    still_pinned,
    with_pins_apart,
)
from placement_opt.records.postcodes import locate
from placement_opt.records.readers import mistake
from placement_opt.records.reading import Reading, Rows
from placement_opt.records.region_files import RegionFiles
from placement_opt.records.together import Together
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


RecordRows = BeforeValidator(_rows)


class Region(RegionFiles):
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
    together
        Groups of candidates who are placed together, or not at all.
    periods
        The periods in which placements start and run, one after the other; without them a plan has
        no time. See `docs/paths.md`.
    excluded_pairs
        Pairs (candidate id, opening id) that may not be placed.
    fixed_placements
        Pairs (candidate id, opening id) that must be placed; with a coach's id as the third, that
        is the `coach` whom the candidate keeps. A `Pin` tells who fixed one, too.
    pins
        Who fixed a placement, when and why: rows of `Pin`, each of a fixed placement.
    travel_minutes
        Rows (origin, destination, minutes): from a candidate to an opening, or from municipality
        to municipality, by id.
    sectors_of_work
        Sectors of work a wish may name although no opening here has them.
    postcodes
        Rows (postcode, latitude, longitude), of whole postcodes or of their four digits. A record
        with a postcode and without a location has the location of this table.
    references
        What becomes of wishes, preferences, present work, members of groups, excluded pairs, fixed
        placements and travel times that name somebody who left or an opening that is gone:
        ``"told"`` (the default) leaves them out, and `reading` and `Result.assumptions` say so;
        ``"strict"`` refuses them. All other references have to lead somewhere.

    Raises
    ------
    InvalidInputError
        With all problems of the region and of all its records.
    """

    subject: ClassVar[str] = "region"
    id_field: ClassVar[str] = "name"

    name: Label
    candidates: Annotated[tuple[Candidate, ...], RecordRows]
    openings: Annotated[tuple[Opening, ...], RecordRows]
    date: Date | None = None
    employers: Annotated[tuple[Employer, ...], RecordRows] = ()
    coaches: Annotated[tuple[Coach, ...], RecordRows] = ()
    municipalities: Annotated[tuple[Municipality, ...], RecordRows] = ()
    together: Annotated[tuple[Together, ...], RecordRows] = ()
    periods: Annotated[tuple[Period, ...], RecordRows] = ()
    excluded_pairs: PairsOfIds = ()
    fixed_placements: PairsOfIds = ()
    pins: Pins = ()
    travel_minutes: TravelTable = ()
    sectors_of_work: Labels = frozenset()
    postcodes: PostcodeTable = ()

    def __init__(self, /, references: References = "told", **fields: Any) -> None:
        problems: list[Problem] = list(_unknown_choice(references))
        fields = with_pins_apart(fields)
        coaches = split_coaches(fields)
        unread_ids: dict[str, Collection[str] | None] = {}
        for name, kind in RECORD_KINDS.items():
            rows = fields.get(name)
            if isinstance(rows, (list, tuple, Rows)):
                fields[name], found = read_rows(kind, rows)
                problems.extend(found)
                unread_ids[name] = _ids_of(kind, rows) if found else ()
        lines = locate(fields)
        own, sound, broken = self._read(fields)
        problems.extend(own)
        unread_ids.update({name: None for name in RECORD_KINDS if name in broken})
        id_ = self.readable_id(fields)
        if sound is None:
            raise InvalidInputError(problems)
        problems.extend(_emptiness(id_, sound, unread_ids))
        checks = _checks(id_, sound, unread_ids, references)
        problems.extend(checks.problems())
        known = checks.known("coaches", sound.coaches)
        kept = KeptCoaches(coaches, sound.candidates, known, references)
        problems.extend(replace(one, id=id_) for one in kept.problems)
        if not set(broken) & {"pins", "fixed_placements"}:
            problems.extend(problems_of_pins(id_, sound.pins, sound.fixed_placements))
        if problems:
            raise InvalidInputError(problems)
        if kept.people:
            people = enumerate(self.candidates)
            self.__dict__["candidates"] = tuple(kept.people.get(row, one) for row, one in people)
        told = [*leave_out(self, [*checks.gone, *kept.gone])]
        self.__dict__["pins"] = pins_of(self.fixed_placements, self.pins)
        self.__dict__["_reading"] = Reading((*lines, *told))

    @classmethod
    @override
    def stand_ins(cls, broken: Collection[str]) -> dict[str, Any]:
        empty = {name: () for name in ("candidates", "openings") if name in broken}
        return super().stand_ins(broken) | empty

    @override
    def _repr_html_(self) -> str:
        """Return what a notebook shows: how much of everything the region holds."""
        positions = sum(one.positions for one in self.openings if one.kind == "job")
        counts = [
            (name, f"{len(value):,}")
            for name in type(self).model_fields
            if isinstance(value := getattr(self, name), tuple) and value
        ]
        counts.insert(2, ("positions", f"{positions:,}"))
        when = "no date" if self.date is None else self.date.isoformat()
        return html_table(f"{self.name}, {when}", counts)

    @override
    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields changed; pins of what is no longer fixed go with it.

        Raises
        ------
        InvalidInputError
            With all problems of the changed region.
        """
        update = None if update is None else still_pinned(self, update)
        return super().model_copy(update=update, deep=deep)

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
            The columns of `Problem`; those of a region that was read from files have their file,
            line and column. Empty when nothing is wrong.

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

    def with_coaches(self, coaches: Mapping[str, str]) -> Self:
        """Return the region with the coach that some candidates keep, by candidate id.

        Raises
        ------
        InvalidInputError
            When a coach is not known, or a candidate keeps another one.
        """
        rows = dict(enumerate(coaches.items()))
        known = {coach.id for coach in self.coaches}
        kept = KeptCoaches(rows, self.candidates, known, "strict")
        if kept.problems:
            raise InvalidInputError(replace(found, id=self.name) for found in kept.problems)
        twin = self.model_copy()
        people = enumerate(self.candidates)
        twin.__dict__["candidates"] = tuple(kept.people.get(row, one) for row, one in people)
        return twin

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON schema of a region's file (draft 2020-12), with the format's version.

        Older files are read, too: what changed since is turned into the present format.
        """
        return with_format(cls.model_json_schema())

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


def _unknown_choice(references: object) -> Iterator[Problem]:
    if references not in get_args(References):
        hint = 'write references="strict" to refuse what leads nowhere'
        expected = 'must be "told" or "strict"'
        yield Problem(Region.subject, None, "references", references, expected, hint)


def _checks(
    name: str | None,
    region: Region,
    unread_ids: Mapping[str, Collection[str] | None],
    references: References,
) -> RegionChecks:
    return RegionChecks(
        name=name,
        candidates=region.candidates,
        openings=region.openings,
        employers=region.employers,
        coaches=region.coaches,
        municipalities=region.municipalities,
        together=region.together,
        periods=region.periods,
        excluded_pairs=region.excluded_pairs,
        fixed_placements=region.fixed_placements,
        travel_minutes=region.travel_minutes,
        sectors_of_work=region.sectors_of_work,
        unread_ids=unread_ids,
        references=references,
    )
