"""What a plan asks of each coach, by a plain reading: in a steady week, or in each period."""

from dataclasses import dataclass, field
from fractions import Fraction

from placement_opt.constraints.guides import guided_openings
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.records import Period


@dataclass
class CoachLoads:
    """The hours a week and the people of each coach, by id."""

    hours: dict[str, Fraction] = field(default_factory=dict)
    people: dict[str, set[str]] = field(default_factory=dict)


def coach_hours(plan: Plan, placement: Placement, period: Period | None) -> Fraction | None:
    """Return the coach hours of a placement, in a period where there are some."""
    if period is None:
        return plan.coaching_hours_per_week(placement)
    return plan.coaching_hours_in(placement, period)


def is_coached(plan: Plan, placement: Placement) -> bool:
    """Tell whether a placement asks for a coach at any time."""
    run = plan.run(placement) or (None,)
    return any((coach_hours(plan, placement, period) or 0) > 0 for period in run)


def coach_loads(plan: Plan, period: Period | None) -> CoachLoads:
    """Return what coaches do, in a period where there are some.

    Those that placements name, and those who guide a whole crew.
    """
    loads = CoachLoads()
    for placement in plan.placements:
        needed = coach_hours(plan, placement, period) or Fraction(0)
        if placement.coach_id is not None and needed > 0:
            before = loads.hours.get(placement.coach_id, Fraction(0))
            loads.hours[placement.coach_id] = before + needed
            loads.people.setdefault(placement.coach_id, set()).add(placement.candidate_id)
    for opening_id, (guide, hours) in guided_openings(plan.instance).items():
        if opening_id in openings_at_work(plan, period):
            loads.hours[guide] = loads.hours.get(guide, Fraction(0)) + hours
    return loads


def openings_at_work(plan: Plan, period: Period | None) -> set[str]:
    """Return the openings in which somebody is placed, in a period where there are some."""
    return {
        placement.opening_id
        for placement in plan.placements
        if period is None or period in plan.run(placement)
    }
