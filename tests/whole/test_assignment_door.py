"""The door: a plain assignment problem with scores of one's own, in a few lines, exact by flow."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

import placement_opt as po


def dense(scores):
    """Return the region and the frame of a dense assignment problem."""
    n_people, n_places = scores.shape
    region = po.Region(
        name="assignment",
        candidates=[po.Candidate(id=f"C-{n:04d}") for n in range(n_people)],
        openings=[po.Opening(id=f"O-{n:04d}") for n in range(n_places)],
    )
    rows, columns = np.indices(scores.shape)
    frame = pd.DataFrame(
        {
            "candidate_id": rows.ravel(),
            "opening_id": columns.ravel(),
            "score": scores.ravel(),
        }
    )
    return region, frame


def solved(scores, weight=1, rules=(), solver="auto", **how):
    region, frame = dense(scores)
    model = po.Model(
        region,
        pairs=frame,
        rules=[po.OnePlacement(), po.OpeningCapacity(), *rules],
        objective=[po.PairScore("score", weight=weight)],
    )
    result = model.solve(solver=solver, gap=0, **how)
    assert result.status is po.Status.OPTIMAL
    assert result.stats["proven_by"] == "flow"
    return result


def best(scores, *, maximize):
    rows, columns = linear_sum_assignment(scores, maximize=maximize)
    return scores[rows, columns].sum()


@pytest.mark.parametrize("shape", [(200, 200), (200, 150), (120, 200), (1, 5)])
def test_whole_scores(shape):
    scores = np.random.default_rng(1).integers(0, 1_000, shape)
    result = solved(scores)
    assert result.objective == best(scores, maximize=True)
    assert len(result.placement_rows) <= min(shape)
    placed = scores[
        [int(row.candidate_id[2:]) for row in result.placement_rows],
        [int(row.opening_id[2:]) for row in result.placement_rows],
    ]
    assert placed.sum() == result.objective


def test_costs_with_decimals():
    costs = np.random.default_rng(2).random((200, 200)).round(6)
    result = solved(costs, weight=-1, rules=[po.EveryCandidatePlaced()])
    assert result.objective == pytest.approx(-best(costs, maximize=False), abs=1e-9)
    assert result.term_rows[0].value == pytest.approx(best(costs, maximize=False), abs=1e-9)
    assert len(result.placement_rows) == 200


def test_scores_of_any_length():
    scores = np.random.default_rng(3).random((60, 60))
    result = solved(scores)
    assert result.objective == pytest.approx(best(scores, maximize=True), abs=1e-9)
    assert result.bound >= result.objective


def test_scores_of_both_signs_leave_people_out():
    scores = np.random.default_rng(4).integers(-1_000, 200, (80, 80))
    result = solved(scores)
    assert result.objective == best(np.maximum(scores, 0), maximize=True)
    assert min(row.points for row in result.placement_rows) >= 0
    assert {row.reason for row in result.unplaced_rows} <= {"not_worthwhile", "outcompeted"}


@pytest.mark.slow
def test_two_thousand_by_two_thousand():
    scores = np.random.default_rng(5).integers(0, 10_000, (2_000, 2_000))
    result = solved(scores, solver="flow", time_limit_s=600)
    assert result.objective == best(scores, maximize=True)
    assert len(result.placement_rows) == 2_000
