"""What the rows of coaches limit: hours a week and people, in the user's own numbers."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from placement_opt.basics.quantities import read_number
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance

ONE_COACH = " one coach"
"""Ends the label of a row that says that a person has one coach."""


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


def limits_of_classes(labels: Sequence[str], n_coaches: Sequence[int]) -> RowLimits:
    """Return the rows of classes, or of pairs; those that no coach covers are limited, to none.

    Parameters
    ----------
    labels
        What each row is about.
    n_coaches
        How many coaches can serve each.
    """
    ties, nobody = RowLimits.ties(labels), Fraction(0)
    if all(n_coaches):
        return ties
    units = ["" if served else "placements" for served in n_coaches]
    return replace(ties, units=units, most=[None if served else nobody for served in n_coaches])


def limits_of_people(labels: Sequence[str], n_people: int) -> RowLimits:
    """Return rows of which the last ones say that a person has one coach; others are ties."""
    ties = RowLimits.ties(labels[: len(labels) - n_people])
    ids = [label.removesuffix(ONE_COACH) for label in labels[len(labels) - n_people :]]
    return ties.above(RowLimits.of(ids, "coaches", most=[Fraction(1)] * n_people))
