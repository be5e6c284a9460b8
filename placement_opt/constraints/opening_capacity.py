"""Openings take no more people than they have free positions."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.constraints.base import Rule, usage_column, used
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan, Violation
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable


class OpeningCapacity(Rule):
    r"""Each opening takes at most as many people as it has free positions.

    .. math:: \sum_{c} x_{co} \le \text{positions}_o

    An opening with 0 positions is closed. Source: the employer's own number; no law.
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
        positions = pairs.instance.openings.positions
        return grouped_limit(
            self.title,
            Usage(grouped(pairs, "opening"), usage_column(self, pairs, None), unit="placements"),
            at_most={row: Fraction(int(free)) for row, free in enumerate(positions)},
        )

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        opening = plan.opening(placement)
        taken = used(plan, "opening", None).get(opening.id, Fraction(0))
        yield raised(opening, "positions", taken + 1)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for opening_id, taken in used(plan, "opening", None).items():
            positions = plan.instance.opening_of[opening_id].positions
            if taken > positions:
                yield self.broken(opening_id, f"{taken} placements, {positions} free positions")
