"""The rows of one rule in integers, their own variables, and what the rule declares of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.capacity import Capacity, Holders, Pools
from placement_opt.formulation.derived_capacity import capacity_of_divided, capacity_of_part
from placement_opt.formulation.pair_entries import (
    PairEntries,
    divided_rows,
    narrow_rows,
    row_divisors,
    row_reach,
    some_columns,
)
from placement_opt.formulation.row_limits import RowLimits

NO_LOWER = -(1 << 62)
"""Stands for "no lower limit" on a row."""

NO_UPPER = 1 << 62
"""Stands for "no upper limit" on a row."""


@dataclass(frozen=True, eq=False, repr=False)
class Variables(ShortRepr):
    """A rule's own integer variables, with finite bounds.

    Parameters
    ----------
    lower, upper
        Bounds, shape (V,), int64.
    gain
        Points gained per unit, one exact fraction per variable; a price is a negative gain.
    follow
        True where the best values follow from the pairs: each variable is set by an equation of
        its own, or is the smallest that its rows with a lower limit allow.
    in_between
        True where fractions of these variables would let in pairs that no integers do, as half a
        crew would. Else solvers need not branch on variables that follow.
    """

    lower: Ints
    upper: Ints
    gain: Sequence[Fraction]
    follow: bool = False
    in_between: bool = False

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def is_integer(self) -> bool:
        """Whether solvers have to ask for integers."""
        return not self.follow or self.in_between

    def taken(self, own: Ints) -> "Variables":
        """Return some of the variables, in the order given."""
        gain = [self.gain[one] for one in own.tolist()]
        return replace(self, lower=self.lower[own], upper=self.upper[own], gain=gain)

    def with_more(self, more: "Variables") -> "Variables":
        """Return these variables and others behind them."""
        return replace(
            self,
            lower=np.append(self.lower, more.lower),
            upper=np.append(self.upper, more.upper),
            gain=[*self.gain, *more.gain],
            follow=self.follow and more.follow,
            in_between=self.in_between or more.in_between,
        )


@dataclass(frozen=True, eq=False, repr=False)
class RowBlock(ShortRepr):
    """The rows of one rule, and what the rule declares of them.

    Only `taken`, `less`, `with_more_own`, `opened`, `limited` and `divided` make a block from
    another one; they decide what the new block keeps.

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
    each_pair_once
        Declares that every pair is in exactly one of the rows. Solvers price pairs by such rows
        where each takes at most one pair, as the rows of candidates do.
    asks_one
        Declares that the pairs of each row with a lower limit stand for the same, and that any one
        of them meets the row, as the ways of a fixed placement do.
    holders
        Declares which own variables hand out the capacity of holders, and which rows they serve.
    capacity
        Hands out that capacity; see `placement_opt.formulation.capacity.Capacity`.
    limits
        What the rows limit in the user's own numbers, for answers; None where that is not told.
        Of the blocks that are made from this one only a divided one keeps it.
    """

    title: str
    labels: Sequence[str]
    usage: sparse.csr_array
    lower: Ints
    upper: Ints
    variables: Variables | None = None
    variable_usage: sparse.csr_array | None = None
    each_pair_once: bool = False
    holders: Holders | None = None
    capacity: Capacity | None = None
    limits: RowLimits | None = None
    asks_one: bool = False

    def __len__(self) -> int:
        return len(self.lower)

    @property
    def n_own(self) -> int:
        """Number of own variables V."""
        return 0 if self.variables is None else len(self.variables)

    @cached_property
    def pools(self) -> Pools | None:
        """The pools of the block's capacity; None without."""
        return None if self.capacity is None else self.capacity.pools()

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

    @cached_property
    def own_entries(self) -> tuple[Ints, Ints, Ints]:
        """The entries of the own variables, aligned: row, variable, coefficient."""
        if self.variable_usage is None:
            return (np.zeros(0, dtype=np.int64),) * 3
        entries = self.variable_usage.tocoo()
        row, own, value = (each.astype(np.int64) for each in (*entries.coords, entries.data))
        return row, own, value

    def serving(self, row: int) -> "Serving":
        """Return who serves a row by the capacity of holders; looked up once for each row."""
        if row not in self._serving:
            self._serving[row] = Serving.of_row(self, row)
        return self._serving[row]

    @cached_property
    def _serving(self) -> "dict[int, Serving]":
        return {}

    def limits_less(self, used: Ints) -> tuple[Ints, Ints]:
        """Return the lower and upper limits less what is used of each row, shape (R,)."""
        lower = np.where(self.lower == NO_LOWER, NO_LOWER, self.lower - used)
        return lower, np.where(self.upper == NO_UPPER, NO_UPPER, self.upper - used)

    def taken(
        self, *, rows: Ints | None = None, pairs: Ints | None = None, own: Ints | None = None
    ) -> "RowBlock":
        """Return some of the rows over some of the pairs and own variables.

        Indices are ascending, and None stands for all. Variables that are left out are zero. The
        capacity is kept only together with all own variables.
        """
        rows = None if rows is None or rows.size == len(self) else rows
        pairs = None if pairs is None or pairs.size == self.usage.shape[1] else pairs
        own = None if own is None or own.size == self.n_own else own
        if rows is None and pairs is None and own is None:
            return self
        usage, labels, lower, upper = self._usage(rows, pairs), self.labels, self.lower, self.upper
        variables, own_usage, holders = self._own(own)
        if rows is not None:
            labels = [labels[row] for row in rows.tolist()]
            lower, upper = lower[rows], upper[rows]
            own_usage = None if own_usage is None else own_usage[rows]
            holders = None if holders is None else holders.in_rows(rows, len(self))
        return replace(
            self,
            labels=labels,
            usage=usage,
            lower=lower,
            upper=upper,
            variables=variables,
            variable_usage=own_usage,
            each_pair_once=self.each_pair_once and usage.nnz == usage.shape[1],
            holders=holders,
            capacity=None if own is not None else capacity_of_part(self.capacity, pairs, rows),
            limits=None,
        )

    def _usage(self, rows: Ints | None, pairs: Ints | None) -> sparse.csr_array:
        """Return the coefficients of some pairs in some rows; cost O(their entries)."""
        if pairs is None:
            return self.usage if rows is None else self.usage[rows]
        if rows is not None:
            return some_columns(self.usage[rows], pairs)
        at, row, value = self.by_pair.of_pairs(pairs)
        shape = (len(self), pairs.size)
        return narrow_rows(sparse.coo_array((value, (row, at)), shape=shape).tocsr())

    def _own(
        self, own: Ints | None
    ) -> tuple[Variables | None, sparse.csr_array | None, Holders | None]:
        """Return some of the own variables, their coefficients and what is declared of them."""
        variables, usage, holders = self.variables, self.variable_usage, self.holders
        if own is None or variables is None or usage is None:
            return variables, usage, holders
        if not own.size:
            return None, None, None
        holders = None if holders is None else holders.taken(own)
        return variables.taken(own), usage[:, own].tocsr(), holders

    def less(self, used: Ints) -> "RowBlock":
        """Return the rows, their limits less what is used of each, shape (R,).

        The capacity is dropped, since some of it is used up.
        """
        if not used.any():
            return self
        lower, upper = self.limits_less(used)
        return replace(self, lower=lower, upper=upper, capacity=None, limits=None)

    def with_more_own(self, more: Variables, usage: sparse.csr_array) -> "RowBlock":
        """Return the rows with more own variables, behind those they have.

        The capacity is dropped, since it knows nothing of the new ones.
        """
        known, variables = self.variable_usage, self.variables
        return replace(
            self,
            variables=more if variables is None else variables.with_more(more),
            variable_usage=usage if known is None else sparse.hstack([known, usage], format="csr"),
            holders=None if self.holders is None else self.holders.with_more(len(more)),
            capacity=None,
            limits=None,
        )

    def opened(self) -> "RowBlock":
        """Return the rows with own variables as wide as they are without the limits of rows."""
        wide = None if self.limits is None else self.limits.own_upper
        if wide is None or self.variables is None:
            return self
        return replace(self, variables=replace(self.variables, upper=wide))

    def limited(self, lower: Ints, upper: Ints, own_upper: Ints | None = None) -> "RowBlock":
        """Return the rows with other limits, and perhaps other bounds of the own variables.

        The capacity is that of the new limits, where it knows how to be; else it is dropped.
        """
        variables = self.variables
        if variables is not None and own_upper is not None:
            variables = replace(variables, upper=own_upper)
        capacity = None if self.capacity is None else self.capacity.limited(lower, upper)
        return replace(
            self, lower=lower, upper=upper, variables=variables, capacity=capacity, limits=None
        )

    def divided(self) -> "RowBlock":
        """Divide each row by the greatest common divisor of its coefficients; round limits inwards.

        Small coefficients are easier on floating point, and the rounded limits are as tight as the
        integers allow.
        """
        divisor = np.gcd(row_divisors(self.usage), row_divisors(self.variable_usage, len(self)))
        divisor = np.maximum(divisor, 1)
        if bool(np.all(divisor == 1)):
            return self
        own = self.variable_usage
        return replace(
            self,
            usage=divided_rows(self.usage, divisor),
            lower=np.where(self.lower == NO_LOWER, NO_LOWER, -(-self.lower // divisor)),
            upper=np.where(self.upper == NO_UPPER, NO_UPPER, self.upper // divisor),
            variable_usage=None if own is None else divided_rows(own, divisor),
            capacity=capacity_of_divided(self.capacity, divisor),
            limits=None if self.limits is None else self.limits.divided(divisor),
        )


class Serving(NamedTuple):
    """The own variables that serve a row by the capacity of their holders, ascending.

    Their coefficients in all rows are aligned: place among those variables, row, coefficient.
    """

    own: Ints
    of: Ints
    row: Ints
    amount: Ints

    @classmethod
    def of_row(cls, block: RowBlock, row: int) -> "Serving":
        """Read what serves a row; nothing where no capacity is declared."""
        usage, by_own, holders = block.variable_usage, block.by_own, block.holders
        none = np.zeros(0, dtype=np.int64)
        if usage is None or by_own is None or holders is None:
            return cls(none, none, none, none)
        own = usage.indices[slice(*usage.indptr[row : row + 2])].astype(np.int64)
        own = np.sort(own[holders.row[own] == row])
        entries = by_own[:, own].tocoo()
        order = np.argsort(entries.col, kind="stable")
        of, rows, amount = (
            each[order].astype(np.int64) for each in (entries.col, entries.row, entries.data)
        )
        return cls(own, of, rows, amount)
