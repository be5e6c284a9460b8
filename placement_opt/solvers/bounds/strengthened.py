"""A linear relaxation with cuts: what was solved, and what its prices prove."""

from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.relaxation.relaxation import BASIC, Basis


@dataclass(frozen=True, eq=False)
class Restricted:
    """A linear program over some variables, and where the simplex method ended in it.

    Parameters
    ----------
    formulation
        The formulation with all cuts.
    columns
        Variables in it, in the order of the basis.
    values
        Values of those variables, in the same order.
    prices
        Dual prices of all rows, objective units.
    basis
        Where the simplex method ended, or None.
    """

    formulation: Formulation
    columns: Ints
    values: Floats
    prices: Floats
    basis: Basis | None

    @property
    def basic(self) -> Ints:
        """The basic variables."""
        if self.basis is None:
            return np.zeros(0, dtype=np.int64)
        basic: Ints = self.columns[self.basis.variables == BASIC]
        return basic


@dataclass(frozen=True, eq=False)
class Strengthened:
    """A formulation with cuts, and the optimum of its linear relaxation over all pairs.

    Parameters
    ----------
    formulation
        The formulation with the cuts that bind.
    prices, bound
        Dual prices over its rows, and the bound they prove, objective units.
    core
        The pairs that the linear program was solved over, ascending.
    n_rounds
        Rounds of cuts.
    program
        The linear program itself, with all cuts of its last round.
    is_cut_short
        True where time ended the rounds, and not that they brought little more.
    """

    formulation: Formulation
    prices: Floats
    bound: float
    core: Ints
    n_rounds: int
    program: Restricted
    is_cut_short: bool = False

    @property
    def values(self) -> Floats:
        """The values of all variables: made anew each time, they would be many to keep."""
        values = np.zeros(self.formulation.n_variables)
        values[self.program.columns] = self.program.values
        return values


def unsolved(
    formulation: Formulation,
    prices: Floats,
    bound: float,
    columns: Ints,
) -> Strengthened:
    """Return what prices prove where no linear program was solved: all values are zero."""
    core = np.sort(columns[columns < formulation.n_pairs])
    program = Restricted(formulation, columns, np.zeros(columns.size), prices, None)
    return Strengthened(formulation, prices, bound, core, 0, program)
