"""Placements share the hours of an opening, such as a job of 36 hours that two people split."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.while_running import (
    grouped_while_running,
    in_period,
    most_beside,
    used_while_running,
)
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.table import PairTable


class OpeningHours(Rule):
    r"""All placements of an opening work at most so many hours a week together.

    .. math:: \sum_{c} h_{co} x_{co} \le \text{hours\_total}_o

    `Opening.hours_total_per_week` of who gives it; others are free. In a region with periods it
    holds in each of them. Source: the employer's own number; no law.
    """

    title: ClassVar[str] = "hours of an opening in all"
    title_nl: ClassVar[str] = "uren van een vacature samen"
    rule: Literal["OpeningHours"] = "OpeningHours"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _limits(instance) else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        limits = _limits(instance)
        limited = np.array([id_ in limits for id_ in instance.opening_ids], dtype=np.bool_)
        hours = hours_where(pairs, limited[pairs.opening], self.title)
        groups, at_most = grouped_while_running(pairs, "opening", limits)
        return grouped_limit(
            self.title, Usage(groups, hours, unit="hours_per_week"), at_most=at_most
        )

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        opening, hours = plan.opening(placement), plan.hours_per_week(placement)
        if opening.hours_total_per_week is not None and hours is not None:
            taken = most_beside(plan, placement, "opening", "hours_per_week")
            yield raised(opening, "hours_total_per_week", taken + hours)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        limits = _limits(plan.instance)
        for opening_id, in_time in used_while_running(plan, "opening", "hours_per_week").items():
            most = limits.get(opening_id)
            for period, hours in in_time.items():
                if most is not None and hours > most:
                    text = f"{float(hours):g} hours a week, at most {float(most):g} in all"
                    yield self.broken(in_period(opening_id, period), text)


def _limits(instance: Instance) -> dict[str, Fraction]:
    return {
        opening.id: read_number(opening.hours_total_per_week)
        for opening in instance.region.openings
        if opening.hours_total_per_week is not None
    }
