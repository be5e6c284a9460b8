"""People are placed only where they have the skills that nobody can do without."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.skill_demands import Demands
from placement_opt.constraints.step_grants import Grants
from placement_opt.instance.columns import looked_up
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, with_level
from placement_opt.pairs.table import PairTable
from placement_opt.records import Candidate, Opening


class EssentialSkills(Rule):
    r"""A candidate has every essential skill of the opening at the level it asks.

    .. math:: x_{co} = 0 \text{ unless } \text{level}_{cs} \ge \text{required}_{os}
              \text{ for every essential skill } s \text{ of } o

    What a step before gives counts as well, where the person can take it: the step is then in the
    plan, too; see `Steps`. In a region with periods the opening then starts once the step is over.
    The same holds for what a step asks.

    A skill that a candidate does not name has level 0. Required skills that are not essential
    never remove a pair; they count in the match score. Source: practice of matching on hard
    demands of the work (functie-eisen); no law.
    """

    title: ClassVar[str] = "essential skills"
    title_nl: ClassVar[str] = "onmisbare vaardigheden"
    judges_steps: ClassVar[bool] = True
    rule: Literal["EssentialSkills"] = "EssentialSkills"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        asked = any(opening.essential_skills for opening in instance.region.openings)
        return cls() if asked else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        demands, grants = instance.derived(Demands.of), instance.derived(Grants.of)
        members, row = np.unique(candidate, return_inverse=True)
        meets = demands.met(members)
        row = row.reshape(candidate.shape)
        allowed = np.ones(np.broadcast_shapes(candidate.shape, opening.shape), dtype=np.bool_)
        for at, place in enumerate(demands.place):
            has = looked_up(meets, row, place[opening])
            if grants is not None:
                ready = looked_up(grants.ready, candidate, grants.offers.place[at][opening])
                has = has | (ready < grants.n_starts)
            allowed &= has
        return allowed

    @override
    def allows_ways(self, pairs: PairTable) -> Bools | None:
        """Tell which starts leave time for the steps that a pair needs before."""
        grants = pairs.instance.derived(Grants.of)
        if grants is None or pairs.start is None:
            return None
        in_time: Bools = grants.waits(pairs.candidate, pairs.opening) <= pairs.start
        return in_time

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield a training in the one skill that is lacking."""
        levels = {skill: opening.required_skills[skill] for skill in opening.essential_skills}
        lacking = [
            skill
            for skill, least in levels.items()
            if read_number(candidate.skills.get(skill, 0)) < read_number(least)
        ]
        if len(lacking) == 1:
            yield with_level(candidate, lacking[0], levels[lacking[0]])

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            for skill in plan.lacking(placement):
                if not plan.is_granted(placement, skill):
                    least, level = opening.required_skills[skill], candidate.skills.get(skill, 0)
                    yield self.broken(
                        candidate.id, f"{opening.id} asks {skill} at {least:g}, has {level:g}"
                    )
