"""A linear relaxation with cuts: what was solved, and what its prices prove."""

from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.relaxation.point import BASIC, Point


@dataclass(frozen=True, eq=False)
class Restricted:
    """A linear program over some variables, and where the simplex method ended in it.

    Parameters
    ----------
    formulation
        The formulation with all cuts.
    columns
        Variables in it, in the order of the point's values and basis.
    point
        Where it ended, with prices in objective units.
    """

    formulation: Formulation
    columns: Ints
    point: Point

    @property
    def basic(self) -> Ints:
        """The basic variables."""
        basis = self.point.basis
        basic: Ints = self.columns[:0] if basis is None else self.columns[basis.variables == BASIC]
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
    program
        The linear program itself, with all cuts of its last round.
    n_rounds
        Rounds of cuts.
    is_cut_short
        True where time ended the rounds, and not that they brought little more.
    """

    formulation: Formulation
    prices: Floats
    bound: float
    program: Restricted
    n_rounds: int = 0
    is_cut_short: bool = False

    @property
    def values(self) -> Floats:
        """The values of all variables: made anew each time, they would be many to keep."""
        values = np.zeros(self.formulation.n_variables)
        values[self.program.columns] = self.program.point.values
        return values
