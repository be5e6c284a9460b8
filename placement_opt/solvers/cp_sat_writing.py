"""A formulation written as a CP-SAT model, and a CP-SAT answer read, in bulk."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.base import Solution

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

INT64 = np.iinfo(np.int64)


def cp_sat_model(formulation: Formulation) -> "cp_model.CpModel":
    """Write the formulation as a CP-SAT model; variable j of the one is variable j of the other.

    Rows of ones over yes-or-no variables become "at most one" or "exactly one"; rows without
    limits are left out. The objective is maximised, in integer units.

    Notes
    -----
    Costs one pass over the coefficients, all in bulk writes: 1.5 seconds and 300 MB for a
    million pairs with four rows each.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    proto: Any = model.proto
    _write_variables(proto, formulation)
    _write_rows(proto, formulation)
    gain = formulation.objective.gain
    priced = np.flatnonzero(gain)
    if priced.size:
        proto.objective.vars.extend(priced.tolist())
        proto.objective.coeffs.extend((-gain[priced]).tolist())
        proto.objective.scaling_factor = -1.0
    return model


def _write_variables(proto: Any, formulation: Formulation) -> None:
    from ortools.sat.python import cp_model_helper

    def template(low: int, high: int) -> Any:
        variable = cp_model_helper.IntegerVariableProto()
        variable.domain.extend([low, high])
        return variable

    proto.variables.extend([template(0, 1)] * formulation.n_pairs)
    bounds = zip(formulation.own_lower.tolist(), formulation.own_upper.tolist(), strict=True)
    for low, high in bounds:
        proto.variables.append(template(low, max(low, high)))
        if low > high:
            _write_contradiction(proto)


def _write_rows(proto: Any, formulation: Formulation) -> None:
    matrix = formulation.matrix
    start, member, value = matrix.indptr.tolist(), matrix.indices, matrix.data
    lower, upper = formulation.row_lower, formulation.row_upper
    is_limited = (lower > NO_LOWER) | (upper < NO_UPPER)
    is_clique = _is_plain(formulation) & (upper == 1) & (lower <= 1)
    for row in np.flatnonzero(is_limited).tolist():
        entries = slice(start[row], start[row + 1])
        low, high = int(lower[row]), int(upper[row])
        if low > high:
            _write_contradiction(proto)
        elif is_clique[row]:
            constraint = proto.constraints.add()
            kind = constraint.exactly_one if low == 1 else constraint.at_most_one
            kind.literals.extend(member[entries].tolist())
        else:
            linear = proto.constraints.add().linear
            linear.vars.extend(member[entries].tolist())
            linear.coeffs.extend(value[entries].tolist())
            least = int(INT64.min) if low <= NO_LOWER else low
            most = int(INT64.max) if high >= NO_UPPER else high
            linear.domain.extend([least, most])


def _write_contradiction(proto: Any) -> None:
    """Write a clause without literals, which nothing satisfies; an empty domain is refused."""
    _ = proto.constraints.add().bool_or


def _is_plain(formulation: Formulation) -> npt.NDArray[np.bool_]:
    """Tell per row whether all coefficients are one and all variables yes-or-no."""
    matrix = formulation.matrix
    is_boolean = (formulation.lower == 0) & (formulation.upper == 1)
    is_odd = (matrix.data != 1) | ~is_boolean[matrix.indices]
    before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(is_odd)])
    return np.asarray(before[matrix.indptr[1:]] == before[matrix.indptr[:-1]])


def solution_values(response: Any) -> npt.NDArray[np.int64]:
    """Return the values of all variables in a CP-SAT answer, shape (N,)."""
    solution = response.solution
    return np.fromiter(solution, dtype=np.int64, count=len(solution))


def write_hint(proto: Any, formulation: Formulation, best: Solution | None) -> None:
    """Give every variable its value in the best solution so far, if there is one."""
    if best is not None:
        proto.solution_hint.vars.extend(np.arange(formulation.n_variables, dtype=np.int32))
        proto.solution_hint.values.extend(best.values(formulation))
