"""Pools in a region with periods: what a set of coaches can take together in each of them."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.coaching_merged_in_time import merged_in_time
from placement_opt.constraints.coaching_pool_rows import (
    PRICE_DIGITS,
    PairsOfRow,
    lumped_rows,
    rows_of_pools,
    serving_alike,
)
from placement_opt.formulation.capacity import Lumped
from placement_opt.formulation.row_blocks import RowBlock

HOURS, HEADS = 0, 1
"""What a set of coaches gives: the first number of each set, before the period and the coaches."""


@dataclass(frozen=True, eq=False, repr=False)
class PoolsInTime(ShortRepr):
    r"""Rows over the pairs alone that every plan keeps, for sets of coaches in one period.

    As `CoachPools`, for the pairs that run in a period t:

    .. math:: \sum_{p \in U_t} h_{pt} x_p \le \sum_{k \in S} H_k, \qquad
              \sum_{p \in U_t} x_p \le \sum_{k \in S} \min(L_k, \lfloor H_k / \min h_t \rfloor)

    Parameters
    ----------
    title
        The rule's title.
    n_pairs
        Number of all pairs, E.
    pair, load, team
        Coached pairs, their load and their team, shape (P,).
    hours
        Hours of each load in each period in integers, shape (L, T); 0 where it does not run.
    members
        Coaches of each team, by team number.
    most
        Hours, in the same integers, and heads of each coach in each period, shape (2, K, T).
    rows_told
        The rows of coaches that the exact block has, ascending, of all (2, K, T) of them.
    n_classes
        Number of rows of classes, which are the first of the exact block.
    """

    title: str
    n_pairs: int
    pair: Indices
    load: Indices
    team: Indices
    hours: Ints
    members: Sequence[Sequence[int]]
    most: Ints
    rows_told: Ints
    n_classes: int

    def with_limits(self, upper: Ints) -> "PoolsInTime":
        """Return the pools where the rows that the block has are limited otherwise.

        What a coach has in a period without a row follows from another one, and is no more than the
        most that there is in any.
        """
        told = np.full(self.most.shape, -1, dtype=np.int64)
        told.flat[self.rows_told] = upper
        highest = np.broadcast_to(told.max(axis=2, keepdims=True), told.shape)
        most = np.where(told < 0, np.where(highest < 0, self.most, highest), told)
        return replace(self, most=most)

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        """Return the sets that the dual prices of the exact rows point at, by what and when.

        Parameters
        ----------
        duals
            Dual price of each row of the exact block, before any division of rows.
        """
        prices, told = np.zeros(self.most.shape), np.zeros(self.most.shape, dtype=np.bool_)
        prices.flat[self.rows_told] = np.round(duals[self.n_classes :], PRICE_DIGITS)
        told.flat[self.rows_told] = True
        everybody, found = tuple(range(self.most.shape[1])), set[tuple[int, ...]]()
        for what, period in np.argwhere(told.any(axis=1)).tolist():
            found.add((what, period, *everybody))
            of_coach = prices[what, :, period]
            for level in np.unique(of_coach[of_coach > 0]):
                found.add((what, period, *np.flatnonzero(of_coach >= level).tolist()))
        return tuple(sorted(found))

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> RowBlock:
        """Return the row of each set that can be tight; O(sets * coached pairs).

        A `reserve` keeps back that share of the hours; see `CoachPools.rows`.
        """
        entries = (
            entry
            for what, period, *coaches in sets
            for entry in self._row_of(what, period, coaches, reserve)
        )
        return rows_of_pools(self.title, self.n_pairs, entries)

    def within(self, pairs: npt.NDArray[np.integer]) -> "PoolsInTime":
        """Return the pools over some pairs, given ascending and numbered by their place there."""
        known = np.flatnonzero(np.isin(pairs, self.pair))
        at = np.searchsorted(self.pair, pairs[known])
        return replace(
            self,
            n_pairs=len(pairs),
            pair=known.astype(np.int32),
            load=self.load[at],
            team=self.team[at],
        )

    def lumped(self, block: RowBlock) -> Lumped:
        """Return the exact rows in which coaches who serve the same teams are one coach.

        See `CoachPools.lumped`.
        """
        group = serving_alike(self.team, self.members, self.most.shape[1])
        what, coach, period = np.unravel_index(self.rows_told, self.most.shape)
        of_group = np.ravel_multi_index((what, group[coach], period), self.most.shape)
        place = np.unique(of_group, return_inverse=True)[1].reshape(-1)
        of_row = np.concatenate([np.arange(self.n_classes), self.n_classes + place])
        return lumped_rows(block, of_row.astype(np.int64), group)

    def merged(self, block: RowBlock) -> Lumped | None:
        """Return the rows of teams in each period; see `merged_in_time`."""
        return merged_in_time(self, block)

    def _row_of(
        self, what: int, period: int, coaches: Sequence[int], reserve: float
    ) -> Iterator[PairsOfRow]:
        """Yield the row of a set where some choice of pairs breaks it."""
        able = frozenset(coaches)
        inside = np.array([able.issuperset(team) for team in self.members], dtype=np.bool_)
        runs = self.hours[:, period] > 0
        served = np.flatnonzero(inside[self.team] & runs[self.load])
        if not served.size:
            return
        hours = self.hours[self.load[served], period]
        free, caseload = self.most[:, list(coaches), period]
        if what == HOURS:
            total = int(free.sum())
            narrow = np.min_scalar_type(int(hours.max()))
            amount, limit = hours.astype(narrow), total - math.ceil(total * reserve)
        else:
            heads = np.minimum(caseload, free // int(hours.min()))
            amount, limit = np.ones(served.size, dtype=np.int8), int(heads.sum())
        if int(amount.sum(dtype=np.int64)) > limit:
            yield self.pair[served], amount, limit
