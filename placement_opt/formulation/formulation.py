"""Integer rows over pair variables and a few others: all that a solver ever sees.

No ids, no records, no rules and no solver types live here. A formulation is

    maximise    gain . v
    subject to  lower <= A v <= upper       one block of rows per rule
                0 <= v_j <= 1               for the E pair variables, which come first
                low_j <= v_j <= high_j      for the others, finite integers

with every number an int64.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.pair_entries import PairEntries, row_reach
from placement_opt.formulation.points import Objective
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables

ROOM = 1 << 60
"""No row's activity and no objective may reach this: solvers add in int64."""

SMALL_BOUND = 1 << 30
"""Bounds of variables below this are held in 32 bits: sums of two still fit."""

BLOCK_PAIRS = 1 << 16
"""Pairs priced at once: their sums stay in the processor's cache from one rule to the next."""


@dataclass(frozen=True, eq=False, repr=False)
class ExtraRows(ShortRepr):
    """Rows over all variables that follow from those of the blocks, behind them: cuts.

    Parameters
    ----------
    matrix
        Integer coefficients, CSR of shape (R', N).
    lower
        Lower limits, shape (R',), int64; there are no upper ones.
    recipes
        How each row is derived; see `placement_opt.formulation.mixed_integer_rounding.Cut`.
    """

    matrix: sparse.csr_array
    lower: Ints
    recipes: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.lower)


