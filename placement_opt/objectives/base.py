"""What an objective term is: points of a placement, which a plan sums and the solver maximises."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import Digits
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Placement, Plan
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.base import Record
from placement_opt.records.readers import Quantity

Weight = Annotated[float, Quantity(-(10**12), 10**12, 6, "points", Digits.FACTOR)]
"""Factor of a term; a negative one turns its points into costs."""

PartPoints = Annotated[int, Quantity(0, 10**5, 0, "points")]
"""Most points that one part of a term can give."""


class Term(Record):
    """A term of the objective: one file, one class, one line in the registry.

    A term values each placement by itself (`points`), in exact numbers before its weight; `value`
    reads the same from the records of a plan and shares no code with it.

    Parameters
    ----------
    weight
        Factor of the term in the objective, which is always maximised; may be negative.
    """

    subject: ClassVar[str] = "objective term"
    id_field: ClassVar[str] = "term"
    title: ClassVar[str]
    title_nl: ClassVar[str] = ""
    term: str
    weight: Weight = 1

    @override
    def __init__(self, /, **fields: Any) -> None:
        if type(self).model_fields["term"].is_required():  # a class of the user's own
            fields.setdefault("term", type(self).__name__)
        super().__init__(**fields)

    @property
    def key(self) -> tuple[str, ...]:
        """What a later term must share to replace this one."""
        return (self.term,)

    @property
    def valued_columns(self) -> frozenset[str]:
        """Pair columns that the term counts: judged at once, with as many digits as fit."""
        return frozenset()

    @classmethod
    def standard(cls, instance: Instance) -> Self | None:
        """Return the term as `po.solve` uses it, or None where the region's records are silent."""
        del instance
        return None

    def problems(self, instance: Instance) -> Iterator[Problem]:
        """Yield what the term cannot do without and the records leave out, whatever the pairs."""
        del instance
        yield from ()

    def points(self, pairs: PairTable) -> Column:
        """Return the points of each eligible pair before the weight, shape (E,).

        `pairs.candidate` and `pairs.opening` are rows of the columns of the instance, in the order
        of `instance.candidate_ids` and `instance.opening_ids` (ascending), not of the region. A
        term of your own may return a plain array of numbers instead of a `Column`.
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
