"""People are placed only where they have the skills that nobody can do without."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule
from placement_opt.instance.columns import UNIT, looked_up
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan, Violation
from placement_opt.instance.record_change import RecordChange, with_level
from placement_opt.records import Candidate, Opening


class EssentialSkills(Rule):
    r"""A candidate has every essential skill of the opening at the level it asks.

    .. math:: x_{co} = 0 \text{ unless } \text{level}_{cs} \ge \text{required}_{os}
              \text{ for every essential skill } s \text{ of } o

    A skill that a candidate does not name has level 0. Required skills that are not essential
    never remove a pair; they count in the match score. Source: practice of matching on hard
    demands of the work (functie-eisen); no law.
    """

    title: ClassVar[str] = "essential skills"
    title_nl: ClassVar[str] = "onmisbare vaardigheden"
    rule: Literal["EssentialSkills"] = "EssentialSkills"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        asked = any(opening.essential_skills for opening in instance.region.openings)
        return cls() if asked else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        demands = instance.derived(_Demands.of)
        members, row = np.unique(candidate, return_inverse=True)
        level = demands.level_of_candidate[members].toarray().astype(np.int32)
        n_demands = demands.least.size
        meets = np.ones((members.size, n_demands + 1), dtype=np.bool_)
        np.greater_equal(level[:, demands.skill], demands.least, out=meets[:, :n_demands])
        row = row.reshape(candidate.shape)
        allowed = np.ones(np.broadcast_shapes(candidate.shape, opening.shape), dtype=np.bool_)
        for place in demands.place:
            allowed &= looked_up(meets, row, place[opening])
        return allowed

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
            for skill in sorted(opening.essential_skills):
                least, level = opening.required_skills[skill], candidate.skills.get(skill, 0)
                if read_number(level) < read_number(least):
                    yield self.broken(
                        candidate.id, f"{opening.id} asks {skill} at {least:g}, has {level:g}"
                    )


@dataclass(frozen=True, eq=False)
class _Demands:
    """Essential skills as demands, the D distinct (skill, least level), by place in each list.

    Each candidate is held against every demand once; passing over the places then costs as many
    looks as the longest list has skills.

    Parameters
    ----------
    level_of_candidate
        Levels in millionths of the skills that are essential somewhere, CSR of shape (C, S).
    skill, least
        Column of that matrix and level asked by each demand, in millionths, shape (D,).
    place
        Demand at place k of every opening's list, one (O,) array per place; D where it is shorter.
    """

    level_of_candidate: sparse.csr_array
    skill: npt.NDArray[np.int32]
    least: npt.NDArray[np.int32]
    place: tuple[npt.NDArray[np.int32], ...]

    @classmethod
    def of(cls, instance: Instance) -> Self:
        essential = instance.openings.essential
        columns, place_of_skill = np.unique(essential.indices, return_inverse=True)
        start: Ints = essential.indptr.astype(np.int64)
        length = np.diff(start)
        key = place_of_skill * np.int64(UNIT + 1) + essential.data
        demands, demand = np.unique(key, return_inverse=True)
        skill, least = np.divmod(demands, UNIT + 1)
        places = []
        for place in range(int(length.max(initial=0))):
            long = np.flatnonzero(length > place)
            places.append(np.full(instance.n_openings, demands.size, dtype=np.int32))
            places[-1][long] = demand[start[long] + place]
        return cls(
            instance.candidates.skills[:, columns].tocsr(),
            skill.astype(np.int32),
            least.astype(np.int32),
            tuple(places),
        )
