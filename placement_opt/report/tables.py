"""Fills the tables of a result from a verified plan, by plain reading."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import BlockingRow, PlacementRow, TermRow
from placement_opt.basics.rows_of_limits import BudgetRow, CoachRow, QuotaRow
from placement_opt.constraints.base import Rule
from placement_opt.constraints.coached_loads import coach_loads
from placement_opt.constraints.coaching import Coaching
from placement_opt.constraints.jobs_quota import JobsQuota
from placement_opt.constraints.opening_capacity import OpeningCapacity
from placement_opt.constraints.quota_standing import GroupStanding
from placement_opt.constraints.stability import Stability
from placement_opt.constraints.wage_subsidy_budget import (
    WageSubsidyBudget,
    budget_years,
    plans_fixed_form,
)
from placement_opt.instance.blocking import Strength, blocking_pairs
from placement_opt.instance.groupings import Group
from placement_opt.instance.in_time import share_of_year
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.objectives.expected_placements import ExpectedPlacements
from placement_opt.pairs.chances import SUCCESS
from placement_opt.pairs.table import PairTable
from placement_opt.records import Period
from placement_opt.report.levy_rows import levy_of
from placement_opt.rulebook import MissingParameterError
from placement_opt.run.verification import Verdict


def placement_rows(
    plan: Plan, points: Sequence[Fraction], rules: Sequence[Rule], terms: Sequence[Term]
) -> tuple[PlacementRow, ...]:
    """Return one row per placement.

    Coaching hours and subsidies follow from dated law, so they are told where a rule of the model
    reads them, or where the pair's own column gives them.

    Parameters
    ----------
    plan
        The verified plan.
    points
        Points of each placement, aligned with the plan's placements.
    rules, terms
        Those of the model.
    """
    reads_chances = any(isinstance(term, ExpectedPlacements) for term in terms)
    active = {name for rule in rules for name in (rule.rule, *rule.replaces)}
    reads_coaching, reads_subsidy = "Coaching" in active, "WageSubsidyBudget" in active

    planned = "planned_" if plans_fixed_form(rules) else ""

    def told(placement: Placement, column: str, *, is_read: bool) -> float | None:
        amount = plan.amount(placement, column) if is_read or column in placement.given else None
        return None if amount is None else float(amount)

    return tuple(
        PlacementRow(
            candidate_id=placement.candidate_id,
            opening_id=placement.opening_id,
            employer_id=plan.opening(placement).employer,
            coach_id=placement.coach_id,
            hours_per_week=told(placement, "hours_per_week", is_read=True),
            coaching_hours_per_week=told(
                placement, "coaching_hours_per_week", is_read=reads_coaching
            ),
            subsidy_eur_per_year=told(
                placement, f"{planned}subsidy_eur_per_year", is_read=reads_subsidy
            ),
            points=float(gained),
            variant=placement.variant,
            **_when(plan, placement),
            success_probability=told(placement, SUCCESS, is_read=True) if reads_chances else None,
        )
        for placement, gained in zip(plan.placements, points, strict=True)
    )


def _when(plan: Plan, placement: Placement) -> dict[str, Any]:
    """Return when a placement starts and ends; nothing without periods."""
    run, paid = plan.run(placement), plan.run_under_contract(placement)
    if not run:
        return {}
    return {
        "start_period": run[0].id,
        "starts_on": run[0].starts_on,
        "contract_starts_on": paid[0].starts_on if paid else None,
        "ends_on": run[-1].ends_on,
    }


def expected_placements(plan: Plan, terms: Sequence[Term]) -> float | None:
    """Return how many placements are expected to hold; None where no term counts chances."""
    counted = (term.expected(plan) for term in terms if isinstance(term, ExpectedPlacements))
    expected = next(counted, None)
    return None if expected is None else float(expected)


def blocking_rows(plan: Plan, rules: Sequence[Rule]) -> tuple[BlockingRow, ...] | None:
    """Return who would rather have each other, as strictly as the model's own rule says.

    None where no candidate or no opening ranks anybody.
    """
    region, given = plan.instance.region, plan.given_columns
    if not (any(one.wishes for one in region.candidates) or "candidate_rank" in given):
        return None
    if not (any(one.preferences for one in region.openings) or "opening_rank" in given):
        return None
    own = [rule.strength for rule in rules if isinstance(rule, Stability)]
    strength: Strength = own[0] if own else "weak"
    return tuple(
        BlockingRow(
            candidate_id=pair.candidate_id,
            opening_id=pair.opening_id,
            candidate_rank=float(pair.candidate_rank),
            opening_rank=float(pair.opening_rank),
            present_opening_id=pair.present_opening_id,
            present_rank=None if pair.present_rank is None else float(pair.present_rank),
            displaced_candidate_id=pair.displaced_candidate_id,
            displaced_rank=None if pair.displaced_rank is None else float(pair.displaced_rank),
            start_period=pair.start,
        )
        for pair in blocking_pairs(plan, strength)
    )


def quota_rows(plan: Plan, rules: Sequence[Rule], pairs: PairTable) -> tuple[QuotaRow, ...]:
    """Return where each group of each jobs quota stands, and what it can reach with these pairs."""
    places_count = any(isinstance(rule, OpeningCapacity) for rule in rules)
    return tuple(
        row
        for rule in rules
        if isinstance(rule, JobsQuota)
        for row in _rows_of_quota(rule, plan, rule.attainable(pairs, places_count=places_count))
    )


def _rows_of_quota(
    rule: JobsQuota, plan: Plan, attainable: Mapping[Group, Fraction]
) -> Iterator[QuotaRow]:
    instance = plan.instance
    per_job = instance.rulebook.job_hours_per_year
    for position in rule.positions(plan):
        price = rule.price_of(position.group)
        levy, reason = _scenario_levy(rule, instance, position)
        yield QuotaRow(
            per=rule.per,
            group=position.group,
            target_jobs=float(position.target),
            in_service_jobs=float(position.in_service),
            placed_jobs=float(position.placed),
            attainable_jobs=float(attainable.get(position.group, 0)),
            shortfall_jobs=float(position.shortfall),
            price_per_job=None if price is None else float(price),
            points=float(-position.shortfall * (price or 0)),
            shortfall_hours_per_year=float(position.shortfall * Fraction(per_job)),
            levy_eur=None if levy is None else float(levy),
            levy_reason=reason,
            period=position.period,
        )


def _scenario_levy(
    rule: JobsQuota, instance: Instance, position: GroupStanding
) -> tuple[Decimal | None, str | None]:
    """Return the levy on a shortfall, or None, with the reason: it is off unless switched on."""
    law = instance.rulebook
    if rule.jobs is None:
        return None, "pledged jobs carry no levy"
    if rule.per != "employer":
        return None, "a levy is set per employer"
    try:
        if not law.levy_executed():
            return None, f"no levy is executed on {law.date.isoformat()}: see po.levy_scenario"
        employer = instance.employer_of[str(position.group)]
        own, before = employer.paid_hours_per_year, employer.paid_hours_previous_year
        return levy_of(
            position.shortfall,
            paid_hours=None if own is None else read_number(own),
            paid_hours_previous_year=None if before is None else read_number(before),
            threshold_hours=Fraction(law.threshold_hours_per_year),
            levy_eur_per_job=law.fraction("quota.levy_eur_per_job"),
        )
    except MissingParameterError as error:
        return None, "; ".join(f"{found.field} {found.expected}" for found in error.problems)


def coach_rows(plan: Plan, rules: Sequence[Rule]) -> tuple[CoachRow, ...]:
    """Return the load of each coach, where coaching is a rule of the model."""
    if not any(isinstance(rule, Coaching) for rule in rules):
        return ()
    periods = plan.instance.region.periods or (None,)
    return tuple(row for period in periods for row in _coaches_in(plan, period))


def _coaches_in(plan: Plan, period: Period | None) -> Iterator[CoachRow]:
    instance, load = plan.instance, coach_loads(plan, period)
    for coach_id in instance.coach_ids:
        coach = instance.coach_of[coach_id]
        if coach.hours_per_week is None:
            continue
        used, n_people = load.hours.get(coach_id, Fraction(0)), len(load.people.get(coach_id, ()))
        yield CoachRow(
            coach_id=coach_id,
            kind=coach.kind,
            employer_id=coach.employer,
            people=n_people,
            max_caseload=coach.max_caseload,
            free_people=None if coach.max_caseload is None else coach.max_caseload - n_people,
            hours_per_week=float(used),
            free_hours_per_week=float(read_number(coach.hours_per_week) - used),
            period=None if period is None else period.id,
        )


def budget_rows(plan: Plan, rules: Sequence[Rule]) -> tuple[BudgetRow, ...]:
    """Return what each municipality with a budget spends, where budgets are a rule."""
    rule = next((rule for rule in rules if isinstance(rule, WageSubsidyBudget)), None)
    if rule is None:
        return ()
    budgets = {
        m.id: read_number(m.wage_subsidy_budget_eur_per_year)
        for m in sorted(plan.instance.region.municipalities, key=lambda record: record.id)
        if m.wage_subsidy_budget_eur_per_year is not None
    }
    return tuple(
        row for year in budget_years(plan) for row in _budgets_of_year(plan, rule, budgets, year)
    )


def _budgets_of_year(
    plan: Plan, rule: WageSubsidyBudget, budgets: Mapping[str, Fraction], year: int | None
) -> Iterator[BudgetRow]:
    subsidies, paid = dict.fromkeys(budgets, Fraction(0)), dict.fromkeys(budgets, Fraction(0))
    placements = dict.fromkeys(budgets, 0)
    for placement in plan.placements:
        home = plan.candidate(placement).municipality
        if home in paid:
            whole = rule.paid(plan, placement)
            subsidy = min(whole, plan.amount(placement, rule.subsidy) or Fraction(0))
            share = (
                Fraction(1)
                if year is None
                else share_of_year(plan.run_under_contract(placement), year)
            )
            subsidies[home] += share * subsidy
            paid[home] += share * whole
            placements[home] += int(share * whole > 0)
    for home, budget in budgets.items():
        yield BudgetRow(
            municipality_id=home,
            placements=placements[home],
            subsidy_eur_per_year=float(subsidies[home]),
            charges_eur_per_year=float(paid[home] - subsidies[home]),
            budget_eur_per_year=float(budget),
            year=year,
        )


def term_rows(verdict: Verdict) -> tuple[TermRow, ...]:
    """Return what each term adds to the objective."""
    return tuple(
        TermRow(
            term=term.name,
            weight=float(term.weight),
            value=float(term.value),
            points=float(term.points),
        )
        for term in verdict.terms
    )
