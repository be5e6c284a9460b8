"""Places by postcode, and travel tables from minutes of one's own. No postcode data is shipped.

The Dutch postcode has four digits and two letters, '6511 AB'. Blanks and capitals do not count. A
whole postcode that the table lacks has the place of its four digits, where the table has those.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from numbers import Integral
from typing import Any

from pydantic import BaseModel

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records.base import Record
from placement_opt.records.reading import ReadingLine

_DIGITS = 4
_MOST_NAMED = 10


def locate(fields: MutableMapping[str, Any]) -> list[ReadingLine]:
    """Give the records among the fields of a region the places of their postcodes.

    Rows of the table that are wrong are left to the region, which tells them.

    Returns
    -------
    list of ReadingLine
        Which postcodes were found by their digits only, and which not at all.
    """
    table: Any = fields.get("postcodes")
    rows = table.tolist() if hasattr(table, "tolist") else table
    if not isinstance(rows, (list, tuple)) or not rows:
        return []
    place_of = _places(rows)
    lines: list[ReadingLine] = []
    for name in ("candidates", "openings"):
        records = fields.get(name)
        if isinstance(records, tuple):
            fields[name], told = _located(name, records, place_of)
            lines += told
    return lines


def _places(rows: Iterable[Any]) -> dict[str, tuple[float, float]]:
    places = {}
    for row in rows:
        if isinstance(row, (list, tuple)) and len(row) == 3:  # noqa: PLR2004 - as PostcodeRow
            postcode, lat, lon = row
            if isinstance(postcode, (str, Integral)) and lat is not None and lon is not None:
                places[_plain(str(postcode))] = (lat, lon)
    return places


def _plain(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def _located(
    name: str, records: Sequence[Record], place_of: Mapping[str, tuple[float, float]]
) -> tuple[tuple[Record, ...], list[ReadingLine]]:
    located, found, by_digits, unknown = [], 0, 0, Counter[str]()
    for record in records:
        postcode = getattr(record, "postcode", None)
        if postcode is None or getattr(record, "location", None) is not None:
            located.append(record)
            continue
        whole = _plain(postcode)
        place = place_of.get(whole)
        if place is None:
            place = place_of.get(whole[:_DIGITS])
            by_digits += place is not None
        if place is None:
            unknown[whole[:_DIGITS]] += 1
            located.append(record)
        else:
            found += 1
            # The place is judged as one of the table; to judge it again for each would take long.
            rounded = (round(float(place[0]), 6), round(float(place[1]), 6))
            located.append(BaseModel.model_copy(record, update={"location": rounded}))
    lines = []
    if found > by_digits:
        text = "the postcode gives the location"
        lines.append(ReadingLine(name, "postcode", found - by_digits, text))
    if by_digits:
        text = "places are those of the four digits of the postcode"
        lines.append(ReadingLine(name, "postcode", by_digits, text))
    if unknown:
        named = ", ".join(list(unknown)[:_MOST_NAMED])
        more = ", ..." if len(unknown) > _MOST_NAMED else ""
        text = f"the table of postcodes lacks {named}{more}: no location"
        lines.append(ReadingLine(name, "postcode", unknown.total(), text))
    return tuple(located), lines


def travel_table(
    minutes: Mapping[tuple[str, str], float] | Iterable[Sequence[Any]],
    *,
    both_ways: bool = False,
) -> tuple[tuple[Any, Any, Any], ...]:
    """Make a travel table of your own minutes, as ``travel_minutes=`` takes it.

    Parameters
    ----------
    minutes
        Minutes by (origin, destination), or rows (origin, destination, minutes): from a candidate
        to an opening, or from municipality to municipality.
    both_ways
        Take the minutes back as those there, where the way back is not given.

    Raises
    ------
    InvalidInputError
        When `minutes` is neither.

    Examples
    --------
    >>> import placement_opt as po
    >>> po.travel_table({("Nijmegen", "Wijchen"): 18}, both_ways=True)
    (('Nijmegen', 'Wijchen', 18), ('Wijchen', 'Nijmegen', 18))
    """
    given: list[Any] = (
        [(*ends, one) for ends, one in minutes.items()]
        if isinstance(minutes, Mapping)
        else [tuple(row) for row in minutes]
    )
    wrong = next((row for row in given if len(row) != 3), None)  # noqa: PLR2004 - two ends, minutes
    if wrong is not None:
        expected, hint = "must be origin, destination and minutes", 'write ("A", "B"): 18'
        raise InvalidInputError.single("region", None, "travel_minutes", wrong, expected, hint)
    table = {(origin, destination): one for origin, destination, one in given}
    if both_ways:
        table = {(end, start): one for (start, end), one in table.items()} | table
        order = dict.fromkeys(pair for a, b, _ in given for pair in ((a, b), (b, a)))
        table = {ends: table[ends] for ends in order}
    return tuple((*ends, one) for ends, one in table.items())
