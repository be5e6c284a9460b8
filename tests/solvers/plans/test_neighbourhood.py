"""Neighbourhoods, and the repair of plans that miss something, on small problems."""

import operator
import time

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.held_rows import HeldRows
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.neighbourhood import SMALLEST_SIZE, Neighbourhoods, Way
from placement_opt.solvers.plans.repair import repaired, with_penalties
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

MANY = settings(max_examples=60, deadline=None, database=None)
FEW = settings(
    max_examples=25,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.filter_too_much],  # few draws are solutions
)


def search_of(formulation, **limits):
    return Search(formulation, SearchLimits(**{"gap": 0.0, "workers": 1, **limits}))


def agents(seed, n_agents=3, n_items=9, tight=0.8):
    """Build a small generalised assignment: every item to one agent, within each one's capacity."""
    random = np.random.default_rng(seed)
    weight = random.integers(5, 26, (n_agents, n_items))
    cost = random.integers(10, 51, (n_agents, n_items))
    agent, item = (grid.ravel() for grid in np.indices(weight.shape))
    load = np.where(agent == np.arange(n_agents)[:, None], weight.ravel(), 0)
    place = (item == np.arange(n_items)[:, None]).astype(int)
    limit = (tight * weight.sum(axis=1) / n_agents * 1.2).astype(int)
    blocks = [
        rows("one placement", place, [NO_LOWER] * n_items, [1] * n_items),
        rows("everybody placed", place, [1] * n_items, [NO_UPPER] * n_items),
        rows("capacity", load, [NO_LOWER] * n_agents, limit),
    ]
    return problem((-cost).ravel(), blocks)


def some_plan(formulation, data):
    """Draw any solution, or give up on the example."""
    chosen = np.array(
        [pair for pair in range(formulation.n_pairs) if data.draw(st.booleans())], dtype=np.int64
    )
    plan = completed(formulation, chosen, search_of(formulation).clock)
    assume(plan is not None)
    assume(formulation.is_satisfied_by(plan.values(formulation)))
    return plan


