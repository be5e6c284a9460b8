"""Rows that count the coaches of each group, under the rows of coaching."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.constraints.coaching_capacity import CoachCapacity
from placement_opt.formulation.capacity import Capacity, Columns, Lacking
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits


@dataclass(frozen=True, eq=False)
class Few:
    """The groups with a limit.

    Parameters
    ----------
    code
        The group of each pair, shape (E,); -1 for a group without a limit, or none.
    labels
        The groups.
    most
        Most coaches by position in the labels.
    """

    code: Indices
    labels: Sequence[str]
    most: Mapping[int, Fraction]


@dataclass(frozen=True, eq=False)
class _Links:
    """Which variables of coaching bring which coach to which group.

    Parameters
    ----------
    served
        Variables of coaching that are about a group with a limit, shape (S,).
    link
        The (group, coach) of each, shape (S,).
    group, coach
        The L links, sorted by group; groups are positions in `groups`.
    groups
        Positions of the groups in the labels, ascending, shape (G,).
    row_of_pair
        The row of coaching that holds each pair, shape (E,); -1 for none.
    coach_of
        Coach of each variable of coaching, shape (V,); -1 where it serves no pair.
    serves
        The row that each variable serves, shape (V,).
    """

    served: Ints
    link: Ints
    group: Ints
    coach: Ints
    groups: Ints
    row_of_pair: Ints
    coach_of: Ints
    serves: Ints

    @classmethod
    def of(cls, block: RowBlock, few: Few, n_coaches: int) -> "_Links | None":
        """Read them from the rows of coaching."""
        holders, capacity = block.holders, block.capacity
        if holders is None or not isinstance(capacity, CoachCapacity):
            return None
        usage, n_rows = block.usage, len(block)
        row_of_pair = np.full(usage.shape[1], -1, dtype=np.int64)
        # The rows of coaches are below those that hold the pairs they serve.
        n_served = usage.indptr[capacity.first_coach_row]
        rows = np.repeat(np.arange(n_rows), np.diff(usage.indptr))
        row_of_pair[usage.indices[:n_served]] = rows[:n_served]
        coach_of = np.full(block.n_own, -1)
        coach_of[: capacity.coach.size] = capacity.coach
        group_of_row = np.full(n_rows + 1, -1, dtype=np.int64)
        known = np.flatnonzero(row_of_pair >= 0)
        group_of_row[row_of_pair[known]] = few.code[known]
        group_of = group_of_row[holders.row]
        served = np.flatnonzero(group_of >= 0)
        key, link = np.unique(group_of[served] * n_coaches + coach_of[served], return_inverse=True)
        groups, group = np.unique(key // max(n_coaches, 1), return_inverse=True)
        return cls(
            served,
            link,
            group,
            key % max(n_coaches, 1),
            groups,
            row_of_pair,
            coach_of,
            holders.row,
        )


def few_coaches_rows(
    block: RowBlock, few: Few, coach_ids: Sequence[str], price: Fraction | None
) -> RowBlock:
    """Return the rows of coaching, and those that count who comes to each group.

    Parameters
    ----------
    block
        The rows of coaching, in which all pairs of a row are of one group.
    few
        The groups.
    coach_ids
        Ids of the coaches, in the order of their rows.
    price
        Points for each coach beyond the limit; None where there may be none.
    """
    links = _Links.of(block, few, len(coach_ids))
    own, variables, holders = block.variable_usage, block.variables, block.holders
    if links is None or not links.served.size or own is None or variables is None:
        return block
    n_links, names = links.group.size, [few.labels[group] for group in links.groups.tolist()]
    most = np.array([int(few.most[group]) for group in links.groups.tolist()], dtype=np.int64)
    n_priced = 0 if price is None else most.size
    more = Variables(
        np.zeros(n_links + n_priced, dtype=np.int64),
        np.repeat([1, len(coach_ids)], [n_links, n_priced]).astype(np.int64),
        [Fraction(0)] * n_links + [-(price or Fraction(0))] * n_priced,
    )
    wide = None if block.limits is None else block.limits.own_upper
    wide = variables.upper if wide is None else wide
    ties = _ties(links, names, coach_ids)
    allowed = [Fraction(one) for one in most.tolist()]
    limit = RowLimits.of(names, "coaches", size=Fraction(-1), most=allowed)
    told = RowLimits.ties(ties).above(limit)
    is_used = np.arange(block.n_own + len(more)) < block.n_own + n_links
    n_pairs, n_served, n_more = block.usage.shape[1], links.served.size, len(ties) + most.size
    nothing = sparse.csr_array((n_more, n_pairs), dtype=block.usage.dtype)
    beside = sparse.csr_array((len(block), len(more)), dtype=np.int64)
    whole = [sparse.hstack([own, beside]), _below(links, wide, block.n_own, n_priced)]
    lower = np.full(n_more, NO_LOWER, dtype=np.int64)
    lower[n_served:] = np.append(np.zeros(n_links, np.int64), -most)
    upper = np.append(np.zeros(n_served, np.int64), np.full(n_links + most.size, NO_UPPER))
    return replace(
        block,
        labels=[*block.labels, *ties, *names],
        usage=sparse.vstack([block.usage, nothing], format="csr"),
        lower=np.append(block.lower, lower),
        upper=np.append(block.upper, upper),
        variables=variables.with_more(more),
        variable_usage=sparse.vstack(whole, format="csr"),
        # A coach who is new to a group moves the group's own variables along.
        holders=None if holders is None else replace(holders.with_more(len(more)), holder=None),
        capacity=_FewRoom(block, links, most, is_priced=price is not None),
        limits=None
        if block.limits is None
        else block.limits.above(told).with_own(is_used, np.append(wide, more.upper)),
    )


def _below(links: _Links, wide: Ints, n_own: int, n_priced: int) -> sparse.csr_array:
    """Return the coefficients of all own variables in the rows of links and groups.

    First n <= most * y for each variable of coaching, then sum of n >= y for each link, so that y
    is what the coaches of a plan make it; then what is paid for each group, less the sum of y.
    """
    n_served, n_links, n_groups = links.served.size, links.group.size, links.groups.size
    tie, each = np.arange(n_served), np.arange(n_links)
    coming, beyond = n_own + each, n_own + n_links + np.arange(n_priced)
    entries = [
        (tie, links.served, np.ones(n_served)),
        (tie, coming[links.link], -np.maximum(wide[links.served], 1)),
        (n_served + links.link, links.served, np.ones(n_served)),
        (n_served + each, coming, -np.ones(n_links)),
        (n_served + n_links + links.group, coming, -np.ones(n_links)),
        (n_served + n_links + np.arange(n_priced), beyond, np.ones(n_priced)),
    ]
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    shape = (n_served + n_links + n_groups, n_own + n_links + n_priced)
    return sparse.coo_array((value.astype(np.int64), (row, column)), shape=shape).tocsr()


def _ties(links: _Links, names: Sequence[str], coach_ids: Sequence[str]) -> list[str]:
    link = [
        f"{coach_ids[k]} at {names[g]}"
        for g, k in zip(links.group.tolist(), links.coach.tolist(), strict=True)
    ]
    return [*(f"{link[one]} comes" for one in links.link.tolist()), *link]


class _FewRoom(Capacity):
    """Coaches of groups that few of them come to."""

    def __init__(self, block: RowBlock, links: _Links, most: Ints, *, is_priced: bool) -> None:
        self._block, self._links, self._most = block, links, most
        self._is_priced = is_priced

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        block, links = self._block, self._links
        if block.capacity is None:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        at, row = block.capacity.room(pairs, chosen, own[: block.n_own])
        if self._is_priced:
            return at, row
        comes = own[block.n_own : block.n_own + links.group.size] > 0
        is_full = np.bincount(links.group[comes], minlength=self._most.size) >= self._most
        shut = links.served[(is_full[links.group] & ~comes)[links.link]]
        fits = self._fits(own[: block.n_own])
        fits[shut] = False
        may_be = np.bincount(links.serves[fits & (links.coach_of >= 0)], minlength=len(block)) > 0
        is_group = np.full(len(block), -1, dtype=np.int64)
        is_group[links.serves[links.served]] = links.group[links.link]
        asked = links.row_of_pair[pairs]
        # Who lacks nothing of the coaches themselves lacks one of those who come to the group.
        lacks = (asked >= 0) & ~may_be[asked] & (is_group[asked] >= 0)
        lacks[at] = False
        first = len(block) + links.served.size + links.group.size
        more = np.flatnonzero(lacks)
        return np.append(at, more), np.append(row, first + is_group[asked[more]])

    def _fits(self, own: Ints) -> Bools:
        """Tell which variables of coaching have hours and a head left at their coach."""
        block, capacity = self._block, self._block.capacity
        fits = np.ones(block.n_own, dtype=np.bool_)
        if block.variable_usage is not None and isinstance(capacity, CoachCapacity):
            asks = block.variable_usage[capacity.first_coach_row :]
            left = block.upper[capacity.first_coach_row :] - asks @ own
            each = asks.tocoo()
            fits[each.col[each.data > left[each.row]]] = False
        return fits

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        inner = self._block.capacity
        return {} if inner is None else inner.lift(chosen, own[: self._block.n_own], liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools] | None:
        block, links = self._block, self._links
        found = None if block.capacity is None else block.capacity.settle(chosen, columns)
        if found is None:
            return None
        own, served = found
        comes = np.zeros(links.group.size, dtype=np.int64)
        comes[links.link[own[links.served] > 0]] = 1
        count = np.bincount(links.group[comes > 0], minlength=self._most.size)
        beyond = np.maximum(count - self._most, 0)
        if self._is_priced:
            return np.concatenate([own, comes, beyond]), served
        return None if beyond.any() else (np.append(own, comes), served)
