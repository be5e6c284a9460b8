"""Tiny models by every solver and by trying out all plans; `benchmarks differential` does many."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

import placement_opt as po
from benchmarks.differential import (
    SOLVERS,
    Minimum,
    Spec,
    best_by_trying,
    disagreement,
    drawn,
    grid_of,
    model_of,
)


@pytest.mark.parametrize("seed", range(100_001, 100_041))
def test_every_solver_agrees_with_trying_out_all_plans(seed):
    spec = drawn(seed)
    best = best_by_trying(spec)
    for solver in SOLVERS:
        result = model_of(spec).solve(time_limit_s=60, gap=0.0, solver=solver)
        assert disagreement(result, best, grid_of(spec)) is None


SPEC = Spec(
    people=2,
    places=1,
    score={(0, 0): "5", (1, 0): "7.5"},
    size=(2, 3),
    positions=(2,),
    room=(4,),
    everybody=False,
    label=("a", "b"),
    at_most=None,
)


@pytest.mark.parametrize(
    ("changes", "best"),
    [
        ({}, Fraction(15, 2)),
        ({"room": (5,)}, Fraction(25, 2)),
        ({"room": None, "positions": (1,)}, Fraction(15, 2)),
        ({"everybody": True}, None),
        ({"everybody": True, "room": (5,)}, Fraction(25, 2)),
        ({"at_most": {"b": 0}}, Fraction(5)),
        ({"minimums": (Minimum("placements", "a", 1, None),)}, Fraction(5)),
        ({"minimums": (Minimum("size", "a", 2, 1),)}, Fraction(11, 2)),
        ({"weight": -1}, Fraction(0)),
    ],
)
def test_trying_out_all_plans_knows_the_rules(changes, best):
    spec = Spec(**{**SPEC.__dict__, **changes})
    assert best_by_trying(spec) == best
    assert disagreement(model_of(spec).solve(gap=0.0), best) is None


@pytest.mark.parametrize(
    ("status", "objective", "bound"),
    [
        (po.Status.OPTIMAL, 6.0, 6.0),
        (po.Status.OPTIMAL, 7.0, 6.9),
        (po.Status.FEASIBLE, 8.0, 9.0),
        (po.Status.FEASIBLE, 7.0, 9.0),
        (po.Status.INFEASIBLE, None, None),
        (po.Status.NO_SOLUTION, None, 9.0),
    ],
)
def test_a_wrong_word_is_a_difference(status, objective, bound):
    told = SimpleNamespace(
        status=status, objective=objective, bound=bound, stop_reason=po.StopReason.TIME_LIMIT
    )
    assert disagreement(told, Fraction(7)) is not None
