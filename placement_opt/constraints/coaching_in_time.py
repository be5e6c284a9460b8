"""Coaching rows in a region with periods: hours and people of each coach in each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_class_rows import SHOWN_COACHES
from placement_opt.constraints.coaching_classes import Classes, HandOut
from placement_opt.constraints.coaching_limits import limits_of_classes
from placement_opt.constraints.coaching_loads import Loads
from placement_opt.constraints.coaching_packer_in_time import BestFitInTime
from placement_opt.constraints.coaching_pools_in_time import PoolsInTime
from placement_opt.constraints.coaching_room_in_time import RoomInTime
from placement_opt.constraints.coaching_teams import Teams
from placement_opt.formulation.capacity import Capacity, Columns, Holders, Lacking, Pools
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable
from placement_opt.records.periods import WITHIN


@dataclass(frozen=True, eq=False)
class FreeInTime:
    """What each of K coaches has free, the same in each of T periods.

    Parameters
    ----------
    hours, caseload
        Hours, in units of 1 / scale hour, and people, shape (K,).
    scale
        See `hours`.
    n_periods
        Number of periods, T.
    guides
        Rows of hours that others than those served ask something of, and that may bind.
    """

    hours: Ints
    caseload: Ints
    scale: int
    n_periods: int
    guides: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def most(self) -> Ints:
        """Limits of all rows: hours of each coach in each period, then people, shape (2 K T,)."""
        return np.repeat(np.concatenate([self.hours, self.caseload]), self.n_periods)

    def asks(self, hours: Ints, coach: Ints) -> sparse.csr_array:
        """Return what variables take of those rows, CSR of shape (2 K T, V).

        Parameters
        ----------
        hours
            What each variable asks in each period, shape (V, T).
        coach
            Whom it asks, shape (V,).
        """
        variable, period = np.nonzero(hours)
        row = coach[variable] * self.n_periods + period
        asked = hours[variable, period]
        entries = np.concatenate([asked, np.ones(asked.size, dtype=np.int64)])
        rows = np.concatenate([row, row + self.hours.size * self.n_periods])
        shape = (2 * self.hours.size * self.n_periods, coach.size)
        return sparse.csr_array((entries, (rows, np.tile(variable, 2))), shape=shape)

    def binding(self, hours: Ints, coach: Ints) -> Ints:
        """Return the rows that can bind, ascending: others ask no more than another one.

        Where all that a coach does in one period takes at least as much in the next one, or in the
        one before, the row of that period decides.
        """
        n_coaches = self.hours.size
        kept = [
            _deciding(asked, coach, n_coaches) for asked in (hours, (hours > 0).astype(np.int64))
        ]
        return np.union1d(np.flatnonzero(np.concatenate(kept).ravel()), self.guides)

    def limits(self, instance: Instance, rows: Ints) -> RowLimits:
        """Return the limits of some rows, ascending, in the user's own numbers."""
        ids, periods, n_loads = instance.coach_ids, instance.region.periods, self.most.size // 2
        told = [(coach, period.id) for coach in ids for period in periods]
        parts = [told[row] for row in rows[rows < n_loads].tolist()]
        heads = [told[row - n_loads] for row in rows[rows >= n_loads].tolist()]
        hours = [read_number(instance.coach_of[id_].hours_per_week or 0) for id_, _ in parts]
        caseload = [instance.coach_of[id_].max_caseload for id_, _ in heads]
        people = [None if most is None else Fraction(most) for most in caseload]
        unit, size = "coaching_hours_per_week", Fraction(1, self.scale)
        load = RowLimits.of(list(map(WITHIN.join, parts)), unit, size=size, most=hours)
        return load.above(RowLimits.of(list(map(WITHIN.join, heads)), "people", most=people))

    def labels(self, instance: Instance) -> list[str]:
        """Name all rows."""
        return [
            f"{id_} {what}{WITHIN}{period.id}"
            for what in ("hours", "caseload")
            for id_ in instance.coach_ids
            for period in instance.region.periods
        ]


def _deciding(asked: Ints, coach: Ints, n_coaches: int) -> Bools:
    """Mark the periods of each coach that follow from no other one, shape (K, T)."""
    rises = np.diff(asked, axis=1)
    least = np.zeros((n_coaches, rises.shape[1]), dtype=np.int64)
    most = np.zeros_like(least)
    np.minimum.at(least, coach, rises)
    np.maximum.at(most, coach, rises)
    in_the_next, in_the_last = least >= 0, most <= 0
    decides = np.ones((n_coaches, asked.shape[1]), dtype=np.bool_)
    decides[:, :-1] &= ~in_the_next
    decides[:, 1:] &= ~in_the_last | in_the_next
    return decides


