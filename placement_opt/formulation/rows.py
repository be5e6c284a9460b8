"""The rows of several blocks over all their variables: what there is, and within which limits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.pair_entries import row_reach
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables

SMALL_BOUND = 1 << 30
"""Bounds of variables below this are held in 32 bits: sums of two still fit."""


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


class Rows:
    """The rows of blocks, and of cuts behind them; pairs are the first variables.

    A `placement_opt.formulation.formulation.Formulation` is one.
    """

    n_pairs: int
    blocks: tuple[RowBlock, ...]
    extra: ExtraRows | None

    @property
    def n_variables(self) -> int:
        """Number of variables N: pairs, then the variables of each block in order."""
        return self.n_pairs + sum(block.n_own for block in self.blocks)

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
            offsets.append(offsets[-1] + block.n_own)
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
    def is_integer(self) -> npt.NDArray[np.bool_]:
        """Which variables a solver has to branch on, shape (N,)."""
        parts = [np.ones(self.n_pairs, dtype=np.bool_)]
        for block in self.blocks:
            if block.variables is not None:
                own = np.full(len(block.variables), not block.variables.follow)
                parts.append(own)
        return np.concatenate(parts)


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
