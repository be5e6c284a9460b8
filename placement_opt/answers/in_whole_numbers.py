"""Asks CP-SAT whether a plan keeps some rows, and which of them its proof needs."""

from enum import Enum
from typing import Any

import numpy as np

from placement_opt.answers.limits import is_tie
from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.search.native import NATIVE

WORK_OF_A_CHECK = 2.0
"""CP-SAT's deterministic time for one question."""


class Verdict(Enum):
    """What is known about some rows."""

    INFEASIBLE = "no plan keeps them"
    FEASIBLE = "some plan keeps them"
    UNKNOWN = "not shown in time"


def cp_solver(seed: int, seconds: float) -> Any:
    """Return CP-SAT with one worker and so many seconds."""
    from ortools.sat.python import cp_model

    solver = cp_model.CpSolver()
    parameters: Any = solver.parameters
    parameters.max_time_in_seconds = max(0.01, seconds)
    parameters.max_deterministic_time = WORK_OF_A_CHECK
    parameters.num_workers = 1
    parameters.random_seed = seed % (1 << 31)
    parameters.linearization_level = 2
    parameters.catch_sigint_signal = False
    return solver


def asked_of_cp_sat(model: Any, seed: int, seconds: float) -> tuple[Verdict, Any]:
    """Solve a CP-SAT model without an objective; return what is known, and the solver."""
    from ortools.sat.python import cp_model

    solver = cp_solver(seed, seconds)
    with NATIVE.call(solver.stop_search):
        status = solver.solve(model)
    if status == cp_model.INFEASIBLE:
        return Verdict.INFEASIBLE, solver
    is_feasible = status in {cp_model.OPTIMAL, cp_model.FEASIBLE}
    return (Verdict.FEASIBLE if is_feasible else Verdict.UNKNOWN), solver


def assumed_core(formulation: Formulation, seed: int, seconds: float) -> Ints | None:
    """Return rows that CP-SAT needs for its proof that no plan keeps all; None without one.

    Every row that limits something gets a switch, and the proof names those that it assumes to be
    on.
    """
    from ortools.sat.python import cp_model

    model: Any = cp_model.CpModel()
    bounds = zip(formulation.lower.tolist(), formulation.upper.tolist(), strict=True)
    variables = [model.new_int_var(low, high, "") for low, high in bounds]
    matrix, wide = formulation.matrix, np.iinfo(np.int64)
    switch, ties = {}, is_tie(formulation)
    for row in limited_rows(formulation).tolist():
        low, high = int(formulation.row_lower[row]), int(formulation.row_upper[row])
        entries = slice(*matrix.indptr[row : row + 2])
        total = cp_model.LinearExpr.weighted_sum(
            [variables[at] for at in matrix.indices[entries]], matrix.data[entries].tolist()
        )
        domain = cp_model.Domain(
            int(wide.min) if low == NO_LOWER else low, int(wide.max) if high == NO_UPPER else high
        )
        if ties[row]:
            model.add_linear_expression_in_domain(total, domain)
            continue
        literal = model.new_bool_var("")
        model.add_linear_expression_in_domain(total, domain).only_enforce_if(literal)
        switch[literal.index] = row
        model.add_assumption(literal)
    verdict, solver = asked_of_cp_sat(model, seed, seconds)
    if verdict is not Verdict.INFEASIBLE:
        return None
    core = [switch[index] for index in solver.sufficient_assumptions_for_infeasibility()]
    return np.array(sorted(core), dtype=np.int64)


def limited_rows(formulation: Formulation) -> Ints:
    """Return the rows of the blocks that have a limit."""
    is_limited = (formulation.row_lower > NO_LOWER) | (formulation.row_upper < NO_UPPER)
    return np.flatnonzero(is_limited[: formulation.row_offsets[len(formulation.blocks)]])
