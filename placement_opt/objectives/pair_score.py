"""Points straight from a pair column."""

from fractions import Fraction
from typing import Any, ClassVar, Literal

from typing_extensions import override

from placement_opt.constraints.model_part import Examples
from placement_opt.instance.plan import Plan
from placement_opt.objectives.base import Term
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records.fields import Label


class PairScore(Term):
    r"""Each placement gives the number in a pair column, in the column's own unit.

    .. math:: s_{co} \text{ per placement}

    Parameters
    ----------
    column
        A column given with ``pairs=``, or one that the library computes, such as
        ``"hours_per_week"``; may be given by position.
    weight
        Factor of the term; -1 minimises the column.

    Examples
    --------
    >>> PairScore("cost", weight=-1)
    PairScore(term='PairScore', weight=-1, column='cost')
    """

    title: ClassVar[str] = "pair score"
    title_nl: ClassVar[str] = "eigen score"
    examples: ClassVar[Examples] = ({"column": "score"},)
    term: Literal["PairScore"] = "PairScore"
    column: Label

    def __init__(self, *column: str, **fields: Any) -> None:
        if len(column) > 1 or (column and "column" in fields):
            raise TypeError("PairScore takes one column: PairScore('score', weight=-1)")
        super().__init__(**(dict(zip(("column",), column, strict=False)) | fields))

    @property
    @override
    def key(self) -> tuple[str, ...]:
        return (self.term, self.column)

    @property
    @override
    def valued_columns(self) -> frozenset[str]:
        return frozenset({self.column})

    @override
    def points(self, pairs: PairTable) -> Column:
        return pair_column(pairs, self.column, asked_by=self.title)

    @override
    def value(self, plan: Plan) -> Fraction:
        return sum(
            (
                self.known(placement, self.column, plan.amount(placement, self.column))
                for placement in plan.placements
            ),
            start=Fraction(0),
        )
