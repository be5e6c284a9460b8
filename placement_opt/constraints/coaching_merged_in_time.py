"""What each team of coaches gives in each period, whoever it gives it to: far fewer rows."""

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_pool_rows import serving_alike
from placement_opt.formulation.capacity import Holders, Lumped
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables

if TYPE_CHECKING:
    from placement_opt.constraints.coaching_pools_in_time import PoolsInTime


def merged_in_time(pools: "PoolsInTime", block: RowBlock) -> Lumped | None:
    r"""Return what people of a team ask together in each period, and what each coach gives them.

    A class is a team and a load, of which there are thousands, and which has a variable for each
    coach. Here a team's people have a row for their hours and one for their heads in each period,
    and a variable for what each group g of coaches gives of it:

    .. math:: \sum_{p \in team} h_{pt} x_p = \sum_g y_{gt}, \quad \sum_{team} y_{gt} \le H_g

    Every plan keeps these rows. They are wider than the classes, since a person's hours may be
    shared out, and be other coaches' hours in each period. Each row is a sum of rows of the block,
    so that its price is one of theirs. None where the block does not say who its holders are.
    """
    if block.holders is None or block.variable_usage is None:
        return None
    return _Merged(pools, block, block.variable_usage, block.holders).lumped()


class _Merged:
    """The rows of teams, then those of groups of coaches, each by what, who and when."""

    def __init__(
        self, pools: "PoolsInTime", block: RowBlock, asks: sparse.csr_array, holders: Holders
    ) -> None:
        self._pools, self._block, self._asks, self._holders = pools, block, asks, holders
        n_classes, start = pools.n_classes, block.usage.indptr
        self._classes = np.flatnonzero(np.diff(start[: n_classes + 1]))
        known = np.searchsorted(pools.pair, block.usage.indices[start[self._classes]])
        self._hours = pools.hours[pools.load[known]]
        self._team = np.unique(pools.team[known], return_inverse=True)
        n_coaches, n_periods = pools.most.shape[1:]
        self._group = serving_alike(pools.team, pools.members, n_coaches)
        n_teams, n_groups = self._team[0].size, int(self._group.max(initial=-1)) + 1
        self._serves = np.zeros((n_teams, n_groups), dtype=np.bool_)
        for place, team in enumerate(self._team[0].tolist()):
            self._serves[place, self._group[list(pools.members[team])]] = True
        self._told = self._rows_told()
        self._limits = np.zeros((2, n_groups, n_periods), dtype=np.int64)
        for limits, most in zip(self._limits, self._most(), strict=True):
            np.add.at(limits, self._group, most)
        self._asked = self._rows_of_teams()

    def _rows_told(self) -> tuple[Ints, Ints]:
        """Return the row of the block that limits each coach, and its divisor, shape (2, K, T).

        Where a period has no row of its own, that of the next one with a row decides, or of the
        last one.
        """
        pools, first = self._pools, self._pools.n_classes
        what, _, period = np.unravel_index(pools.rows_told, pools.most.shape)
        start, row = self._asks.indptr[first:], np.full(pools.most.shape, -1, dtype=np.int64)
        row.flat[pools.rows_told] = first + np.arange(pools.rows_told.size)
        divisor, used = np.ones(pools.rows_told.size, dtype=np.int64), np.diff(start) > 0
        entry = start[:-1][used]
        load = self._load_of_class(self._holders.row[self._asks.indices[entry]])
        asked = np.where(what[used] == 0, pools.hours[load, period[used]], 1)
        divisor[used] = np.maximum(1, asked // self._asks.data[entry])
        n_periods = pools.hours.shape[1]
        to_the_last = [(at, at + 1) for at in range(n_periods - 2, -1, -1)]
        for at, other in (*to_the_last, *((at, at - 1) for at in range(1, n_periods))):
            row[:, :, at] = np.where(row[:, :, at] < 0, row[:, :, other], row[:, :, at])
        return row, np.where(row < 0, 0, np.append(divisor, 0)[row - first])

    def _load_of_class(self, number: Ints) -> Ints:
        start, pools = self._block.usage.indptr, self._pools
        pair = self._block.usage.indices[np.minimum(start[number], self._block.usage.nnz - 1)]
        return pools.load[np.searchsorted(pools.pair, pair)].astype(np.int64)

    def _most(self) -> Ints:
        """Return what each coach has, as far as the rows say, shape (2, K, T)."""
        row, divisor = self._told
        limit = np.append(self._block.upper, 0)[row] * divisor
        return np.where(row < 0, self._pools.most, limit)

    def _rows_of_teams(self) -> Bools:
        """Mark what has a row: what, team and period; heads only where they can be scarce."""
        n_teams, n_periods = self._serves.shape[0], self._hours.shape[1]
        least = np.full((n_teams, n_periods), np.iinfo(np.int64).max)
        np.minimum.at(
            least,
            self._team[1],
            np.where(self._hours > 0, self._hours, np.iinfo(np.int64).max),
        )
        runs = least < np.iinfo(np.int64).max
        asked = np.stack([runs, runs])
        of_group = np.array(
            [least[serves].min(axis=0) if serves.any() else least[0] for serves in self._serves.T]
        ).reshape(self._serves.shape[1], n_periods)
        most = self._most().astype(np.float64)
        scarce = (most[1] * of_group[self._group] < most[0]).any(axis=1)
        is_scarce = np.zeros(self._serves.shape[1], dtype=np.bool_)
        is_scarce[self._group[scarce]] = True
        asked[1, ~np.any(self._serves & is_scarce, axis=1)] = False
        return asked

    def lumped(self) -> Lumped:
        """Return the smaller block, and which rows of the whole one each row adds up."""
        block, asked = self._block, self._asked
        n_rows = int(asked.sum())
        number = np.full(asked.shape, -1, dtype=np.int64)
        number[asked] = np.arange(n_rows)
        what, team, group, period = np.nonzero(asked[:, :, None, :] & self._serves[:, :, None])
        row = number[what, team, period]
        holder = np.ravel_multi_index((what, group, period), self._limits.shape)
        given, at_holder = np.unique(holder, return_inverse=True)
        limit = self._limits.flat[given]
        n_own, n_all = row.size, n_rows + given.size
        ones = np.ones(n_own, dtype=np.int64)
        usage = sparse.coo_array(
            (
                np.concatenate([-ones, ones]),
                (np.concatenate([row, n_rows + at_holder]), np.tile(np.arange(n_own), 2)),
            ),
            shape=(n_all, n_own),
        )
        weights = self._weights(number, given, n_rows)
        of_pairs = (weights[:, :n_rows].T.tocsr().astype(np.int32) @ block.usage).tocsr()
        nothing = sparse.csr_array((given.size, block.usage.shape[1]), dtype=of_pairs.dtype)
        smaller = RowBlock(
            block.title,
            [f"row {one}" for one in range(n_all)],
            narrow_rows(sparse.vstack([of_pairs, nothing], format="csr")),
            np.append(np.zeros(n_rows, np.int64), np.full(given.size, NO_LOWER)),
            np.append(np.zeros(n_rows, np.int64), limit),
            Variables(0 * ones, limit[at_holder], [Fraction(0)] * n_own, follow=True),
            usage.tocsr(),
            holders=Holders(row, group),
        )
        return Lumped(smaller, weights, np.full(block.n_own, -1, dtype=np.int64))

    def _weights(self, number: Ints, given: Ints, n_rows: int) -> sparse.csr_array:
        """Return how often each row of the block is in each row of the smaller one."""
        runs, period = np.nonzero(self._hours)
        team = self._team[1][runs]
        entries = [
            (self._classes[runs], number[what, team, period], amount)
            for what, amount in ((0, self._hours[runs, period]), (1, np.ones_like(runs)))
        ]
        row, divisor = self._told
        what, coach, at = np.nonzero(row >= 0)
        holder = np.ravel_multi_index((what, self._group[coach], at), self._limits.shape)
        place = np.minimum(np.searchsorted(given, holder), max(given.size - 1, 0))
        is_given = given[place] == holder if given.size else np.zeros(holder.size, np.bool_)
        column = np.where(is_given, n_rows + place, -1)
        entries.append((row[what, coach, at], column, divisor[what, coach, at]))
        rows, columns, amounts = (np.concatenate(part) for part in zip(*entries, strict=True))
        used = columns >= 0
        return sparse.coo_array(
            (amounts[used], (rows[used], columns[used])),
            shape=(len(self._block), n_rows + given.size),
        ).tocsr()
