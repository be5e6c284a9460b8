"""All rows and variables of several blocks, and their limits."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.pair_entries import row_reach
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables

SMALL_BOUND = 1 << 30
"""Bounds of variables below this are held in 32 bits: sums of two still fit."""


@dataclass(frozen=True, eq=False, repr=False)
class ExtraRows(ShortRepr):
    """Cuts: rows over all variables that follow from the rows of the blocks.

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
    """The rows of blocks, and cuts behind them; pairs are the first variables."""

    n_pairs: int
    blocks: tuple[RowBlock, ...]
    extra: ExtraRows | None

    @property
    def n_variables(self) -> int:
        """Number of variables N: pairs, then the variables of each block in order."""
        return self.n_pairs + sum(block.n_own for block in self.blocks)

    @property
    def n_rows(self) -> int:
        """Number of rows R of all blocks and cuts."""
        return sum(len(group) for group in self._groups)

    @property
    def _groups(self) -> tuple[RowBlock | ExtraRows, ...]:
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
        """Lower bounds of all variables, shape (N,), in int32 where that is wide enough.

        The array is made anew each time; `bounds` reads those of a few variables.
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
        """Lower bounds of the own variables, shape (N - E,)."""
        return self._own_bounds(lambda variables: variables.lower)

    @cached_property
    def own_upper(self) -> Ints:
        """Upper bounds of the own variables, shape (N - E,)."""
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
        return np.concatenate([np.zeros(0, np.int64), *(group.lower for group in self._groups)])

    @cached_property
    def row_upper(self) -> Ints:
        """Upper limits of all rows, shape (R,)."""
        upper = [block.upper for block in self.blocks]
        if self.extra is not None:
            upper.append(np.full(len(self.extra), NO_UPPER, dtype=np.int64))
        return np.concatenate([np.zeros(0, np.int64), *upper])

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """All coefficients, CSR of shape (R, N), int64; built on first use, for small problems.

        `activity`, `paid`, `columns` and `row` do without this second copy.
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
        """Yield each block's coefficients over all variables, one at a time to save memory."""
        for block, offset in zip(self.blocks, self.offsets[:-1], strict=True):
            yield _side_by_side(block, self.n_pairs, offset)
        if self.extra is not None:
            yield self.extra.matrix

    @cached_property
    def row_offsets(self) -> tuple[int, ...]:
        """Index of the first row of each block and of the extra rows, and R at the end."""
        offsets = [0]
        for group in self._groups:
            offsets.append(offsets[-1] + len(group))
        return tuple(offsets)

    def row(self, index: int) -> tuple[Ints, Ints]:
        """Return the variables of one row, ascending, and their coefficients."""
        number = int(np.searchsorted(self.row_offsets, index, side="right")) - 1
        group, within = self._groups[number], index - self.row_offsets[number]
        if isinstance(group, ExtraRows):
            return _of_row(group.matrix, within)
        member, value = _of_row(group.usage, within)
        if group.variable_usage is None:
            return member, value
        own, own_value = _of_row(group.variable_usage, within)
        return np.append(member, own + self.offsets[number]), np.append(value, own_value)

    @property
    def width(self) -> Ints:
        """Number of variables in each row, shape (R,)."""
        width = [np.zeros(0, dtype=np.int64)]
        for block in self.blocks:
            own = 0 if block.variable_usage is None else np.diff(block.variable_usage.indptr)
            width.append(np.diff(block.usage.indptr).astype(np.int64) + own)
        if self.extra is not None:
            width.append(np.diff(self.extra.matrix.indptr).astype(np.int64))
        return np.concatenate(width)

    @cached_property
    def own_widest(self) -> Floats:
        """The largest magnitude of each own variable, shape (N - E,)."""
        return np.maximum(np.abs(self.own_lower), np.abs(self.own_upper)).astype(np.float64)

    @cached_property
    def reach(self) -> Floats:
        """The largest magnitude that each row's sum can have within the bounds, shape (R,)."""
        reaches = [np.zeros(0)]
        for block, first in zip(self.blocks, self.offsets[:-1], strict=True):
            reach = block.reach_of_pairs.copy()
            if block.variable_usage is not None:
                own = self.own_widest[first - self.n_pairs :][: block.variable_usage.shape[1]]
                reach += row_reach(block.variable_usage, own)
            reaches.append(reach)
        if self.extra is not None:
            widest = np.append(np.ones(self.n_pairs), self.own_widest)
            reaches.append(row_reach(self.extra.matrix, widest))
        return np.concatenate(reaches)

    @cached_property
    def is_integer(self) -> Bools:
        """Which variables a solver has to branch on, shape (N,)."""
        own = [np.full(len(of), of.is_integer) for block in self.blocks if (of := block.variables)]
        return np.concatenate([np.ones(self.n_pairs, dtype=np.bool_), *own])


def _of_row(matrix: sparse.csr_array, row: int) -> tuple[Ints, Ints]:
    entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
    member, value = matrix.indices[entries].astype(np.int64), matrix.data[entries].astype(np.int64)
    order = np.argsort(member, kind="stable")
    return member[order], value[order]


def _side_by_side(block: RowBlock, n_pairs: int, offset: int) -> sparse.csr_array:
    """Return a block's coefficients as one matrix over all variables."""
    if block.variables is None or block.variable_usage is None:
        return block.usage
    own = block.variable_usage.tocoo()
    pairs = block.usage.tocoo()
    rows = np.concatenate([pairs.row, own.row])
    columns = np.concatenate([pairs.col.astype(np.int64), own.col.astype(np.int64) + offset])
    data = np.concatenate([pairs.data.astype(np.int64), own.data.astype(np.int64)])
    width = max(n_pairs, offset + own.shape[1])
    return sparse.coo_array((data, (rows, columns)), shape=(len(block), width)).tocsr()
