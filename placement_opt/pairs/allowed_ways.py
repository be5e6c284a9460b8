"""The ways of pairs that no rule removes."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings
from placement_opt.pairs.rule_protocols import PairRule
from placement_opt.pairs.table import PairTable


def allowed_ways(pairs: PairTable, rules: Sequence[PairRule], findings: Findings) -> PairTable:
    """Leave out the ways that rules do not allow (`allows_ways`), and pairs that have none left.

    O(ways * rules).
    """
    asked = [(rule.title, _refused(rule, pairs, findings)) for rule in rules]
    refused = [(title, mask) for title, mask in asked if mask.any()]
    if not refused:
        return pairs
    gone = np.logical_or.reduce([mask for _, mask in refused])
    kept = pairs.taken(np.flatnonzero(~gone))
    return replace(kept, removed=_removed(pairs, gone, refused))


def _refused(rule: PairRule, pairs: PairTable, findings: Findings) -> Bools:
    """Mark the ways that a rule does not allow."""
    refused = np.zeros(pairs.n_pairs, dtype=np.bool_)
    if rule.decided_by & pairs.given.keys():
        return refused
    with findings.gathered():
        mask = rule.allows_ways(pairs)
        if mask is not None:
            refused = ~mask
    return refused


def _removed(
    pairs: PairTable, gone: Bools, refused: Sequence[tuple[str, Bools]]
) -> dict[str, Indices]:
    """Return how many openings each rule takes, with pairs that are left without any way."""
    number = pairs.number
    lost = np.bincount(number, weights=~gone, minlength=pairs.n_distinct) == 0
    removed = dict(pairs.removed)
    for title, mask in refused:
        by_rule = np.zeros(lost.size, dtype=np.bool_)
        by_rule[number[mask]] = True
        whose = pairs.candidate[pairs.is_first_way][by_rule & lost]
        counts = np.bincount(whose, minlength=pairs.instance.n_candidates).astype(np.int32)
        removed[title] = removed.get(title, np.zeros_like(counts)) + counts
    return removed
