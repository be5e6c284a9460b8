"""A calm intake: as many people start in one period as in the next, or nearly."""

from collections.abc import Collection, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, ClassVar, Literal

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.errors import Problem
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.limits import Per
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.groupings import Group, each_way, group_text
from placement_opt.instance.in_time import IN_TIME
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable
from placement_opt.records.readers import Quantity

STARTS = "starts more than before"
FEWER = "starts fewer than before"


class SmoothIntake(Rule):
    r"""The starts of a group in successive periods differ by little, or what differs costs points.

    .. math:: \left| \sum_{p \in g,\, t + 1} x_p - \sum_{p \in g,\, t} x_p \right|
              \le m + s_{gt}, \qquad \text{gain} = -\text{price} \cdot s_{gt}

    where the sums count the placements of group g that start in a period. Groups without a label
    are free. Source: practice; an employer or a chain takes in newcomers at a steady pace.

    Parameters
    ----------
    per
        What a group is, such as ``"employer"``, ``"region"`` or ``"employer.chain"``; a tuple of
        names is one group for each combination.
    max_change
        Most that the numbers of two successive periods differ by, m. None counts as 0, with a
        price.
    price
        Points for each start beyond that; None (the default) allows none beyond it.

    Examples
    --------
    >>> SmoothIntake(per="employer", max_change=2).max_change
    2
    """

    title: ClassVar[str] = "calm intake"
    title_nl: ClassVar[str] = "rustige instroom"
    keeps_out: ClassVar[tuple[str, str] | None] = (
        "asks for as many starts before and after",
        "vraagt evenveel starts ervoor en erna",
    )
    examples: ClassVar[Examples] = (
        {"per": "region", "max_change": 1},
        {"per": "employer", "price": 2.5},
        {"per": ("employer", "candidate.area"), "max_change": 1, "price": 0.333333},
        {"per": "crew", "max_change": 0},
    )
    rule: Literal["SmoothIntake"] = "SmoothIntake"
    per: Per
    max_change: Annotated[int, Quantity(0, 10**9, 0, "starts")] | None = None
    price: Annotated[float, Quantity(0, 10**12, 6, "points per start", Digits.FACTOR)] | None = None

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        is_silent = self.max_change is None and self.price is None
        if is_silent and not {"max_change", "price"} & {*unread}:
            hint = "give the most that starts may change by, or the points of each beyond it"
            expected = "must be given where there is no price"
            yield Problem("rule", self.rule, "max_change", None, expected, hint)
        if "per" not in unread and {*each_way(self.per)} & {*IN_TIME}:
            hint = "name what is taken in: periods are compared by themselves"
            yield Problem("rule", self.rule, "per", self.per, "must not name periods", hint)

    @override
    def problems(self, instance: Instance) -> Iterator[Problem]:
        if not instance.region.periods:
            expected = f"must be given, since {self.title} compares them"
            hint = "give the region periods, such as the quarters of a year, or leave the rule out"
            yield Problem("region", instance.region.name, "periods", None, expected, hint)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        ids = [period.id for period in pairs.instance.region.periods]
        n_steps = len(ids) - 1
        if pairs.start is None or n_steps < 1:
            return None
        groups = grouped(pairs, self.per, self.rule)
        known = np.flatnonzero(groups.code >= 0)
        used, code = np.unique(groups.code[known], return_inverse=True)
        if not used.size:
            return None
        start = pairs.start[known].astype(np.int64)
        later, earlier = start > 0, start < n_steps
        row = code.astype(np.int64) * n_steps + start
        rows = np.concatenate([row[later] - 1, row[earlier]])
        ones = np.repeat([1, -1], [later.sum(), earlier.sum()])
        shape = (used.size * n_steps, pairs.n_pairs)
        places = rows, np.concatenate([known[later], known[earlier]])
        change = sparse.csr_array((ones, places), shape=shape)
        labels = [
            group_text(in_period(groups.labels[group], after))
            for group in used.tolist()
            for after in ids[1:]
        ]
        return self._rows(change, labels)

    def _rows(self, change: sparse.csr_array, labels: list[str]) -> RowBlock:
        """Return rows for what starts beyond the period before, then for what starts fewer."""
        n_rows, most = len(labels), self.max_change or 0
        each = [Fraction(most)] * n_rows
        told = RowLimits.of(labels, STARTS, size=Fraction(-1), most=each)
        told = told.above(RowLimits.of(labels, FEWER, size=Fraction(-1), most=each))
        both = narrow_rows(sparse.vstack([-change, change], format="csr"))
        lower, upper = np.full(2 * n_rows, -most), np.full(2 * n_rows, NO_UPPER)
        names = [f"{label}: {way}" for way in ("more", "fewer") for label in labels]
        if self.price is None:
            return RowBlock(self.title, names, both, lower, upper, limits=told)
        reach = np.diff(change.indptr).astype(np.int64)  # beyond this no sum goes
        one = sparse.eye_array(n_rows, dtype=np.int64, format="csr")
        return RowBlock(
            self.title,
            names,
            both,
            lower,
            upper,
            Variables(
                np.zeros(n_rows, dtype=np.int64),
                reach,
                [-read_number(self.price)] * n_rows,
                follow=True,
            ),
            sparse.vstack([one, one], format="csr"),
            limits=told.with_own(np.zeros(n_rows, dtype=np.bool_)),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        if self.price is None:
            for group, before, after in self._starts(plan):
                if abs(after - before) > (self.max_change or 0):
                    text = f"{after} starts after {before}, at most {self.max_change} apart"
                    yield self.broken(group, text)

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        if self.price is not None:
            for group, before, after in self._starts(plan):
                beyond = max(0, abs(after - before) - (self.max_change or 0))
                yield Shortfall(group_text(group), Fraction(beyond), read_number(self.price))

    def _starts(self, plan: Plan) -> Iterator[tuple[Group, int, int]]:
        """Yield each group in each period but the first, with the starts before it and in it."""
        counts: dict[Group, dict[str, int]] = {}
        for placement in plan.placements:
            group = plan.group(placement, self.per)
            if group is not None:
                start = plan.run(placement)[0].id
                of_group = counts.setdefault(group, {})
                of_group[start] = of_group.get(start, 0) + 1
        for group, starts in counts.items():
            for before, after in pairwise(plan.instance.region.periods):
                numbers = starts.get(before.id, 0), starts.get(after.id, 0)
                yield in_period(group, after.id), *numbers
