"""Parts that share no row are solved apart, and add up to the whole in every respect."""

import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from formulations import brute_force, formulations, knapsack, market_split, networks, problem, rows
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from scipy import sparse
from tiny_regions import tiny_regions

import placement_opt as po
from placement_opt.basics.status import Status, StopReason
from placement_opt.formulation.capacity import Capacity
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.formulation.points import Objective, PointShare
from placement_opt.formulation.row_blocks import NO_LOWER, RowBlock
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.flow.network_flow import NetworkFlow
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.reporting import ended
from placement_opt.solvers.ways.apart import solve_apart
from placement_opt.solvers.ways.auto import Auto

TINY = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    database=None,
)


def side_by_side(first, second, order):
    """Put two problems in one; `order` shuffles the pairs, so that the parts are interleaved."""
    n_pairs = first.n_pairs + second.n_pairs
    at = np.argsort(np.resize(order, n_pairs), kind="stable")
    place = np.empty(n_pairs, dtype=np.int64)
    place[at] = np.arange(n_pairs)
    blocks, gain, own = [], np.zeros(n_pairs, dtype=np.int64), []
    for part, shift in ((first, 0), (second, first.n_pairs)):
        mine = place[shift : shift + part.n_pairs]
        gain[mine] = part.objective.gain[: part.n_pairs]
        own.append(part.objective.gain[part.n_pairs :])
        for block in part.blocks:
            entries = block.usage.tocoo()
            usage = sparse.coo_array(
                (entries.data, (entries.row, mine[entries.col])), shape=(len(block), n_pairs)
            ).tocsr()
            blocks.append(
                RowBlock(
                    block.title,
                    block.labels,
                    usage,
                    block.lower,
                    block.upper,
                    block.variables,
                    block.variable_usage,
                )
            )
    return Formulation(n_pairs, tuple(blocks), Objective(np.concatenate([gain, *own]), 1))


def searched(formulation, solve, *, least=1, start=None, cancelled=lambda: False, **limits):
    limits = {"time_limit_s": 60.0, "gap": 0.0, **limits}
    search = Search(formulation, SearchLimits(**limits), cancelled)
    if start is not None:
        assert search.offer(start, "start")
    parts = components(formulation, least)
    return search, solve_apart(parts, search, solve), parts


def share_nothing(formulation, parts):
    """Check that the parts cover everything once and that no coefficient joins two of them."""
    for what, size in (
        ("pairs", formulation.n_pairs),
        ("own", formulation.n_variables - formulation.n_pairs),
        ("rows", formulation.n_rows),
    ):
        members = [getattr(part, what) for part in parts]
        assert np.array_equal(np.sort(np.concatenate(members)), np.arange(size))
    whole = formulation.matrix
    n_entries = 0
    for part in parts:
        variables = np.concatenate([part.pairs, formulation.n_pairs + part.own])
        inside = whole[part.rows][:, variables]
        assert np.array_equal(inside.toarray(), part.formulation.matrix.toarray())
        n_entries += np.count_nonzero(inside.toarray())
        for name in ("row_lower", "row_upper"):
            of_whole, of_part = getattr(formulation, name), getattr(part.formulation, name)
            assert np.array_equal(of_whole[part.rows], of_part)
        for name in ("lower", "upper"):
            of_whole, of_part = getattr(formulation, name), getattr(part.formulation, name)
            assert np.array_equal(of_whole[variables], of_part)
        assert np.array_equal(
            formulation.objective.gain[variables], part.formulation.objective.gain
        )
    assert n_entries == np.count_nonzero(whole.toarray())


SHUFFLES = st.lists(st.integers(0, 9), min_size=1, max_size=12)


@TINY
@given(first=formulations(), second=formulations(), order=SHUFFLES)
def test_parts_of_any_problem_add_up_to_brute_force(first, second, order):
    formulation = side_by_side(first, second, order)
    # Brute force of the whole is the sum of the parts', which keeps the tables small.
    best = [brute_force(part) for part in (first, second)]
    optimum = None if None in best else sum(best)
    parts = components(formulation, 1)
    event(f"{min(len(parts), 4)} parts")
    assume(parts)
    share_nothing(formulation, parts)
    search, ending, _ = searched(formulation, CpSat().solve)
    assert ending is Ending.EXHAUSTED
    if optimum is None:
        assert search.outcome(ending).status is Status.INFEASIBLE
        assert search.best is None
    else:
        assert (search.gained, search.bound) == (optimum, optimum)
        assert search.certified is None or search.certified >= optimum
    assert search.rejected == []


