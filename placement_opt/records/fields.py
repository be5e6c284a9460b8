"""The kinds of field that records are made of.

The bounds are wide: they catch a slip of the unit and keep every sum of a region far inside 64
bits, also in thousandths of hours and in cents.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Discriminator, Tag

from placement_opt.basics.quantities import Digits
from placement_opt.basics.read_only import ReadOnlyDict
from placement_opt.records.rankings import names_of
from placement_opt.records.readers import Day, Flag, Quantity, Text, mistake

# Where the Netherlands lie, in whole degrees outwards; the same box with latitude and longitude
# swapped is open sea east of Somalia, so no opening can be meant there.
_DUTCH_LATITUDES = (50, 54)
_DUTCH_LONGITUDES = (3, 8)

MOST_HOURS_PER_WEEK = 168


def listed(value: Any) -> Any:
    """Return a list as it is; None means not given, as in every optional field."""
    if value is None:
        return ()
    if isinstance(value, (list, tuple)):
        return value
    if hasattr(value, "tolist") and isinstance(plain := value.tolist(), list):
        return plain
    hint = "put square brackets around the values, also around a single one"
    raise mistake("must be a list", hint)


def _gathered(value: Any) -> Any:
    return value if isinstance(value, (set, frozenset)) else listed(value)


def _mapped(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return dict(value)
    raise mistake("must map names to levels", 'write it as {"forklift": 0.8, "english": 0.5}')


Ranks = tuple[str | tuple[str, ...], ...]
ONE, TIE = "[one]", "[tie]"
"""How pydantic names the two kinds of entry of a ranking; no step of a field's path."""

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PARTS_OF_DAY = ("morning", "afternoon", "evening", "night")
_DAYS = frozenset(WEEKDAYS).union(f"{day}.{part}" for day in WEEKDAYS for part in PARTS_OF_DAY)


def _on_days(value: frozenset[str]) -> frozenset[str]:
    unknown = sorted(value - _DAYS)
    if unknown:
        expected = f"must be days ({', '.join(WEEKDAYS)}) or parts of them, not {unknown[0]!r}"
        hint = f'write "mon", or "mon.morning" for a part ({", ".join(PARTS_OF_DAY)})'
        raise mistake(expected, hint)
    return value


