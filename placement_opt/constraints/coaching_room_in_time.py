"""What coaches lack for one more placement in its periods, for the reasons of who is left."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

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

    def in_plan(self, left: Ints, has: sparse.csr_array | None = None) -> Callable[[Ints], Lacking]:
        """Return what tells the rows that the coach nearest to having room lacks for each pair.

        A pair whose kind has no coach lacks the row of that kind.

        Parameters
        ----------
        left
            What each row has left in the plan, shape (R,).
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
        by_variable = np.argsort(variable, kind="stable")
        start = np.searchsorted(variable[by_variable], np.arange(self.kind.size + 1))
        return partial(
            self._lacking, nearest, start, self.first_row + row[by_variable].astype(np.int64)
        )

    def _lacking(self, nearest: Ints, start: Ints, row: Ints, pairs: Ints) -> Lacking:
        """Look up what each pair's nearest variable lacks: its rows from `start` to the next."""
        # Of one type with `pair`, which would be copied to the wider one each time.
        asked = pairs.astype(self.pair.dtype)
        at = np.minimum(np.searchsorted(self.pair, asked), max(self.pair.size - 1, 0))
        place = np.flatnonzero(self.pair[at] == pairs)
        kind = self.kind_of_pair[at[place]].astype(np.int64)
        best = nearest[kind]
        nobody = best < 0
        asking, best = place[~nobody], best[~nobody]
        width = start[best + 1] - start[best]
        entry = np.arange(width.sum()) - np.repeat(np.cumsum(width) - width - start[best], width)
        return (
            np.concatenate([place[nobody], np.repeat(asking, width)]),
            np.concatenate([kind[nobody], row[entry]]),
        )
