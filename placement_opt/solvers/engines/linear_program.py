"""The formulation in floating point, and the way back to integer units."""

import math
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Indices, Ints

if TYPE_CHECKING:
    from placement_opt.formulation.formulation import Formulation


GAIN_BITS = 20
"""Gains are scaled below 2^20: large enough for the solver's tolerances, small enough for its
numerics."""

EXACT_REACH = 1 << 50
"""Rows whose sums can reach this are too large for floating point: rounding would hide units."""

NEARLY = 1e-6
"""A value of a linear program that is this close to an integer counts as that integer."""


@dataclass(frozen=True, slots=True)
class ObjectiveUnit:
    """How integer gains become floats: one float unit is ``step * 2**shift`` integer units.

    Parameters
    ----------
    step
        Greatest common divisor of all gains; every objective is a multiple of it.
    shift
        How often gains are halved to bring the largest below 2^20. With none, the solver sees that
        every objective is an integer.
    slack
        How far a bound may be wrong, in float units: the solver's own tolerance of 1e-6 on the
        objective, 1e-7 on each reduced cost, and the rounding of doubles.
    """

    step: int
    shift: int
    slack: float

    @classmethod
    def of(cls, formulation: "Formulation") -> "ObjectiveUnit":
        """Choose the unit for a formulation."""
        gain = formulation.objective.gain
        step = max(1, int(np.gcd.reduce(gain, initial=0)))
        largest = int(np.abs(gain).max(initial=0)) // step
        shift = max(0, largest.bit_length() - GAIN_BITS)
        n_pairs = formulation.n_pairs
        pairs = gain[:n_pairs]
        above, below = (pairs.sum(dtype=np.float64, where=at) for at in (pairs > 0, pairs < 0))
        reach = float(above - below)
        reach += float(np.abs(gain[n_pairs:].astype(np.float64)) @ formulation.own_widest)
        reach /= step * 2.0**shift
        return cls(step, shift, 1e-6 + 1e-7 * formulation.n_variables + 1e-15 * reach)

    @property
    def units(self) -> int:
        """Integer objective units in one float unit."""
        return self.step << self.shift

    @property
    def half_step(self) -> float:
        """Half the smallest difference between two objectives, in float units."""
        return 0.5 / 2.0**self.shift

    @property
    def precision(self) -> int:
        """Integer units that the solver cannot tell apart; zero where it sees integer objectives.

        A plan is sought above a target raised by the slack, and the bound is raised once more.
        """
        return math.floor(2 * self.slack * 2.0**self.shift) * self.step if self.shift else 0

    def floats(self, gain: Ints) -> Floats:
        """Return the gains in float units."""
        scaled: Floats = (gain // self.step) / 2.0**self.shift
        return scaled

    def bound(self, value: float) -> int:
        """Return the bound that a solver's dual bound proves, in integer units.

        The dual bound is raised by the slack and then rounded down to a multiple of the step, as
        every objective is one.
        """
        raised = Fraction(value) + Fraction(self.slack)
        return math.floor(raised * (1 << self.shift)) * self.step


@dataclass(frozen=True, eq=False)
class LinearProgram:
    """Maximise ``gain . v`` over ``row_lower <= A v <= row_upper``, ``lower <= v <= upper``.

    Parameters
    ----------
    start, member, value
        A in CSR form: row starts (R + 1,), columns ascending per row and coefficients (nnz,).
    row_lower, row_upper
        Limits of the rows, shape (R,), float64, infinite where there is none.
    lower, upper, gain
        Bounds and gains of the variables, shape (N,), float64.
    is_integer
        Which variables must be integers, shape (N,).
    """

    start: Ints
    member: Indices
    value: Floats
    row_lower: Floats
    row_upper: Floats
    lower: Floats
    upper: Floats
    gain: Floats
    is_integer: Bools

    @classmethod
    def of(
        cls, formulation: "Formulation", unit: ObjectiveUnit, columns: Ints | None = None
    ) -> "LinearProgram":
        """Turn a formulation into floats; with `columns`, only those variables, in that order.

        Variables that are left out are zero.
        """
        from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

        taken: Ints | slice = slice(None)
        if columns is None:
            matrix, lower, upper = formulation.matrix, formulation.lower, formulation.upper
        else:
            taken, matrix = columns, formulation.columns(columns).tocsr()
            lower, upper = formulation.bounds(columns)
        if not matrix.has_sorted_indices:
            matrix = matrix.sorted_indices()
        row_lower, row_upper = formulation.row_lower, formulation.row_upper
        return cls(
            matrix.indptr.astype(np.int64),
            matrix.indices.astype(np.int32),
            matrix.data.astype(np.float64),
            np.where(row_lower <= NO_LOWER, -np.inf, row_lower),
            np.where(row_upper >= NO_UPPER, np.inf, row_upper),
            lower.astype(np.float64),
            upper.astype(np.float64),
            unit.floats(formulation.objective.gain[taken]),
            formulation.is_integer[taken],
        )

    @classmethod
    def load(cls, path: Path) -> "LinearProgram":
        """Read what `save` wrote."""
        with np.load(path) as arrays:
            return cls(**{field.name: arrays[field.name] for field in fields(cls)})

    def save(self, path: Path) -> None:
        """Write all arrays to one file."""
        np.savez(path, **{field.name: getattr(self, field.name) for field in fields(self)})

    def proto(self) -> Any:
        """Return the MathOpt model of the linear relaxation."""
        from ortools.math_opt import model_pb2

        model = model_pb2.ModelProto()
        n_variables, n_rows = len(self.gain), len(self.row_lower)
        model.variables.ids.extend(range(n_variables))
        model.variables.lower_bounds.extend(self.lower.tolist())
        model.variables.upper_bounds.extend(self.upper.tolist())
        model.variables.integers.extend([False] * n_variables)
        model.objective.maximize = True
        used = np.flatnonzero(self.gain)
        model.objective.linear_coefficients.ids.extend(used.tolist())
        model.objective.linear_coefficients.values.extend(self.gain[used].tolist())
        model.linear_constraints.ids.extend(range(n_rows))
        model.linear_constraints.lower_bounds.extend(self.row_lower.tolist())
        model.linear_constraints.upper_bounds.extend(self.row_upper.tolist())
        row = np.repeat(np.arange(n_rows), np.diff(self.start))
        model.linear_constraint_matrix.row_ids.extend(row.tolist())
        model.linear_constraint_matrix.column_ids.extend(self.member.tolist())
        model.linear_constraint_matrix.coefficients.extend(self.value.tolist())
        return model


def exceeds_floats(formulation: "Formulation") -> bool:
    """Tell whether some row's sum, limit or variable is too large for floating point."""
    from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER

    reach = formulation.reach
    lower, upper = formulation.row_lower, formulation.row_upper
    limits = np.concatenate([lower[lower > NO_LOWER], upper[upper < NO_UPPER]])
    return bool(
        np.any(reach >= EXACT_REACH)
        or np.any(np.abs(limits) >= EXACT_REACH)
        or np.any(formulation.own_widest >= EXACT_REACH)
    )
