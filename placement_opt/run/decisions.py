"""Decisions on single pairs that the records hold and that no rule of the model reads.

`rules=` is the complete list: what it leaves out does not hold. Most rules that a user leaves out
are left out on purpose. Pairs that people have agreed on or ruled out one by one are easily
forgotten, so they are told: in the log, in the record of the run, and in the summary.
"""

from collections.abc import Mapping, Sequence

from placement_opt.constraints.base import Rule
from placement_opt.constraints.excluded_pairs import ExcludedPairs
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.instance.instance import Instance
from placement_opt.instance.plan import Plan
from placement_opt.records import Region


def unread_decisions(region: Region, rules: Sequence[Rule]) -> Mapping[Rule, int]:
    """Return the rules that are not there although the records have pairs for them; how many."""
    present = {type(rule) for rule in rules}
    pairs: Mapping[Rule, Sequence[tuple[str, str]]] = {
        FixedPlacements(): region.fixed_placements,
        ExcludedPairs(): region.excluded_pairs,
    }
    return {rule: len(of) for rule, of in pairs.items() if of and type(rule) not in present}


def unread_rows(
    instance: Instance, rules: Sequence[Rule], plan: Plan | None
) -> list[dict[str, str | int | None]]:
    """Return a row for each such rule: pairs in the records, and how many the plan goes against."""
    return [
        {
            "rule": rule.rule,
            "pairs": count,
            "against": None if plan is None else sum(1 for _ in rule.violations(instance, plan)),
        }
        for rule, count in unread_decisions(instance.region, rules).items()
    ]
