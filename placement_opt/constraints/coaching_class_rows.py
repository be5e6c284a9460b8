"""Coaching rows over classes of people whose coaching is alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_classes import Classes, Free, HandOut
from placement_opt.constraints.coaching_limits import limits_of_classes, limits_of_coaches
from placement_opt.constraints.coaching_pools import CoachPools
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.constraints.coaching_teams import Teams
from placement_opt.formulation.capacity import Capacity, Columns, Holders, Lacking, Packer, Pools
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.pairs.table import PairTable

SHOWN_COACHES = 3
"""At most so many coaches are named in the label of a class, so that it can be read."""


def class_rows(
    title: str,
    pairs: PairTable,
    classes: Classes,
    teams: Teams,
    free: Free,
    pools: CoachPools,
) -> RowBlock:
    """Return a balance row for each class, then a row for the hours and caseload of each coach."""
    n_classes, n_coaches = len(classes.key), free.hours.size
    members = [teams.members[team] for team, _ in classes.key]
    of_class = np.repeat(np.arange(n_classes), [len(coaches) for coaches in members])
    coach = np.concatenate([np.zeros(0, np.int64), *map(np.asarray, members)]).astype(np.int64)
    hand_out = HandOut(classes, of_class, coach)
    hours = hand_out.hours
    size = np.bincount(classes.of_pair, minlength=n_classes)
    most = np.minimum.reduce([size[of_class], free.hours[coach] // hours, free.caseload[coach]])
    n_own = coach.size
    usage = sparse.coo_array(
        (np.ones(classes.pair.size, dtype=np.int8), (classes.of_pair, classes.pair)),
        shape=(n_classes + 2 * n_coaches, pairs.n_pairs),
    )
    balanced = np.zeros(n_classes, np.int64)
    labels = _labels(pairs, classes, members, free)
    limits = limits_of_classes(labels[:n_classes], [len(team) for team in members])
    limits = limits.above(limits_of_coaches(pairs.instance, free.scale))
    return RowBlock(
        title,
        labels,
        usage.tocsr(),
        np.append(balanced, np.full(2 * n_coaches, NO_LOWER)),
        np.concatenate([balanced, free.hours, free.caseload]),
        Variables(np.zeros(n_own, np.int64), most.astype(np.int64), [Fraction(0)] * n_own),
        _own_usage(hand_out, n_classes, n_coaches),
        holders=Holders(of_class, coach),
        capacity=_ClassCapacity(hand_out, free, pools),
        limits=limits.with_own(None, size[of_class].astype(np.int64)),
    )


def _own_usage(hand_out: HandOut, n_classes: int, n_coaches: int) -> sparse.csr_array:
    """Return the coefficients of the own variables in all rows."""
    of_class, coach = hand_out.of_class, hand_out.coach
    own, one = np.arange(coach.size), np.ones(coach.size, np.int64)
    balance = sparse.coo_array((-one, (of_class, own)), shape=(n_classes, own.size))
    load = sparse.coo_array((hand_out.hours, (coach, own)), shape=(n_coaches, own.size))
    people = sparse.coo_array((one, (coach, own)), shape=(n_coaches, own.size))
    return sparse.vstack([balance, load, people], format="csr")


def _labels(
    pairs: PairTable, classes: Classes, members: Sequence[Sequence[int]], free: Free
) -> list[str]:
    ids = pairs.instance.coach_ids
    return [
        *(
            _class_label(hours / free.scale, [ids[k] for k in team])
            for team, hours in zip(members, classes.key[:, 1].tolist(), strict=True)
        ),
        *(f"{id_} hours" for id_ in ids),
        *(f"{id_} caseload" for id_ in ids),
    ]


def _class_label(hours: float, coach_ids: Sequence[str]) -> str:
    """Describe the people of a class by their hours of coaching a week and their coaches."""
    shown = " or ".join(coach_ids[:SHOWN_COACHES]) or "no coach"
    more = len(coach_ids) - SHOWN_COACHES
    return f"{hours:g} h a week by {shown}" + (f" or {more} more" if more > 0 else "")


class _ClassCapacity(CoachCapacity):
    """Coaches of classes: all people of one class are interchangeable."""

    def __init__(self, hand_out: HandOut, free: Free, pools: CoachPools) -> None:
        classes = hand_out.classes
        super().__init__(hand_out.coach, len(classes.key))
        self._hand_out, self._free, self._pools = hand_out, free, pools
        self._room = CoachRoom(
            classes.pair,
            classes.of_pair,
            classes.key[:, 1],
            hand_out.of_class,
            hand_out.coach,
            free,
            first_hours_row=self.first_coach_row,
        )

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self._room.lacking(pairs, own)

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        return self._room.in_plan(own)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self._hand_out.coaches(chosen, own, liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
        return self._hand_out.settle(chosen, columns, self._free)

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer:
        return self._hand_out.packer(self._free, kept, liked)

    @override
    def pools(self) -> Pools:
        return self._pools

    @override
    def limited(self, lower: Ints, upper: Ints) -> Capacity | None:
        free = self._free.of_rows(upper)
        if free is None:
            return None
        pools = replace(self._pools, free_hours=free.hours, caseload=free.caseload)
        return _ClassCapacity(self._hand_out, free, pools)
