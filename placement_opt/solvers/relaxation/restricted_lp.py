"""The linear relaxation over some of its variables, scaled for floating point.

- `simplex` finds an exact vertex: HiGHS from scipy, in a thread of this process.
- `start_first_order` improves step by step and stays near the prices it starts from: PDLP, in a
  process of its own, since it lets no other thread run.
"""

import math
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.pair_entries import by_row
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.engines.first_order import read_point, write_program
from placement_opt.solvers.engines.job import Job, JobError, start_job
from placement_opt.solvers.engines.job_folder import JobFolder, job_folder
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.native import NATIVE
from placement_opt.solvers.search.reporting import logger

LARGEST_GAIN = 1_000.0
"""Gains are scaled to at most this, and coefficients to at most one."""

FIRST_ORDER = "placement_opt.solvers.engines.first_order:work"


@dataclass(frozen=True, eq=False)
class Sales:
    """Unused capacity that may be sold, so that prices do not fall far in one step.

    Parameters
    ----------
    rows
        Rows with an upper limit.
    prices
        What one unit of each is sold for, in objective units.
    """

    rows: Ints
    prices: Floats


class RestrictedLp:
    """Scales a formulation once, and solves it over any columns.

    For a sample of the candidates, all limits are multiplied by `share`, except those of
    `kept_rows`.
    """

    def __init__(
        self, formulation: Formulation, share: float = 1.0, kept_rows: slice | None = None
    ) -> None:
        self.formulation = formulation
        self._unit = formulation.objective.largest_gain / LARGEST_GAIN
        self._row_scale = 1.0 / _largest_of_rows(formulation)
        self._own_scale = _scale_of_own(formulation, self._row_scale)
        scale = np.full(formulation.n_rows, share)
        if kept_rows is not None:
            scale[kept_rows] = 1.0
        lower, upper = formulation.row_lower, formulation.row_upper
        scale *= self._row_scale
        self._lower = np.where(lower <= NO_LOWER, -np.inf, lower * scale)
        self._upper = np.where(upper >= NO_UPPER, np.inf, upper * scale)

    def _column_scale(self, columns: Ints) -> Floats:
        n_pairs = self.formulation.n_pairs
        scale = np.ones(columns.size)
        own = columns >= n_pairs
        scale[own] = self._own_scale[columns[own] - n_pairs]
        return scale

    def _matrix(self, columns: Ints, scale: Floats) -> sparse.csc_array:
        matrix = self.formulation.columns(columns).astype(np.float64)
        matrix.data *= self._row_scale[matrix.indices]
        matrix.data *= np.repeat(scale, np.diff(matrix.indptr))
        return matrix

    def simplex(self, columns: Ints, seconds: float, sales: Sales | None = None) -> Point | None:
        """Solve with the dual simplex method; None when out of time or without a solution.

        Rows without any of the columns are left out.
        """
        if columns.size == 0:
            return Point(np.zeros(0), np.zeros(self.formulation.n_rows))
        scale = self._column_scale(columns)
        matrix = self._matrix(columns, scale).tocsr()
        gain = self.formulation.objective.gain[columns] * scale / self._unit
        low, high = (bounds / scale for bounds in self.formulation.bounds(columns))
        if sales is not None:
            entries = (np.ones(sales.rows.size), (sales.rows, np.arange(sales.rows.size)))
            shape = (matrix.shape[0], sales.rows.size)
            matrix = sparse.hstack([matrix, sparse.coo_array(entries, shape=shape)], format="csr")
            gain = np.append(gain, sales.prices / self._row_scale[sales.rows] / self._unit)
            low = np.append(low, np.zeros(sales.rows.size))
            high = np.append(high, np.maximum(self._upper[sales.rows], 0.0))
        found = _simplex(matrix, gain, (self._lower, self._upper), (low, high), seconds)
        if found is None:
            return None
        values, prices = found
        return Point(values[: columns.size] * scale, self.unscaled(prices))

    def unscaled(self, prices: Floats) -> Floats:
        """Return prices of the scaled program in objective units per unit of a row."""
        return prices * self._row_scale * self._unit

    def start_first_order(
        self,
        columns: Ints,
        start: Point,
        precision: float,
        seconds: float,
        iterations: float = math.inf,
    ) -> "FirstOrderRun":
        """Start PDLP from a point; it ends at the precision, or at one of the limits."""
        scale = self._column_scale(columns)
        lower, upper = self.formulation.bounds(columns)
        files = ExitStack()
        folder = files.enter_context(job_folder())
        write_program(
            folder.path,
            self._matrix(columns, scale),
            self.formulation.objective.gain[columns] * scale / self._unit,
            (self._lower, self._upper),
            (lower / scale, upper / scale),
            (start.values / scale, start.prices / self._row_scale / self._unit),
            (precision, seconds, iterations),
        )
        return FirstOrderRun(self, folder, files, scale)


