"""Limits of labels that no pair has: accepted, since such a group uses nothing, but always told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from placement_opt.basics.errors import closest_ids
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints.base import Rule
from placement_opt.instance.groupings import GROUPINGS, Group, Ways, group_text
from placement_opt.pairs.groups import Groups, grouped
from placement_opt.pairs.table import PairTable

_SHOWN_LABELS = 5
_LOOKED_AT = 20
"""Looking for close labels takes a while; whoever has more than this has made no single slip."""


def unused_labels(rule: Rule, per: Ways, limits: Any, pairs: PairTable) -> Iterator[RemarkRow]:
    """Yield a remark where a mapping limits labels that none of the given pairs has.

    Ids of a built-in kind are not looked at: an unknown one is bad input.
    """
    if per in GROUPINGS or not isinstance(limits, Mapping):
        return
    groups = grouped(pairs, per)
    unused = sorted(set(limits) - set(groups.labels))
    if not unused:
        return
    close = {group: _close(group, groups) for group in unused[:_LOOKED_AT]}
    unused.sort(key=lambda group: not close.get(group))  # likely slips first
    dots = ", ..." if len(unused) > _SHOWN_LABELS else ""
    meant = {"en": "did you mean", "nl": "bedoelt u"}
    listed = {
        language: ", ".join(
            f"{group_text(group)!r} ({words} {close[group]!r}?)"
            if close.get(group)
            else repr(group_text(group))
            for group in unused[:_SHOWN_LABELS]
        )
        for language, words in meant.items()
    }
    count = f"{len(unused):,} label{'' if len(unused) == 1 else 's'}"
    told = group_text(per)
    yield RemarkRow(
        kind="slip" if any(close.values()) else "unused",
        about=f"{rule.rule} per {told}",
        text=(
            f"{rule.title} per {told}: the limits name {count} that no pair has, and limit nothing"
            f" there: {listed['en']}{dots}"
        ),
        text_nl=(
            f"{rule.title_nl or rule.title} per {told}: de grenzen noemen {count} zonder koppeling,"
            f" en begrenzen daar niets: {listed['nl']}{dots}"
        ),
    )


def _close(group: Group, groups: Groups) -> str | None:
    """Return the label that was probably meant; of several ways that of the first unknown one.

    A combination of known labels is no slip: it may have no pairs today.
    """
    labels: Sequence[Group] = (group,) if isinstance(group, str) else group
    for label, known in zip(labels, groups.crossed or (groups.labels,), strict=True):
        if label not in known:
            close = closest_ids(label, map(str, known), most=1)
            return close[0] if close else None
    return None
