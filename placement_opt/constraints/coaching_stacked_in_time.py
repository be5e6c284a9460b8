"""Coaching rows in time where people may have several placements: one coach serves all of them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.coaching_in_time import FreeInTime
from placement_opt.constraints.coaching_limits import (
    ONE_COACH,
    limits_of_classes,
    limits_of_people,
)
from placement_opt.constraints.coaching_room_in_time import RoomInTime
from placement_opt.constraints.coaching_splits import Splits
from placement_opt.formulation.capacity import Columns, Holders, Lacking
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.pairs.table import PairTable


def stacked_in_time(
    title: str, pairs: PairTable, splits: Splits, hours: Ints, free: FreeInTime
) -> RowBlock:
    r"""Return the rows of `stacked_rows`, with ``u[c, k, t]``: coach k has person c in period t.

    .. math:: x_p = \sum_{k \in K_p} z_{pk}, \quad z_{pk} \le y_{ck}, \quad \sum_k y_{ck} \le 1,
              \quad z_{pk} \le u_{ckt} \text{ for each } t \text{ in which } p \text{ is coached},
              \quad \sum_p h_{pt} z_{pk} \le H_k, \quad \sum_c u_{ckt} \le L_k

    The variables z are the splits, y the links, u the heads.

    Parameters
    ----------
    hours
        Hours of each coached pair in each period, shape (P, T).
    """
    n_pairs, n_splits, n_links = splits.pair.size, splits.of_pair.size, splits.link_person.size
    n_periods, people = free.n_periods, np.unique(splits.link_person)
    n_own = n_splits + n_links * (1 + n_periods)
    split, period = np.nonzero(hours[splits.of_pair])
    head = n_splits + n_links + splits.link[split] * n_periods + period
    own = _Own(n_own)
    own.add(splits.of_pair, np.arange(n_splits), -1, n_pairs)
    own.tie(np.arange(n_splits), n_splits + splits.link)
    own.add(
        np.searchsorted(people, splits.link_person), n_splits + np.arange(n_links), 1, people.size
    )
    own.tie(split, head)
    load = free.asks(hours[splits.of_pair], splits.coach)[: free.hours.size * n_periods]
    heads = np.arange(n_links * n_periods)
    has = splits.link_coach[heads // max(n_periods, 1)] * n_periods + heads % max(n_periods, 1)
    wide = sparse.csr_array((load.shape[0], n_own - n_splits), dtype=np.int64)
    own.blocks.append(sparse.hstack([load, wide], format="csr"))
    own.add(has, n_splits + n_links + heads, 1, free.caseload.size * n_periods)
    firsts = n_pairs + n_splits + people.size + split.size
    upper = np.concatenate(
        [
            np.zeros(n_pairs + n_splits, np.int64),
            np.ones(people.size, np.int64),
            np.zeros(split.size, np.int64),
            free.most,
        ]
    )
    lower = np.full(upper.size, NO_LOWER, dtype=np.int64)
    lower[:n_pairs] = 0
    usage = sparse.coo_array(
        (np.ones(n_pairs, dtype=np.int8), (np.arange(n_pairs), splits.pair)),
        shape=(upper.size, pairs.n_pairs),
    )
    labels, limits = _told(pairs, splits, people, split, period)
    limits = limits.above(free.limits(pairs.instance, np.arange(free.most.size)))
    serves = np.full(n_own, -1, dtype=np.int64)
    serves[:n_splits] = splits.of_pair
    return RowBlock(
        title,
        [*labels, *free.labels(pairs.instance)],
        usage.tocsr(),
        lower,
        upper,
        Variables(np.zeros(n_own, np.int64), np.ones(n_own, np.int64), [Fraction(0)] * n_own),
        sparse.vstack(own.blocks, format="csr"),
        holders=Holders(serves),
        capacity=_StackedInTime(splits, hours, free, firsts),
        limits=limits,
    )


class _Own:
    """Collects the coefficients of own variables, block of rows by block of rows."""

    def __init__(self, n_own: int) -> None:
        self.blocks: list[sparse.csr_array] = []
        self._n_own = n_own

    def add(self, row: Ints, column: Ints, value: int, n_rows: int) -> None:
        """Add rows in which each of the variables has one coefficient."""
        entries = np.full(column.size, value, dtype=np.int64)
        self.blocks.append(sparse.csr_array((entries, (row, column)), shape=(n_rows, self._n_own)))

    def tie(self, column: Ints, most: Ints) -> None:
        """Add a row for each variable that is at most another one."""
        each = np.arange(column.size)
        ones = np.ones(column.size, dtype=np.int64)
        entries = np.concatenate([ones, -ones]), (np.tile(each, 2), np.concatenate([column, most]))
        self.blocks.append(sparse.csr_array(entries, shape=(column.size, self._n_own)))


def _told(
    pairs: PairTable, splits: Splits, people: Ints, split: Ints, period: Ints
) -> tuple[list[str], RowLimits]:
    """Return labels and limits of the rows before those of coaches."""
    coaches, names = pairs.instance.coach_ids, pairs.instance.candidate_ids
    ids = [one.id for one in pairs.instance.region.periods]
    person = splits.person[splits.of_pair]
    of_pairs = [names[c] for c in splits.person]
    with_whom = [f"{names[c]} with {coaches[k]}" for c, k in zip(person, splits.coach, strict=True)]
    of_people = [f"{names[c]}{ONE_COACH}" for c in people]
    in_time = [f"{with_whom[s]} in {ids[t]}" for s, t in zip(split, period, strict=True)]
    n_coaches = np.bincount(splits.of_pair, minlength=splits.pair.size).tolist()
    limits = limits_of_classes(of_pairs, n_coaches)
    limits = limits.above(limits_of_people([*with_whom, *of_people], people.size))
    return [*of_pairs, *with_whom, *of_people, *in_time], limits.above(RowLimits.ties(in_time))


class _StackedInTime(CoachCapacity):
    """Coaches who serve all placements of a person, in each period."""

    def __init__(self, splits: Splits, hours: Ints, free: FreeInTime, first_row: int) -> None:
        super().__init__(splits.coach, first_row)
        self._splits, self._hours, self._free = splits, hours, free
        self._most = free.most
        kinds = np.arange(splits.pair.size)
        self._asks = free.asks(hours[splits.of_pair], splits.coach)
        self._room = RoomInTime(splits.pair, kinds, splits.of_pair, self._asks, first_row)

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self.room_in(chosen, own)(pairs)

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        splits, n_periods = self._splits, self._free.n_periods
        n_splits, n_links = splits.of_pair.size, splits.link_person.size
        serves = own[:n_splits]
        taken = self._hours[splits.of_pair] * (serves > 0)[:, np.newaxis] > 0
        heads = np.zeros((n_links, n_periods), dtype=np.bool_)
        np.logical_or.at(heads, splits.link, taken)
        used = self._asks @ serves
        n_rows = self._free.hours.size * n_periods
        of_coach = np.zeros((self._free.hours.size, n_periods), dtype=np.int64)
        np.add.at(of_coach, splits.link_coach, heads)
        used[n_rows:] = of_coach.ravel()
        # A head that a coach has already is no further one.
        split, period = np.nonzero((self._hours[splits.of_pair] > 0) & heads[splits.link])
        row = n_rows + splits.coach[split] * n_periods + period
        entries = np.ones(split.size, dtype=np.int64), (row, split)
        has = sparse.csr_array(entries, shape=self._asks.shape)
        return self._room.in_plan(self._most - used, has)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self._splits.coaches(chosen, own)
