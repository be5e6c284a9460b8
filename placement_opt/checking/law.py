"""Finds the law of a run again: each parameter that it used, and what the user supplied."""

from collections.abc import Iterator, Mapping
from typing import Any

from placement_opt.checking.check_report import Finding, finding_of
from placement_opt.rulebook import Rulebook


def law_found(rulebook: Rulebook, record: Mapping[str, Any]) -> Finding:
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
