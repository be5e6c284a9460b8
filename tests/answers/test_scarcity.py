"""The figures that `generate` prints: every standard rule has a price, and greed is not enough."""

import pytest

import placement_opt as po
from placement_opt.answers.scarcity import MOST_PAIRS, scarcity

STANDARD = {
    "one placement per candidate",
    "positions of an opening",
    "supervision places of an employer",
    "coaching capacity",
    "wage-subsidy budget of a municipality",
    "jobs quota",
    "sheltered places of a municipality",
    "balance between municipalities",
    "fixed placements",
}


@pytest.mark.parametrize("coaching", ["mixed", "equal"])
def test_every_standard_rule_has_a_price_and_greed_ends_below_the_bound(coaching):
    region = po.synthetic_region(candidates=1_500, openings=400, seed=1, coaching=coaching)
    found = scarcity(po.Model(region).compile())
    assert found is not None
    assert {rule.rule for rule in found.rules} == STANDARD
    assert [rule.rule for rule in found.rules if rule.priced_rows == 0] == []
    assert found.greedy_below_bound is not None
    assert found.greedy_below_bound >= 0.03


def test_prices_are_those_of_the_linear_program():
    # Two people want one place: the second best decides what one place more is worth.
    region = po.Region(
        name="one place",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1")],
    )
    pairs = {"candidate_id": ["C-1", "C-2"], "opening_id": ["O-1", "O-1"], "score": [5, 3]}
    model = po.Model(
        region,
        pairs=pairs,
        rules=[po.OpeningCapacity()],
        objective=[po.PairScore("score")],
    )
    found = scarcity(model.compile())
    assert found is not None
    assert found.bound_points == pytest.approx(5)
    assert found.greedy_points == 5
    assert found.greedy_below_bound == pytest.approx(0)
    assert 3 <= found.rules[0].highest_price <= 5


def test_a_large_problem_is_left_out_and_not_guessed(monkeypatch):
    monkeypatch.setattr("placement_opt.answers.scarcity.MOST_PAIRS", 1)
    assert MOST_PAIRS > 1
    region = po.synthetic_region(candidates=60, openings=20, seed=1)
    assert scarcity(po.Model(region).compile()) is None
