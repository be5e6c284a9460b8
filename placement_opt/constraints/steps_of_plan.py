"""When the steps of a plan run, and what they take of budgets, by the plain reading."""

from collections.abc import Sequence
from fractions import Fraction

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.step_rooms import budgets_of
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan


def when(plan: Plan, placement: Placement) -> Sequence[str | None]:
    """Return the periods in which something runs; None stands for all without periods."""
    return [period.id for period in plan.run(placement)] or [None]


def year_of(plan: Plan, step: Placement) -> str | None:
    """Return the calendar year whose budget pays a step: that of its start; None without."""
    run = plan.run(step)
    return str(run[0].starts_on.year) if run else None


def spent(plan: Plan) -> dict[tuple[str, str | None], Fraction]:
    """Return the euros that the steps of a plan take of each budget and year."""
    budgets, euros = budgets_of(plan.instance), dict[tuple[str, str | None], Fraction]()
    for step in plan.steps:
        home = plan.candidate(step).municipality
        if home in budgets:
            key = home, year_of(plan, step)
            cost = read_number(plan.opening(step).cost_eur or 0)
            euros[key] = euros.get(key, Fraction(0)) + cost
    return euros
