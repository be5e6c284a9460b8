"""Pairs of people with coaching options: a way for each regime, less those that rules remove."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from placement_opt.basics.errors import Findings, Problem
from placement_opt.instance.people import People, people_of
from placement_opt.instance.variants import VARIANT, Variant
from placement_opt.pairs.allowed_ways import allowed_ways
from placement_opt.pairs.rule_protocols import PairRule
from placement_opt.pairs.table import PairTable


def in_regimes(pairs: PairTable, rules: Sequence[PairRule], findings: Findings) -> PairTable:
    """Put each pair of somebody with coaching options in their regimes.

    Pairs whose ways the user listed keep those, which have to be regimes of the person. Then rules
    remove the ways that they do not allow (`allows_ways`). Without coaching options the pairs are
    returned as they are. O(ways * rules).

    Parameters
    ----------
    pairs
        The eligible pairs.
    rules
        Rules that may remove ways.
    findings
        Where problems are gathered.
    """
    people = pairs.instance.derived(people_of)
    if not people.have_options:
        return pairs
    findings.add(_wrong_ways(pairs, people))
    return allowed_ways(_with_ways(pairs, people), rules, findings)


def _wrong_ways(pairs: PairTable, people: People) -> Iterator[Problem]:
    """Yield a problem for each way of somebody with options that is none of them."""
    if pairs.variant is None:
        return
    is_wrong = (pairs.variant >= 0) & (people.n_options[pairs.candidate] > 0)
    is_wrong &= pairs.person == pairs.candidate
    for row in np.flatnonzero(is_wrong).tolist():
        candidate = people.records[pairs.candidate[row]]
        known = ", ".join(sorted(candidate.coaching_options))
        yield Problem(
            "pairs",
            candidate.id,
            VARIANT,
            pairs.variant_of(row),
            f"must be one of the coaching_options of {candidate.id}: {known}",
            "name the regime, or leave the coaching_options out of the record",
        )


def _with_ways(pairs: PairTable, people: People) -> PairTable:
    """Return the pairs with a row for each regime of those that have no way yet."""
    labels = sorted({*(way.label for way in pairs.variants), *people.regimes})
    code_of = {label: code for code, label in enumerate(labels)}
    # The last entry is for pairs without a way, whose code is -1.
    known = np.array([*(code_of[way.label] for way in pairs.variants), -1], dtype=np.int32)
    variant = np.full(pairs.n_pairs, -1) if pairs.variant is None else pairs.variant
    n_ways = np.where(variant < 0, np.maximum(people.n_options[pairs.candidate], 1), 1)
    source = np.repeat(np.arange(pairs.n_pairs), n_ways)
    number = np.arange(source.size) - np.repeat(np.cumsum(n_ways) - n_ways, n_ways)
    regime = np.full(len(people.records), -1, dtype=np.int32)
    for label in people.regimes:
        regime[people.in_regime[label]] = code_of[label]
    regime[: pairs.instance.n_candidates] = -1
    code = known[variant[source]]
    for place, rows in enumerate(people.choices):
        here = (code < 0) & (number == place)
        code[here] = regime[rows[pairs.candidate[source[here]]]]
    return replace(pairs.taken(source), variant=code, variants=tuple(map(Variant, labels)))
