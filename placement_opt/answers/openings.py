"""How full each opening is, and why places are free: nobody eligible, nobody left, or a limit."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from placement_opt.answers.reasons import Kind, Reason, reasons_of
from placement_opt.answers.row_words import RowWords
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.rows import OpeningRow
from placement_opt.pairs.table import BLOCK_CELLS
from placement_opt.run.compiled import Compiled
from placement_opt.run.own_parts import asked_rule
from placement_opt.solvers.search.board import Solution


def opening_rows(compiled: Compiled, solution: Solution, prices: Floats) -> tuple[OpeningRow, ...]:
    """Return a row for each opening that is a job, ids ascending.

    Costs a pass over the pairs of people who are left in openings that have room, and the pair
    rules of openings without any pair: not a solve.

    Parameters
    ----------
    compiled, solution
        The model and the verified plan.
    prices
        What a unit of each row is worth; see `placement_opt.answers.row_prices`.
    """
    pairs, instance = compiled.pairs, compiled.pairs.instance
    places = instance.openings.positions.astype(np.int64)
    filled = np.bincount(pairs.opening[solution.chosen], minlength=instance.n_openings)
    n_eligible = pairs.eligible_candidates
    with_room = np.flatnonzero((filled < places) & (n_eligible > 0))
    found = _found(compiled, solution, prices, with_room)
    empty = np.flatnonzero((places > 0) & (n_eligible == 0) & ~instance.is_step)
    removed = dict(zip(empty.tolist(), _removed(compiled, empty), strict=True))
    words = RowWords(compiled.formulation, compiled.rules)
    rows = []
    for opening, id_ in enumerate(instance.opening_ids):
        if instance.is_step[opening]:
            continue
        here, total = int(filled[opening]), int(n_eligible[opening])
        told: dict[str, Any]
        if places[opening] == 0:
            told = _told("closed", "closed: 0 positions", "gesloten: 0 plekken")
        elif here >= places[opening]:
            told = _told("full", "full", "vol")
        elif opening in removed:
            told = _nobody(removed[opening], instance.n_candidates, words)
        elif opening in found:
            told = _left(compiled, found[opening], words)
        else:
            told = _told(
                "nobody_left",
                f"nobody eligible is left: of {total:,}, {here:,} are placed here and"
                f" {total - here:,} elsewhere",
                f"er is niemand over: van {total:,} geschikte kandidaten zijn er {here:,} hier en"
                f" {total - here:,} elders geplaatst",
            )
        rows.append(
            OpeningRow(
                opening_id=id_,
                employer_id=instance.opening_of[id_].employer,
                places=int(places[opening]),
                filled=here,
                eligible_candidates=total,
                **told,
            )
        )
    return tuple(rows)


def _told(reason: str, text: str, text_nl: str, **more: str) -> dict[str, Any]:
    return {"reason": reason, "text": text, "text_nl": text_nl, **more}


def _found(
    compiled: Compiled, solution: Solution, prices: Floats, with_room: Ints
) -> Mapping[int, Reason]:
    """Return why those who are left are not in the openings with room, by opening."""
    pairs = compiled.pairs
    if pairs.placements_per_candidate > 1:
        is_free = np.ones(pairs.n_pairs, dtype=np.bool_)
    else:
        placed = np.zeros(pairs.instance.n_candidates, dtype=np.bool_)
        placed[pairs.candidate[solution.chosen]] = True
        is_free = ~placed[pairs.candidate]
    is_free[solution.chosen] = False
    if pairs.variant is not None:  # nobody takes a pair in a second way beside the first
        is_taken = np.zeros(pairs.n_distinct, dtype=np.bool_)
        is_taken[pairs.number[solution.chosen]] = True
        is_free &= ~is_taken[pairs.number]
    members, start = pairs.opening_member, pairs.opening_start
    has_room = np.zeros(pairs.instance.n_openings, dtype=np.bool_)
    has_room[with_room] = True
    kept = np.repeat(has_room, np.diff(start)) & is_free[members]
    left = members[kept].astype(np.int64)
    width = np.bincount(pairs.opening[left], minlength=has_room.size)
    owners = np.flatnonzero(width)
    closed = np.zeros(pairs.n_pairs, dtype=np.bool_)
    found = reasons_of(compiled.formulation, solution, prices, owners, width[owners], left, closed)
    return {reason.of: reason for reason in found}


def _removed(compiled: Compiled, openings: Ints) -> Iterator[Mapping[str, int]]:
    """Yield how many candidates each pair rule removes from each of some openings."""
    instance = compiled.pairs.instance
    candidate = np.arange(instance.n_candidates, dtype=np.int32)[:, np.newaxis]
    size = max(1, BLOCK_CELLS // instance.n_candidates)
    given = compiled.pairs.given.keys()
    for first in range(0, openings.size, size):
        some = openings[first : first + size].astype(np.int32)[np.newaxis, :]
        counts: dict[str, Ints] = {}
        for rule in compiled.rules:
            allowed = None
            if not rule.decided_by & given:
                allowed = asked_rule(rule).allows(instance, candidate, some)
            if allowed is not None:
                whole = np.broadcast_to(allowed, (instance.n_candidates, some.size))
                counts[rule.title] = np.count_nonzero(~whole, axis=0)
        for at in range(some.size):
            yield {title: int(count[at]) for title, count in counts.items()}


def _nobody(removed: Mapping[str, int], n_candidates: int, words: RowWords) -> dict[str, Any]:
    """Tell which pair rule removes most people from an opening for which nobody is eligible."""
    title = max(removed, key=lambda name: removed[name], default=None)
    if title is None or removed[title] == 0:
        return _told(
            "no_eligible_candidate",
            "nobody is eligible: no pair with this opening was given",
            "niemand is geschikt: er is geen koppeling met deze vacature opgegeven",
        )
    return _told(
        "no_eligible_candidate",
        f"nobody is eligible: {title} removes {removed[title]:,} of {n_candidates:,}",
        f"niemand is geschikt: {words.title_nl(title)} sluit {removed[title]:,} van de"
        f" {n_candidates:,} uit",
        because=title,
        about=str(removed[title]),
    )


def _left(compiled: Compiled, reason: Reason, words: RowWords) -> dict[str, Any]:
    """Tell why somebody who is left is not in an opening with room."""
    pairs = compiled.pairs
    best = pairs.instance.candidate_ids[pairs.candidate[reason.pair]]
    if reason.kind is Kind.ROOM_LEFT:
        return _told(
            "room_left",
            f"there is room for {best} and the total would rise: a better plan is open, within the"
            " gap of this one",
            f"er is ruimte voor {best} en het totaal zou stijgen: een beter plan is mogelijk,"
            " binnen de marge van dit plan",
            best_candidate_id=best,
        )
    if reason.kind is Kind.NOT_WORTHWHILE:
        return _told(
            "not_worthwhile",
            f"the total would not rise by a placement of anybody who is left, also not of {best}",
            f"een plaatsing van wie over is verhoogt het totaal niet, ook niet van {best}",
            best_candidate_id=best,
        )
    lacking, lacking_nl = words.without_room(reason)
    scarcest = words.named(reason.rows[0])
    return _told(
        "held_back",
        f"no room for {best}, who is left: {lacking}",
        f"geen ruimte voor {best}, die over is: {lacking_nl}",
        best_candidate_id=best,
        because=scarcest.title,
        about=scarcest.about,
    )
