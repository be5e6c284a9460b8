import mmap
import time
from types import SimpleNamespace

import numpy as np
import pytest
from formulations import (
    brute_force,
    formulations,
    knapsack,
    market_split,
    networks,
    problem,
    rows,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from searches import TINY, is_optimal_for, searched, start_of

import placement_opt as po
from placement_opt.basics.errors import SolverUnavailableError
from placement_opt.basics.status import Status, StopReason
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers import SOLVERS, get_solver
from placement_opt.solvers.search import resident_memory, schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.reporting import Beside, prove_bound, prove_none
from placement_opt.solvers.search.resident_memory import MemoryGuard, give_back, resident_gb

NAMES = tuple(SOLVERS)

ANY_PROBLEM = tuple(name for name in NAMES if name != "flow")


class TestContract:
    """Holds for every solver of the table."""

    @pytest.mark.parametrize("name", ANY_PROBLEM)
    @TINY
    @given(formulation=formulations())
    def test_optimum_of_any_formulation_equals_brute_force(self, name, formulation):
        is_optimal_for(formulation, get_solver(name))

    @pytest.mark.parametrize("name", NAMES)
    @TINY
    @given(formulation=networks())
    def test_optimum_of_a_network_equals_brute_force(self, name, formulation):
        solver = get_solver(name)
        assert solver.refuses(formulation) is None
        is_optimal_for(formulation, solver)

    @pytest.mark.parametrize("name", NAMES)
    @TINY
    @given(formulation=networks(), data=st.data())
    def test_a_start_is_never_made_worse(self, name, formulation, data):
        start = data.draw(st.sampled_from(_feasible(formulation)))
        gained = formulation.gained(start.values(formulation))
        search, _, outcome, _ = searched(get_solver(name), formulation, start=start)
        assert outcome.gained == brute_force(formulation) >= gained
        search, ending, outcome, _ = searched(
            get_solver(name), formulation, start=start, cancelled=lambda: True
        )
        assert search.gained >= gained
        assert ending in {Ending.STOPPED, Ending.EXHAUSTED}

    @pytest.mark.parametrize("name", ANY_PROBLEM)
    def test_a_cancel_ends_a_long_search_and_keeps_the_start(self, name):
        formulation = market_split()
        start = start_of(formulation)
        began = time.monotonic()
        _, ending, outcome, _ = searched(
            get_solver(name),
            formulation,
            start=start,
            cancelled=lambda: time.monotonic() > began + 0.5,
        )
        assert ending is Ending.STOPPED
        assert outcome.stop_reason is StopReason.CANCELLED
        assert outcome.gained >= formulation.gained(start.values(formulation))
        assert outcome.bound is None or outcome.bound >= outcome.gained

    @pytest.mark.parametrize("name", ANY_PROBLEM)
    def test_a_time_limit_ends_a_long_search_with_a_plan_and_a_bound(self, name):
        formulation = market_split()
        _, ending, outcome, _ = searched(
            get_solver(name), formulation, start=start_of(formulation), time_limit_s=1.5
        )
        assert ending is Ending.STOPPED
        assert outcome.stop_reason is StopReason.TIME_LIMIT
        assert outcome.status is Status.FEASIBLE
        assert outcome.gained <= outcome.bound <= 0

    @pytest.mark.parametrize("name", ANY_PROBLEM)
    def test_the_asked_gap_is_enough(self, name):
        formulation = market_split()
        _, ending, outcome, _ = searched(
            get_solver(name), formulation, start=start_of(formulation), gap=10.0**6
        )
        assert ending is not Ending.FAILED
        assert outcome.stop_reason in {StopReason.GAP, StopReason.PROVEN}

    @pytest.mark.parametrize("name", ANY_PROBLEM)
    def test_equal_seeds_give_equal_answers(self, name):
        formulation = market_split(n_rows=4)
        answers = []
        for _ in range(2):
            _, ending, outcome, _ = searched(
                get_solver(name), formulation, time_limit_s=0.2, seed=7, reproducible=True
            )
            values = outcome.solution.values(formulation).tolist()
            answers.append((ending, outcome.stop_reason, outcome.gained, outcome.bound, values))
        assert answers[0] == answers[1]
        assert answers[0][1] in {StopReason.WORK_LIMIT, StopReason.PROVEN}

    @pytest.mark.parametrize("name", NAMES)
    def test_a_row_that_contradicts_itself_is_infeasible(self, name):
        formulation = problem([1, 1], [rows("odd", [[1, 1]], [2], [1])])
        _, ending, outcome, _ = searched(get_solver(name), formulation)
        assert (ending, outcome.status) == (Ending.EXHAUSTED, Status.INFEASIBLE)

    @pytest.mark.parametrize("name", NAMES)
    def test_fine_units_are_kept_apart(self, name):
        # The second pair is better by one unit in a billion.
        gain = [10**9 + 3, 10**9 + 4, 10**9 - 7]
        formulation = problem(gain, [rows("one", [[1, 1, 1]], [NO_LOWER], [1])], scale=10**6)
        is_optimal_for(formulation, get_solver(name))


def _feasible(formulation):
    """Return some solutions of a tiny formulation; discard the example when there is none."""
    found = []
    random = np.random.default_rng(0)
    for _ in range(300):
        values = random.integers(formulation.lower, formulation.upper + 1)
        if formulation.is_satisfied_by(values):
            found.append(Solution.of(formulation, values))
    assume(found)
    return found[:5]


class TestTable:
    def test_an_unknown_name_gets_the_closest_ones(self):
        with pytest.raises(SolverUnavailableError, match=r"got 'cp_sat'. Hint: did you mean 'cp-s"):
            get_solver("cp_sat")

    def test_a_missing_library_is_named(self, monkeypatch):
        monkeypatch.setitem(SOLVERS, "flow", "placement_opt.solvers.no_such_file:NetworkFlow")
        with pytest.raises(SolverUnavailableError, match="'flow' cannot be loaded"):
            get_solver("flow")

    def test_every_solver_knows_its_name(self):
        assert [get_solver(name).name for name in NAMES] == list(NAMES)


class TestClaims:
    """What a solver says is held against the plan at hand."""

    def test_a_bound_below_the_plan_is_dropped(self, caplog):
        formulation = knapsack()
        search = Search(formulation, SearchLimits())
        search.offer(Solution(np.array([3]), np.zeros(0, np.int64)), "start")
        assert not prove_bound(search, search.gained - 1, "liar")
        assert search.bound is None
        assert prove_bound(search, search.gained, "honest")
        assert search.is_proven
        assert "liar claims" in caplog.text

    def test_infeasible_is_dropped_when_a_plan_is_at_hand(self, caplog):
        search = Search(knapsack(), SearchLimits())
        search.offer(Solution(np.zeros(0, np.int64), np.zeros(0, np.int64)), "start")
        assert prove_none(search, "liar") is Ending.FAILED
        assert search.infeasible_by is None
        assert "liar claims" in caplog.text


class TestMemory:
    @pytest.mark.parametrize("name", ANY_PROBLEM)
    def test_a_process_above_the_limit_stops_and_keeps_the_start(self, name):
        formulation = market_split()
        start = start_of(formulation)
        _, ending, outcome, _ = searched(
            get_solver(name), formulation, start=start, memory_limit_gb=0.001
        )
        assert ending is Ending.STOPPED
        assert outcome.stop_reason is StopReason.MEMORY_LIMIT
        assert outcome.gained >= formulation.gained(start.values(formulation))

    def test_it_counts_what_this_process_holds_now(self):
        before = resident_gb()
        # A mapping of its own: an array may get memory that the process holds already.
        held = mmap.mmap(-1, 40_000_000)
        held.write(b"1" * 40_000_000)
        assert resident_gb() - before == pytest.approx(0.04, abs=0.02)
        assert held[-1] == ord("1")

    def test_without_the_current_size_the_largest_counts(self, monkeypatch, tmp_path):
        now = resident_gb()
        monkeypatch.setattr(resident_memory, "PAGES", tmp_path / "none")
        assert resident_gb() > 0.5 * now

    def test_it_is_looked_at_now_and_then_and_never_forgotten(self, monkeypatch):
        sizes = iter([1.0, 3.0])
        monkeypatch.setattr(resident_memory, "resident_gb", lambda: next(sizes))
        guard = MemoryGuard(2.0)
        assert [guard.is_exceeded() for _ in range(3)] == [False] * 3
        monkeypatch.setattr(schedule, "MEMORY_CHECK_S", 0.0)
        guard._next_s = 0.0
        assert [guard.is_exceeded() for _ in range(3)] == [True] * 3

    def test_freed_memory_is_given_back_where_the_system_has_a_way(self, monkeypatch):
        asked = []
        library = SimpleNamespace(malloc_trim=asked.append)
        monkeypatch.setattr(resident_memory.ctypes, "CDLL", lambda _: library)
        give_back()
        assert asked == [0]
        monkeypatch.setattr(resident_memory.ctypes, "CDLL", lambda _: SimpleNamespace())
        give_back()

    def test_a_solution_holds_on_to_its_own_values_alone(self):
        formulation = po.Model(po.synthetic_region(candidates=30, seed=1)).compile().formulation
        solution = Solution.of(formulation, np.zeros(formulation.n_variables))
        assert solution.own.base is None

    def test_without_a_limit_nothing_is_looked_at(self, monkeypatch):
        monkeypatch.setattr(resident_memory, "resident_gb", lambda: pytest.fail("looked"))
        assert not MemoryGuard(None).is_exceeded()


class TestClosed:
    def test_what_is_said_after_the_end_is_dropped(self):
        formulation = problem([5, 4], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        search = Search(formulation, SearchLimits(gap=0.0))
        assert search.offer(solution_of([1]), "first")
        search.prove(9, "first")
        outcome = search.outcome(Ending.STOPPED)
        assert not search.offer(solution_of([0]), "late")
        search.prove(5, "late")
        search.prove_infeasible("late")
        search.certify(Certificate(np.array([5]), 0), "late")
        assert (search.gained, search.bound, search.certified) == (4, 9, None)
        assert search.infeasible_by is None
        assert (outcome.gained, outcome.bound, outcome.status) == (4, 9, Status.FEASIBLE)
        assert outcome.stop_reason is StopReason.TIME_LIMIT
        assert search.clock.is_cancelled()

    def test_without_a_plan_a_late_claim_that_there_is_none_is_dropped(self):
        search = Search(problem([5], []), SearchLimits())
        assert search.outcome(Ending.STOPPED).status is Status.NO_SOLUTION
        search.prove_infeasible("late")
        assert search.infeasible_by is None

    def test_a_solution_refutes_that_there_is_none(self):
        formulation = problem([5, 4], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        search = Search(formulation, SearchLimits(gap=0.0))
        search.prove_infeasible("somebody")
        assert search.is_proven
        search.offer(solution_of([1]), "first")
        assert not search.is_proven
        assert search.outcome(Ending.STOPPED).status is Status.FEASIBLE

    def test_what_fails_beside_a_search_is_told(self, caplog):
        def fall():
            raise OSError("no room")

        asked = Beside(fall)
        assert asked.wait(5)
        with pytest.raises(OSError, match="no room"):
            asked.answer()
        assert not caplog.text
        assert Beside(fall, is_asked=False).wait(5)
        assert "no room" in caplog.text


def solution_of(chosen):
    return Solution(np.array(chosen, dtype=np.int64), np.zeros(0, dtype=np.int64))
