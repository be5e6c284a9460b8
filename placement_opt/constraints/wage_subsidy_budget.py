"""Municipalities pay the wage-cost subsidy of their own candidates from a yearly budget."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import AssumptionRow
from placement_opt.constraints.base import Rule, used
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable
from placement_opt.records.fields import Bool


class WageSubsidyBudget(Rule):
    r"""The wage-cost subsidy (loonkostensubsidie) of a municipality's people fits its budget.

    .. math:: \sum_{c \in m} \text{subsidy}_{co} \, x_{co} \le \text{budget}_m

    Both sides are euros for twelve months at the region's date; the budget is what is free for
    this plan. Municipalities without a budget are free. Where the ground does not decide whether
    somebody is entitled, the subsidy is counted: a budget is never overspent.

    Parameters
    ----------
    unmeasured
        Whose wage value is not measured: ``"fixed"`` (the default) plans the law's fixed form, 50 %
        of the wage costs, and `result.assumptions` says for how many; ``"refuse"``: is bad input.
    employer_charges
        Whether the allowance for employer charges is paid from the same budget. Its share is not
        verified from 2020 on, and is then supplied with `Rulebook.with_parameter`.

    References
    ----------
    Participatiewet art. 10c and 10d: the municipality pays, by wage value (loonwaarde) and hours.
    """

    title: ClassVar[str] = "wage-subsidy budget of a municipality"
    title_nl: ClassVar[str] = "budget loonkostensubsidie van een gemeente"
    examples: ClassVar[Examples] = (
        {},
        {"employer_charges": True},
        {"employer_charges": True, "unmeasured": "refuse"},
    )
    rule: Literal["WageSubsidyBudget"] = "WageSubsidyBudget"
    employer_charges: Bool = False
    unmeasured: Literal["fixed", "refuse"] = "fixed"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _budgets(instance) else None

    @property
    def uses(self) -> str:
        """The pair column that the budget pays."""
        charges = "_with_charges" if self.employer_charges else ""
        planned = "planned_" if self.unmeasured == "fixed" else ""
        return f"{planned}subsidy{charges}_eur_per_year"

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        budgets = _budgets(instance)
        row = {id_: row for row, id_ in enumerate(instance.municipality_ids)}
        return grouped_limit(
            self.title,
            Usage(
                grouped(pairs, "municipality"),
                pair_column(pairs, self.uses, asked_by=self.title),
            ),
            at_most={row[id_]: budget for id_, budget in budgets.items()},
        )

    @override
    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        if self.unmeasured == "refuse" or "wage_value" in pairs.given:
            return
        law, silent = pairs.instance.rulebook, list[str]()
        budgets, has_pair = _budgets(pairs.instance), np.diff(pairs.candidate_start) > 0
        for person, is_eligible in zip(pairs.instance.candidate_records, has_pair, strict=True):
            opens = person.ground is None or law.ground(person.ground).wage_subsidy is not False
            if is_eligible and opens and person.wage_value is None:
                silent += [person.id] if person.municipality in budgets else []
        if silent and not pairs.given.keys() & {"subsidy_eur_per_year", self.uses}:
            count, percent = len(silent), round(100 * law.fraction("wage_subsidy.fixed_share"))
            told = f"{count:,} people have no measured wage value: the budget plans the fixed form"
            nl = f"van {count} mensen is de loonwaarde niet gemeten: het budget rekent forfaitair"
            yield AssumptionRow(
                rule=self.rule,
                about="wage_value",
                count=count,
                text=f"{told}, {percent}%",
                text_nl=f"{nl}, {percent} %",
            )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        spent = used(plan, "municipality", self.uses)
        for municipality_id, budget in _budgets(plan.instance).items():
            if spent.get(municipality_id, 0) > budget:
                yield self.broken(
                    municipality_id,
                    f"EUR {float(spent[municipality_id]):,.2f} a year spent,"
                    f" EUR {float(budget):,.2f} free",
                )


def _budgets(instance: Instance) -> dict[str, Fraction]:
    return {
        municipality.id: read_number(municipality.wage_subsidy_budget_eur_per_year)
        for municipality in instance.region.municipalities
        if municipality.wage_subsidy_budget_eur_per_year is not None
    }
