"""The linear relaxation: an upper bound, and a price for every row."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from placement_opt.formulation import NO_LOWER, NO_UPPER, Formulation
from placement_opt.solvers.linear_program import Floats, LinearProgram, ObjectiveUnit
from placement_opt.solvers.reporting import is_contradictory, logger


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


def dual_bound(formulation: Formulation, dual_prices: Floats) -> float:
    """Return the upper bound that dual prices prove, in integer objective units.

    With prices y and reduced gains ``r = gain - y A`` it is
    ``sum of y_i * (upper_i if y_i > 0 else lower_i) + sum of max(r_j * low_j, r_j * high_j)``,
    valid for every y whose signs suit the limits that exist. Costs one pass over the coefficients.
    """
    limit = np.where(dual_prices > 0, formulation.row_upper, formulation.row_lower)
    reduced = formulation.objective.gain - formulation.matrix.T @ dual_prices
    best = np.maximum(reduced * formulation.lower, reduced * formulation.upper)
    return float(np.sum(dual_prices * np.where(dual_prices == 0, 0, limit)) + np.sum(best))


def lp_bound(formulation: Formulation, time_limit_s: float) -> LpBound | None:
    """Solve the linear relaxation with the simplex method (GLOP).

    Returns
    -------
    LpBound or None
        None when the relaxation was not solved in time or has no solution.
    """
    if is_contradictory(formulation):
        return None
    unit = ObjectiveUnit.of(formulation)
    program = LinearProgram.of(formulation, unit)
    try:
        result = _glop(program, time_limit_s)
    except Exception:
        logger.warning("the linear relaxation failed", exc_info=True)
        return None
    solution = result.solutions[0] if result.solutions else None
    if solution is None or not (
        solution.HasField("dual_solution") and solution.HasField("primal_solution")
    ):
        return None
    prices = _dense(solution.dual_solution.dual_values, formulation.n_rows) * float(unit.units)
    prices = np.where(formulation.row_upper >= NO_UPPER, np.minimum(prices, 0.0), prices)
    prices = np.where(formulation.row_lower <= NO_LOWER, np.maximum(prices, 0.0), prices)
    values = _dense(solution.primal_solution.variable_values, formulation.n_variables)
    return LpBound(prices, dual_bound(formulation, prices), values)


def _glop(program: LinearProgram, time_limit_s: float) -> Any:
    from ortools.math_opt import callback_pb2, model_parameters_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver

    parameters = parameters_pb2.SolveParametersProto()
    parameters.time_limit.FromNanoseconds(int(time_limit_s * 1e9))
    return solver.solve(
        program.proto(integer=False),
        parameters_pb2.SOLVER_TYPE_GLOP,
        parameters_pb2.SolverInitializerProto(),
        parameters,
        model_parameters_pb2.ModelSolveParametersProto(),
        None,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )


def _dense(sparse: Any, length: int) -> Floats:
    values = np.zeros(length)
    values[np.array(sparse.ids, dtype=np.int64)] = np.array(sparse.values)
    return values
