"""Finds and keeps plans of the program near a gain: by a dive, and by deciding columns exactly.

All work is on one program in floating point, cuts included. Several threads may improve the same
plan; see `placement_opt.solvers.near.parts`.
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
"""The dive leaves at most so many values open, which are decided exactly."""

SLACK_SHARE = 0.02
"""A part is solved when it is this near its optimum, as a share of what it loses at the prices: to
prove the last bit takes most of the time."""

SLACK_AT_FIRST = 2e-5
"""How near its optimum the first plan has to be, as a share of that of the relaxation."""

WIDEST_ROW = 400
"""Parts do not grow over a row of more pairs, which would lead everywhere."""


class NearPlans:
    """Keeps the best plan of a program, and decides parts of it again.

    `stop` is asked between the steps of a dive.
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
        self._own_in = _ones(self.rows[:, np.flatnonzero(~near.is_pair)])
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
        """Find a first plan, or a better one than another thread found meanwhile; False where none.

        `seconds` limit each program that the dive leaves to be decided.
        """
        pairs_alone = replace(self.program, is_integer=self.near.is_pair)
        values, slack = self.near.point.values, self._slack_at_first
        for most_open in (FEW_OPEN, 0):
            values = dive(pairs_alone, self.near.point, most_open, self._is_hopeless).values
            if self._is_hopeless(values):
                return False
            between = np.abs(values - np.rint(values)) > NEARLY
            free = self._with_neighbours(between & self.program.is_integer)
            values = np.where(self.program.is_integer & ~free, np.rint(values), values)
            found = self.decided(free, values, seconds, self._seed, slack)
            if found is not None and self.take(found[0]):
                return True
            if self.values is not None:
                return False  # a deeper dive is not worth its time where there is a plan
        # What the dive has settled leaves no room for the rest: decide all columns at once.
        everything = np.ones(self.program.gain.size, dtype=np.bool_)
        found = self.decided(everything, values, seconds, self._seed, slack)
        return found is not None and self.take(found[0])

    def _is_hopeless(self, values: Floats) -> bool:
        """Tell whether a dive at these values should end.

        Every later value of the dive gains less, and has to be above the best plan.
        """
        return self._stop() or float(self.program.gain @ values) <= self.gained

    def _with_neighbours(self, columns: Bools) -> Bools:
        """Mark columns, those that share a narrow row with them, and their own variables."""
        marked = columns.copy()
        rows = np.unique(self.by_column[:, np.flatnonzero(columns)].indices)
        marked[self.rows[rows[self.width[rows] <= WIDEST_ROW]].indices] = True
        return self.with_own(marked)

    def with_own(self, columns: Bools) -> Bools:
        """Mark columns, and the own variables in the rows of their pairs."""
        marked = columns | self.near.always
        rows = np.unique(self.by_column[:, np.flatnonzero(columns & self.near.is_pair)].indices)
        joined = np.unique(self.rows[rows].indices)
        marked[joined[~self.near.is_pair[joined]]] = True
        return marked

    def take(self, values: Floats) -> bool:
        """Keep a plan if it is better and breaks no row by more than rounding; True if kept."""
        values = np.where(self.program.is_integer, np.rint(values), values)
        with self._lock:
            gained = float(self.program.gain @ values)
            if gained <= self.gained or not keeps(self.program, self.rows, values):
                return False
            self.values, self.gained = values, gained
            return True

    def take_pairs(self, values: Floats, seconds: float) -> bool:
        """Keep a plan if it is better, with own variables decided again where it breaks a row.

        That may be so where cuts were added after it was found.
        """
        if self.take(values):
            return True
        found = self.decided(~self.near.is_pair, values, seconds, self._seed, self._slack_at_first)
        return found is not None and self.take(found[0])

    def best(self) -> tuple[float, Floats]:
        """Return the objective of the best plan and its values; ValueError where there is none."""
        with self._lock:
            if self.values is None:
                raise ValueError("there is no plan yet")
            return self.gained, self.values

    def losses(self, values: Floats) -> tuple[Floats, Floats]:
        """Return what each row, shape (R,), and each column, shape (N,), loses at the prices."""
        prices = self.near.point.prices
        slack = np.abs(np.where(prices == 0, 0.0, self._limit) - self.rows @ values)
        of_row = np.where(prices == 0, 0.0, np.abs(prices) * slack)
        best = np.where(self._reduced > 0, self.program.upper, self.program.lower)
        return of_row, np.abs(self._reduced * (best - values))

    def with_own_losses(self, of_row: Floats, of_column: Floats) -> Floats:
        """Return what each row loses together with the own variables in it, shape (R,)."""
        result: Floats = of_row + self._own_in @ of_column[~self.near.is_pair]
        return result

    def slack(self, free: Bools, in_rows: Floats, of_column: Floats) -> float:
        """Return how far from its optimum a part may end: a small share of what it loses.

        `in_rows` comes from `with_own_losses`, `of_column` from `losses`. A row counts by the share
        of its pairs that are free.
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
        """Decide the free columns while all others keep their values; None where that fails.

        Returns the values, shape (N,), and whether they are proven to be within `slack` of the
        optimum.
        """
        program, at = self.program, np.flatnonzero(free)
        columns = self.by_column[:, at].tocsr()
        fixed = self.rows @ np.where(free, 0.0, values)
        rows = np.flatnonzero(np.diff(columns.indptr) > 0)
        matrix = columns[rows]
        matrix.sort_indices()
        inner = LinearProgram(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32),
            matrix.data,
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
    """Return a matrix with its entries replaced by ones."""
    return sparse.csr_array((np.ones(matrix.nnz), matrix.indices, matrix.indptr), matrix.shape)
