"""Which pair rules take most pairs and people away, each alone and several of them together."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from placement_opt.answers.diagnosis_words import amount_in_words
from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.basics.rows_of_limits import BlockingRulesRow
from placement_opt.constraints.base import Rule
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import PairTable, candidate_blocks
from placement_opt.run.own_parts import asked_rule

MOST_NARROW = 31
"""So many rules fit the bits of a narrow integer."""

AND = " + "
"""Between the names of rules that block together."""


def blocking_rules(
    pairs: PairTable, rules: Sequence[Rule], listed: PairTable | None
) -> tuple[BlockingRulesRow, ...]:
    """Return a row for each pair rule, and for each set of them that keeps people out together.

    Costs what finding the eligible pairs costs.

    Parameters
    ----------
    pairs
        The eligible pairs of a compiled model.
    rules
        Its rules.
    listed
        The pairs that were listed, before any rule; None where every person and opening is a pair.
    """
    asked = [rule for rule in rules if not rule.decided_by.intersection(pairs.given)]
    asked = [rule for rule in asked if type(rule).allows is not Rule.allows]
    n_pairs, n_people = Counter[int](), Counter[int]()
    for blocked in _blocked(pairs.instance, asked, listed):
        sets, counts = np.unique(blocked, return_counts=True)
        n_pairs.update(dict(zip(sets.tolist(), counts.tolist(), strict=True)))
        for row in blocked[blocked.all(axis=1)] if blocked.ndim > 1 else ():
            n_people.update(_least(np.unique(row).tolist()))
    if listed is not None:
        n_people = Counter()
        start, mask = listed.candidate_start, _of_listed(listed, asked)
        for first, last in zip(start[:-1].tolist(), start[1:].tolist(), strict=True):
            if first < last and mask[first:last].all():
                n_people.update(_least(np.unique(mask[first:last]).tolist()))
    single = {1 << number for number in range(len(asked))}
    told = [_row(asked, one, n_pairs, n_people) for one in sorted({*n_people, *single})]
    told = [row for row in told if row.people or row.pairs]
    return tuple(sorted(told, key=lambda row: (-row.people, -row.pairs_alone, -row.pairs)))


def _blocked(instance: Instance, rules: Sequence[Rule], listed: PairTable | None) -> Iterator[Ints]:
    """Yield which rules take each pair, as the bits of an integer: people by openings, or pairs."""
    if listed is not None:
        yield _of_listed(listed, rules)
        return
    openings = np.flatnonzero(~instance.is_step).astype(np.int32)[np.newaxis, :]
    for rows in candidate_blocks(instance.n_candidates, instance.n_jobs):
        people = np.arange(rows.start, rows.stop, dtype=np.int32)[:, np.newaxis]
        yield _mask(instance, rules, people, openings, (people.size, openings.size))


def _of_listed(listed: PairTable, rules: Sequence[Rule]) -> Ints:
    shape = (listed.n_pairs,)
    return _mask(listed.instance, rules, listed.candidate, listed.opening, shape)


def _mask(
    instance: Instance,
    rules: Sequence[Rule],
    candidate: Indices,
    opening: Indices,
    shape: tuple[int, ...],
) -> Ints:
    mask: Ints = np.zeros(shape, dtype=np.int32 if len(rules) < MOST_NARROW else np.int64)
    for number, rule in enumerate(rules):
        allowed: Bools | None = asked_rule(rule).allows(instance, candidate, opening)
        if allowed is not None:
            mask |= np.where(np.broadcast_to(allowed, shape), 0, 1 << number).astype(mask.dtype)
    return mask


def _least(sets: Sequence[int]) -> list[int]:
    """Return the sets that hold no other one."""
    return [one for one in sets if not any(other != one and other & one == other for other in sets)]


def _row(
    rules: Sequence[Rule], one: int, n_pairs: Counter[int], n_people: Counter[int]
) -> BlockingRulesRow:
    named = [rule for number, rule in enumerate(rules) if one >> number & 1]
    people, alone = n_people[one], n_pairs[one]
    every = sum(count for other, count in n_pairs.items() if other & one == one)
    titles = AND.join(rule.title for rule in named)
    titles_nl = AND.join(rule.title_nl or rule.title for rule in named)
    return BlockingRulesRow(
        rules=AND.join(rule.rule for rule in named),
        n_rules=len(named),
        pairs=every,
        pairs_alone=alone,
        people=people,
        text=f"{titles}: {_told(len(named), alone, people)}",
        text_nl=f"{titles_nl}: {_told_nl(len(named), alone, people)}",
    )


def _told(n_rules: int, alone: int, people: int) -> str:
    who = "1 person without an opening" if people == 1 else f"{people:,} people without an opening"
    if n_rules == 1:
        return f"without it {alone:,} more pairs are eligible, and {who} would have one"
    return f"without all of these {who} would have one, and not without some of them alone"


def _told_nl(n_rules: int, alone: int, people: int) -> str:
    who = "1 persoon" if people == 1 else f"{amount_in_words(people, 'nl')} mensen"
    have = "zou" if people == 1 else "zouden"
    told = f"{have} {who} zonder vacature er een hebben"
    if n_rules == 1:
        more = f"{amount_in_words(alone, 'nl')} koppelingen meer"
        return f"zonder deze regel zijn {more} mogelijk, en {told}"
    return f"zonder al deze regels {told}, en niet zonder een deel ervan"
