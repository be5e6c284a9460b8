"""Whole plans of a problem near its relaxation: a dive, then parts of the best plan decided again.

All work is on one program in floating point over the columns near a gain, cuts included. Parts are
drawn around what the prices say is lost: a tight row that a plan leaves slack, a pair that it takes
at a loss. Several threads may improve the same plan; a part counts where nobody has changed it
meanwhile.
"""

import math
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from placement_opt.instance import Bools, Floats
from placement_opt.solvers.diving import NEAR, dive, matrix_of
from placement_opt.solvers.highs import HighsSettings, solve_here
from placement_opt.solvers.linear_program import LinearProgram
from placement_opt.solvers.near_program import NearProgram
from placement_opt.solvers.reporting import logger

FEW_OPEN = 40
"""The dive ends with so few values open; those are decided exactly."""

START_SECONDS = 5.0
FIRST_SIZE, SMALLEST_SIZE, LARGEST_SIZE = 500, 60, 6_000
"""Pairs of a part."""

GROWTH = 1.3
PART_SECONDS = 1.5
SLACK_SHARE = 0.02
"""A part is good enough when it is that near its optimum, as a share of what is lost in all: to
prove the last of it takes most of the time."""

SLACK_AT_FIRST = 1e-3
"""What is lost in all before there is a plan, as a share of the relaxation's optimum."""

QUICK_SHARE = 0.3
WIDEST_ROW = 400
"""Rows of more columns do not lead from one pair to the next."""

FROM_ROW_SHARE = 0.25
"""A row brings at most that share of a part."""

PATIENCE = 12
"""Parts in a row without success after which the plan is left alone for a while."""

BROKEN = 1e-6

Numbers = npt.NDArray[np.int64]


class NearPlans:
    """Keeps the best whole plan of a program, and improves it.

    Parameters
    ----------
    near
        The program over the columns near a gain.
    seed
        Random seed.
    stop
        Asked between the steps.
    """

    def __init__(self, near: NearProgram, seed: int, stop: Callable[[], bool]) -> None:
        self.near = near
        self.program = program = near.program
        self.values: Floats | None = None
        self.gained = -np.inf
        self.rows = matrix_of(program)
        self.by_column = self.rows.tocsc()
        self.pair = np.flatnonzero(near.is_pair)
        self.pairs_of_row = self.rows[:, self.pair].tocsr()
        self.width = np.diff(self.pairs_of_row.indptr)
        self._stop = stop
        self._seed = seed
        self._lock = threading.Lock()
        prices = near.point.prices
        self._reduced = program.gain - self.by_column.T @ prices
        self.loss = np.abs(self._reduced[self.pair])
        self.middle_loss = float(np.median(self.loss)) + BROKEN if self.pair.size else 1.0
        self._limit = np.where(prices > 0, program.row_upper, program.row_lower)

    def start(self, seconds: float) -> bool:
        """Find a first plan; False where there is none."""
        pairs_alone = replace(self.program, whole=self.near.is_pair)
        values = self.near.point.values
        for most_open in (FEW_OPEN, 0):
            dived = dive(pairs_alone, self.near.point, most_open, self._stop)
            if self._stop():
                return False
            values = dived.point.values
            between = np.abs(values - np.rint(values)) > NEAR
            free = self.with_beside(between & self.program.whole)
            values = np.where(self.program.whole & ~free, np.rint(values), values)
            found = self.decided(self.program, free, values, seconds, self._seed)
            if found is not None and self.take(found[0]):
                return True
        # What the dive has settled leaves no room for the rest: decide everything at once.
        everything = np.ones(self.program.gain.size, dtype=np.bool_)
        found = self.decided(self.program, everything, values, seconds, self._seed)
        return found is not None and self.take(found[0])

    def with_beside(self, columns: Bools) -> Bools:
        """Mark columns, those that share a narrow row with them, and what goes with all these."""
        marked = columns.copy()
        rows = np.unique(self.by_column[:, np.flatnonzero(columns)].indices)
        marked[self.rows[rows[self.width[rows] <= WIDEST_ROW]].indices] = True
        return self.with_own(marked)

    def with_own(self, columns: Bools) -> Bools:
        """Mark columns, and those beside the pairs in the rows of their pairs."""
        marked = columns | self.near.always
        rows = np.unique(self.by_column[:, np.flatnonzero(columns & self.near.is_pair)].indices)
        beside = np.unique(self.rows[rows].indices)
        marked[beside[~self.near.is_pair[beside]]] = True
        return marked

    def take(self, values: Floats) -> bool:
        """Keep a plan if it is better and keeps every row, up to the rounding of doubles."""
        values = np.where(self.program.whole, np.rint(values), values)
        with self._lock:
            gained = float(self.program.gain @ values)
            if gained <= self.gained or not self._keeps(values):
                return False
            self.values, self.gained = values, gained
            return True

    def best(self) -> tuple[float, Floats]:
        """Return the best plan's objective and its values."""
        with self._lock:
            if self.values is None:
                raise ValueError("there is no plan yet")
            return self.gained, self.values

    def _keeps(self, values: Floats) -> bool:
        program, activity = self.program, self.rows @ values
        slack = BROKEN * np.maximum(1.0, np.abs(activity))
        return bool(
            np.all(activity >= program.row_lower - slack)
            and np.all(activity <= program.row_upper + slack)
            and np.all(values >= program.lower - NEAR)
            and np.all(values <= program.upper + NEAR)
        )

    def _slack(self) -> float:
        """Return how far from its optimum a part may end: a little of what is lost in all."""
        bound = float(self.program.gain @ self.near.point.values)
        lost = bound - self.gained if math.isfinite(self.gained) else SLACK_AT_FIRST * abs(bound)
        return max(1e-9, SLACK_SHARE * lost)

    def losses(self, values: Floats) -> tuple[Floats, Floats]:
        """Return what each row and each column of a plan loses against the prices."""
        prices = self.near.point.prices
        slack = np.abs(np.where(prices == 0, 0.0, self._limit) - self.rows @ values)
        of_row = np.where(prices == 0, 0.0, np.abs(prices) * slack)
        best = np.where(self._reduced > 0, self.program.upper, self.program.lower)
        return of_row, np.abs(self._reduced * (best - values))

    def decided(
        self,
        program: LinearProgram,
        free: Bools,
        values: Floats,
        seconds: float,
        seed: int,
    ) -> tuple[Floats, bool] | None:
        """Decide the free columns, all others as they are: values, and whether that is proven."""
        at = np.flatnonzero(free)
        columns = self.by_column[:, at].tocsr()
        fixed = self.rows @ np.where(free, 0.0, values)
        rows = np.flatnonzero(np.diff(columns.indptr) > 0)
        part = columns[rows]
        part.sort_indices()
        inner = LinearProgram(
            part.indptr.astype(np.int64),
            part.indices.astype(np.int32),
            part.data,
            (program.row_lower - fixed)[rows],
            (program.row_upper - fixed)[rows],
            program.lower[at],
            program.upper[at],
            program.gain[at],
            program.whole[at],
        )
        hint = None if self.values is None else values[at]
        settings = HighsSettings(seed % (1 << 31), 0.0, self._slack(), seconds, None)
        try:
            answer = solve_here(inner, settings, hint)
        except Exception:
            logger.warning("a part was not solved; the best plan so far is kept", exc_info=True)
            return None
        if answer.values is None:
            return None
        result = np.where(free, 0.0, values)
        result[at] = answer.values
        return result, answer.reason == "optimal"


