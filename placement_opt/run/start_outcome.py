"""What became of a start plan, as a record and in words."""

from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from placement_opt.basics.rows import ResultPart

SHOWN_IDS = 5
"""So many of what was left out are named."""

LeftOutReason: TypeAlias = Literal[
    "unknown_candidate",
    "unknown_opening",
    "no_opening",
    "listed_twice",
    "not_eligible",
    "breaks_a_rule",
    "lowers_the_total",
]
"""Why placements of a start plan were left out.

``"no_opening"`` is a row of somebody who is not placed, or of an opening that nobody has.
``"lowers_the_total"`` is only said where something had to be left out.
"""


class LeftOut(ResultPart):
    """Placements of a start plan that were left out for one reason.

    Attributes
    ----------
    reason
        Why.
    rule
        Title of the rule that they break beside those that were kept, where one can be named.
    count
        How many.
    first
        The first of them, as ids.
    """

    reason: LeftOutReason
    rule: str | None = None
    count: int
    first: tuple[str, ...] = ()


class StartOutcome(ResultPart):
    """What became of a start plan.

    Attributes
    ----------
    given
        Rows that were given.
    kept
        Placements of the start that the plan made of it has.
    added
        Placements that were added, since rules ask for more than was given.
    coaches_kept, coaches_found, coaches_changed
        Placements that kept their coach, had none and got one, or got another one.
    left_out
        What was left out, by reason.
    is_plan
        Whether a plan was made of it. Such a plan keeps every rule, and the result is never worse.
    """

    given: int
    kept: int = 0
    added: int = 0
    coaches_kept: int = 0
    coaches_found: int = 0
    coaches_changed: int = 0
    left_out: tuple[LeftOut, ...] = ()
    is_plan: bool = False


_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "used": "used: {kept} placements",
        "none": "not used: no plan was found that has its placements",
        "empty": "not used: it has no placements",
        "added": "{added} added, since rules ask for them",
        "coaches": "coaches: {coaches_kept} kept, {coaches_found} found, {coaches_changed} changed",
        "left_out": "{count} left out, {why} ({first})",
        "unknown_candidate": "unknown candidate",
        "unknown_opening": "unknown opening",
        "no_opening": "without an opening or a person",
        "listed_twice": "listed more than once",
        "not_eligible": "not eligible",
        "breaks_a_rule": "rules broken together",
        "of_rule": "rule broken: {rule}",
        "lowers_the_total": "lowers the total",
    },
    "nl": {
        "used": "gebruikt: {kept} plaatsingen",
        "none": "niet gebruikt: er is geen plan gevonden met deze plaatsingen",
        "empty": "niet gebruikt: er staan geen plaatsingen in",
        "added": "{added} toegevoegd, omdat regels erom vragen",
        "coaches": "coaches: {coaches_kept} behouden, {coaches_found} gevonden,"
        " {coaches_changed} gewijzigd",
        "left_out": "{count} weggelaten, {why} ({first})",
        "unknown_candidate": "onbekende kandidaat",
        "unknown_opening": "onbekende vacature",
        "no_opening": "zonder vacature of zonder persoon",
        "listed_twice": "dubbel genoemd",
        "not_eligible": "niet passend",
        "breaks_a_rule": "samen in strijd met regels",
        "of_rule": "in strijd met regel: {rule}",
        "lowers_the_total": "verlaagt het totaal",
    },
}


def start_lines(
    outcome: StartOutcome,
    language: str = "en",
    title: Callable[[str], str] = str,
    number: Callable[[float], str] = str,
) -> list[str]:
    """Tell what became of a start plan: the most important first.

    Parameters
    ----------
    outcome
        What became of it.
    language
        ``"en"`` or ``"nl"``.
    title
        From the English title of a rule to the one in that language.
    number
        Writes a count.
    """
    words = _WORDS[language]
    head = "empty" if not outcome.given else "used" if outcome.is_plan else "none"
    lines = [words[head].format(kept=number(outcome.kept))]
    for left in outcome.left_out:
        by_rule = left.rule is not None and left.reason == "breaks_a_rule"
        why = (
            words["of_rule"].format(rule=title(left.rule or "")) if by_rule else words[left.reason]
        )
        more = ", ..." if left.count > len(left.first) else ""
        first = ", ".join(left.first) + more
        lines.append(words["left_out"].format(count=number(left.count), why=why, first=first))
    if outcome.added:
        lines.append(words["added"].format(added=number(outcome.added)))
    if outcome.coaches_found or outcome.coaches_changed:
        counts = {
            name: number(getattr(outcome, name))
            for name in ("coaches_kept", "coaches_found", "coaches_changed")
        }
        lines.append(words["coaches"].format(**counts))
    return lines
