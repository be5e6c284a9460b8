"""Why a person may not have an opening: the rules that remove the pair, with numbers.

Each is a plain reading of the records, as `violations` of the rule is. A rule of the user's own is
told in the words of its violations.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import ResultPart
from placement_opt.constraints.base import Rule
from placement_opt.constraints.essential_skills import EssentialSkills
from placement_opt.constraints.hours_overlap import HoursOverlap
from placement_opt.constraints.licences import Licences
from placement_opt.constraints.start_dates import StartDates
from placement_opt.constraints.travel_time import TravelTime
from placement_opt.constraints.working_days import WorkingDays
from placement_opt.constraints.workplace_needs import WorkplaceNeeds
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable
from placement_opt.run.removed import rules_removing


class PairReason(ResultPart):
    """One thing that keeps a person out of an opening.

    Attributes
    ----------
    rule, title, title_nl
        The rule: its class, and its name for people.
    field
        The field of the record that would have to be another, with a key where it has one, such as
        ``skills['welding']``; None where no single one would do.
    asked, has
        What is asked there, and what there is.
    difference
        By how much it is missed, in `unit`; None where that is no number.
    unit
        Such as "minutes", "hours a week", "days"; None for levels and names.
    text, text_nl
        All of it in words. They may name other people, and needs: see `WhyNot.text`.
    """

    rule: str | None = None
    title: str
    title_nl: str
    field: str | None = None
    asked: float | str | None = None
    has: float | str | None = None
    difference: float | None = None
    unit: str | None = None
    text: str
    text_nl: str

    @override
    def __str__(self) -> str:
        return f"{self.title}: {self.text}"


_DAYS = {
    "mon": ("Monday", "maandag"),
    "tue": ("Tuesday", "dinsdag"),
    "wed": ("Wednesday", "woensdag"),
    "thu": ("Thursday", "donderdag"),
    "fri": ("Friday", "vrijdag"),
    "sat": ("Saturday", "zaterdag"),
    "sun": ("Sunday", "zondag"),
}
_PARTS = {
    "morning": ("morning", "ochtend"),
    "afternoon": ("afternoon", "middag"),
    "evening": ("evening", "avond"),
    "night": ("night", "nacht"),
}


def pair_reasons(
    pairs: PairTable, rules: Sequence[Rule], candidate_id: str, opening_id: str
) -> tuple[PairReason, ...]:
    """Return what each rule that removes a pair finds wrong with it; empty where none does."""
    removing, plan = rules_removing(pairs, rules, candidate_id, opening_id)
    readers = ((rule, _READERS.get(type(rule), _by_violations)) for rule in removing)
    return tuple(reason for rule, read in readers for reason in read(rule, plan))


def _reason(rule: Rule, text: str, text_nl: str, **facts: object) -> PairReason:
    named = {"rule": type(rule).__name__, "title": rule.title, "title_nl": rule.title_nl}
    named["title_nl"] = named["title_nl"] or rule.title
    return PairReason.model_validate({**named, "text": text, "text_nl": text_nl, **facts})


def _by_violations(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    for violation in rule.violations(plan):
        yield _reason(rule, violation.text, rule.title_nl or violation.text)


def _number(value: Fraction | float) -> float:
    return float(read_number(value))


def _travel(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    most, minutes = plan.candidate(placement).max_travel_minutes, plan.travel_minutes(placement)
    if most is None:
        return
    facts = {"field": "max_travel_minutes", "asked": _number(most), "unit": "minutes"}
    if minutes is None:
        text, text_nl = "the travel time is not known", "de reistijd is niet bekend"
        yield _reason(rule, text, text_nl, **facts)
        return
    has, more = _number(minutes), _number(minutes - read_number(most))
    yield _reason(
        rule,
        f"{more:g} minutes more travel than wanted ({has:g}, at most {_number(most):g})",
        f"{more:g} minuten meer reizen dan gewenst ({has:g}, hooguit {_number(most):g})",
        has=has,
        difference=more,
        **facts,
    )


def _hours(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    candidate, opening = plan.candidate(placement), plan.opening(placement)
    if candidate.hours_per_week is None or opening.hours_per_week is None:
        return
    wanted, offered = (
        [read_number(hours) for hours in side.hours_per_week or ()] for side in (candidate, opening)
    )
    hours = min(wanted[1], offered[1])
    for least, side in ((wanted[0], candidate.id), (offered[0], opening.id)):
        if hours < least:
            has, asked = _number(hours), _number(least)
            yield _reason(
                rule,
                f"{has:g} hours a week in {opening.id}, {side} needs at least {asked:g}",
                f"{has:g} uur per week in {opening.id}, {side} heeft er minstens {asked:g} nodig",
                field="hours_per_week",
                asked=asked,
                has=has,
                difference=asked - has,
                unit="hours a week",
            )


def _skills(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    candidate, opening = plan.candidate(placement), plan.opening(placement)
    for skill in sorted(opening.essential_skills):
        least = read_number(opening.required_skills[skill])
        level = read_number(candidate.skills.get(skill, 0))
        if level < least:
            has, asked = _number(level), _number(least)
            yield _reason(
                rule,
                f"skill {skill} at {has:g} where {asked:g} is asked",
                f"vaardigheid {skill} op {has:g} waar {asked:g} gevraagd is",
                field=f"skills[{skill!r}]",
                asked=asked,
                has=has,
                difference=_number(least - level),
            )


def _needs(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    opening = plan.opening(placement)
    for need in sorted(plan.candidate(placement).needs - opening.provides):
        yield _reason(
            rule,
            f"{opening.id} lacks {need}",
            f"{opening.id} biedt geen {need}",
            field="provides",
            asked=need,
        )


def _licences(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    for licence in sorted(plan.opening(placement).licences - plan.candidate(placement).licences):
        yield _reason(
            rule,
            f"licence {licence} missing",
            f"bewijs {licence} ontbreekt",
            field="licences",
            asked=licence,
        )


def _days(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    own, opening = plan.candidate(placement).available_days, plan.opening(placement)
    missing = [day for day in opening.days if not {day, day.split(".")[0]} & own]
    needed = len(opening.days) if opening.days_needed is None else opening.days_needed
    has = len(opening.days) - len(missing)
    named, named_nl = (", ".join(_day(day, at) for day in _in_week(missing)) for at in (0, 1))
    yield _reason(
        rule,
        f"{named} missing ({has} of {needed} days)",
        f"{named_nl} ontbreekt ({has} van {needed} dagen)",
        field="available_days",
        asked=float(needed),
        has=float(has),
        difference=float(needed - has),
        unit="days",
    )


def _in_week(days: Sequence[str]) -> list[str]:
    return sorted(days, key=lambda day: (list(_DAYS).index(day.split(".")[0]), day))


def _day(day: str, language: int) -> str:
    name, _, part = day.partition(".")
    of_day = f" {_PARTS.get(part, (part, part))[language]}" if part else ""
    return _DAYS[name][language] + of_day


def _starts(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement = plan.placements[0]
    available, start = plan.candidate(placement).available_from, plan.opening(placement).starts_on
    if plan.instance.region.periods:
        yield from _beyond_the_periods(rule, plan)
    elif isinstance(available, dt.date) and isinstance(start, dt.date):
        late = (available - start).days
        yield _reason(
            rule,
            f"available {late} days after the start ({available}, starts on {start})",
            f"{late} dagen na de start beschikbaar ({available}, begint op {start})",
            field="available_from",
            asked=str(start),
            has=str(available),
            difference=float(late),
            unit="days",
        )


def _beyond_the_periods(rule: Rule, plan: Plan) -> Iterator[PairReason]:
    placement, last = plan.placements[0], plan.instance.region.periods[-1].ends_on
    person, opening = plan.candidate(placement), plan.opening(placement)
    sides = (
        ("available_from", person.id, person.available_from),
        ("starts_on", opening.id, opening.starts_on),
    )
    for field, id_, day in sides:
        if day is not None and day > last:
            late = (day - last).days
            yield _reason(
                rule,
                f"{id_} is ready on {day}, {late} days after the end of the last period ({last})",
                f"{id_} is klaar op {day}, {late} dagen na de laatste periode ({last})",
                field=field,
                asked=str(last),
                has=str(day),
                difference=float(late),
                unit="days",
            )


_READERS: dict[type[Rule], Callable[[Rule, Plan], Iterator[PairReason]]] = {
    TravelTime: _travel,
    HoursOverlap: _hours,
    EssentialSkills: _skills,
    WorkplaceNeeds: _needs,
    Licences: _licences,
    WorkingDays: _days,
    StartDates: _starts,
}
