"""What the rows of coaches limit: hours a week and people, in the user's own numbers."""

from fractions import Fraction

from placement_opt.basics.quantities import read_number
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance


def limits_of_coaches(instance: Instance, scale: int) -> RowLimits:
    """Return the limits of a row of hours for each coach, then of a row of people for each.

    Parameters
    ----------
    instance
        The region.
    scale
        Integers of the rows of hours in an hour.
    """
    ids = instance.coach_ids
    coaches = [instance.coach_of[id_] for id_ in ids]
    hours = [read_number(coach.hours_per_week or 0) for coach in coaches]
    people = [None if c.max_caseload is None else Fraction(c.max_caseload) for c in coaches]
    unit = "coaching_hours_per_week"
    load = RowLimits.of(ids, unit, size=Fraction(1, scale), most=hours)
    return load.above(RowLimits.of(ids, "people", most=people))
