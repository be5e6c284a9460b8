"""Groups that stay together: all members in one place, or none of them placed."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.base import Rule
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.in_time import START_PERIOD
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable
from placement_opt.records.periods import WITHIN
from placement_opt.records.together import Together

APART = "placements apart"


class PlacedTogether(Rule):
    r"""The members of a group work in one place, all of them, or none of them is placed.

    The members stand in a ring. Wherever one of them works, so does the next:

    .. math:: \sum_{o \in l} x_{co} \le n \sum_{o \in l} x_{c'o}
        \quad \text{for each place } l \text{ and each member } c \text{ with the next, } c'

    with n the openings of the first of the two there, which is 1 where a place is an opening.
    `Region.together` says who, and what a place is. In a region with periods they also start in the
    same one. Source: practice, such as couples, and duos in which one shows the other the work; no
    law.
    """

    title: ClassVar[str] = "groups that stay together"
    title_nl: ClassVar[str] = "groepen die samen blijven"
    keeps_out: ClassVar[tuple[str, str] | None] = (
        "ask for places for all members",
        "vragen plek voor alle leden",
    )
    rule: Literal["PlacedTogether"] = "PlacedTogether"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _groups(instance) else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        rows = _Rows(pairs)
        for group in _groups(pairs.instance):
            rows.add(group)
        if not rows.labels:
            return None
        n_rows = len(rows.labels)
        entries = (np.concatenate(one) for one in (rows.amount, rows.row, rows.pair))
        amount, row, pair = entries
        usage = sparse.coo_array((amount, (row, pair)), shape=(n_rows, pairs.n_pairs))
        return RowBlock(
            self.title,
            rows.labels,
            narrow_rows(usage.tocsr()),
            np.zeros(n_rows, dtype=np.int64),
            np.full(n_rows, NO_UPPER),
            limits=RowLimits.of(rows.labels, APART, size=Fraction(-1), most=[Fraction(0)] * n_rows),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for group in _groups(plan.instance):
            there: dict[_PlaceInTime, set[str]] = {}
            for member in group.members:
                for placement in plan.of_candidate.get(member, ()):
                    there.setdefault(_place(plan, placement, group), set()).add(member)
            for (_, place, start), members in sorted(there.items()):
                apart = [member for member in group.members if member not in members]
                here = _in_time(place, start)
                text = f"{', '.join(sorted(members))} in {here}, without {', '.join(apart)}"
                for member, other in _ring(group):
                    if member in members and other in apart:
                        yield self.broken(_row_of(group, here, member), text)


_PlaceInTime = tuple[bool, str, str]
"""Whether a place is an employer, its id, and the period of the start, empty without periods."""


class _Rows:
    """Collects the entries of the rows, group by group."""

    def __init__(self, pairs: PairTable) -> None:
        self.amount: list[Ints] = []
        self.row: list[Ints] = []
        self.pair: list[Ints] = []
        self.labels: list[str] = []
        self._pairs = pairs
        instance = pairs.instance
        self._place = {"opening": [(False, id_) for id_ in instance.opening_ids]}
        self._place["employer"] = [
            _place_of(instance, id_, "employer") for id_ in instance.opening_ids
        ]

    def add(self, group: Together) -> None:
        """Add the rows of a group: of each member with the next one, in each place of the first."""
        place = self._place[group.where]
        for member, other in _ring(group):
            own, beside = self._of(member), self._of(other)
            first = len(self.labels)
            row_of: dict[_PlaceInTime, int] = {}
            openings: dict[_PlaceInTime, set[int]] = {}
            rows = []
            for opening, start in self._ends(own):
                here = (*place[opening], start)
                rows.append(row_of.setdefault(here, first + len(row_of)))
                openings.setdefault(here, set()).add(opening)
            self._enter(own, rows, [-1] * len(rows))
            ends = [
                (pair, row_of[here], len(openings[here]))
                for pair, (opening, start) in zip(beside.tolist(), self._ends(beside), strict=True)
                if (here := (*place[opening], start)) in row_of
            ]
            self._enter(
                np.array([pair for pair, _, _ in ends], dtype=np.int64),
                [row for _, row, _ in ends],
                [count for _, _, count in ends],
            )
            self.labels += [
                _row_of(group, _in_time(name, start), member) for _, name, start in row_of
            ]

    def _of(self, candidate_id: str) -> Ints:
        start = self._pairs.candidate_start
        candidate = self._pairs.instance.candidate_idx(candidate_id)
        return np.arange(int(start[candidate]), int(start[candidate + 1]))

    def _ends(self, pairs: Ints) -> list[tuple[int, str]]:
        """Return the opening of each pair and the period in which it starts."""
        openings = self._pairs.opening[pairs].tolist()
        if self._pairs.start is None:
            return [(opening, "") for opening in openings]
        ids = [period.id for period in self._pairs.instance.region.periods]
        starts = self._pairs.start[pairs].tolist()
        return [(opening, ids[start]) for opening, start in zip(openings, starts, strict=True)]

    def _enter(self, pair: Ints, row: list[int], amount: list[int]) -> None:
        self.pair.append(pair)
        self.row.append(np.array(row, dtype=np.int64))
        self.amount.append(np.array(amount, dtype=np.int64))


def _groups(instance: Instance) -> list[Together]:
    """Return the groups that bind somebody."""
    return [group for group in instance.region.together if len(group.members) > 1]


def _ring(group: Together) -> Iterator[tuple[str, str]]:
    """Yield each member with the next one."""
    return zip(group.members, [*group.members[1:], group.members[0]], strict=True)


def _in_time(place: str, start: str) -> str:
    """Name a place, and the period of the start where there is one."""
    return f"{place}{WITHIN}{start}" if start else place


def _row_of(group: Together, place: str, member: str) -> str:
    """Name what binds a member to the next one in a place."""
    return f"{' + '.join(group.members)}, {place}: {member}"


def _place_of(instance: Instance, opening_id: str, where: str) -> tuple[bool, str]:
    """Return the place that an opening is, or is part of: whether it is an employer, and its id."""
    employer = instance.opening_of[opening_id].employer if where == "employer" else None
    return (False, opening_id) if employer is None else (True, employer)


def _place(plan: Plan, placement: Placement, group: Together) -> _PlaceInTime:
    """Return the place of a placement as a group sees places, by a plain reading."""
    employer = plan.employer(placement) if group.where == "employer" else None
    start = str(plan.group(placement, START_PERIOD) or "")
    if employer is None:
        return False, placement.opening_id, start
    return True, employer.id, start
