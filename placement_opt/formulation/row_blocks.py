"""The rows of one rule in integers, their own variables, and what the rule can do for solvers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.pair_entries import PairEntries, row_reach

NO_LOWER = -(1 << 62)
"""Stands for "no lower limit" on a row."""

NO_UPPER = 1 << 62
"""Stands for "no upper limit" on a row."""

Columns = Mapping[str, npt.NDArray[np.int64]]
"""Named columns aligned with chosen pairs, such as the coach of each; -1 for none."""


class Lift(Protocol):
    """The way from the values of a rule's own variables to named columns."""

    def __call__(
        self, chosen: npt.NDArray[np.int64], own: Ints, liked: Columns | None = None
    ) -> Mapping[str, Any]:
        """Return columns aligned with the chosen pairs; where several fit, those that are liked."""


Settle = Callable[[npt.NDArray[np.int64], Columns], tuple[Ints, npt.NDArray[np.bool_]]]

Lacking = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]
"""(place among the pairs that were asked about, row without room for it), aligned; a pair that
lacks several rows needs room in all of them, one without any has room."""

Room = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64], Ints], Lacking]


class Pools(Protocol):
    """A relaxation of a block that needs no variables of its own, only a choice of sets."""

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        """Return the sets that the dual prices of the block's rows point at."""

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> "RowBlock":
        """Return rows over the pairs alone that every solution of the block keeps.

        A `reserve` keeps back that share of the capacity; then some solutions are lost.
        """

    def within(self, pairs: npt.NDArray[np.integer]) -> "Pools":
        """Return the pools over some of the pairs alone, ascending, counted within those."""

    def lumped(self, block: "RowBlock") -> "Lumped":
        """Return the block with holders of capacity that are alike taken as one."""


@dataclass(frozen=True, eq=False, repr=False)
class Lumped(ShortRepr):
    """A smaller block that every solution of a larger one keeps, with holders taken together.

    Where those are alike the linear relaxation is the same, by symmetry; else it is wider.

    Parameters
    ----------
    rows
        The smaller block, over the same pairs.
    of_row
        The row of the smaller block that stands for each row of the larger one, shape (R,): a
        price of that row is a price of each row it stands for.
    of_variable
        The own variable of the smaller block that each own variable of the larger one is a part
        of, shape (V,).
    """

    rows: "RowBlock"
    of_row: npt.NDArray[np.int64]
    of_variable: npt.NDArray[np.int64]


class Packer(Protocol):
    """Hands out the capacity that a rule's own variables hold, pair by pair."""

    def add(self, pair: int) -> bool:
        """Make room for a pair; False where there is none."""

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to ask for each pair, so that as many as can be find room."""

    def own(self) -> Ints:
        """Return the values of the rule's own variables for the pairs added."""


MakePacker = Callable[[Ints | None, npt.NDArray[np.integer]], Packer]


@dataclass(frozen=True, eq=False, repr=False)
class Variables(ShortRepr):
    """Integer variables that a rule needs beside the pairs, with finite bounds.

    Parameters
    ----------
    lower, upper
        Bounds, shape (V,), int64.
    gain
        Points gained per unit, one exact fraction per variable; a price is a negative gain.
    follow
        True where the best values follow from the pairs: each variable is set by an equation of
        its own, or is the smallest that its rows with a lower limit allow. A solver need not
        branch on those.
    """

    lower: Ints
    upper: Ints
    gain: Sequence[Fraction]
    follow: bool = False

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True, eq=False, repr=False)
class RowBlock(ShortRepr):
    """The rows of one rule, and the way back from their variables to domain words.

    Parameters
    ----------
    title
        The rule's title, kept for explanations.
    labels
        What each row is about, in the user's ids, length R.
    usage
        Integer coefficients of the pairs, CSR of shape (R, E).
    lower, upper
        Limits of the rows, shape (R,), int64; NO_LOWER and NO_UPPER mean none.
    variables
        The rule's own variables, or None.
    variable_usage
        Integer coefficients of those, CSR of shape (R, V); None without variables.
    lift
        From (chosen pairs, values of the rule's variables) to named columns aligned with the
        chosen pairs, such as the coach of each; None where there is nothing to tell.
    room
        From (pairs that are asked about, chosen pairs, values of the rule's variables) to the rows
        without room for one of those pairs more (see `Lacking`), for rules whose own variables
        hold capacity, without a gain. Rules without variables need none: their rows say it.
    pools
        A relaxation of these rows over the pairs alone, for solvers that complete its solutions
        later; None where the rows themselves are few.
    packer
        From values of the rule's own variables that are to be kept as far as possible (or None),
        and the pairs they are kept for, to a `Packer` that hands out the capacity behind them.
    settle
        The way back from `lift`: from chosen pairs, those that matter most first, and columns
        aligned with them, to (values of the rule's variables, which pairs they serve). What the
        columns name is kept where the rule allows it; a pair for which they name nothing that can
        be kept is served from what is left.
    """

    title: str
    labels: Sequence[str]
    usage: sparse.csr_array
    lower: Ints
    upper: Ints
    variables: Variables | None = None
    variable_usage: sparse.csr_array | None = None
    lift: Lift | None = None
    room: Room | None = None
    pools: Pools | None = None
    packer: MakePacker | None = None
    settle: Settle | None = None

    def __len__(self) -> int:
        return len(self.lower)

    @cached_property
    def by_pair(self) -> PairEntries:
        """The coefficients of the pairs, looked up by pair; built on first use."""
        return PairEntries.of(self.usage)

    @cached_property
    def reach_of_pairs(self) -> Floats:
        """The largest magnitude of the sum of the pairs in each row, shape (R,)."""
        return row_reach(self.usage)

    @cached_property
    def by_own(self) -> sparse.csc_array | None:
        """The coefficients of the own variables by variable, CSC of shape (R, V)."""
        return None if self.variable_usage is None else self.variable_usage.tocsc()
