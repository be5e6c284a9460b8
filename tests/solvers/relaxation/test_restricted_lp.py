"""The linear relaxation over some columns: by the simplex and by a first-order method."""

from dataclasses import replace

import numpy as np
import pytest
from formulations import formulations, problem, relaxation_bound, rows
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy import sparse

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.formulation.rows import ExtraRows
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.relaxation import relaxation, restricted_lp
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import Pricing, dual_bound, usable_prices
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp, Sales

MANY = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
NO_SALES = Sales(np.zeros(0, dtype=np.int64), np.zeros(0))


def optimum(formulation, columns):
    """Return the optimum over some columns by another solver, or None where there is none.

    Rows that none of the columns fill count as kept.
    """
    unit = ObjectiveUnit.of(formulation)
    if not columns.size:
        return 0.0
    program = LinearProgram.of(formulation, unit, columns)
    empty = np.diff(program.start) == 0
    program.row_lower[empty], program.row_upper[empty] = -np.inf, np.inf
    if np.any(program.row_lower > program.row_upper):
        return None
    point = solve_lp(program, 60)
    return None if point is None else float(program.gain @ point.values) * unit.units


def test_a_coefficient_at_the_end_of_its_narrow_type_scales_its_row():
    one = problem([1, 1], [rows("one", [[1, 1]], [NO_LOWER], [1])])
    narrow = sparse.csr_array(np.array([[-128, 1]], dtype=np.int8))
    strong = replace(one, extra=ExtraRows(narrow, np.array([-128]), (None,)))
    assert restricted_lp._largest_of_rows(strong).tolist() == [1, 128]


def test_where_nothing_keeps_all_rows_the_simplex_method_has_no_point():
    # The first row asks for one of the last two, the second for less than one of them. The dual
    # simplex method hands over a point all the same, which must not be taken for a solution.
    formulation = problem(
        [4, 1, 1, 1],
        [
            rows("band", [[1, 1, 0, 3], [2, 1, -1, 1]], [-1, 3], [3, 3]),
            rows("limit", [[-1, -1, 1, 700], [0, 3, 0, 3]], [NO_LOWER] * 2, [0, 2]),
        ],
    )
    assert optimum(formulation, all_columns(formulation)) is None
    assert RestrictedLp(formulation).simplex(all_columns(formulation), 60) is None


@pytest.mark.parametrize(("primal", "dual"), [(1, 2), (3, 2), (2, 1), (2, 3)])
def test_a_point_counts_where_both_of_its_sides_are_solutions(monkeypatch, primal, dual):
    one = problem([1], [rows("one", [[1]], [NO_LOWER], [1])])
    program = LinearProgram.of(one, ObjectiveUnit.of(one), all_columns(one))
    glop = relaxation._glop
    assert solve_lp(program, 60).values.tolist() == [1]

    def unsure(*asked):
        result = glop(*asked)
        result.solutions[0].primal_solution.feasibility_status = primal
        result.solutions[0].dual_solution.feasibility_status = dual
        return result

    monkeypatch.setattr(relaxation, "_glop", unsure)
    assert solve_lp(program, 60) is None


def all_columns(formulation):
    return np.arange(formulation.n_variables)


def gained(formulation, columns, point):
    return float(formulation.objective.gain[columns] @ point.values)


@pytest.fixture(scope="module")
def region():
    region = po.synthetic_region(candidates=150, openings=40, seed=1)
    return po.Model(region).compile().formulation


@pytest.fixture(scope="module")
def best(region):
    return relaxation_bound(region)


