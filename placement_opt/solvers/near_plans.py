"""Whole plans of a problem near its relaxation: a dive, and parts decided exactly.

All work is on one program in floating point over the columns near a gain, cuts included. Several
threads may improve the same plan; see `placement_opt.solvers.near_parts`.
"""

import math
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from placement_opt.instance import Bools, Floats
from placement_opt.solvers.diving import BROKEN, NEAR, dive, keeps, matrix_of
from placement_opt.solvers.highs import HighsSettings, solve_here
from placement_opt.solvers.linear_program import LinearProgram
from placement_opt.solvers.near_program import NearProgram
from placement_opt.solvers.reporting import logger

FEW_OPEN = 40
"""The dive ends with so few values open; those are decided exactly."""

START_SECONDS = 5.0
SLACK_SHARE = 0.02
"""A part is good enough when it is that near its optimum, as a share of what is lost in all: to
prove the last of it takes most of the time."""

SLACK_AT_FIRST = 1e-3
"""What is lost in all before there is a plan, as a share of the relaxation's optimum."""

WIDEST_ROW = 400
"""Rows of more columns do not lead from one pair to the next."""


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
            if gained <= self.gained or not keeps(self.program, self.rows, values):
                return False
            self.values, self.gained = values, gained
            return True

    def best(self) -> tuple[float, Floats]:
        """Return the best plan's objective and its values."""
        with self._lock:
            if self.values is None:
                raise ValueError("there is no plan yet")
            return self.gained, self.values

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
