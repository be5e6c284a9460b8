"""Single pairs come and go in a plan: what it leads to is a plan, and the points are its own."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_models import models, solved

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.solvers.plans.moves import PlanInMoves
from placement_opt.solvers.search.board import Solution

TINY = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


def values_of(plan, chosen):
    values = np.zeros(plan.formulation.n_variables, dtype=np.int64)
    values[sorted(chosen)] = 1
    values[plan.formulation.n_pairs :] = np.concatenate(
        [np.zeros(0, np.int64), *(each.array() for each in plan.own)]
    )
    return values


@TINY
@given(model=models(), data=st.data())
def test_moves_lead_from_plan_to_plan_and_back(model, data):
    compiled, result = solved(model)
    hand = PlanAtHand.of(result, compiled)
    plan = PlanInMoves.of(compiled.formulation, hand.solution)
    check_that_who_left_can_come_back(compiled, plan, hand.solution.chosen.tolist())
    chosen, began = set(hand.solution.chosen.tolist()), hand.points
    for _ in range(6):
        pair = data.draw(st.integers(0, compiled.pairs.n_pairs - 1))
        moved = plan.without_pair(pair) if pair in chosen else plan.with_pair(pair)
        if moved is None:
            continue
        chosen, plan = chosen ^ {pair}, moved
        values = values_of(plan, chosen)
        assert compiled.formulation.is_satisfied_by(values)
        worth = compiled.formulation.worth(values)
        assert worth - began == plan.gained
        own = values[compiled.formulation.n_pairs :]
        lifted = compiled.plan(Solution(np.array(sorted(chosen), dtype=np.int64), own))
        assert compiled.judge(lifted).is_sound


def check_that_who_left_can_come_back(compiled, plan, chosen):
    for pair in chosen if compiled.pairs.placements_per_candidate == 1 else ():
        without = plan.without_pair(pair)
        if without is None:
            continue
        again = without.with_pair(pair)
        assert again is not None
        assert again.gained == pytest.approx(0)
        assert without.gained <= 0
