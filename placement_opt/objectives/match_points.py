"""The match score of whole blocks of pairs, in integer arithmetic on the columns."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import HOUR, NOT_GIVEN, frozen
from placement_opt.instance.instance import Instance
from placement_opt.instance.travel import TravelTable
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.rankings import Ranking, ranked

RARITY_STEPS = 1_000
"""A skill's weight is 1 plus this many steps per factor e of rarity."""

EXACT_QUOTIENT = 1 << 53
"""Whole numbers below are doubles."""

Part: TypeAlias = Callable[[slice, slice], npt.NDArray[np.integer]]
"""From (candidates of a block, their pairs) to the points of those pairs."""


def match_points(pairs: PairTable, parts: Sequence[Part]) -> Ints:
    """Sum the parts over all pairs, block by block; shape (E,), int64 points."""
    total = np.zeros(pairs.n_pairs, dtype=np.int64)
    for rows, members in pairs.blocks():
        for part in parts:
            total[members] += part(rows, members)
    return total


def half_up(most: int, numerator: Ints, denominator: Ints) -> Ints:
    """Return ``most * numerator / denominator`` in whole points, halves rounded up."""
    top, bottom = 2 * most * numerator + denominator, 2 * denominator
    if int(top.max(initial=0)) < EXACT_QUOTIENT:
        # A quotient of doubles below 2^53 never rounds up to a whole number that it misses.
        return np.floor(top / bottom).astype(np.int64)
    points: Ints = top // bottom
    return points


def skill_part(pairs: PairTable, most: int) -> Part:
    """Coverage of required skills, weighted by rarity.

    Place k of every opening's list is looked at at once, for the pairs whose opening asks so many
    skills; cost O(skills asked, over all pairs).
    """
    instance = pairs.instance
    asked, weight = instance.openings.required, instance.derived(_rarity_weights)
    named, column = np.unique(asked.indices, return_inverse=True)
    held = instance.candidates.skills[:, named].tocsr()
    full = asked.data * weight[asked.indices]
    start, length = asked.indptr[:-1], np.diff(asked.indptr)
    sums = np.concatenate([[0], np.cumsum(full)])
    granted = _granted(instance)
    whole = sums[asked.indptr[1:]] - sums[asked.indptr[:-1]]

    def part(rows: slice, members: slice) -> Ints:
        own = held[rows].toarray() * weight[named]
        first = (pairs.candidate[members] - np.int32(rows.start)) * np.int64(named.size)
        opening = pairs.opening[members]
        covered = np.zeros(opening.size, dtype=np.int64)
        at, asks = np.arange(opening.size), length[opening]
        entry = start[opening]
        for place in range(int(length.max(initial=0))):
            left = np.flatnonzero(asks > place)
            if left.size < asks.size:
                at, asks, entry, first = at[left], asks[left], entry[left], first[left]
            covered_here = np.minimum(own.take(first + column[entry]), full[entry])
            if granted is not None:
                covered_here = np.where(granted[entry], full[entry], covered_here)
            covered[at] += covered_here
            entry = entry + 1
        points = half_up(most, covered, np.maximum(whole, 1)[opening])
        points[whole[opening] == 0] = most
        return points

    return part


def _granted(instance: Instance) -> Bools | None:
    """Mark the skills, of all that openings ask, that are there once the steps are taken.

    An eligible pair has every essential skill, or a step before the job gives it. None without
    steps.
    """
    if instance.steps is None:
        return None

    def keys(asked: sparse.csr_array) -> Ints:
        row = np.repeat(np.arange(instance.n_openings), np.diff(asked.indptr))
        key: Ints = row * np.int64(len(instance.skill_names)) + asked.indices
        return key

    return np.isin(keys(instance.openings.required), keys(instance.openings.essential))


def _rarity_weights(instance: Instance) -> Ints:
    """Return 1 + round(1000 ln((1 + C) / (1 + c))) per skill, c = candidates who have it."""
    skills = instance.candidates.skills
    held = np.bincount(skills.indices[skills.data > 0], minlength=len(instance.skill_names))
    everybody = 1 + instance.n_candidates
    return np.array(
        [1 + round(RARITY_STEPS * math.log(everybody / (1 + n))) for n in held.tolist()],
        dtype=np.int64,
    )


def wish_part(pairs: PairTable, most: int) -> Part:
    """Rank of the best wish of the candidate that the opening meets, by id or sector of work."""
    sector, by_id, by_sector = pairs.instance.derived(_wishes)

    def part(rows: slice, members: slice) -> Ints:
        candidate, opening = pairs.candidate[members] - rows.start, pairs.opening[members]
        direct = by_id.points(rows, most)[candidate, opening]
        through_sector = by_sector.points(rows, most)[candidate, sector[opening]]
        best: Ints = np.maximum(direct, through_sector)
        return best

    return part


def preference_part(pairs: PairTable, most: int) -> Part:
    """Rank of the candidate among the preferences of the opening."""
    by_candidate = pairs.instance.derived(_preferences)

    def part(rows: slice, members: slice) -> Ints:
        candidate, opening = pairs.candidate[members] - rows.start, pairs.opening[members]
        points: Ints = by_candidate.points(rows, most)[candidate, opening]
        return points

    return part


