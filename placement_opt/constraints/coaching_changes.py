"""What coaches would need so that a placement has room."""

from collections.abc import Iterator
from fractions import Fraction

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.coached_loads import coach_hours, coach_loads, openings_at_work
from placement_opt.constraints.coaching_teams import covers
from placement_opt.constraints.guides import guided_openings
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, raised


def more_room(plan: Plan, placement: Placement) -> Iterator[RecordChange]:
    """Yield more hours or a larger caseload of each coach who covers the placement.

    Where it brings in a crew, the guide of that one needs hours for it, too.
    """
    periods = plan.run(placement) or (None,)
    needed = [coach_hours(plan, placement, period) or Fraction(0) for period in periods]
    guide, shared = guided_openings(plan.instance).get(placement.opening_id, ("", Fraction(0)))
    begins = [placement.opening_id not in openings_at_work(plan, period) for period in periods]
    loads = [coach_loads(plan, period) for period in periods]
    for id_ in plan.instance.coach_ids:
        coach = plan.instance.coach_of[id_]
        is_own = any(needed) and covers(coach, plan.candidate(placement), plan.opening(placement))
        if not is_own and id_ != guide:
            continue
        asked = max(
            load.hours.get(id_, Fraction(0)) + is_own * own + (id_ == guide and begun) * shared
            for load, own, begun in zip(loads, needed, begins, strict=True)
        )
        heads = max(len(load.people.get(id_, ())) for load in loads) + is_own
        lacks_hours = asked > read_number(coach.hours_per_week or 0)
        lacks_heads = coach.max_caseload is not None and heads > coach.max_caseload
        if lacks_hours and not lacks_heads:
            yield raised(coach, "hours_per_week", asked)
        if lacks_heads and not lacks_hours:
            yield raised(coach, "max_caseload", Fraction(heads))
