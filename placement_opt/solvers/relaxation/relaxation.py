"""Solves the linear relaxation of a whole problem, or a linear program from a known basis."""

from typing import Any

import numpy as np

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.linear_program import LinearProgram
from placement_opt.solvers.relaxation.point import Basis, Point
from placement_opt.solvers.relaxation.pricing import usable_prices
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.search.native import NATIVE
from placement_opt.solvers.search.reporting import is_contradictory, logger

_FEASIBLE = 2


def whole_relaxation(formulation: Formulation, time_limit_s: float) -> Point | None:
    """Solve the linear relaxation with the simplex method.

    A price is what one more unit of a row's binding limit is worth, in objective units: positive
    for upper limits, negative for lower ones. None when the relaxation was not solved in time or
    has no solution.
    """
    if is_contradictory(formulation):
        return None
    everything = np.arange(formulation.n_variables)
    try:
        point = RestrictedLp(formulation).simplex(everything, time_limit_s)
    except Exception:
        logger.warning("the linear relaxation failed", exc_info=True)
        return None
    return point and Point(point.values, usable_prices(formulation, point.prices))


def solve_lp(
    program: LinearProgram, time_limit_s: float, basis: Basis | None = None
) -> Point | None:
    """Solve a linear program with the simplex method (GLOP), from a basis if one is given.

    None when it was not solved in time or has no solution.
    """
    try:
        result = _glop(program, time_limit_s, basis)
    except Exception:
        logger.warning("the linear relaxation failed", exc_info=True)
        return None
    solution = result.solutions[0] if result.solutions else None
    # Without a solution, the dual simplex method returns the point where it noticed.
    if solution is None or not (
        solution.dual_solution.feasibility_status == _FEASIBLE
        and solution.primal_solution.feasibility_status == _FEASIBLE
    ):
        return None
    return Point(
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
    # Without a basis, the dual simplex method takes a third of the primal one's time.
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
