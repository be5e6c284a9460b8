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
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.columns import HOUR, NOT_GIVEN
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.hours import hours_where
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity


class OnePlacement(Rule):
    r"""Nobody is placed more often than allowed, nor beyond their hours.

    .. math:: \sum_{o} x_{co} \le m \qquad \sum_{o} h_{co} x_{co} \le H_c \text{ if } m > 1

    Stacking several small jobs into one full week is a known practice of job carving. A person's
    hours over all jobs then sum to at most their maximum, where the record gives one.

    Parameters
    ----------
    at_most
        Placements per candidate, m; 1 by default.

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
    )
    rule: Literal["OnePlacement"] = "OnePlacement"
    at_most: Annotated[int, Quantity(1, 1_000, 0)] = 1

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self:
        return cls()

    @property
    @override
    def placements_per_candidate(self) -> int:
        return self.at_most

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        groups = grouped(pairs, "candidate")
        ones = Column(np.ones(pairs.n_pairs, dtype=np.int8))
        every = range(instance.n_candidates)
        at_most = dict.fromkeys(every, Fraction(self.at_most))
        counts = grouped_limit(self.title, Usage(groups, ones, unit="placements"), at_most=at_most)
        if self.at_most == 1 or counts is None:
            return counts
        maximum = instance.candidates.hours_max
        limits = {
            int(row): Fraction(int(maximum[row]), HOUR)
            for row in np.flatnonzero(maximum != NOT_GIVEN)
        }
        if not limits:
            return counts
        known = (maximum != NOT_GIVEN)[pairs.candidate]
        column = hours_where(pairs, known, self.title)
        hours = Usage(groups, column, unit="hours_per_week")
        weeks = grouped_limit(self.title, hours, at_most=limits)
        return counts if weeks is None else stacked(self.title, [counts, weeks])

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id, placements in plan.of_candidate.items():
            if len(placements) > self.at_most:
                yield self.broken(
                    candidate_id, f"{len(placements)} placements, at most {self.at_most} allowed"
                )
            given = plan.instance.candidate_of[candidate_id].hours_per_week
            if self.at_most > 1 and given is not None:
                hours = sum((plan.hours_per_week(p) or Fraction(0) for p in placements), Fraction())
                if hours > read_number(given[1]):
                    yield self.broken(
                        candidate_id, f"{float(hours):g} hours a week, at most {given[1]:g} wanted"
                    )
