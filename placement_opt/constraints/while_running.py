"""Limits on what placements take while they run: in each period, where a region has periods."""

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Bools
from placement_opt.constraints.base import used
from placement_opt.instance.groupings import Group
from placement_opt.instance.in_time import PERIOD
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import Groups, grouped
from placement_opt.pairs.table import PairTable


def grouped_while_running(
    pairs: PairTable, per: str, limits: Mapping[str, Fraction]
) -> tuple[Groups, dict[int, Fraction]]:
    """Group pairs by what they take a part of, in each period in which they run.

    Returns
    -------
    groups : Groups
        Without periods those of `per`.
    at_most : dict
        The limit of each row that can bind. All pairs that run in one period may run in the next as
        well, or in the one before; such a row follows from the other.
    """
    if pairs.start is None:
        groups = grouped(pairs, per)
        rows = enumerate(groups.labels)
        return groups, {row: limits[str(label)] for row, label in rows if label in limits}
    groups = grouped(pairs, (per, PERIOD))
    follows = _following(pairs, groups)
    return groups, {
        row: limits[label[0]]
        for row, label in enumerate(groups.labels)
        if label[0] in limits and not follows[row]
    }


def _following(pairs: PairTable, groups: Groups) -> Bools:
    """Mark the groups of a period whose pairs all run in another one that is not marked."""
    if groups.pair is None or pairs.start is None or pairs.end is None:
        raise TypeError("groups without periods")
    *_, ids = groups.crossed
    row_of = {label: row for row, label in enumerate(groups.labels)}
    position = {str(id_): place for place, id_ in enumerate(ids)}
    period = np.array([position[label[-1]] for label in groups.labels], dtype=np.int64)
    is_in, n_groups = groups.code >= 0, len(groups.labels)
    code, pair = groups.code[is_in], groups.pair[is_in]
    ends = code[period[code] == pairs.end[pair] - 1]
    starts = code[period[code] == pairs.start[pair]]
    lasts = np.bincount(ends, minlength=n_groups) == 0
    begun = np.bincount(starts, minlength=n_groups) == 0
    follows: Bools = lasts.copy()
    for row in np.flatnonzero(begun & ~lasts).tolist():
        what, before = groups.labels[row][0], str(ids[period[row] - 1])
        follows[row] = not lasts[row_of[what, before]]
    return follows


def used_while_running(
    plan: Plan, per: str, uses: str | None = None
) -> dict[str, dict[str | None, Fraction]]:
    """Sum a pair column of each group by period, by a plain reading; by None without periods."""
    if not plan.instance.region.periods:
        return {label: {None: amount} for label, amount in used(plan, per, uses).items()}
    found: dict[str, dict[str | None, Fraction]] = {}
    for group, amount in used(plan, (per, PERIOD), uses).items():
        found.setdefault(group[0], {})[group[1]] = amount
    return found


def most_beside(plan: Plan, placement: Placement, per: str, uses: str | None = None) -> Fraction:
    """Return the most that a placement finds used of its group while it runs."""
    label = plan.group(placement, per)
    taken = used_while_running(plan, per, uses).get(str(label), {})
    run: list[str | None] = [period.id for period in plan.run(placement)]
    return max(taken.get(period, Fraction(0)) for period in run or [None])


def in_period(about: Group, period: str | None) -> Group:
    """Name a group in a period, where there is one."""
    if period is None:
        return about
    return (about, period) if isinstance(about, str) else (*about, period)
