"""Sheltered places are for people with that advice, who take ordinary work only if they may."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.constraints.base import Rule
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan


class ShelteredWork(Rule):
    r"""Sheltered work (beschut werk) goes to people with a positive advice for it.

    .. math:: x_{co} = 0 \text{ if } o \text{ is sheltered and } c \text{ has no advice, or }
              o \text{ is ordinary and } c \text{ has an advice and may not work regularly}

    Source: Participatiewet art. 10b(1): sheltered work is for those who can only work under
    adapted conditions, as the municipality establishes on the advice of UWV.
    """

    title: ClassVar[str] = "sheltered work"
    title_nl: ClassVar[str] = "beschut werk"
    rule: Literal["ShelteredWork"] = "ShelteredWork"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        advised = any(candidate.sheltered for candidate in instance.region.candidates)
        places = any(opening.sheltered for opening in instance.region.openings)
        return cls() if advised or places else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        candidates = instance.candidates
        advised = candidates.sheltered[candidate]
        regular = ~advised | candidates.may_work_regular[candidate]
        return np.where(instance.openings.sheltered[opening], advised, regular)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            if opening.sheltered and not candidate.sheltered:
                yield self.broken(
                    candidate.id, f"{opening.id} is a sheltered place, there is no advice for it"
                )
            if not opening.sheltered and candidate.sheltered and not candidate.may_work_regular:
                yield self.broken(
                    candidate.id, f"{opening.id} is ordinary work, the advice is sheltered work"
                )
