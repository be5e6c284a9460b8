"""Points for the placements that are expected to hold."""

from fractions import Fraction
from typing import Annotated, ClassVar, Literal

from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.model_part import Examples
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.table import Column, PairTable, times
from placement_opt.records.readers import Quantity

SUCCESS = "success_probability"
"""The pair column that says how likely each placement is to hold, 0 to 1."""


class ExpectedPlacements(Term):
    r"""A placement gives points in proportion to the chance that it holds.

    .. math:: P \cdot \text{success\_probability}_{cov} \text{ per placement}

    The sum over a plan is P times the expected number of placements that hold, whether chances
    depend on each other or not. The chance of each eligible pair, or of each of its variants, comes
    from the pair column `success_probability`. Source: linearity of expectation; no law.

    Parameters
    ----------
    points_per_placement
        Points for a placement that is certain to hold, P; 500 by default.
    weight
        Factor of the term.

    Examples
    --------
    >>> ExpectedPlacements(points_per_placement=1000).points_per_placement
    1000
    """

    title: ClassVar[str] = "expected placements"
    title_nl: ClassVar[str] = "verwachte plaatsingen"
    examples: ClassVar[Examples] = ({}, {"points_per_placement": 7})
    term: Literal["ExpectedPlacements"] = "ExpectedPlacements"
    points_per_placement: Annotated[int, Quantity(0, 10**6, 0, "points")] = 500

    @property
    @override
    def valued_columns(self) -> frozenset[str]:
        return frozenset({SUCCESS})

    @override
    def points(self, pairs: PairTable) -> Column:
        chance = pair_column(pairs, SUCCESS, asked_by=self.title)
        low, high = int(chance.values.min(initial=0)), int(chance.values.max(initial=0))
        if low < 0 or high > chance.scale:
            told = (low if low < 0 else high) / chance.scale
            hint = "write 80 % as 0.8"
            raise InvalidInputError.single("pairs", None, SUCCESS, told, "must be 0 to 1", hint)
        return Column.of(times(chance.values, self.points_per_placement), chance.scale)

    @override
    def value(self, plan: Plan) -> Fraction:
        return self.points_per_placement * self.expected(plan)

    def expected(self, plan: Plan) -> Fraction:
        """Return how many placements of a plan are expected to hold, by a plain reading."""
        chances = (self.known(p, SUCCESS, plan.amount(p, SUCCESS)) for p in plan.placements)
        return sum(chances, start=Fraction(0))
