"""People are placed only where they hold the licences that the work asks for."""

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


class Licences(Rule):
    r"""A candidate holds every licence (such as a driving licence or VCA) that an opening asks for.

    .. math:: x_{co} = 0 \text{ unless } \text{licences}_o \subseteq \text{licences}_c

    A licence that a candidate does not name is not held. Source: practice of matching on what the
    work may only be done with; no law of placement.
    """

    title: ClassVar[str] = "licences"
    title_nl: ClassVar[str] = "rijbewijzen en certificaten"
    judges_steps: ClassVar[bool] = True
    rule: Literal["Licences"] = "Licences"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        return cls() if any(opening.licences for opening in instance.region.openings) else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        return instance.derived(_held)(candidate, opening)

    @override
    def changes(
        self, instance: Instance, candidate: Candidate, opening: Opening
    ) -> Iterator[RecordChange]:
        """Yield the one licence that is lacking."""
        lacking = opening.licences - candidate.licences
        if len(lacking) == 1:
            yield with_entry(candidate, "licences", *lacking)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for placement in plan.placements:
            candidate, opening = plan.candidate(placement), plan.opening(placement)
            lacking = sorted(opening.licences - candidate.licences)
            if lacking:
                yield self.broken(candidate.id, f"{opening.id} asks for {', '.join(lacking)}")


def _held(instance: Instance) -> Enough:
    openings = [instance.opening_of[id_] for id_ in instance.opening_ids]
    return Enough.of(
        [candidate.licences for candidate in instance.candidate_records],
        [(opening.licences, len(opening.licences)) for opening in openings],
    )