class TestSimplex:
    @MANY
    @given(formulation=formulations(), data=st.data())
    def test_it_equals_another_simplex_over_any_columns(self, formulation, data):
        kept = st.sampled_from([True, True, True, False])
        inside = [data.draw(kept) for _ in range(formulation.n_variables)]
        columns = np.array(data.draw(st.permutations(np.flatnonzero(inside))), dtype=np.int64)
        expected = optimum(formulation, columns)
        for sales in (None, NO_SALES):
            point = RestrictedLp(formulation).simplex(columns, 60, sales)
            assert (point is None) is (expected is None)
            if point is not None:
                reach = float(np.abs(formulation.objective.gain).sum())
                assert gained(formulation, columns, point) == pytest.approx(
                    expected, rel=1e-6, abs=1e-6 * (1 + reach)
                )
                keeps_rows(formulation, columns, point)

    @MANY
    @given(formulation=formulations())
    def test_its_prices_prove_what_it_gains(self, formulation):
        columns = all_columns(formulation)
        point = RestrictedLp(formulation).simplex(columns, 60)
        assume(point is not None)
        prices = usable_prices(formulation, point.prices)
        assert prices == pytest.approx(point.prices, abs=1e-4)
        reach = float(np.abs(formulation.objective.gain).sum())
        assert dual_bound(formulation, prices) == pytest.approx(
            gained(formulation, columns, point), rel=1e-6, abs=1e-5 * (1 + reach)
        )

    def test_a_region(self, region, best):
        columns = all_columns(region)
        point = RestrictedLp(region).simplex(columns, 60)
        assert gained(region, columns, point) == pytest.approx(best)
        assert Pricing(region).settled(point.prices).bound == pytest.approx(best)
        keeps_rows(region, columns, point)

    def test_a_share_of_all_limits_but_some(self):
        one = rows("one", [[1, 0, 0], [0, 1, 1]], [0, 0], [1, 1])
        sums = rows("sum", [[4, 3, 2], [1, 1, 1]], [NO_LOWER, 1], [8, NO_UPPER], [(0, 9, -1)],
                    [[0], [1]])  # fmt: skip
        formulation = problem([7, 5, 6], [one, sums])
        shrunk = problem(
            [7, 5, 6],
            [
                one,
                rows("sum", [[8, 6, 4], [4, 4, 4]], [NO_LOWER, 1], [4, NO_UPPER], [(0, 9, -1)],
                     [[0], [4]]),
            ],
        )  # fmt: skip
        columns = all_columns(formulation)
        point = RestrictedLp(formulation, 0.25, slice(0, 2)).simplex(columns, 60)
        assert gained(formulation, columns, point) == pytest.approx(optimum(shrunk, columns))
        whole = RestrictedLp(formulation).simplex(columns, 60)
        assert gained(formulation, columns, whole) > gained(formulation, columns, point) + 1
        less = RestrictedLp(formulation, 0.25).simplex(columns, 60)
        assert less.values[0] <= 0.25 + 1e-9

    def test_nothing_keeps_rows_that_contradict_each_other(self):
        block = rows("sum", [[1, 1], [1, 1]], [2, NO_LOWER], [NO_UPPER, 1])
        formulation = problem([1, 1], [block])
        assert RestrictedLp(formulation).simplex(all_columns(formulation), 60) is None

    def test_rows_that_no_column_fills_are_left_out(self):
        formulation = problem([1, 1], [rows("sum", [[1, 0], [0, 1]], [0, 1], [1, 1])])
        point = RestrictedLp(formulation).simplex(np.array([0]), 60)
        assert point.values.tolist() == [1]
        assert point.prices[1] == 0
        nothing = RestrictedLp(formulation).simplex(np.zeros(0, dtype=np.int64), 60)
        assert (nothing.values.size, nothing.prices.tolist()) == (0, [0, 0])


def keeps_rows(formulation, columns, point):
    values = np.zeros(formulation.n_variables)
    values[columns] = point.values
    wide = 1e-6 * (1 + formulation.reach)
    assert np.all(point.values >= formulation.lower[columns] - 1e-6)
    assert np.all(point.values <= formulation.upper[columns] + 1e-6)
    activity = formulation.activity(values)
    filled = np.diff(formulation.columns(columns).tocsr().indptr) > 0
    assert np.all(~filled | (activity <= np.where(formulation.row_upper == NO_UPPER, np.inf,
                                       formulation.row_upper + wide)))  # fmt: skip
    assert np.all(~filled | (activity >= np.where(formulation.row_lower == NO_LOWER, -np.inf,
                                       formulation.row_lower - wide)))  # fmt: skip


