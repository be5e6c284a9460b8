"""The rules in conflict: infeasible by themselves, in words, none too many where that is said."""

import numpy as np
import pytest
from formulations import brute_force, formulations, networks, problem, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from placement_opt.answers.conflict import singled_out
from placement_opt.answers.still_infeasible import Allowance
from placement_opt.formulation.certificate import without_gains
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.bounds.infeasible import prove_infeasible_at_once
from placement_opt.solvers.bounds.least_breach import least_breach
from placement_opt.solvers.derived.counting import (
    activity_range,
    demand_exceeding_supply,
    row_exceeding_limits,
    row_out_of_reach,
)
from placement_opt.solvers.derived.rows_alone import rows_alone, stretched
from placement_opt.solvers.flow.cut import cut_of
from placement_opt.solvers.flow.sets import NotANetworkError
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.reporting import is_contradictory

MANY = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def are_infeasible(formulation, named):
    return brute_force(rows_alone(formulation, np.asarray(named, dtype=np.int64))) is None


def check(formulation):
    """Check the conflict of an infeasible formulation against brute force."""
    found = singled_out(formulation, None, 0, Allowance(20.0))
    assert found.rows.size
    assert are_infeasible(formulation, found.rows)
    if found.is_minimal:
        for row in found.rows:
            assert not are_infeasible(formulation, found.rows[found.rows != row])
    if found.prices is not None:
        assert found.certificate(formulation).leaves_no_plan(formulation)
    return found


@st.composite
def crowds(draw):
    """Draw people who all need a place, of one size or several, beside minimums and limits."""
    n_people, n_places = draw(st.integers(2, 4)), draw(st.integers(1, 3))
    allowed = [
        (c, o)
        for c in range(n_people)
        for o in range(n_places)
        if draw(st.sampled_from([True, True, False]))
    ][:9]
    size = [draw(st.sampled_from([1, 1, 2, 3])) for _ in range(n_people)]
    person = [[int(c == who) for c, _ in allowed] for who in range(n_people)]
    used = [[size[c] * (o == where) for c, o in allowed] for where in range(n_places)]
    room = [draw(st.integers(0, 4)) for _ in range(n_places)]
    least = [draw(st.sampled_from([NO_LOWER, NO_LOWER, 1, 2])) for _ in range(n_places)]
    is_asked = [draw(st.sampled_from([1, 1, 1, NO_LOWER])) for _ in range(n_people)]
    return problem(
        [1] * len(allowed),
        [
            rows("one", person, [NO_LOWER] * n_people, [1] * n_people),
            rows("placed", person, is_asked, [NO_UPPER] * n_people),
            rows("room", used, [NO_LOWER] * n_places, room),
            rows("least", used, least, [NO_UPPER] * n_places),
        ],
    )


class TestTiny:
    @MANY
    @given(formulation=st.one_of(formulations(), networks(), crowds()))
    def test_what_is_named_contradicts_itself(self, formulation):
        assume(brute_force(formulation) is None)
        check(formulation)

    @MANY
    @given(formulation=crowds())
    def test_with_time_left_nothing_named_is_spare(self, formulation):
        assume(brute_force(formulation) is None)
        assert check(formulation).is_minimal

    @MANY
    @given(formulation=st.one_of(formulations(), crowds()))
    def test_out_of_time_it_is_true_all_the_same(self, formulation):
        assume(brute_force(formulation) is None)
        found = singled_out(formulation, None, 0, Allowance(0.0))
        assert are_infeasible(formulation, found.rows)

    @MANY
    @given(formulation=crowds())
    def test_counting_questions_give_equal_answers_twice(self, formulation):
        assume(brute_force(formulation) is None)
        one, two = (
            singled_out(formulation, None, 0, Allowance(20.0, reproducible=True)) for _ in range(2)
        )
        assert one.rows.tolist() == two.rows.tolist()

    def test_a_row_that_no_whole_number_keeps(self):
        found = check(problem([1, 1], [rows("any", [[1, 0], [3, 3]], [0, 1], [1, 2])]))
        assert (found.rows.tolist(), found.is_minimal, found.prices) == ([1], True, None)


