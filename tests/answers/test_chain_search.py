"""Chains of moves that bring a pair in: each leads to a plan, and none beats the best plan."""

import time
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tiny_models import MOST_PAIRS, brute_force, models, solved

import placement_opt as po
from placement_opt.answers import regret as regret_module
from placement_opt.answers.chain_search import ChainSearch
from placement_opt.answers.changed_models import holding

TINY = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def ids_of_row(pairs, row):
    instance = pairs.instance
    return (
        instance.candidate_ids[pairs.candidate[row]],
        instance.opening_ids[pairs.opening[row]],
    )


def market(points):
    people = sorted({who for who, _ in points})
    places = sorted({where for _, where in points})
    region = po.Region(
        name="market",
        candidates=[po.Candidate(id=who) for who in people],
        openings=[po.Opening(id=where) for where in places],
    )
    frame = pd.DataFrame(
        [(*pair, score) for pair, score in points.items()],
        columns=["candidate_id", "opening_id", "score"],
    )
    return po.Model(region, pairs=frame, objective=[po.PairScore("score")])


def placed(result):
    return {(row.candidate_id, row.opening_id) for row in result.placement_rows}


def rows_of(result, *pairs):
    table = result.model.compile().pairs
    every = [row for row in range(table.n_pairs) if ids_of_row(table, row) in pairs]
    return np.array(every, dtype=np.int64)


@TINY
@given(model=models(), data=st.data())
def test_each_chain_leads_to_a_plan_with_the_pair_and_none_beats_the_best(model, data):
    compiled, result = solved(model)
    assume(compiled.pairs.n_pairs <= MOST_PAIRS)
    regrets = result.regrets
    others = np.setdiff1d(np.arange(compiled.pairs.n_pairs), regrets.hand.solution.chosen)
    assume(others.size)
    pair = int(data.draw(st.sampled_from(others.tolist())))
    changed = holding(compiled, [ids_of_row(compiled.pairs, pair)])
    best = brute_force(changed)
    for plan in ChainSearch(regrets).plans(pair):
        solution = plan.solution(regrets.hand.solution)
        values = solution.values(compiled.formulation)
        assert pair in solution.chosen
        assert compiled.formulation.is_satisfied_by(values)
        assert compiled.formulation.worth(values) == regrets.hand.points + plan.gained
        assert compiled.judge(compiled.plan(solution)).is_sound
        assert best is not None
        assert regrets.hand.points + plan.gained <= best


def test_a_place_that_is_left_is_taken_by_somebody_who_leaves_one_that_others_want():
    """C-0 goes to O-1, whose C-1 goes nowhere; C-2 leaves O-2 for O-0, and C-3 takes O-2."""
    pairs = {
        ("C-0", "O-0"): 9,
        ("C-0", "O-1"): 8,
        ("C-1", "O-1"): 5,
        ("C-2", "O-2"): 9,
        ("C-2", "O-0"): 7,
        ("C-3", "O-2"): 6,
    }
    result = market(pairs).solve(gap=0)
    assert placed(result) == {("C-0", "O-0"), ("C-1", "O-1"), ("C-2", "O-2")}
    regrets = result.regrets
    found = ChainSearch(regrets).best(rows_of(result, ("C-0", "O-1")), None)
    compiled = result.model.compile()
    told = {ids_of_row(compiled.pairs, row) for row in found.chosen.tolist()}
    assert told == {("C-0", "O-1"), ("C-2", "O-0"), ("C-3", "O-2")}
    assert compiled.formulation.worth(found.values(compiled.formulation)) == 8 + 7 + 6


def test_of_several_pairs_the_one_that_loses_least_is_found():
    pairs = {("C-0", "O-0"): 9, ("C-1", "O-0"): 4, ("C-1", "O-1"): 6, ("C-2", "O-1"): 8}
    result = market(pairs).solve(gap=0)
    asked = rows_of(result, ("C-1", "O-0"), ("C-1", "O-1"))
    found = ChainSearch(result.regrets).best(asked, None)
    compiled = result.model.compile()
    assert compiled.formulation.worth(found.values(compiled.formulation)) == 9 + 6


def test_the_clock_ends_it_after_the_first_plan():
    pairs = {("C-0", "O-0"): 9, ("C-1", "O-0"): 4, ("C-1", "O-1"): 1, ("C-2", "O-0"): 3}
    regrets = market(pairs).solve(gap=0).regrets
    late = ChainSearch(regrets).best(np.array([1]), time.perf_counter() - 1)
    assert late is not None


def test_nobody_is_found_where_no_plan_holds_the_pair():
    model = market({("C-0", "O-0"): 9, ("C-1", "O-0"): 4})
    model.add(po.FixedPlacements(placements=[("C-0", "O-0")]))
    result = model.solve(gap=0)
    assert ChainSearch(result.regrets).best(rows_of(result, ("C-1", "O-0")), None) is None


@TINY
@given(model=models(), data=st.data())
def test_answers_of_a_large_region_hold_the_true_regret(model, data):
    compiled, result = solved(model)
    assume(compiled.pairs.n_pairs <= MOST_PAIRS)
    others = np.setdiff1d(np.arange(compiled.pairs.n_pairs), result.at_hand.solution.chosen)
    assume(others.size)
    pair = ids_of_row(compiled.pairs, int(data.draw(st.sampled_from(others.tolist()))))
    best = brute_force(holding(compiled, [pair]))
    with pytest.MonkeyPatch.context() as patch:
        for module in ("regret", "solve_again"):
            patch.setattr(f"placement_opt.answers.{module}.SMALL_VARIABLES", -1)
        patch.setattr(regret_module, "MOST_WHOLE", -1)
        told = result.why_not(*pair)
    if best is None:
        assert told.loss_points is None
        return
    true = result.at_hand.points - best
    if told.loss_points is not None:
        assert Fraction(told.loss_points).limit_denominator(10**6) >= true - Fraction(1, 10**6)
    if told.regret_bounds is not None:
        low, high = told.regret_bounds
        assert low - 1e-6 <= true <= high + 1e-6
