"""Municipalities realise at least, and at most, so many sheltered places."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.constraints.base import Rule, prices_of_groups
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.limits import Prices
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan, Shortfall, Violation
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable

STANDARD_PRICE = 1_000


class ShelteredPlaces(Rule):
    r"""A municipality's people fill sheltered places (beschut werk) between minimum and maximum.

    .. math:: \text{minimum}_m \le \sum_{c \in m,\, o \text{ sheltered}} x_{co}
              \le \text{maximum}_m

    Parameters
    ----------
    shortfall_price
        Points for each place below the minimum, a number or {municipality: number}; None (the
        default) makes minimums hard, and so it is for municipalities that a mapping leaves out.
        `po.solve` uses 1,000.

    Raises
    ------
    InvalidInputError
        When a model with this rule is compiled, and a municipality has a maximum: for everybody
        who could take a sheltered place and has no municipality that it would count for.

    References
    ----------
    Participatiewet art. 10b(4)-(6): the minister may set a yearly minimum per municipality, the
    duty stops once the number is realised.
    """

    title: ClassVar[str] = "sheltered places of a municipality"
    title_nl: ClassVar[str] = "beschutte werkplekken van een gemeente"
    examples: ClassVar[Examples] = (
        {},
        {"shortfall_price": 1000},
        {"shortfall_price": {"M-1": 12.5}},
    )
    rule: Literal["ShelteredPlaces"] = "ShelteredPlaces"
    shortfall_price: Prices | None = None

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        named = _limits(instance, "minimum") or _limits(instance, "maximum")
        return cls(shortfall_price=STANDARD_PRICE) if named else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        row = {id_: row for row, id_ in enumerate(instance.municipality_ids)}
        most = _limits(instance, "maximum")
        if most:
            missing = Missing(pairs, self.title)
            homeless = instance.candidates.municipality == NOT_GIVEN
            in_sheltered = instance.openings.sheltered[pairs.opening]
            hint = "name the municipality that pays the sheltered place, or leave the person out"
            missing.candidates("municipality", homeless, in_sheltered, hint)
            missing.refuse()
        sheltered = instance.openings.sheltered[pairs.opening].astype(np.int8)
        home = grouped(pairs, "municipality")
        prices, _ = prices_of_groups(self, home, "municipality")
        return grouped_limit(
            self.title,
            Usage(home, Column(sheltered), unit="placements"),
            at_most={row[id_]: n for id_, n in most.items()},
            at_least={row[id_]: n for id_, n in _limits(instance, "minimum").items()},
            shortfall_price=prices,
        )

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        home = plan.instance.municipality_of.get(plan.candidate(placement).municipality or "")
        is_full = home is not None and home.sheltered_places_maximum is not None
        if home is not None and is_full and plan.opening(placement).sheltered:
            least = Fraction(_filled(plan).get(home.id, 0) + 1)
            yield raised(home, "sheltered_places_maximum", least)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        instance = plan.instance
        filled = _filled(plan)
        for municipality_id, most in _limits(instance, "maximum").items():
            if filled.get(municipality_id, 0) > most:
                yield self.broken(municipality_id, f"{filled[municipality_id]} filled, {most} wide")
        for municipality_id, least in _limits(instance, "minimum").items():
            count = filled.get(municipality_id, 0)
            if self.price_of(municipality_id) is None and count < least:
                yield self.broken(municipality_id, f"{count} filled, at least {least} due")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        filled = _filled(plan)
        for municipality_id, least in _limits(plan.instance, "minimum").items():
            short, price = least - filled.get(municipality_id, 0), self.price_of(municipality_id)
            if price is not None:
                yield Shortfall(municipality_id, max(Fraction(0), short), price)


def _limits(instance: Instance, end: str) -> dict[str, Fraction]:
    return {
        municipality.id: Fraction(getattr(municipality, f"sheltered_places_{end}"))
        for municipality in instance.region.municipalities
        if getattr(municipality, f"sheltered_places_{end}") is not None
    }


def _filled(plan: Plan) -> dict[str, int]:
    filled: dict[str, int] = {}
    for placement in plan.placements:
        municipality = plan.candidate(placement).municipality
        if plan.opening(placement).sheltered and municipality is not None:
            filled[municipality] = filled.get(municipality, 0) + 1
    return filled
