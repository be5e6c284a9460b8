"""Municipalities realise at least, and at most, so many sheltered places."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.constraints.base import Rule, prices_of_groups
from placement_opt.constraints.grouped_limit import Usage, grouped_limit, stacked
from placement_opt.constraints.limits import Prices
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.while_running import grouped_while_running, in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records import Period

STANDARD_PRICE = 1_000


class ShelteredPlaces(Rule):
    r"""A municipality's people fill sheltered places (beschut werk) between minimum and maximum.

    .. math:: \text{minimum}_m \le \sum_{c \in m,\, o \text{ sheltered}} x_{co}
              \le \text{maximum}_m

    In a region with periods the maximum holds in each of them, the minimum in the last.

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
        at_least = {row[id_]: n for id_, n in _limits(instance, "minimum").items()}
        usage = Usage(home, Column(sheltered), unit="placements")
        if pairs.end is None:
            at_most = {row[id_]: n for id_, n in most.items()}
            return grouped_limit(
                self.title, usage, at_most=at_most, at_least=at_least, shortfall_price=prices
            )
        in_time, of_row = grouped_while_running(pairs, "municipality", most)
        at_the_end = Column(sheltered * (pairs.end == len(instance.region.periods)))
        parts = [
            grouped_limit(self.title, replace(usage, groups=in_time), at_most=of_row),
            grouped_limit(
                self.title,
                replace(usage, column=at_the_end),
                at_least=at_least,
                shortfall_price=prices,
            ),
        ]
        found = [part for part in parts if part is not None]
        return stacked(self.title, found) if found else None

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        home = plan.instance.municipality_of.get(plan.candidate(placement).municipality or "")
        is_full = home is not None and home.sheltered_places_maximum is not None
        if home is not None and is_full and plan.opening(placement).sheltered:
            run = plan.run(placement) or (None,)
            least = Fraction(max(_filled(plan, period).get(home.id, 0) for period in run) + 1)
            yield raised(home, "sheltered_places_maximum", least)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        instance = plan.instance
        for period in instance.region.periods or (None,):
            in_time = _filled(plan, period)
            for municipality_id, most in _limits(instance, "maximum").items():
                count = in_time.get(municipality_id, 0)
                if count > most:
                    about = in_period(municipality_id, None if period is None else period.id)
                    yield self.broken(about, f"{count} filled, {most} wide")
        filled = _filled_at_the_end(plan)
        for municipality_id, least in _limits(instance, "minimum").items():
            count = filled.get(municipality_id, 0)
            if self.price_of(municipality_id) is None and count < least:
                yield self.broken(municipality_id, f"{count} filled, at least {least} due")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        filled = _filled_at_the_end(plan)
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


def _filled_at_the_end(plan: Plan) -> dict[str, int]:
    periods = plan.instance.region.periods
    return _filled(plan, periods[-1] if periods else None)


def _filled(plan: Plan, period: Period | None) -> dict[str, int]:
    """Count the sheltered places that are filled in a period, by municipality."""
    filled: dict[str, int] = {}
    for placement in plan.placements:
        municipality = plan.candidate(placement).municipality
        runs = period is None or period in plan.run(placement)
        if runs and plan.opening(placement).sheltered and municipality is not None:
            filled[municipality] = filled.get(municipality, 0) + 1
    return filled
