"""Which rules and rows contradict each other when nothing satisfies all of them.

The answer is a set of rows that is infeasible by itself and, where time allowed, stays so for no
row less. It is found with CP-SAT on a copy of the problem in which every row can be switched off.
"""

import time
from collections.abc import Iterable

import numpy as np

from placement_opt.formulation import Formulation
from placement_opt.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.base import Search
from placement_opt.solvers.native import NATIVE

CONFLICT_SECONDS = 10.0
LEAST_SECONDS = 1.5
"""Seconds for all of it: what is left of the solve's time, within these two limits."""

SHOWN_CONFLICTS = 20
MOST_VARIABLES = 200_000
"""Beyond this size a second model beside the first is not worth its memory."""


def conflicts(formulation: Formulation, search: Search) -> tuple[str, ...]:
    """Return rows that contradict each other, as ``"rule (about)"``; empty where none was found.

    Parameters
    ----------
    formulation
        An infeasible problem.
    search
        Its search, for the seed.
    """
    if formulation.n_variables > MOST_VARIABLES:
        return ()
    seconds = min(CONFLICT_SECONDS, max(LEAST_SECONDS, search.remaining_s))
    until, seed = time.perf_counter() + seconds, search.limits.seed
    suspects = _assumed_core(formulation, range(formulation.n_rows), seed, until)
    if suspects is None:
        return ()
    # A few rounds of deletion make the core small; each is a solve of the core alone.
    for row in suspects[:SHOWN_CONFLICTS]:
        if row not in suspects or time.perf_counter() >= until:
            continue
        smaller = [other for other in suspects if other != row]
        still = _assumed_core(formulation, smaller, seed, until)
        if still is not None:
            suspects = still
    return tuple(_named(formulation, row) for row in suspects[:SHOWN_CONFLICTS])


def _assumed_core(
    formulation: Formulation, rows: Iterable[int], seed: int, until: float
) -> list[int] | None:
    """Return a subset of the rows that is infeasible, or None where they may be satisfied."""
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    lower, upper = formulation.lower.tolist(), formulation.upper.tolist()
    variables = [model.new_int_var(low, high, "") for low, high in zip(lower, upper, strict=True)]
    matrix = formulation.matrix
    switch = {}
    for row in rows:
        low, high = int(formulation.row_lower[row]), int(formulation.row_upper[row])
        if low == NO_LOWER and high == NO_UPPER:
            continue
        start, stop = matrix.indptr[row : row + 2]
        total = cp_model.LinearExpr.weighted_sum(
            [variables[at] for at in matrix.indices[start:stop]],
            matrix.data[start:stop].tolist(),
        )
        literal = model.new_bool_var("")
        wide = np.iinfo(np.int64)
        domain = cp_model.Domain(
            int(wide.min) if low == NO_LOWER else low, int(wide.max) if high == NO_UPPER else high
        )
        model.add_linear_expression_in_domain(total, domain).only_enforce_if(literal)
        switch[literal.index] = row
        model.add_assumption(literal)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.0, until - time.perf_counter())
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    with NATIVE.call(solver.stop_search):
        status = solver.solve(model)
    if status != cp_model.INFEASIBLE:
        return None
    return sorted(switch[index] for index in solver.sufficient_assumptions_for_infeasibility())


def _named(formulation: Formulation, row: int) -> str:
    for block in formulation.blocks:
        if row < len(block):
            return f"{block.title} ({block.labels[row]})"
        row -= len(block)
    return f"row {row}"
