"""Points for each step before a job, or its price."""

from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from typing_extensions import override

from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.model_part import Examples
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity


class StepValue(Term):
    r"""Each step before a job that somebody takes gives points, or costs them.

    .. math:: P \cdot \sum_{c,s} z_{cs}

    Without this term steps give nothing, and only those are taken that a job needs. With points
    above 0, steps are taken for their own sake, too; with points below 0, each has to be worth it,
    and plans that need fewer are better. Source: the region's own choice; no law.

    Parameters
    ----------
    points_per_step
        Points of a step, P; below 0 its price. May be written as ``points``.
    weight
        Factor of the term.

    Examples
    --------
    >>> StepValue(points=-5).points_per_step
    -5
    """

    title: ClassVar[str] = "steps before a job"
    title_nl: ClassVar[str] = "stappen vóór een baan"
    examples: ClassVar[Examples] = ({"points_per_step": 12.5}, {"points_per_step": -3})
    term: Literal["StepValue"] = "StepValue"
    points_per_step: Annotated[float, Quantity(-(10**6), 10**6, 6, "points", Digits.FACTOR)] = 1

    @override
    def __init__(self, /, **fields: Any) -> None:
        if "points" in fields:  # as a field it would hide the method of that name
            fields["points_per_step"] = fields.pop("points")
        super().__init__(**fields)

    @override
    def points(self, pairs: PairTable) -> Column:
        return Column(np.zeros(pairs.n_pairs, dtype=np.int8))

    @property
    def of_step(self) -> Fraction:
        """Points of one step, the weight included."""
        return read_number(self.weight) * read_number(self.points_per_step)

    @override
    def value(self, plan: Plan) -> Fraction:
        return read_number(self.points_per_step) * len(plan.steps)
