"""Says a single change in English or Dutch, and no more than a reader may see."""

from typing import TYPE_CHECKING, Literal, NamedTuple

from placement_opt.answers.day_words import from_day

if TYPE_CHECKING:
    from placement_opt.answers.change import Change, Changes

NEEDS = "provides"
"""The field that tells what a person needs."""


class _Words(NamedTuple):
    would: str
    change: str
    entry: str
    gain: str
    proven: str
    found: str
    elsewhere: str
    nothing: str
    none: str
    others: str
    kinds: dict[str, str]
    fields: dict[str, str]


_ENGLISH = _Words(
    would="{who} could be placed in {opening}",
    change="if {field} of {kind} {record} were {after} instead of {before}",
    entry="if {field} of {kind} {record} had {after} as well",
    gain="The plan gains {gain:,.0f} points",
    proven="proven",
    found="in the best plan found",
    elsewhere="if there were more room: {field}",
    nothing="A change elsewhere would help; the consultant knows which.",
    none="No single change was found that would do.",
    others="The time ran out before every change was tried: there may be others.",
    kinds={
        "candidate": "candidate",
        "opening": "opening",
        "employer": "employer",
        "coach": "coach",
        "municipality": "municipality",
        "rule": "rule",
    },
    fields={
        "max_travel_minutes": "the longest journey in minutes",
        "hours_per_week": "the hours a week",
        "hours_total_per_week": "the hours a week in all",
        "max_caseload": "the caseload",
        "available_days": "the days",
        "days_needed": "the number of days that are needed",
        "skills": "the level of {key}",
        "licences": "the licences",
        "provides": "what the workplace provides",
        "positions": "the number of positions",
        "supervision_places": "the supervision places",
        "available_from": "the first day available",
        "starts_on": "the first day of work",
        "contract_months": "the months of the contract",
        "municipalities": "the municipalities covered",
        "regimes": "the coaching regimes covered",
        "openings": "the openings covered",
        "employers": "the employers covered",
        "wage_subsidy_budget_eur_per_year": "the wage-subsidy budget in euros a year",
        "reintegration_budget_eur_per_year": "the budget for steps in euros a year",
        "sheltered_places_maximum": "the most sheltered places",
        "limits": "the limit of {key}",
    },
)
_DUTCH = _Words(
    would="{who} kan geplaatst worden in {opening}",
    change="als {field} van {kind} {record} {after} zou zijn in plaats van {before}",
    entry="als {field} van {kind} {record} ook {after} zou bevatten",
    gain="Het plan wint {gain:,.0f} punten",
    proven="bewezen",
    found="in het beste gevonden plan",
    elsewhere="als er meer ruimte was: {field}",
    nothing="Een wijziging elders zou helpen; de consulent weet welke.",
    none="Er is geen enkele wijziging gevonden waarmee het kan.",
    others="De tijd was om voordat elke wijziging was geprobeerd: er kunnen andere zijn.",
    kinds={
        "candidate": "kandidaat",
        "opening": "vacature",
        "employer": "werkgever",
        "coach": "jobcoach",
        "municipality": "gemeente",
        "rule": "regel",
    },
    fields={
        "max_travel_minutes": "de langste reis in minuten",
        "hours_per_week": "de uren per week",
        "hours_total_per_week": "de uren per week samen",
        "max_caseload": "de caseload",
        "available_days": "de dagen",
        "days_needed": "het aantal dagen dat nodig is",
        "skills": "het niveau van {key}",
        "licences": "de rijbewijzen en certificaten",
        "provides": "wat de werkplek biedt",
        "positions": "het aantal plekken",
        "supervision_places": "de begeleidingsplekken",
        "available_from": "de eerste beschikbare dag",
        "starts_on": "de eerste werkdag",
        "contract_months": "de maanden van het contract",
        "municipalities": "de gemeenten waar de jobcoach werkt",
        "regimes": "de regimes die de jobcoach doet",
        "openings": "de vacatures van de jobcoach",
        "employers": "de werkgevers van de jobcoach",
        "wage_subsidy_budget_eur_per_year": "het budget loonkostensubsidie in euro per jaar",
        "reintegration_budget_eur_per_year": "het re-integratiebudget in euro per jaar",
        "sheltered_places_maximum": "het hoogste aantal beschutte plekken",
        "limits": "de grens van {key}",
    },
)


def told(
    change: "Change",
    language: Literal["en", "nl"],
    to: Literal["person", "consultant", "employer"],
) -> str:
    """Return a change in words; see `Change.text` for who sees what."""
    words = _DUTCH if language == "nl" else _ENGLISH
    name, _, key = change.field.partition("[")
    key = key.rstrip("]").strip("'")
    field = words.fields.get(name, change.field).format(key=key)
    would = words.would.format(who=change.candidate_id, opening=change.opening_id)
    would += from_day(change.starts_on, language)
    if to == "employer" and (change.kind not in {"opening", "employer"} or name == NEEDS):
        return words.nothing
    if to == "person" and change.kind not in {"candidate", "opening"}:
        about = words.kinds[change.kind] if change.kind == "rule" else field
        return f"{would} {words.elsewhere.format(field=about)}."
    pattern = words.entry if change.before is False else words.change
    line = pattern.format(
        field=field,
        kind=words.kinds[change.kind],
        record=change.record,
        before=_plain(change.before),
        after=key if change.before is False else _plain(change.after),
    )
    if to != "consultant":
        return f"{would} {line}."
    how = words.proven if change.is_proven else words.found
    return f"{would} {line}. {words.gain.format(gain=change.gain_points)} ({how})."


def all_told(
    changes: "Changes",
    language: Literal["en", "nl"],
    to: Literal["person", "consultant", "employer"],
) -> str:
    """Return a line for each change, and whether there may be others."""
    words = _DUTCH if language == "nl" else _ENGLISH
    lines = dict.fromkeys(told(change, language, to) for change in changes)
    if not changes and changes.is_complete:
        return words.none
    return "\n".join([*lines, *([] if changes.is_complete else [words.others])])


def _plain(value: object) -> str:
    if isinstance(value, tuple):
        return "-".join(map(_plain, value))
    return f"{value:,.12g}" if isinstance(value, int | float) else str(value)