def rows_in_time(
    title: str, pairs: PairTable, classes: Classes, loads: Loads, teams: Teams, free: FreeInTime
) -> RowBlock:
    r"""Return a balance row for each class, then what each coach gives in each period.

    .. math:: \sum_{p \in c} x_p = \sum_{k \in K_c} n_{ck}, \quad
              \sum_c h_{ct} n_{ck} \le H_k, \quad \sum_{c \text{ in } t} n_{ck} \le L_k

    The key of a class is its team and its load.
    """
    instance, n_classes = pairs.instance, len(classes.key)
    members = [teams.members[team] for team, _ in classes.key]
    of_class = np.repeat(np.arange(n_classes), [len(coaches) for coaches in members])
    coach = np.concatenate([np.zeros(0, np.int64), *map(np.asarray, members)]).astype(np.int64)
    hours = loads.hours[classes.key[:, 1]][of_class]
    asks, most = free.asks(hours, coach), free.most
    rows = free.binding(hours, coach)
    size = np.bincount(classes.of_pair, minlength=n_classes)
    fits = free.hours[coach] // np.maximum(hours.max(axis=1, initial=0), 1)
    upper = np.minimum.reduce([size[of_class], fits, free.caseload[coach]])
    balance = sparse.coo_array(
        (-np.ones(coach.size, np.int64), (of_class, np.arange(coach.size))),
        shape=(n_classes, coach.size),
    )
    usage = sparse.coo_array(
        (np.ones(classes.pair.size, dtype=np.int8), (classes.of_pair, classes.pair)),
        shape=(n_classes + rows.size, pairs.n_pairs),
    )
    balanced, told = np.zeros(n_classes, np.int64), free.labels(instance)
    names = [
        _class_label(instance, loads.hours[load] / loads.scale, team)
        for team, (_, load) in zip(members, classes.key.tolist(), strict=True)
    ]
    limits = limits_of_classes(names, [len(team) for team in members])
    return RowBlock(
        title,
        [*names, *(told[row] for row in rows.tolist())],
        usage.tocsr(),
        np.append(balanced, np.full(rows.size, NO_LOWER)),
        np.append(balanced, most[rows]),
        Variables(np.zeros(coach.size, np.int64), upper, [Fraction(0)] * coach.size),
        sparse.vstack([balance, asks[rows]], format="csr"),
        holders=Holders(of_class, coach),
        capacity=_ClassesInTime(
            HandOut(classes, of_class, coach),
            asks[rows],
            most[rows],
            _pools(title, pairs, classes, loads, teams, free, rows),
        ),
        limits=limits.above(free.limits(instance, rows)).with_own(None, size[of_class]),
    )


def _pools(
    title: str,
    pairs: PairTable,
    classes: Classes,
    loads: Loads,
    teams: Teams,
    free: FreeInTime,
    rows: Ints,
) -> PoolsInTime:
    team, load = classes.key[classes.of_pair].T
    shape = 2, free.hours.size, free.n_periods
    return PoolsInTime(
        title,
        pairs.n_pairs,
        loads.pair,
        load.astype(np.int32),
        team.astype(np.int32),
        loads.hours,
        teams.members,
        free.most.reshape(shape),
        rows,
        n_classes=len(classes.key),
    )


def _class_label(instance: Instance, hours: Any, team: Sequence[int]) -> str:
    """Describe the people of a class by their hours in each period and their coaches."""
    shown = " or ".join(instance.coach_ids[k] for k in team[:SHOWN_COACHES]) or "no coach"
    n_more = len(team) - SHOWN_COACHES
    more = f" or {n_more} more" if n_more > 0 else ""
    return f"{' + '.join(f'{one:g}' for one in hours)} h a week by {shown}{more}"


class _ClassesInTime(CoachCapacity):
    """Coaches of classes, in each period: all people of one class are interchangeable."""

    def __init__(
        self, hand_out: HandOut, asks: sparse.csr_array, most: Ints, pools: PoolsInTime
    ) -> None:
        classes, first = hand_out.classes, len(hand_out.classes.key)
        super().__init__(hand_out.coach, first, pools.rows_told)
        self._hand_out, self._asks, self._most, self._pools = hand_out, asks, most, pools
        self._room = RoomInTime(classes.pair, classes.of_pair, hand_out.of_class, asks, first)

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self.room_in(chosen, own)(pairs)

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        return self._room.in_plan(self._most - self._asks @ own)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self._hand_out.coaches(chosen, own, liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
        return self._hand_out.settled(chosen, columns, self.packer)

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> BestFitInTime:
        return BestFitInTime(self._hand_out, self._asks, self._most, kept, liked)

    @override
    def pools(self) -> Pools:
        return self._pools

    @override
    def limited(self, lower: Ints, upper: Ints) -> Capacity | None:
        most = upper[-self._most.size :]
        if most.max(initial=0) >= NO_UPPER:
            return None
        pools = self._pools.with_limits(most)
        return _ClassesInTime(self._hand_out, self._asks, most, pools)
