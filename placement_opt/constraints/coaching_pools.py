"""Coaching without coaches by name: what any set of coaches can take together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.formulation import NO_LOWER, RowBlock
from placement_opt.instance import Floats, Ints

PRICE_DIGITS = 9
"""Coaches whose prices agree in so many digits stand on one level."""


@dataclass(frozen=True, eq=False)
class CoachPools:
    r"""Rows over the pairs alone that every plan keeps, for sets S of coaches.

    Let U be the coached pairs that only coaches of S can serve. Their hours and heads have to come
    from S:

    .. math:: \sum_{p \in U} h_p x_p \le \sum_{k \in S} H_k, \qquad
              \sum_{p \in U} x_p \le \sum_{k \in S} \min(L_k, \lfloor H_k / \min_U h \rfloor)

    The second row keeps the rounding: where needs are equal, a coach of 25.2 hours takes six
    people of 3.825 hours, not 6.6. Which sets matter shows in the prices of a linear program: by
    duality the sets of coaches above each price level carry its whole bound, so a dozen rows
    replace thousands of variables.

    Parameters
    ----------
    title
        The rule's title.
    n_pairs
        Number of pairs of the whole problem, E.
    pair, hours, team
        Coached pairs, their hours in integers, and their team, shape (P,).
    members
        Coaches of each team, by team number.
    free_hours, caseload
        What each coach has, shape (K,), hours in the same integers.
    n_classes
        Number of rows above the coaches' hours rows in the exact block.
    """

    title: str
    n_pairs: int
    pair: npt.NDArray[np.intp]
    hours: Ints
    team: Ints
    members: Sequence[Sequence[int]]
    free_hours: Ints
    caseload: Ints
    n_classes: int

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        """Return the sets of coaches that the dual prices of the exact rows point at.

        Parameters
        ----------
        duals
            Dual price of each row of the exact block, before any division of rows.
        """
        n_coaches = self.free_hours.size
        hours = duals[self.n_classes : self.n_classes + n_coaches]
        heads = duals[self.n_classes + n_coaches :]
        found = {tuple(range(n_coaches))}
        found |= {tuple(self.members[t]) for t in np.unique(self.team)}
        for prices in (hours, heads):
            rounded = np.round(prices, PRICE_DIGITS)
            found |= {tuple(np.flatnonzero(rounded >= level)) for level in np.unique(rounded)}
        return tuple(sorted(tuple(int(k) for k in group) for group in found if group))

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> RowBlock:
        """Return the two rows of each set that can be tight; cost O(sets * coached pairs).

        With a `reserve`, that share of all hours is kept back: plans then leave the odds and ends
        that an exact assignment needs, and the rows are no relaxation any more.
        """
        entries = [entry for group in sets for entry in self._rows_of(frozenset(group), reserve)]
        row = np.repeat(np.arange(len(entries)), [members.size for members, _, _ in entries])
        empty = np.zeros(0, dtype=np.int64)
        at = np.concatenate([empty, *(self.pair[members] for members, _, _ in entries)])
        amount = np.concatenate([empty, *(amount for _, amount, _ in entries)])
        return RowBlock(
            self.title,
            [f"pool {number}" for number in range(len(entries))],
            sparse.coo_array((amount, (row, at)), shape=(len(entries), self.n_pairs)).tocsr(),
            np.full(len(entries), NO_LOWER, dtype=np.int64),
            np.array([limit for _, _, limit in entries], dtype=np.int64),
        )

    def _rows_of(
        self, group: frozenset[int], reserve: float
    ) -> Iterator[tuple[npt.NDArray[np.intp], Ints, int]]:
        """Yield (members, amounts, limit) of the rows that not every choice keeps by itself."""
        inside = np.array([group.issuperset(team) for team in self.members], dtype=np.bool_)
        members = np.flatnonzero(inside[self.team])
        if members.size == 0:
            return
        hours, coaches = self.hours[members], np.array(sorted(group), dtype=np.int64)
        free = self.free_hours[coaches]
        heads = np.minimum(self.caseload[coaches], free // int(hours.min()))
        ones = np.ones(members.size, dtype=np.int64)
        for amount, limit in ((hours, int(free.sum() * (1 - reserve))), (ones, int(heads.sum()))):
            if int(amount.sum()) > limit:
                yield members, amount, limit
