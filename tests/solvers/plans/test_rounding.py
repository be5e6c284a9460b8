"""Rounding to a plan where some pairs are there with others only."""

from dataclasses import replace

import numpy as np
import pytest
from crew_regions import region_of
from formulations import problem, rows
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits


def clock():
    return Clock(SearchLimits(time_limit_s=3600))


def plan_of(region, first=lambda _c, _o: 0):
    """Round all pairs, those of a smaller `first` before others; return who works where."""
    compiled = po.Model(region).compile()
    ends = [*zip(compiled.pairs.candidate.tolist(), compiled.pairs.opening.tolist(), strict=True)]
    order = np.array(sorted(range(len(ends)), key=lambda pair: first(*ends[pair])))
    plan = rounded(compiled.formulation, order, clock())
    if plan is None:
        return None
    assert compiled.formulation.is_satisfied_by(plan.values(compiled.formulation))
    return dict(ends[pair] for pair in plan.chosen.tolist())


def test_who_are_too_few_for_a_crew_go_elsewhere():
    region = region_of(3, [(3, 3), (1, None), (1, None)])
    first_there = {(0, 0): 0, (1, 0): 1, (2, 1): 2}
    found = plan_of(region, lambda c, o: first_there.get((c, o), 9))
    assert sorted(found.values()) == [1, 2]
    assert found[2] == 1


def test_a_crew_that_is_enough_stays_and_one_that_is_short_is_closed():
    region = region_of(5, [(3, 3), (3, 3), (1, None)])
    found = plan_of(region, lambda c, o: (o != c % 2, c))
    assert found == {0: 0, 2: 0, 4: 0, 1: 2}


def test_one_of_a_couple_makes_room_for_another():
    assert plan_of(region_of(3, [(1, None)], [(0, 1)]), lambda c, _o: c) == {2: 0}


def test_a_fixed_placement_that_nobody_can_join_leads_to_no_plan():
    assert plan_of(region_of(2, [(3, 3)], fixed=[("C-0", "O-0")])) is None


CREW = st.tuples(st.integers(0, 4), st.sampled_from((None, 2, 3)))
GROUPS = st.lists(st.lists(st.integers(0, 5), min_size=2, max_size=3, unique=True), max_size=2)


@settings(max_examples=100, deadline=None)
@given(st.lists(CREW, min_size=1, max_size=4), GROUPS, st.randoms(use_true_random=False))
def test_any_order_leads_to_a_plan(crews, groups, random):
    if any(places for places, _ in crews):
        assert plan_of(region_of(6, crews, groups), lambda _c, _o: random.random()) is not None


@pytest.mark.parametrize(("most", "chosen", "own"), [(2, [0], [1, 0]), (3, [0, 1], [1, 3])])
def test_a_pair_that_asks_too_much_of_an_own_variable_is_left_out(most, chosen, own):
    bounds = [(0, most, 0)] * 2
    asks = rows("asks", [[-1, 0], [0, -3]], [0, 0], [NO_UPPER] * 2, bounds, [[1, 0], [0, 1]])
    asks = replace(asks, variables=replace(asks.variables, follow=True))
    plan = rounded(problem([1, 1], [asks]), np.array([1, 0]), clock())
    assert plan.chosen.tolist() == chosen
    assert plan.own.tolist() == own
