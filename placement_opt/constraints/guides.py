"""Who guides the crew of an opening: the one coach who serves it by name."""

from collections.abc import Iterator
from fractions import Fraction

from placement_opt.basics.errors import Problem
from placement_opt.basics.quantities import read_number
from placement_opt.instance.instance import Instance
from placement_opt.records import Coach, Opening


def guides_of(instance: Instance, opening: Opening) -> tuple[Coach, ...]:
    """Return the coaches who name an opening, or else its employer, in the order of their ids."""
    coaches = [instance.coach_of[id_] for id_ in instance.coach_ids]
    named = [coach for coach in coaches if opening.id in coach.openings]
    if not named and opening.employer is not None:
        named = [
            coach
            for coach in coaches
            if opening.employer in {*coach.employers, coach.employer} and not coach.openings
        ]
    return tuple(named)


def guided_openings(instance: Instance) -> dict[str, tuple[str, Fraction]]:
    """Return by opening id who guides its crew, and for how many hours a week."""
    return {
        opening.id: (guides[0].id, read_number(opening.shared_guidance_hours_per_week))
        for opening in instance.region.openings
        if opening.shared_guidance_hours_per_week
        and len(guides := guides_of(instance, opening)) == 1
    }


def problems_of_guides(instance: Instance) -> Iterator[Problem]:
    """Yield the openings with shared guidance whose guide nobody knows."""
    for opening in instance.region.openings:
        hours = opening.shared_guidance_hours_per_week
        guides = [coach.id for coach in guides_of(instance, opening)] if hours else []
        if hours and len(guides) != 1:
            found = ", ".join(guides) or "none"
            expected = f"must be given by one coach who serves the opening by name, got {found}"
            hint = "name the opening in the openings of one coach"
            field = "shared_guidance_hours_per_week"
            yield Problem("opening", opening.id, field, hours, expected, hint)
