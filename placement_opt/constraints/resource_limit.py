"""A limited resource of any kind: the door for rules that the library does not know."""

import math
from collections.abc import Collection, Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from typing_extensions import override

from placement_opt.basics.errors import Findings, Problem
from placement_opt.basics.rows import RemarkRow
from placement_opt.constraints.base import (
    Rule,
    limit_of_group,
    plain_limits,
    prices_of_groups,
    usage_column,
    used,
)
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.limits import Limits, Per, Prices, unfit_groups
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.unused_labels import unused_labels
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.groupings import group_text
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, plain
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable
from placement_opt.records.fields import Label


class ResourceLimit(Rule):
    r"""The placements of a group use at most, or at least, so much of something.

    .. math:: \text{minimum}_g \le \sum_{p \in g} u_p x_p \le \text{limit}_g

    Source: the user's own; no law.

    Parameters
    ----------
    uses
        Pair column that is summed, values >= 0; None counts placements.
    per
        How placements are grouped: ``"candidate"``, ``"opening"``, ``"employer"``,
        ``"municipality"`` (the candidate's), ``"opening_municipality"``, ``"sector"``,
        ``"region"``, a group of your own records (``"candidate.neighbourhood"``,
        ``"opening.site"``, ``"employer.chain"``), a pair column of labels, ``"variant"``, in a
        region with periods ``"period"`` (each in which a placement runs) and ``"start_period"``, or
        a tuple of these: a group for each combination that occurs. Who has no label is in no group.
    limits, minimums
        One number for every group, or {group: number}, with a tuple of labels for a tuple `per`;
        groups left out are free. A named group
        without pairs uses 0: a minimum there is infeasible or costs its whole shortfall, and a
        limit there is told in `result.remarks`, and by a `PlacementWarning` where it looks like a
        slip.
    shortfall_price
        Points for each unit that a minimum is short, a number or {group: number}; None (the
        default) makes minimums hard, and so it is for groups that a mapping leaves out.

    Examples
    --------
    >>> ResourceLimit(uses="weight", per="opening", limits={"O-1": 38}).limits
    {'O-1': 38}
    """

    title: ClassVar[str] = "resource limit"
    title_nl: ClassVar[str] = "grens aan een middel"
    examples: ClassVar[Examples] = (
        {"per": "opening", "limits": 1},
        {"per": "crew", "limits": {"red": 1, "nobody": 0}, "minimums": {"blue": 1}},
        {"per": "crew", "minimums": {"nobody": 1}},
        {"uses": "weight", "per": "region", "limits": 3.000001, "minimums": 1.5},
        {"uses": "weight", "per": "municipality", "minimums": 2.5, "shortfall_price": 4.5},
        {
            "uses": "hours_per_week",
            "per": "employer",
            "limits": {"E-0": 36},
            "minimums": 20,
            "shortfall_price": 0.333333,
        },
        {"uses": "wage_value", "per": "candidate", "limits": {"C-0": 0.9}},
        {"uses": "subsidy_eur_per_year", "per": "sector", "limits": {"market": 9000.01}},
        {"uses": "coaching_hours_per_week", "per": "opening_municipality", "limits": 3.825},
        {"per": "candidate.area", "limits": {"north": 1}, "minimums": 1, "shortfall_price": 3},
        {"per": ("employer", "candidate.area"), "limits": 1},
        {
            "per": ("opening.site", "crew", "candidate.area"),
            "limits": {("dock", "red", "north"): 0, ("dock", "nobody", "north"): 0},
            "minimums": 1,
            "shortfall_price": {("dock", "blue", "south"): 2.5, ("quay", "red", "north"): 1},
        },
        {"per": "municipality", "minimums": 1, "shortfall_price": {"M-1": 2}},
    )
    rule: Literal["ResourceLimit"] = "ResourceLimit"
    uses: Label | None = None
    per: Per
    limits: Limits | None = None
    minimums: Limits | None = None
    shortfall_price: Prices | None = None

    @property
    @override
    def key(self) -> tuple[str, ...]:
        return (self.rule, group_text(self.per), self.uses or "")

    @property
    @override
    def summed_columns(self) -> frozenset[str]:
        return frozenset() if self.uses is None else frozenset({self.uses})

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        if "per" not in unread:
            fields = {"limits", "minimums", "shortfall_price"}.difference(unread)
            yield from unfit_groups(self, self.per, sorted(fields))

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        findings = Findings()
        with findings.gathered():
            column = usage_column(self, pairs, self.uses)
        with findings.gathered():
            groups = grouped(pairs, self.per, self.rule)
            with findings.gathered():
                at_most, groups = limit_of_group(self, "limits", self.limits, groups, self.per)
            with findings.gathered():
                at_least, groups = limit_of_group(self, "minimums", self.minimums, groups, self.per)
            prices, groups = prices_of_groups(self, groups, self.per)
        findings.refuse()
        return grouped_limit(
            self.title,
            Usage(groups, column, unit=self.uses or "placements"),
            at_most=at_most,
            at_least=at_least,
            shortfall_price=prices,
        )

    @override
    def remarks(self, pairs: PairTable) -> Iterator[RemarkRow]:
        yield from unused_labels(self, self.per, self.limits, pairs)

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        limits, sums = plain_limits(plan, self.limits, self.per), used(plan, self.per, self.uses)
        amount = plan.amount(placement, self.uses) or Fraction(0)
        asked = {
            group: sums.get(group, Fraction(0)) + amount
            for group in plan.groups(placement, self.per)
            if group in limits
        }
        full = [group for group, least in asked.items() if least > limits[group]]
        group = (full or [*asked])[0] if asked else None
        if group is None or not amount or len(full) > 1:  # none is enough by itself
            return
        least, limit = asked[group], limits[group]
        more = Fraction(max(1, math.ceil(least - limit)))
        after = {label: plain(of) for label, of in (limits | {group: limit + more}).items()}
        yield RecordChange(
            "rule",
            " ".join(self.key),
            "limits",
            plain(limit),
            plain(limit + more),
            after,
            more,
            key=group_text(group),
            unit=Fraction(1),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        sums = used(plan, self.per, self.uses)
        for label, limit in plain_limits(plan, self.limits, self.per).items():
            if sums.get(label, 0) > limit:
                yield self.broken(label, f"{float(sums[label]):g} used, at most {float(limit):g}")
        for label, limit in plain_limits(plan, self.minimums, self.per).items():
            if self.price_of(label) is None and sums.get(label, 0) < limit:
                amount = float(sums.get(label, Fraction(0)))
                yield self.broken(label, f"{amount:g} used, at least {float(limit):g}")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        sums = used(plan, self.per, self.uses)
        for label, limit in plain_limits(plan, self.minimums, self.per).items():
            short, price = limit - sums.get(label, Fraction(0)), self.price_of(label)
            if price is not None:
                yield Shortfall(group_text(label), max(Fraction(0), short), price)
