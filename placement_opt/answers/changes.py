"""Who has another opening than in an earlier plan, and why, in words that are so."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from placement_opt.basics.rows import ChangeRow
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.records.pins import Pin
from placement_opt.run.compiled import Compiled
from placement_opt.run.removed import removed_by
from placement_opt.run.result_record import ResultRecord

if TYPE_CHECKING:
    from placement_opt.model import Model
    from placement_opt.result import Result

Openings = Mapping[str, tuple[str, ...]]
"""The openings of each candidate that has any, ids ascending."""

SHOWN = 3
"""So many other people are named, and how many more there are."""


class Told(NamedTuple):
    """One reason in English and in Dutch."""

    en: str
    nl: str


def openings_of(plan: ResultRecord) -> Openings:
    """Return the openings of each candidate in a plan."""
    found: dict[str, list[str]] = {}
    for row in plan.placement_rows:
        found.setdefault(row.candidate_id, []).append(row.opening_id)
    return {candidate_id: tuple(sorted(ids)) for candidate_id, ids in found.items()}


def change_rows(old: "Result", new: "Result") -> tuple[ChangeRow, ...]:
    """Return a row for each candidate of the region whose openings differ, ids ascending.

    Parameters
    ----------
    old, new
        The results, which know their models.
    """
    if not new.has_plan:
        return ()
    tells = _Tells(old, new)
    rows = []
    for candidate_id in tells.compiled.pairs.instance.candidate_ids:
        was, now = tells.before.get(candidate_id, ()), tells.after.get(candidate_id, ())
        if was != now:
            rows.append(tells.row(candidate_id, was, now))
    return tuple(rows)


def pins_in(model: "Model") -> Mapping[tuple[str, str], Pin | None]:
    """Return the fixed placements of a model with who fixed them; None where that is not told."""
    rules = [rule for rule in model.rules if isinstance(rule, FixedPlacements)]
    found: dict[tuple[str, str], Pin | None] = {}
    for rule in rules:
        found |= dict.fromkeys(rule.fixed_in(model.instance))
        found |= {pin.pair: pin for pin in rule.pins_in(model.instance)}
    return found


def told_pin(pin: Pin | None) -> Told:
    """Tell who fixed a placement, when and why, as far as that is known."""
    if pin is None:
        return Told("fixed", "vastgelegd")
    english, dutch = "fixed", "vastgelegd"
    if pin.author is not None:
        english, dutch = f"{english} by {pin.author}", f"{dutch} door {pin.author}"
    if pin.date is not None:
        english, dutch = f"{english} on {pin.date}", f"{dutch} op {pin.date}"
    reason = "" if pin.reason is None else f": {pin.reason}"
    return Told(english + reason, dutch + reason)


class _Tells:
    """Tells why, by what the two regions, their rules and their plans say."""

    def __init__(self, old: "Result", new: "Result") -> None:
        self.compiled: Compiled = new.model.compile()
        self.before, self.after = openings_of(old), openings_of(new)
        self._new = new
        self._known_before = {candidate.id for candidate in old.model.region.candidates}
        self._variants = {
            (row.candidate_id, row.opening_id): row.variant
            for row in (*old.placement_rows, *new.placement_rows)
        }
        self._fixed_before, self._fixed = pins_in(old.model), pins_in(new.model)

    @cached_property
    def _unplaced(self) -> Mapping[str, Told]:
        """Why each candidate without a placement has none."""
        return {row.candidate_id: Told(row.text, row.text_nl) for row in self._new.unplaced_rows}

    @cached_property
    def _people(self) -> tuple[Mapping[str, list[str]], Mapping[str, list[str]]]:
        """Who had each opening before, and who has it now."""
        return _by_opening(self.before), _by_opening(self.after)

    def row(self, candidate_id: str, was: tuple[str, ...], now: tuple[str, ...]) -> ChangeRow:
        """Return the change of one person."""
        why = [*self._why(candidate_id, was, now)]
        room = [*self._room(was, now)]
        named = [", ".join(ids) or None for ids in (was, now)]
        return ChangeRow(
            candidate_id=candidate_id,
            before=named[0],
            after=named[1],
            why="; ".join(told.en for told in why),
            why_nl="; ".join(told.nl for told in why),
            room="; ".join(told.en for told in room) or None,
            room_nl="; ".join(told.nl for told in room) or None,
        )

    def _why(self, candidate_id: str, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[Told]:
        """Yield what is no longer possible, then what is instead."""
        lost = [one for one in was if one not in now]
        gained = [one for one in now if one not in was]
        closed = [told for one in lost if (told := self._no_longer(candidate_id, one)) is not None]
        yield from closed
        for one in lost:
            is_free = (candidate_id, one) not in self._fixed
            if is_free and (candidate_id, one) in self._fixed_before:
                pin = told_pin(self._fixed_before[candidate_id, one])
                yield Told(
                    f"{one} is released (was {pin.en})", f"{one} is losgelaten (was {pin.nl})"
                )
        for one in gained:
            if (candidate_id, one) in self._fixed:
                pin = told_pin(self._fixed[candidate_id, one])
                yield Told(f"{one} is {pin.en}", f"{one} is {pin.nl}")
        if not now:
            yield self._unplaced[candidate_id]
            return
        if not was and candidate_id not in self._known_before:
            yield Told("new in the region", "nieuw in de regio")
        if gained:
            points = self._points(candidate_id, gained)
            new = ("newly placed: ", "nieuw geplaatst: ") if not was else ("", "")
            yield Told(new[0] + points.en, new[1] + points.nl)
        if lost and not closed:
            points = self._points(candidate_id, lost)
            yield Told(f"{points.en} before", f"{points.nl} eerst")

    def _no_longer(self, candidate_id: str, opening_id: str) -> Told | None:
        """Tell why a placement of before is not possible today; None where it is."""
        instance = self.compiled.pairs.instance
        if opening_id not in instance.opening_of:
            return Told(f"{opening_id} is gone", f"{opening_id} is er niet meer")
        if self._ways(candidate_id, opening_id):
            if instance.opening_of[opening_id].positions == 0:
                return Told(f"{opening_id} is closed", f"{opening_id} is gesloten")
            return None
        reasons = removed_by(self.compiled.pairs, self.compiled.rules, candidate_id, opening_id)
        titles = {rule.title: rule.title_nl or rule.title for rule in self.compiled.rules}
        rules = dict.fromkeys(reason.partition(": ")[0] for reason in reasons)
        dutch = ", ".join(titles.get(rule, rule) for rule in rules)
        return Told(
            f"{opening_id} is no longer possible ({'; '.join(reasons) or 'not listed'})",
            f"{opening_id} kan niet meer ({dutch or 'niet genoemd'})",
        )

    def _room(self, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[Told]:
        """Yield who left a full opening that somebody has now, and who has the one of before."""
        there, here = self._people
        instance = self.compiled.pairs.instance
        for one in now:
            left = [who for who in there.get(one, ()) if who not in here.get(one, ())]
            if one not in was and left:
                gone = [who for who in left if who not in instance.candidate_of]
                names = _named(left)
                region = " (left the region)" if gone == left else ""
                regio = " (weg uit de regio)" if gone == left else ""
                yield Told(
                    f"{one} was left by {names}{region}", f"{one} is verlaten door {names}{regio}"
                )
        for one in was:
            come = [who for who in here.get(one, ()) if who not in there.get(one, ())]
            if one in now or one not in instance.opening_of or not come:
                continue
            if len(here[one]) >= instance.opening_of[one].positions:
                names = _named(come)
                yield Told(f"made room in {one} for {names}", f"maakt in {one} plaats voor {names}")

    def _points(self, candidate_id: str, openings: Sequence[str]) -> Told:
        rows = [self._row(candidate_id, opening_id) for opening_id in openings]
        known = np.array([row for row in rows if row is not None], dtype=np.int64)
        points = float(sum(self.compiled.formulation.objective.points_of(known)))
        names = ", ".join(openings)
        dutch = f"{points:,.0f}".replace(",", ".")
        return Told(f"{points:,.0f} points in {names}", f"{dutch} punten in {names}")

    def _row(self, candidate_id: str, opening_id: str) -> int | None:
        """Return the row of a pair in the way that the later plan has it, or the earlier one.

        Where that way is gone, it is the one of most points.
        """
        variant, pairs = self._variants.get((candidate_id, opening_id)), self.compiled.pairs
        rows = self._ways(candidate_id, opening_id)
        same = [row for row in rows if pairs.variant_of(row) == variant]
        gain = self.compiled.formulation.objective.gain
        return max(same or rows, key=lambda row: int(gain[row]), default=None)

    def _ways(self, candidate_id: str, opening_id: str) -> range:
        pairs = self.compiled.pairs
        instance = pairs.instance
        return pairs.ways(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))


def _by_opening(plan: Openings) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for candidate_id in sorted(plan):
        for opening_id in plan[candidate_id]:
            found.setdefault(opening_id, []).append(candidate_id)
    return found


def _named(people: Sequence[str]) -> str:
    more = len(people) - SHOWN
    return ", ".join(people[:SHOWN]) + (f" (+{more})" if more > 0 else "")
