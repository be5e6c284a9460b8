"""Decisions on single pairs and groups that the records hold and that no rule of the model reads.

`rules=` is the complete list: what it leaves out does not hold. Most rules that a user leaves out
are left out on purpose. Pairs that people have agreed on or ruled out one by one are easily
forgotten, so they are told: in the log, in the record of the run, and in the summary.
"""

import logging
from collections.abc import Mapping, Sequence

from placement_opt.basics.rows import ResultPart
from placement_opt.constraints.base import Rule
from placement_opt.constraints.excluded_pairs import ExcludedPairs
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.constraints.placed_together import PlacedTogether
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan
from placement_opt.records import Region

_log = logging.getLogger("placement_opt")


class UnreadDecisions(ResultPart):
    """The pairs in the records that a rule would read which the model does not have.

    Attributes
    ----------
    rule
        Name of that rule.
    pairs
        How many pairs, or groups, the records hold.
    against
        How many of them the plan goes against; None without a plan.
    """

    rule: str
    pairs: int
    against: int | None = None


def unread_decisions(region: Region, rules: Sequence[Rule]) -> Mapping[Rule, int]:
    """Return the rules that are not there although the records have pairs for them; how many."""
    present = {type(rule) for rule in rules}
    pairs: Mapping[Rule, Sequence[object]] = {
        FixedPlacements(): region.fixed_placements,
        ExcludedPairs(): region.excluded_pairs,
        PlacedTogether(): [one for one in region.together if len(one.members) > 1],
    }
    return {rule: len(of) for rule, of in pairs.items() if of and type(rule) not in present}


def warn_of_unread(region: Region, rules: Sequence[Rule]) -> None:
    """Tell the log of decisions that no rule reads."""
    for rule, count in unread_decisions(region, rules).items():
        _log.warning(
            "the records have %d %s, and rules= has no %s(): they do not hold",
            count,
            rule.title,
            rule.rule,
        )


def unread_decisions_in(
    instance: Instance, rules: Sequence[Rule], plan: Plan | None
) -> tuple[UnreadDecisions, ...]:
    """Return the decisions that no rule reads, with how many a plan goes against."""
    return tuple(
        UnreadDecisions(
            rule=rule.rule,
            pairs=count,
            against=None if plan is None else sum(1 for _ in rule.violations(plan)),
        )
        for rule, count in unread_decisions(instance.region, rules).items()
    )
