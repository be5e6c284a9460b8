"""Integer rows over pairs and own variables of rules: all that a solver ever sees.

No ids, no records, no rules and no solver types live here. A formulation is

    maximise    gain . v
    subject to  lower <= A v <= upper       one block of rows per rule
                0 <= v_j <= 1               for the E pairs, which come first
                low_j <= v_j <= high_j      for the own variables of rules, finite integers

with every number an int64.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.formulation.rows import ExtraRows
from placement_opt.formulation.sums import Sums

SUM_LIMIT = 1 << 60
"""No row's activity and no objective may reach this: solvers add in int64."""


@dataclass(frozen=True, eq=False, repr=False)
class Formulation(Sums, ShortRepr):
    """The integer problem; see the module's docstring for its meaning.

    The cuts in `extra` exclude no plan, only points of the linear relaxation.
    """

    n_pairs: int
    blocks: tuple[RowBlock, ...]
    objective: Objective
    extra: ExtraRows | None = None

    def with_blocks(
        self,
        blocks: Sequence[RowBlock],
        own_gain: Sequence[Ints],
        pairs: Ints | None = None,
        *,
        is_independent: bool = False,
    ) -> "Formulation":
        """Return a problem over other blocks, and perhaps over fewer pairs.

        Only this method decides what the new problem keeps of the objective. Cuts are dropped,
        since the rows that they stand on may be gone.

        Parameters
        ----------
        blocks
            The blocks, over the pairs that are left.
        own_gain
            Integer gains of each block's own variables, one array for each block.
        pairs
            The pairs that are left, ascending; all of them by default.
        is_independent
            True for a component, whose plans and bounds are added to those of the others.
        """
        every = np.arange(self.n_pairs) if pairs is None else pairs
        gain = np.concatenate([self.objective.gain[every], *own_gain])
        objective = self.objective.of_integers(gain)
        if is_independent:
            objective = self.objective.of_component(gain, every)
        return Formulation(every.size, tuple(blocks), objective)

    def with_rows(self, block: RowBlock) -> "Formulation":
        """Return the problem with one more block of rows over its pairs, without own variables.

        Cuts are dropped, since they would no longer be the last rows.
        """
        return replace(self, blocks=(*self.blocks, block), extra=None)

    def own_gain(self, block: int) -> Ints:
        """Return the integer gains of one block's own variables."""
        return self.own_values(self.objective.gain, block)

    def reduced(self, prices: Floats) -> Floats:
        """Return the reduced gain of each variable at prices of the rows; shape (N,)."""
        reduced: Floats = self.paid(prices)
        return np.subtract(self.objective.gain, reduced, out=reduced)

    def points(self, gained: int | Fraction) -> Fraction:
        """Turn integer objective units into points."""
        return Fraction(gained) / self.objective.scale

    def worth(self, values: Ints) -> Fraction:
        """Return what integer values are worth in the user's own numbers, in points."""
        objective = self.objective
        if not objective.shares:
            return self.points(self.gained(values))
        chosen = self.chosen(values)
        worth = Fraction(0)
        for share in objective.shares:
            worth += share.step * sum(share.values[chosen].tolist())
        for number, block in enumerate(self.blocks):
            if block.variables is not None:
                own = self.own_values(values, number)
                for at in np.flatnonzero(own).tolist():
                    worth += block.variables.gain[at] * int(own[at])
        return worth

    def chosen(self, values: Ints) -> Ints:
        """Return the indices of the pairs that are one, ascending."""
        return np.flatnonzero(values[: self.n_pairs])

    def own_values(self, values: Ints, block: int) -> Ints:
        """Return the values of one block's own variables."""
        return values[self.offsets[block] : self.offsets[block + 1]]

    def is_satisfied_by(self, values: Ints) -> bool:
        """Tell whether integer values keep every bound and every row."""
        pairs, own = values[: self.n_pairs], values[self.n_pairs :]
        if pairs.min(initial=0) < 0 or pairs.max(initial=0) > 1:
            return False
        if np.any(own < self.own_lower) or np.any(own > self.own_upper):
            return False
        activity = self.activity(values)
        return bool(np.all(activity >= self.row_lower) and np.all(activity <= self.row_upper))

    def gained(self, values: Ints) -> int:
        """Return the objective of integer values, in integer units."""
        return int(self.objective.gain @ values)
