"""Limits in the way of another opening, while the person leaves theirs: the judge agrees."""

import numpy as np
import pytest
from hypothesis import given
from tiny_models import examples, models, plan_at_hand, solved, with_one_more
from tiny_regions import PERIODS, ids_of

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
    rows = rows_in_the_way(result.regrets, others, added)
    return hand, dict(zip(others.tolist(), rows, strict=True))


@examples(60)
@given(model=models(periods=((), *PERIODS)))
def test_rows_are_told_where_the_judge_finds_no_room_and_only_there(model):
    compiled, result = solved(model)
    hand, told = told_of(result)
    chosen, steps = plan_at_hand(compiled, result)
    words, ids = RowWords(hand.formulation, compiled.rules), ids_of(compiled.pairs)
    for pair in {ids[row] for row in told}:
        ways = [row for row in told if ids[row] == pair]
        left = hand.chosen_of_candidate[compiled.pairs.candidate[ways[0]]]
        rest = [one for one in chosen if left < 0 or one != with_coach(compiled, left, chosen)]
        others = [one for one in steps if one.candidate_id != pair[0]]
        verdicts = with_one_more(compiled, rest, others, pair)
        is_possible = any(verdict.is_sound for verdict in verdicts)
        titles = {words.named(one).title for row in ways for one in told[row]}
        assert OnePlacement.title not in titles
        if all(told[row] for row in ways):
            assert not is_possible
        else:
            assert is_possible or is_missed(compiled, rest)


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


def coached(now, then, **fields):
    """C-1 is coached for some hours and looks at work with others; the coach is fully booked."""
    region = po.Region(
        name="coached",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id=id_) for id_ in ("O-1", "O-2", "O-3")],
        coaches=[po.Coach(id="K-1", hours_per_week=now + 2)],
    )
    pairs = {
        "candidate_id": ["C-1", "C-1", "C-2"],
        "opening_id": ["O-1", "O-2", "O-3"],
        "score": [5, 4, 9],
        "coaching_hours_per_week": [now, then, 2],
    }
    rules = [po.OnePlacement(**fields), po.OpeningCapacity(), po.Coaching()]
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


@pytest.mark.parametrize("at_most", [1, 2])
@pytest.mark.parametrize(
    ("now", "then", "titles"), [(2, 2, set()), (2, 1, set()), (1, 3, {"Coaching"})]
)
def test_the_hours_that_a_person_leaves_are_room_for_no_more(now, then, titles, at_most):
    result = coached(now, then, at_most=at_most).solve(gap=0)
    placed = {row.candidate_id: row.opening_id for row in result.placement_rows}
    assert placed == {"C-1": "O-1", "C-2": "O-3"}
    hand, told = told_of(result)
    [rows] = told.values()
    words = RowWords(hand.formulation, hand.compiled.rules)
    by_title = {rule.title: rule.rule for rule in hand.compiled.rules}
    assert {by_title[words.named(row).title] for row in rows} == titles
    [reasons] = result.recommend(candidate_id="C-1").reasons
    assert ("there is room" in reasons) == (not titles)
    if at_most == 1:  # the head is left as well
        assert "caseload" not in reasons


def test_a_person_leaves_room_at_their_own_coach_only():
    people = ["C-1", "C-2"]
    region = po.Region(
        name="two coaches",
        candidates=[po.Candidate(id=id_) for id_ in people],
        openings=[po.Opening(id="O-1", positions=2), po.Opening(id="O-2")],
        coaches=[
            po.Coach(id="K-1", hours_per_week=2, openings={"O-1"}),
            po.Coach(id="K-2", hours_per_week=2),
        ],
    )
    pairs = {
        "candidate_id": people * 2,
        "opening_id": ["O-1", "O-1", "O-2", "O-2"],
        "score": [5, 5, 1, 1],
        "coaching_hours_per_week": [2, 2, 2, 2],
    }
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.Coaching()]
    model = po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])
    result = model.solve(gap=0)
    coach = {row.candidate_id: row.coach_id for row in result.placement_rows}
    assert {row.opening_id for row in result.placement_rows} == {"O-1"}
    hand, told = told_of(result)
    ids = ids_of(hand.compiled.pairs)
    has_room = {coach[ids[pair][0]]: not rows for pair, rows in told.items()}
    assert has_room == {"K-1": False, "K-2": True}
