"""Placements that people have already agreed on stay in every plan."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any, ClassVar, Literal, Self

import numpy as np
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.pairs.table import PairTable
from placement_opt.records import Region
from placement_opt.records.fields import CoachesOfCandidates, PairsOfIds
from placement_opt.records.kept_coaches import split_coaches

INELIGIBLE = "must be an eligible opening"
"""What is expected of a fixed placement; a model adds which rules remove it."""


class FixedPlacements(Rule):
    r"""Every fixed placement is part of the plan.

    .. math:: x_{co} \ge 1 \text{ for each fixed } (c, o)

    One that a pair rule removes is bad input; one that other rules contradict makes the problem
    infeasible. Source: practice; a plan is a proposal, and what people have agreed on stands.

    Parameters
    ----------
    placements
        Pairs (candidate id, opening id); None takes the region's `fixed_placements`. With a
        coach's id as the third, the candidate keeps that coach.
    coaches
        Pairs (candidate id, coach id) of candidates who keep a coach, as those rows say.

    Raises
    ------
    InvalidInputError
        When a model with this rule is compiled, for each placement that pair rules remove, with
        what they say of it, and for coaches that the region does not know.
    """

    title: ClassVar[str] = "fixed placements"
    title_nl: ClassVar[str] = "vastgelegde plaatsingen"
    examples: ClassVar[Examples] = ({}, {"placements": []})
    rule: Literal["FixedPlacements"] = "FixedPlacements"
    placements: PairsOfIds | None = None
    coaches: CoachesOfCandidates = ()

    @override
    def __init__(self, /, **fields: Any) -> None:
        coaches = split_coaches(fields, "placements")
        if coaches:
            fields["coaches"] = (*(fields.get("coaches") or ()), *coaches.values())
        super().__init__(**fields)

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if instance.region.fixed_placements else None

    def fixed_in(self, instance: Instance) -> PairsOfIds:
        """Return the pairs that stay."""
        return instance.region.fixed_placements if self.placements is None else self.placements

    @override
    def region_as_read(self, region: Region) -> Region:
        return region.with_coaches(dict(self.coaches)) if self.coaches else region

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        instance = pairs.instance
        fixed = sorted(self.fixed_in(instance))
        refuse_ineligible(pairs, fixed)
        if not fixed:
            return None
        found = [
            pairs.find(instance.candidate_idx(candidate), instance.opening_idx(opening))
            for candidate, opening in fixed
        ]
        columns = np.array(found, dtype=np.int32)
        labels = [f"{candidate} in {opening}" for candidate, opening in fixed]
        return RowBlock(
            self.title,
            labels,
            sparse.coo_array(
                (
                    np.ones(len(fixed), dtype=np.int8),
                    (np.arange(len(fixed), dtype=np.int32), columns),
                ),
                shape=(len(fixed), pairs.n_pairs),
            ).tocsr(),
            np.ones(len(fixed), dtype=np.int64),
            np.full(len(fixed), NO_UPPER, dtype=np.int64),
            limits=RowLimits.of(labels, "placements", least=[Fraction(1)] * len(fixed)),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        placed = {(p.candidate_id, p.opening_id) for p in plan.placements}
        for candidate_id, opening_id in self.fixed_in(plan.instance):
            if (candidate_id, opening_id) not in placed:
                yield self.broken(f"{candidate_id} in {opening_id}", "not in the plan")


def refuse_ineligible(pairs: PairTable, fixed: Iterable[tuple[str, str]]) -> None:
    """Refuse fixed placements that are not eligible; the rules would silently contradict them.

    Raises
    ------
    InvalidInputError
        With one problem for each fixed placement outside the eligible pairs.
    """
    instance = pairs.instance
    problems = [
        Problem(
            "candidate",
            candidate_id,
            "fixed_placements",
            opening_id,
            INELIGIBLE,
            "release it: leave it out of fixed_placements, or give it as `released` to po.replan;"
            " or mend the records",
        )
        for candidate_id, opening_id in fixed
        if pairs.find(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id))
        is None
    ]
    if problems:
        raise InvalidInputError(problems)
