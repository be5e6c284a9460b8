"""The sums of all rows, and what each variable pays at prices of the rows."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.pair_entries import PairEntries
from placement_opt.formulation.rows import Rows

BLOCK_PAIRS = 1 << 16
"""Pairs handled at once: their sums stay in the processor's cache from one rule to the next."""


class Sums(Rows):
    """Rows with sums and prices that need no second copy of the coefficients."""

    @cached_property
    def _turned(self) -> tuple["_Turned", ...]:
        """The coefficients of each block and of the cuts, by variable."""
        turned = [
            _Turned(row, len(block), block.by_pair, block.by_own, offset)
            for block, offset, row in zip(
                self.blocks, self.offsets[:-1], self.row_offsets[: len(self.blocks)], strict=True
            )
        ]
        if self.extra is not None:
            pairs = PairEntries.of(self.extra.matrix[:, : self.n_pairs])
            own = self.extra.matrix[:, self.n_pairs :].tocsc()
            first_row = self.row_offsets[len(self.blocks)]
            turned.append(_Turned(first_row, len(self.extra), pairs, own, self.n_pairs))
        return tuple(turned)

    def activity(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the sum of every row, ``A @ values``, shape (R,).

        Exact int64 for integer values, else float64. Cost O(E + entries of the pairs that are not
        zero).
        """
        dtype = _sum_type(values)
        chosen = np.flatnonzero(values[: self.n_pairs])
        sums = np.zeros(self.n_rows, dtype=dtype)
        for turned in self._turned:
            at, row, amount = turned.pairs.of_pairs(chosen)
            np.add.at(sums, turned.first_row + row, amount * values[chosen[at]])
            if turned.own is not None:
                own = values[turned.first_own : turned.first_own + turned.own.shape[1]]
                sums[turned.rows] += turned.own @ own.astype(dtype)
        return sums

    def paid(self, prices: npt.NDArray[Any], *, absolute: bool = False) -> npt.NDArray[Any]:
        """Return what each variable pays at prices of the rows: ``prices @ A``, shape (N,).

        Cost O(entries); exact for integer prices as long as the sums fit int64.

        `prices` has shape (R,); the answer is int64 for integer prices, else float64. `absolute`
        takes the magnitudes of the coefficients, to tell how large the sums can be.
        """
        sums = np.empty(self.n_variables, dtype=_sum_type(prices))
        pairs = slice(0, self.n_pairs)
        self.paid_by_pairs(prices, pairs, absolute=absolute, into=sums[pairs])
        sums[self.n_pairs :] = self.paid_by_own(prices, absolute=absolute)
        return sums

    def paid_by_own(self, prices: npt.NDArray[Any], *, absolute: bool = False) -> npt.NDArray[Any]:
        """Do the same for the own variables only; shape (N - E,)."""
        sums = np.zeros(self.n_variables - self.n_pairs, dtype=_sum_type(prices))
        for turned in self._turned:
            if turned.own is not None:
                entries = abs(turned.own) if absolute else turned.own
                first = turned.first_own - self.n_pairs
                sums[first : first + entries.shape[1]] += entries.T @ prices[turned.rows]
        return sums

    def paid_by_pairs(
        self,
        prices: npt.NDArray[Any],
        pairs: slice,
        *,
        absolute: bool = False,
        into: npt.NDArray[Any] | None = None,
    ) -> npt.NDArray[Any]:
        """Do the same for a range of pairs only; shape (stop - start,).

        The sums are written to `into`, which has that shape and the right type, if it is given.
        """
        dtype = _sum_type(prices)
        start, stop, _ = pairs.indices(self.n_pairs)
        # The zero before the prices is for pairs that are in none of the rows.
        turned = [(t, np.append(np.zeros(1, dtype), prices[t.rows])) for t in self._turned]
        sums = np.empty(max(0, stop - start), dtype=dtype) if into is None else into
        sums.fill(0)
        for first in range(start, stop, BLOCK_PAIRS):
            block = slice(first, min(first + BLOCK_PAIRS, stop))
            of_block = sums[first - start : block.stop - start]
            for rows, of_rows in turned:
                rows.pairs.add_paid(of_rows, of_block, block, absolute=absolute)
        return sums

    def columns(self, variables: npt.NDArray[np.integer]) -> sparse.csc_array:
        """Return the coefficients of n variables, in the order given: CSC of shape (R, n), int64.

        Rows ascend in each column. Cost O(n + their entries), however many pairs there are.
        """
        is_pair = variables < self.n_pairs
        pair_at, own_at = np.flatnonzero(is_pair), np.flatnonzero(~is_pair)
        pairs, own = variables[pair_at], variables[own_at]
        column, row, value = [], [], []
        for turned in self._turned:
            at, within, amount = turned.pairs.of_pairs(pairs)
            column.append(pair_at[at])
            row.append(turned.first_row + within)
            value.append(amount)
            if turned.own is not None:
                last = turned.first_own + turned.own.shape[1]
                mine = np.flatnonzero((own >= turned.first_own) & (own < last))
                entries = turned.own[:, own[mine] - turned.first_own].tocoo()
                column.append(own_at[mine][entries.col])
                row.append(turned.first_row + entries.row.astype(np.int64))
                value.append(entries.data.astype(np.int64))
        empty = np.zeros(0, dtype=np.int64)
        places = (np.concatenate([empty, *row]), np.concatenate([empty, *column]))
        shape = (self.n_rows, variables.size)
        columns = sparse.coo_array((np.concatenate([empty, *value]), places), shape=shape).tocsc()
        columns.sort_indices()
        return columns


@dataclass(frozen=True, eq=False, repr=False)
class _Turned(ShortRepr):
    """The rows from `first_row`, by variable: all pairs, and own variables from `first_own`."""

    first_row: int
    n_rows: int
    pairs: PairEntries
    own: sparse.csc_array | None
    first_own: int

    @property
    def rows(self) -> slice:
        """The place of these rows among all."""
        return slice(self.first_row, self.first_row + self.n_rows)


def _sum_type(values: npt.NDArray[Any]) -> type[np.float64] | type[np.int64]:
    return np.float64 if values.dtype.kind == "f" else np.int64
