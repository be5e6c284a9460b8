"""What coaches lack for one more placement, for the reasons of people who are not placed."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.coaching_classes import Free
from placement_opt.formulation.capacity import Lacking


@dataclass(frozen=True, eq=False, repr=False)
class CoachRoom(ShortRepr):
    """Tells which coached pairs find no coach with hours and caseload left.

    Each coached pair is of a kind: its class, or itself. The rows of the kinds come first, then
    the hours of each coach, then the caseload of each.

    Parameters
    ----------
    pair, kind_of_pair
        The coached pairs, ascending, and the kind of each.
    hours
        What a pair of each kind needs, shape (T,).
    kind, coach
        All (kind, coach) where the coach may serve the kind, shape (V,).
    before
        What each coach has free before the plan.
    first_hours_row
        Row of the first coach's hours.
    head
        A number for the (person, coach) of each entry, shape (V,), which takes one head however
        many entries of it serve a pair. None where each entry's variable is a number of heads.
    """

    pair: Indices
    kind_of_pair: npt.NDArray[np.signedinteger]
    hours: Ints
    kind: npt.NDArray[np.signedinteger]
    coach: Ints
    before: Free
    first_hours_row: int
    head: npt.NDArray[np.signedinteger] | None = None

    def lacking(self, pairs: Ints, own: Ints) -> Lacking:
        """Return what the coach nearest to having room lacks for each pair: hours, heads or both.

        A pair whose kind has no coach lacks the row of that kind.
        """
        return self.in_plan(own)(pairs)

    def in_plan(self, own: Ints) -> Callable[[Ints], Lacking]:
        """Return the same for one plan: who is nearest to having room is found once."""
        free, heads = self.before.hours.copy(), self.before.caseload.copy()
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
        return partial(self._lacking, nearest, lacks_hours, lacks_heads)

    def _lacking(
        self, nearest: Ints, lacks_hours: Bools, lacks_heads: Bools, pairs: Ints
    ) -> Lacking:
        at, kind = self._coached(pairs)
        best = nearest[kind]
        nobody = best < 0
        at_nobody, kind_nobody = at[nobody], kind[nobody]
        at, best = at[~nobody], best[~nobody]
        coach, no_hours, no_heads = self.coach[best], lacks_hours[best], lacks_heads[best]
        hours_row = self.first_hours_row + coach
        heads_row = hours_row + self.before.hours.size
        return (
            np.concatenate([at_nobody, at[no_hours], at[no_heads]]),
            np.concatenate([kind_nobody, hours_row[no_hours], heads_row[no_heads]]),
        )

    def _coached(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Return the places of the pairs that need coaching, and the kind of each."""
        # Of one type with `pair`, which would be copied to the wider one each time.
        asked = pairs.astype(self.pair.dtype)
        place = np.minimum(np.searchsorted(self.pair, asked), self.pair.size - 1)
        at = np.flatnonzero(self.pair[place] == pairs)
        return at, self.kind_of_pair[place[at]].astype(np.int64)
