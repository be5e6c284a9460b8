"""People are placed only where they can work on the days of the opening."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.constraints.base import Rule
from placement_opt.instance.enough import Enough
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, set_to, with_entry
from placement_opt.records import Candidate, Opening
from placement_opt.records.fields import PARTS_OF_DAY, WEEKDAYS


class WorkingDays(Rule):
    r"""A candidate is available on as many days, or parts of days, as an opening needs.

    .. math:: x_{co} = 0 \text{ unless } |\{d \in \text{days}_o : d \text{ or its whole day} \in
              \text{available}_c\}| \ge \text{needed}_o

    ``"mon"`` is a whole day and ``"mon.morning"`` a part of it; who has the day has its parts, and
    a whole day is asked of nobody who names parts only. Without `days_needed` all days are needed.
    A side without days fits every other. Source: agreement between parties.
    """

    title: ClassVar[str] = "working days"
    title_nl: ClassVar[str] = "werkdagen"
    judges_steps: ClassVar[bool] = True
    rule: Literal["WorkingDays"] = "WorkingDays"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        wanted = any(opening.days for opening in region.openings)
        offered = any(candidate.available_days for candidate in region.candidates)
        return cls() if wanted and offered else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        return instance.derived(_available)(candidate, opening)

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a day more of the person, or fewer days that the work needs."""
        has = [day for day in opening.days if _has(candidate, day)]
        missing = _needed(opening) - len(has)
        if not candidate.available_days or missing <= 0:
            return
        if missing == 1:
            for day in sorted(opening.days.difference(has)):
                part = Fraction(1, 2) if "." in day else Fraction(1)
                yield with_entry(candidate, "available_days", day, part)
        if has:
            yield set_to(opening, "days_needed", len(has), missing)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            own = candidate.available_days
            if not own or not opening.days:
                continue
            has = [day for day in opening.days if _has(candidate, day)]
            needed = _needed(opening)
            if len(has) < needed:
                text = f"has {len(has)} of the days of {opening.id}, which needs {needed}"
                yield self.broken(candidate.id, text)


def _has(candidate: Candidate, day: str) -> bool:
    """Tell whether a person has a day or part of one; who has the day has its parts."""
    return not candidate.available_days.isdisjoint({day, day.split(".", maxsplit=1)[0]})


def _needed(opening: Opening) -> int:
    return len(opening.days) if opening.days_needed is None else opening.days_needed


def _available(instance: Instance) -> Enough:
    openings = [instance.opening_of[id_] for id_ in instance.opening_ids]
    parts = {day: [day, *(f"{day}.{part}" for part in PARTS_OF_DAY)] for day in WEEKDAYS}
    return Enough.of(
        [
            frozenset(part for day in person.available_days for part in parts.get(day, [day]))
            if person.available_days
            else None
            for person in instance.candidate_records
        ],
        [(work.days, _needed(work)) if work.days else (frozenset[str](), 0) for work in openings],
    )
