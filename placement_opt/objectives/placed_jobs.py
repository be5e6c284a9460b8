"""Points for the size of the jobs that people get."""

from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term, points_of_cases
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.distinct import distinct_values
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity

HOURS_OF_A_JOB = Fraction(51, 2)
"""Paid hours a week that count as one job in the jobs agreement (banenafspraak): 25.5."""


class PlacedJobs(Term):
    r"""A placement gives points in proportion to its hours, counted in jobs of 25.5 hours.

    .. math:: P \cdot h_{co} / 25.5 \text{ per placement}

    Source: the unit of the jobs agreement (banenafspraak), 25.5 paid hours a week; that people of
    every ground count here is a choice of this library.

    Parameters
    ----------
    points_per_job
        Points for a job of 25.5 hours a week, P; 500 by default.
    weight
        Factor of the term.
    """

    title: ClassVar[str] = "value of placed jobs"
    title_nl: ClassVar[str] = "waarde van vervulde banen"
    term: Literal["PlacedJobs"] = "PlacedJobs"
    points_per_job: Annotated[int, Quantity(0, 10**6, 0, "points")] = 500

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        wanted = any(candidate.hours_per_week is not None for candidate in region.candidates)
        offered = any(opening.hours_per_week is not None for opening in region.openings)
        return cls() if wanted and offered else None

    @override
    def points(self, pairs: PairTable) -> Column:
        hours = pair_column(pairs, "hours_per_week", asked_by=self.title)
        distinct, code = distinct_values(hours.values)
        points = [
            self.points_per_job * Fraction(worked, hours.scale) / HOURS_OF_A_JOB
            for worked in distinct.tolist()
        ]
        return points_of_cases(self, points, code)

    @override
    def value(self, plan: Plan) -> Fraction:
        hours = sum(
            (
                self.known(placement, "hours_per_week", plan.hours_per_week(placement))
                for placement in plan.placements
            ),
            start=Fraction(0),
        )
        return self.points_per_job * hours / HOURS_OF_A_JOB
