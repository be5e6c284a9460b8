"""Who has another opening than in an earlier plan, and why, in words that are so."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from placement_opt.basics.rows import ChangeRow
from placement_opt.run.compiled import Compiled
from placement_opt.run.removed import removed_by
from placement_opt.run.result_record import ResultRecord

Openings = Mapping[str, tuple[str, ...]]
"""The openings of each candidate that has any, ids ascending."""


def openings_of(plan: ResultRecord) -> Openings:
    """Return the openings of each candidate in a plan."""
    found: dict[str, list[str]] = {}
    for row in plan.placement_rows:
        found.setdefault(row.candidate_id, []).append(row.opening_id)
    return {candidate_id: tuple(sorted(ids)) for candidate_id, ids in found.items()}


def change_rows(
    compiled: Compiled, old: ResultRecord, new: ResultRecord, known_before: Collection[str]
) -> tuple[ChangeRow, ...]:
    """Return a row for each candidate of the region whose openings differ, ids ascending.

    Parameters
    ----------
    compiled
        The model of the new plan.
    old, new
        The plans.
    known_before
        Ids of the candidates that the earlier region had.
    """
    if not new.has_plan:
        return ()
    before, after = openings_of(old), openings_of(new)
    ways = {
        (row.candidate_id, row.opening_id): row.variant
        for row in (*old.placement_rows, *new.placement_rows)
    }
    tells = _Tells(compiled, new, frozenset(known_before), ways)
    rows = []
    for candidate_id in compiled.pairs.instance.candidate_ids:
        was, now = before.get(candidate_id, ()), after.get(candidate_id, ())
        if was != now:
            why = tells.why(candidate_id, was, now)
            named = [", ".join(ids) or None for ids in (was, now)]
            rows.append(
                ChangeRow(candidate_id=candidate_id, before=named[0], after=named[1], why=why)
            )
    return tuple(rows)


@dataclass(frozen=True)
class _Tells:
    """Tells why, by what the new region, its rules and its plan say."""

    compiled: Compiled
    new: ResultRecord
    known_before: frozenset[str]
    ways: Mapping[tuple[str, str], str | None]

    @cached_property
    def unplaced(self) -> Mapping[str, str]:
        """Why each candidate without a placement has none."""
        return {row.candidate_id: row.text for row in self.new.unplaced_rows}

    def why(self, candidate_id: str, was: tuple[str, ...], now: tuple[str, ...]) -> str:
        """Tell the reason of one change: what is no longer possible, then what is instead."""
        lost = [opening_id for opening_id in was if opening_id not in now]
        closed = [text for one in lost if (text := self._no_longer(candidate_id, one))]
        if not now:
            return "; ".join([*closed, self.unplaced[candidate_id]])
        points = self._points(candidate_id, [one for one in now if one not in was])
        if not was:
            new = "" if candidate_id in self.known_before else "new in the region; "
            return f"{new}newly placed: {points}"
        if closed or not lost:
            return "; ".join([*closed, points])
        return f"{points}; {self._points(candidate_id, lost)} before"

    def _no_longer(self, candidate_id: str, opening_id: str) -> str:
        """Tell why a placement of before is not eligible today; empty where it is."""
        instance = self.compiled.pairs.instance
        if opening_id not in instance.opening_of:
            return f"{opening_id} is gone"
        if self._ways(candidate_id, opening_id):
            closed = instance.opening_of[opening_id].positions == 0
            return f"{opening_id} is closed" if closed else ""
        reasons = removed_by(self.compiled.pairs, self.compiled.rules, candidate_id, opening_id)
        return f"{opening_id} is no longer possible ({'; '.join(reasons) or 'not listed'})"

    def _points(self, candidate_id: str, openings: list[str]) -> str:
        rows = [self._row(candidate_id, opening_id) for opening_id in openings]
        known = np.array([row for row in rows if row is not None], dtype=np.int64)
        points = self.compiled.formulation.objective.points_of(known)
        return f"{float(sum(points)):,.0f} points in {', '.join(openings)}"

    def _row(self, candidate_id: str, opening_id: str) -> int | None:
        """Return the row of a pair in the way that the later plan has it, or the earlier one.

        Where that way is gone, it is the one of most points.
        """
        variant, pairs = self.ways.get((candidate_id, opening_id)), self.compiled.pairs
        rows = self._ways(candidate_id, opening_id)
        same = [row for row in rows if pairs.variant_of(row) == variant]
        gain = self.compiled.formulation.objective.gain
        return max(same or rows, key=lambda row: int(gain[row]), default=None)

    def _ways(self, candidate_id: str, opening_id: str) -> range:
        pairs = self.compiled.pairs
        instance = pairs.instance
        return pairs.ways(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))
