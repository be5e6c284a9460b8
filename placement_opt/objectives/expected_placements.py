"""Points for the placements that are expected to hold."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.basics.rows import AssumptionRow
from placement_opt.constraints.model_part import Examples
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.chances import SUCCESS, chance_or, knows_chance
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.table import Column, PairTable, times
from placement_opt.records.fields import Share
from placement_opt.records.readers import Quantity


class ExpectedPlacements(Term):
    r"""A placement gives points in proportion to the chance that it holds.

    .. math:: P \cdot \text{success\_probability}_{cov} \text{ per placement}

    The sum over a plan is P times the expected number of placements that hold, whether chances
    depend on each other or not. The chance of each eligible pair, or of each of its variants, comes
    from the pair column `success_probability`, else from the person's `coaching_options`, by the
    regime of the way. Where somebody has such options, the term is part of the standard objective,
    so that scarce hours of coaches go where they raise chances most. Source: linearity of
    expectation; no law.

    Parameters
    ----------
    points_per_placement
        Points for a placement that is certain to hold, P; 500 by default.
    unknown_chance
        The chance that is counted where nobody gave one. None (the default) refuses such pairs. The
        standard objective counts 1, a placement as it is planned; `result.assumptions` says for
        how many people.
    weight
        Factor of the term.

    Examples
    --------
    >>> ExpectedPlacements(points_per_placement=1000).points_per_placement
    1000
    """

    title: ClassVar[str] = "expected placements"
    title_nl: ClassVar[str] = "verwachte plaatsingen"
    examples: ClassVar[Examples] = ({}, {"points_per_placement": 7, "unknown_chance": 0.5})
    term: Literal["ExpectedPlacements"] = "ExpectedPlacements"
    points_per_placement: Annotated[int, Quantity(0, 10**6, 0, "points")] = 500
    unknown_chance: Share | None = None

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        has_options = any(person.coaching_options for person in instance.region.candidates)
        return cls(unknown_chance=1) if has_options else None

    @property
    @override
    def valued_columns(self) -> frozenset[str]:
        return frozenset({SUCCESS})

    @override
    def points(self, pairs: PairTable) -> Column:
        if self.unknown_chance is None:
            chance = pair_column(pairs, SUCCESS, asked_by=self.title)
        else:
            chance = chance_or(pairs, read_number(self.unknown_chance))
        low, high = int(chance.values.min(initial=0)), int(chance.values.max(initial=0))
        if low < 0 or high > chance.scale:
            told = (low if low < 0 else high) / chance.scale
            hint = "write 80 % as 0.8"
            raise InvalidInputError.single("pairs", None, SUCCESS, told, "must be 0 to 1", hint)
        return Column.of(times(chance.values, self.points_per_placement), chance.scale)

    @override
    def assumptions(self, pairs: PairTable) -> Iterator[AssumptionRow]:
        if self.unknown_chance is None:
            return
        people = np.unique(pairs.candidate[~knows_chance(pairs)]).size
        if people:
            share = f"{self.unknown_chance:g}"
            yield AssumptionRow(
                rule=self.term,
                about=SUCCESS,
                count=people,
                text="the chance that a placement holds is not known without coaching_options:"
                f" {share} is counted",
                text_nl="de kans dat een plaatsing standhoudt is niet bekend zonder"
                f" coaching_options: er is gerekend met {share.replace('.', ',')}",
            )

    @override
    def value(self, plan: Plan) -> Fraction:
        return self.points_per_placement * self.expected(plan)

    def expected(self, plan: Plan) -> Fraction:
        """Return how many placements of a plan are expected to hold, by a plain reading."""
        unknown = None if self.unknown_chance is None else read_number(self.unknown_chance)
        chances = (
            unknown
            if (told := plan.amount(one, SUCCESS)) is None and unknown is not None
            else self.known(one, SUCCESS, told)
            for one in plan.placements
        )
        return sum(chances, start=Fraction(0))
