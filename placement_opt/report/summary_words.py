"""The words of the summary, in English and Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.status import Status, StopReason
from placement_opt.constraints import RULES
from placement_opt.constraints.base import Rule
from placement_opt.instance.groupings import GROUPINGS, Ways, each_way
from placement_opt.objectives import TERMS
from placement_opt.objectives.base import Term
from placement_opt.run.verification import SHORTFALL

Language = Literal["en", "nl"]


@dataclass(frozen=True, slots=True)
class Words:
    """Labels and sentences of one language; braces are filled in by the summary.

    Parameters
    ----------
    status, stopped, unplaced, how
        Sentence for each status, stop reason, reason to be unplaced, and way of proving.
    per
        Plural of each kind of group that a quota may be for.
    """

    proposal: str
    status: Mapping[Status, str]
    stopped: Mapping[StopReason, str]
    unplaced: Mapping[str, str]
    how: Mapping[str, str]
    contradicted: str
    remarks_label: str
    assumptions_label: str
    assumption: str
    status_label: str
    stopped_label: str
    start_label: str
    unread_label: str
    unread: str
    unread_against: str
    placed_label: str
    placed: str
    expected_label: str
    expected: str
    steps_label: str
    jobs_label: str
    jobs: str
    unplaced_label: str
    people: str
    quota_label: str
    quota: str
    quota_short: str
    quota_met: str
    coaches_label: str
    coaches: str
    coached: str
    budgets_label: str
    budgets: str
    blocking_label: str
    blocking: str
    charges: str
    objective_label: str
    objective: str
    bound: str
    shortfall: str
    proof_label: str
    proof: str
    effort_label: str
    seconds: str
    memory: str
    conflicts_label: str
    no_conflicts: str
    not_minimal: str
    more: str
    within_gap: str


_ENGLISH = Words(
    proposal="a proposal, to be confirmed by people",
    status={
        Status.OPTIMAL: "OPTIMAL: no better plan exists",
        Status.FEASIBLE: "FEASIBLE: every rule is kept; a better plan may exist",
        Status.INFEASIBLE: "INFEASIBLE: no plan keeps all rules together",
        Status.NO_SOLUTION: "NO_SOLUTION: no plan was found, and none was excluded",
    },
    stopped={
        StopReason.PROVEN: "the answer is proven",
        StopReason.GAP: "the asked gap was reached",
        StopReason.TIME_LIMIT: "the time limit was reached",
        StopReason.WORK_LIMIT: "the limit on work was reached",
        StopReason.MEMORY_LIMIT: "the memory limit was reached",
        StopReason.PRECISION: "nothing is left to search: the rest of the gap is rounding alone",
        StopReason.CANCELLED: "it was cancelled",
        StopReason.SOLVER_FAILURE: "every solver that was tried gave up",
    },
    unplaced={
        "no_eligible_opening": "no eligible opening",
        "outcompeted": "outcompeted",
        "not_worthwhile": "not worthwhile for the total",
        "room_left": "room left: a better plan is open",
    },
    how={
        "exact re-check": "re-checked in exact integers",
        "solver's word": "on the word of the solver",
        "infeasible": "no plan exists",
    },
    contradicted="FEASIBLE by its rows alone; an own rule contradicts itself, see below",
    remarks_label="remarks",
    assumptions_label="assumptions",
    assumption="{text} (records: {count})",
    status_label="status",
    stopped_label="stopped since",
    start_label="start plan",
    unread_label="not in force",
    unread="{title}: {pairs} in the records; rules= has no {rule}",
    unread_against="{title}: {pairs} in the records, the plan goes against {against};"
    " rules= has no {rule}",
    placed_label="placed",
    placed="{placed} of {people} people ({share} %)",
    expected_label="expected",
    expected="{expected} of these {planned} placements hold, by the chances given",
    steps_label="steps",
    jobs_label="jobs",
    jobs="{jobs} jobs of 25.5 hours a week ({hours} hours)",
    unplaced_label="not placed",
    people="people",
    quota_label="jobs quota",
    quota="target {target} jobs, {filled} filled, {short} short",
    quota_short="{short} of {groups} {per} short",
    quota_met="all {groups} {per} meet it",
    coaches_label="coaches",
    coaches="{used} of {free} free hours a week used",
    coached="{people} people by {coaches} coaches",
    budgets_label="budgets",
    budgets="EUR {spent} of EUR {budget} a year spent, by {count} municipalities",
    blocking_label="blocking pairs",
    blocking="{pairs} pairs of a person and an opening would rather have each other",
    charges="EUR {charges} of it for employer charges",
    objective_label="objective",
    objective="{points} points",
    bound="no plan has more than {bound}",
    shortfall="{title}, shortfall",
    proof_label="proof",
    proof="at most {bound} by {by}, {how}{over}",
    effort_label="effort",
    seconds="{seconds} seconds",
    memory="peak memory {memory} MB",
    conflicts_label="conflicts",
    no_conflicts="the rules in conflict were not singled out",
    not_minimal="not shown to be minimal: some of these may not be needed",
    more="{shown} and {more} more",
    within_gap="FEASIBLE: every rule is kept; proven gap {gap} %",
)

_DUTCH = Words(
    proposal="een voorstel, te bevestigen door mensen",
    status={
        Status.OPTIMAL: "OPTIMAL: er bestaat geen beter plan",
        Status.FEASIBLE: "FEASIBLE: aan elke regel is voldaan; een beter plan is mogelijk",
        Status.INFEASIBLE: "INFEASIBLE: geen enkel plan voldoet aan alle regels samen",
        Status.NO_SOLUTION: "NO_SOLUTION: er is geen plan gevonden, en ook geen uitgesloten",
    },
    stopped={
        StopReason.PROVEN: "het antwoord is bewezen",
        StopReason.GAP: "de gevraagde marge is bereikt",
        StopReason.TIME_LIMIT: "de tijdslimiet is bereikt",
        StopReason.WORK_LIMIT: "de limiet op het rekenwerk is bereikt",
        StopReason.MEMORY_LIMIT: "de geheugenlimiet is bereikt",
        StopReason.PRECISION: "er valt niets meer te zoeken: de rest van de marge is afronding",
        StopReason.CANCELLED: "het is afgebroken",
        StopReason.SOLVER_FAILURE: "elke geprobeerde oplosser gaf het op",
    },
    unplaced={
        "no_eligible_opening": "geen passende vacature",
        "outcompeted": "verdrongen",
        "not_worthwhile": "niet zinvol voor het totaal",
        "room_left": "nog ruimte: een beter plan is mogelijk",
    },
    how={
        "exact re-check": "nagerekend in exacte gehele getallen",
        "solver's word": "op het woord van de oplosser",
        "infeasible": "er bestaat geen plan",
    },
    contradicted="FEASIBLE volgens het model; een eigen regel spreekt zichzelf tegen, zie onder",
    remarks_label="opmerkingen",
    assumptions_label="aannames",
    assumption="{text} (aantal: {count})",
    status_label="status",
    stopped_label="gestopt want",
    start_label="startplan",
    unread_label="niet van kracht",
    unread="{title}: {pairs} in de gegevens; rules= heeft geen {rule}",
    unread_against="{title}: {pairs} in de gegevens, het plan wijkt af van {against};"
    " rules= heeft geen {rule}",
    placed_label="geplaatst",
    placed="{placed} van {people} mensen ({share} %)",
    expected_label="verwacht",
    expected="{expected} van deze {planned} plaatsingen houden stand, naar de opgegeven kansen",
    steps_label="stappen",
    jobs_label="banen",
    jobs="{jobs} banen van 25,5 uur per week ({hours} uur)",
    unplaced_label="niet geplaatst",
    people="mensen",
    quota_label="banenafspraak",
    quota="doel {target} banen, {filled} vervuld, {short} tekort",
    quota_short="{short} van de {groups} {per} met tekort",
    quota_met="alle {groups} {per} halen het",
    coaches_label="jobcoaches",
    coaches="{used} van {free} vrije uren per week gebruikt",
    coached="{people} mensen bij {coaches} coaches",
    budgets_label="budgetten",
    budgets="EUR {spent} van EUR {budget} per jaar besteed, door {count} gemeenten",
    blocking_label="liever elkaar",
    blocking="{pairs} koppels van een persoon en een plek hadden liever elkaar",
    charges="waarvan EUR {charges} aan werkgeverslasten",
    objective_label="doelwaarde",
    objective="{points} punten",
    bound="geen plan heeft meer dan {bound}",
    shortfall="{title}, tekort",
    proof_label="bewijs",
    proof="ten hoogste {bound} volgens {by}, {how}{over}",
    effort_label="rekenwerk",
    seconds="{seconds} seconden",
    memory="hoogste geheugengebruik {memory} MB",
    conflicts_label="conflicten",
    no_conflicts="welke regels botsen is niet uitgezocht",
    not_minimal="niet bewezen minimaal: sommige hiervan zijn misschien niet nodig",
    more="{shown} en nog {more}",
    within_gap="FEASIBLE: aan elke regel is voldaan; bewezen marge {gap} %",
)

_WORDS: Mapping[str, Words] = {"en": _ENGLISH, "nl": _DUTCH}

_DUTCH_TITLES = {
    "all eligible pairs": "alle passende koppelingen",
    "counting": "tellen",
    "dual prices": "schaduwprijzen",
    "limits of one row": "de grenzen van één regel",
    "ray of prices": "prijzen die elk plan uitsluiten",
}
"""Titles of what is neither a rule nor a term; those have a `title_nl` of their own."""


def words_of(language: str) -> Words:
    """Return the words of a language.

    Raises
    ------
    InvalidInputError
        When the language is neither ``"en"`` nor ``"nl"``.
    """
    if str(language) not in _WORDS:
        raise InvalidInputError.single(
            "summary", None, "language", language, 'must be "en" or "nl"', "choose one of the two"
        )
    return _WORDS[str(language)]


def titles_of(language: str) -> Mapping[str, str]:
    """Return titles in a language, by English title and, of rules and terms, by class name."""
    titles: dict[str, str] = dict(_DUTCH_TITLES) if language == "nl" else {}
    kinds: tuple[type[Rule | Term], ...] = (*RULES, *TERMS)
    for kind in kinds:
        title = (kind.title_nl if language == "nl" else "") or kind.title
        titles[kind.__name__] = titles[kind.title] = title
    return titles


def groups_of(per: Ways, language: str) -> str:
    """Return groups as a plural, ``"employers x crew"``; what is no built-in is named as it is."""
    ways = ((name, GROUPINGS.get(name)) for name in each_way(per))
    return " x ".join(
        name if way is None else way.plural_nl if language == "nl" else way.plural
        for name, way in ways
    )


def term_title(name: str, language: str) -> str:
    """Return the name of a row of `terms` in words, such as "jobs quota, shortfall"."""
    titles = titles_of(language)
    kind, *apart = name.removesuffix(f" {SHORTFALL}").split(" ", 1)
    title = " ".join([titles.get(kind, kind), *apart])
    is_short = name.endswith(f" {SHORTFALL}")
    return words_of(language).shortfall.format(title=title) if is_short else title


def number(amount: float, decimals: int, language: str) -> str:
    """Write a number with its separators: 1,234.5 in English, 1.234,5 in Dutch."""
    text = f"{amount:,.{decimals}f}"
    if float(text.replace(",", "")) == 0:
        text = text.lstrip("-")
    return text.translate(str.maketrans(",.", ".,")) if language == "nl" else text