@dataclass(frozen=True, eq=False, repr=False)
class _Ranks(ShortRepr):
    """Names that come before each named one, and how many there are in its ranking.

    `place` holds the rank, counted from 1, and `names` the length of the ranking, aligned with it.
    """

    place: sparse.csr_array
    names: Ints

    @classmethod
    def of(
        cls,
        rankings: Sequence[Ranking],
        column_of: Mapping[str, int],
        width: int,
        *,
        by_column: bool = False,
    ) -> "_Ranks":
        """Read rankings, a row each; `by_column` turns the table, a row for each name."""
        rows, columns, place, names = [], [], [], []
        for row, ranking in enumerate(rankings):
            ranks = list(ranked(ranking))
            for name, rank in ranks:
                if name in column_of:
                    rows.append(row)
                    columns.append(column_of[name])
                    place.append(rank)
                    names.append(len(ranks))
        at = (columns, rows) if by_column else (rows, columns)
        shape = (width, len(rankings)) if by_column else (len(rankings), width)
        tables = [
            sparse.coo_array((np.array(values, dtype=np.int32), at), shape=shape).tocsr()
            for values in (place, names)
        ]
        return cls(tables[0], tables[1].data.astype(np.int64))

    def points(self, rows: slice, most: int) -> Indices:
        """Return points of some rows as a table: after r of n names one gets (n - r) / n."""
        start, stop = self.place.indptr[[rows.start, rows.stop]]
        n = self.names[start:stop]
        some = self.place[rows]
        rank = some.data.astype(np.int64)
        values = ((2 * most * (n + 1 - rank) + n) // (2 * n)).astype(np.int32)
        table: Indices = sparse.csr_array((values, some.indices, some.indptr), some.shape).toarray()
        return table


def _wishes(instance: Instance) -> tuple[Indices, _Ranks, _Ranks]:
    """Return the sector of each opening, and wishes by opening and by sector."""
    sector_row = _positions(o.sector_of_work for o in instance.region.openings)
    sector = frozen(
        (
            sector_row.get(instance.opening_of[id_].sector_of_work or "", NOT_GIVEN)
            for id_ in instance.opening_ids
        ),
        np.int32,
    )
    opening_row = {id_: row for row, id_ in enumerate(instance.opening_ids)}
    wishes = [instance.candidate_of[id_].wishes for id_ in instance.candidate_ids]
    by_id = _Ranks.of(wishes, opening_row, instance.n_openings)
    # One column more than sectors, always zero: that is where an opening without a sector looks.
    return sector, by_id, _Ranks.of(wishes, sector_row, len(sector_row) + 1)


def _preferences(instance: Instance) -> _Ranks:
    """Return the preferences of openings, a row for each candidate."""
    candidate_row = {id_: row for row, id_ in enumerate(instance.candidate_ids)}
    preferences = [instance.opening_of[id_].preferences for id_ in instance.opening_ids]
    return _Ranks.of(preferences, candidate_row, instance.n_candidates, by_column=True)


def _positions(names: Iterable[str | None]) -> Mapping[str, int]:
    known = sorted({name for name in names if name is not None})
    return {name: position for position, name in enumerate(known)}


def travel_part(pairs: PairTable, most: int) -> Part:
    """Part of the candidate's longest journey that is saved; 0 where nothing is known."""
    longest = pairs.instance.candidates.max_travel
    table = pairs.instance.derived(TravelTable)

    def part(rows: slice, members: slice) -> Ints:
        del rows
        candidate, opening = pairs.candidate[members], pairs.opening[members]
        minutes, limit = table.minutes(candidate, opening), longest[candidate]
        known = (limit > 0) & (minutes != NOT_GIVEN)
        saved = np.where(known, np.maximum(limit - minutes, 0), 0)
        return half_up(most, saved, np.maximum(limit, 1))

    return part


def hours_part(pairs: PairTable, most: int) -> Part:
    """Hours of the pair over the most hours the candidate wants; 0 where nothing is known."""
    wanted, offered = pairs.instance.candidates.hours_max, pairs.instance.openings.hours_max
    given = pairs.given.get("hours_per_week")
    said = pairs.given_where.get("hours_per_week")
    if given is not None and said is not None:
        every = np.minimum(wanted[pairs.candidate], offered[pairs.opening])
        given = pairs.with_given("hours_per_week", Column.of(np.maximum(every, 0), HOUR))

    def part(rows: slice, members: slice) -> Ints:
        del rows
        of_candidate: Ints = wanted[pairs.candidate[members]]
        if given is None:
            of_opening = offered[pairs.opening[members]]
            worked, unit = np.minimum(of_candidate, of_opening), HOUR
            known = (of_candidate > 0) & (of_opening != NOT_GIVEN)
        else:
            worked, unit = given.values[members].astype(np.int64), given.scale
            known = of_candidate > 0
        divisor = math.gcd(HOUR, unit)
        hours = np.where(known, worked, 0) * (HOUR // divisor)
        return half_up(most, hours, np.maximum(of_candidate, 1) * (unit // divisor))

    return part


__all__ = [
    "RARITY_STEPS",
    "hours_part",
    "match_points",
    "preference_part",
    "skill_part",
    "travel_part",
    "wish_part",
]
