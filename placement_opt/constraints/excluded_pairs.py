"""Pairs that were ruled out beforehand, and the opening a person already works in."""

from collections.abc import Iterator
from typing import ClassVar, Literal, Self

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.constraints.base import Rule
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Violation
from placement_opt.instance.plan import Plan


class ExcludedPairs(Rule):
    r"""Excluded pairs are not placed, and staying in one's own job is no placement.

    .. math:: x_{co} = 0 \text{ if } (c, o) \in \text{excluded or } o = \text{current}_c

    Source: the region's own list; no law.
    """

    title: ClassVar[str] = "excluded pairs"
    title_nl: ClassVar[str] = "uitgesloten koppelingen"
    judges_steps: ClassVar[bool] = True
    rule: Literal["ExcludedPairs"] = "ExcludedPairs"

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        region = instance.region
        working = any(candidate.current_opening is not None for candidate in region.candidates)
        return cls() if region.excluded_pairs or working else None

    @override
    def allows(self, instance: Instance, candidate: Indices, opening: Indices) -> Bools | None:
        free: Bools = instance.candidates.current_opening[candidate] != opening
        excluded = instance.derived(_excluded_keys)
        concerned = np.zeros(instance.n_candidates, dtype=np.bool_)
        concerned[excluded // instance.n_openings] = True
        # Few candidates have excluded pairs, so that few keys are looked up.
        if not concerned[candidate].any():
            return free
        at = np.nonzero(np.broadcast_to(concerned[candidate], free.shape))
        key = np.broadcast_to(candidate, free.shape)[at].astype(np.int64) * instance.n_openings
        key += np.broadcast_to(opening, free.shape)[at]
        free[at] &= ~np.isin(key, excluded)
        return free

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        excluded = set(plan.instance.region.excluded_pairs)
        for placement in plan.placements:
            if (placement.candidate_id, placement.opening_id) in excluded:
                yield self.broken(placement.candidate_id, f"{placement.opening_id} is excluded")
            if plan.candidate(placement).current_opening == placement.opening_id:
                yield self.broken(
                    placement.candidate_id, f"works in {placement.opening_id} already"
                )


def _excluded_keys(instance: Instance) -> Ints:
    """Return candidate_idx * O + opening_idx of the excluded pairs, ascending and distinct."""
    keys = {
        instance.candidate_idx(candidate_id) * instance.n_openings
        + instance.opening_idx(opening_id)
        for candidate_id, opening_id in instance.region.excluded_pairs
    }
    return np.array(sorted(keys), dtype=np.int64)
