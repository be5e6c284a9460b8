"""The linear relaxation: an upper bound, and a price for every row."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Floats
from placement_opt.formulation.certificate import BLOCK
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.linear_program import LinearProgram
from placement_opt.solvers.relaxation.pricing import usable_prices
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.search.native import NATIVE
from placement_opt.solvers.search.reporting import is_contradictory, logger


@dataclass(frozen=True, eq=False)
class LpBound:
    """Optimum of the linear relaxation.

    Parameters
    ----------
    dual_prices
        What one unit more of a row's binding limit is worth, in integer objective units, shape
        (R,), float64: at least zero where the upper limit binds, at most zero where the lower one
        does, and never of the sign of a limit that the row does not have.
    bound
        Upper bound in integer objective units that follows from the dual prices, by `dual_bound`;
        valid up to the rounding of doubles, for any prices.
    values
        Values of all variables in the relaxation, shape (N,), float64.
    """

    dual_prices: Floats
    bound: float
    values: Floats


BASIC = 5
"""MathOpt's number for a variable or row in the basis."""

_AT_LOWER = 2
_FEASIBLE = 2


@dataclass(frozen=True, eq=False)
class Basis:
    """Where a simplex method stands, for another start after rows or columns have been added.

    Parameters
    ----------
    variables, rows
        Basis status of each variable and of each row, in MathOpt's numbers, int8.
    is_dual
        True to go on with the dual simplex method, as after new rows; False with the primal one,
        as after new columns.
    """

    variables: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int8]
    is_dual: bool = True

    @property
    def slack_rows(self) -> Bools:
        """Rows that can leave and the rest is still a basis: their own slack is basic."""
        result: Bools = self.rows == BASIC
        return result

    def grown(self, *, n_columns: int = 0, rows: Bools | None = None, n_rows: int = 0) -> "Basis":
        """Return the basis with columns at zero added, only some rows kept, and rows added."""
        kept = self.rows if rows is None else self.rows[rows]
        return Basis(
            np.append(self.variables, np.full(n_columns, _AT_LOWER, dtype=np.int8)),
            np.append(kept, np.full(n_rows, BASIC, dtype=np.int8)),
            is_dual=n_columns == 0,
        )

    def write_to(self, proto: Any) -> None:
        """Write to a MathOpt basis."""
        for part, statuses in (
            (proto.variable_status, self.variables),
            (proto.constraint_status, self.rows),
        ):
            part.ids.extend(range(len(statuses)))
            part.values.extend(statuses.tolist())


@dataclass(frozen=True, eq=False)
class LpPoint:
    """Optimum of a linear program.

    Parameters
    ----------
    values, prices
        Of all variables and of all rows, in the program's own units.
    basis
        Where the simplex method ended, or None.
    """

    values: Floats
    prices: Floats
    basis: Basis | None


def dual_bound(formulation: Formulation, dual_prices: Floats) -> float:
    """Return the upper bound that dual prices prove, in integer objective units.

    With prices y and reduced gains ``r = gain - y A`` it is
    ``sum of y_i * (upper_i if y_i > 0 else lower_i) + sum of max(r_j * low_j, r_j * high_j)``,
    valid for every y whose signs suit the limits that exist. Costs one pass over the coefficients.
    """
    limit = np.where(dual_prices > 0, formulation.row_upper, formulation.row_lower)
    best = float(np.sum(dual_prices * np.where(dual_prices == 0, 0, limit)))
    n_pairs, gain = formulation.n_pairs, formulation.objective.gain
    for first in range(0, n_pairs, BLOCK):
        block = slice(first, min(first + BLOCK, n_pairs))
        reduced = gain[block] - formulation.priced_pairs(dual_prices, block)
        best += float(np.maximum(reduced, 0.0).sum())
    own = gain[n_pairs:] - formulation.priced_own(dual_prices)
    return best + float(np.maximum(own * formulation.own_lower, own * formulation.own_upper).sum())


def lp_bound(formulation: Formulation, time_limit_s: float) -> LpBound | None:
    """Solve the linear relaxation with the simplex method.

    Returns
    -------
    LpBound or None
        None when the relaxation was not solved in time or has no solution.
    """
    if is_contradictory(formulation):
        return None
    everything = np.arange(formulation.n_variables)
    try:
        point = RestrictedLp(formulation).simplex(everything, time_limit_s)
    except Exception:
        logger.warning("the linear relaxation failed", exc_info=True)
        return None
    if point is None:
        return None
    prices = usable_prices(formulation, point.prices)
    return LpBound(prices, dual_bound(formulation, prices), point.values)


def solve_lp(
    program: LinearProgram, time_limit_s: float, basis: Basis | None = None
) -> LpPoint | None:
    """Solve a linear program with the simplex method (GLOP), from a basis where one is given.

    Returns
    -------
    LpPoint or None
        None when it was not solved in time or has no solution.
    """
    try:
        result = _glop(program, time_limit_s, basis)
    except Exception:
        logger.warning("the linear relaxation failed", exc_info=True)
        return None
    solution = result.solutions[0] if result.solutions else None
    # Where there is no solution, the dual simplex method hands over where it noticed.
    if solution is None or not (
        solution.dual_solution.feasibility_status == _FEASIBLE
        and solution.primal_solution.feasibility_status == _FEASIBLE
    ):
        return None
    return LpPoint(
        _dense(solution.primal_solution.variable_values, len(program.gain)),
        _dense(solution.dual_solution.dual_values, len(program.row_lower)),
        Basis(
            np.array(solution.basis.variable_status.values, dtype=np.int8),
            np.array(solution.basis.constraint_status.values, dtype=np.int8),
        )
        if solution.HasField("basis")
        else None,
    )


def _glop(program: LinearProgram, time_limit_s: float, basis: Basis | None) -> Any:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver
    from ortools.util.python import pybind_solve_interrupter

    parameters = parameters_pb2.SolveParametersProto()
    parameters.time_limit.FromNanoseconds(int(time_limit_s * 1e9))
    start = model_parameters_pb2.ModelSolveParametersProto()
    # From scratch the dual simplex method takes a third of the primal one's time.
    parameters.glop.use_dual_simplex = basis is None or basis.is_dual
    if basis is not None:
        basis.write_to(start.initial_basis)
    interrupter = pybind_solve_interrupter.PySolveInterrupter()
    with NATIVE.call(interrupter.interrupt):
        return solver.solve(
            program.proto(),
            parameters_pb2.SOLVER_TYPE_GLOP,
            parameters_pb2.SolverInitializerProto(),
            parameters,
            start,
            None,
            callback_pb2.CallbackRegistrationProto(),
            None,
            interrupter,
        )


def _dense(sparse: Any, length: int) -> Floats:
    values = np.zeros(length)
    values[np.array(sparse.ids, dtype=np.int64)] = np.array(sparse.values)
    return values
