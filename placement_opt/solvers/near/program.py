"""The program over the columns near a gain, in floating point, among which plans are looked for.

Holders of capacity are lumped in it. Its plans have to be handed out to single holders. So a little
of the capacity is kept back, and the rest may be split in fractions. A single holder with room for
only a few people gets an integer number of them.
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

MERGED_RESERVE = 0.03
"""The same where a block does not name holders one by one: what one has left in some periods is of
no use to people who run in others."""

FEW_FIT = 8
"""A holder with room for no more people gets an integer number of them."""


@dataclass(frozen=True, eq=False)
class NearProgram:
    """The program, and the optimum of its linear relaxation.

    Parameters
    ----------
    program
        Maximise over the columns; `is_integer` marks those to decide.
    columns
        Which variables of the lumped problem these are, shape (N,).
    is_pair
        Which columns are pairs, shape (N,).
    always
        Which own variables are decided again with any pair, shape (N,).
    point
        Optimum of the linear relaxation.
    """

    program: LinearProgram
    columns: Ints
    is_pair: Bools
    always: Bools
    point: Point

    def chosen(self, values: Floats) -> Ints:
        """Return the pairs that are one, ascending."""
        return np.sort(self.columns[self.is_pair & (values > 0.5)])  # noqa: PLR2004 - a half

    def spread(self, values: Floats, n_variables: int) -> Floats:
        """Return the values of all variables of the lumped problem."""
        spread = np.zeros(n_variables)
        spread[self.columns] = values
        return spread

    def own_values(self, values: Floats, small: Formulation) -> Floats:
        """Return the values of all own variables of the lumped problem `small`."""
        return self.spread(values, small.n_variables)[small.n_pairs :]


def near_own(problem: LumpedProblem, reduced: Floats, core: Ints) -> Ints:
    """Return the own variables that go with some pairs and lose little, ascending.

    `reduced` is the reduced gain of each variable of the lumped problem.
    """
    small = problem.formulation
    return OwnColumns(small).of(core, reduced, OWN_LOSS * small.objective.largest_gain)


def near_program(
    found: Restricted,
    problem: LumpedProblem,
    whole: Formulation,
    wanted: Ints,
) -> NearProgram | None:
    """Build the program from the last linear program `found`; None where it cannot be solved.

    `wanted` are the variables of the lumped problem to put into it, ascending.
    """
    formulation, small = found.formulation, problem.formulation
    columns, basis = _columns(found, wanted)
    program = LinearProgram.of(formulation, ObjectiveUnit.of(formulation), columns)
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
    return NearProgram(program, columns, is_pair, always, point)


def _columns(found: Restricted, wanted: Ints) -> tuple[Ints, Basis | None]:
    """Return the wanted columns, old ones first, and the last basis over them, if there is one."""
    old, basis = found.columns, found.point.basis
    if basis is None:
        return wanted, None
    stays = np.isin(old, wanted)
    new = np.setdiff1d(wanted, old)
    basis = Basis(basis.variables[stays], basis.rows).grown(n_columns=new.size)
    return np.concatenate([old[stays], new]), replace(basis, is_dual=True)


def _holders(problem: LumpedProblem, number: int) -> tuple[Floats, Bools]:
    """Return what each row of a block keeps back, and which own variables must be integers."""
    small = problem.formulation
    block = small.blocks[number]
    if block.holders is None or block.variable_usage is None:
        return np.zeros(len(block)), np.zeros(block.n_own, dtype=np.bool_)
    first = small.row_offsets[number]
    stands_for = np.diff(problem.weights.tocsc().indptr)[first : first + len(block)]
    usage = block.variable_usage
    width = np.diff(usage.indptr)
    holds = width > 0
    holds[block.holders.row[block.holders.row >= 0]] = False
    needs = np.asarray(usage.sum(axis=1)).ravel() / np.maximum(width, 1)
    is_small = holds & (stands_for == 1) & (block.upper <= FEW_FIT * needs)
    own = np.arange(*small.offsets[number : number + 2]) - small.n_pairs
    is_merged = own.size > 0 and not np.isin(own, problem.of_own).any()
    share = MERGED_RESERVE if is_merged else HOLDER_RESERVE
    reserve = np.where(holds & ~is_small, np.ceil(block.upper * share), 0.0)
    # A row of few units, such as a caseload, keeps nothing back: one unit would be too much.
    reserve[block.upper < 1 / HOLDER_RESERVE] = 0.0
    decided = np.zeros(usage.shape[1], dtype=np.bool_)
    decided[usage[np.flatnonzero(is_small)].indices] = True
    return reserve, decided


def _in_small_blocks(small: Formulation) -> Bools:
    """Mark the own variables of blocks with few of them, such as totals and shortfalls."""
    marked = np.zeros(small.n_variables, dtype=np.bool_)
    for number, block in enumerate(small.blocks):
        first, last = small.offsets[number : number + 2]
        if block.variables is not None and last - first < FEW_OWN:
            marked[first:last] = True
    return marked
