"""Pools: rows that say what a set of coaches can take together, without naming a coach."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.constraints.coaching_pool_rows import (
    PRICE_DIGITS,
    PairsOfRow,
    lumped_rows,
    rows_of_pools,
    serving_alike,
)
from placement_opt.formulation.capacity import Lumped
from placement_opt.formulation.row_blocks import RowBlock


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
        entries = (entry for group in sets for entry in self._rows_of(frozenset(group), reserve))
        return rows_of_pools(self.title, self.n_pairs, entries)

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
        n_coaches, first = self.free_hours.size, self.n_classes
        group = serving_alike(self.team, self.members, n_coaches)
        hours = first + group
        of_row = np.concatenate([np.arange(first), hours, hours + int(group.max(initial=-1)) + 1])
        return lumped_rows(block, of_row, group)

    def merged(self, block: RowBlock) -> None:
        """Return nothing: each class asks hours once, so that `lumped` has few rows."""
        del block

    def _rows_of(self, group: frozenset[int], reserve: float) -> Iterator[PairsOfRow]:
        """Yield each row that some choice of pairs breaks."""
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
