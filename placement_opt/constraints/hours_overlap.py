"""Hours that a person wants and hours that an opening offers have to meet."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.instance.columns import NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, set_to
from placement_opt.records import Candidate, Opening


class HoursOverlap(Rule):
    r"""The weekly hours of a placement are at least what both sides need.

    .. math:: x_{co} = 0 \text{ unless } \min(\overline h_c, \overline h_o)
              \ge \max(\underline h_c, \underline h_o)

    The hours of a placement are the smaller of both maxima. A side that gives no hours fits every
    other side. Source: agreement between both parties; no law.
    """

    title: ClassVar[str] = "hours overlap"
    title_nl: ClassVar[str] = "passende uren"
    judges_steps: ClassVar[bool] = True
    rule: Literal["HoursOverlap"] = "HoursOverlap"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        wanted = any(candidate.hours_per_week is not None for candidate in region.candidates)
        offered = any(opening.hours_per_week is not None for opening in region.openings)
        return cls() if wanted and offered else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        candidates, openings = instance.candidates, instance.openings
        # Hours in thousandths stay below 168,000: the narrow type halves the work on whole blocks.
        wanted = candidates.hours_max[candidate].astype(np.int32)
        offered = openings.hours_max[opening].astype(np.int32)
        meets: Bools = wanted >= openings.hours_min[opening].astype(np.int32)
        meets &= offered >= candidates.hours_min[candidate].astype(np.int32)
        meets |= wanted == NOT_GIVEN
        meets |= offered == NOT_GIVEN
        return meets

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield fewer hours at least, or more at most, of either side."""
        wanted, offered = candidate.hours_per_week, opening.hours_per_week
        if wanted is None or offered is None:
            return
        for short, long, least, most in (
            (opening, candidate, wanted[0], offered[1]),
            (candidate, opening, offered[0], wanted[1]),
        ):
            missing = read_number(least) - read_number(most)
            if missing > 0 and short.hours_per_week is not None and long.hours_per_week is not None:
                more = (short.hours_per_week[0], least)
                yield set_to(short, "hours_per_week", more, missing)
                yield set_to(long, "hours_per_week", (most, long.hours_per_week[1]), missing)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            if candidate.hours_per_week is None or opening.hours_per_week is None:
                continue
            wanted = [read_number(hours) for hours in candidate.hours_per_week]
            offered = [read_number(hours) for hours in opening.hours_per_week]
            hours = min(wanted[1], offered[1])
            for least, side in ((wanted[0], candidate.id), (offered[0], opening.id)):
                if hours < least:
                    yield self.broken(
                        candidate.id,
                        f"{float(hours):g} hours a week in {opening.id},"
                        f" {side} needs at least {float(least):g}",
                    )
