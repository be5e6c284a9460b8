"""Openings take no more people than they have free positions."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.constraints.base import Rule, usage_column
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
from placement_opt.pairs.table import PairTable


class OpeningCapacity(Rule):
    r"""Each opening takes at most as many people as it has free positions.

    .. math:: \sum_{c} x_{co} \le \text{positions}_o

    An opening with 0 positions is closed. In a region with periods a placement takes a position in
    each period in which it runs. Source: the employer's own number; no law.
    """

    title: ClassVar[str] = "positions of an opening"
    title_nl: ClassVar[str] = "plekken van een vacature"
    rule: Literal["OpeningCapacity"] = "OpeningCapacity"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self:
        return cls()

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        free = zip(instance.opening_ids, instance.openings.positions.tolist(), strict=True)
        positions = {id_: Fraction(number) for id_, number in free}
        groups, at_most = grouped_while_running(pairs, "opening", positions)
        column = usage_column(self, pairs, None)
        return grouped_limit(self.title, Usage(groups, column, unit="placements"), at_most=at_most)

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        opening = plan.opening(placement)
        yield raised(opening, "positions", most_beside(plan, placement, "opening") + 1)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for opening_id, in_time in used_while_running(plan, "opening").items():
            positions = plan.instance.opening_of[opening_id].positions
            for period, taken in in_time.items():
                if taken > positions:
                    text = f"{taken} placements, {positions} free positions"
                    yield self.broken(in_period(opening_id, period), text)
