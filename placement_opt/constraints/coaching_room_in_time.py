"""What coaches lack for one more placement in its periods, for the reasons of who is left."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.formulation.capacity import Lacking


@dataclass(frozen=True, eq=False)
class RoomInTime:
    """Tells which coached pairs find no coach with hours and caseload left in all their periods.

    Parameters
    ----------
    pair, kind_of_pair
        The coached pairs, ascending, and the kind of each: its class, or itself.
    kind
        The kind that each own variable serves, shape (V,), ascending.
    asks
        What one pair more asks of each row by each variable, CSR of shape (R, V).
    first_row
        The first of those rows in the block; the rows of the kinds come first.
    """

    pair: Indices
    kind_of_pair: npt.NDArray[np.signedinteger]
    kind: npt.NDArray[np.signedinteger]
    asks: sparse.csr_array
    first_row: int

    def lacking(self, pairs: Ints, left: Ints, has: sparse.csr_array | None = None) -> Lacking:
        """Return the rows that the coach nearest to having room lacks for each pair.

        A pair whose kind has no coach lacks the row of that kind.

        Parameters
        ----------
        pairs
            Who asks.
        left
            What each row has left, shape (R,).
        has
            What of `asks` is taken already, and asked no more.
        """
        asks = (self.asks if has is None else self.asks - has).tocoo()
        lacks = asks.data > left[asks.row]
        variable, row = asks.col[lacks], asks.row[lacks]
        n_lacking = np.bincount(variable, minlength=self.kind.size)
        order = np.lexsort((n_lacking, self.kind))
        kind, first = np.unique(self.kind[order], return_index=True)
        n_kinds = int(max(self.kind_of_pair.max(initial=-1), kind.max(initial=-1))) + 1
        nearest = np.full(n_kinds, -1, dtype=np.int64)
        nearest[kind] = order[first]
        at = np.minimum(np.searchsorted(self.pair, pairs), max(self.pair.size - 1, 0))
        place = np.flatnonzero(self.pair[at] == pairs)
        best = nearest[self.kind_of_pair[at[place]]]
        nobody = place[best < 0]
        found = [(nobody, self.kind_of_pair[at[nobody]].astype(np.int64))]
        by_variable = np.argsort(variable, kind="stable")
        ends = np.searchsorted(variable[by_variable], np.arange(self.kind.size + 1))
        for one in np.unique(best[best >= 0]).tolist():
            asking = place[best == one]
            rows = row[by_variable[ends[one] : ends[one + 1]]] + self.first_row
            found.append((np.repeat(asking, rows.size), np.tile(rows, asking.size)))
        places, rows_of = zip(*found, strict=True)
        return np.concatenate(places), np.concatenate(rows_of)