class TestSales:
    def test_what_sells_for_more_than_it_brings_is_sold(self):
        # Pairs gain 3 and 1 a unit of the row; two units sell at 2 each.
        formulation = problem([6, 2], [rows("units", [[2, 2]], [NO_LOWER], [4])])
        program, columns = RestrictedLp(formulation), np.arange(2)
        plain = program.simplex(columns, 60)
        assert plain.values == pytest.approx([1, 1])
        sold = program.simplex(columns, 60, Sales(np.array([0]), np.array([2.0])))
        assert sold.values == pytest.approx([1, 0])
        assert sold.prices == pytest.approx([2])
        dear = program.simplex(columns, 60, Sales(np.array([0]), np.array([100.0])))
        assert dear.values == pytest.approx([0, 0])
        assert dear.prices == pytest.approx([100])

    def test_prices_never_fall_below_what_a_unit_sells_for(self, region):
        program, columns = RestrictedLp(region), all_columns(region)
        prices = usable_prices(region, program.simplex(columns, 60).prices)
        sold = np.flatnonzero(
            (prices > 0) & (region.row_upper > 0) & (region.row_lower != region.row_upper)
        )
        assert sold.size
        sales = Sales(sold, 1.5 * prices[sold])
        point = program.simplex(columns, 60, sales)
        assert point.values.size == columns.size
        assert np.all(point.prices[sold] >= sales.prices * (1 - 1e-6) - 1e-6)


class TestFirstOrder:
    def test_it_comes_near_the_optimum_from_nothing(self, region, best):
        columns = all_columns(region)
        start = Point(np.zeros(columns.size), np.zeros(region.n_rows))
        run = RestrictedLp(region).start_first_order(columns, start, 1e-5, 30)
        try:
            assert run.wait(60)
            point = run.point()
        finally:
            run.close()
        assert gained(region, columns, point) == pytest.approx(best, rel=1e-3)
        bound = Pricing(region).settled(point.prices).bound
        assert best * (1 - 1e-9) <= bound <= best * 1.001

    def test_it_stays_where_it_is_when_that_is_the_optimum(self, region, best):
        columns, program = all_columns(region)[::-1], RestrictedLp(region)
        start = program.simplex(columns, 60)
        # Next to no time: only the start itself can be that near.
        run = program.start_first_order(columns, start, 1e-6, 0.01)
        try:
            assert run.wait(60)
            point = run.point()
        finally:
            run.close()
        assert gained(region, columns, point) == pytest.approx(best, rel=1e-5)
        assert Pricing(region).settled(point.prices).bound == pytest.approx(best, rel=1e-5)

    def test_a_killed_worker_gives_no_point_and_leaves_no_files(self, region, caplog):
        columns = all_columns(region)
        start = Point(np.zeros(columns.size), np.zeros(region.n_rows))
        run = RestrictedLp(region).start_first_order(columns, start, 0.0, 600)
        folder = run._folder.path
        run._job.process.kill()
        assert run.wait(60)
        assert run.point() is None
        assert "first-order method failed" in caplog.text
        run.close()
        run.close()
        assert not folder.exists()

    def test_a_worker_that_fails_gives_no_point(self, region, caplog, monkeypatch):
        lost = "placement_opt.solvers.engines.first_order:lost"
        monkeypatch.setattr(restricted_lp, "FIRST_ORDER", lost)
        columns = all_columns(region)
        start = Point(np.zeros(columns.size), np.zeros(region.n_rows))
        run = RestrictedLp(region).start_first_order(columns, start, 1e-3, 1)
        assert run.wait(60)
        assert run.point() is None
        assert "lost" in caplog.text
        run.close()

    def test_a_run_that_is_closed_early_ends_at_once(self, region):
        columns = all_columns(region)
        start = Point(np.zeros(columns.size), np.zeros(region.n_rows))
        run = RestrictedLp(region).start_first_order(columns, start, 0.0, 3600)
        assert not run.wait(0.0)
        run.close()
        assert run.wait(0.0)
