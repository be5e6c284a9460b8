"""Where a linear program ended: its values, its prices, and its basis."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Floats

BASIC = 5
"""MathOpt's number for a variable or row in the basis."""

_AT_LOWER = 2


@dataclass(frozen=True, eq=False)
class Basis:
    """A basis of the simplex method, to start from after rows or columns have been added.

    Parameters
    ----------
    variables, rows
        Basis status of each variable and of each row, in MathOpt's numbers, int8.
    is_dual
        True to start the dual simplex method, as after new rows; False to start the primal one, as
        after new columns.
    """

    variables: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int8]
    is_dual: bool = True

    @property
    def slack_rows(self) -> Bools:
        """Rows that can be removed so that the rest is a basis: those with a basic slack."""
        result: Bools = self.rows == BASIC
        return result

    def grown(self, *, n_columns: int = 0, rows: Bools | None = None, n_rows: int = 0) -> "Basis":
        """Return the basis after adding columns at zero, keeping some rows, and adding rows."""
        kept = self.rows if rows is None else self.rows[rows]
        return Basis(
            np.append(self.variables, np.full(n_columns, _AT_LOWER, dtype=np.int8)),
            np.append(kept, np.full(n_rows, BASIC, dtype=np.int8)),
            is_dual=n_columns == 0,
        )

    def write_to(self, proto: Any) -> None:
        """Write to a MathOpt basis."""
        for status, values in (
            (proto.variable_status, self.variables),
            (proto.constraint_status, self.rows),
        ):
            status.ids.extend(range(len(values)))
            status.values.extend(values.tolist())


@dataclass(frozen=True, eq=False)
class Point:
    """A solution of a linear program.

    Parameters
    ----------
    values
        Of its variables, in their order.
    prices
        Of all rows, in units of the objective per unit of the row.
    basis
        Where the simplex method ended, or None.
    """

    values: Floats
    prices: Floats
    basis: Basis | None = None
