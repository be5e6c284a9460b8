"""HiGHS, a mixed-integer solver, on the whole problem through MathOpt."""

import re
from typing import Any

import numpy as np
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    parameters_pb2,
    result_pb2,
)
from ortools.math_opt.core.python import solver

from benchmarks.instances import Problem
from benchmarks.run import Run
from placement_opt.solvers.linear_program import LinearProgram, ObjectiveUnit

_NUMBER = r"(-?inf|-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
_TABLE_LINE = re.compile(rf"\d\.\d+%\s+{_NUMBER}\s+{_NUMBER}\s+(?:\S+%|Large|inf)")
"""Bound and best plan in a line of HiGHS's table, behind the explored share."""


def solve(problem: Problem, run: Run) -> None:
    """Write the model and solve it; writing counts."""
    del problem
    unit = ObjectiveUnit.of(run.formulation)
    program = LinearProgram.of(run.formulation, unit)

    def told(lines: list[str]) -> None:
        for found in filter(None, map(_TABLE_LINE.search, lines)):
            bound, plan = (run.points(float(text) * unit.units) for text in found.groups())
            run.step(plan if np.isfinite(plan) else None, bound)

    result = solver.solve(
        program.proto(integer=True),
        parameters_pb2.SOLVER_TYPE_HIGHS,
        parameters_pb2.SolverInitializerProto(),
        _parameters(run),
        model_parameters_pb2.ModelSolveParametersProto(),
        told,
        callback_pb2.CallbackRegistrationProto(),
        None,
        None,
    )
    _conclude(run, result, unit, len(program.gain))


def _parameters(run: Run) -> Any:
    parameters = parameters_pb2.SolveParametersProto()
    parameters.random_seed = run.seed
    parameters.relative_gap_tolerance = run.gap
    parameters.time_limit.FromNanoseconds(int(run.remaining_s * 1e9))
    parameters.highs.int_options["threads"] = run.workers
    return parameters


def _conclude(run: Run, result: Any, unit: ObjectiveUnit, n_variables: int) -> None:
    reason = result_pb2.TerminationReasonProto.Name(result.termination.reason)
    run.stop_reason = reason.removeprefix("TERMINATION_REASON_").replace("_", " ").lower()
    run.step(bound=run.points(result.termination.objective_bounds.dual_bound * unit.units))
    if result.solutions and result.solutions[0].HasField("primal_solution"):
        found = result.solutions[0].primal_solution.variable_values
        values = np.zeros(n_variables)
        values[np.array(found.ids, dtype=np.int64)] = np.array(found.values)
        run.plan(values)
