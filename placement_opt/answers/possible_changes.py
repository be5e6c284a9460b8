"""Which single changes might place a person: a pair that lacks one thing, a limit with no room.

Each rule says which changes of records answer it (`Rule.changes`, `Rule.more_room`). A pair that
several rules remove is among them only where one change answers all of these rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from placement_opt.answers.regrets import Regrets
from placement_opt.basics.arrays import Ints
from placement_opt.constraints.base import Rule
from placement_opt.instance.record_change import RecordChange
from placement_opt.pairs.placements import placement_of
from placement_opt.run.compiled import Compiled
from placement_opt.run.own_parts import asked_rule


@dataclass(frozen=True)
class Possible:
    """A change that may place a person in an opening."""

    change: RecordChange
    opening_id: str

    @property
    def about(self) -> tuple[str, str, str]:
        """The record and the field: of changes of the same, only the least is told."""
        return (self.change.kind, self.change.record, self.change.name)


def of_rules(compiled: Compiled, candidate_id: str) -> Iterator[Possible]:
    """Yield changes that make a pair eligible which rules remove today."""
    instance = compiled.pairs.instance
    candidate = instance.candidate_of[candidate_id]
    row = np.array([[instance.candidate_idx(candidate_id)]], dtype=np.int32)
    every = np.arange(instance.n_openings, dtype=np.int32)[np.newaxis, :]
    removing: list[list[Rule]] = [[] for _ in instance.opening_ids]
    for rule in compiled.rules:
        if rule.decided_by & compiled.pairs.given.keys():
            continue
        allowed = asked_rule(rule).allows(instance, row, every)
        if allowed is not None:
            whole = np.broadcast_to(allowed, every.shape)[0]
            for at in np.flatnonzero(~whole).tolist():
                removing[at].append(rule)
    for opening_id, rules in zip(instance.opening_ids, removing, strict=True):
        if rules:
            opening = instance.opening_of[opening_id]
            found = [list(rule.changes(instance, candidate, opening)) for rule in rules]
            for change in _answering_all(found):
                yield Possible(change, opening_id)


def _answering_all(found: Sequence[Sequence[RecordChange]]) -> Iterator[RecordChange]:
    """Yield of each record and field the largest change, where every rule has one of it."""
    of_rule: list[Mapping[tuple[str, str, str], RecordChange]] = [
        {(change.kind, change.record, change.name): change for change in changes}
        for changes in found
    ]
    for about in of_rule[0]:
        same = [changes[about] for changes in of_rule if about in changes]
        if len(same) == len(of_rule):
            yield max(same, key=lambda change: change.amount)


def of_limits(regrets: Regrets, pairs: Ints, *, only_single: bool) -> Iterator[Possible]:
    """Yield raises of limits that have no room for one of some pairs beside the plan.

    With `only_single`, of pairs that one rule alone has no room for.
    """
    hand, compiled = regrets.hand, regrets.hand.compiled
    instance, table = compiled.pairs.instance, compiled.pairs
    plan = compiled.plan(hand.solution, hand.coach_of)
    lacking = regrets.in_rows.with_each(pairs).lacking
    offsets = np.array(compiled.formulation.row_offsets)
    number = np.searchsorted(offsets, lacking[1], side="right") - 1
    for place, pair in enumerate(pairs.tolist()):
        blocks = sorted(set(number[lacking[0] == place].tolist()))
        if only_single and len(blocks) > 1:
            continue
        opening_id = instance.opening_ids[table.opening[pair]]
        placed = placement_of(table, pair)
        for block in blocks:
            rule = compiled.rules_of_blocks[block]
            for change in rule.more_room(plan, placed):
                yield Possible(change, opening_id)
