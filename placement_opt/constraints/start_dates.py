"""Nobody starts before they are available."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.constraints.base import Rule
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.instance.record_change import RecordChange, set_to
from placement_opt.records import Candidate, Opening


class StartDates(Rule):
    r"""A candidate is available on the first day of work.

    .. math:: x_{co} = 0 \text{ unless } \text{available}_c \le \text{start}_o

    A side that gives no date fits every date. Source: agreement between both parties; no law.
    """

    title: ClassVar[str] = "start dates"
    title_nl: ClassVar[str] = "begindatums"
    judges_steps: ClassVar[bool] = True
    rule: Literal["StartDates"] = "StartDates"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        available = any(candidate.available_from is not None for candidate in region.candidates)
        starting = any(opening.starts_on is not None for opening in region.openings)
        return cls() if available and starting else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        start = instance.openings.starts_on[opening]
        # A candidate without a date holds NOT_GIVEN, which lies before every day.
        in_time: Bools = instance.candidates.available_from[candidate] <= start
        in_time |= start == NOT_GIVEN
        return in_time

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a later start of the work, or an earlier one of the person."""
        available, start = candidate.available_from, opening.starts_on
        if available is not None and start is not None and available > start:
            days = (available - start).days
            yield set_to(opening, "starts_on", available, days)
            yield set_to(candidate, "available_from", start, days)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            available, start = candidate.available_from, opening.starts_on
            if available is not None and start is not None and available > start:
                yield self.broken(
                    candidate.id, f"available from {available}, {opening.id} starts on {start}"
                )
