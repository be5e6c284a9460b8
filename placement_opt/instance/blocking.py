"""Blocking pairs of a plan: a person and an opening that would rather have each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from placement_opt.instance.in_time import run_of, starts_of
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.records import Period

Strength = Literal["weak", "strong", "super"]
"""How much both sides have to gain before they block: both something; one something and the other
nothing to lose; neither anything to lose. The usual names of stability with ties."""

RANK_COLUMNS = ("candidate_rank", "opening_rank")


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """A person and an opening that would rather have each other than what the plan gives them.

    Parameters
    ----------
    candidate_id, opening_id
        Who, and where.
    candidate_rank, opening_rank
        How each ranks the other; 1 is best.
    present_opening_id, present_rank
        The best opening that the plan gives the person, and its rank; None for no placement, and
        for a placement that is not among the wishes no rank.
    displaced_candidate_id, displaced_rank
        The least preferred person in the opening, and the rank; None for a free place, and for
        somebody whom the opening does not rank no rank.
    start
        Id of the first period from which on the opening would take the person; None without
        periods.
    """

    candidate_id: str
    opening_id: str
    candidate_rank: Fraction
    opening_rank: Fraction
    present_opening_id: str | None
    present_rank: Fraction | None
    displaced_candidate_id: str | None
    displaced_rank: Fraction | None
    start: str | None = None


def blocking_pairs(plan: Plan, strength: Strength = "weak") -> list[BlockingPair]:
    """Return the blocking pairs of a plan, by candidate and opening; a plain reading.

    Cost: O(the preferences of all openings), or O(E) where ranks are given with ``pairs=`` or
    ``pair_values=``.
    """
    ranks = _Ranks(plan)
    found = [
        pair
        for placement in _mutual(plan)
        if (pair := ranks.blocking(placement, strength)) is not None
    ]
    return sorted(found, key=lambda pair: (pair.candidate_id, pair.opening_id))


def _mutual(plan: Plan) -> Iterator[Placement]:
    """Yield the eligible pairs in which each side may want the other."""
    if "opening_rank" in plan.given_columns:
        yield from plan.eligible.values()
        return
    for opening in plan.instance.region.openings:
        for entry in opening.preferences:
            for name in (entry,) if isinstance(entry, str) else entry:
                pair = plan.eligible.get((name, opening.id))
                if pair is not None:
                    yield pair


Entry = tuple[Fraction | None, str]
"""A rank, None for none, and whose it is."""


class _Ranks:
    """The ranks of a plan's placements, by person, and by opening and period."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._of_candidate: dict[str, list[Entry]] = {}
        self._of_opening: dict[tuple[str, str | None], list[Entry]] = {}
        self._pairs = {(placed.candidate_id, placed.opening_id) for placed in plan.placements}
        for placed in plan.placements:
            mine, theirs = self._ranks(placed)
            self._of_candidate.setdefault(placed.candidate_id, []).append(
                (mine or None, placed.opening_id)
            )
            for period in _ids(plan.run(placed)):
                self._of_opening.setdefault((placed.opening_id, period), []).append(
                    (theirs or None, placed.candidate_id)
                )

    def _ranks(self, placement: Placement) -> tuple[Fraction, Fraction]:
        mine, theirs = (self._plan.amount(placement, name) for name in RANK_COLUMNS)
        return mine or Fraction(0), theirs or Fraction(0)

    def blocking(self, pair: Placement, strength: Strength) -> BlockingPair | None:
        """Return a pair with what both have instead, where they block; else None."""
        mine, theirs = self._ranks(pair)
        positions = self._plan.opening(pair).positions
        if not (mine and theirs and positions):
            return None
        if (pair.candidate_id, pair.opening_id) in self._pairs:
            return None
        placed = self._of_candidate.get(pair.candidate_id, [])
        gains = not any(rank is not None and rank <= mine for rank, _ in placed)
        keeps = not any(rank is not None and rank < mine for rank, _ in placed)
        for run in self._runs(pair):
            staffs = [self._of_opening.get((pair.opening_id, period), []) for period in run]
            wants, takes = (
                all(_n_before(theirs, staff, equal=equal) < positions for staff in staffs)
                for equal in (True, False)
            )
            if {
                "weak": gains and wants,
                "strong": (gains and takes) or (keeps and wants),
                "super": keeps and takes,
            }[strength]:
                full = [entry for staff in staffs if len(staff) >= positions for entry in staff]
                best = min(placed, key=_order, default=None)
                last = max(full, key=_order, default=None)
                return BlockingPair(
                    pair.candidate_id,
                    pair.opening_id,
                    mine,
                    theirs,
                    None if best is None else best[1],
                    None if best is None else best[0],
                    None if last is None else last[1],
                    None if last is None else last[0],
                    run[0],
                )
        return None

    def _runs(self, pair: Placement) -> Iterator[tuple[str | None, ...]]:
        """Yield the periods of each run that a pair can have; without periods the one week."""
        plan, opening = self._plan, self._plan.opening(pair)
        periods = plan.instance.region.periods
        if not periods:
            yield (None,)
        for start in starts_of(periods, plan.candidate(pair), opening):
            yield _ids(tuple(run_of(periods, start.id, opening)))


def _ids(run: Sequence[Period]) -> tuple[str | None, ...]:
    """Return the ids of periods; None for the one week of a plan without any."""
    return tuple(period.id for period in run) or (None,)


def _n_before(rank: Fraction, staff: Sequence[Entry], *, equal: bool) -> int:
    """Return how many people have a better rank; with `equal` also those who have the same."""
    return sum(one is not None and (one < rank or (equal and one == rank)) for one, _ in staff)


def _order(entry: Entry) -> tuple[bool, Fraction, str]:
    """Sort by rank; who is not ranked comes last."""
    rank, name = entry
    return rank is None, rank or Fraction(0), name