def _chances(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return dict(value)
    expected = "must map coaching regimes to chances of success"
    raise mistake(expected, 'write it as {"light": 0.6, "intensive": 0.85}')


def _labelled(value: Any) -> Any:
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return {name: label for name, label in value.items() if label is not None}
    raise mistake("must map names of groups to labels", 'write it as {"neighbourhood": "north"}')


def _ties(value: Any) -> Any:
    """Take lists of equally good entries for what they are; one alone is an entry."""
    entries = (entry if isinstance(entry, str) else _tie(entry) for entry in listed(value))
    return [
        entry[0] if isinstance(entry, tuple) and len(entry) == 1 else entry for entry in entries
    ]


def _tie(entry: Any) -> Any:
    plain = entry.tolist() if hasattr(entry, "tolist") else entry
    if not isinstance(plain, (list, tuple)):
        return entry
    if not plain:
        raise mistake("must not hold an empty list", "leave it out")
    return tuple(plain)


def _without_duplicates(value: Ranks) -> Ranks:
    names = names_of(value)
    if len(set(names)) != len(names):
        again = next(name for name in names if names.count(name) > 1)
        raise mistake("must name every entry once", f"remove the second {again!r}")
    return value


def row_of(names: str, length: int) -> Callable[[Any], Any]:
    """Return a check that a value is a list of `length` entries, described by `names`."""

    def check(value: Any) -> Any:
        row = value.tolist() if hasattr(value, "tolist") else value
        if isinstance(row, (list, tuple)) and len(row) == length:
            return row
        raise mistake(f"must be the {length} values ({names})", f"write it as [{names}]")

    return check


def _both_ends(value: Any) -> Any:
    """Fill in the end of a range of hours that is not given: no fewest hours, or no limit."""
    least, most = value
    if least is None and most is not None:
        return 0, most
    return (least, MOST_HOURS_PER_WEEK) if most is None and least is not None else value


def _ascending(value: tuple[float, float]) -> tuple[float, float]:
    if value[0] > value[1]:
        hint = f"write the smaller number first: ({value[1]}, {value[0]})"
        raise mistake("must have a minimum that is at most its maximum", hint)
    return value


def _not_swapped(value: tuple[float, float]) -> tuple[float, float]:
    lat, lon = value
    if (
        _DUTCH_LONGITUDES[0] <= lat <= _DUTCH_LONGITUDES[1]
        and _DUTCH_LATITUDES[0] <= lon <= _DUTCH_LATITUDES[1]
    ):
        hint = f"latitude and longitude look swapped; write ({lon}, {lat})"
        raise mistake("must be (latitude, longitude), in this order", hint)
    return value


Identifier = Annotated[str, Text(is_id=True)]
PersonId = Annotated[str, Text(is_id=True, of_person=True)]
Label = Annotated[str, Text()]
Bool = Annotated[bool, Flag()]
Date = Annotated[dt.date, Day()]
HoursPerWeek = Annotated[float, Quantity(0, MOST_HOURS_PER_WEEK, 3, "hours a week")]
HoursPerYear = Annotated[float, Quantity(0, 10**10, 3, "paid hours a year")]
TotalHoursPerWeek = Annotated[float, Quantity(0, 168 * 10**6, 3, "hours a week in all")]
NumberOfDays = Annotated[int, Quantity(1, 35, 0, "days or parts of days")]
EurosPerYear = Annotated[float, Quantity(0, 10**12, 2, "euros a year")]
Euros = Annotated[float, Quantity(0, 10**9, 2, "euros")]
EurosPerHour = Annotated[float, Quantity(0, 10**4, 2, "euros an hour")]
Share = Annotated[float, Quantity(0, 1, 6, digits=Digits.MEASURED)]
Points = Annotated[float, Quantity(0, 10**6, 6, digits=Digits.MEASURED)]
Jobs = Annotated[float, Quantity(0, 10**7, 6, "jobs of 25.5 hours a week", Digits.LIMIT)]
Minutes = Annotated[float, Quantity(0, 10**5, 6, "minutes", Digits.MEASURED)]
Positions = Annotated[int, Quantity(0, 10**6, 0)]
CrewSize = Annotated[int, Quantity(1, 10**6, 0, "people")]
People = Annotated[int, Quantity(0, 10**9, 0, "people")]
Months = Annotated[int, Quantity(1, 1_200, 0, "months")]
YearOfCoaching = Annotated[int, Quantity(1, 100, 0, "1 for the first year")]
MinimumWageAge = Annotated[int, Quantity(15, 21, 0, "21 for 21 and older")]
Latitude = Annotated[float, Quantity(-90, 90, 6, "latitude in degrees", Digits.MEASURED)]
Longitude = Annotated[float, Quantity(-180, 180, 6, "longitude in degrees", Digits.MEASURED)]

HoursRange = Annotated[
    tuple[HoursPerWeek, HoursPerWeek],
    BeforeValidator(_both_ends),
    BeforeValidator(row_of("minimum, maximum", 2)),
    AfterValidator(_ascending),
]
Location = Annotated[
    tuple[Latitude, Longitude],
    BeforeValidator(row_of("latitude, longitude", 2)),
    AfterValidator(_not_swapped),
]
Levels = Annotated[dict[Label, Share], BeforeValidator(_mapped), AfterValidator(ReadOnlyDict)]
GroupLabels = Annotated[
    dict[Label, Label], BeforeValidator(_labelled), AfterValidator(ReadOnlyDict)
]
Labels = Annotated[frozenset[Label], BeforeValidator(_gathered)]
Weekdays = Annotated[frozenset[Label], BeforeValidator(_gathered), AfterValidator(_on_days)]
Identifiers = Annotated[frozenset[Identifier], BeforeValidator(_gathered)]
_ONE_OR_TIE = Discriminator(lambda entry: TIE if isinstance(entry, (list, tuple)) else ONE)
Ranking = Annotated[
    tuple[
        Annotated[
            Annotated[Identifier, Tag(ONE)] | Annotated[tuple[Identifier, ...], Tag(TIE)],
            _ONE_OR_TIE,
        ],
        ...,
    ],
    BeforeValidator(_ties),
    AfterValidator(_without_duplicates),
]
PersonRanking = Annotated[
    tuple[
        Annotated[
            Annotated[PersonId, Tag(ONE)] | Annotated[tuple[PersonId, ...], Tag(TIE)],
            _ONE_OR_TIE,
        ],
        ...,
    ],
    BeforeValidator(_ties),
    AfterValidator(_without_duplicates),
]
Members = Annotated[
    tuple[PersonId, ...], BeforeValidator(listed), AfterValidator(_without_duplicates)
]
PairOfIds = Annotated[
    tuple[PersonId, Identifier], BeforeValidator(row_of("candidate id, opening id", 2))
]
PairsOfIds = Annotated[tuple[PairOfIds, ...], BeforeValidator(listed)]
CoachOfCandidate = Annotated[
    tuple[PersonId, PersonId], BeforeValidator(row_of("candidate id, coach id", 2))
]
CoachesOfCandidates = Annotated[tuple[CoachOfCandidate, ...], BeforeValidator(listed)]
WayOfIds = Annotated[
    tuple[PersonId, Identifier, Label],
    BeforeValidator(row_of("candidate id, opening id, variant", 3)),
]
WaysOfIds = Annotated[tuple[WayOfIds, ...], BeforeValidator(listed)]
TravelRow = Annotated[
    tuple[PersonId, Identifier, Minutes],
    BeforeValidator(row_of("origin, destination, minutes", 3)),
]
PostcodeRow = Annotated[
    tuple[Identifier, Latitude, Longitude],
    BeforeValidator(row_of("postcode, latitude, longitude", 3)),
]
PostcodeTable = Annotated[tuple[PostcodeRow, ...], BeforeValidator(listed)]
TravelTable = Annotated[tuple[TravelRow, ...], BeforeValidator(listed)]

Transport = Literal["walk", "bike", "car", "public_transport"]
Ground = Literal[
    "none",
    "38b.1.a",
    "38b.1.b",
    "38b.1.c",
    "38b.1.c.employed",
    "38b.1.d",
    "38b.1.e",
    "38b.1.f",
    "38b.1.g",
    "38b.2",
    "38b.6",
    "equated",
    "vso_pro",
]
CoachingRegime = Literal["none", "very_light", "light", "middle", "intensive"]
Regimes = Annotated[frozenset[CoachingRegime], BeforeValidator(_gathered)]
ChanceOfRegime = Annotated[
    dict[CoachingRegime, Share], BeforeValidator(_chances), AfterValidator(ReadOnlyDict)
]
Sector = Literal["market", "government"]
Place = Literal["opening", "employer"]
CoachKind = Literal["external", "employer"]
OpeningKind = Literal["job", "trial", "training", "service"]
