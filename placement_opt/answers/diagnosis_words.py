"""Tells a diagnosis in English and Dutch."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from placement_opt.answers.diagnosis import (
        ConflictOfLimits,
        Diagnosis,
        LimitChange,
        LimitInConflict,
        Relaxation,
    )

SHOWN_LIMITS = 8
"""So many limits of a set are named; of the others there is a count."""

UNITS = {
    "placements": ("placements", "plaatsingen"),
    "placements above the fair part": (
        "placements above the fair part",
        "plaatsingen boven het evenredige deel",
    ),
    "hours_per_week": ("hours a week", "uur per week"),
    "coaching_hours_per_week": ("coaching hours a week", "uur jobcoaching per week"),
    "coaching_hours_per_week above the fair part": (
        "coaching hours a week above the fair part",
        "uur jobcoaching per week boven het evenredige deel",
    ),
    "people": ("people", "mensen"),
    "coaches": ("coaches", "jobcoaches"),
    "people short of a crew": ("people short of a crew", "mensen te weinig voor een ploeg"),
    "placements apart": ("placements apart from the group", "plaatsingen los van de groep"),
    "eur_per_year": ("EUR a year", "euro per jaar"),
    "subsidy_eur_per_year": ("EUR a year", "euro per jaar"),
    "jobs": ("jobs of 25.5 hours", "banen van 25,5 uur"),
    "changes": ("changes", "wijzigingen"),
    "units": ("units", "eenheden"),
}
"""What is counted, in English and Dutch; a column of the user's own is told as it is."""


class _Words(NamedTuple):
    least: str
    most: str
    and_: str
    more: str
    conflict: str
    drop: str
    move: str
    plan: str
    bound: str
    feasible: str
    met: str
    unknown: str
    why: str
    why_short: str
    ways: str
    ways_short: str
    others: str


_ENGLISH = _Words(
    least="at least {0}",
    most="at most {0}",
    and_=" and ",
    more="{0} more",
    conflict="no plan keeps all of these: {0}",
    drop="drop {0}",
    move="{0}: {1} instead of {2} {3}",
    plan=" (a plan with {0:,} placements and {1:,.0f} points",
    bound=", at most {0:,.0f})",
    feasible="Some plan keeps all limits.",
    met="Some plan meets all of these minimums: who misses one gains more than its price.",
    unknown="It is not known whether some plan keeps all limits; give more time.",
    why="Conflicts:",
    why_short="Why these minimums cannot all be met:",
    ways="Ways to make room, the lightest first:",
    ways_short="Ways to meet them, the lightest first:",
    others="(there may be others)",
)
_DUTCH = _Words(
    least="ten minste {0}",
    most="ten hoogste {0}",
    and_=" en ",
    more="nog {0}",
    conflict="geen plan houdt zich aan alle: {0}",
    drop="laat los: {0}",
    move="{0}: {1} in plaats van {2} {3}",
    plan=" (een plan met {0:,} plaatsingen en {1:,.0f} punten",
    bound=", ten hoogste {0:,.0f})",
    feasible="Er is een plan dat zich aan alle grenzen houdt.",
    met="Er is een plan dat al deze minima haalt: wie er een mist, wint meer dan de prijs.",
    unknown="Het is niet bekend of een plan zich aan alle grenzen kan houden; geef meer tijd.",
    why="Tegenspraken:",
    why_short="Waarom deze minima niet allemaal te halen zijn:",
    ways="Manieren om ruimte te maken, de lichtste eerst:",
    ways_short="Manieren om ze te halen, de lichtste eerst:",
    others="(er kunnen er meer zijn)",
)


def unit_in_words(unit: str, language: str, amount: float | None = None) -> str:
    """Return a unit in words, in the singular where the amount is one."""
    english, dutch = UNITS.get(unit, (unit, unit))
    if amount == 1:
        one = {"placements": "placement", "jobs": "job", "changes": "change", "units": "unit"}
        een = {"plaatsingen": "plaatsing", "banen": "baan", "wijzigingen": "wijziging"}
        singular = (one | {"hours": "hour", "people": "person", "coaches": "coach"}, een)
        words = (dutch if language == "nl" else english).split(" ", 1)
        words[0] = singular[language == "nl"].get(words[0], words[0])
        return " ".join(words)
    return dutch if language == "nl" else english


