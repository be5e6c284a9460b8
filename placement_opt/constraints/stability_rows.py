"""Rows of pairs that keep each other apart: who has, or takes, what is as good."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.formulation.row_blocks import Variables
from placement_opt.pairs.table import PairTable

Parts = Sequence[tuple[bool, bool]]
"""Each way to block: whether a placement, and a person, of the same rank keep a pair apart."""


@dataclass(frozen=True, eq=False)
class Apart:
    """Rows that no blocking pair may be missing from: ``usage . x + own . g >= lower``.

    Parameters
    ----------
    usage, lower
        Coefficients of the pairs, CSR of shape (R, E), and what each row asks, shape (R,).
    pair
        Which of the pairs that may block each row is about, shape (R,); -1 for none.
    saves
        What a row asks less where its pair may block, shape (R,).
    labels
        What each row is about.
    variables, variable_usage
        Own variables, where there are some, and their coefficients.
    """

    usage: sparse.csr_array
    lower: Ints
    pair: Ints
    saves: Ints
    labels: Sequence[str]
    variables: Variables | None = None
    variable_usage: sparse.csr_array | None = None


class Ranked:
    """The pairs of each candidate or opening that are ranked, in the order of their ranks.

    Parameters
    ----------
    group
        Row of the candidate or opening of each pair, shape (E,).
    rank
        How that side ranks the other, shape (E,); 0 for not at all.
    number
        Which pair each row is a way of, shape (E,).
    """

    def __init__(self, group: Indices, rank: npt.NDArray[np.integer], number: Ints) -> None:
        levels, code = np.unique(rank, return_inverse=True)
        self._width = levels.size + 1
        self._key = group.astype(np.int64) * self._width + code
        ranked = np.flatnonzero(rank > 0)
        self._pair = ranked[np.argsort(self._key[ranked], kind="stable")]
        self._n_pairs, self._number = group.size, number

    def levels(self, of: Ints) -> tuple[Ints, Ints]:
        """Return one of some pairs for each group and rank among them, and whose each pair is."""
        _, first, level = np.unique(self._key[of], return_index=True, return_inverse=True)
        return of[first], level

    def as_good(self, of: Ints, each: Ints, *, equal: bool) -> sparse.csr_array:
        """Return a row for each of some pairs: `each` for all that its side likes more, or as much.

        With `equal` those of the same rank are among them, the pair itself too.
        """
        key, asked = self._key[self._pair], self._key[of]
        start = np.searchsorted(key, asked - asked % self._width)
        stop = np.searchsorted(key, asked, side="right" if equal else "left")
        count = stop - start
        at = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        places = np.repeat(np.arange(of.size), count), self._pair[np.repeat(start, count) + at]
        shape = (of.size, self._n_pairs)
        return sparse.coo_array((np.repeat(each, count), places), shape=shape).tocsr()

    def with_itself(self, of: Ints, each: Ints, *, equal: bool) -> sparse.csr_array:
        """Return the same rows, each with the pair itself in all its ways."""
        rows = self.as_good(of, each, equal=equal)
        if equal:
            return rows
        row_of_pair = np.full(self._n_pairs, -1, dtype=np.int64)
        row_of_pair[self._number[of]] = np.arange(of.size)
        ways = np.flatnonzero(row_of_pair[self._number] >= 0)
        its_row = row_of_pair[self._number[ways]]
        itself = sparse.coo_array((each[its_row], (its_row, ways)), shape=rows.shape)
        return (rows + itself).tocsr()


def steady_rows(
    pairs: PairTable, own: Ranked, other: Ranked, may_block: Ints, parts: Parts
) -> Apart:
    """Return a row for each pair that may block, and for each way to block."""
    places = pairs.instance.openings.positions[pairs.opening[may_block]].astype(np.int64)
    usage = sparse.vstack(
        [
            own.with_itself(may_block, places, equal=placement)
            + other.with_itself(may_block, np.ones_like(places), equal=person)
            for placement, person in parts
        ],
        format="csr",
    )
    most = np.tile(places, len(parts))
    # A placement that is as good is enough by itself: more than the whole row changes nothing.
    usage.data = np.minimum(usage.data, np.repeat(most, np.diff(usage.indptr)))
    pair = np.tile(np.arange(may_block.size), len(parts))
    return Apart(usage, most, pair, most, labels_of(pairs, may_block) * len(parts))


def labels_of(pairs: PairTable, rows: Ints) -> list[str]:
    """Name the two sides of some pairs."""
    ids = pairs.instance
    return [
        f"{ids.candidate_ids[pairs.candidate[row]]} and {ids.opening_ids[pairs.opening[row]]}"
        for row in rows.tolist()
    ]
