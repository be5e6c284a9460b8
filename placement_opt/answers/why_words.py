"""Tells why a person has this placement, in English or Dutch, and no more than a reader may see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from placement_opt.answers.changes import told_pin
from placement_opt.answers.day_words import from_day
from placement_opt.answers.step_words import step_text
from placement_opt.instance.variants import way_in_time

if TYPE_CHECKING:
    from placement_opt.answers.why import RunnerUp, Why

Language = Literal["en", "nl"]


class _Words(NamedTuple):
    placed: str
    hours: str
    coached: str
    coach: str
    nobody: str
    first: str
    points: str
    municipality: str
    next: str
    regret: str
    impossible: str
    reasons: dict[str, str]


_ENGLISH = _Words(
    placed="{who} is proposed for {opening}",
    hours=", {hours:g} hours a week",
    coached=", with a job coach",
    coach=", with coach {coach}",
    nobody="{who} has no placement in this plan.",
    first="First: {steps}.",
    points="Points: {terms}.",
    municipality="Cost to the municipality in {opening}: EUR {euros:,.0f} in twelve months.",
    next="Next: {openings}.",
    regret="{opening} ({points:,.0f} points; the plan as a whole loses {regret:,.0f})",
    impossible="{opening} ({points:,.0f} points; no plan can hold it)",
    reasons={
        "no_eligible_opening": "There is no opening that fits all demands.",
        "outcompeted": "There are openings that fit, and no room in them beside the whole plan.",
        "not_worthwhile": "There are openings that fit, and the plan as a whole gains by none.",
        "room_left": "There is room: a better plan is possible.",
    },
)
_DUTCH = _Words(
    placed="{who} is voorgesteld voor {opening}",
    hours=", {hours:g} uur per week",
    coached=", met een jobcoach",
    coach=", met jobcoach {coach}",
    nobody="{who} heeft geen plaatsing in dit plan.",
    first="Eerst: {steps}.",
    points="Punten: {terms}.",
    municipality="Kosten voor de gemeente bij {opening}: EUR {euros:,.0f} in twaalf maanden.",
    next="Daarna: {openings}.",
    regret="{opening} ({points:,.0f} punten; het hele plan verliest {regret:,.0f})",
    impossible="{opening} ({points:,.0f} punten; geen plan kan dit bevatten)",
    reasons={
        "no_eligible_opening": "Er is geen vacature die aan alle eisen voldoet.",
        "outcompeted": "Er zijn passende vacatures, maar daar is naast het hele plan geen ruimte.",
        "not_worthwhile": "Er zijn passende vacatures, maar het hele plan wint er niet bij.",
        "room_left": "Er is ruimte: een beter plan is mogelijk.",
    },
)


def told(
    why: "Why",
    language: Language,
    to: Literal["person", "consultant", "employer"],
) -> str:
    """Return the answer in words; see `Why.text` for who sees what."""
    words = _DUTCH if language == "nl" else _ENGLISH
    lines = [*_placed(why, words, to, language)]
    if why.steps and to != "employer":
        steps = ", ".join(step_text(row, language) for row in why.steps)
        lines.append(words.first.format(steps=steps))
    if to == "consultant":
        lines += _for_consultants(why, words, language)
    if to == "person":
        if why.unplaced is not None:
            lines.append(words.reasons[why.unplaced.reason])
        if why.runner_ups:
            names = ", ".join(_where(one, language) for one in why.runner_ups)
            lines.append(words.next.format(openings=names))
    return "\n".join(lines)


def _placed(why: "Why", words: _Words, to: str, language: Language) -> Iterator[str]:
    """Yield a line for each placement, or that there is none."""
    if not why.placements:
        yield words.nobody.format(who=why.candidate_id)
    for row in why.placements:
        line = words.placed.format(who=why.candidate_id, opening=row.opening_id)
        line += from_day(row.starts_on, language)
        if row.hours_per_week is not None:
            line += words.hours.format(hours=row.hours_per_week)
        if row.coach_id is not None and to != "employer":
            line += words.coach.format(coach=row.coach_id) if to == "consultant" else words.coached
        yield f"{line}."


def _for_consultants(why: "Why", words: _Words, language: Language) -> Iterator[str]:
    for pin in why.pins:
        told = told_pin(pin)
        yield f"{pin.opening_id}: {told.nl if language == 'nl' else told.en}."
    if why.terms:
        named = [(t.title_nl if language == "nl" else t.title, t.points) for t in why.terms]
        terms = ", ".join(f"{title} {points:,.0f}" for title, points in named)
        yield words.points.format(terms=terms)
    for row in why.costs:
        if row.municipality_eur_per_year is not None:
            euros = row.municipality_eur_per_year
            yield words.municipality.format(opening=row.opening_id, euros=euros)
    if why.unplaced is not None:
        yield why.unplaced.text_nl if language == "nl" else why.unplaced.text
    openings = []
    for one in why.runner_ups:
        pattern = words.impossible if one.is_possible is False else words.regret
        if one.regret_points is None and one.is_possible is not False:
            pattern = pattern.split(";")[0] + ")"
        where, regret = _where(one, language), one.regret_points or 0
        line = pattern.format(opening=where, points=one.points, regret=regret)
        full = [r.text_nl if language == "nl" else r.text for r in one.reasons]
        titles = [r.title_nl if language == "nl" else r.title for r in one.reasons]
        told_rows = "; ".join(f"{of}: {text}" for of, text in zip(titles, full, strict=True))
        openings.append(f"{line[:-1]}; {told_rows})" if told_rows else line)
    if openings:
        yield words.next.format(openings=", ".join(openings))


def _where(one: "RunnerUp", language: Language) -> str:
    """Name an opening, from when, and the way in which a person would be placed, where known."""
    way = one.variant if one.starts_on is None else way_in_time(one.variant or "")
    return f"{one.opening_id}{from_day(one.starts_on, language)}" + (f" ({way})" if way else "")