class FirstOrderRun:
    """A run of PDLP in a process of its own."""

    def __init__(
        self, program: RestrictedLp, folder: JobFolder, files: ExitStack, scale: Floats
    ) -> None:
        self._program = program
        self._folder = folder
        self._files = files
        self._scale = scale
        self._job: Job = start_job(FIRST_ORDER, folder)

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when it has ended."""
        return self._job.wait(seconds)

    def point(self) -> Point | None:
        """Return where it ended, or None when it failed."""
        try:
            self._job.finish()
        except JobError as error:
            logger.warning("the first-order method failed: %s", error)
            return None
        values, prices = read_point(self._folder.path)
        return Point(values * self._scale, self._program.unscaled(prices))

    def close(self) -> None:
        """Stop it if it still runs, and delete its files."""
        self._job.stop()
        self._files.close()


def _simplex(
    matrix: sparse.csr_array,
    gain: Floats,
    rows: tuple[Floats, Floats],
    columns: tuple[Floats, Floats],
    seconds: float,
) -> tuple[Floats, Floats] | None:
    """Return values and prices of the optimum within the limits of rows and columns, or None."""
    from scipy.optimize import linprog

    lower, upper = rows
    used = np.diff(matrix.indptr) > 0
    equal = used & (lower == upper)
    below = used & ~equal & np.isfinite(upper)
    above = used & ~equal & np.isfinite(lower)
    bounds: Any = np.stack(columns, axis=1)
    with NATIVE.call():
        result = linprog(
            -gain,
            sparse.vstack([matrix[below], -matrix[above]]),
            np.append(upper[below], -lower[above]),
            matrix[equal],
            upper[equal],
            bounds,
            method="highs-ds",
            options={"time_limit": max(schedule.LEAST_SIMPLEX_S, seconds)},
        )
    if result.status != 0 or result.x is None:
        return None
    prices = np.zeros(matrix.shape[0])
    n_below = int(below.sum())
    prices[below] = -result.ineqlin.marginals[:n_below]
    prices[above] += result.ineqlin.marginals[n_below:]
    prices[equal] = -result.eqlin.marginals
    return result.x, prices


def _largest_of_rows(formulation: Formulation) -> Floats:
    """Return the largest coefficient of each row's pairs, or own variables if it has no pairs."""
    largest = [np.ones(0)]
    for block in formulation.blocks:
        of_row = _largest_magnitude(block.usage)
        if block.variable_usage is not None:
            of_row = np.where(of_row > 0, of_row, _largest_magnitude(block.variable_usage))
        largest.append(np.maximum(of_row, 1.0))
    if formulation.extra is not None:
        largest.append(np.maximum(_largest_magnitude(formulation.extra.matrix), 1.0))
    return np.concatenate(largest)


def _largest_magnitude(rows: sparse.csr_array) -> Floats:
    highest, lowest = (by_row(of, rows.data, rows.indptr) for of in (np.maximum, np.minimum))
    return np.maximum(highest.astype(np.float64), -lowest.astype(np.float64))


def _scale_of_own(formulation: Formulation, row_scale: Floats) -> Floats:
    """Return the unit of each own variable: the geometric mean of two natural units.

    One makes its largest coefficient one, the other its range. Counting a total of thousands of
    pairs in ones would make a first-order method very slow.
    """
    own = slice(formulation.n_pairs, formulation.n_variables)
    columns = formulation.columns(np.arange(own.start, own.stop))
    scaled = np.abs(columns.data) * row_scale[columns.indices]
    largest: Floats = by_row(np.maximum, scaled, columns.indptr, 1.0)
    width = (formulation.own_upper - formulation.own_lower) * largest
    return np.sqrt(np.maximum(width, 1.0)) / largest
