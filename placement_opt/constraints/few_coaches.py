"""Few different coaches come to an employer, or to another group: so many, or each at a price."""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Indices
from placement_opt.basics.errors import Findings, Problem
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.base import limit_of_group, plain_limits
from placement_opt.constraints.coaching import Coaching
from placement_opt.constraints.few_coaches_rows import Few, few_coaches_rows
from placement_opt.constraints.limits import Counts, Per
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.groupings import Group, each_way, group_text
from placement_opt.instance.in_time import PERIOD
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable
from placement_opt.records.readers import Quantity

CoachPrice = Annotated[float, Quantity(0, 10**12, 6, "points per coach", Digits.FACTOR)]


class FewCoaches(Coaching):
    r"""At most so many different coaches come to a group, or each beyond that number costs points.

    The rule names the coaches and asks all that `Coaching` asks, whose place it takes in a model.
    Of each class of people a group is a class of its own; y says who comes to group g:

    .. math:: n_{tk} \le |t| \, y_{gk} \quad \text{for each class } t \text{ of } g, \qquad
              \sum_k y_{gk} - s_g \le \text{most}_g, \qquad \text{gain} = -\text{price} \cdot s_g

    A coach counts once for a group, however many people of it he or she serves, and in whichever
    periods of a region that has some. A model has one such rule. Source: practice; employers ask
    for one face, whichever people they take.

    Parameters
    ----------
    per
        What a group is, ``"employer"`` by default; a tuple of names is one group for each
        combination.
    at_most
        Most coaches: a number for every group, or a mapping {group: number}; groups left out are
        free.
    price
        Points for each coach beyond that number; None, the default, allows none beyond it.
    unknown_share
        As in `Coaching`.

    Examples
    --------
    >>> FewCoaches(at_most=2, price=50).per
    'employer'
    """

    title: ClassVar[str] = "few coaches"
    title_nl: ClassVar[str] = "weinig jobcoaches"
    replaces: ClassVar[frozenset[str]] = frozenset({"Coaching"})
    examples: ClassVar[Examples] = (
        {"at_most": 1},
        {"at_most": {"E-0": 1}, "price": 2.5},
        {"per": "region", "at_most": 1},
        {"per": ("employer", "municipality"), "at_most": 0, "price": 0.333333},
        {"per": "crew", "at_most": {"red": 1, "nobody": 0}},
        {"at_most": 0},
    )
    rule: Literal["FewCoaches"] = "FewCoaches"  # type: ignore[assignment]
    per: Per = "employer"
    at_most: Counts
    price: CoachPrice | None = None

    @override
    def contradictions(self, unread: Collection[str] = ()) -> Iterator[Problem]:
        yield from super().contradictions(unread)
        if "per" not in unread and PERIOD in each_way(self.per):
            hint = "leave the period out: a coach counts once for all periods"
            yield Problem("rule", self.rule, "per", self.per, "must not name periods", hint)

    @property
    @override
    def key(self) -> tuple[str, ...]:
        return (self.rule,)  # two of them would name two coaches for one person

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return None

    @override
    def kept_apart(self, pairs: PairTable, coached: Indices) -> Indices:
        return self._few(pairs).code[coached]

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        block = super().lower(pairs)
        if block is None:
            return None
        price = None if self.price is None else read_number(self.price)
        return few_coaches_rows(block, self._few(pairs), pairs.instance.coach_ids, price)

    def _few(self, pairs: PairTable) -> Few:
        """Return the groups that have a limit: which pairs are in each, and how many coaches."""
        findings = Findings()
        with findings.gathered():
            groups = grouped(pairs, self.per, self.rule)
            most, groups = limit_of_group(self, "at_most", self.at_most, groups, self.per)
        findings.refuse()
        is_limited = np.zeros(len(groups.labels) + 1, dtype=np.bool_)
        is_limited[list(most)] = True
        code = np.where(is_limited[groups.code], groups.code, -1).astype(np.int32)
        return Few(code, [group_text(label) for label in groups.labels], most)

    @override
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        """Yield more hours or a larger caseload of each coach who may come to the group."""
        group = plan.group(placement, self.per)
        there = self._coaches(plan).get(group, set()) if group is not None else set[str]()
        limit = self._limits(plan).get(group) if group is not None else None
        is_full = self.price is None and limit is not None and len(there) >= limit
        for change in super().more_room(plan, placement):
            if not is_full or change.record in there:
                yield change

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        yield from super().violations(plan)
        if self.price is None:
            for group, most, there in self._counted(plan):
                if len(there) > most:
                    text = f"{len(there)} coaches, at most {float(most):g}"
                    yield self.broken(group, f"{text}: {', '.join(sorted(there))}")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        if self.price is not None:
            for group, most, there in self._counted(plan):
                beyond = max(Fraction(0), len(there) - most)
                yield Shortfall(group_text(group), beyond, read_number(self.price))

    def _counted(self, plan: Plan) -> Iterator[tuple[Group, Fraction, set[str]]]:
        coaches = self._coaches(plan)
        for group, most in self._limits(plan).items():
            yield group, most, coaches.get(group, set())

    def _limits(self, plan: Plan) -> Mapping[Group, Fraction]:
        return plain_limits(plan, self.at_most, self.per)

    def _coaches(self, plan: Plan) -> dict[Group, set[str]]:
        """Return the coaches of each group in a plan, by a plain reading."""
        coaches: dict[Group, set[str]] = {}
        for placement in plan.placements:
            group = plan.group(placement, self.per)
            if group is not None and placement.coach_id is not None:
                coaches.setdefault(group, set()).add(placement.coach_id)
        return coaches
