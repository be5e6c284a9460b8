"""What coaches lack for one placement more, for the reasons of those who are left."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.formulation.capacity import Lacking


@dataclass(frozen=True, eq=False)
class CoachRoom:
    """Tells which coached pairs find no coach with hours and caseload left.

    Coached pairs are of kinds: classes of people, or each pair of its own. The rows of the kinds
    come first, then the hours and the caseload of each coach.

    Parameters
    ----------
    pair, kind_of_pair
        The coached pairs, ascending, and the kind of each.
    hours
        What a pair of each kind needs, shape (T,).
    kind, coach
        Who may coach which kind, one entry for each of both, aligned.
    hours_free, caseload
        Of each coach, before the plan.
    first_hours_row
        Row of the first coach's hours.
    head
        Whose head each entry is one of, a number for each person and coach; None where each
        entry's variable counts heads itself. Own variables for heads alone say nothing: they may
        be one for nobody.
    """

    pair: Indices
    kind_of_pair: npt.NDArray[np.signedinteger]
    hours: Ints
    kind: npt.NDArray[np.signedinteger]
    coach: Ints
    hours_free: Ints
    caseload: Ints
    first_hours_row: int
    head: npt.NDArray[np.signedinteger] | None = None

    def __call__(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        """Return what the coach lacks who comes nearest to having room: hours, heads or both.

        A kind that nobody may coach lacks its own row.
        """
        del chosen
        free, heads = self.hours_free.copy(), self.caseload.copy()
        serves = own[: self.coach.size]
        np.subtract.at(free, self.coach, serves * self.hours[self.kind])
        if self.head is None:
            np.subtract.at(heads, self.coach, serves)
        else:
            served = np.flatnonzero(serves)
            _, one = np.unique(self.head[served], return_index=True)
            np.subtract.at(heads, self.coach[served[one]], 1)
        lacks_hours = free[self.coach] < self.hours[self.kind]
        lacks_heads = heads[self.coach] < 1
        n_lacking = lacks_hours.astype(np.int64) + lacks_heads
        order = np.lexsort((-free[self.coach], n_lacking, self.kind))
        kind, first = np.unique(self.kind[order], return_index=True)
        nearest = np.full(self.hours.size, -1, dtype=np.int64)
        nearest[kind] = order[first]
        at, kind = self._coached(pairs)
        best = nearest[kind]
        nobody = best < 0
        at_nobody, kind_nobody = at[nobody], kind[nobody]
        at, best = at[~nobody], best[~nobody]
        coach, no_hours, no_heads = self.coach[best], lacks_hours[best], lacks_heads[best]
        hours_row = self.first_hours_row + coach
        heads_row = hours_row + free.size
        return (
            np.concatenate([at_nobody, at[no_hours], at[no_heads]]),
            np.concatenate([kind_nobody, hours_row[no_hours], heads_row[no_heads]]),
        )

    def _coached(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Return which of the pairs need coaching, by their place, and the kind of each."""
        place = np.minimum(np.searchsorted(self.pair, pairs), self.pair.size - 1)
        at = np.flatnonzero(self.pair[place] == pairs)
        return at, self.kind_of_pair[place[at]].astype(np.int64)
