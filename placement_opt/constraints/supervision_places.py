"""Employers supervise no more newcomers than they have places for."""

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


class SupervisionPlaces(Rule):
    r"""Each employer takes at most as many people as it can supervise at the workplace.

    .. math:: \sum_{p \in \text{employer}} x_p \le \text{supervision places}

    Guidance on the work floor (werkbegeleiding) comes from the employer's own people and is apart
    from job coaching. Every placement takes one place, in each period in which it runs where the
    region has periods; employers that do not say how many they have are free.
    """

    title: ClassVar[str] = "supervision places of an employer"
    title_nl: ClassVar[str] = "begeleidingsplekken van een werkgever"
    rule: Literal["SupervisionPlaces"] = "SupervisionPlaces"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        named = any(e.supervision_places is not None for e in instance.region.employers)
        return cls() if named else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        given = (
            (id_, instance.employer_of[id_].supervision_places) for id_ in instance.employer_ids
        )
        places = {id_: Fraction(number) for id_, number in given if number is not None}
        groups, at_most = grouped_while_running(pairs, "employer", places)
        column = usage_column(self, pairs, None)
        return grouped_limit(self.title, Usage(groups, column, unit="placements"), at_most=at_most)

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        employer = plan.employer(placement)
        if employer is not None and employer.supervision_places is not None:
            taken = most_beside(plan, placement, "employer")
            yield raised(employer, "supervision_places", taken + 1)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for employer_id, in_time in used_while_running(plan, "employer").items():
            places = plan.instance.employer_of[employer_id].supervision_places
            for period, taken in in_time.items():
                if places is not None and taken > places:
                    text = f"{taken} placements, {places} supervision places"
                    yield self.broken(in_period(employer_id, period), text)
