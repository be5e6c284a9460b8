"""Limits in the way of another opening, while the person leaves theirs: the judge agrees."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_models import examples, models, plan_at_hand, solved, with_one_more
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.answers.in_the_way import rows_in_the_way
from placement_opt.answers.row_words import RowWords
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.solvers.plans.additions import PlanInRows


def told_of(result):
    """Return the pairs that are not in a plan, and the rows in the way of each."""
    hand = result.at_hand
    table, chosen = hand.compiled.pairs, hand.solution.chosen
    others = np.flatnonzero(~np.isin(table.number, table.number[chosen]))
    added = PlanInRows(hand.formulation, hand.solution).with_each(others)
    return hand, dict(zip(others.tolist(), rows_in_the_way(hand, others, added), strict=True))


@examples(60)
@given(model=models(steps=False, options=False), data=st.data())
def test_the_judge_agrees_with_what_is_in_the_way(model, data):
    compiled, result = solved(model)
    hand, told = told_of(result)
    if not told:
        return
    pair = data.draw(st.sampled_from(sorted(told)))
    chosen, _ = plan_at_hand(compiled, result)
    left = hand.chosen_of_candidate[compiled.pairs.candidate[pair]]
    rest = [one for one in chosen if left < 0 or one != with_coach(compiled, left, chosen)]
    verdicts = with_one_more(compiled, rest, [], ids_of(compiled.pairs)[pair])
    is_possible = any(verdict.is_sound for verdict in verdicts)
    rows = told[pair]
    titles = {RowWords(hand.formulation, compiled.rules).named(row).title for row in rows}
    assert OnePlacement.title not in titles
    if not rows:
        assert is_possible or is_missed(compiled, rest)
    elif any(is_plain(hand, row) for row in rows):
        assert not is_possible


def with_coach(compiled, row, chosen):
    here = compiled.placement(row)
    [found] = [
        one
        for one in chosen
        if (one.candidate_id, one.opening_id) == (here.candidate_id, here.opening_id)
    ]
    return found


def is_missed(compiled, rest):
    """Whether the person is missed where they leave, such as in a crew."""
    return not compiled.judge(compiled.plan_of(rest)).is_sound


def is_plain(hand, row):
    offsets = np.array(hand.formulation.row_offsets)
    number = int(np.searchsorted(offsets, row, side="right")) - 1
    return hand.formulation.blocks[number].variables is None


def budget(share):
    people = [po.Candidate(id="C-1"), po.Candidate(id="C-2")]
    work = [po.Opening(id="O-1"), po.Opening(id="O-2"), po.Opening(id="O-3")]
    pairs = {
        "candidate_id": ["C-1", "C-1", "C-1", "C-2"],
        "opening_id": ["O-1", "O-2", "O-3", "O-3"],
        "score": [5, 4, 3, 9],
        "eur": [100, 100, 101, 50],
    }
    limit = po.ResourceLimit(uses="eur", per="region", limits=share)
    rules = [po.OnePlacement(), po.OpeningCapacity(), limit]
    region = po.Region(name="two", candidates=people, openings=work)
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


@pytest.mark.parametrize(("share", "rules"), [(150, 2), (151, 1)])
def test_what_a_person_leaves_is_room_for_what_they_take(share, rules):
    result = budget(share).solve(gap=0)
    placed = {row.candidate_id: row.opening_id for row in result.placement_rows}
    assert placed == {"C-1": "O-1", "C-2": "O-3"}
    hand, told = told_of(result)
    openings = [opening for _, opening in ids_of(hand.compiled.pairs)]
    by_opening = {openings[pair]: rows for pair, rows in told.items()}
    assert by_opening["O-2"] == []  # the same euros
    assert len(by_opening["O-3"]) == rules  # its place is taken; 101 euros fit in 151 - 50 only
    [other, third] = result.recommend(candidate_id="C-1").itertuples()
    assert "there is room" in other.reasons
    assert "O-3" in third.reasons
    assert ("resource limit" in third.reasons) == (rules > 1)
