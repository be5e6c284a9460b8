"""Improves a plan by deciding parts of it again, drawn around what it loses at the prices."""

import time

import numpy as np

from placement_opt.basics.arrays import Bools, Floats
from placement_opt.solvers.near.plans import WIDEST_ROW, NearPlans
from placement_opt.solvers.plans.neighbourhood import GROWTH, SMALLEST_SIZE
from placement_opt.solvers.search import schedule

FIRST_PART_PAIRS, MOST_PART_PAIRS = 500, 6_000
"""Number of pairs of a part, at first and at most."""

FROM_ROW_SHARE = 0.25
"""At most this share of the pairs of a part comes from one row."""


class PartSearch:
    """Improves the best plan part by part; each thread needs its own, with a seed of its own."""

    def __init__(self, plans: NearPlans, seed: int) -> None:
        self._plans = plans
        self._random = np.random.default_rng(seed)
        self._size = float(FIRST_PART_PAIRS)
        self._turn = seed
        self._idle = 0

    @property
    def is_idle(self) -> bool:
        """True when the last parts brought nothing."""
        return self._idle >= schedule.PARTS_PATIENCE

    def step(self, seconds: float = schedule.NEAR_PART_S) -> bool:
        """Decide one part again, within so many seconds; True when the plan became better."""
        is_better = self._step(seconds)
        self._idle = 0 if is_better else self._idle + 1
        return is_better

    def _step(self, seconds: float) -> bool:
        plans = self._plans
        before = plans.values
        if before is None:
            return False
        of_row, of_column = plans.losses(before)
        in_rows = plans.with_own_losses(of_row, of_column)
        free = self._drawn(before, in_rows, of_column)
        slack = plans.slack(free, in_rows, of_column)
        self._turn += 1
        started = time.perf_counter()
        found = plans.decided(free, before, seconds, self._turn, slack)
        spent = time.perf_counter() - started
        if found is None or not found[1]:
            self._size = max(SMALLEST_SIZE, self._size / GROWTH)
        elif spent < schedule.QUICK_PART_SHARE * seconds:
            self._size = min(MOST_PART_PAIRS, self._size * GROWTH)
        if found is None:
            return False
        return self._merged(free, before, found[0], slack) or plans.take(found[0])

    def _merged(self, free: Bools, before: Floats, found: Floats, slack: float) -> bool:
        """Make the changes of a part in a plan that another thread has improved meanwhile."""
        plans = self._plans
        now, is_pair = plans.values, plans.near.is_pair
        gained = float(plans.program.gain @ (found - before))
        if now is None or now is before or gained <= 0:
            return False
        both = np.where(is_pair, now + found - before, now)
        # Both may use the same capacity, so that the own variables are decided again.
        own = plans.with_own(free | (is_pair & (now != before))) & ~is_pair
        again = plans.decided(own, both, schedule.NEAR_MERGE_S, self._turn, slack)
        return again is not None and plans.take(again[0])

    def _drawn(self, values: Floats, in_rows: Floats, of_column: Floats) -> Bools:
        """Mark the columns of a part, which grows around rows and pairs that lose much."""
        plans, size = self._plans, int(self._size)
        row_chance = np.sqrt(np.where(plans.width > 0, in_rows, 0.0))
        pair_chance = np.sqrt(of_column[plans.pair])
        apart = np.abs(plans.near.point.values - values)[plans.pair]
        chance = np.concatenate([row_chance, pair_chance + apart * pair_chance.max(initial=1.0)])
        inside = np.zeros(plans.pair.size, dtype=np.bool_)
        while int(inside.sum()) < size:
            if chance.sum() <= 0:
                chance = np.ones(chance.size)
            seed = int(self._random.choice(chance.size, p=chance / chance.sum()))
            before = int(inside.sum())
            self._grow(inside, seed, row_chance.size, max(before + size // 3, SMALLEST_SIZE))
            if int(inside.sum()) == before:
                break
        free = np.zeros(values.size, dtype=np.bool_)
        free[plans.pair[inside]] = True
        return plans.with_own(free)

    def _grow(self, inside: Bools, seed: int, n_rows: int, most: int) -> None:
        """Add pairs to `inside` until it has `most`, going from row to row over shared pairs.

        A `seed` below `n_rows` is a row to start at; otherwise it is a pair, counted behind them.
        """
        plans, random = self._plans, self._random
        rows = plans.pairs_of_row
        columns = plans.by_column
        width, pair = plans.width, plans.pair
        seen: set[int] = set()
        front = [seed]
        if seed >= n_rows:
            inside[seed - n_rows] = True
            column = int(pair[seed - n_rows])
            front = columns.indices[columns.indptr[column] : columns.indptr[column + 1]].tolist()
            front = [row for row in front if width[row] <= WIDEST_ROW]
        count = int(inside.sum())
        at_most = max(8, int(FROM_ROW_SHARE * self._size))
        while front and count < most:
            row = front.pop(int(random.integers(min(len(front), 8))))
            if row in seen:
                continue
            seen.add(row)
            members = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            members = members[~inside[members]]
            if members.size > at_most:
                chance = random.exponential(plans.middle_loss, members.size)
                if width[row] > WIDEST_ROW:
                    # Of many pairs those that lose least are most likely to be exchanged.
                    chance += plans.loss[members]
                members = members[np.argpartition(chance, at_most)[:at_most]]
            inside[members] = True
            count += members.size
            for member in random.permutation(members)[:12].tolist():
                column = int(pair[member])
                touched = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
                front.extend(touched[width[touched] <= WIDEST_ROW].tolist())
