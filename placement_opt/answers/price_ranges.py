"""Between which ends the price of a row lies, where the best prices are not the only ones."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.search.native import NATIVE

SLACKS = (1e-9, 1e-7)
"""Prices whose bound is this much above the best one, relatively, count as best prices; the second
where floating point finds none with the first."""


@dataclass(frozen=True)
class PriceRange:
    """The ends of a row's price among the best prices of all, in points per integer of the row."""

    low: float
    high: float


class BestPrices:
    """The prices of rows that prove the bound of the linear relaxation, by its dual program.

    The dual program has a price for each side of a row and of a bound of a variable; those of upper
    limits are positive, those of lower ones negative. All prices that prove the best bound are
    best; each end of a row's range is one linear program over them.

    Parameters
    ----------
    formulation
        A small problem.
    seconds
        What all of it may take.
    """

    def __init__(self, formulation: Formulation, seconds: float) -> None:
        self._until = time.perf_counter() + seconds
        low, high = formulation.lower.astype(float), formulation.upper.astype(float)
        rows = formulation.matrix.astype(np.float64)
        self._above = np.flatnonzero(formulation.row_upper < NO_UPPER)
        self._below = np.flatnonzero(formulation.row_lower > NO_LOWER)
        eye = sparse.eye_array(formulation.n_variables)
        sides: Any = sparse.vstack([rows[self._above], -rows[self._below], eye, -eye])
        self._columns = sides.T.tocsr()
        self._gain = formulation.objective.gain / float(formulation.objective.scale)
        self._cost = np.concatenate(
            [
                formulation.row_upper[self._above].astype(float),
                -formulation.row_lower[self._below].astype(float),
                high,
                -low,
            ]
        )
        found = self._solved(self._cost)
        self._bound = None if found is None else float(found @ self._cost)

    def range_of(self, row: int) -> PriceRange | None:
        """Return the range of a row's price; None where it was not found in time."""
        if self._bound is None:
            return None
        wanted = np.zeros(self._cost.size)
        wanted[: self._above.size][self._above == row] = 1.0
        wanted[self._above.size : self._above.size + self._below.size][self._below == row] = -1.0
        for slack in SLACKS:
            both = [self._solved(sign * wanted, slack) for sign in (1.0, -1.0)]
            ends = [float(wanted @ found) for found in both if found is not None]
            if len(ends) == len(both):
                return PriceRange(min(ends), max(ends))
        return None

    def _solved(self, cost: Floats, slack: float | None = None) -> Floats | None:
        """Minimise a cost over all prices, or over those that prove the best bound but for some."""
        from scipy.optimize import linprog

        seconds = self._until - time.perf_counter()
        if seconds <= 0:
            return None
        upper: dict[str, Any] = {}
        if slack is not None and self._bound is not None:
            most = self._bound + slack * max(1.0, abs(self._bound))
            upper = {"A_ub": sparse.csr_array(self._cost[np.newaxis]), "b_ub": [most]}
        options: Any = {"time_limit": seconds}
        with NATIVE.call():
            found: Any = linprog(
                cost,
                A_eq=self._columns,
                b_eq=self._gain,
                method="highs-ds",
                options=options,
                **upper,
            )
        if found.status != 0:
            return None
        prices: Floats = found.x
        return prices
