"""At most one of the ways in which a pair can be had is taken."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import ClassVar, Literal

import numpy as np
from typing_extensions import override

from placement_opt.constraints.base import Rule
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.placement import Violation, pair_text
from placement_opt.instance.plan import Plan
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column, PairTable


class OneVariant(Rule):
    r"""Nobody is placed in one opening in several ways at once.

    .. math:: \sum_{v} x_{cov} \le 1

    Holds in every model whose pairs can be had in several ways, whether it is named or not. Where
    a person has one placement at most it follows from that, and has no rows of its own. Source:
    the meaning of a variant; no law.
    """

    title: ClassVar[str] = "one variant per pair"
    title_nl: ClassVar[str] = "één variant per koppeling"
    rule: Literal["OneVariant"] = "OneVariant"

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        if pairs.variant is None or pairs.placements_per_candidate == 1:
            return None
        first = pairs.is_first_way
        several = np.bincount(pairs.number) > 1
        number = np.where(several, np.cumsum(several) - 1, -1).astype(np.int32)
        ids = pairs.instance.candidate_ids, pairs.instance.opening_ids
        ends = zip(
            pairs.candidate[first][several].tolist(),
            pairs.opening[first][several].tolist(),
            strict=True,
        )
        labels = tuple(pair_text(ids[0][candidate], ids[1][opening]) for candidate, opening in ends)
        groups = Groups(number[pairs.number], labels)
        ones = Column(np.ones(pairs.n_pairs, dtype=np.int8))
        at_most = dict.fromkeys(range(len(labels)), Fraction(1))
        block = grouped_limit(self.title, Usage(groups, ones), at_most=at_most)
        # What a variant is, is no limit that anybody could raise.
        return None if block is None else replace(block, limits=RowLimits.ties(block.labels))

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        times = Counter((p.candidate_id, p.opening_id) for p in plan.placements)
        for pair, count in times.items():
            if count > 1:
                yield self.broken(pair_text(*pair), f"taken in {count} ways, at most one")
