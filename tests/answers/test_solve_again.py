"""A problem solved again: the best of all plans that hold a pair, by either way, and its moves."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, all_plans, models
from tiny_regions import ids_of

import placement_opt as po
from placement_opt.answers import solve_again
from placement_opt.answers.changed_models import holding, with_block
from placement_opt.answers.solve_again import solve_near, solve_whole
from placement_opt.instance.placement import Violation
from placement_opt.run.compiled import Compiled

TINY = settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def solved(model):
    """Return the proven plan at hand, and all plans as (objective, pairs)."""
    compiled = model.compile()
    assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
    result = model.solve(gap=0, solver="cp-sat")
    assume(result.status is po.Status.OPTIMAL)
    plans = [
        (verdict.objective, {(p.candidate_id, p.opening_id) for p in placements})
        for verdict, placements in all_plans(compiled)
    ]
    return result.at_hand, plans


def check_moves(hand, again):
    """The moves turn the plan at hand into the new one."""
    old = {(p.candidate_id, p.opening_id) for p in hand.compiled.plan(hand.solution).placements}
    new = {(p.candidate_id, p.opening_id) for p in again.plan.placements}
    for move in again.moves:
        gone = {(move.candidate_id, one) for one in (move.before or "").split(", ") if one}
        come = {(move.candidate_id, one) for one in (move.after or "").split(", ") if one}
        assert gone <= old
        assert not come & old
        old = (old - gone) | come
    assert old == new


@TINY
@given(model=models(), at=st.integers(0, 10))
def test_either_way_is_the_best_of_all_plans_that_hold_the_pair(model, at):
    hand, plans = solved(model)
    pairs = ids_of(hand.compiled.pairs)
    pair = pairs[at % len(pairs)]
    held = [objective for objective, chosen in plans if pair in chosen]
    changed = holding(hand.compiled, [pair])
    for again in (solve_near(hand, changed), solve_whole(hand, changed, solver="cp-sat")):
        assert again.is_proven
        assert again.is_impossible is not bool(held)
        if held:
            assert float(again.points) == pytest.approx(float(max(held)), abs=1e-9)
            assert pair in {(p.candidate_id, p.opening_id) for p in again.plan.placements}
            check_moves(hand, again)


@TINY
@given(model=models(), at=st.integers(0, 10))
def test_near_a_plan_nothing_is_claimed_and_the_pair_is_held(model, at):
    hand, plans = solved(model)
    pairs = ids_of(hand.compiled.pairs)
    pair = pairs[at % len(pairs)]
    held = [objective for objective, chosen in plans if pair in chosen]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solve_again, "SMALL_VARIABLES", -1)
        again = solve_near(hand, holding(hand.compiled, [pair]), reproducible=True)
    assert again.bound is None
    assert not again.is_impossible
    if again.plan is not None:
        assert pair in {(p.candidate_id, p.opening_id) for p in again.plan.placements}
        assert float(again.points) <= float(max(held)) + 1e-9
        check_moves(hand, again)


@TINY
@given(model=models(hard=False), more=st.sampled_from((-1, 1, 20)))
def test_other_limits_are_as_good_as_another_rule(model, more):
    model.add(po.ResourceLimit(per="region", limits=2))
    hand, _ = solved(model)
    keys = [rule.key for rule in hand.compiled.rules_of_blocks]
    number = keys.index(po.ResourceLimit(per="region").key)
    block = hand.formulation.blocks[number]
    changed = with_block(hand.compiled, number, replace(block, upper=block.upper + more))
    other = model.of_region(model.region).add(po.ResourceLimit(per="region", limits=2 + more))
    expected = other.solve(gap=0, solver="cp-sat")
    for again in (solve_near(hand, changed), solve_whole(hand, changed, solver="cp-sat")):
        assert again.is_impossible is not expected.has_plan
        if expected.has_plan:
            assert float(again.points) == pytest.approx(expected.objective, abs=1e-9)


def region(people=60, seed=2):
    return po.synthetic_region("rijk-van-nijmegen", candidates=people, openings=20, seed=seed)


@pytest.fixture(scope="module")
def result():
    return po.Model(region()).solve(time_limit_s=20, reproducible=True, gap=1e-3)


def test_near_a_plan_an_answer_is_repeated_to_the_letter(result, monkeypatch):
    monkeypatch.setattr(solve_again, "SMALL_VARIABLES", -1)
    hand = result.at_hand
    pair = ids_of(hand.compiled.pairs)[7]
    changed = holding(hand.compiled, [pair])
    first, second = (solve_near(hand, changed, reproducible=True) for _ in range(2))
    assert first.moves == second.moves
    assert first.points == second.points
    assert np.array_equal(first.solution.chosen, second.solution.chosen)


def test_what_is_not_eligible_or_not_there_is_refused(result):
    compiled = result.at_hand.compiled
    instance = compiled.pairs.instance
    pairs = set(ids_of(compiled.pairs))
    every = ((c, o) for c in instance.candidate_ids for o in instance.opening_ids)
    out = next(pair for pair in every if pair not in pairs)
    with pytest.raises(po.InvalidInputError, match="eligible"):
        holding(compiled, [out])
    with pytest.raises(po.UnknownIdError):
        holding(compiled, [("C-none", out[1])])


def test_a_copy_with_other_placements_has_another_plan_at_hand(result):
    fewer = result.model_copy(update={"placement_rows": result.placement_rows[1:]})
    assert fewer.at_hand.solution.chosen.size == result.at_hand.solution.chosen.size - 1
    assert result.at_hand is result.at_hand


def test_without_a_plan_there_is_none_at_hand(result):
    nothing = result.model_copy(update={"status": po.Status.NO_SOLUTION})
    with pytest.raises(po.PlacementError, match="no plan"):
        _ = nothing.at_hand


def test_a_plan_under_other_rows_that_breaks_a_rule_is_an_error_of_ours(monkeypatch):
    hand = po.solve(
        po.Region(name="r", candidates=[po.Candidate(id="C-1")], openings=[po.Opening(id="O-1")])
    ).at_hand
    names = [type(rule).__name__ for rule in hand.compiled.rules_of_blocks]
    number = names.index("OpeningCapacity")
    changed = with_block(hand.compiled, number, hand.formulation.blocks[number])
    assert solve_near(hand, changed).points == hand.points
    judge = Compiled.judge

    def strict(compiled, plan):
        broken = (Violation("badge", "C-1", "has none"),)
        return replace(judge(compiled, plan), violations=broken)

    monkeypatch.setattr(Compiled, "judge", strict)
    with pytest.raises(po.InternalError, match="badge"):
        solve_near(hand, changed)
