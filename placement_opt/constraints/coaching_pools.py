"""Pools: rows that say what a set of coaches can take together, without naming a coach."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.capacity import Holders, Lumped
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock, Variables

PRICE_DIGITS = 9
"""Coaches whose prices agree in so many digits count as of one price."""


@dataclass(frozen=True, eq=False, repr=False)
class CoachPools(ShortRepr):
    r"""Rows over the pairs alone that every plan keeps, for sets S of coaches.

    Let U be the coached pairs that only coaches of S can serve. S must provide their hours and
    heads:

    .. math:: \sum_{p \in U} h_p x_p \le \sum_{k \in S} H_k, \qquad
              \sum_{p \in U} x_p \le \sum_{k \in S} \min(L_k, \lfloor H_k / \min_U h \rfloor)

    The second row is rounded: a coach of 25.2 hours takes six people of 3.825 hours, not 6.6. The
    dual prices of the exact rows show which sets matter. By duality the sets of coaches above each
    price prove the same bound, so that a dozen rows replace thousands of variables.

    Parameters
    ----------
    title
        The rule's title.
    n_pairs
        Number of all pairs, E.
    pair, hours, team
        Coached pairs, their hours in integers, and their team, shape (P,).
    members
        Coaches of each team, by team number.
    free_hours, caseload
        What each coach has, shape (K,), hours in the same integers.
    n_classes
        Number of rows of classes, which are the first of the exact block.
    """

    title: str
    n_pairs: int
    pair: Indices
    hours: npt.NDArray[np.integer]
    team: Indices
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
        """Return those of the two rows of each set that can be tight; O(sets * coached pairs).

        A `reserve` keeps back that share of all hours, since coaches cannot use their hours up to
        the last bit. The rows are then no relaxation.
        """
        entries = [entry for group in sets for entry in self._rows_of(frozenset(group), reserve)]
        start = np.cumsum([0, *(at.size for at, _, _ in entries)])
        at = np.concatenate([np.zeros(0, np.int32), *(at for at, _, _ in entries)])
        amount = np.concatenate([np.zeros(0, np.int8), *(amount for _, amount, _ in entries)])
        # A dozen rows over most pairs fit into memory only in narrow types.
        width = np.int32 if amount.size < 1 << 31 else np.int64
        return RowBlock(
            self.title,
            [f"pool {number}" for number in range(len(entries))],
            sparse.csr_array(
                (amount, at.astype(width, copy=False), start.astype(width)),
                shape=(len(entries), self.n_pairs),
            ),
            np.full(len(entries), NO_LOWER, dtype=np.int64),
            np.array([limit for _, _, limit in entries], dtype=np.int64),
        )

    def within(self, pairs: npt.NDArray[np.integer]) -> "CoachPools":
        """Return the pools over some pairs, given ascending and numbered by their place there."""
        known = np.flatnonzero(np.isin(pairs, self.pair))
        at = np.searchsorted(self.pair, pairs[known])
        return replace(
            self,
            n_pairs=len(pairs),
            pair=known.astype(np.int32),
            hours=self.hours[at],
            team=self.team[at],
        )

    def lumped(self, block: RowBlock) -> Lumped:
        """Return the exact rows in which coaches who serve the same teams are one coach.

        Where their hours and caseloads are equal, the linear relaxation stays the same: what one
        takes can be shared out evenly. Otherwise it is a little wider, since the hours of one can
        be used with the heads of another. Its prices prove bounds even so.
        """
        n_coaches = self.free_hours.size
        member = np.zeros((n_coaches, len(self.members)), dtype=np.bool_)
        for team in np.unique(self.team).tolist():
            member[list(self.members[team]), team] = True
        _, group = np.unique(member, axis=0, return_inverse=True)
        group = group.reshape(n_coaches)
        n_groups, first = int(group.max(initial=-1)) + 1, self.n_classes
        of_row = np.concatenate([np.arange(first), first + group, first + n_groups + group]).astype(
            np.int64
        )
        return _merged(block, of_row, first + 2 * n_groups)

    def _rows_of(
        self, group: frozenset[int], reserve: float
    ) -> Iterator[tuple[Indices, npt.NDArray[np.integer], int]]:
        """Yield (pairs, amounts, limit) of each row that some choice of pairs breaks."""
        inside = np.array([group.issuperset(team) for team in self.members], dtype=np.bool_)
        members = np.flatnonzero(inside[self.team])
        if members.size == 0:
            return
        hours, coaches = self.hours[members], np.array(sorted(group), dtype=np.int64)
        free = self.free_hours[coaches]
        heads = np.minimum(self.caseload[coaches], free // int(hours.min()))
        pairs, ones = self.pair[members], np.ones(members.size, dtype=np.int8)
        limit = int(free.sum()) - math.ceil(int(free.sum()) * reserve)
        if int(hours.sum(dtype=np.int64)) > limit:
            yield pairs, hours, limit
        if members.size > (limit := int(heads.sum())):
            yield pairs, ones, limit


def _merged(block: RowBlock, of_row: npt.NDArray[np.int64], n_rows: int) -> Lumped:
    """Add up the capacity rows that become one, and keep one of the own variables that do."""
    if block.variables is None or block.variable_usage is None:
        return Lumped(block, of_row, np.zeros(0, dtype=np.int64))
    columns = block.variable_usage.tocsc()
    columns.sort_indices()
    # Every own variable stands in three rows: its class, and its coach's hours and heads.
    rows = of_row[columns.indices.reshape(-1, 3)]
    _, kept, merged = np.unique(rows[:, :2], axis=0, return_index=True, return_inverse=True)
    most = np.zeros(kept.size, dtype=np.int64)
    np.add.at(most, merged.reshape(-1), block.variables.upper)
    usage = sparse.csr_array(
        (
            columns.data.reshape(-1, 3)[kept].ravel(),
            rows[kept].ravel(),
            np.arange(0, 3 * kept.size + 1, 3),
        ),
        shape=(kept.size, n_rows),
    )
    upper = np.zeros(n_rows, dtype=np.int64)
    np.add.at(upper, of_row, block.upper)
    lower = np.full(n_rows, NO_LOWER, dtype=np.int64)
    is_class = np.flatnonzero(block.lower != NO_LOWER)
    lower[of_row[is_class]] = block.lower[is_class]
    start = block.usage.indptr
    padded = np.concatenate(
        [start[: is_class.size + 1], np.full(n_rows - is_class.size, start[-1])]
    )
    smaller = RowBlock(
        block.title,
        [f"row {number}" for number in range(n_rows)],
        sparse.csr_array(
            (block.usage.data, block.usage.indices, padded.astype(start.dtype)),
            shape=(n_rows, block.usage.shape[1]),
        ),
        lower,
        upper,
        Variables(np.zeros(kept.size, np.int64), most, [Fraction(0)] * kept.size),
        usage.T.tocsr(),
        holders=Holders(rows[kept, 0].astype(np.int64), rows[kept, 1].astype(np.int64)),
    )
    return Lumped(smaller, of_row, merged.reshape(-1).astype(np.int64))