def amount_in_words(amount: float, language: str, places: int = 2) -> str:
    """Return a number with at most so many decimals, written as the language does."""
    told = f"{amount:,.{places}f}".rstrip("0").rstrip(".")
    told = "0" if told == "-0" else told
    return told.translate(str.maketrans(",.", ".,")) if language == "nl" else told


def told_conflict(conflict: "ConflictOfLimits", language: str) -> str:
    """Return a conflict in words."""
    words = _words(language)
    named = [_limit(limit, language) for limit in conflict.limits]
    return words.conflict.format(_joined(named, words, "; "))


def told_relaxation(relaxation: "Relaxation", language: str) -> str:
    """Return a relaxation in words."""
    words = _words(language)
    named = [_change(change, language) for change in relaxation.changes]
    told = _joined(named, words, "; ")
    if relaxation.kind == "drop":
        told = words.drop.format(told)
    if relaxation.placements is None or relaxation.points is None:
        return told
    plan = words.plan.format(relaxation.placements, relaxation.points)
    bound, points = relaxation.points_bound, relaxation.points
    ends = words.bound.format(bound) if bound is not None and bound > points else ")"
    numbers = plan + ends
    if language == "nl":
        numbers = numbers.replace(",", "\0").replace("\0 ", ", ").replace("\0", ".")
    return told + numbers


def told_diagnosis(diagnosis: "Diagnosis", language: str, most: int) -> str:
    """Return a diagnosis in words."""
    return "\n".join(_lines(diagnosis, language, most))


def _lines(diagnosis: "Diagnosis", language: str, most: int) -> Iterator[str]:
    words = _words(language)
    if diagnosis.is_feasible is None:
        yield words.unknown
    if diagnosis.is_feasible:
        yield words.met if diagnosis.short else words.feasible
    parts = (
        (
            words.why_short if diagnosis.short else words.why,
            [conflict.text(_as_language(language)) for conflict in diagnosis.conflicts],
            diagnosis.has_all_conflicts,
        ),
        (
            words.ways_short if diagnosis.short else words.ways,
            [relaxation.text(_as_language(language)) for relaxation in diagnosis.relaxations],
            diagnosis.has_all_relaxations,
        ),
    )
    for head, told, is_complete in parts:
        if told:
            yield head
            yield from (f"- {line}" for line in told[:most])
            if len(told) > most:
                yield f"- ... {words.more.format(len(told) - most)}"
            if not is_complete:
                yield f"  {words.others}"


def _as_language(language: str) -> Literal["en", "nl"]:
    return "nl" if language == "nl" else "en"


def _words(language: str) -> _Words:
    return _DUTCH if language == "nl" else _ENGLISH


def _title(limit: "LimitInConflict | LimitChange", language: str) -> str:
    return f"{limit.title_nl if language == 'nl' else limit.title} ({limit.group})"


def _limit(limit: "LimitInConflict", language: str) -> str:
    words, ends = _words(language), []
    for pattern, end in ((words.least, limit.least), (words.most, limit.most)):
        if end is not None:
            unit = unit_in_words(limit.unit, language, end)
            ends.append(pattern.format(f"{amount_in_words(end, language)} {unit}"))
    return f"{_title(limit, language)}: {words.and_.join(ends)}"


def _change(change: "LimitChange", language: str) -> str:
    words = _words(language)
    side = words.least if change.side == "at least" else words.most
    before = amount_in_words(change.before, language)
    if change.after is None:
        unit = unit_in_words(change.unit, language, change.before)
        return f"{_title(change, language)}, {side.format(f'{before} {unit}')}"
    after = side.format(amount_in_words(change.after, language))
    unit = unit_in_words(change.unit, language, change.before)
    return words.move.format(_title(change, language), after, before, unit)


def _joined(named: list[str], words: _Words, mark: str) -> str:
    shown = named[:SHOWN_LIMITS]
    if len(named) > len(shown):
        shown.append(words.more.format(len(named) - len(shown)))
    return mark.join(shown)
