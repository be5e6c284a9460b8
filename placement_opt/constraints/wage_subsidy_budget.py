"""Municipalities pay the wage-cost subsidy of their own candidates from a yearly budget."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import AssumptionRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.by_year import limits_by_year
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.in_time import calendar_years, share_of_year
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement, Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.fields import Bool

CHARGES = "wage_subsidy.employer_charges"
OWN = "subsidy_eur_per_year"
OWN_WITH_CHARGES = "subsidy_with_charges_eur_per_year"


class WageSubsidyBudget(Rule):
    r"""The wage-cost subsidy (loonkostensubsidie) of a municipality's people fits its budget.

    .. math:: \sum_{c \in m} \text{subsidy}_{co} \, x_{co} \le \text{budget}_m

    Both sides are euros for twelve months at the region's date; the budget is what is free for
    this plan. Municipalities without a budget are free. Where the ground does not decide whether
    somebody is entitled, the subsidy is counted: a budget is never overspent. In a region with
    periods each calendar year has the budget, and pays a placement for the share of its days in
    which it runs.

    Parameters
    ----------
    unmeasured
        Whose wage value is not measured: ``"fixed"`` (the default) plans the law's fixed form, 50 %
        of the wage costs, and `result.assumptions` says for how many; ``"refuse"``: is bad input.
    employer_charges
        Whether the allowance for employer charges is paid from the same budget. None (the default)
        takes the rulebook's share where it knows one, and a `subsidy_eur_per_year` of your own as
        it is; `result.budgets` tells the charges.

    Raises
    ------
    InvalidInputError
        When a model with this rule is compiled, for everybody who could be placed with a subsidy
        and has no municipality whose budget would pay it.

    References
    ----------
    Participatiewet art. 10c and 10d: the municipality pays, by wage value (loonwaarde) and hours.
    """

    title: ClassVar[str] = "wage-subsidy budget of a municipality"
    title_nl: ClassVar[str] = "budget loonkostensubsidie van een gemeente"
    examples: ClassVar[Examples] = (
        {},
        {"employer_charges": False},
        {"employer_charges": True, "unmeasured": "refuse"},
    )
    rule: Literal["WageSubsidyBudget"] = "WageSubsidyBudget"
    employer_charges: Bool | None = None
    unmeasured: Literal["fixed", "refuse"] = "fixed"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if _budgets(instance) else None

    @property
    def subsidy(self) -> str:
        """The pair column of the subsidy itself, as the budget plans it."""
        return f"{'planned_' if self.unmeasured == 'fixed' else ''}subsidy_eur_per_year"

    def paid(self, plan: Plan, placement: Placement) -> Fraction:
        """Return what the budget pays for a placement, by a plain reading."""
        is_own = self._takes_as_given(placement.given)
        uses = OWN if is_own else self._uses(plan.instance)
        return plan.amount(placement, uses) or Fraction(0)

    def _paid(self, pairs: PairTable) -> Column:
        """Return the same for all pairs."""
        if self._takes_as_given(pairs.given):
            if pairs.is_given(OWN):
                return pairs.given[OWN]
            computed = pair_column(pairs, self._uses(pairs.instance), asked_by=self.title)
            return pairs.with_given(OWN, computed)
        return pair_column(pairs, self._uses(pairs.instance), asked_by=self.title)

    def _takes_as_given(self, given: Mapping[str, object]) -> bool:
        return self.employer_charges is None and OWN in given and OWN_WITH_CHARGES not in given

    def _uses(self, instance: Instance) -> str:
        """Return the pair column of what is computed."""
        if not self.pays_charges(instance):
            return self.subsidy
        return self.subsidy.replace("subsidy", "subsidy_with_charges")

    def pays_charges(self, instance: Instance) -> bool:
        """Tell whether the budget pays employer charges: as asked, else where the law has them."""
        if self.employer_charges is not None:
            return self.employer_charges
        has_law = instance.known_rulebook is not None
        return has_law and all(book.find(CHARGES) is not None for book in instance.rulebooks)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        budgets = _budgets(instance)
        if not budgets:
            return None
        row = {id_: row for row, id_ in enumerate(instance.municipality_ids)}
        subsidy = self._paid(pairs)
        missing = Missing(pairs, self.title)
        homeless = instance.candidates.municipality == NOT_GIVEN
        hint = "name the municipality whose budget pays the subsidy, or leave the person out"
        missing.candidates("municipality", homeless, subsidy.values > 0, hint)
        missing.refuse()
        at_most = {row[id_]: budget for id_, budget in budgets.items()}
        return limits_by_year(self.title, pairs, grouped(pairs, "municipality"), subsidy, at_most)

    @override
    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        budgets = _budgets(pairs.instance)
        is_silent = self.employer_charges is None and not pairs.is_given(OWN)
        if budgets and is_silent and not self.pays_charges(pairs.instance):
            yield AssumptionRow(
                rule=self.rule,
                about="employer_charges",
                count=len(budgets),
                text="the share of employer charges is not known: budgets pay the subsidy only",
                text_nl="het aandeel werkgeverslasten is niet bekend: budgetten betalen alleen de"
                " subsidie",
            )
        if self.unmeasured == "refuse" or "wage_value" in pairs.given:
            return
        law, silent = pairs.instance.rulebook, list[str]()
        has_pair = np.diff(pairs.candidate_start) > 0
        for person, is_eligible in zip(pairs.instance.candidate_records, has_pair, strict=True):
            opens = person.ground is None or law.ground(person.ground).wage_subsidy is not False
            if is_eligible and opens and person.wage_value is None:
                silent += [person.id] if person.municipality in budgets else []
        if silent and not pairs.given.keys() & {OWN, self._uses(pairs.instance)}:
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
    def more_room(self, plan: Plan, placement: Placement) -> Iterator[RecordChange]:
        home = plan.instance.municipality_of.get(plan.candidate(placement).municipality or "")
        if home is not None and home.wage_subsidy_budget_eur_per_year is not None:
            own = [one for one in plan.placements if plan.candidate(one).municipality == home.id]
            spent = max(
                sum(self.paid_in(plan, one, year) for one in (*own, placement))
                for year in budget_years(plan)
            )
            yield raised(home, "wage_subsidy_budget_eur_per_year", Fraction(spent))

    def paid_in(self, plan: Plan, placement: Placement, year: int | None) -> Fraction:
        """Return what the budget of a calendar year pays for a placement; None without periods."""
        paid = self.paid(plan, placement)
        return (
            paid if year is None else paid * share_of_year(plan.run_under_contract(placement), year)
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for year in budget_years(plan):
            spent = dict.fromkeys(_budgets(plan.instance), Fraction(0))
            for placement in plan.placements:
                home = plan.candidate(placement).municipality
                if home in spent:
                    spent[home] += self.paid_in(plan, placement, year)
            for municipality_id, budget in _budgets(plan.instance).items():
                if spent[municipality_id] > budget:
                    yield self.broken(
                        in_period(municipality_id, None if year is None else str(year)),
                        f"EUR {float(spent[municipality_id]):,.2f} a year spent,"
                        f" EUR {float(budget):,.2f} free",
                    )


def budget_years(plan: Plan) -> Sequence[int | None]:
    """Return the calendar years whose budgets a plan takes; None stands for a year as such."""
    periods = plan.instance.region.periods
    return calendar_years(periods) if periods else (None,)


def _budgets(instance: Instance) -> dict[str, Fraction]:
    return {
        municipality.id: read_number(municipality.wage_subsidy_budget_eur_per_year)
        for municipality in instance.region.municipalities
        if municipality.wage_subsidy_budget_eur_per_year is not None
    }


def plans_fixed_form(rules: Iterable[Rule]) -> bool:
    """Tell whether a budget plans the law's fixed form where no wage value is measured."""
    return any(isinstance(rule, WageSubsidyBudget) and rule.unmeasured == "fixed" for rule in rules)
