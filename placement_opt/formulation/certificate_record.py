"""The certificate as it is written in a result, and how it is proven again."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, Strict

from placement_opt.basics.arrays import Floats
from placement_opt.basics.rows import ResultPart
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import (
    Cut,
    cuts_of,
    prices_of_rules,
    with_cuts,
)

Integer = Annotated[int, Strict()]


class CertificateRecord(ResultPart):
    """Prices of rows that prove a bound, or that no plan keeps all rules.

    Only rows with a price are listed. Nothing is taken on trust: `bound` and `leaves_no_plan` sum
    over the problem itself, and derive each cut again from its recipe.

    Attributes
    ----------
    proves
        What the prices prove.
    bits
        Binary places of the prices.
    rows
        Number of rows of the problem, cuts included.
    row, price
        The rows that have a price, ascending, and that price times ``2**bits``.
    cuts
        How the cuts among the rows are derived.
    bound_units
        The bound in integer units of the objective; None where no plan exists.
    scale
        Integer units of one point; None where no plan exists.
    """

    proves: Literal["bound", "no plan"] = "bound"
    bits: Integer = Field(ge=0)
    rows: Integer = Field(ge=0)
    row: tuple[Integer, ...]
    price: tuple[Integer, ...]
    cuts: tuple[Cut, ...] = ()
    bound_units: int | None = None
    scale: int | None = None

    @classmethod
    def of_bound(cls, certificate: Certificate, formulation: Formulation, units: int) -> Self:
        """Write down the bound, in units of the objective, that prices prove over a problem."""
        return cls(
            **_prices(certificate),
            cuts=cuts_of(formulation),
            bound_units=units,
            scale=formulation.objective.scale,
        )

    @classmethod
    def of_no_plan(cls, certificate: Certificate) -> Self:
        """Write down prices that leave no plan."""
        return cls(proves="no plan", **_prices(certificate))

    def bound(self, formulation: Formulation) -> int:
        """Return the bound that the prices prove, in exact integer units of the objective.

        Raises
        ------
        ValueError, IndexError, OverflowError
            When prices or cuts do not fit the problem.
        """
        certificate, with_rows = self.prices_over(formulation)
        return certificate.bound(with_rows)

    def prices_over(self, formulation: Formulation) -> tuple[Certificate, Formulation]:
        """Return the prices, and the problem with the cuts that some of them are for.

        Raises
        ------
        ValueError, IndexError, OverflowError
            When prices or cuts do not fit the problem.
        """
        with_rows = with_cuts(formulation, self.cuts)
        return self._certificate(with_rows), with_rows

    def leaves_no_plan(self, formulation: Formulation) -> bool:
        """Tell whether the prices prove that no plan keeps all rows; raises as `bound`."""
        return self._certificate(formulation).leaves_no_plan(formulation)

    def prices(self, formulation: Formulation) -> Floats:
        """Return prices of the rules' rows in points, nearly those that prove the bound.

        Those of cuts go to the rows that the cuts are made of; see `prices_of_rules`.

        Raises
        ------
        ValueError, IndexError, OverflowError
            When prices or cuts do not fit the problem.
        """
        with_rows = with_cuts(formulation, self.cuts)
        units = self._certificate(with_rows).prices / 2.0**self.bits
        return prices_of_rules(with_rows, units) / formulation.objective.scale

    def _certificate(self, formulation: Formulation) -> Certificate:
        if self.rows != formulation.n_rows:
            raise ValueError(f"{self.rows} rows, but the problem has {formulation.n_rows}")
        prices = np.zeros(self.rows, dtype=np.int64)
        prices[np.array(self.row, dtype=np.int64)] = np.array(self.price, dtype=np.int64)
        return Certificate(prices, self.bits)


def _prices(certificate: Certificate) -> dict[str, Any]:
    used = np.flatnonzero(certificate.prices)
    return {
        "bits": certificate.bits,
        "rows": int(certificate.prices.size),
        "row": used.tolist(),
        "price": certificate.prices[used].tolist(),
    }