@TINY
@given(first=networks(), second=networks(), order=SHUFFLES)
def test_certificates_of_parts_are_one_of_the_whole(first, second, order):
    formulation = side_by_side(first, second, order)
    best = [brute_force(part) for part in (first, second)]
    assume(None not in best)
    assume(components(formulation, 1))
    search, ending, _ = searched(formulation, NetworkFlow().solve)
    assert ending is Ending.EXHAUSTED
    assert (search.gained, search.bound) == (sum(best), sum(best))
    assert search.certificate.bound(formulation) == search.certified
    if np.abs(formulation.matrix.data).max(initial=0) <= 1:
        assert search.certified == sum(best)


class TestSplit:
    def test_one_component_is_no_split(self):
        formulation = problem([3, 2, 1], [rows("all", [[1, 1, 1]], [NO_LOWER], [2])])
        assert components(formulation, 1) == ()

    def test_a_problem_without_pairs_is_no_split(self):
        assert components(problem([], []), 1) == ()

    def test_small_components_are_put_together(self):
        n = 40
        formulation = problem(
            np.arange(1, 2 * n + 1),
            [rows("couples", np.kron(np.eye(n), [1, 1]), [NO_LOWER] * n, [1] * n)],
        )
        parts = components(formulation, 10)
        assert [part.pairs.size for part in parts] == [10] * 8
        share_nothing(formulation, parts)
        assert len(components(formulation, 41)) == 2
        assert components(formulation, 80) == ()

    def test_the_largest_part_comes_first(self):
        block = rows("row", [[1, 1, 0, 0, 0], [0, 0, 1, 1, 1]], [NO_LOWER] * 2, [1, 1])
        parts = components(problem([1, 2, 3, 4, 5], [block]), 1)
        assert [part.pairs.tolist() for part in parts] == [[2, 3, 4], [0, 1]]
        assert [part.formulation.blocks[0].labels for part in parts] == [["row 1"], ["row 0"]]

    def test_pairs_that_a_rule_leaves_out_are_not_joined_by_it(self):
        first = rows("couples", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        second = rows("alone", [[0, 1, 0, 0]], [NO_LOWER], [1])
        parts = components(problem([1, 2, 3, 4], [first, second]), 1)
        assert [part.pairs.tolist() for part in parts] == [[0, 1], [2, 3]]
        assert [len(part.formulation.blocks) for part in parts] == [2, 1]

    def test_own_variables_join_rows(self):
        own, usage = [(0, 3, -1)], [[1], [1]]
        block = rows("joined", [[1, 0], [0, 1]], [1, 1], [3, 3], own, usage)
        assert components(problem([1, 1], [block]), 1) == ()

    def test_a_rule_that_hands_out_capacity_stays_in_one_part(self):
        block = rows("apart", [[1, 1, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [1, 1])
        assert len(components(problem([1, 2, 3, 4], [block]), 1)) == 2
        kept = replace(block, capacity=Capacity())
        assert components(problem([1, 2, 3, 4], [kept]), 1) == ()

    def test_a_problem_with_cuts_is_not_split(self):
        block = rows("row", [[2, 2, 0, 0], [0, 0, 1, 1]], [NO_LOWER] * 2, [3, 1])
        formulation = problem([1, 2, 3, 4], [block])
        assert components(with_cuts(formulation, [Cut((0,), (-1,), 2, ())]), 1) == ()


class TestSearch:
    def test_a_part_without_a_solution_decides_the_whole(self):
        couple = problem([1, 1], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        never = problem([1, 1], [rows("no", [[2, 2]], [3], [3])])
        search, ending, _ = searched(side_by_side(couple, never, [0]), CpSat().solve)
        assert ending is Ending.EXHAUSTED
        assert search.outcome(ending).status is Status.INFEASIBLE
        assert search.infeasible_by == "cp-sat"

    def test_a_start_is_kept_and_handed_to_the_parts(self):
        formulation = side_by_side(market_split(1), market_split(2), [0])
        short = np.concatenate(
            [
                np.concatenate([block.lower, np.zeros(len(block), np.int64)])
                for block in formulation.blocks
            ]
        )
        start = Solution(np.zeros(0, np.int64), short)
        found = []

        def look(part, search):
            found.append(search.gained)
            return Ending.STOPPED

        search, ending, _ = searched(formulation, look, start=start)
        assert sum(found) == search.gained == formulation.gained(start.values(formulation))
        assert ending is Ending.STOPPED

    def test_parts_whose_points_cancel_out_are_taken_further_until_the_whole_is_near(self):
        # A part that gains and one that costs as much: a small gap of each is a large one of both.
        costs = problem([-103, -104], [rows("one", [[1, 1]], [1], [2])])
        formulation = side_by_side(problem([105], [rows("one", [[1]], [0], [1])]), costs, [0])
        gaps = []

        def solve(part, search):
            gaps.append(search.limits.gap)
            # What the first turn brought is at hand in the second.
            is_known = search.gained is not None and search.bound is not None
            assert is_known == (search.limits.gap == 0)
            exact = Search(part, SearchLimits(gap=0.0))
            CpSat().solve(part, exact)
            if search.limits.gap:
                search.offer(exact.best, "near")
                search.prove(exact.gained + 8, "near")
                return ended(search)
            return CpSat().solve(part, search)

        search, ending, _ = searched(formulation, solve, gap=0.1)
        assert gaps == [0.1, 0.1, 0.0, 0.0]
        assert (search.gained, search.bound) == (2, 2)
        assert ending is Ending.EXHAUSTED

    def test_parts_within_the_gap_are_enough_where_the_whole_is(self):
        formulation = side_by_side(knapsack(1), knapsack(2), [0])
        gaps = []

        def solve(part, search):
            gaps.append(search.limits.gap)
            return CpSat().solve(part, search)

        search, _, _ = searched(formulation, solve, gap=0.5)
        assert gaps == [0.5, 0.5]
        assert search.has_asked_gap

    def test_parts_share_the_rounding_and_the_users_numbers(self):
        formulation = side_by_side(knapsack(1), knapsack(2, n_pairs=4), [0])
        gain = formulation.objective.gain
        shares = (PointShare(Fraction(1, 7), 7 * gain - 1),)
        rounded = Objective(gain, 1, Fraction(8), shares=shares)
        formulation = replace(formulation, objective=rounded)
        parts = components(formulation, 1)
        assert sum(part.formulation.objective.rounding for part in parts) == 8
        for part in parts:
            ones = np.ones(part.formulation.n_variables, dtype=np.int64)
            whole = int(part.formulation.objective.gain.sum())
            assert part.formulation.worth(ones) == whole - Fraction(ones.size, 7)

    def test_a_cancel_before_the_second_part_leaves_a_plan_and_a_bound(self):
        formulation = side_by_side(knapsack(1), knapsack(2), [0])
        seen = []

        def solve(part, search):
            seen.append(part)
            return CpSat().solve(part, search)

        search, ending, parts = searched(formulation, solve, cancelled=lambda: bool(seen))
        assert (len(seen), len(parts)) == (1, 2)
        outcome = search.outcome(ending)
        assert ending is Ending.STOPPED
        assert outcome.stop_reason is StopReason.CANCELLED
        assert outcome.status is Status.FEASIBLE
        assert brute_force(knapsack(1)) + brute_force(knapsack(2)) <= outcome.bound
        assert search.rejected == []

    def test_the_time_is_shared_by_size(self):
        formulation = side_by_side(knapsack(1, n_pairs=30), knapsack(2, n_pairs=10), [0])
        limits = []

        def look(part, search):
            limits.append(search.limits.time_limit_s)
            return Ending.STOPPED

        searched(formulation, look, time_limit_s=40.0, reproducible=True)
        assert limits == [30.0, 10.0]
        limits.clear()
        searched(formulation, look, time_limit_s=40.0)
        assert 29.0 < limits[0] <= 30.0
        assert 39.0 < limits[1] <= 40.0  # what the first left over is the second's

    def test_a_failing_part_fails_the_whole_and_keeps_the_others_plans(self):
        formulation = side_by_side(knapsack(1), knapsack(2), [0])
        ways = iter([CpSat().solve, lambda *_: Ending.FAILED])

        def solve(part, search):
            return next(ways)(part, search)

        search, ending, _ = searched(formulation, solve)
        assert ending is Ending.FAILED
        assert search.outcome(ending).stop_reason is StopReason.SOLVER_FAILURE
        assert search.gained >= min(brute_force(knapsack(1)), brute_force(knapsack(2)))

    @pytest.mark.parametrize("how", ["deaf", "crash"])
    def test_a_part_that_falls_or_does_not_stop_keeps_what_others_have_found(self, how, caplog):
        formulation = side_by_side(knapsack(1), knapsack(2), [0])
        stopped, goes_on, done = threading.Event(), threading.Event(), []
        search = Search(formulation, SearchLimits(gap=0.0), stopped.is_set)

        def solve(part, inner):
            done.append(part)
            if len(done) == 1:
                return CpSat().solve(part, inner)
            if how == "deaf":
                stopped.set()
                goes_on.wait(30)
                return Ending.FINISHED
            raise OSError("no room")

        ending = solve_apart(components(formulation, 1), search, solve)
        assert search.gained == brute_force(done[0])
        assert search.bound >= search.gained
        assert ending is (Ending.STOPPED if how == "deaf" else Ending.FAILED)
        assert len(done) == 2
        assert goes_on.is_set() is False
        goes_on.set()
        caplog.clear()

    def test_cuts_of_the_parts_are_cuts_of_the_whole(self):
        first = problem([5, 4, 3], [rows("first", [[2, 2, 2]], [NO_LOWER], [3])])
        second = problem([7, 1], [rows("second", [[2, 2]], [NO_LOWER], [3], [(0, 4, 0)], [[2]])])
        # Both say that at most one is chosen; the second stands on the first.
        cuts = [Cut((0,), (-1,), 2, ()), Cut((0, 1), (-1, 3), 5, ())]
        bits = iter([2, 3])

        def solve(part, search):
            strong = with_cuts(part, cuts)
            places = next(bits)
            most = int(part.objective.gain.max())
            prices = np.array([0, 0, -most << places])
            search.certify(Certificate(prices, places), "cuts", strong)
            assert search.certified == most
            return CpSat().solve(part, search)

        whole = side_by_side(first, second, [1, 0])
        search, ending, _ = searched(whole, solve)
        assert ending is Ending.EXHAUSTED
        assert len(search.certified_formulation.extra) == 4
        assert (search.gained, search.certified, search.bound) == (12, 12, 12)
        again = with_cuts(whole, search.certified_formulation.extra.recipes)
        assert search.certificate.bound(again) == 12


@settings(TINY, max_examples=15)
@given(region=tiny_regions())
def test_every_standard_rule_of_two_regions_in_one(region):
    """All rules of the library, split where they can be: the same optimum as the whole."""
    formulation = po.Model(region).compile().formulation
    doubled = side_by_side(formulation, formulation, [0, 1])
    parts = components(doubled, 1)
    assume(parts)
    share_nothing(doubled, parts)
    alone = Search(formulation, SearchLimits(gap=0.0))
    CpSat().solve(formulation, alone)
    search, ending, _ = searched(doubled, CpSat().solve)
    assert ending is Ending.EXHAUSTED
    if alone.infeasible_by is not None:
        assert search.infeasible_by is not None
    else:
        assert search.gained == search.bound == 2 * alone.gained


def test_large_parts_go_their_own_way_under_auto():
    formulation = side_by_side(knapsack(3, n_pairs=14), knapsack(4, n_pairs=13), [0, 1, 2])
    search, ending, parts = searched(formulation, Auto().solve, least=5)
    assert len(parts) == 2
    assert ending is Ending.EXHAUSTED
    assert search.gained == brute_force(knapsack(3, n_pairs=14)) + brute_force(
        knapsack(4, n_pairs=13)
    )
    assert any(note.startswith("component 2: tiny") for note in search.notes)
