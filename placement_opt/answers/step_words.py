"""Steps before a job in words, in English and Dutch."""

from collections.abc import Mapping
from typing import Literal

from placement_opt.basics.rows import PathRow

KINDS: Mapping[str, Mapping[str, str]] = {
    "en": {"training": "training", "trial": "trial", "service": "service"},
    "nl": {"training": "training", "trial": "proefplaatsing", "service": "dienst"},
}
"""What each kind of step is called."""

_RUNS = {"en": "{first} to {last}", "nl": "{first} tot en met {last}"}
_STARTS = {"en": "from {first}", "nl": "vanaf {first}"}


def step_text(row: PathRow, language: Literal["en", "nl"]) -> str:
    """Write a step as ``"T-1 (training, 2026-01-01 to 2026-03-31)"``, the days where known."""
    told = KINDS[language][row.kind]
    if row.starts_on is not None:
        pattern = (_STARTS if row.ends_on is None else _RUNS)[language]
        told += ", " + pattern.format(first=row.starts_on, last=row.ends_on)
    return f"{row.opening_id} ({told})"
