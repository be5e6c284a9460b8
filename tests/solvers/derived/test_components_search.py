"""The search of components: time, plans, notes and proofs of each."""

import threading
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from formulations import brute_force, knapsack, market_split, problem, rows
from separate_problems import searched, side_by_side

from placement_opt.basics.status import Status, StopReason
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.mixed_integer_rounding import Cut, with_cuts
from placement_opt.formulation.points import Objective, PointShare
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.reporting import ended
from placement_opt.solvers.ways.apart import solve_apart


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
