"""Regions from profiles in the Dutch exchange standard for matching data (VUM), in JSON.

Read tolerantly, as the standard asks: an attribute that is not known is no error, an empty value is
an absent one, order means nothing. Whatever is said there and has no field here is told in the
note, by its path and count; so is what the standard does not say.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.json_files import parse_json, read_text
from placement_opt.records.cells_of_fields import cells_of_fields
from placement_opt.records.dialect import Dialect
from placement_opt.records.frames import TablesRead
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.reading import ReadingLine, Rows

_TRANSPORT = {"1": "car", "5": "public_transport", "3": "bike"}
"""By code of the standard, the farthest-reaching first; mopeds and motor cycles have no speed."""

_LISTS = ("werkzoekenden", "vacatures", "matches", "profielen", "resultaten")
"""What a list of profiles may be called in an answer of the exchange."""

_MOST_TOLD = 40


class _Profile:
    """One profile: what is taken from it is used, and the rest is told."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content
        self._used: set[str] = set()

    def take(self, path: str) -> list[Any]:
        """Return the values at a path, ``"flexibiliteit.datumAanvang..."``; none for empty ones."""
        self._used.add(path.lower())
        found: list[Any] = [self._content]
        for step in path.split("."):
            found = [value for one in found for value in _children(one, step)]
        return [value for value in found if value not in (None, "", [], {})]

    def one(self, *paths: str) -> Any:
        """Return the first value that is given at one of several paths."""
        return next((value for path in paths for value in self.take(path)), None)

    def unused(self) -> Iterator[str]:
        """Yield the paths of values that nobody took, each once."""
        paths = dict.fromkeys(_leaves(self._content, ""))
        return (path for path in paths if path.lower() not in self._used)


def _children(value: Any, step: str) -> Iterator[Any]:
    """Yield what is under a name, whatever its capitals, in each entry of a list."""
    if not isinstance(value, Mapping):
        return
    for name, inner in value.items():
        if str(name).lower() == step.lower():
            yield from inner if isinstance(inner, list) else [inner]


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for entry in value:
            yield from _leaves(entry, path)
    elif value not in (None, ""):
        yield path


def read_profiles(candidates: Any, openings: Any, own: Mapping[str, Any]) -> TablesRead:
    """Read profiles as the fields of a region; see `Region.from_profiles`.

    Raises
    ------
    InvalidInputError
        When they are no lists of profiles.
    """
    read = TablesRead()
    kinds: tuple[tuple[str, Any, Callable[[_Profile], dict[str, Any]]], ...] = (
        ("candidates", candidates, _candidate),
        ("openings", openings, _opening),
    )
    names: dict[str, None] = {}
    for name, given, fields_of in kinds:
        title, profiles = _profiles(name, given)
        rows, unused = [], Counter[str]()
        for content in profiles:
            profile = _Profile(content)
            rows.append(_as_read(name, fields_of(profile)))
            unused.update(profile.unused())
        labels = [f"{number}" for number in range(len(rows))]
        read.fields[name] = Rows(rows, title, labels, {})
        names |= dict.fromkeys(row["employer"] for row in rows if "employer" in row)
        read.lines += _told(title, unused)
    _complete(read, own, names)
    return read


def _complete(read: TablesRead, own: Mapping[str, Any], employers: Mapping[str, None]) -> None:
    """Add what the profiles name and only the rest of the region could describe."""
    openings, candidates = read.fields["openings"], read.fields["candidates"]
    given = [row for row in openings if "sector_of_work" in row]
    sectors = {row["sector_of_work"] for row in given}
    sectors |= {wish for row in candidates for wish in row.get("wishes", ())}
    read.fields |= {"sectors_of_work": sectors, "employers": [{"id": one} for one in employers]}
    if employers and "employers" not in own:
        text = "employers are known by their trade names only"
        read.lines.append(ReadingLine(openings.table, None, len(employers), text))
    text = "the standard has no number of places: one for each vacancy"
    read.lines.append(ReadingLine(openings.table, None, len(openings), text))
    read.fields |= dict(own)