@dataclass(frozen=True, eq=False, repr=False)
class Formulation(ShortRepr):
    """The whole integer problem; see the module's docstring for its meaning.

    `extra` rows exclude no solution, only points of the linear relaxation.
    """

    n_pairs: int
    blocks: tuple[RowBlock, ...]
    objective: Objective
    extra: ExtraRows | None = None

    @property
    def n_variables(self) -> int:
        """Number of variables N: pairs, then the variables of each block in order."""
        return self.n_pairs + sum(len(block.variables) for block in self.blocks if block.variables)

    @property
    def n_rows(self) -> int:
        """Number of rows over all blocks, and of extra rows."""
        return sum(len(part) for part in self._parts)

    @property
    def _parts(self) -> tuple[RowBlock | ExtraRows, ...]:
        return self.blocks if self.extra is None else (*self.blocks, self.extra)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """Index of each block's first own variable, and N at the end."""
        offsets = [self.n_pairs]
        for block in self.blocks:
            offsets.append(offsets[-1] + (len(block.variables) if block.variables else 0))
        return tuple(offsets)

    @property
    def lower(self) -> Ints:
        """Lower bounds of all variables, shape (N,); made anew each time.

        int32 where that holds them, else int64. For those of a few variables see `bounds`.
        """
        return self._bounds(0, self.own_lower)

    @property
    def upper(self) -> Ints:
        """Upper bounds of all variables, shape (N,); see `lower`."""
        return self._bounds(1, self.own_upper)

    def _bounds(self, of_pairs: int, own: Ints) -> Ints:
        kind = np.int32 if np.abs(own).max(initial=0) < SMALL_BOUND else np.int64
        bounds: Ints = np.full(self.n_variables, of_pairs, dtype=kind)
        bounds[self.n_pairs :] = own
        return bounds

    @cached_property
    def own_lower(self) -> Ints:
        """Lower bounds of the variables beside the pairs, shape (N - E,)."""
        return self._own_bounds(lambda variables: variables.lower)

    @cached_property
    def own_upper(self) -> Ints:
        """Upper bounds of the variables beside the pairs, shape (N - E,)."""
        return self._own_bounds(lambda variables: variables.upper)

    def _own_bounds(self, read: Callable[[Variables], Ints]) -> Ints:
        own = [read(block.variables) for block in self.blocks if block.variables]
        return np.concatenate([np.zeros(0, dtype=np.int64), *own])

    def bounds(self, columns: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
        """Return the lower and upper bounds of some variables."""
        lower = np.zeros(columns.size, dtype=np.int64)
        upper = np.ones(columns.size, dtype=np.int64)
        is_own = columns >= self.n_pairs
        own = columns[is_own] - self.n_pairs
        lower[is_own], upper[is_own] = self.own_lower[own], self.own_upper[own]
        return lower, upper

    @cached_property
    def row_lower(self) -> Ints:
        """Lower limits of all rows, shape (R,)."""
        return np.concatenate([np.zeros(0, np.int64), *(part.lower for part in self._parts)])

    @cached_property
    def row_upper(self) -> Ints:
        """Upper limits of all rows, shape (R,)."""
        upper = [block.upper for block in self.blocks]
        if self.extra is not None:
            upper.append(np.full(len(self.extra), NO_UPPER, dtype=np.int64))
        return np.concatenate([np.zeros(0, np.int64), *upper])

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """All coefficients, CSR of shape (R, N), int64; for small problems, built on first use.

        `activity`, `priced`, `columns` and `row` need no second copy of the coefficients.
        """
        start = [np.zeros(1, dtype=np.int64)]
        member, value, n_entries = [], [], 0
        for rows in self._matrices():
            start.append(rows.indptr[1:].astype(np.int64) + n_entries)
            member.append(rows.indices.astype(np.int32))
            value.append(rows.data.astype(np.int64))
            n_entries += rows.nnz
        empty = np.zeros(0, dtype=np.int64)
        return sparse.csr_array(
            (
                np.concatenate([empty, *value]),
                np.concatenate([empty.astype(np.int32), *member]),
                np.concatenate(start),
            ),
            shape=(self.n_rows, self.n_variables),
        )

    def _matrices(self) -> Iterator[sparse.csr_array]:
        """Yield the coefficients of each part in global columns, one at a time to spare memory."""
        for block, offset in zip(self.blocks, self.offsets[:-1], strict=True):
            yield _side_by_side(block, self.n_pairs, offset)
        if self.extra is not None:
            yield self.extra.matrix

    @cached_property
    def row_offsets(self) -> tuple[int, ...]:
        """Index of the first row of each block and of the extra rows, and R at the end."""
        offsets = [0]
        for part in self._parts:
            offsets.append(offsets[-1] + len(part))
        return tuple(offsets)

    @cached_property
    def _turned(self) -> tuple["_Turned", ...]:
        """Each part's coefficients, looked up by variable."""
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

        Exact int64 for integer values, else float64; cost O(E) for finding the pairs that are not
        zero, and the entries of those.
        """
        dtype = _sum_type(values)
        chosen = np.flatnonzero(values[: self.n_pairs])
        sums = np.zeros(self.n_rows, dtype=dtype)
        for part in self._turned:
            at, row, amount = part.pairs.of_pairs(chosen)
            np.add.at(sums, part.first_row + row, amount * values[chosen[at]])
            if part.own is not None:
                own = values[part.first_own : part.first_own + part.own.shape[1]]
                sums[part.rows] += part.own @ own.astype(dtype)
        return sums

    def priced(self, prices: npt.NDArray[Any], *, absolute: bool = False) -> npt.NDArray[Any]:
        """Return what each variable pays at prices of the rows: ``prices @ A``, shape (N,).

        Cost O(entries); exact for integer prices as long as the sums fit int64.

        Parameters
        ----------
        prices
            Price of each row, shape (R,): integers, or float64.
        absolute
            Take the magnitudes of the coefficients, to tell how large the sums can be.

        Returns
        -------
        numpy.ndarray
            int64 for integer prices, else float64.
        """
        sums = np.empty(self.n_variables, dtype=_sum_type(prices))
        pairs = slice(0, self.n_pairs)
        self.priced_pairs(prices, pairs, absolute=absolute, into=sums[pairs])
        sums[self.n_pairs :] = self.priced_own(prices, absolute=absolute)
        return sums

    def reduced(self, prices: Floats) -> Floats:
        """Return each variable's gain less what it pays at prices of the rows; shape (N,)."""
        reduced: Floats = self.priced(prices)
        return np.subtract(self.objective.gain, reduced, out=reduced)

    def priced_own(self, prices: npt.NDArray[Any], *, absolute: bool = False) -> npt.NDArray[Any]:
        """Return what `priced` does, for the variables beside the pairs; shape (N - E,)."""
        sums = np.zeros(self.n_variables - self.n_pairs, dtype=_sum_type(prices))
        for part in self._turned:
            if part.own is not None:
                entries = abs(part.own) if absolute else part.own
                first = part.first_own - self.n_pairs
                sums[first : first + entries.shape[1]] += entries.T @ prices[part.rows]
        return sums

    def priced_pairs(
        self,
        prices: npt.NDArray[Any],
        pairs: slice,
        *,
        absolute: bool = False,
        into: npt.NDArray[Any] | None = None,
    ) -> npt.NDArray[Any]:
        """Return what `priced` does, for a range of pairs alone; shape (stop - start,).

        `into` is where to write it, of that shape and the right type; a new array by default.
        """
        dtype = _sum_type(prices)
        start, stop, _ = pairs.indices(self.n_pairs)
        # The zero before each part's prices is for pairs that have no row there.
        parts = [(p, np.append(np.zeros(1, dtype), prices[p.rows])) for p in self._turned]
        sums = np.empty(max(0, stop - start), dtype=dtype) if into is None else into
        sums.fill(0)
        for first in range(start, stop, BLOCK_PAIRS):
            block = slice(first, min(first + BLOCK_PAIRS, stop))
            of_block = sums[first - start : block.stop - start]
            for part, of_part in parts:
                part.pairs.add_priced(of_part, of_block, block, absolute=absolute)
        return sums

    def columns(self, variables: npt.NDArray[np.integer]) -> sparse.csc_array:
        """Return the coefficients of some variables, in the order given.

        Cost O(variables + their entries), however many pairs there are.

        Parameters
        ----------
        variables
            Indices of variables, pairs and others, in any order, shape (n,).

        Returns
        -------
        scipy.sparse.csc_array
            Of shape (R, n), int64, rows ascending in each column.
        """
        is_pair = variables < self.n_pairs
        pair_at, own_at = np.flatnonzero(is_pair), np.flatnonzero(~is_pair)
        pairs, own = variables[pair_at], variables[own_at]
        column, row, value = [], [], []
        for part in self._turned:
            at, of_part, amount = part.pairs.of_pairs(pairs)
            column.append(pair_at[at])
            row.append(part.first_row + of_part)
            value.append(amount)
            if part.own is not None:
                last = part.first_own + part.own.shape[1]
                mine = np.flatnonzero((own >= part.first_own) & (own < last))
                entries = part.own[:, own[mine] - part.first_own].tocoo()
                column.append(own_at[mine][entries.col])
                row.append(part.first_row + entries.row.astype(np.int64))
                value.append(entries.data.astype(np.int64))
        empty = np.zeros(0, dtype=np.int64)
        places = (np.concatenate([empty, *row]), np.concatenate([empty, *column]))
        shape = (self.n_rows, variables.size)
        columns = sparse.coo_array((np.concatenate([empty, *value]), places), shape=shape).tocsc()
        columns.sort_indices()
        return columns

    def row(self, index: int) -> tuple[npt.NDArray[np.int64], Ints]:
        """Return the variables of one row, ascending, and their coefficients."""
        number = int(np.searchsorted(self.row_offsets, index, side="right")) - 1
        part = self._parts[number]
        within = index - self.row_offsets[number]
        if isinstance(part, ExtraRows):
            return _of_row(part.matrix, within)
        member, value = _of_row(part.usage, within)
        if part.variable_usage is None:
            return member, value
        own, own_value = _of_row(part.variable_usage, within)
        return np.append(member, own + self.offsets[number]), np.append(value, own_value)

    @property
    def width(self) -> Ints:
        """How many variables each row has, shape (R,)."""
        width = [np.zeros(0, dtype=np.int64)]
        for block in self.blocks:
            own = 0 if block.variable_usage is None else np.diff(block.variable_usage.indptr)
            width.append(np.diff(block.usage.indptr).astype(np.int64) + own)
        if self.extra is not None:
            width.append(np.diff(self.extra.matrix.indptr).astype(np.int64))
        return np.concatenate(width)

    @cached_property
    def own_widest(self) -> Floats:
        """The largest magnitude of each variable beside the pairs, shape (N - E,)."""
        return np.maximum(np.abs(self.own_lower), np.abs(self.own_upper)).astype(np.float64)

    @cached_property
    def reach(self) -> Floats:
        """The largest magnitude that each row's sum can have within the bounds, shape (R,)."""
        parts = [np.zeros(0)]
        for block, first in zip(self.blocks, self.offsets[:-1], strict=True):
            reach = block.reach_of_pairs.copy()
            if block.variable_usage is not None:
                own = self.own_widest[first - self.n_pairs :][: block.variable_usage.shape[1]]
                reach += row_reach(block.variable_usage, own)
            parts.append(reach)
        if self.extra is not None:
            matrix, n_pairs = self.extra.matrix, self.n_pairs
            beside = row_reach(matrix[:, n_pairs:], self.own_widest)
            parts.append(row_reach(matrix[:, :n_pairs]) + beside)
        return np.concatenate(parts)

    @cached_property
    def whole(self) -> npt.NDArray[np.bool_]:
        """Which variables a solver has to branch on, shape (N,)."""
        parts = [np.ones(self.n_pairs, dtype=np.bool_)]
        for block in self.blocks:
            if block.variables is not None:
                own = np.full(len(block.variables), not block.variables.follow)
                parts.append(own)
        return np.concatenate(parts)

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

    def chosen(self, values: Ints) -> npt.NDArray[np.int64]:
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


@dataclass(frozen=True, eq=False)
class _Turned:
    """The rows from `first_row`, by variable: all pairs, and own variables from `first_own`."""

    first_row: int
    n_rows: int
    pairs: PairEntries
    own: sparse.csc_array | None
    first_own: int

    @property
    def rows(self) -> slice:
        """The rows of this part."""
        return slice(self.first_row, self.first_row + self.n_rows)


def _sum_type(values: npt.NDArray[Any]) -> type[np.float64] | type[np.int64]:
    return np.float64 if values.dtype.kind == "f" else np.int64


def _of_row(matrix: sparse.csr_array, row: int) -> tuple[npt.NDArray[np.int64], Ints]:
    part = slice(matrix.indptr[row], matrix.indptr[row + 1])
    member, value = matrix.indices[part].astype(np.int64), matrix.data[part].astype(np.int64)
    order = np.argsort(member, kind="stable")
    return member[order], value[order]


def _side_by_side(block: RowBlock, n_pairs: int, offset: int) -> sparse.csr_array:
    """Put a block's pair and own coefficients in one matrix of global columns."""
    if block.variables is None or block.variable_usage is None:
        return block.usage
    own = block.variable_usage.tocoo()
    pairs = block.usage.tocoo()
    rows = np.concatenate([pairs.row, own.row])
    columns = np.concatenate([pairs.col.astype(np.int64), own.col.astype(np.int64) + offset])
    data = np.concatenate([pairs.data.astype(np.int64), own.data.astype(np.int64)])
    width = max(n_pairs, offset + own.shape[1])
    return sparse.coo_array((data, (rows, columns)), shape=(len(block), width)).tocsr()


__all__ = ["BLOCK_PAIRS", "ROOM", "SMALL_BOUND", "ExtraRows", "Formulation", "Objective"]
