"""What a plan adds to the weekly hours of each employer, and what people take along who leave.

A plain reading of the records, in exact fractions.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.basics.quantities import read_number
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan, contract_hours
from placement_opt.records import Candidate, Opening
from placement_opt.run.given_placements import placements_of
from placement_opt.run.result_record import ResultRecord


@dataclass(frozen=True, slots=True)
class PlannedHours:
    """The change of one employer's hours a week; below zero where more people leave.

    Attributes
    ----------
    everybody
        Hours of all people.
    target_group
        Hours that count for the jobs agreement: by ground and date, no sheltered work.
    unknown
        What is not known of a change, in words; then the hours are not complete.
    """

    everybody: Fraction = Fraction(0)
    target_group: Fraction = Fraction(0)
    unknown: tuple[str, ...] = ()


def planned_hours(instance: Instance, plan: Any) -> Mapping[str, PlannedHours]:
    """Return the change of hours per employer id, for employers that a plan touches.

    Parameters
    ----------
    instance
        The region, with the law that says who counts.
    plan
        A `Result`, a frame with ``candidate_id``, ``opening_id`` and perhaps ``hours_per_week``,
        or pairs of ids.

    Raises
    ------
    InvalidInputError
        When it is none of these, has no plan, names unknown ids, lists a pair twice, or when the
        region has no date.
    """
    changes: dict[str, PlannedHours] = {}
    read = Plan(instance, _placements(instance, plan))
    for candidate_id, placements in read.of_candidate.items():
        candidate = instance.candidate_of[candidate_id]
        for placement in placements:
            hours = read.hours_per_week(placement)
            _add(changes, instance, candidate, read.opening(placement), hours, sign=1)
        if candidate.current_opening is not None:
            old = instance.opening_of[candidate.current_opening]
            hours = contract_hours(candidate, old)
            _add(changes, instance, candidate, old, hours, sign=-1)
    return changes


def _add(
    changes: dict[str, PlannedHours],
    instance: Instance,
    candidate: Candidate,
    opening: Opening,
    hours: Fraction | None,
    *,
    sign: int,
) -> None:
    """Add what one person brings to, or takes from, the employer of one opening."""
    if opening.employer is None:
        return
    before = changes.get(opening.employer, PlannedHours())
    counts = _counts(instance, candidate, opening)
    unknown = before.unknown
    if hours is None:
        unknown += (f"the hours of {candidate.id} in {opening.id} are not given",)
    if counts is None:
        unknown += (f"the ground of {candidate.id} is not given",)
    moved = sign * (hours or Fraction(0))
    changes[opening.employer] = PlannedHours(
        before.everybody + moved,
        before.target_group + (moved if counts else Fraction(0)),
        tuple(dict.fromkeys(unknown)),
    )


def _counts(instance: Instance, candidate: Candidate, opening: Opening) -> bool | None:
    return instance.rulebook.counts(
        candidate.ground,
        on=instance.date,
        ground_from=candidate.ground_from,
        ground_until=candidate.ground_until,
        sheltered=opening.sheltered,
    )


def _placements(instance: Instance, plan: Any) -> list[Placement]:
    if isinstance(plan, ResultRecord) and not plan.has_plan:
        hint = "give a result whose status is OPTIMAL or FEASIBLE"
        raise _refused(None, "plan", str(plan.status), "must have a plan", hint)
    given = [row.pair for row in placements_of(plan, "plan")]
    # A row without an opening is somebody who is not placed.
    own_hours = [
        hours
        for pair, hours in zip(given, _own_hours(plan, given), strict=True)
        if pair is not None
    ]
    pairs = [pair for pair in given if pair is not None]
    problems = [
        Problem("plan", id_, field, id_, "must be known", closest_hint(closest_ids(id_, known)))
        for pair in pairs
        for id_, field, known in (
            (pair[0], "candidate_id", instance.candidate_of),
            (pair[1], "opening_id", instance.opening_of),
        )
        if id_ not in known
    ]
    problems += [
        Problem("plan", pair[0], "opening_id", pair[1], "must be listed once", "keep one row")
        for pair, count in Counter(pairs).items()
        if count > 1
    ]
    if problems:
        raise InvalidInputError(problems)
    return [
        Placement(*pair, given={} if hours is None else {"hours_per_week": hours})
        for pair, hours in zip(pairs, own_hours, strict=True)
    ]


def _own_hours(plan: Any, pairs: list[tuple[str, str] | None]) -> list[Fraction | None]:
    """Read the plan's own hours a week, None where it has none: then the records say."""
    given: list[Any] = [None] * len(pairs)
    if isinstance(plan, ResultRecord):
        given = [row.hours_per_week for row in plan.placement_rows]
    elif isinstance(plan, Mapping) or hasattr(plan, "columns"):
        names = plan.keys() if isinstance(plan, Mapping) else plan.columns
        if "hours_per_week" in names:
            given = list(plan["hours_per_week"])
    return [
        None if pair is None else _hours(pair, value)
        for pair, value in zip(pairs, given, strict=True)
    ]


def _hours(pair: tuple[str, str], value: Any) -> Fraction | None:
    if value is None or value != value:  # noqa: PLR0124 - how a frame says that it has no number
        return None
    try:
        hours = read_number(value)
    except (TypeError, ValueError):
        hours = Fraction(-1)
    if hours < 0:
        hint = "give the weekly hours, or leave the column out to take those of the records"
        raise _refused(pair[0], "hours_per_week", value, "must be a number >= 0", hint)
    return hours


def _refused(
    id_: str | None, field: str, value: object, expected: str, hint: str
) -> InvalidInputError:
    return InvalidInputError.single("plan", id_, field, value, expected, hint)
