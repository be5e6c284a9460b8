"""References to people who left and openings that closed: told and left out, not refused.

Lists of wishes, agreements and minutes are older than the week's people and openings. Whatever
names somebody or something that is not there can hold for nobody, so that it is left out; the
reading note and `Result.assumptions` say how often, and which for example.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from placement_opt.basics.bsn import masked
from placement_opt.records.base import Record
from placement_opt.records.rankings import Ranking, without
from placement_opt.records.reading import ReadingLine

References = Literal["told", "strict"]
"""What becomes of references to what is not there: left out and told, or refused."""

SHOWN = 3
"""So many of what is left out are named."""


@dataclass(frozen=True, slots=True)
class Gone:
    """One reference to what is not there.

    Parameters
    ----------
    table, row, field
        Where it stands: in which field of which record, or in which row of a table of the region,
        whose name is the field then.
    value
        What it names.
    """

    table: str
    row: int
    field: str
    value: str


TOLD: Mapping[str, tuple[str, str]] = {
    "wishes": (
        "wishes that name no opening and no sector of work of the region are left out",
        "wensen die geen plek en geen soort werk van de regio noemen, tellen niet mee",
    ),
    "current_opening": (
        "present work in an opening that is not in the region is left out",
        "huidig werk op een plek die niet in de regio is, telt niet mee",
    ),
    "preferences": (
        "preferences for people who are not in the region are left out",
        "voorkeuren voor mensen die niet in de regio zijn, tellen niet mee",
    ),
    "members": (
        "members of groups that stay together who are not in the region are left out",
        "leden van groepen die samen blijven die niet in de regio zijn, tellen niet mee",
    ),
    "excluded_pairs": (
        "excluded pairs of people or openings that are not in the region are left out",
        "uitgesloten koppels van mensen of plekken die niet in de regio zijn, tellen niet mee",
    ),
    "fixed_placements": (
        "fixed placements of people or openings that are not in the region are left out",
        "vaste plaatsingen van mensen of plekken die niet in de regio zijn, tellen niet mee",
    ),
    "coach": (
        "coaches of fixed placements who are not in the region are left out",
        "jobcoaches van vaste plaatsingen die niet in de regio zijn, tellen niet mee",
    ),
    "travel_minutes": (
        "travel times from or to what is not in the region are left out",
        "reistijden van of naar wat niet in de regio is, tellen niet mee",
    ),
}
"""What is told of each field, in English and Dutch. Other references have to lead somewhere: who
loses a coach, an employer or a municipality would be planned for otherwise than was agreed."""


def leave_out(region: Record, gone: Iterable[Gone]) -> Iterator[ReadingLine]:
    """Take references to what is not there out of a region that is being made; tell each kind."""
    found = list(gone)
    for table in {one.table for one in found}:
        of_table = [one for one in found if one.table == table and one.field != "coach"]
        if not of_table:
            continue
        records = list(getattr(region, table))
        if of_table[0].field == table:
            rows = {one.row for one in of_table}
            records = [record for row, record in enumerate(records) if row not in rows]
        else:
            for row, fields in _by_record(of_table).items():
                records[row] = records[row].model_copy(update=_without(records[row], fields))
        region.__dict__[table] = tuple(records)
    for field, (text, text_nl) in TOLD.items():
        of_field = {(one.table, one.row, one.value): one for one in found if one.field == field}
        if of_field:
            named = dict.fromkeys(repr(masked(one.value)) for one in of_field.values())
            such = ", ".join(list(named)[:SHOWN])
            (table,) = {one.table for one in of_field.values()}
            column = None if table == field else field
            count = len({(one.row, one.value if column else None) for one in of_field.values()})
            yield ReadingLine(
                table, column, count, f"{text}, such as {such}", f"{text_nl}, zoals {such}"
            )


def _by_record(gone: Iterable[Gone]) -> Mapping[int, Mapping[str, set[str]]]:
    fields: dict[int, dict[str, set[str]]] = {}
    for one in gone:
        fields.setdefault(one.row, {}).setdefault(one.field, set()).add(one.value)
    return fields


def _without(record: Record, gone: Mapping[str, set[str]]) -> dict[str, object]:
    update: dict[str, object] = {}
    for field, values in gone.items():
        value: Ranking | str | None = getattr(record, field)
        update[field] = None if isinstance(value, str) else without(value or (), values)
    return update
