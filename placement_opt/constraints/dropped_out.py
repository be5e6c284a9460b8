"""People who do not come, or stop: what happened since, or what could happen."""

from collections.abc import Iterator
from typing import ClassVar, Literal

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import InvalidInputError, Problem, closest_hint, closest_ids
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan
from placement_opt.records.fields import Members


class DroppedOut(Rule):
    r"""Who drops out is placed nowhere, and takes no step before a job.

    .. math:: x_{co} = 0 \text{ for every } c \text{ who drops out}

    The position, the coach and the euros of their placement are free for others. They stay people
    of the region, so that shares of municipalities are those of before. Never a standard rule: it
    asks what if, or tells what happened since a plan was made. Source: practice; not everybody
    comes, and not everybody stays.

    Parameters
    ----------
    candidates
        Who drops out, by id.

    Examples
    --------
    >>> DroppedOut(candidates=["C-1", "C-7"]).candidates
    ('C-1', 'C-7')
    """

    title: ClassVar[str] = "drop-out"
    title_nl: ClassVar[str] = "uitval"
    examples: ClassVar[Examples] = ({"candidates": ["C-0"]}, {})
    judges_steps: ClassVar[bool] = True
    rule: Literal["DroppedOut"] = "DroppedOut"
    candidates: Members = ()

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        known = instance.candidate_of
        unknown = [self._unknown(id_, instance) for id_ in self.candidates if id_ not in known]
        if unknown:
            raise InvalidInputError(unknown)
        stays = np.ones(instance.n_candidates, dtype=np.bool_)
        stays[[instance.candidate_idx(id_) for id_ in self.candidates]] = False
        shape = np.broadcast_shapes(candidate.shape, opening.shape)
        allowed: Bools = np.broadcast_to(stays[candidate], shape)
        return allowed

    def _unknown(self, candidate_id: str, instance: Instance) -> Problem:
        hint = closest_hint(closest_ids(candidate_id, instance.candidate_ids))
        expected = "must name a known candidate"
        return Problem("rule", self.rule, "candidates", candidate_id, expected, hint)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        gone = set(self.candidates)
        for placement in plan.placements:
            if placement.candidate_id in gone:
                yield self.broken(
                    placement.candidate_id, f"dropped out, and is in {placement.opening_id}"
                )
