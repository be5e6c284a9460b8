"""What a rule declares of its holders, such as coaches with hours, and how it hands them out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.short_text import ShortRepr

if TYPE_CHECKING:
    from placement_opt.formulation.row_blocks import RowBlock

Columns = Mapping[str, Ints]
"""Named columns aligned with chosen pairs, such as the coach of each; -1 for none."""

Lacking = tuple[Ints, Ints]
"""(place among the pairs that were asked about, row without room for it), aligned. A pair has room
if it is not listed; a pair that is listed several times needs room in each of those rows."""


class Pools(Protocol):
    """A relaxation of a block by rows over the pairs only, one for each chosen set."""

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        """Return the sets that the dual prices of the block's rows point at."""

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> "RowBlock":
        """Return rows over the pairs that every solution of the block keeps.

        A `reserve` keeps back that share of the capacity; then some solutions are lost.
        """

    def within(self, pairs: npt.NDArray[np.integer]) -> "Pools":
        """Return the pools over some of the pairs, ascending, numbered from 0."""

    def lumped(self, block: "RowBlock") -> "Lumped":
        """Return the block with holders that are alike taken as one."""

    def merged(self, block: "RowBlock") -> "Lumped | None":
        """Return a block of far fewer rows that is little wider; None where `lumped` is as small.

        It may say what people take together of what they can be served by, whoever they are.
        """


@dataclass(frozen=True, eq=False, repr=False)
class Lumped(ShortRepr):
    """A smaller block that every solution of a larger one keeps, with holders taken together.

    Where the holders are alike the linear relaxation is the same, by symmetry; else it is wider.

    Parameters
    ----------
    rows
        The smaller block, over the same pairs.
    weights
        How often each row of the larger block is in the sum that a row of the smaller one is, CSR
        of shape (R, rows of the smaller one). So often a price of that sum is a price of the row.
    of_variable
        The own variable of the smaller block that includes each own variable of the larger one,
        shape (V,); -1 for none.
    """

    rows: "RowBlock"
    weights: sparse.csr_array
    of_variable: Ints

    @classmethod
    def by_row(cls, rows: "RowBlock", of_row: Ints, of_variable: Ints) -> "Lumped":
        """Return a smaller block in which one row, shape (R,), stands for each of the larger."""
        start, ones = np.arange(of_row.size + 1), np.ones(of_row.size, dtype=np.int64)
        shape = (of_row.size, len(rows))
        return cls(rows, sparse.csr_array((ones, of_row, start), shape=shape), of_variable)


class Packer(Protocol):
    """Hands out the capacity of holders, pair by pair."""

    @property
    def may_waste(self) -> bool:
        """True where the rule allows capacity that is handed out to nobody in the plan."""

    def add(self, pair: int) -> bool:
        """Give capacity to a pair; False where there is no room for it."""

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return the order in which to add pairs, so that as many as possible find room."""

    def own(self) -> Ints:
        """Return the values of the rule's own variables for the pairs added."""


@dataclass(frozen=True, eq=False, repr=False)
class Holders(ShortRepr):
    """Own variables that say how many pairs of a row are served, and by whom.

    Such a row is an equation of its pairs and of the variables that serve it, which have
    coefficient -1, a lower bound of zero and no gain. The same variables are in other rows, with
    what they use of somebody's capacity.

    Parameters
    ----------
    row
        The row that each own variable serves, shape (V,); -1 where it serves none.
    holder
        The number of who has the capacity behind each own variable, shape (V,), -1 for nobody.
        None where other variables would have to change too, so that a few holders cannot be planned
        again by themselves.
    """

    row: Ints
    holder: Ints | None = None

    def taken(self, own: Ints) -> "Holders":
        """Return some of the own variables, in the order given."""
        return Holders(self.row[own], None if self.holder is None else self.holder[own])

    def in_rows(self, rows: Ints, n_rows: int) -> "Holders":
        """Return the same variables where only some of the rows are left, ascending."""
        place = np.full(n_rows + 1, -1, dtype=np.int64)
        place[rows] = np.arange(rows.size)
        return replace(self, row=place[self.row])

    def with_more(self, n_more: int) -> "Holders":
        """Return the same with more own variables behind, which serve no row."""
        none = np.full(n_more, -1, dtype=np.int64)
        holder = None if self.holder is None else np.append(self.holder, none)
        return Holders(np.append(self.row, none), holder)


class Capacity:
    """How a rule hands out the capacity of its holders.

    A rule gives its block an object of a subclass. Only `room` is required. Without the others,
    solvers find the same plans by a search. `pools` and `packer` need each other.
    """

    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        """Return, for each of some pairs, the rows without room for it in addition to a plan.

        The plan is given by its chosen pairs and the values of the rule's own variables.
        """
        raise NotImplementedError

    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        """Return `room` in one plan, for many questions about it."""
        return partial(self.room, chosen=chosen, own=own)

    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        """Return named columns of a plan, aligned with its chosen pairs, such as each one's coach.

        Where several values fit, `liked` values are preferred.
        """
        del chosen, own, liked
        return {}

    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools] | None:
        """Find values of the own variables for chosen pairs, the most important pairs first.

        This is the inverse of `lift`. Holders that the columns name are kept where the rule allows
        it; other pairs are served from what is left. Returns the values and which pairs they serve,
        or None where a search has to find them.
        """
        del chosen, columns
        return None

    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer | None:
        """Return a packer, or None where capacity cannot be handed out pair by pair.

        `kept` are values of the own variables to keep as far as possible, for the `liked` pairs.
        """
        del kept, liked
        return None

    def pools(self) -> Pools | None:
        """Return a relaxation over the pairs only, for plans that are packed later.

        None where the block's own rows are few.
        """
        return None

    def limited(self, lower: Ints, upper: Ints) -> "Capacity | None":
        """Return the same capacity where the rows have other limits, shape (R,) each.

        None where that is not known; solvers then find plans by a search.
        """
        del lower, upper
        return None
