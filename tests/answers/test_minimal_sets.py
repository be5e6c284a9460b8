"""All minimal conflicts and ways out, of a judge who knows the conflicts beforehand."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from placement_opt.answers.in_whole_numbers import Verdict, cp_solver
from placement_opt.answers.minimal_sets import minimal_sets
from placement_opt.answers.still_infeasible import Allowance, Answer

ROWS = np.arange(6)
NOTHING = np.zeros(0, dtype=np.int64)


class Knowing:
    """Tells of rows which known conflict is among them; of some it does not know."""

    def __init__(self, conflicts, unknown=()):
        self.conflicts = [frozenset(one) for one in conflicts]
        self.unknown = {frozenset(one) for one in unknown}
        self.allowance = Allowance(600)

    def ask(self, rows):
        inside = set(rows.tolist())
        if frozenset(ROWS.tolist()) - inside in self.unknown:
            return Answer(Verdict.UNKNOWN, NOTHING)
        for conflict in self.conflicts:
            if conflict <= inside:
                return Answer(Verdict.INFEASIBLE, np.array(sorted(conflict)), is_minimal=True)
        return Answer(Verdict.FEASIBLE, NOTHING)

    def solver(self, seconds):
        return cp_solver(0, seconds)


def found_by(judge, weights=(), most_conflicts=99, most_relaxations=99):
    return minimal_sets(judge, ROWS, [], dict(weights), most_conflicts, most_relaxations)


def hitting(conflicts):
    """Return all minimal sets that hit every conflict."""
    every = [
        frozenset(some)
        for size in range(len(ROWS) + 1)
        for some in itertools.combinations(ROWS.tolist(), size)
        if all(conflict & set(some) for conflict in conflicts)
    ]
    return {some for some in every if not any(other < some for other in every)}


conflicts_drawn = st.lists(
    st.frozensets(st.integers(0, 5), min_size=1, max_size=4), min_size=1, max_size=5, unique=True
).map(lambda sets: [one for one in sets if not any(other < one for other in sets)])


@settings(max_examples=40, deadline=None, database=None)
@given(conflicts=conflicts_drawn, weight=st.lists(st.integers(1, 9), min_size=6, max_size=6))
def test_all_conflicts_and_all_minimal_ways_out_the_lightest_first(conflicts, weight):
    found = found_by(Knowing(conflicts), enumerate(weight))
    assert set(found.conflicts) == set(conflicts)
    assert set(found.relaxations) == hitting(conflicts)
    assert found.has_plan is False
    assert found.has_all_conflicts
    assert found.has_all_relaxations
    weighs = [sum(weight[row] for row in way) for way in found.relaxations]
    assert weighs == sorted(weighs)


TWO = [{0, 1}, {2, 3}]


def test_what_nobody_knows_is_no_way_out_and_leaves_both_lists_open():
    found = found_by(Knowing(TWO, unknown=[{0, 2}]))
    assert set(found.relaxations) == {frozenset(way) for way in ({0, 3}, {1, 2}, {1, 3})}
    assert not found.has_all_conflicts
    assert not found.has_all_relaxations


def test_so_many_are_enough_and_more_are_left_out():
    found = found_by(Knowing(TWO), most_conflicts=1)
    assert len(found.conflicts) == 1
    assert not found.has_all_conflicts
    assert found.has_all_relaxations
    found = found_by(Knowing(TWO), most_relaxations=3)
    assert len(found.conflicts) == 2
    assert len(found.relaxations) == 3
    assert found.has_all_conflicts
    assert not found.has_all_relaxations


@pytest.mark.parametrize("stays", [0, 3])
def test_what_has_to_stay_is_in_no_way_out(stays):
    found = found_by(Knowing(TWO), {stays: None})
    assert set(found.relaxations) == {way for way in hitting(TWO) if stays not in way}
    assert found.has_all_relaxations


def test_a_plan_that_keeps_all_is_told_as_such():
    found = found_by(Knowing([]))
    assert found.has_plan is True
    assert (found.conflicts, found.relaxations) == ({}, [])
    assert found.has_all_conflicts
    assert found.has_all_relaxations


def test_where_the_lightest_set_is_not_found_nothing_is_said_to_be_complete():
    judge, solver = Knowing(TWO), cp_solver(0, 1.0)
    solver.solve = lambda _model: cp_model.UNKNOWN
    judge.solver = lambda _seconds: solver
    found = found_by(judge)
    assert found.conflicts
    assert not found.has_all_conflicts
    assert not found.has_all_relaxations
