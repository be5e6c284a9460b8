"""Points for placing people who come first."""

from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import read_number
from placement_opt.instance.columns import UNIT
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity


class Priority(Term):
    r"""Placing a candidate gives points in proportion to the candidate's priority.

    .. math:: P \cdot \text{priority}_c \text{ per placement}

    Source: the region's own order of people; no law.

    Parameters
    ----------
    points_per_unit
        Points per unit of priority, P; 100 by default.
    weight
        Factor of the term.
    """

    title: ClassVar[str] = "priority of candidates"
    title_nl: ClassVar[str] = "voorrang van kandidaten"
    term: Literal["Priority"] = "Priority"
    points_per_unit: Annotated[int, Quantity(0, 10**6, 0, "points")] = 100

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        named = any(candidate.priority > 0 for candidate in instance.region.candidates)
        return cls() if named else None

    @override
    def points(self, pairs: PairTable) -> Column:
        instance = pairs.instance
        divisor = np.gcd.reduce(instance.candidates.priority, initial=UNIT)
        of_candidate = instance.candidates.priority // divisor * self.points_per_unit
        return Column.of(of_candidate[pairs.candidate], UNIT // int(divisor))

    @override
    def value(self, plan: Plan) -> Fraction:
        priorities = (read_number(plan.candidate(placed).priority) for placed in plan.placements)
        return self.points_per_unit * sum(priorities, start=Fraction(0))
