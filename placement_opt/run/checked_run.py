"""Reads rules, terms and law of a run back from its record, and compares those that are given."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.base import Rule
from placement_opt.objectives.base import Term
from placement_opt.records.json_text import part_record
from placement_opt.rulebook import Rulebook
from placement_opt.run.check_report import Finding, finding_of
from placement_opt.run.model_checks import check_parts
from placement_opt.run.result_record import ResultRecord

PartT = TypeVar("PartT", Rule, Term)


def listed(result: ResultRecord, part: str) -> Sequence[dict[str, Any]]:
    """Return the records of rules or terms in a run record."""
    fields = result.run.get(part)
    if isinstance(fields, list) and all(isinstance(entry, dict) for entry in fields):
        return fields
    raise InvalidInputError.single(
        "result",
        None,
        f"run.{part}",
        type(fields).__name__,
        "must be a list of records",
        "check a file that Result.to_json wrote",
    )


def read_back(
    part: str, told: Sequence[dict[str, Any]], read: Callable[[Mapping[str, Any]], PartT]
) -> list[PartT]:
    """Read rules or terms from the run record; those of the user's own have to be given."""
    parts, problems = [], []
    for fields in told:
        try:
            parts.append(read(fields))
        except InvalidInputError as error:
            given = f"or give {part}=model.{part}, with the classes of your own"
            problems += [replace(found, hint=f"{found.hint}, {given}") for found in error.problems]
    if problems:
        raise InvalidInputError(problems)
    return parts


def compared(
    part: str, given: Sequence[PartT], told: Sequence[dict[str, Any]]
) -> tuple[list[PartT], Finding]:
    """Return given rules or terms in the order of the run record, and whether it names the same."""
    rules, terms = (given, ()) if part == "rules" else ((), given)
    check_parts(rules, terms, None)
    of_text = {json.dumps(part_record(entry), sort_keys=True): entry for entry in given}
    recorded = [json.dumps(fields, sort_keys=True) for fields in told]
    wrong = [f"{text} is not in the run record" for text in of_text if text not in recorded]
    wrong += [f"{text} of the run record is not given" for text in recorded if text not in of_text]
    finding = finding_of(f"given {part}", wrong, f"all {len(given)} are those of the run record")
    in_order = list(given) if wrong else [of_text[text] for text in recorded]
    return in_order, finding


def law(rulebook: Rulebook, record: Mapping[str, Any]) -> Finding:
    """Find each parameter again that the run says it used."""
    told = record.get("used")
    rows = told if isinstance(told, list) else [told]
    wrong = [f"{row!r} is not what the law says" for row in rows if not _stands(rulebook, row)]
    right = f"{rulebook.name}: all {len(rows):,} parameters used are found again"
    if record.get("hash") != rulebook.hash:
        right += ", though the rulebook is not the same in all it holds"
    return finding_of("law", wrong, right)


def _stands(rulebook: Rulebook, row: Any) -> bool:
    if not isinstance(row, dict) or row.get("name") not in rulebook.names():
        return False
    found = rulebook.for_municipality(row.get("municipality")).find(row["name"])
    return found is not None and row == {"name": found.name, **found.as_record()}


def supplied(rulebook: Rulebook) -> Iterator[str]:
    """Yield what of the law rests on values that the user supplied."""
    for row in rulebook.overrides:
        where = "" if row.municipality is None else f" in {row.municipality}"
        yield f"that {row.name} is {row.value}{where} rests on: {row.source}"