class TestHeldRows:
    @MANY
    @given(seed=st.integers(0, 99), size=st.integers(1, 30), data=st.data())
    def test_it_frees_whole_rows_and_what_comes_in_fits(self, seed, size, data):
        formulation = agents(seed)
        agent = data.draw(st.lists(st.integers(0, 2), min_size=9, max_size=9))
        chosen = np.sort(np.array(agent) * 9 + np.arange(9))
        random = np.random.default_rng(seed)
        pairs = HeldRows(formulation).draw(random, chosen, size)
        if pairs is None:
            assert not 2 <= min(np.bincount(agent)[np.bincount(agent) > 1]) <= size
            return
        assert pairs.tolist() == sorted(set(pairs.tolist()))
        freed = np.intersect1d(pairs, chosen)
        assert freed.size
        held = {int(pair) // 9 for pair in freed}
        assert freed.tolist() == [pair for pair in chosen.tolist() if pair // 9 in held]
        # Nobody who stays can come in twice, and nothing comes in where it alone is too much.
        stays = np.setdiff1d(chosen, freed)
        assert not set((pairs % 9).tolist()) & set((stays % 9).tolist())
        values = np.zeros(formulation.n_pairs, dtype=np.int64)
        values[stays] = 1
        for pair in np.setdiff1d(pairs, freed):
            values[pair] = 1
            capacity = formulation.blocks[2]
            before = capacity.usage @ values
            assert before[pair // 9] <= capacity.upper[pair // 9]
            values[pair] = 0

    def test_rows_that_hold_too_little_or_too_much_are_no_start(self):
        formulation = agents(1)
        random, chosen = np.random.default_rng(0), np.arange(9)
        assert HeldRows(formulation).draw(random, chosen[:1], 30) is None
        assert HeldRows(formulation).draw(random, chosen, 8) is None
        assert HeldRows(formulation).draw(random, chosen, 9) is not None

    def test_room_that_depends_on_other_variables_excludes_nothing(self):
        block = rows("budget", [[5, 5, 50]], [NO_LOWER], [10], [(0, 9, -1)], [[-10]])
        pairs = HeldRows(problem([1, 1, 1], [block])).draw(
            np.random.default_rng(0), np.array([0, 1]), 9
        )
        assert pairs.tolist() == [0, 1, 2]


class TestCompleted:
    @pytest.mark.parametrize("reproducible", [True, False])
    def test_how_late_it_is_does_not_matter_where_work_counts(self, reproducible):
        block = rows("budget", [[5, 5]], [NO_LOWER], [3], [(0, 9, -1)], [[-10]])
        formulation = problem([4, 4], [block])
        limits = SearchLimits(time_limit_s=1, reproducible=reproducible)
        late = Clock(limits, started=time.perf_counter() - 100)
        plan = completed(formulation, np.array([0]), late)
        assert (plan is not None) is reproducible


class TestImprover:
    @FEW
    @given(formulation=formulations(), data=st.data())
    def test_it_never_breaks_a_row_and_never_worsens_a_plan(self, formulation, data):
        assume(formulation.n_pairs and formulation.blocks)
        plan = some_plan(formulation, data)
        search = search_of(formulation)
        search.offer(plan, "start")
        core = [pair for pair in range(formulation.n_pairs) if data.draw(st.booleans())]
        improver = Improver(formulation, np.array(core, dtype=np.int64), search, [CpSat()])
        gained = search.gained
        for _ in range(3):
            is_better = improver.step()
            assert is_better == (search.gained > gained)
            gained = search.gained
        assert search.rejected == []
        assert gained <= brute_force(formulation)

    @pytest.mark.parametrize("seed", [1, 5, 10, 17])  # each begins below its optimum
    def test_small_neighbourhoods_reach_the_optimum_of_a_small_problem(self, seed):
        formulation = agents(seed, n_items=6)
        search = search_of(formulation, seed=seed)
        plan = repaired(formulation, np.arange(formulation.n_pairs), search, [CpSat()])
        search.offer(plan, "repair")
        improver = Improver(formulation, np.arange(formulation.n_pairs), search, [CpSat()])
        for _ in range(8):
            improver.step()
        assert search.gained == brute_force(formulation)

    def test_a_plan_from_outside_the_core_comes_in(self):
        formulation = agents(3)
        order = np.arange(formulation.n_pairs)
        search = search_of(formulation)
        plan = repaired(formulation, order, search, [CpSat()])
        search.offer(plan, "start")
        improver = Improver(formulation, plan.chosen[:1], search, [CpSat()])
        assert improver.step() is False
        assert search.best is plan

    def test_a_reproducible_search_takes_the_same_course_twice(self):
        courses = []
        for _ in range(2):
            formulation = agents(5, n_agents=5, n_items=30)
            search = search_of(formulation, seed=3, reproducible=True)
            plan = repaired(formulation, np.arange(formulation.n_pairs), search, [CpSat()])
            search.offer(plan, "start")
            improver = Improver(formulation, np.arange(formulation.n_pairs), search, [CpSat()])
            course = [search.gained]
            for _ in range(5):
                improver.step()
                course.append(search.gained)
            courses.append((course, search.best.chosen.tolist()))
        assert courses[0] == courses[1]


class TestWays:
    def test_the_size_follows_what_is_solved_in_time(self):
        way = Way(lambda _around, _size: None)
        first = way.size
        way.learn(0.01, 10_000, is_solved=True, is_better=False)
        assert way.size > first
        grown = way.size
        way.learn(1.9, 10_000, is_solved=True, is_better=False)
        assert way.size == grown
        way.learn(2.0, 10_000, is_solved=False, is_better=False)
        assert way.size < grown
        for _ in range(50):
            way.learn(2.0, 10_000, is_solved=False, is_better=False)
        assert way.size == SMALLEST_SIZE

    def test_success_counts_more_when_it_is_recent_and_quick(self):
        early, late, slow = (Way(lambda _around, _size: None) for _ in range(3))
        for turn in range(20):
            early.learn(1.0, 100, is_solved=True, is_better=turn < 3)
            late.learn(1.0, 100, is_solved=True, is_better=turn >= 17)
            slow.learn(2.0, 100, is_solved=True, is_better=turn >= 17)
        assert late.found / late.spent > early.found / early.spent
        assert late.found / late.spent > slow.found / slow.spent

    def test_where_no_row_holds_two_it_grows_from_anywhere(self):
        formulation = agents(2)
        nobody = Solution(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
        draws = Neighbourhoods(formulation, 1)
        assert all(draws.draw(nobody).pairs.size for _ in range(5))


class TestRepair:
    @MANY
    @given(formulation=formulations(), data=st.data())
    def test_what_misses_nothing_is_a_solution_and_the_other_way_round(self, formulation, data):
        elastic = with_penalties(formulation)
        chosen = [pair for pair in range(formulation.n_pairs) if data.draw(st.booleans())]
        chosen = np.array(chosen, dtype=np.int64)
        plan = completed(formulation, chosen, search_of(formulation).clock)
        eased = completed(elastic.formulation, chosen, search_of(elastic.formulation).clock)
        if plan is not None:
            assert eased is not None
            back = elastic.plan(eased)
            assert back is not None
            assert formulation.is_satisfied_by(back.values(formulation))
            assert elastic.formulation.gained(
                eased.values(elastic.formulation)
            ) == formulation.gained(back.values(formulation))
        elif eased is not None:
            assert elastic.plan(eased) is None

    def test_what_is_missed_never_costs_more_than_whole_numbers_hold(self):
        everybody = rows("everybody", np.eye(6), [1] * 6, [1] * 6)
        far = rows("far", [[0] * 6], [1 << 40], [NO_UPPER])
        elastic = with_penalties(problem([1 << 55] * 6, [everybody, far])).formulation
        nobody = completed(elastic, np.zeros(0, dtype=np.int64), search_of(elastic).clock)
        values = nobody.values(elastic).tolist()
        exact = sum(map(operator.mul, elastic.objective.gain.tolist(), values))
        assert elastic.gained(nobody.values(elastic)) == exact < 0

    @FEW
    @given(seed=st.integers(0, 999))
    @example(seed=172)  # to miss an item saves more than the penalty that it begins with
    def test_it_finds_a_plan_where_the_order_alone_misses_somebody(self, seed):
        formulation = agents(seed, n_items=6)
        best = brute_force(formulation)
        search = search_of(formulation)
        worst_first = np.argsort(formulation.objective.gain[: formulation.n_pairs], kind="stable")
        plan = repaired(formulation, worst_first, search, [CpSat()], lambda steps: steps < 40)
        assert (plan is None) is (best is None)
        if plan is not None:
            assert formulation.is_satisfied_by(plan.values(formulation))

    def test_it_heeds_its_end(self):
        formulation = agents(1, tight=0.1)
        asked = []

        def go_on(steps):
            asked.append(steps)
            return steps < 2

        search = search_of(formulation)
        order = np.arange(formulation.n_pairs)
        assert repaired(formulation, order, search, [CpSat()], go_on) is None
        assert asked == [0, 1, 2]
