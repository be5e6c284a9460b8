"""Decisions on single pairs in the records that a complete `rules=` does not read are told."""

import logging

import pytest

import placement_opt as po

PAIRS = {
    "candidate_id": ["C-1", "C-1", "C-2", "C-2"],
    "opening_id": ["O-1", "O-2", "O-1", "O-2"],
    "score": [1, 2, 9, 1],
}
BASE = (po.OnePlacement(), po.OpeningCapacity())


def model(*rules, **decisions):
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
        **decisions,
    )
    return po.Model(region, pairs=PAIRS, rules=[*BASE, *rules], objective=[po.PairScore("score")])


def unread(result):
    return [(row.rule, row.pairs, row.against) for row in result.run.unread]


def test_forgotten_fixed_placements_are_told(caplog):
    of = model(fixed_placements=[("C-1", "O-1"), ("C-2", "O-2")])
    with caplog.at_level(logging.WARNING, "placement_opt"):
        result = of.solve()
    assert "the records have 2 fixed placements, and rules= has no FixedPlacements()" in caplog.text
    assert unread(result) == [("FixedPlacements", 2, 2)]
    assert (
        "fixed placements: 2 in the records, the plan goes against 2; rules= has no FixedPlacements"
        in result.summary()
    )
    dutch = "vastgelegde plaatsingen: 2 in de gegevens, het plan wijkt af van 2"
    assert dutch in result.summary("nl")


def test_forgotten_excluded_pairs_are_told():
    result = model(excluded_pairs=[("C-2", "O-1")]).solve()
    assert unread(result) == [("ExcludedPairs", 1, 1)]
    assert "excluded pairs: 1 in the records, the plan goes against 1" in result.summary()
    kept = model(excluded_pairs=[("C-1", "O-1")]).solve()
    assert unread(kept) == [("ExcludedPairs", 1, 0)]


def test_without_a_plan_there_is_nothing_to_go_against():
    never = po.ResourceLimit(per="region", minimums=9)
    result = model(never, fixed_placements=[("C-1", "O-1")]).solve()
    assert unread(result) == [("FixedPlacements", 1, None)]
    assert "fixed placements: 1 in the records; rules= has no FixedPlacements" in result.summary()


@pytest.mark.parametrize("add", [True, False])
def test_what_a_rule_reads_is_not_told(add, caplog):
    decisions = {"fixed_placements": [("C-1", "O-1")], "excluded_pairs": [("C-2", "O-1")]}
    rules = (po.FixedPlacements(), po.ExcludedPairs())
    of = model(*(() if add else rules), **decisions)
    for rule in rules if add else ():
        of.add(rule)
    result = of.solve()
    assert unread(result) == []
    assert "not in force" not in result.summary()
    assert "rules=" not in caplog.text


def test_records_without_decisions_have_nothing_to_tell():
    result = model().solve()
    assert unread(result) == []
    assert "not in force" not in result.summary()
