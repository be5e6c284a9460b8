"""Limits of labels that no pair has: accepted, since such a group uses nothing, but always told."""

from collections.abc import Iterator, Mapping
from typing import Any

from placement_opt.basics.errors import closest_ids
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints.base import Rule
from placement_opt.pairs.table import PairTable

_SHOWN_LABELS = 5
_LOOKED_AT = 20
"""Looking for close labels takes a while; whoever has more than this has made no single slip."""


def unused_labels(rule: Rule, per: str, limits: Any, pairs: PairTable) -> Iterator[RemarkRow]:
    """Yield a remark where a mapping limits labels that none of the given pairs has.

    Only columns of labels are looked at: an unknown id of a built-in kind is bad input.
    """
    if per not in pairs.labels or not isinstance(limits, Mapping):
        return
    known = pairs.labels[per][1]
    unused = sorted(set(limits) - set(known))
    if not unused:
        return
    close = {label: closest_ids(label, known, most=1) for label in unused[:_LOOKED_AT]}
    unused.sort(key=lambda label: not close.get(label))  # likely slips first
    dots = ", ..." if len(unused) > _SHOWN_LABELS else ""
    meant = {"en": "did you mean", "nl": "bedoelt u"}
    listed = {
        language: ", ".join(
            f"{label!r} ({words} {close[label][0]!r}?)" if close.get(label) else repr(label)
            for label in unused[:_SHOWN_LABELS]
        )
        for language, words in meant.items()
    }
    count = f"{len(unused):,} label{'' if len(unused) == 1 else 's'}"
    yield RemarkRow(
        kind="slip" if any(close.values()) else "unused",
        about=f"{rule.rule} per {per}",
        text=(
            f"{rule.title} per {per}: the limits name {count} that no pair has, and limit nothing"
            f" there: {listed['en']}{dots}"
        ),
        text_nl=(
            f"{rule.title_nl or rule.title} per {per}: de grenzen noemen {count} zonder koppeling,"
            f" en begrenzen daar niets: {listed['nl']}{dots}"
        ),
    )
