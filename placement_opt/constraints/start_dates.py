"""Nobody starts before they are available."""

import datetime as dt
from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.constraints.base import Rule
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.periods import periods_of
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, set_to
from placement_opt.records import Candidate, Opening


class StartDates(Rule):
    r"""A candidate is available on the first day of work.

    .. math:: x_{co} = 0 \text{ unless } \text{available}_c \le \text{start}_o

    A side that gives no date fits every date. In a region with periods a placement starts in the
    period that holds the later of both dates, or in a later one; the rule then holds in every
    model, whether it is named or not. Source: agreement between both parties; no law.
    """

    title: ClassVar[str] = "start dates"
    title_nl: ClassVar[str] = "begindatums"
    judges_steps: ClassVar[bool] = True
    rule: Literal["StartDates"] = "StartDates"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        if region.periods:
            return cls()
        available = any(candidate.available_from is not None for candidate in region.candidates)
        starting = any(opening.starts_on is not None for opening in region.openings)
        return cls() if available and starting else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        periods = instance.derived(periods_of)
        if periods is not None:
            return np.asarray(periods.first(candidate, opening) < periods.n_periods)
        start = instance.openings.starts_on[opening]
        # A candidate without a date holds NOT_GIVEN, which lies before every day.
        in_time: Bools = instance.candidates.available_from[candidate] <= start
        in_time |= start == NOT_GIVEN
        return in_time

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a later start of the work, or an earlier one of the person.

        With periods whichever of the two lies beyond them has to come earlier.
        """
        available, start = candidate.available_from, opening.starts_on
        if instance.region.periods:
            last = instance.region.periods[-1].ends_on
            late = [side for side in (candidate, opening) if (_date(side) or last) > last]
            if len(late) == 1:
                field = "starts_on" if late[0] is opening else "available_from"
                yield set_to(late[0], field, last, ((_date(late[0]) or last) - last).days)
            return
        if available is not None and start is not None and available > start:
            days = (available - start).days
            yield set_to(opening, "starts_on", available, days)
            yield set_to(candidate, "available_from", start, days)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        if plan.instance.region.periods:
            yield from self._too_early(plan)
            return
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            available, start = candidate.available_from, opening.starts_on
            if available is not None and start is not None and available > start:
                yield self.broken(
                    candidate.id, f"available from {available}, {opening.id} starts on {start}"
                )

    def _too_early(self, plan: Plan) -> Iterator[Violation]:
        """Yield what starts in a period that is over before both sides are ready."""
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            first = plan.run(placement)[0]
            for side in (candidate, opening):
                day = _date(side)
                if day is not None and first.ends_on < day:
                    yield self.broken(
                        candidate.id, f"starts in {first.id}, {side.id} is ready on {day}"
                    )


def _date(side: Candidate | Opening) -> dt.date | None:
    return side.available_from if isinstance(side, Candidate) else side.starts_on