class PartSearch:
    """Improves a plan part by part; each thread has one of its own.

    Parameters
    ----------
    plans
        Holds the best plan.
    seed
        Random seed.
    """

    def __init__(self, plans: NearPlans, seed: int) -> None:
        self._plans = plans
        self._random = np.random.default_rng(seed)
        self._size = float(FIRST_SIZE)
        self._turn = seed
        self._idle = 0

    @property
    def is_idle(self) -> bool:
        """True when the last parts brought nothing."""
        return self._idle >= PATIENCE

    def step(self, seconds: float = PART_SECONDS) -> bool:
        """Decide one part again; True when the plan became better."""
        is_better = self._step(seconds)
        self._idle = 0 if is_better else self._idle + 1
        return is_better

    def _step(self, seconds: float) -> bool:
        plans = self._plans
        before = plans.values
        if before is None:
            return False
        free = self._drawn(before)
        self._turn += 1
        started = time.perf_counter()
        found = plans.decided(plans.program, free, before, seconds, self._turn)
        spent = time.perf_counter() - started
        if found is None or not found[1]:
            self._size = max(SMALLEST_SIZE, self._size / GROWTH)
        elif spent < QUICK_SHARE * seconds:
            self._size = min(LARGEST_SIZE, self._size * GROWTH)
        if found is None:
            return False
        now = plans.values
        if now is None or now is before:
            return plans.take(found[0])
        # Somebody else was quicker: the part counts where it was left alone.
        if np.any(now[free] != before[free]):
            return False
        return plans.take(np.where(free, found[0], now))

    def _drawn(self, values: Floats) -> Bools:
        """Mark the columns of a part that grows around a loss."""
        plans, size = self._plans, int(self._size)
        of_row, of_column = plans.losses(values)
        row_chance = np.sqrt(np.where(plans.width > 0, of_row, 0.0))
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
        """Grow from a row, or the rows of a pair, over the pairs they share, up to a size."""
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
                    # Of very many, those nearest to a gain are most likely to change hands.
                    chance += plans.loss[members]
                members = members[np.argpartition(chance, at_most)[:at_most]]
            inside[members] = True
            count += members.size
            for member in random.permutation(members)[:12].tolist():
                column = int(pair[member])
                touched = columns.indices[columns.indptr[column] : columns.indptr[column + 1]]
                front.extend(touched[width[touched] <= WIDEST_ROW].tolist())
