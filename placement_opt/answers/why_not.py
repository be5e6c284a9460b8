"""Why a person is not in a certain opening: the rules that remove the pair, or who won."""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from placement_opt.constraints.base import Rule
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable
from placement_opt.run.removed import removed_by
from placement_opt.run.result_record import ResultRecord


@dataclass(frozen=True, slots=True)
class WhyNot:
    """The answer for one candidate and one opening.

    Parameters
    ----------
    candidate_id, opening_id
        The pair that was asked about.
    is_eligible
        Whether every pair rule allows it.
    is_placed
        Whether the plan places the candidate there.
    reasons
        What stands in the way, in words; empty when nothing does.
    """

    candidate_id: str
    opening_id: str
    is_eligible: bool
    is_placed: bool
    reasons: tuple[str, ...]

    @override
    def __str__(self) -> str:
        pair = f"{self.candidate_id} in {self.opening_id}"
        if self.is_placed:
            return f"{pair}: placed there"
        if not self.reasons:
            return f"{pair}: eligible; nothing of its own stands in the way"
        return f"{pair}: " + "; ".join(self.reasons)


def why_not(
    pairs: PairTable,
    rules: Sequence[Rule],
    candidate_id: str,
    opening_id: str,
    result: ResultRecord | None = None,
) -> WhyNot:
    """Tell which rules remove a pair, and if none does, what the plan did instead.

    The rules that remove the pair tell why by their plain reading, on a plan with nothing but this
    placement.

    Raises
    ------
    UnknownIdError
        When the region has no such candidate or opening.
    """
    instance = pairs.instance
    if not pairs.ways(instance.candidate_idx(candidate_id), instance.opening_idx(opening_id)):
        removed = removed_by(pairs, rules, candidate_id, opening_id)
        listed = ("the pair is not among the given pairs",)
        return WhyNot(candidate_id, opening_id, False, False, removed or listed)  # noqa: FBT003
    if result is None or not result.has_plan:
        return WhyNot(candidate_id, opening_id, True, False, ())  # noqa: FBT003
    return _in_plan(instance, candidate_id, opening_id, result)


def _in_plan(
    instance: Instance, candidate_id: str, opening_id: str, result: ResultRecord
) -> WhyNot:
    here = [row for row in result.placement_rows if row.opening_id == opening_id]
    if any(row.candidate_id == candidate_id for row in here):
        return WhyNot(candidate_id, opening_id, True, True, ())  # noqa: FBT003
    reasons = [
        f"placed in {row.opening_id} instead ({row.points:,.0f} points)"
        for row in result.placement_rows
        if row.candidate_id == candidate_id
    ]
    positions = instance.opening_of[opening_id].positions
    if positions == 0:
        reasons.append("the opening is closed: 0 positions")
    elif len(here) >= positions:
        others = ", ".join(row.candidate_id for row in here[:3])
        reasons.append(f"all {positions} positions are taken (by {others})")
    reasons += [row.text for row in result.unplaced_rows if row.candidate_id == candidate_id]
    return WhyNot(candidate_id, opening_id, True, False, tuple(reasons))  # noqa: FBT003
