"""People are placed only where the workplace provides what they need."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.constraints.base import Rule
from placement_opt.instance.enough import Enough
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import RecordChange, with_entry
from placement_opt.records import Candidate, Opening


class WorkplaceNeeds(Rule):
    r"""An opening provides every workplace need of the candidate.

    .. math:: x_{co} = 0 \text{ unless } \text{needs}_c \subseteq \text{provides}_o

    Records hold needs (a quiet room, fixed hours), never their causes. Source: what a workplace
    provides for a person (doeltreffende aanpassing, Wgbh/cz art. 2).
    """

    title: ClassVar[str] = "workplace needs"
    title_nl: ClassVar[str] = "behoeften op de werkplek"
    judges_steps: ClassVar[bool] = True
    rule: Literal["WorkplaceNeeds"] = "WorkplaceNeeds"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if any(candidate.needs for candidate in instance.region.candidates) else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        return instance.derived(_provided)(candidate, opening)

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield the one thing that the workplace does not provide; needs themselves stand."""
        lacking = candidate.needs - opening.provides
        if len(lacking) == 1:
            yield with_entry(opening, "provides", *lacking)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            lacking = sorted(candidate.needs - opening.provides)
            if lacking:
                yield self.broken(candidate.id, f"{opening.id} lacks {', '.join(lacking)}")


def _provided(instance: Instance) -> Enough:
    openings = [instance.opening_of[id_] for id_ in instance.opening_ids]
    return Enough.of_openings(
        [opening.provides for opening in openings],
        [(person.needs, len(person.needs)) for person in instance.candidate_records],
    )
