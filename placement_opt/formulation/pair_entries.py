"""The coefficients of rows, looked up by pair, and what pairs pay at given prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.pairs.table import narrowed

DENSE_SHARE = 8
"""A block gets a column with one place for every pair if it has at least one entry per so many."""

Entries = tuple[Ints, Ints, Ints]
"""Aligned (place among the pairs that were asked about, row, coefficient)."""


@dataclass(frozen=True, eq=False, repr=False)
class PairEntries(ShortRepr):
    """The coefficients of a block of rows, by pair.

    Most rules have at most one row for each pair. Such entries are a column of rows and a column of
    coefficients, both in narrow types. All other entries are kept in lists, for pairs that have
    any.

    Parameters
    ----------
    row
        One row of each pair, counted from 1, or 0 for none, shape (E,); None where few pairs have
        one.
    value
        Coefficient of each pair in that row, shape (E,); None where all are one.
    member
        Pairs with further entries, ascending, shape (M,).
    start, further_row, further_value
        The further entries of ``member[m]``, at least one, are those from ``start[m]`` to
        ``start[m + 1]``.
    """

    row: npt.NDArray[np.signedinteger] | None
    value: npt.NDArray[np.integer] | None
    member: Indices
    start: Ints
    further_row: npt.NDArray[np.signedinteger]
    further_value: npt.NDArray[np.integer]

    @classmethod
    def of(cls, usage: sparse.csr_array) -> "PairEntries":
        """Read a matrix of rows by pairs; cost O(entries + E)."""
        n_rows, n_pairs = usage.shape
        narrow = np.min_scalar_type(-1 - n_rows)
        of_entry = np.repeat(np.arange(n_rows, dtype=narrow), np.diff(usage.indptr))
        if usage.nnz * DENSE_SHARE < n_pairs or not n_pairs:
            every = np.arange(usage.nnz)
            return cls(None, None, *_listed(usage.indices, of_entry, usage.data, every))
        row = np.zeros(n_pairs, dtype=narrow)
        row[usage.indices] = of_entry + narrow.type(1)
        further = np.zeros(0, dtype=np.int64)
        if np.count_nonzero(row) < usage.nnz:
            # Of a pair in several rows, the last is in the column; the others are listed.
            every = np.arange(usage.nnz, dtype=np.min_scalar_type(-1 - usage.nnz))
            last = np.zeros(n_pairs, dtype=every.dtype)
            last[usage.indices] = every
            further = np.flatnonzero(last[usage.indices] != every)
        value = None
        if not are_ones(usage.data):
            value = np.zeros(n_pairs, dtype=narrowed(usage.data).dtype)
            value[usage.indices] = usage.data
        return cls(row, value, *_listed(usage.indices, of_entry, usage.data, further))

    def of_pairs(self, pairs: npt.NDArray[np.integer]) -> Entries:
        """Return the entries of some pairs, in any order; cost O(pairs + their entries)."""
        position, row, value = [], [], []
        if self.row is not None:
            of_pair = self.row[pairs]
            at = np.flatnonzero(of_pair)
            position.append(at)
            row.append(of_pair[at].astype(np.int64) - 1)
            ones = np.ones(at.size, dtype=np.int64)
            value.append(ones if self.value is None else self.value[pairs[at]].astype(np.int64))
        if self.member.size:
            # Of one type with `member`, which would be copied to the wider one each time.
            asked = pairs.astype(self.member.dtype)
            place = np.minimum(np.searchsorted(self.member, asked), self.member.size - 1)
            at = np.flatnonzero(self.member[place] == pairs)
            first = self.start[place[at]]
            width = self.start[place[at] + 1] - first
            entry = np.repeat(first - np.cumsum(width) + width, width) + np.arange(width.sum())
            position.append(np.repeat(at, width))
            row.append(self.further_row[entry].astype(np.int64))
            value.append(self.further_value[entry].astype(np.int64))
        empty = np.zeros(0, dtype=np.int64)
        return (
            np.concatenate([empty, *position]),
            np.concatenate([empty, *row]),
            np.concatenate([empty, *value]),
        )

    def of_pair(self, pair: int) -> Iterator[tuple[int, int]]:
        """Yield (row, coefficient) of one pair, without the cost of arrays."""
        if self.row is not None and self.row[pair]:
            value = 1 if self.value is None else int(self.value[pair])
            yield int(self.row[pair]) - 1, value
        place = int(np.searchsorted(self.member, self.member.dtype.type(pair)))
        if place < self.member.size and self.member[place] == pair:
            entries = slice(*self.start[place : place + 2])
            rows, values = self.further_row[entries], self.further_value[entries]
            yield from zip(rows.tolist(), values.tolist(), strict=True)

    def add_paid(
        self, prices: npt.NDArray[Any], into: npt.NDArray[Any], pairs: slice, *, absolute: bool
    ) -> None:
        """Add the sum of price times coefficient to `into`, for each pair of a range.

        Parameters
        ----------
        prices
            A zero, then the prices of the block's rows, shape (R + 1,), int64 or float64.
        into
            One sum for each pair of the range, of the type of the prices; changed in place.
        pairs
            The range, with a start and a stop.
        absolute
            Take the magnitudes of the coefficients.
        """
        if self.row is not None:
            # Row 0 reads the zero. All rows are in range; "clip" saves numpy the check.
            paid = prices.take(self.row[pairs], mode="clip")
            if self.value is not None:
                paid *= _wide(self.value[pairs], prices.dtype, absolute=absolute)
            into += paid
        first, last = np.searchsorted(self.member, [pairs.start, pairs.stop])
        if first < last:
            start = self.start[first:last]
            entries = slice(int(start[0]), int(self.start[last]))
            value = _wide(self.further_value[entries], prices.dtype, absolute=absolute)
            paid = prices[1:][self.further_row[entries]] * value
            into[self.member[first:last] - pairs.start] += np.add.reduceat(paid, start - start[0])


def are_ones(values: npt.NDArray[np.integer]) -> bool:
    """Tell whether all values are one, as those of most rules are."""
    return bool(values.size == 0 or values.min() == 1 == values.max())


def _wide(
    value: npt.NDArray[np.integer], dtype: np.dtype[Any], *, absolute: bool
) -> npt.NDArray[Any]:
    wide = value.astype(dtype)
    return np.abs(wide) if absolute else wide


def _listed(
    pair: Indices,
    row: npt.NDArray[np.signedinteger],
    value: npt.NDArray[np.integer],
    entries: npt.NDArray[np.int64],
) -> tuple[Indices, Ints, npt.NDArray[np.signedinteger], npt.NDArray[np.integer]]:
    """Return members, starts, rows and coefficients of the chosen entries, sorted by pair."""
    entries = entries[np.argsort(pair[entries], kind="stable")]
    member, start = np.unique(pair[entries], return_index=True)
    return (
        member.astype(np.int32),
        np.append(start, entries.size).astype(np.int64),
        row[entries],
        narrowed(value[entries]),
    )


def rows_of_pairs(
    row: Indices, n_rows: int, value: npt.NDArray[np.integer] | None = None
) -> sparse.csr_array:
    """Build the coefficients of pairs that are in at most one row each, in narrow types.

    Parameters
    ----------
    row
        Row of each pair, -1 for none, shape (E,).
    n_rows
        Number of rows, R.
    value
        Coefficient of each pair, shape (E,); zeros are left out. None means ones.

    Returns
    -------
    scipy.sparse.csr_array
        Shape (R, E); pairs ascend within a row.
    """
    used = np.flatnonzero(row >= 0 if value is None else (row >= 0) & (value != 0))
    data = np.ones(used.size, dtype=np.int8) if value is None else narrowed(value[used])
    # Narrow indices take a third of the memory for three million pairs.
    places = (row[used].astype(np.int32, copy=False), used.astype(np.int32))
    return sparse.coo_array((data, places), shape=(n_rows, row.size)).tocsr()


def narrow_rows(matrix: sparse.csr_array) -> sparse.csr_array:
    """Return the same coefficients in narrow types, to save memory."""
    width = np.int32 if max(matrix.nnz, matrix.shape[1]) < 1 << 31 else np.int64
    places = (matrix.indices.astype(width, copy=False), matrix.indptr.astype(width, copy=False))
    return sparse.csr_array((narrowed(matrix.data), *places), shape=matrix.shape)


def by_row(
    reduce: np.ufunc, data: npt.NDArray[Any], start: npt.NDArray[np.integer], empty: float = 0
) -> npt.NDArray[Any]:
    """Reduce the entries of each row of a CSR matrix, such as to their sum; `empty` without any."""
    result = np.full(start.size - 1, empty, dtype=data.dtype)
    filled = np.flatnonzero(np.diff(start))
    if filled.size:
        result[filled] = reduce.reduceat(data, start[filled])
    return result


def row_reach(matrix: sparse.csr_array, widest: Floats | None = None) -> Floats:
    """Return the largest magnitude that each row's sum can have, shape (R,).

    Parameters
    ----------
    matrix
        Integer coefficients, CSR of shape (R, N).
    widest
        Largest magnitude of each variable, shape (N,); None for variables of 0 and 1.
    """
    if widest is None and are_ones(matrix.data):
        return np.diff(matrix.indptr).astype(np.float64)
    magnitude = np.abs(matrix.data.astype(np.float64))
    if widest is not None:
        magnitude *= widest[matrix.indices]
    return by_row(np.add, magnitude, matrix.indptr)


def some_columns(matrix: sparse.csr_array, columns: npt.NDArray[np.integer]) -> sparse.csr_array:
    """Return the same rows over some of the columns, ascending; cost O(entries)."""
    place = np.searchsorted(columns, matrix.indices)
    is_inside = np.append(columns, -1)[place] == matrix.indices
    start = np.append(0, np.cumsum(is_inside))[matrix.indptr]
    shape = (matrix.shape[0], columns.size)
    entries = (matrix.data[is_inside], place[is_inside], start)
    return narrow_rows(sparse.csr_array(entries, shape=shape))


def row_divisors(matrix: sparse.csr_array | None, n_rows: int = 0) -> Ints:
    """Return the greatest common divisor of each row, zero for a row without entries."""
    if matrix is None:
        return np.zeros(n_rows, dtype=np.int64)
    if are_ones(matrix.data):
        return np.minimum(np.diff(matrix.indptr), 1).astype(np.int64)
    return by_row(np.gcd, np.abs(matrix.data.astype(np.int64)), matrix.indptr)


def divided_rows(matrix: sparse.csr_array, divisor: Ints) -> sparse.csr_array:
    """Divide each row by a number that divides all its entries."""
    of_entry = np.repeat(divisor, np.diff(matrix.indptr))
    data = narrowed(matrix.data.astype(np.int64) // of_entry)
    return sparse.csr_array((data, matrix.indices, matrix.indptr), shape=matrix.shape)
