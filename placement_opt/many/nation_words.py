"""Many regions in one page: what is known of all, a line for each, and what failed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from placement_opt.basics.status import Status
from placement_opt.report.summary_words import Language, number
from placement_opt.result import Result

if TYPE_CHECKING:
    from placement_opt.many.nation import NationResult

_MOST_REGIONS = 60
"""A page holds about so many lines."""

_NO_BOUND = {
    "en": "at most unknown, since not every region has a bound",
    "nl": "hoogstens onbekend, want niet elke regio heeft een grens",
}

_WORDS = {
    "en": {
        "head": (
            "{regions} regions: {plans} with a plan, {proven} proven the best; {failed} failed."
        ),
        "points": "Points: {objective}, {bound}.",
        "bound": "at most {bound} (gap {gap})",
        "placed": "Placed: {placed} of {candidates} people.",
        "quotas": "Quotas: {short} of {quotas} are short, {jobs} jobs in all.",
        "line": "{name}: {status}, {placed} of {candidates} placed, {objective} points, gap {gap}",
        "failed": "{name}: no result ({kind}): {text}",
        "more": "... and {more} more regions: see `regions`",
        "proposal": "Every plan is a proposal: a person confirms each placement.",
    },
    "nl": {
        "head": (
            "{regions} regio's: {plans} met een plan, {proven} bewezen het beste; {failed} mislukt."
        ),
        "points": "Punten: {objective}, {bound}.",
        "bound": "hoogstens {bound} (verschil {gap})",
        "placed": "Geplaatst: {placed} van {candidates} mensen.",
        "quotas": "Quota: {short} van {quotas} komen tekort, samen {jobs} banen.",
        "line": (
            "{name}: {status}, {placed} van {candidates} geplaatst, {objective} punten,"
            " verschil {gap}"
        ),
        "failed": "{name}: geen uitkomst ({kind}): {text}",
        "more": "... en nog {more} regio's: zie `regions`",
        "proposal": "Elk plan is een voorstel: een mens bevestigt elke plaatsing.",
    },
}

_STATUS = {
    "en": {
        Status.OPTIMAL: "proven the best",
        Status.FEASIBLE: "a plan",
        Status.INFEASIBLE: "no plan exists",
        Status.NO_SOLUTION: "no plan found",
    },
    "nl": {
        Status.OPTIMAL: "bewezen het beste",
        Status.FEASIBLE: "een plan",
        Status.INFEASIBLE: "er bestaat geen plan",
        Status.NO_SOLUTION: "geen plan gevonden",
    },
}

_KINDS = {
    "en": {
        "bad_input": "bad input",
        "error": "error",
        "lost_worker": "lost worker",
        "stopped": "stopped",
    },
    "nl": {
        "bad_input": "onjuiste invoer",
        "error": "fout",
        "lost_worker": "werkproces verloren",
        "stopped": "gestopt",
    },
}


def nation_summary(nation: "NationResult", language: Language) -> str:
    """Return the summary of many regions."""
    return "\n".join(_lines(nation, language))


def _lines(nation: "NationResult", language: Language) -> Iterator[str]:
    words, results = _WORDS[language], nation.results
    rows = [row for result in results.values() for row in result.quota_rows]
    short = [row.shortfall_jobs for row in rows if row.shortfall_jobs > 0]
    yield words["head"].format(
        regions=len(results) + len(nation.failures),
        plans=sum(result.has_plan for result in results.values()),
        proven=sum(result.status is Status.OPTIMAL for result in results.values()),
        failed=len(nation.failures),
    )
    if nation.objective is not None:
        told = _NO_BOUND[language]
        if nation.bound is not None:
            gap = _percent(nation.gap, language)
            told = words["bound"].format(bound=number(nation.bound, 1, language), gap=gap)
        yield words["points"].format(objective=number(nation.objective, 1, language), bound=told)
    yield words["placed"].format(
        placed=number(sum(map(_placed, results.values())), 0, language),
        candidates=number(sum(result.n_candidates for result in results.values()), 0, language),
    )
    if rows:
        jobs = number(sum(short), 1, language)
        yield words["quotas"].format(short=len(short), quotas=len(rows), jobs=jobs)
    for name, failure in nation.failures.items():
        kind, text = _KINDS[language][failure.kind], failure.text.split("\n")[0]
        yield words["failed"].format(name=name, kind=kind, text=text)
    for name, result in list(results.items())[:_MOST_REGIONS]:
        yield words["line"].format(
            name=name,
            status=_STATUS[language][result.status],
            placed=_placed(result),
            candidates=result.n_candidates,
            objective=_points(result.objective, language),
            gap=_percent(result.gap, language),
        )
    if len(results) > _MOST_REGIONS:
        yield words["more"].format(more=len(results) - _MOST_REGIONS)
    yield words["proposal"]


def _placed(result: Result) -> int:
    return len({row.candidate_id for row in result.placement_rows})


def _points(points: float | None, language: Language) -> str:
    return "-" if points is None else number(points, 1, language)


def _percent(share: float | None, language: Language) -> str:
    return "-" if share is None else f"{number(100 * share, 2, language)} %"
