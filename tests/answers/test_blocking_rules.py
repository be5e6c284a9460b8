"""Which pair rules keep people and pairs out: counted again one pair at a time."""

from itertools import chain, combinations

import numpy as np
from hypothesis import HealthCheck, given, settings
from tiny_regions import tiny_regions

import placement_opt as po

MANY = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def blocked_by(model):
    """The rules that take each pair, asked one pair at a time."""
    instance, found = model.compile().pairs.instance, {}
    for c, candidate_id in enumerate(instance.candidate_ids):
        for o, opening_id in enumerate(instance.opening_ids):
            at = np.array([c], dtype=np.int32), np.array([o], dtype=np.int32)
            masks = ((rule.rule, rule.allows(instance, *at)) for rule in model.rules)
            names = {name for name, mask in masks if mask is not None and not np.all(mask)}
            found[candidate_id, opening_id] = frozenset(names)
    return found


@MANY
@given(region=tiny_regions())
def test_the_counts_are_those_of_every_pair(region):
    model = po.Model(region)
    found = blocked_by(model)
    table = {frozenset(row.rules.split(" + ")): row for row in model.blocking_rules().itertuples()}
    for rules, row in table.items():
        assert row.n_rules == len(rules)
        assert row.pairs == sum(rules <= names for names in found.values())
        assert row.pairs_alone == sum(rules == names for names in found.values())
    every = frozenset(chain(*found.values()))
    for size in range(1, len(every) + 1):
        for some in map(frozenset, combinations(sorted(every), size)):
            people = {
                person
                for person in {c for c, _ in found}
                if frees(found, person, some)
                and not any(
                    frees(found, person, frozenset(less))
                    for fewer in range(size)
                    for less in combinations(sorted(some), fewer)
                )
            }
            assert (table[some].people if some in table else 0) == len(people)


def frees(found, person, rules):
    """Tell whether somebody has an opening once some rules are gone."""
    return any(names <= rules for (who, _), names in found.items() if who == person)


def test_only_listed_pairs_count_where_pairs_are_listed():
    region = po.Region(
        name="listed",
        candidates=[po.Candidate(id=f"C-{c}", hours_per_week=(8, 12)) for c in range(2)],
        openings=[po.Opening(id=f"O-{o}", hours_per_week=(20, 36)) for o in range(3)],
    )
    pairs = {"candidate_id": ["C-0", "C-0"], "opening_id": ["O-0", "O-2"]}
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.HoursOverlap()]
    model = po.Model(region, pairs=pairs, rules=rules, objective=[])
    (row,) = model.blocking_rules().itertuples()
    assert (row.rules, row.pairs, row.pairs_alone, row.people) == ("HoursOverlap", 2, 2, 1)
    assert row.text == (
        "hours overlap: without it 2 more pairs are eligible, and 1 person without an opening would"
        " have one"
    )
    assert row.text_nl == (
        "passende uren: zonder deze regel zijn 2 koppelingen meer mogelijk, en zou 1 persoon zonder"
        " vacature er een hebben"
    )
