"""PDLP, a first-order method for linear programs, on files in a folder."""

import math
from pathlib import Path

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats

PROGRAM = "program.npz"
POINT = "point.npz"

Pair = tuple[Floats, Floats]


def write_program(
    folder: Path,
    matrix: sparse.csc_array,
    gain: Floats,
    rows: Pair,
    columns: Pair,
    start: Pair,
    limits: tuple[float, float, float],
) -> None:
    """Write what `work` reads: maximise ``gain @ x`` within limits on x and ``matrix @ x``.

    Parameters
    ----------
    rows, columns
        Lower and upper limits of ``matrix @ x`` and of x.
    start
        Values and prices to start from.
    limits
        Relative and absolute precision; seconds and iterations, infinite for no limit.
    """
    np.savez(
        folder / PROGRAM,
        data=matrix.data,
        indices=matrix.indices.astype(np.int32),
        indptr=matrix.indptr.astype(np.int32),
        gain=gain,
        row_lower=rows[0],
        row_upper=rows[1],
        lower=columns[0],
        upper=columns[1],
        values=start[0],
        prices=start[1],
        limits=np.array(limits),
    )


def read_point(folder: Path) -> Pair:
    """Return the values and prices that `work` wrote at its end."""
    with np.load(folder / POINT) as point:
        return point["values"], point["prices"]


def work(folder: Path) -> None:
    """Solve the program in the folder as far as its limits allow."""
    from ortools.pdlp import solve_log_pb2, solvers_pb2
    from ortools.pdlp.python import pdlp

    del solve_log_pb2  # imported so that the solver can return its log
    with np.load(folder / PROGRAM) as file:
        given = dict(file)
    n_columns, n_rows = given["gain"].size, given["row_lower"].size
    program = pdlp.QuadraticProgram()
    program.resize_and_initialize(n_columns, n_rows)
    # The program copies the entries. They may be millions, so ours are dropped.
    entries = tuple(given.pop(name) for name in ("data", "indices", "indptr"))
    program.constraint_matrix = sparse.csc_matrix(entries, shape=(n_rows, n_columns))
    del entries
    program.objective_vector = -given["gain"]
    program.constraint_lower_bounds = given["row_lower"]
    program.constraint_upper_bounds = given["row_upper"]
    program.variable_lower_bounds, program.variable_upper_bounds = given["lower"], given["upper"]
    parameters = solvers_pb2.PrimalDualHybridGradientParams()
    criteria = parameters.termination_criteria
    precision, seconds, iterations = given["limits"].tolist()
    criteria.simple_optimality_criteria.eps_optimal_absolute = precision
    criteria.simple_optimality_criteria.eps_optimal_relative = precision
    criteria.time_sec_limit = seconds
    if math.isfinite(iterations):
        criteria.iteration_limit = int(iterations)
    parameters.num_threads = 1
    start = pdlp.PrimalAndDualSolution()
    start.primal_solution, start.dual_solution = given["values"], -given["prices"]
    result = pdlp.primal_dual_hybrid_gradient(program, parameters, start)
    np.savez(folder / POINT, values=result.primal_solution, prices=-result.dual_solution)
