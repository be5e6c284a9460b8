"""Which rules remove a pair, and what they say of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.constraints.base import Rule
from placement_opt.constraints.fixed_placements import INELIGIBLE
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.variants import label_in_time
from placement_opt.pairs.table import PairTable


@contextmanager
def reasons_told(pairs: PairTable, rules: Sequence[Rule]) -> Iterator[None]:
    """Tell of each fixed placement that is refused as not eligible which rules remove it, and why.

    Raises
    ------
    InvalidInputError
        What the block raises, with the reasons.
    """

    def told(problem: Problem) -> Problem:
        if problem.expected != INELIGIBLE or problem.id is None:
            return problem
        reasons = removed_by(pairs, rules, problem.id, str(problem.value))
        why = "; ".join(reasons) or "the pair is not among the given pairs"
        return replace(problem, expected=f"{INELIGIBLE} ({why})")

    try:
        yield
    except InvalidInputError as error:
        raise error.placed(told) from error.__cause__


def removed_by(
    pairs: PairTable, rules: Sequence[Rule], candidate_id: str, opening_id: str
) -> tuple[str, ...]:
    """Return what the pair rules that remove a pair say of it, by their plain reading."""
    removing, plan = rules_removing(pairs, rules, candidate_id, opening_id)
    found = (violation for rule in removing for violation in rule.violations(plan))
    return tuple(f"{violation.rule}: {violation.text}" for violation in found)


def rules_removing(
    pairs: PairTable, rules: Sequence[Rule], candidate_id: str, opening_id: str
) -> tuple[list[Rule], Plan]:
    """Return the rules that remove a pair, and a plan with nothing but that placement.

    Raises
    ------
    UnknownIdError
        When the region has no such candidate or opening.
    """
    instance = pairs.instance
    candidate = np.array([instance.candidate_idx(candidate_id)], dtype=np.int32)
    opening = np.array([instance.opening_idx(opening_id)], dtype=np.int32)
    removing = []
    for rule in rules:
        if rule.decided_by & pairs.given.keys():
            continue
        allowed = rule.allows(instance, candidate, opening)
        if allowed is not None and not bool(np.all(allowed)):
            removing.append(rule)
    # A rule that removes a pair removes it in all its ways, so that one of them shows why.
    options = instance.candidate_of[candidate_id].coaching_options
    way: str | None = min(options, default=None)
    if instance.region.periods:  # whoever can start at all can start in the last one
        way = label_in_time(instance.region.periods[-1].id, way)
    return removing, Plan(instance, [Placement(candidate_id, opening_id, variant=way)])
