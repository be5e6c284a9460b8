"""One run of PDLP on the whole linear relaxation: a bound and its seconds, no plan."""

from typing import Any

import numpy as np
from ortools.pdlp import solve_log_pb2, solvers_pb2
from ortools.pdlp.python import pdlp
from scipy import sparse

from benchmarks.instances import Problem
from benchmarks.run import Run
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit

TOLERANCE = 1e-4
"""Relative and absolute, on gap and residuals."""


def solve(problem: Problem, run: Run) -> None:
    """Solve to 1e-4; building does not count. The bound is computed again from the duals."""
    del problem
    unit = ObjectiveUnit.of(run.formulation)
    program = _quadratic_program(LinearProgram.of(run.formulation, unit))
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    parameters.num_threads = run.workers
    ending = parameters.termination_criteria
    ending.simple_optimality_criteria.eps_optimal_absolute = TOLERANCE
    ending.simple_optimality_criteria.eps_optimal_relative = TOLERANCE
    ending.time_sec_limit = run.time_limit_s
    run.begin()
    result = pdlp.primal_dual_hybrid_gradient(program, parameters)
    run.finish()
    reason = solve_log_pb2.TerminationReason.Name(result.solve_log.termination_reason)
    run.stop_reason = reason.removeprefix("TERMINATION_REASON_").replace("_", " ").lower()
    # PDLP minimises, so that its prices have the other sign.
    prices = -np.asarray(result.dual_solution) * float(unit.units)
    run.step(bound=run.points(priced_bound(run.formulation, prices)))


def _quadratic_program(program: LinearProgram) -> Any:
    n_rows, n_variables = len(program.row_lower), len(program.gain)
    matrix = sparse.csr_matrix(
        (program.value, program.member, program.start), shape=(n_rows, n_variables)
    )
    made = pdlp.QuadraticProgram()
    made.resize_and_initialize(n_variables, n_rows)
    made.objective_vector = -program.gain
    made.constraint_matrix = matrix.tocsc()
    made.constraint_lower_bounds = program.row_lower
    made.constraint_upper_bounds = program.row_upper
    made.variable_lower_bounds = program.lower
    made.variable_upper_bounds = program.upper
    return made


def priced_bound(formulation: Formulation, prices: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return the bound that row prices prove, in integer objective units, in floating point.

    Prices on a side without a limit count as zero; any others give a valid bound.
    """
    upward = (prices > 0) & (formulation.row_upper < NO_UPPER)
    downward = (prices < 0) & (formulation.row_lower > NO_LOWER)
    usable = np.where(upward | downward, prices, 0.0)
    limit = np.where(upward, formulation.row_upper, formulation.row_lower).astype(np.float64)
    reduced = formulation.objective.gain - formulation.matrix.T @ usable
    best = np.maximum(reduced * formulation.lower, reduced * formulation.upper)
    return float(usable @ np.where(usable == 0, 0.0, limit)) + float(best.sum())
