"""Municipalities pay the wage-cost subsidy of their own candidates from a yearly budget."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.basics.quantities import read_number
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
    )
    rule: Literal["WageSubsidyBudget"] = "WageSubsidyBudget"
    employer_charges: Bool = False

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _budgets(instance) else None

    @property
    def uses(self) -> str:
        """The pair column that the budget pays."""
        charges = "_with_charges" if self.employer_charges else ""
        return f"subsidy{charges}_eur_per_year"

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
