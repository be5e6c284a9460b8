"""scipy: its matching for pure assignment, else `scipy.optimize.milp` (HiGHS in one thread)."""

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse

from benchmarks.instances import Problem
from benchmarks.rivals.pure_assignment import Assignment, as_assignment
from benchmarks.run import DoesNotApplyError, Run
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DENSE = 4_000_000
"""Up to so many cells the dense method is the quicker one."""


def solve(problem: Problem, run: Run) -> None:
    """Match where that applies, else solve as a mixed-integer program."""
    del problem
    try:
        given = as_assignment(run.formulation)
    except DoesNotApplyError:
        _solve_milp(run)
    else:
        _match(run, given)


def _match(run: Run, given: Assignment) -> None:
    """Match candidates to single places, or each to a place of its own that is worth nothing."""
    first = np.concatenate([[0], np.cumsum(given.room)])
    n_places, n_left = int(first[-1]), given.n_left
    copies = given.room[given.right]
    pair = np.repeat(np.arange(given.left.size), copies)
    within = np.arange(pair.size) - np.repeat(np.cumsum(copies) - copies, copies)
    row, column = given.left[pair], first[given.right[pair]] + within
    kept = given.gain[pair] > 0
    row, column, gain = row[kept], column[kept], given.gain[pair[kept]].astype(np.float64)
    run.begin()
    match = _dense if n_left * n_places <= DENSE else _sparse
    left, place = match(row, column, gain, (n_left, n_places))
    run.finish()
    run.stop_reason = "optimal"
    right = np.searchsorted(first, place, side="right") - 1
    key, matched = (
        ends[0] * len(given.room) + ends[1] for ends in ((given.left, given.right), (left, right))
    )
    values = np.isin(key, matched).astype(np.int64)
    optimum = run.points(run.formulation.gained(values))
    run.step(optimum, optimum)
    run.plan(values)


def _dense(row: Ints, column: Ints, gain: Floats, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """Return who is matched with which place, from a matrix of all of them."""
    worth = np.zeros(shape)
    worth[row, column] = gain
    rows, columns = optimize.linear_sum_assignment(worth, maximize=True)
    is_real = worth[rows, columns] > 0
    return rows[is_real].astype(np.int64), columns[is_real].astype(np.int64)


def _sparse(row: Ints, column: Ints, gain: Floats, shape: tuple[int, int]) -> tuple[Ints, Ints]:
    """Return the same from the edges alone."""
    n_left, n_places = shape
    people = np.arange(n_left)
    # The matching reads a zero as "no edge", so that all edges of a row are raised by one.
    worth = np.concatenate([gain + 1, np.ones(n_left)])
    ends = (np.concatenate([row, people]), np.concatenate([column, n_places + people]))
    edges = sparse.csr_array((worth, ends), shape=(n_left, n_places + n_left))
    rows, columns = sparse.csgraph.min_weight_full_bipartite_matching(edges, maximize=True)
    is_real = columns < n_places
    return rows[is_real].astype(np.int64), columns[is_real].astype(np.int64)


def _solve_milp(run: Run) -> None:
    formulation: Formulation = run.formulation
    unit = ObjectiveUnit.of(formulation)
    program = LinearProgram.of(formulation, unit)
    shape = (len(program.row_lower), len(program.gain))
    matrix = sparse.csr_array((program.value, program.member, program.start), shape=shape)
    found = optimize.milp(
        -program.gain,
        integrality=program.is_integer.astype(np.int8),
        bounds=optimize.Bounds(program.lower, program.upper),
        constraints=optimize.LinearConstraint(matrix, program.row_lower, program.row_upper),
        options={"time_limit": run.remaining_s, "mip_rel_gap": run.gap},
    )
    run.stop_reason = str(found.message).rstrip(".").lower()
    bound = found.mip_dual_bound
    if bound is not None:
        run.step(bound=run.points(-bound * unit.units))
    if found.x is not None:
        run.plan(found.x)
