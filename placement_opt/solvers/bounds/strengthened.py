"""A linear relaxation with cuts, where it was solved, and the bound that its prices prove."""

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
        Its variables, in the order of the values and the basis of the point.
    point
        Where it ended; prices are in objective units.
    """

    formulation: Formulation
    columns: Ints
    point: Point

    @property
    def basic(self) -> Ints:
        """The basic variables, none where the basis is not known."""
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
        Dual prices of its rows, and the bound that they prove for all pairs, objective units.
    program
        The linear program that gave them, with all cuts of its last round.
    n_rounds
        Number of rounds of cuts.
    is_cut_short
        True where the rounds ended for lack of time, though more of them could help.
    """

    formulation: Formulation
    prices: Floats
    bound: float
    program: Restricted
    n_rounds: int = 0
    is_cut_short: bool = False

    @property
    def values(self) -> Floats:
        """The values of all variables, shape (N,); not kept, since they take much memory."""
        values = np.zeros(self.formulation.n_variables)
        values[self.program.columns] = self.program.point.values
        return values
