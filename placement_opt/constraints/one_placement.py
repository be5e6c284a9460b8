"""One placement per candidate, or several part-time jobs stacked."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.grouped_limit import Usage, grouped_limit, stacked
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.while_running import (
    grouped_while_running,
    in_period,
    used_while_running,
)
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import HOUR, NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity


class OnePlacement(Rule):
    r"""Nobody is placed more often than allowed, nor beyond their hours.

    .. math:: \sum_{o} x_{co} \le m \qquad \sum_{o} h_{co} x_{co} \le H_c \text{ if } m > 1

    Stacking several small jobs into one full week is a known practice of job carving. A person's
    hours over all jobs then sum to at most their maximum, where the record gives one; in a region
    with periods in each of them.

    Parameters
    ----------
    at_most
        Placements per candidate, m; 1 by default.
    over
        In a region with periods ``"horizon"`` (the default) counts all placements of the plan, one
        after the other included, and ``"time"`` those that run in the same period.

    Examples
    --------
    >>> OnePlacement(at_most=2).at_most
    2
    """

    title: ClassVar[str] = "one placement per candidate"
    title_nl: ClassVar[str] = "één plaatsing per kandidaat"
    examples: ClassVar[Examples] = (
        {},
        {"at_most": 2},
        {"over": "time"},
    )
    rule: Literal["OnePlacement"] = "OnePlacement"
    at_most: Annotated[int, Quantity(1, 1_000, 0)] = 1
    over: Literal["horizon", "time"] = "horizon"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self:
        return cls()

    @property
    @override
    def placements_per_candidate(self) -> int:
        return self.at_most

    @override
    def placements_in(self, instance: Instance) -> int:
        n_times = max(1, len(instance.region.periods)) if self.over == "time" else 1
        return self.at_most * n_times

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        most = Fraction(self.at_most)
        ones = Column(np.ones(pairs.n_pairs, dtype=np.int8))
        if self.over == "time" and pairs.start is not None:
            each = dict.fromkeys(instance.candidate_ids, most)
            groups, at_most = grouped_while_running(pairs, "candidate", each)
        else:
            groups = grouped(pairs, "candidate")
            at_most = dict.fromkeys(range(instance.n_candidates), most)
        counts = grouped_limit(self.title, Usage(groups, ones, unit="placements"), at_most=at_most)
        if self.at_most == 1 or counts is None:
            return counts
        maximum = instance.candidates.hours_max
        limits = {
            instance.candidate_ids[row]: Fraction(int(maximum[row]), HOUR)
            for row in np.flatnonzero(maximum != NOT_GIVEN).tolist()
        }
        if not limits:
            return counts
        column = hours_where(pairs, (maximum != NOT_GIVEN)[pairs.candidate], self.title)
        groups, of_row = grouped_while_running(pairs, "candidate", limits)
        hours = Usage(groups, column, unit="hours_per_week")
        weeks = grouped_limit(self.title, hours, at_most=of_row)
        return counts if weeks is None else stacked(self.title, [counts, weeks])

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id, at_once in used_while_running(plan, "candidate").items():
            counts = at_once
            if self.over == "horizon":
                counts = {None: Fraction(len(plan.of_candidate[candidate_id]))}
            for period, count in counts.items():
                if count > self.at_most:
                    text = f"{count} placements, at most {self.at_most} allowed"
                    yield self.broken(in_period(candidate_id, period), text)
        if self.at_most > 1:
            yield from self._too_many_hours(plan)

    def _too_many_hours(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id, in_time in used_while_running(
            plan, "candidate", "hours_per_week"
        ).items():
            given = plan.instance.candidate_of[candidate_id].hours_per_week
            for period, hours in in_time.items():
                if given is not None and hours > read_number(given[1]):
                    text = f"{float(hours):g} hours a week, at most {given[1]:g} wanted"
                    yield self.broken(in_period(candidate_id, period), text)
