"""Everybody is placed: the equality of a plain assignment problem."""

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from typing_extensions import override

from placement_opt.constraints.base import Rule, usage_column
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable


class EveryCandidatePlaced(Rule):
    r"""Every candidate of the region has at least one placement.

    .. math:: \sum_{o} x_{co} \ge 1

    Never a standard rule: in a labour market somebody is always left without a match. A candidate
    without an eligible opening makes the problem infeasible. Source: the equality of the
    assignment problem; no law.
    """

    title: ClassVar[str] = "every candidate placed"
    title_nl: ClassVar[str] = "iedere kandidaat geplaatst"
    rule: Literal["EveryCandidatePlaced"] = "EveryCandidatePlaced"

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        return grouped_limit(
            self.title,
            Usage(grouped(pairs, "candidate"), usage_column(self, pairs, None), unit="placements"),
            at_least=dict.fromkeys(range(pairs.instance.n_candidates), Fraction(1)),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for candidate_id in plan.instance.candidate_ids:
            if candidate_id not in plan.of_candidate:
                yield self.broken(candidate_id, "no placement, one is required")
