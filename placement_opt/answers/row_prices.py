"""What a unit of each row is worth, for telling which of several full rows is the scarce one."""

import numpy as np

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.base import Search

FEW_VARIABLES = 10_000
"""Up to here a linear program of its own takes a moment."""

SECONDS = 2.0


def row_prices(formulation: Formulation, search: Search) -> Floats:
    """Return the price of each row of the blocks in objective units, shape (R,).

    Those of the search's certificate, else those of the linear relaxation where it is small; all
    zero where there are none.
    """
    n_rows = formulation.row_offsets[len(formulation.blocks)]
    if search.certificate is not None and search.certificate.prices.any():
        # Behind the rows of the rules come cuts, which have no name to tell.
        prices = search.certificate.prices[:n_rows]
        known: Floats = prices / 2.0**search.certificate.bits
        return known
    if formulation.n_variables <= FEW_VARIABLES:
        relaxed = whole_relaxation(formulation, SECONDS)
        if relaxed is not None:
            return relaxed.prices[:n_rows]
    return np.zeros(n_rows)
