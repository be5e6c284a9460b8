"""What can be wrong between the records of a region: ids used twice, references to nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from placement_opt.basics.bsn import masked
from placement_opt.basics.errors import Problem, closest_hint, closest_ids
from placement_opt.records.base import Record
from placement_opt.records.gone import Gone, References
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.periods import Period, out_of_order
from placement_opt.records.rankings import entries_of
from placement_opt.records.together import Together
from placement_opt.records.work import Employer, Municipality, Opening

# Looking for the closest of many thousand ids takes a tenth of a second; whoever has more unknown
# ids than this has one mistake many times.
CLOSEST_IDS_SOUGHT = 20


@dataclass
class RegionChecks:
    """The records of one region, ready to be checked against each other.

    Parameters
    ----------
    name
        Name of the region, for its own problems.
    candidates, openings, employers, coaches, municipalities, together, periods
        The records that could be read.
    excluded_pairs, fixed_placements, travel_minutes, sectors_of_work
        The fields of the region.
    unread_ids
        For each kind of record, the ids of those that could not be read: they exist. None for a
        kind of which nothing is known, so that references to it cannot be judged.
    references
        ``"strict"`` makes every reference to what is not there a problem; ``"told"`` gathers those
        of `TOLD` in `gone` while the problems are looked for.
    """

    name: str | None
    candidates: Sequence[Candidate]
    openings: Sequence[Opening]
    employers: Sequence[Employer]
    coaches: Sequence[Coach]
    municipalities: Sequence[Municipality]
    together: Sequence[Together]
    periods: Sequence[Period]
    excluded_pairs: Sequence[tuple[str, str]]
    fixed_placements: Sequence[tuple[str, str]]
    travel_minutes: Sequence[tuple[str, str, float]]
    sectors_of_work: Collection[str]
    unread_ids: Mapping[str, Collection[str] | None] = field(default_factory=dict)
    references: References = "told"
    gone: list[Gone] = field(default_factory=list, init=False)
    _closest: dict[tuple[str, str], str] = field(default_factory=dict, init=False)

    def problems(self) -> Iterator[Problem]:
        """Yield all problems between the records, in the order of the region's fields."""
        for kind in (
            self.candidates,
            self.openings,
            self.employers,
            self.coaches,
            self.municipalities,
            self.periods,
        ):
            yield from _duplicate_ids(kind)
        yield from self._of_candidates()
        yield from self._of_openings()
        yield from self._of_employers_and_coaches()
        yield from self._of_groups()
        if self.unread_ids.get("periods", ()) == ():
            yield from out_of_order(self.periods)
        yield from self._of_pairs("excluded_pairs", self.excluded_pairs)
        yield from self._of_pairs("fixed_placements", self.fixed_placements)
        yield from self._excluded_and_fixed()
        yield from self._of_travel()

    def known(self, kind: str, records: Sequence[Record]) -> frozenset[str] | None:
        """Return the ids of a kind of record; None where they cannot be judged."""
        unread = self.unread_ids.get(kind, ())
        if unread is None:
            return None
        ids: Iterable[str] = (getattr(record, "id") for record in records)  # noqa: B009
        return frozenset(ids).union(unread)

    def _known_municipalities(self) -> frozenset[str] | None:
        """Return the ids of the municipalities; None where the region lists none: just labels."""
        return self.known("municipalities", self.municipalities) or None

    def _unknown(
        self,
        record: Record,
        field_: str,
        value: str | None,
        known: Collection[str] | None,
        row: int = 0,
    ) -> Iterator[Problem]:
        """Yield a problem if a reference of a record leads nowhere, or note that it is gone."""
        if value is None or known is None or value in known:
            return
        name = field_.partition("[")[0]
        if self.references == "told" and name in _TABLE_OF_TOLD:
            self.gone.append(Gone(_TABLE_OF_TOLD[name], row, name, value))
            return
        expected = f"must be {_NOUNS[name]} of the region"
        yield Problem(
            record.subject,
            getattr(record, "id", f"row {row}"),
            field_,
            masked(value) if name == "wishes" else value,  # perhaps a person's number
            expected,
            self._hint(name, value, known),
        )

    def _hint(self, field_: str, value: str, known: Collection[str]) -> str:
        key = (field_, value)
        if key not in self._closest:
            if len(self._closest) >= CLOSEST_IDS_SOUGHT:
                return "check the spelling or add the record"
            self._closest[key] = closest_hint(closest_ids(value, sorted(known)))
        return self._closest[key]

    def _of_candidates(self) -> Iterator[Problem]:
        municipalities = self._known_municipalities()
        openings = self.known("openings", self.openings)
        coaches = self.known("coaches", self.coaches)
        wishable = None
        if openings is not None:
            sectors = {opening.sector_of_work for opening in self.openings} - {None}
            wishable = openings.union(self.sectors_of_work, map(str, sectors))
        for row, candidate in enumerate(self.candidates):
            yield from self._unknown(
                candidate, "municipality", candidate.municipality, municipalities
            )
            for place, wish in entries_of(candidate.wishes):
                yield from self._unknown(candidate, f"wishes{place}", wish, wishable, row)
            yield from self._unknown(candidate, "coach", candidate.coach, coaches)
            yield from self._unknown(
                candidate, "current_opening", candidate.current_opening, openings, row
            )

    def _of_openings(self) -> Iterator[Problem]:
        municipalities = self._known_municipalities()
        employers = self.known("employers", self.employers)
        candidates = self.known("candidates", self.candidates)
        for row, opening in enumerate(self.openings):
            yield from self._unknown(opening, "employer", opening.employer, employers)
            yield from self._unknown(opening, "municipality", opening.municipality, municipalities)
            for place, preferred in entries_of(opening.preferences):
                name = f"preferences{place}"
                yield from self._unknown(opening, name, preferred, candidates, row)

    def _of_employers_and_coaches(self) -> Iterator[Problem]:
        municipalities = self._known_municipalities()
        employers = self.known("employers", self.employers)
        openings = self.known("openings", self.openings)
        for employer in self.employers:
            yield from self._unknown(
                employer, "municipality", employer.municipality, municipalities
            )
        for coach in self.coaches:
            yield from self._unknown(coach, "employer", coach.employer, employers)
            for covered in sorted(coach.municipalities):
                yield from self._unknown(coach, "municipalities", covered, municipalities)
            for covered in sorted(coach.openings):
                yield from self._unknown(coach, "openings", covered, openings)
            for covered in sorted(coach.employers):
                yield from self._unknown(coach, "employers", covered, employers)

    def _of_groups(self) -> Iterator[Problem]:
        candidates = self.known("candidates", self.candidates)
        for row, group in enumerate(self.together):
            for place, member in enumerate(group.members):
                yield from self._unknown(group, f"members[{place}]", member, candidates, row)

    def _of_pairs(self, field_: str, pairs: Sequence[tuple[str, str]]) -> Iterator[Problem]:
        candidates = self.known("candidates", self.candidates)
        openings = self.known("openings", self.openings)
        seen: set[tuple[str, str]] = set()
        for row, pair in enumerate(pairs):
            place = f"{field_}[{row}]"
            yield from self._unknown_end(place, pair, 0, "candidate", candidates)
            yield from self._unknown_end(place, pair, 1, "opening", openings)
            if pair in seen:
                yield self._own(place, pair, "must be listed once", "remove the second row")
            seen.add(pair)

    def _excluded_and_fixed(self) -> Iterator[Problem]:
        excluded = set(self.excluded_pairs)
        for row, pair in enumerate(self.fixed_placements):
            if pair in excluded:
                expected = "must not be one of the excluded_pairs"
                hint = "remove the pair from one of the two lists"
                yield self._own(f"fixed_placements[{row}]", pair, expected, hint)

    def _of_travel(self) -> Iterator[Problem]:
        candidates = self.known("candidates", self.candidates)
        openings = self.known("openings", self.openings)
        if candidates is None or openings is None or not self.travel_minutes:
            return
        if self.unread_ids.get("municipalities", ()) is None:
            return
        towns = self._known_municipalities() or self._municipality_labels()
        seen: set[tuple[str, str]] = set()
        for row, (origin, destination, _) in enumerate(self.travel_minutes):
            place = f"travel_minutes[{row}]"
            ends = (origin, destination)
            if ends in seen:
                yield self._own(place, ends, "must be listed once", "keep one number of minutes")
            seen.add(ends)
            known_ends = (candidates, openings)
            nouns = ("candidate", "opening")
            if origin not in candidates and destination not in openings:
                known_ends = (towns, towns)
                nouns = ("candidate or municipality", "opening or municipality")
            for end in (0, 1):
                yield from self._unknown_end(place, ends, end, nouns[end], known_ends[end])

    def _municipality_labels(self) -> frozenset[str]:
        """Return the labels used as municipalities in a region that lists none."""
        records: tuple[Candidate | Opening | Employer, ...]
        records = (*self.candidates, *self.openings, *self.employers)
        labels = {record.municipality for record in records}
        return frozenset(label for label in labels if label is not None)

    def _unknown_end(
        self,
        place: str,
        pair: tuple[str, str],
        end: int,
        noun: str,
        known: Collection[str] | None,
    ) -> Iterator[Problem]:
        if known is not None and pair[end] not in known:
            table, _, row = place.partition("[")
            if self.references == "told":
                self.gone.append(Gone(table, int(row[:-1]), table, pair[end]))
                return
            expected = f"must be the id of a known {noun}"
            hint = self._hint(noun, pair[end], known)
            yield self._own(f"{place}[{end}]", pair[end], expected, hint)

    def _own(self, field_: str, value: object, expected: str, hint: str) -> Problem:
        return Problem("region", self.name, field_, value, expected, hint)


_TABLE_OF_TOLD = {
    "wishes": "candidates",
    "current_opening": "candidates",
    "preferences": "openings",
    "members": "together",
}

_NOUNS = {
    "municipality": "the id of a municipality",
    "municipalities": "ids of municipalities",
    "employer": "the id of an employer",
    "employers": "ids of employers",
    "openings": "ids of openings",
    "coach": "the id of a coach",
    "current_opening": "the id of an opening",
    "wishes": "the id of an opening or a sector of work",
    "preferences": "the id of a candidate",
    "members": "ids of candidates",
}


def _duplicate_ids(records: Sequence[Record]) -> Iterator[Problem]:
    counts = Counter(getattr(record, "id") for record in records)  # noqa: B009
    for id_, count in counts.items():
        if count > 1:
            subject = records[0].subject
            expected = f"must be the id of one {subject} only, but {count} have it"
            hint = "give each its own id, or remove the copies"
            yield Problem(subject, id_, "id", id_, expected, hint)
