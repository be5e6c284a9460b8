"""Elastic rows: the best over all plans and all that they may miss, at its price."""

import itertools

import numpy as np
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from placement_opt.formulation.row_blocks import NO_UPPER
from placement_opt.solvers.derived.elastic import Elastic, Slack
from placement_opt.solvers.search.board import Solution

MANY = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def slacks_of(draw, formulation):
    """Give at most two rows a slack of one or two units."""
    eased = draw(st.sets(st.integers(0, max(0, formulation.n_rows - 1)), max_size=2))
    drawn = [
        (
            draw(st.integers(1, 2)) if row in eased else 0,
            draw(st.sampled_from([-3, -1, 1, 2])),
            draw(st.integers(-5, -1)),
        )
        for row in range(formulation.n_rows)
    ]
    columns = np.array(drawn, dtype=np.int64).reshape(-1, 3).T
    offsets = formulation.row_offsets
    return [
        Slack(*columns[:, slice(*offsets[at : at + 2])]) for at in range(len(formulation.blocks))
    ]


def best_with(formulation, slacks):
    """Count out the best objective over all plans and all that they may miss."""
    most, unit, gain = (
        np.array([one for slack in slacks for one in getattr(slack, name)], dtype=np.int64)
        for name in ("most", "unit", "gain")
    )
    matrix, best = formulation.matrix.toarray(), None
    for missed in itertools.product(*(range(units + 1) for units in most.tolist())):
        for values in itertools.product(
            *(
                range(low, high + 1)
                for low, high in zip(
                    formulation.lower.tolist(), formulation.upper.tolist(), strict=True
                )
            )
        ):
            activity = matrix @ np.array(values) + unit * missed
            if np.all(activity >= formulation.row_lower) and np.all(
                activity <= formulation.row_upper
            ):
                gained = formulation.objective.gain @ np.array(values) + gain @ np.array(missed)
                best = gained if best is None else max(best, gained)
    return best


@MANY
@given(formulation=formulations(), data=st.data())
def test_the_best_is_that_over_all_plans_and_all_they_may_miss(formulation, data):
    slacks = data.draw(slacks_of(formulation))
    elastic = Elastic.of(formulation, slacks)
    assert brute_force(elastic.formulation) == best_with(formulation, slacks)
    assert elastic.is_slack.sum() == sum((slack.most > 0).sum() for slack in slacks)


def two_people(lower):
    everybody = rows("everybody", [[1, 0], [0, 1]], lower, [1, 1])
    spare = rows("spare", [[1, 1]], [-NO_UPPER], [2], own=[(0, 3, -1)], own_usage=[[1]])
    return problem([4, 5], [everybody, spare])


def test_a_solution_that_misses_nothing_is_one_of_the_problem_itself():
    none, one = np.zeros(1, dtype=np.int64), np.ones(2, dtype=np.int64)
    slacks = [Slack(one, one, -one), Slack(none, none, none)]
    elastic = Elastic.of(two_people([1, 1]), slacks)
    assert elastic.is_slack.tolist() == [False, False, True, True, False]
    kept = Solution(np.array([0, 1]), np.array([0, 0, 2]))
    assert elastic.plan(kept).own.tolist() == [2]
    assert elastic.plan(kept).chosen.tolist() == [0, 1]
    assert elastic.plan(Solution(np.array([0]), np.array([0, 1, 2]))) is None


def test_only_slacks_of_lower_limits_follow_from_the_pairs():
    one = np.ones(2, dtype=np.int64)
    none = Slack(np.zeros(1, np.int64), np.ones(1, np.int64), -np.ones(1, np.int64))
    for unit, follow in ((one, True), (-one, False)):
        eased = Elastic.of(two_people([1, 1]), [Slack(one, unit, -one), none]).formulation
        assert eased.blocks[0].variables.follow is follow
