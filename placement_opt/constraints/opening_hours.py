"""Placements share the hours of an opening, such as a job of 36 hours that two people split."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule, used
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan, Violation
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.table import PairTable


class OpeningHours(Rule):
    r"""All placements of an opening work at most so many hours a week together.

    .. math:: \sum_{c} h_{co} x_{co} \le \text{hours\_total}_o

    `Opening.hours_total_per_week` of who gives it; others are free. Source: the employer's own
    number; no law.
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
        return grouped_limit(
            self.title,
            Usage(
                grouped(pairs, "opening"),
                hours_where(pairs, limited[pairs.opening], self.title),
                unit="hours_per_week",
            ),
            at_most={instance.opening_idx(id_): limit for id_, limit in limits.items()},
        )

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        opening, hours = plan.opening(placement), plan.hours_per_week(placement)
        if opening.hours_total_per_week is not None and hours is not None:
            taken = used(plan, "opening", "hours_per_week").get(opening.id, Fraction(0))
            yield raised(opening, "hours_total_per_week", taken + hours)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        limits = _limits(plan.instance)
        for opening_id, hours in used(plan, "opening", "hours_per_week").items():
            most = limits.get(opening_id)
            if most is not None and hours > most:
                text = f"{float(hours):g} hours a week, at most {float(most):g} in all"
                yield self.broken(opening_id, text)


def _limits(instance: Instance) -> dict[str, Fraction]:
    return {
        opening.id: read_number(opening.hours_total_per_week)
        for opening in instance.region.openings
        if opening.hours_total_per_week is not None
    }
