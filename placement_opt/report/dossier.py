"""The dossier of a plan: what was asked, by which rules, how it was proven, and what is not known.

It names no people. Small counts are left out; see `placement_opt.report.small_counts`.
"""

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from placement_opt.answers.of_result import AnswersOfResult
from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.formulation.certificate import bound_in_points, told_bound
from placement_opt.records.folder_writing import write_files
from placement_opt.report.algorithm_register import register_entry, to_fill_in
from placement_opt.report.dossier_page import page
from placement_opt.report.rule_words import Said, said, without_people
from placement_opt.report.small_counts import counted, told_counts

if TYPE_CHECKING:
    from placement_opt.model import Model
    from placement_opt.records.people import Candidate

LEAST_COUNT = 5
"""Counts of people below this are left out."""

PER = ("municipality", "ground")
"""How people are grouped, unless asked otherwise; what nobody has is left out."""


def write_dossier(
    result: AnswersOfResult,
    folder: str | os.PathLike[str],
    *,
    least_count: int = LEAST_COUNT,
    per: Sequence[str] | None = None,
    overwrite: bool = False,
) -> None:
    """Write the dossier of a result to a folder; see `Result.dossier`."""
    content = dossier(result, least_count=least_count, per=per)
    entry = content.pop("register")
    texts = {
        "dossier.md": page(content, "en"),
        "dossier.nl.md": page(content, "nl"),
        "dossier.json": _json(content),
        "algorithm_register.json": _json(entry),
    }
    write_files(texts, folder, overwrite=overwrite)


def dossier(
    result: AnswersOfResult, *, least_count: int, per: Sequence[str] | None
) -> dict[str, Any]:
    """Return all that a dossier says, ready for JSON.

    Raises
    ------
    InvalidInputError
        When `least_count` is no whole number above 0, or nobody has a group that `per` names.
    PlacementError
        When the result was read from a file without its model.
    """
    model = result.model
    if type(least_count) is not int or least_count < 1:
        text = "must be a whole number above 0"
        raise InvalidInputError.single(
            "dossier", None, "least_count", least_count, text, "5 is usual"
        )
    if per is None:
        there = model.region.candidates
        per = [name for name in PER if any(_group(candidate, name) for candidate in there)]
    people = frozenset(candidate.id for candidate in model.region.candidates)
    rules, terms = list(map(said, model.rules)), list(map(said, model.objective))
    run = result.run
    law = {} if run.rulebook is None else dict(run.rulebook)
    sources = list(dict.fromkeys(str(row["source"]) for row in law.get("used", ())))
    entry = register_entry(
        [one.text_nl for one in rules], [one.text_nl for one in terms], sources, run.input[:16]
    )
    parameters = {
        name: value for name, value in vars(run.parameters).items() if name != "start"
    } | {"start": "none given" if result.start is None else _start(result)}
    return {
        "region": result.region,
        "date": result.date,
        "run": {
            "input_sha256": run.input,
            "versions": dict(run.versions),
            "parameters": parameters,
            "rulebook": without_people(_plain(law), people),
            "status": run.status,
        },
        "outcome": _outcome(result),
        "certificate": _certificate(result),
        "rules": [_part(one, fields, people) for one, fields in zip(rules, run.rules, strict=True)],
        "weights": [
            _part(one, fields, people) for one, fields in zip(terms, run.objective, strict=True)
        ],
        "fixed": _fixed(model),
        "assumptions": [
            {
                "rule": row.rule,
                "about": row.about,
                "count": row.count,
                "text": row.text,
                "text_nl": row.text_nl,
            }
            for row in result.assumption_rows
        ],
        "groups": {name: _groups(result, name, least_count) for name in per},
        "least_count": least_count,
        "register": entry,
        "to_fill_in": to_fill_in(entry),
    }


def _plain(value: Any) -> Any:
    """Return facts of a result as dictionaries and lists."""
    return json.loads(json.dumps(value, default=dict))


def _part(one: Said, fields: Any, people: frozenset[str]) -> dict[str, Any]:
    return one._asdict() | {"fields": without_people(_plain(fields), people)}


def _start(result: AnswersOfResult) -> dict[str, int]:
    started = result.start
    if started is None:
        return {}
    left = sum(row.count for row in started.left_out)
    return {"given": started.given, "kept": started.kept, "added": started.added, "left_out": left}


def _outcome(result: AnswersOfResult) -> dict[str, Any]:
    """Return what the solve ended with."""
    placed = {row.candidate_id for row in result.placement_rows}
    return {
        "status": result.status.value,
        "stop_reason": result.stop_reason.value,
        "objective": result.objective,
        "bound": result.bound,
        "gap": result.gap,
        "proof": [part.model_dump(mode="json") for part in result.proof],
        "candidates": result.n_candidates,
        "placed": len(placed),
        "placements": len(result.placement_rows),
        "terms": [row.model_dump(mode="json") for row in result.term_rows],
        "remarks": len(result.remark_rows),
        "conflicts": len(result.conflicts),
    }


def _certificate(result: AnswersOfResult) -> dict[str, Any]:
    """Prove the certified bound again, in exact integers and without any solver."""
    record = result.certificate
    if record is None:
        return {"told": result.certified_bound, "again": None, "agrees": None}
    formulation = result.model.compile().formulation
    if record.proves != "bound":
        return {"told": None, "again": None, "agrees": record.leaves_no_plan(formulation)}
    units = record.bound(formulation)
    again = told_bound(bound_in_points(formulation, units), None)
    told = result.certified_bound
    agrees = units == record.bound_units and told is not None and told >= again
    return {"told": told, "again": again, "agrees": agrees}


def _fixed(model: "Model") -> dict[str, Any]:
    """Count fixed placements, and by whom and when they were fixed."""
    rules = [rule for rule in model.rules if isinstance(rule, FixedPlacements)]
    pins = [pin for rule in rules for pin in rule.pins_in(model.instance)]
    by: dict[str, int] = {}
    for pin in pins:
        named = f"{pin.author or '?'}, {pin.date or '?'}"
        by[named] = by.get(named, 0) + 1
    n_fixed = sum(len(rule.fixed_in(model.instance)) for rule in rules)
    return {"placements": n_fixed, "by": dict(sorted(by.items()))}


def _groups(result: AnswersOfResult, per: str, least: int) -> list[dict[str, str | int | None]]:
    candidates = result.model.region.candidates
    groups = {candidate.id: _group(candidate, per) for candidate in candidates}
    if not any(groups.values()):
        raise InvalidInputError.single(
            "dossier",
            None,
            "per",
            per,
            "must be municipality, ground or candidate.<group> of somebody",
            "name a group that candidates have",
        )
    named = {one: group or "not known" for one, group in groups.items()}
    placed = (row.candidate_id for row in result.placement_rows)
    return told_counts(counted(named, placed), least)


def _group(candidate: "Candidate", per: str) -> str | None:
    if per in {"municipality", "ground"}:
        group: str | None = getattr(candidate, per)
        return group
    kind, _, name = per.partition(".")
    return candidate.groups.get(name) if kind == "candidate" else None


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
