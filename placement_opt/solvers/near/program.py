"""The problem over the columns near a gain, in floating point, ready for whole plans.

Holders of capacity are lumped in it. So that its plans can be handed out to single holders, a
little of what several or large holders have is kept back, and may be split freely; who has room for
a few people only is decided in whole people.
"""

from dataclasses import dataclass, replace

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.strengthened import Restricted
from placement_opt.solvers.derived.lumped import LumpedProblem
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.relaxation.column_choice import FEW_OWN, OwnColumns
from placement_opt.solvers.relaxation.point import Basis, Point
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search import schedule

OWN_LOSS = 0.001
"""Own variables that lose a smaller share of the largest gain come along with their pairs."""

HOLDER_RESERVE = 0.001
"""Share of a holder's capacity that is kept back."""

FEW_FIT = 8
"""A holder with room for so few people is decided in whole people."""


@dataclass(frozen=True, eq=False)
class NearProgram:
    """The program, and the optimum of its linear relaxation.

    Parameters
    ----------
    program
        Maximise over the columns; `is_integer` marks those to decide.
    columns
        Variables of the lumped formulation, shape (N,).
    is_pair
        Which columns are pairs, shape (N,).
    always
        Columns beside the pairs that go with any of them, shape (N,).
    point
        Optimum of the linear relaxation.
    unit
        Objective units in one unit of the program.
    """

    program: LinearProgram
    columns: Ints
    is_pair: Bools
    always: Bools
    point: Point
    unit: int

    def chosen(self, values: Floats) -> Ints:
        """Return the pairs that are one, ascending."""
        return np.sort(self.columns[self.is_pair & (values > 0.5)])  # noqa: PLR2004 - a half

    def spread(self, values: Floats, n_variables: int) -> Floats:
        """Return the values of all variables of the lumped problem."""
        spread = np.zeros(n_variables)
        spread[self.columns] = values
        return spread

    def beside(self, values: Floats, small: Formulation) -> Floats:
        """Return the values of all variables beside the pairs of the lumped problem."""
        beside = np.zeros(small.n_variables - small.n_pairs)
        beside[self.columns[~self.is_pair] - small.n_pairs] = values[~self.is_pair]
        return beside


def near_own(problem: LumpedProblem, reduced: Floats, core: Ints) -> Ints:
    """Return the variables beside some pairs that lose little at the prices, ascending.

    `reduced` is the gain of each variable of the lumped problem less what it pays.
    """
    small = problem.formulation
    return OwnColumns(small).of(core, reduced, OWN_LOSS * small.objective.largest_gain)


def near_program(
    found: Restricted,
    problem: LumpedProblem,
    whole: Formulation,
    wanted: Ints,
) -> NearProgram | None:
    """Build it around the last linear program; None when that cannot be solved.

    Parameters
    ----------
    found
        The linear program, over the lumped problem.
    problem
        The lumped problem.
    whole
        The problem itself.
    wanted
        Variables of the lumped problem that are to be in it, ascending.
    """
    formulation, small = found.formulation, problem.formulation
    columns, basis = _columns(found, wanted)
    objective = ObjectiveUnit.of(formulation)
    program = LinearProgram.of(formulation, objective, columns)
    row_upper, is_integer = program.row_upper.copy(), formulation.is_integer.copy()
    for number, block in enumerate(whole.blocks):
        if block.pools is not None:
            reserve, decided = _holders(problem, number)
            rows = slice(*small.row_offsets[number : number + 2])
            row_upper[rows] -= reserve
            is_integer[slice(*small.offsets[number : number + 2])] = decided
    program = replace(program, row_upper=row_upper, is_integer=is_integer[columns])
    point = solve_lp(program, schedule.NEAR_LP_S, basis) or solve_lp(program, schedule.NEAR_LP_S)
    if point is None:
        return None
    is_pair = columns < small.n_pairs
    always = _in_small_blocks(small)[columns] & ~is_pair
    return NearProgram(program, columns, is_pair, always, point, objective.units)


def _columns(found: Restricted, wanted: Ints) -> tuple[Ints, Basis | None]:
    """Return the wanted columns, those of the basis among them, and the basis over them."""
    old, basis = found.columns, found.point.basis
    if basis is None:
        return wanted, None
    stays = np.isin(old, wanted)
    new = np.setdiff1d(wanted, old)
    basis = Basis(basis.variables[stays], basis.rows).grown(n_columns=new.size)
    return np.concatenate([old[stays], new]), replace(basis, is_dual=True)


def _holders(problem: LumpedProblem, number: int) -> tuple[Floats, Bools]:
    """Return what is kept back of each row of a block, and which of its variables are whole."""
    small = problem.formulation
    block = small.blocks[number]
    if block.holders is None or block.variable_usage is None:
        return np.zeros(len(block)), np.zeros(block.n_own, dtype=np.bool_)
    first = small.row_offsets[number]
    stands_for = np.bincount(problem.of_row, minlength=small.n_rows)[first : first + len(block)]
    usage = block.variable_usage
    width = np.diff(usage.indptr)
    holds = width > 0
    holds[block.holders.row[block.holders.row >= 0]] = False
    needs = np.asarray(usage.sum(axis=1)).ravel() / np.maximum(width, 1)
    is_small = holds & (stands_for == 1) & (block.upper <= FEW_FIT * needs)
    reserve = np.where(holds & ~is_small, np.ceil(block.upper * HOLDER_RESERVE), 0.0)
    # Heads are whole: of a few, a share would be one.
    reserve[block.upper < 1 / HOLDER_RESERVE] = 0.0
    decided = np.zeros(usage.shape[1], dtype=np.bool_)
    decided[usage[np.flatnonzero(is_small)].indices] = True
    return reserve, decided


def _in_small_blocks(small: Formulation) -> Bools:
    """Mark own variables of blocks that have few: totals and shortfalls."""
    marked = np.zeros(small.n_variables, dtype=np.bool_)
    for number, block in enumerate(small.blocks):
        first, last = small.offsets[number : number + 2]
        if block.variables is not None and last - first < FEW_OWN:
            marked[first:last] = True
    return marked
