"""Fills the tables of a result from a verified plan, by plain reading."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from placement_opt.constraints.base import Rule
from placement_opt.constraints.coaching import Coaching
from placement_opt.constraints.jobs_quota import JobsQuota
from placement_opt.constraints.wage_subsidy_budget import WageSubsidyBudget
from placement_opt.instance import Instance
from placement_opt.plan import Placement, Plan
from placement_opt.quantities import read_number
from placement_opt.result import BudgetRow, CoachRow, PlacementRow, QuotaRow, TermRow
from placement_opt.verification import Verdict


def placement_rows(
    plan: Plan, points: Sequence[Fraction], rules: Sequence[Rule]
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
    rules
        The rules of the model.
    """
    active = {rule.rule for rule in rules}
    reads_coaching, reads_subsidy = "Coaching" in active, "WageSubsidyBudget" in active

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
            subsidy_eur_per_year=told(placement, "subsidy_eur_per_year", is_read=reads_subsidy),
            points=float(gained),
        )
        for placement, gained in zip(plan.placements, points, strict=True)
    )


def quota_rows(instance: Instance, plan: Plan, rules: Sequence[Rule]) -> tuple[QuotaRow, ...]:
    """Return where each group of each jobs quota stands."""
    return tuple(
        row
        for rule in rules
        if isinstance(rule, JobsQuota)
        for row in _rows_of_quota(rule, instance, plan)
    )


def _rows_of_quota(rule: JobsQuota, instance: Instance, plan: Plan) -> Iterator[QuotaRow]:
    for position in rule.positions(instance, plan):
        yield QuotaRow(
            per=rule.per,
            group=position.group,
            target_jobs=float(position.target),
            in_service_jobs=float(position.in_service),
            placed_jobs=float(position.placed),
            shortfall_jobs=float(position.shortfall),
            price_per_job=None if rule.price is None else float(rule.price),
            points=float(-position.shortfall * (rule.price or 0)),
        )


def coach_rows(instance: Instance, plan: Plan, rules: Sequence[Rule]) -> tuple[CoachRow, ...]:
    """Return the load of each coach, where coaching is a rule of the model."""
    if not any(isinstance(rule, Coaching) for rule in rules):
        return ()
    hours: dict[str, Fraction] = {}
    people: dict[str, set[str]] = {}
    for placement in plan.placements:
        if placement.coach_id is not None:
            needed = plan.coaching_hours_per_week(placement) or Fraction(0)
            hours[placement.coach_id] = hours.get(placement.coach_id, Fraction(0)) + needed
            people.setdefault(placement.coach_id, set()).add(placement.candidate_id)
    rows = []
    for coach_id in instance.coach_ids:
        coach = instance.coach_of[coach_id]
        if coach.hours_per_week is None:
            continue
        used = hours.get(coach_id, Fraction(0))
        rows.append(
            CoachRow(
                coach_id=coach_id,
                people=len(people.get(coach_id, ())),
                max_caseload=coach.max_caseload,
                hours_per_week=float(used),
                free_hours_per_week=float(read_number(coach.hours_per_week) - used),
            )
        )
    return tuple(rows)


def budget_rows(instance: Instance, plan: Plan, rules: Sequence[Rule]) -> tuple[BudgetRow, ...]:
    """Return what each municipality with a budget spends, where budgets are a rule."""
    if not any(isinstance(rule, WageSubsidyBudget) for rule in rules):
        return ()
    budgets = {
        m.id: read_number(m.wage_subsidy_budget_eur_per_year)
        for m in sorted(instance.region.municipalities, key=lambda record: record.id)
        if m.wage_subsidy_budget_eur_per_year is not None
    }
    spent = dict.fromkeys(budgets, Fraction(0))
    placements = dict.fromkeys(budgets, 0)
    for placement in plan.placements:
        home = plan.candidate(placement).municipality
        if home in spent:
            subsidy = plan.subsidy_eur_per_year(placement) or Fraction(0)
            spent[home] += subsidy
            placements[home] += int(subsidy > 0)
    return tuple(
        BudgetRow(
            municipality_id=home,
            placements=placements[home],
            subsidy_eur_per_year=float(spent[home]),
            budget_eur_per_year=float(budget),
        )
        for home, budget in budgets.items()
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
