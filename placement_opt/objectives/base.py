"""What an objective term is: points of a placement, which a plan sums and the solver maximises."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, ClassVar

import numpy as np
import numpy.typing as npt

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.quantities import Digits
from placement_opt.constraints.model_part import ModelPart
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.readers import Quantity

Weight = Annotated[float, Quantity(-(10**12), 10**12, 6, "points", Digits.FACTOR)]
"""Factor of a term; a negative one turns its points into costs."""

PartPoints = Annotated[int, Quantity(0, 10**5, 0, "points")]
"""Most points that one part of a term can give."""


class Term(ModelPart):
    """A term of the objective: one file, one class, one line in the registry.

    A term values each placement by itself (`points`), in exact numbers before its weight; `value`
    reads the same from the records of a plan and shares no code with it.

    Parameters
    ----------
    weight
        Factor of the term in the objective, which is always maximised; may be negative.

    Attributes
    ----------
    of_contract
        Whether points are brought under contract only, and by no trial before it.
    """

    of_contract: ClassVar[bool] = False
    subject: ClassVar[str] = "objective term"
    id_field: ClassVar[str] = "term"
    term: str
    weight: Weight = 1

    @property
    def key(self) -> tuple[str, ...]:
        """What a later term must share to replace this one."""
        return (self.term,)

    @property
    def valued_columns(self) -> frozenset[str]:
        """Pair columns that the term counts: judged at once, with as many digits as fit."""
        return frozenset()

    def points(self, pairs: PairTable) -> Column:
        """Return the points of each eligible pair before the weight, shape (E,).

        `pairs.candidate` and `pairs.opening` are rows of the columns of the instance, in the order
        of `pairs.instance.candidate_ids` and `opening_ids` (ascending), not of the region. A term
        of your own may return a plain array of numbers instead of a `Column`.
        """
        raise NotImplementedError

    def value(self, plan: Plan) -> Fraction:
        """Return the unweighted points of a plan, by a plain reading of the records."""
        raise NotImplementedError

    def known(self, placement: Placement, field: str, amount: Fraction | None) -> Fraction:
        """Return an amount that the term needs of a placement.

        Raises
        ------
        InvalidInputError
            When the records do not give it.
        """
        if amount is None:
            raise InvalidInputError.single(
                "candidate",
                placement.candidate_id,
                field,
                None,
                f"must be known in {placement.opening_id}, since {self.title} needs it",
                f"complete both records, or leave {self.term} out of the objective",
            )
        return amount


def points_of_cases(
    term: Term, choices: Sequence[Fraction], code: npt.NDArray[np.integer]
) -> Column:
    """Store ``choices[code]`` exactly.

    Raises
    ------
    InvalidInputError
        When the exact numbers leave 64 bits.
    """
    try:
        return Column.of_fractions(choices, code)
    except OverflowError:
        largest = max(choices, key=abs)
        raise InvalidInputError.single(
            "objective term",
            term.term,
            "points",
            float(largest),
            "must fit 64 bits as exact fractions over one denominator",
            "use smaller or rounder numbers",
        ) from None
