"""Capacity that a rule's own variables hold, such as the hours of coaches, and how to use it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.short_text import ShortRepr

if TYPE_CHECKING:
    from placement_opt.formulation.row_blocks import RowBlock

Columns = Mapping[str, Ints]
"""Named columns aligned with chosen pairs, such as the coach of each; -1 for none."""

Lacking = tuple[Ints, Ints]
"""(place among the pairs that were asked about, row without room for it), aligned; a pair that
lacks several rows needs room in all of them, one without any has room."""


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
    of_row: Ints
    of_variable: Ints


class Packer(Protocol):
    """Hands out the capacity that a rule's own variables hold, pair by pair."""

    def add(self, pair: int) -> bool:
        """Make room for a pair; False where there is none."""

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return how early to ask for each pair, so that as many as can be find room."""

    def own(self) -> Ints:
        """Return the values of the rule's own variables for the pairs added."""


@dataclass(frozen=True, eq=False, repr=False)
class Holders(ShortRepr):
    """Own variables that say how many of a row's pairs are served, and who serves them.

    Such a row is an equation of its pairs and the variables that serve it, each with coefficient
    -1. Each of these stands in other rows as well, with what it uses of somebody's capacity; it has
    a lower bound of zero and no gain.

    Parameters
    ----------
    row
        The row that each own variable serves, shape (V,); -1 for one that serves none.
    holder
        A number for who holds the capacity behind each own variable, shape (V,), -1 for nobody.
        None where further variables would have to move with them, so that a few holders cannot be
        planned anew by themselves.
    """

    row: Ints
    holder: Ints | None = None

    def taken(self, own: Ints) -> "Holders":
        """Return some of the own variables, in the order given."""
        return Holders(self.row[own], None if self.holder is None else self.holder[own])

    def in_rows(self, rows: Ints, n_rows: int) -> "Holders":
        """Return what is left where only some of all the rows are, ascending."""
        place = np.full(n_rows + 1, -1, dtype=np.int64)
        place[rows] = np.arange(rows.size)
        return replace(self, row=place[self.row])

    def with_more(self, n_more: int) -> "Holders":
        """Return them beside further own variables that serve no row."""
        none = np.full(n_more, -1, dtype=np.int64)
        holder = None if self.holder is None else np.append(self.holder, none)
        return Holders(np.append(self.row, none), holder)


class Capacity:
    """What a rule knows about the capacity that its own variables hold.

    A rule gives its block of rows an object of a subclass. Only `room` has to be there. Without the
    others solvers find the same plans by a search; `pools` and `packer` go together.
    """

    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        """Return the rows without room for one of some pairs more, beside a plan.

        The plan is its chosen pairs and the values of the rule's own variables.
        """
        raise NotImplementedError

    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        """Return named columns of a plan, aligned with its chosen pairs, such as each one's coach.

        Where several values fit, those that are liked.
        """
        del chosen, own, liked
        return {}

    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools] | None:
        """Find values of the own variables for chosen pairs, those that matter most first.

        The way back from `lift`. What the columns name is kept where the rule allows it; a pair for
        which they name nothing that can be kept is served from what is left. Returns the values and
        which pairs they serve, or None where a search has to find them.
        """
        del chosen, columns
        return None

    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer | None:
        """Return what hands out the capacity pair by pair, or None where nothing can.

        `kept` are values of the own variables that stay as far as possible, and `liked` the pairs
        that they are kept for.
        """
        del kept, liked
        return None

    def pools(self) -> Pools | None:
        """Return a relaxation of the rows over the pairs alone, for plans that are packed later.

        None where the rows themselves are few.
        """
        return None
