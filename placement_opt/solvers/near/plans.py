"""Whole plans of a problem near its relaxation: a dive, and parts decided exactly.

All work is on one program in floating point over the columns near a gain, cuts included. Several
threads may improve the same plan; see `placement_opt.solvers.near.parts`.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats
from placement_opt.solvers.engines.highs import HighsRun, HighsSettings
from placement_opt.solvers.engines.linear_program import NEARLY, LinearProgram
from placement_opt.solvers.near.diving import BROKEN, dive, keeps, matrix_of
from placement_opt.solvers.near.program import NearProgram
from placement_opt.solvers.search.reporting import logger

FEW_OPEN = 40
"""The dive ends with so few values open; those are decided exactly."""

SLACK_SHARE = 0.02
"""A part is good enough when it is that near its optimum, as a share of what it loses: to prove the
last of it takes most of the time."""

SLACK_AT_FIRST = 2e-5
"""How near the first plan has to be, as a share of the relaxation's optimum."""

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
        self._beside = _ones(self.rows[:, np.flatnonzero(~near.is_pair)])
        self._pairs_in = _ones(self.pairs_of_row)
        self._stop = stop
        self._seed = seed
        self._lock = threading.Lock()
        prices = near.point.prices
        self._reduced = program.gain - self.by_column.T @ prices
        self.loss = np.abs(self._reduced[self.pair])
        self.middle_loss = float(np.median(self.loss)) + BROKEN if self.pair.size else 1.0
        self._slack_at_first = SLACK_AT_FIRST * abs(float(program.gain @ near.point.values))
        self._limit = np.where(prices > 0, program.row_upper, program.row_lower)

    def start(self, seconds: float) -> bool:
        """Find a first plan, or a better one than somebody has found meanwhile; False where none.

        `seconds` are for each program that the dive leaves to be decided.
        """
        pairs_alone = replace(self.program, is_integer=self.near.is_pair)
        values, slack = self.near.point.values, self._slack_at_first
        for most_open in (FEW_OPEN, 0):
            values = dive(pairs_alone, self.near.point, most_open, self._is_hopeless).values
            if self._is_hopeless(values):
                return False
            between = np.abs(values - np.rint(values)) > NEARLY
            free = self.with_beside(between & self.program.is_integer)
            values = np.where(self.program.is_integer & ~free, np.rint(values), values)
            found = self.decided(free, values, seconds, self._seed, slack)
            if found is not None and self.take(found[0]):
                return True
            if self.values is not None:
                return False  # there is a plan already: a deeper dive is not worth its time
        # What the dive has settled leaves no room for the rest: decide everything at once.
        everything = np.ones(self.program.gain.size, dtype=np.bool_)
        found = self.decided(everything, values, seconds, self._seed, slack)
        return found is not None and self.take(found[0])

    def _is_hopeless(self, values: Floats) -> bool:
        """Tell whether a dive that has come to such values should end.

        All that follows from them gains less, so that they have to be above the best plan.
        """
        return self._stop() or float(self.program.gain @ values) <= self.gained

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
        values = np.where(self.program.is_integer, np.rint(values), values)
        with self._lock:
            gained = float(self.program.gain @ values)
            if gained <= self.gained or not keeps(self.program, self.rows, values):
                return False
            self.values, self.gained = values, gained
            return True

    def take_pairs(self, values: Floats, seconds: float) -> bool:
        """Keep a plan's pairs where they are better, and decide again what is beside them.

        That may have to change where cuts have come in.
        """
        if self.take(values):
            return True
        beside = ~self.near.is_pair
        found = self.decided(beside, values, seconds, self._seed, self._slack_at_first)
        return found is not None and self.take(found[0])

    def best(self) -> tuple[float, Floats]:
        """Return the best plan's objective and its values."""
        with self._lock:
            if self.values is None:
                raise ValueError("there is no plan yet")
            return self.gained, self.values

    def losses(self, values: Floats) -> tuple[Floats, Floats]:
        """Return what each row and each column of a plan loses against the prices."""
        prices = self.near.point.prices
        slack = np.abs(np.where(prices == 0, 0.0, self._limit) - self.rows @ values)
        of_row = np.where(prices == 0, 0.0, np.abs(prices) * slack)
        best = np.where(self._reduced > 0, self.program.upper, self.program.lower)
        return of_row, np.abs(self._reduced * (best - values))

    def with_own_losses(self, of_row: Floats, of_column: Floats) -> Floats:
        """Return what rows lose, with what the columns beside the pairs in them lose."""
        result: Floats = of_row + self._beside @ of_column[~self.near.is_pair]
        return result

    def slack(self, free: Bools, in_rows: Floats, of_column: Floats) -> float:
        """Return how far from its optimum a part may end: a little of what it loses.

        `in_rows` is of `with_own_losses`, `of_column` of `losses`; a row counts by the share of its
        pairs that are free.
        """
        pairs = free[self.pair]
        share = self._pairs_in @ pairs.astype(np.float64) / np.maximum(self.width, 1)
        lost = float(share @ in_rows + of_column[self.pair] @ pairs)
        return max(1e-9, SLACK_SHARE * lost)

    def decided(
        self,
        free: Bools,
        values: Floats,
        seconds: float,
        seed: int,
        slack: float,
    ) -> tuple[Floats, bool] | None:
        """Decide the free columns, all others as they are: values, and whether that is proven.

        A decision counts as proven when it is that near its optimum.
        """
        program, at = self.program, np.flatnonzero(free)
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
            program.is_integer[at],
        )
        hint = None if self.values is None else values[at]
        settings = HighsSettings(seed % (1 << 31), 0.0, slack, seconds, None)
        try:
            answer = HighsRun(inner, settings, hint).solve()
        except Exception:
            logger.warning("a part was not solved; the best plan so far is kept", exc_info=True)
            return None
        if answer.values is None:
            return None
        result = np.where(free, 0.0, values)
        result[at] = answer.values
        return result, answer.reason == "optimal"


def _ones(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return where a matrix has entries."""
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
