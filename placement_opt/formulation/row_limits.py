"""What the rows of a rule limit, in the user's own numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.short_text import ShortRepr

Limit = Fraction | None


@dataclass(frozen=True, eq=False, repr=False)
class RowLimits(ShortRepr):
    """The limits behind the rows of a block, for answers; no solver reads them.

    What a group uses is ``size * (sum of the row) + beside``. With a negative `size` the row's
    lower limit is the group's upper one.

    Parameters
    ----------
    groups
        The id or label that each row is about, length R.
    units
        What is counted, such as ``"placements"``; empty where a row limits nothing by itself and
        only ties own variables to the pairs.
    size
        How much one integer of the row is, in that unit; never zero.
    beside
        What counts beside the plan, such as jobs of people in service.
    least, most
        The user's limits in that unit; None for none.
    is_used
        Which own variables are part of what is used, shape (V,); a shortfall is not. None for all.
    own_upper
        Upper bounds of the own variables without what follows from the limits of rows, shape (V,);
        None where all bounds hold whatever those limits are.
    """

    groups: Sequence[str]
    units: Sequence[str]
    size: Sequence[Fraction]
    beside: Sequence[Fraction]
    least: Sequence[Limit]
    most: Sequence[Limit]
    is_used: Bools | None = None
    own_upper: Ints | None = None

    @classmethod
    def ties(cls, groups: Sequence[str]) -> "RowLimits":
        """Return rows that only tie variables together."""
        n_rows, zero = len(groups), Fraction(0)
        none: list[Limit] = [None] * n_rows
        one, zeros = [Fraction(1)] * n_rows, [zero] * n_rows
        return cls(groups, [""] * n_rows, one, zeros, none, none)

    @classmethod
    def of(
        cls,
        groups: Sequence[str],
        unit: str,
        *,
        size: Fraction | Sequence[Fraction] = Fraction(1),
        beside: Sequence[Fraction] | None = None,
        least: Sequence[Limit] | None = None,
        most: Sequence[Limit] | None = None,
    ) -> "RowLimits":
        """Return rows that all count the same unit."""
        n_rows = len(groups)
        none: list[Limit] = [None] * n_rows
        sizes = [size] * n_rows if isinstance(size, Fraction) else size
        zeros = [Fraction(0)] * n_rows
        return cls(
            groups,
            [unit] * n_rows,
            sizes,
            zeros if beside is None else beside,
            none if least is None else least,
            none if most is None else most,
        )

    def above(self, below: "RowLimits") -> "RowLimits":
        """Return these rows with others under them; what own variables are is left to the caller.

        Declarations on own variables are dropped: `with_own` makes them for the whole.
        """
        return RowLimits(
            [*self.groups, *below.groups],
            [*self.units, *below.units],
            [*self.size, *below.size],
            [*self.beside, *below.beside],
            [*self.least, *below.least],
            [*self.most, *below.most],
        )

    def with_own(self, is_used: Bools | None, own_upper: Ints | None = None) -> "RowLimits":
        """Return the same rows with what is declared of the own variables."""
        return replace(self, is_used=is_used, own_upper=own_upper)

    def divided(self, divisor: Ints) -> "RowLimits":
        """Return the limits of rows that were divided by positive integers, shape (R,)."""
        if bool(np.all(divisor == 1)):
            return self
        sizes = zip(self.size, divisor.tolist(), strict=True)
        return replace(self, size=[size * each if each != 1 else size for size, each in sizes])
