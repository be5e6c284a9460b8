"""How likely each placement is to hold, by the regime of its way."""

from fractions import Fraction

import numpy as np

from placement_opt.basics.arrays import Bools
from placement_opt.basics.quantities import read_number
from placement_opt.instance.people import people_of
from placement_opt.pairs.missing import Missing
from placement_opt.pairs.table import Column, PairTable

SUCCESS = "success_probability"
"""The pair column that says how likely each placement is to hold, 0 to 1."""


def success_probability(pairs: PairTable, asked_by: str) -> Column:
    """Return the chance that the person's `coaching_options` give the regime of each way.

    Raises
    ------
    InvalidInputError
        When it is known for some pairs only.
    """
    lacking = np.ones(pairs.instance.n_candidates, dtype=np.bool_)
    hint = (
        'give coaching_options, such as {"light": 0.6}, or the pair column'
        f" {SUCCESS}, with pair_defaults= for all other pairs"
    )
    missing = Missing(pairs, asked_by)
    missing.candidates("coaching_options", lacking, ~knows_chance(pairs), hint)
    missing.refuse()
    return chance_or(pairs, Fraction(0))


def knows_chance(pairs: PairTable) -> Bools:
    """Mark the pairs whose chance somebody gave, shape (E,)."""
    if pairs.is_given(SUCCESS):
        return np.ones(pairs.n_pairs, dtype=np.bool_)
    in_a_regime: Bools = pairs.person >= pairs.instance.n_candidates
    return ~pairs.to_compute(SUCCESS, ~in_a_regime)


def chance_or(pairs: PairTable, unknown: Fraction) -> Column:
    """Return the chance of each pair, and `unknown` where nobody gave it."""
    if pairs.is_given(SUCCESS):
        return pairs.given[SUCCESS]
    people = pairs.instance.derived(people_of)
    chances, start = [unknown], pairs.instance.n_candidates
    for person, row in zip(people.records[start:], people.candidate[start:].tolist(), strict=True):
        options = people.records[row].coaching_options
        chances.append(read_number(options[person.coaching_regime or "none"]))
    code = np.maximum(pairs.person - (start - 1), 0)
    return pairs.with_given(SUCCESS, Column.of_fractions(chances, code))
