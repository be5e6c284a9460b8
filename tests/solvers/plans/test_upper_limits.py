"""What rows still allow while a plan is filled pair by pair."""

import numpy as np
import pytest
from formulations import problem, rows

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.plans.rounding import gaining_most, rounded
from placement_opt.solvers.plans.upper_limits import UpperLimits
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

PAIRS = np.arange(3)


def taken(block):
    return UpperLimits(problem([3, 2, 1], [block]), PAIRS).taken(range(3)).tolist()


class TestRowsOfARuleWithOwnVariables:
    """A rule may have a limit in one row and count what is missing in another."""

    def test_a_row_without_any_of_them_limits_its_pairs(self):
        block = rows(
            "at most two, and as many as can be",
            [[1, 1, 1], [1, 1, 1]],
            [NO_LOWER, 3],
            [2, NO_UPPER],
            own=[(0, 3, -5)],
            own_usage=[[0], [1]],
        )
        assert taken(block) == [True, True, False]

    @pytest.mark.parametrize(("room", "most"), [(0, 1), (1, 2), (2, 3)])
    def test_as_much_as_they_can_make_is_free(self, room, most):
        limit = [[1, 1, 1]], [NO_LOWER], [1]
        block = rows("one and what is paid for", *limit, own=[(0, room, -1)], own_usage=[[-1]])
        assert sum(taken(block)) == most

    @pytest.mark.parametrize("own", [(-2, 1), (-1, 2)])
    def test_either_end_of_an_own_variable_may_make_room(self, own):
        for amount in (1, -1):
            low, high = sorted(amount * end for end in own)
            limit = [[1, 1, 1]], [NO_LOWER], [0]
            block = rows("none", *limit, own=[(low, high, 0)], own_usage=[[amount]])
            assert sum(taken(block)) == -own[0]


class TestFirstPlans:
    def test_a_plan_of_what_gains_most_keeps_limits_on_sheltered_places(self):
        places = {"sheltered_places_minimum": 1, "sheltered_places_maximum": 2}
        region = po.Region(
            name="r",
            municipalities=[po.Municipality(id="M", **places)],
            candidates=[
                po.Candidate(id=f"C-{n}", sheltered=True, municipality="M") for n in range(4)
            ],
            openings=[po.Opening(id="O-1", positions=4, sheltered=True)],
        )
        rules = [po.OnePlacement(), po.OpeningCapacity(), po.ShelteredPlaces(shortfall_price=5)]
        formulation = po.Model(region, rules=rules).compile().formulation
        plan = rounded(formulation, gaining_most(formulation), Clock(SearchLimits()))
        assert plan is not None
        assert plan.chosen.size == 2
