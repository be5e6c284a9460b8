"""Finds the least breach t of all rows, and prices of a few rows that prove there is no plan.

Every row may be broken by t times its largest coefficient. The least t is zero where the linear
relaxation has a solution. Otherwise the dual prices at the optimum sum to one over the rows of the
deepest conflict alone. One variable of breach for each row would price all conflicts at once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.pair_entries import by_row
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.derived.rows_alone import RowPrices, stretched
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.native import NATIVE

NOTHING = 1e-7
"""A linear program cannot tell smaller breaches, shares and reduced gains from zero."""


@dataclass(frozen=True, eq=False)
class Breach:
    """What the linear relaxation says about a problem without gains.

    Parameters
    ----------
    has_point
        True where the relaxation has a solution, False where exact prices prove that it has none,
        None where neither was shown in time.
    prices
        Prices that prove it, or None.
    """

    has_point: bool | None
    prices: RowPrices | None = None


UNKNOWN = Breach(None)


def least_breach(formulation: Formulation, seconds: float) -> Breach:
    """Find the least breach of a problem without gains, by one linear program.

    A row that no plan keeps even alone is not looked for; see `solvers.derived.rows_alone`.
    """
    from scipy.optimize import linprog

    matrix = formulation.matrix.astype(np.float64)
    if not matrix.nnz:
        return UNKNOWN
    largest = by_row(np.maximum, np.abs(matrix.data), matrix.indptr, empty=1)
    matrix.data /= np.repeat(largest, np.diff(matrix.indptr))
    below = np.flatnonzero(formulation.row_upper < NO_UPPER)
    above = np.flatnonzero(formulation.row_lower > NO_LOWER)
    sides = sparse.vstack([matrix[below], -matrix[above]])
    give_way = sparse.coo_array(-np.ones((sides.shape[0], 1)))
    limits = np.append(
        formulation.row_upper[below] / largest[below],
        -(formulation.row_lower[above] / largest[above]),
    )
    low, high = (end.astype(np.float64) for end in (formulation.lower, formulation.upper))
    bounds: Any = np.stack([np.append(low, 0.0), np.append(high, np.inf)], axis=1)
    cost: Any = np.append(np.zeros(low.size), 1.0)
    columns: Any = sparse.hstack([sides, give_way], format="csr")
    options: Any = {"time_limit": max(schedule.LEAST_SIMPLEX_S, seconds)}
    with NATIVE.call():
        found: Any = linprog(
            cost, columns, limits, bounds=bounds, method="highs-ds", options=options
        )
    if found.status != 0 or found.x is None:
        return UNKNOWN
    if found.fun <= NOTHING:
        return Breach(has_point=True)
    duals = -found.ineqlin.marginals
    ray = np.zeros(matrix.shape[0])
    ray[below] = duals[: below.size]
    ray[above] -= duals[below.size :]
    for certificate in stretched(formulation, ray / largest):
        prices = RowPrices.proving(formulation, certificate)
        if prices is not None:
            return Breach(has_point=False, prices=prices)
    return UNKNOWN
