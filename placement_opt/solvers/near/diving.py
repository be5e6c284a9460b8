"""Dives from a point of a linear program towards integer values, a batch of roundings at a time.

Values of one stay. The largest fractions are rounded up where rows have room, and the dual simplex
method goes on from the last basis. A batch that leaves no solution is taken back, and a smaller one
is tried. The dive ends with a few values open, which are then decided exactly.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats
from placement_opt.solvers.engines.linear_program import NEARLY, LinearProgram
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search import schedule

BATCH_SHARE = 0.15
"""Share of the fractions that one batch rounds up."""

SMALLEST_BATCH = 8
LEAST_FRACTION = 0.4
"""Smaller fractions are rounded up one at a time: that is more often wrong."""

MOST_STEPS = 200
BROKEN = 1e-6
"""A row may be broken by this share of its activity, which is rounding."""


def dive(
    program: LinearProgram,
    point: Point,
    most_open: int,
    stop: Callable[[Floats], bool] = lambda _values: False,
) -> Point:
    """Round integer variables, from the optimum `point` of a program; return the last optimum.

    The dive ends once at most `most_open` of them are fractions, or when `stop` says so, which is
    asked with the present values before each step.
    """
    steps = _Dive(program, point)
    for _ in range(MOST_STEPS):
        if int(steps.is_open.sum()) <= most_open or stop(steps.point.values) or not steps.step():
            break
    return steps.point


class _Dive:
    """The program with the bounds set so far, and its optimum."""

    def __init__(self, program: LinearProgram, point: Point) -> None:
        self.program = program
        self.point = point
        self._once = program.is_integer & (program.upper == 1)
        self._rows = matrix_of(program)
        self._columns = self._rows.tocsc()
        self._limits_integers = _set_packing_rows(self._rows, program)
        self._share = BATCH_SHARE

    @property
    def is_open(self) -> Bools:
        """Integer variables with a fraction, shape (N,)."""
        values = self.point.values
        result: Bools = self.program.is_integer & (np.abs(values - np.rint(values)) > NEARLY)
        return result

    def step(self) -> bool:
        """Round one batch; False when nothing more can be rounded."""
        values, is_open = self.point.values, self.is_open
        lower, upper = self.program.lower.copy(), self.program.upper.copy()
        lower[self._once & (values >= 1 - NEARLY)] = 1.0
        batch = self._batch(lower, upper, is_open)
        if not batch and np.array_equal(upper, self.program.upper):
            return False
        if self._leads_on(lower, upper):
            self._share = min(BATCH_SHARE, 2 * self._share)
            return True
        if len(batch) > 1:
            self._share /= 4
            return True
        # There is no solution with this one variable rounded up: round it down.
        upper = self.program.upper.copy()
        upper[batch] = np.floor(values[batch])
        return self._leads_on(self.program.lower, upper)

    def _batch(self, lower: Floats, upper: Floats, is_open: Bools) -> list[int]:
        """Round the largest fractions up where rows have room, else down; return those rounded up.

        The bounds `lower` and `upper` are changed in place.
        """
        values = self.point.values
        fraction = np.where(is_open, values - np.floor(values), 0.0)
        most = int(self._share * is_open.sum())
        if self._share == BATCH_SHARE:
            most = max(most, SMALLEST_BATCH)
        order = np.argsort(-fraction, kind="stable")[: max(1, min(most, int(is_open.sum())))]
        room = self.program.row_upper - self._rows @ lower
        room[~self._limits_integers] = np.inf
        batch: list[int] = []
        start, members, amounts = (
            self._columns.indptr,
            self._columns.indices,
            self._columns.data,
        )
        for variable in order.tolist():
            if batch and fraction[variable] < LEAST_FRACTION:
                break
            part = slice(start[variable], start[variable + 1])
            more = np.ceil(values[variable]) - lower[variable]
            if np.all(more * amounts[part] <= room[members[part]]):
                room[members[part]] -= more * amounts[part]
                lower[variable] += more
                batch.append(variable)
            else:
                upper[variable] = np.floor(values[variable])
        return batch

    def _leads_on(self, lower: Floats, upper: Floats) -> bool:
        """Solve with these bounds; keep them if there is a solution."""
        program = replace(self.program, lower=lower, upper=upper)
        point = solve_lp(program, schedule.NEAR_LP_S, self.point.basis)
        if point is None or not keeps(program, self._rows, point.values):
            return False
        self.program, self.point = program, point
        return True


def keeps(program: LinearProgram, rows: sparse.csr_array, values: Floats) -> bool:
    """Tell whether values keep all rows and bounds, up to the rounding of doubles.

    `rows` are the coefficients, as `matrix_of` returns them.
    """
    activity = rows @ values
    slack = BROKEN * np.maximum(1.0, np.abs(activity))
    return bool(
        np.all(activity >= program.row_lower - slack)
        and np.all(activity <= program.row_upper + slack)
        and np.all(values >= program.lower - NEARLY)
        and np.all(values <= program.upper + NEARLY)
    )


def matrix_of(program: LinearProgram) -> sparse.csr_array:
    """Return the coefficients, CSR of shape (R, N)."""
    return sparse.csr_array(
        (program.value, program.member, program.start),
        shape=(len(program.row_lower), len(program.gain)),
    )


def _set_packing_rows(rows: sparse.csr_array, program: LinearProgram) -> Bools:
    """Mark the rows of integer variables, none with a negative coefficient, and an upper limit."""
    packs = np.isfinite(program.row_upper)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    packs[row[~program.is_integer[rows.indices] | (rows.data < 0)]] = False
    return packs