def _told(title: str, unused: Counter[str]) -> list[ReadingLine]:
    lines = [
        ReadingLine(title, path, count, "no field takes this attribute")
        for path, count in unused.most_common(_MOST_TOLD)
    ]
    if len(unused) > _MOST_TOLD:
        text = f"{len(unused) - _MOST_TOLD} more attributes have no field"
        lines.append(ReadingLine(title, None, None, text))
    return lines


def _profiles(name: str, given: Any) -> tuple[str, Sequence[Mapping[str, Any]]]:
    title = name
    if isinstance(given, (str, os.PathLike)):
        title = Path(given).name
        given = parse_json(read_text(given))
    if isinstance(given, Mapping):
        inner = [value for key, value in given.items() if str(key).lower() in _LISTS]
        given = inner[0] if len(inner) == 1 else [given]
    if isinstance(given, (list, tuple)) and all(isinstance(one, Mapping) for one in given):
        return title, given
    subject = RECORD_KINDS[name].subject
    expected, hint = "must be a list of profiles", "give the list that the exchange answers with"
    problem = Problem(subject, None, "profiles", type(given).__name__, expected, hint, title)
    raise InvalidInputError([problem])


def _as_read(name: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that are given; texts of numbers and dates as these."""
    kinds, how = cells_of_fields(RECORD_KINDS[name]), Dialect(decimal=".", dates="day first")
    simple = {key: value for key, value in fields.items() if value not in (None, [], {})}
    return {key: kinds[key].read(value, how)[0] for key, value in simple.items()}


def _candidate(profile: _Profile) -> dict[str, Any]:
    codes = {str(code) for code in profile.take("vervoermiddel.codeVervoermiddel")}
    return {
        "id": profile.one("idWerkzoekende", "vumID"),
        "postcode": profile.one("mobiliteit.bemiddelingspostcode"),
        "transport": next((word for code, word in _TRANSPORT.items() if code in codes), None),
        "max_travel_minutes": profile.one("mobiliteit.maximaleReistijd"),
        "available_from": profile.one("flexibiliteit.datumAanvangBeschikbaarVoorWerk"),
        "hours_per_week": _hours(profile),
        "skills": dict.fromkeys(_skills(profile, "arbeidsmarktkwalificatie."), 1),
        "licences": _licences(profile, "arbeidsmarktkwalificatie."),
        "wishes": list(dict.fromkeys(map(str, profile.take("sector.codeSbi")))),
    }


def _opening(profile: _Profile) -> dict[str, Any]:
    return {
        "id": profile.one("idVacature", "nummerVacature", "vumID"),
        "employer": profile.one("werkgever.handelsnaamOrganisatie"),
        "postcode": profile.one("werkgever.adres.postcode", "werkgever.adresHouding.postcode"),
        "hours_per_week": _hours(profile),
        "required_skills": dict.fromkeys(_skills(profile, ""), 1),
        "licences": _licences(profile, ""),
        "starts_on": profile.one("arbeidsVoorwaarden.datumAanvangWerkzaamheden"),
        "sector_of_work": _text(profile.one("sector.codeSbi")),
    }


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _skills(profile: _Profile, under: str) -> list[str]:
    """Return descriptions of skills, and the URIs of competences, without levels."""
    found = profile.take(f"{under}vakvaardigheid.omschrijving")
    found += profile.take(f"{under}competentiebeheersing.codeCompetentie")
    return [one.strip() for one in found if isinstance(one, str) and one.strip()]


def _licences(profile: _Profile, under: str) -> list[str]:
    """Return the driving licences by their codes, such as B or C1."""
    found = profile.take(f"{under}rijbewijs.codeSoortRijbewijs")
    return [str(one).strip() for one in found if str(one).strip()]


def _hours(profile: _Profile) -> tuple[Any, Any] | None:
    least = profile.one("werktijden.aantalWerkurenPerWeekMinimaal")
    most = profile.one("werktijden.aantalWerkurenPerWeekMaximaal")
    return None if least is None and most is None else (least, most)