class TestParts:
    @MANY
    @given(formulation=st.one_of(formulations(), networks()))
    def test_the_range_of_a_row_is_what_its_variables_reach(self, formulation):
        assume(not np.any(formulation.own_lower > formulation.own_upper))
        least, most = activity_range(formulation)
        matrix = formulation.matrix.toarray()
        ends = matrix * formulation.lower, matrix * formulation.upper
        assert least.tolist() == np.minimum(*ends).sum(axis=1).tolist()
        assert most.tolist() == np.maximum(*ends).sum(axis=1).tolist()

    @MANY
    @given(formulation=st.one_of(formulations(), crowds()))
    def test_counting_never_claims_wrongly(self, formulation):
        for find in (row_out_of_reach, row_exceeding_limits, demand_exceeding_supply):
            found = find(without_gains(formulation))
            if found is not None:
                assert are_infeasible(formulation, found.rows)

    @MANY
    @given(formulation=st.one_of(networks(), crowds()))
    def test_a_cut_is_found_exactly_where_there_is_no_plan(self, formulation):
        bare = without_gains(formulation)
        assume(not is_contradictory(bare) and row_out_of_reach(bare) is None)
        try:
            cut = cut_of(bare)
        except NotANetworkError:
            assume(False)
        assert (cut is None) is (brute_force(formulation) is not None)
        if cut is not None:
            assert are_infeasible(formulation, cut.rows)
            assert cut.prices is None or cut.prices.rows.tolist() == cut.rows.tolist()

    @pytest.mark.parametrize("wide", [(NO_LOWER, 1), (0, 5)])
    def test_a_cut_names_no_limit_that_limits_nothing(self, wide):
        # An opening asks for two, and both its pairs are of one person; another pair is beside.
        person = rows("person", [[1, 1, 0], [0, 0, 1]], [NO_LOWER] * 2, [1, 1])
        place = rows("place", [[1, 1, 0], [0, 0, 1]], [2, wide[0]], [NO_UPPER, wide[1]])
        assert cut_of(problem([0] * 3, [person, place])).rows.tolist() == [0, 2]

    def test_a_price_that_is_noise_names_no_row(self):
        block = rows("any", [[1, 0], [0, 1]], [2, NO_LOWER], [NO_UPPER, 1])
        first, second = stretched(problem([0, 0], [block]), np.array([-1.0, 1e-13]))
        assert np.flatnonzero(first.prices).tolist() == [0]
        assert first.leaves_no_plan(problem([0, 0], [block]))
        large = np.array([-1.0, 0.001])
        assert np.count_nonzero(stretched(problem([0, 0], [block]), large)[0].prices) == 2
        assert second.bits == first.bits

    @MANY
    @given(formulation=st.one_of(formulations(), crowds()))
    def test_a_breach_says_what_the_relaxation_says(self, formulation):
        bare = without_gains(formulation)
        assume(not is_contradictory(bare))
        breach = least_breach(bare, 20.0)
        if breach.prices is not None:
            assert are_infeasible(formulation, breach.prices.rows)
        if brute_force(formulation) is not None:
            assert breach.has_point is not False

    @MANY
    @given(formulation=st.one_of(formulations(), crowds()))
    def test_what_is_proven_at_once_is_true(self, formulation):
        search = Search(formulation, SearchLimits())
        if prove_infeasible_at_once(formulation, search):
            assert brute_force(formulation) is None
            assert search.infeasible_by is not None

    def test_a_minimum_beyond_what_openings_hold(self):
        hours = rows("quota", [[8, 6, 7, 5]], [15], [NO_UPPER])
        places = rows("places", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        within = rows("quota", [[8, 6, 7, 5]], [15], [NO_UPPER])
        assert row_exceeding_limits(problem([1] * 4, [within, places])) is None
        beyond = rows("quota", [[8, 6, 7, 5]], [16], [NO_UPPER])
        found = row_exceeding_limits(problem([1] * 4, [beyond, places]))
        assert found.rows.tolist() == [0, 1, 2]
        assert hours.lower.tolist() == [15]

    @pytest.mark.parametrize(("limit", "is_found"), [(5, True), (6, False)])
    def test_people_who_need_more_than_all_openings_hold(self, limit, is_found):
        person = np.kron(np.eye(4), [1, 1])
        used = np.tile(np.eye(2), 4) * np.repeat([3, 2, 3, 3], 2)
        placed = rows("placed", person, [1] * 4, [NO_UPPER] * 4)
        found = demand_exceeding_supply(
            problem([1] * 8, [placed, rows("room", used, [NO_LOWER] * 2, [limit, 5])])
        )
        assert (found is not None) is is_found
        assert found is None or found.rows.tolist() == [0, 1, 2, 3, 4, 5]

    def test_people_who_all_depend_on_one_opening_beside_a_free_one(self):
        # The first two may only go to the first opening; the second takes anybody.
        person = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]]
        used = [[3, 3, 1, 0], [0, 0, 0, 1]]
        placed = rows("placed", person, [1] * 3, [NO_UPPER] * 3)
        limits = rows("room", used, [NO_LOWER] * 2, [5, 50])
        assert demand_exceeding_supply(problem([1] * 4, [placed, limits])).rows.tolist() == [
            0,
            1,
            3,
        ]
