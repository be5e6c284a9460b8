"""Enumerate the eligible pairs: what no rule removes, block by block."""

from collections.abc import Collection, Sequence

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import Findings
from placement_opt.instance.instance import Instance
from placement_opt.pairs.rule_protocols import PairRule, gather_problems
from placement_opt.pairs.table import PairTable, candidate_blocks


def enumerate_pairs(
    instance: Instance,
    rules: Sequence[PairRule],
    findings: Findings | None = None,
    given: Collection[str] = (),
) -> PairTable:
    """Find every pair that all rules allow, without any cap per candidate.

    Works over blocks of candidates times all openings that are jobs; O(C * O * rules) bit
    operations and O(block * O) memory beside the pairs themselves.

    Parameters
    ----------
    instance
        The compiled region.
    rules
        Rules that may remove pairs.
    findings
        Where the problems of rules are gathered; a rule with problems allows every pair there, so
        that what other rules find wrong is told with it. None raises them.
    given
        Pair columns that the user gives values of: a rule that they decide removes no pair.

    Raises
    ------
    InvalidInputError
        With the problems of all rules, where no `findings` are given.
    """
    found_wrong = Findings() if findings is None else findings
    gather_problems(rules, instance, found_wrong)
    rules = [rule for rule in rules if not rule.decided_by.intersection(given)]
    jobs = np.flatnonzero(~instance.is_step).astype(np.int32)
    n_openings, openings = jobs.size, jobs[np.newaxis, :]
    counters = {rule.title: np.zeros(instance.n_candidates, dtype=np.int32) for rule in rules}
    found: list[tuple[Indices, Indices]] = []
    for rows in candidate_blocks(instance.n_candidates, n_openings):
        block = np.arange(rows.start, rows.stop, dtype=np.int32)[:, np.newaxis]
        allowed = np.ones((len(block), n_openings), dtype=np.bool_)
        for rule in rules:
            mask = None
            with found_wrong.gathered():
                mask = rule.allows(instance, block, openings)
            if mask is None:
                continue
            mask = np.broadcast_to(mask, allowed.shape)
            counters[rule.title][rows] += n_openings - _per_row(mask)
            allowed &= mask
        candidate = np.repeat(block[:, 0], _per_row(allowed))
        place = np.flatnonzero(allowed) - (candidate - rows.start) * np.int64(n_openings)
        found.append((candidate, jobs[place]))
    if findings is None:
        found_wrong.refuse()
    return PairTable(
        instance,
        candidate=np.concatenate([candidate for candidate, _ in found]),
        opening=np.concatenate([opening for _, opening in found]),
        removed=counters,
    )


def enumerate_steps(instance: Instance, rules: Sequence[PairRule]) -> tuple[Indices, Indices]:
    """Find who can take which step before a job: (candidate, opening), what no rule removes.

    What rules find wrong is told when they are asked about all openings.
    """
    steps = np.flatnonzero(instance.is_step).astype(np.int32)[np.newaxis, :]
    found, untold = [(steps[0, :0], steps[0, :0])], Findings()
    for rows in candidate_blocks(instance.n_candidates, steps.size):
        block = np.arange(rows.start, rows.stop, dtype=np.int32)[:, np.newaxis]
        allowed = np.ones((len(block), steps.size), dtype=np.bool_)
        for rule in rules:
            with untold.gathered():
                mask = rule.allows(instance, block, steps)
                allowed &= True if mask is None else mask
        person, place = np.nonzero(allowed)
        found.append((block[person, 0], steps[0, place]))
    candidates, openings = zip(*found, strict=True)
    return np.concatenate(candidates), np.concatenate(openings)


def _per_row(mask: Bools) -> Indices:
    """Count what is True in each row; bytes in 16 bits add up twice as fast as bools in 32."""
    wide = np.uint16 if mask.shape[1] < 1 << 16 else np.uint32
    count: Indices = mask.view(np.uint8).sum(axis=1, dtype=wide).astype(np.int32)
    return count
