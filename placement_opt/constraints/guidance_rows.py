"""Rows of the guidance that a whole crew shares, under the rows of coaching."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.constraints.guides import guided_openings
from placement_opt.formulation.capacity import Columns, Lacking
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.groupings import Group, group_text
from placement_opt.instance.in_time import PERIOD
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable


@dataclass(frozen=True, eq=False)
class Guidance:
    """The crews that share a guide: those of an opening, with periods in each of them.

    Parameters
    ----------
    labels
        What each of the G crews is.
    people
        Who would be in each, CSR of shape (G, E).
    most
        How many people a crew can have at most, shape (G,).
    load
        The coach who guides each, or with T periods ``coach * T + period``, shape (G,).
    hours
        Hours a week of each, shape (G,).
    """

    labels: list[str]
    people: sparse.csr_array
    most: Ints
    load: Ints
    hours: list[Fraction]

    @classmethod
    def of(cls, pairs: PairTable) -> "Guidance | None":
        """Find them; None where nobody who can be placed shares a guide."""
        instance = pairs.instance
        guided, n_periods = guided_openings(instance), len(instance.region.periods)
        coach = {id_: row for row, id_ in enumerate(instance.coach_ids)}
        period = {one.id: row for row, one in enumerate(instance.region.periods)}
        groups = grouped(pairs, ("opening", PERIOD) if n_periods else "opening")
        about = [_opening_of(label) for label in groups.labels]
        rows = [row for row, opening in enumerate(about) if opening in guided]
        place = np.full(len(about) + 1, -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        of_entry = place[groups.code]
        pair = np.arange(pairs.n_pairs) if groups.pair is None else groups.pair
        is_in = of_entry >= 0
        ones = np.ones(np.count_nonzero(is_in), dtype=np.int8)
        shape = (len(rows), pairs.n_pairs)
        people = sparse.csr_array((ones, (of_entry[is_in], pair[is_in])), shape=shape)
        if not people.nnz:
            return None
        loads = [
            coach[guided[about[row]][0]] * max(1, n_periods)
            + (period[str(groups.labels[row][-1])] if n_periods else 0)
            for row in rows
        ]
        return cls(
            [group_text(groups.labels[row]) for row in rows],
            people,
            np.maximum(1, np.diff(people.indptr)).astype(np.int64),
            np.array(loads, dtype=np.int64),
            [guided[about[row]][1] for row in rows],
        )

    def scale(self, other: int) -> int:
        """Return the least common denominator of the hours and another one."""
        return math.lcm(other, *(hours.denominator for hours in self.hours))


def _opening_of(label: Group) -> str:
    return label if isinstance(label, str) else label[0]


def with_guidance(block: RowBlock, guidance: Guidance | None, scale: int) -> RowBlock:
    r"""Return the rows of coaching with what guides of crews give, y = 1 while somebody is in.

    .. math:: \sum_{p \in g} x_p \le n_g \, y_g, \qquad
              \sum_t h_t n_{tk} + \sum_{g \text{ of } k} S_g \, y_g \le H_k

    Parameters
    ----------
    block
        The rows of coaching.
    guidance
        The crews; None for none.
    scale
        Hours of the rows are in units of 1 / scale hour.
    """
    capacity, own, variables = block.capacity, block.variable_usage, block.variables
    if guidance is None or own is None or variables is None:
        return block
    if not isinstance(capacity, CoachCapacity):
        raise TypeError("rows of coaching without coaches")
    n_crews, n_rows = len(guidance.labels), len(block)
    hours = np.array([int(one * scale) for one in guidance.hours], dtype=np.int64)
    crew = np.arange(n_crews)
    entries = np.concatenate([hours, -guidance.most])
    places = np.concatenate([capacity.row_of_hours(guidance.load), n_rows + crew])
    shape = (n_rows + n_crews, n_crews)
    guides = sparse.csr_array((entries, (places, np.tile(crew, 2))), shape=shape)
    zeros, ones = np.zeros(n_crews, dtype=np.int64), np.ones(n_crews, dtype=np.int64)
    below = sparse.csr_array((n_crews, block.n_own), dtype=np.int64)
    limits = block.limits
    if limits is not None:
        wide = variables.upper if limits.own_upper is None else limits.own_upper
        ties = RowLimits.ties(guidance.labels)
        limits = limits.above(ties).with_own(None, np.append(wide, ones))
    return replace(
        block,
        labels=[*block.labels, *guidance.labels],
        usage=sparse.vstack([block.usage, guidance.people], format="csr"),
        lower=np.append(block.lower, np.full(n_crews, NO_LOWER)),
        upper=np.append(block.upper, zeros),
        variables=variables.with_more(Variables(zeros, ones, [Fraction(0)] * n_crews)),
        variable_usage=sparse.hstack([sparse.vstack([own, below]), guides], format="csr"),
        # Whoever comes to a crew or leaves it moves its variable along.
        holders=None
        if block.holders is None
        else replace(block.holders.with_more(n_crews), holder=None),
        capacity=_Guided(block, capacity, guidance.people, guides[:n_rows]),
        limits=limits,
    )


class _Guided(CoachCapacity):
    """Coaches, some of whom give hours to whole crews."""

    def __init__(
        self,
        block: RowBlock,
        inner: CoachCapacity,
        people: sparse.csr_array,
        guides: sparse.csr_array,
    ) -> None:
        super().__init__(inner.coach, inner.first_coach_row, inner.rows)
        self._block, self._inner = block, inner
        self._is_anybody_served = block.usage.nnz > 0
        self._people, self._guides = people.tocsc(), guides.tocsc()

    def _less(self, crews: Ints) -> CoachCapacity | None:
        """Return what is left of coaches beside the guidance of crews; None where nobody knows."""
        upper = self._block.upper - np.where(self._block.upper >= NO_UPPER, 0, self._guides @ crews)
        less = self._inner.limited(self._block.lower, upper)
        return less if isinstance(less, CoachCapacity) else None

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        serving, crews = own[: self._block.n_own], own[self._block.n_own :]
        at = row = np.zeros(0, dtype=np.int64)
        if self._is_anybody_served:
            at, row = (self._less(crews) or self._inner).room(pairs, chosen, serving)
        usage = self._block.variable_usage
        used = 0 if usage is None else usage @ serving
        left = self._block.upper - used - self._guides @ crews
        more = [(at, row)]
        for place in np.setdiff1d(np.arange(pairs.size), at).tolist():
            pair = int(pairs[place])
            joined = self._people.indices[slice(*self._people.indptr[pair : pair + 2])]
            for crew in joined[crews[joined] == 0].tolist():
                entry = slice(*self._guides.indptr[crew : crew + 2])
                lacks = self._guides.data[entry] > left[self._guides.indices[entry]]
                rows = self._guides.indices[entry][lacks].astype(np.int64)
                more.append((np.full(rows.size, place), rows))
        places, rows_of = zip(*more, strict=True)
        return np.concatenate(places), np.concatenate(rows_of)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        if not self._is_anybody_served:
            return {}
        return self._inner.lift(chosen, own[: self._block.n_own], liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools] | None:
        crews = np.zeros(self._people.shape[0], dtype=np.int64)
        crews[self._people[:, chosen].indices] = 1
        if np.any(self._guides @ crews > self._block.upper):
            return None
        if not self._is_anybody_served:
            return crews, np.ones(chosen.size, dtype=np.bool_)
        less = self._less(crews)
        found = None if less is None else less.settle(chosen, columns)
        return None if found is None else (np.append(found[0], crews), found[1])
