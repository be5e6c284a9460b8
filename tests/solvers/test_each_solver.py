"""What each solver does beyond the contract of all."""

import sys
from dataclasses import replace
from fractions import Fraction

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

from placement_opt.basics.errors import InternalError
from placement_opt.basics.status import Status, StopReason
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.engines import cp_sat, highs_work
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model
from placement_opt.solvers.engines.highs import HighsAnswer
from placement_opt.solvers.engines.highs_reports import HighsReports
from placement_opt.solvers.engines.highs_work import News
from placement_opt.solvers.engines.job import ProcessJob
from placement_opt.solvers.engines.linear_program import ObjectiveUnit
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.flow import network_flow
from placement_opt.solvers.flow.network_flow import NetworkFlow
from placement_opt.solvers.relaxation.pricing import dual_bound
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits


class TestCpSat:
    def test_variable_j_is_variable_j(self):
        own = [(-1, 4, -2)]
        block = rows("quota", [[1, 1, 0], [0, 2, 5]], [1, NO_LOWER], [1, 6], own, [[0], [1]])
        free = rows("free", [[1, 1, 1]], [NO_LOWER], [NO_UPPER])
        proto = cp_sat_model(problem([3, 0, -1], [block, free])).proto
        assert [list(v.domain) for v in proto.variables] == [[0, 1], [0, 1], [0, 1], [-1, 4]]
        assert list(proto.objective.vars) == [0, 2, 3]
        assert list(proto.objective.coeffs) == [-3, 1, 2]
        assert len(proto.constraints) == 2
        assert list(proto.constraints[0].exactly_one.literals) == [0, 1]
        assert list(proto.constraints[1].linear.vars) == [1, 2, 3]
        assert list(proto.constraints[1].linear.coeffs) == [2, 5, 1]

    def test_a_contradiction_is_infeasible_not_invalid(self):
        from ortools.sat.python import cp_model

        row = problem([1, 1], [rows("odd", [[1, 1]], [2], [1])])
        variable = problem([1], [rows("odd", [[1]], [0], [1], [(3, 2, 0)], [[0]])])
        for formulation in (row, variable):
            model = cp_sat_model(formulation)
            assert model.validate() == ""
            assert cp_model.CpSolver().solve(model) == cp_model.INFEASIBLE

    def test_a_model_that_is_refused_is_our_bug(self):
        # The bounds of this variable are beyond what CP-SAT takes.
        own = [(-(2**62) - 5, 2**62 + 5, 0)]
        formulation = problem([1], [rows("wide", [[1]], [0], [NO_UPPER], own, [[0]])])
        with pytest.raises(InternalError, match="CP-SAT refuses the model: var #1"):
            searched(CpSat(), formulation)

    def test_a_crash_keeps_the_start(self, monkeypatch, caplog):
        def crash(*_answer):
            raise MemoryError

        monkeypatch.setattr("placement_opt.solvers.engines.cp_sat.solution_values", crash)
        formulation = market_split()
        start = start_of(formulation)
        search, ending, outcome, _ = searched(CpSat(), formulation, start=start)
        assert ending is Ending.FAILED
        assert outcome.stop_reason is StopReason.SOLVER_FAILURE
        assert search.best is start
        assert "cp-sat failed" in caplog.text


@pytest.mark.parametrize(("source", "is_hinted"), [("empty plan", False), ("start", True)])
def test_the_empty_plan_is_no_hint(monkeypatch, source, is_hinted):
    """CP-SAT would begin there; with little work it placed two of 300 people."""
    hints = []
    monkeypatch.setattr(cp_sat, "write_hint", lambda *arguments: hints.append(arguments[-1]))
    formulation = knapsack()
    search = Search(formulation, SearchLimits(gap=0.0))
    nobody = Solution(np.zeros(0, dtype=np.int64), formulation.own_lower)
    assert search.offer(nobody, source)
    CpSat().solve(formulation, search)
    assert hints == [nobody if is_hinted else None]


class TestMip:
    def test_a_process_of_its_own_gives_the_same_answer(self, tmp_path, monkeypatch):
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        formulation = knapsack()
        is_optimal_for(formulation, Mip(in_process=False))
        assert list(tmp_path.iterdir()) == []

    def test_a_killed_worker_keeps_the_start(self, monkeypatch, caplog, tmp_path):
        def start_and_kill(name, folder):
            job = ProcessJob(name, folder)
            job.process.kill()
            return job

        monkeypatch.setattr(highs_work, "ProcessJob", start_and_kill)
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
        formulation = market_split()
        start = start_of(formulation)
        search, ending, outcome, _ = searched(Mip(in_process=False), formulation, start=start)
        assert ending is Ending.FAILED
        assert outcome.stop_reason is StopReason.SOLVER_FAILURE
        assert search.best is start
        assert "the worker process ended with code" in caplog.text
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_python_is_no_hindrance(self, monkeypatch):
        monkeypatch.setattr(sys, "executable", "/no/such/python")
        is_optimal_for(knapsack(), Mip(in_process=False))

    def test_numbers_beyond_floating_point_are_refused(self):
        formulation = problem([1], [rows("huge", [[2**51]], [NO_LOWER], [2**51])])
        assert "floating point" in Mip().refuses(formulation)
        assert Mip().refuses(knapsack()) is None

    @pytest.mark.parametrize("seed", range(2))
    def test_units_below_its_precision_are_no_time_limit(self, seed):
        coarse, random = knapsack(seed), np.random.default_rng(seed)
        gain = coarse.objective.gain * 10**12 + random.integers(0, 10**6, coarse.n_pairs)
        formulation = problem(gain, coarse.blocks, scale=10**12)
        _, ending, outcome, _ = searched(Mip(), formulation)
        assert ending is Ending.EXHAUSTED
        assert (outcome.status, outcome.stop_reason) == (Status.OPTIMAL, StopReason.PROVEN)
        assert outcome.gained <= brute_force(formulation) <= outcome.bound
        # What is left could be all that the smallest of the terms brings.
        points = replace(formulation.objective, least_reach=Fraction(1, 10**9))
        two_terms = replace(formulation, objective=points)
        _, ending, outcome, _ = searched(Mip(), two_terms)
        assert ending is Ending.FINISHED
        assert (outcome.status, outcome.stop_reason) == (Status.FEASIBLE, StopReason.PRECISION)
        assert outcome.gained <= brute_force(formulation) <= outcome.bound

    def test_what_highs_tells_is_passed_on_as_it_grows(self):
        formulation = problem([5, 3, 2], [rows("one", [[1, 1, 1]], [NO_LOWER], [2])])
        search = Search(formulation, SearchLimits(gap=0.0))
        reports = HighsReports(formulation, search, ObjectiveUnit.of(formulation), "mip")
        reports.pass_on(News())
        assert (search.gained, search.bound) == (None, None)
        reports.pass_on(News(None, [np.array([0.0, 1.0, 0.0])]))
        assert (search.gained, search.bound) == (3, None)
        reports.pass_on(News(9.5, [np.array([1.0, 0.9999999, 0.0])]))
        assert (search.gained, search.bound) == (8, 9)
        ending = reports.conclude(HighsAnswer("optimal", 8.0000004, None))
        assert (ending, search.bound) == (Ending.EXHAUSTED, 8)

    def test_a_bound_is_raised_before_it_is_rounded(self):
        coarse = ObjectiveUnit(step=6, shift=0, slack=1e-6)
        assert coarse.bound(7.9999995) == 8 * 6
        assert coarse.bound(7.99) == 7 * 6
        assert coarse.bound(-7.5) == -8 * 6
        fine = ObjectiveUnit(step=1, shift=30, slack=1e-6)
        assert fine.bound(1.0) == 2**30 + 1073

    @pytest.mark.parametrize("reason", ["solve error", "unknown", "not set"])
    def test_a_numerical_failure_keeps_the_solution(self, reason, caplog):
        formulation = knapsack()
        search = Search(formulation, SearchLimits())
        reports = HighsReports(formulation, search, ObjectiveUnit.of(formulation), "mip")
        values = np.zeros(formulation.n_variables)
        values[2] = 1.0
        assert reports.conclude(HighsAnswer(reason, None, values)) is Ending.FAILED
        assert search.gained == formulation.objective.gain[2]
        assert reason in caplog.text


def test_the_slack_of_floating_point_grows_with_what_all_variables_can_gain():
    block = rows("own", [[1, 1]], [0], [9], own=[(-3, 7, -(10**9))], own_usage=[[1]])
    formulation = problem([3 * 10**9 + 1, -5 * 10**9], [block])
    unit = ObjectiveUnit.of(formulation)
    reach = (3e9 + 1 + 5e9 + 7e9) / unit.units
    assert unit.slack == pytest.approx(1e-6 + 3e-7 + 1e-15 * reach, rel=1e-12)


class TestFlow:
    @pytest.mark.parametrize(
        ("usage", "reason"),
        [
            ([[[1, 2, 1]]], "coefficients within a row differ"),
            ([[[1, 1, 0], [0, 1, 1]]], "a pair is in more than one of its rows"),
            ([[[1, 1, 0]], [[0, 1, 1]], [[1, 0, 1]]], "cross each other"),
        ],
    )
    def test_what_is_no_network_is_refused_with_the_reason(self, usage, reason):
        blocks = [rows("r", part, [NO_LOWER] * len(part), [1] * len(part)) for part in usage]
        assert reason in NetworkFlow().refuses(problem([1, 1, 1], blocks))

    def test_large_gains_are_refused(self):
        formulation = problem([2**61, 1], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        assert "too large" in NetworkFlow().refuses(formulation)
        _, ending, _, _ = searched(NetworkFlow(), formulation)
        assert ending is Ending.FAILED

    def test_a_process_of_its_own_gives_the_same_answer(self):
        candidates = rows("candidate", [[1, 1, 0, 0], [0, 0, 1, 1]], [0, 1], [1, 1])
        openings = rows("opening", [[1, 0, 1, 0], [0, 1, 0, 1]], [NO_LOWER] * 2, [1, 1])
        is_optimal_for(problem([5, 4, 3, 1], [candidates, openings]), NetworkFlow(in_process=False))

    def test_a_cancel_ends_the_process_and_keeps_the_start(self, monkeypatch, tmp_path):
        formulation = problem([5, 4], [rows("one", [[1, 1]], [NO_LOWER], [1])])
        start = Solution(np.array([1]), np.zeros(0, np.int64))
        asked = iter([False, True, True, True])
        sleeper = "import time\n\ndef sleep(folder):\n    time.sleep(600)\n"
        (tmp_path / "endless_flow.py").write_text(sleeper, encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.setattr(network_flow, "FLOW_WORK", "endless_flow:sleep")
        search, ending, _, _ = searched(
            NetworkFlow(in_process=False),
            formulation,
            start=start,
            cancelled=lambda: next(asked),
            time_limit_s=60,
        )
        assert ending is Ending.STOPPED
        assert search.best is start

    @TINY
    @given(size=st.integers(1, 30), seed=st.integers(0, 1000))
    def test_an_assignment_equals_the_hungarian_method(self, size, seed):
        from scipy.optimize import linear_sum_assignment

        cost = np.random.default_rng(seed).integers(0, 1000, (size, size))
        ones = np.ones(size, dtype=np.int64)
        of_row = np.kron(np.eye(size), ones)
        of_column = np.kron(ones, np.eye(size))
        formulation = problem(
            -cost.ravel(),
            [
                rows("once", of_row, [NO_LOWER] * size, ones),
                rows("opening", of_column, [NO_LOWER] * size, ones),
                rows("everyone", of_row, ones, [NO_UPPER] * size),
            ],
        )
        _, _, outcome, _ = searched(NetworkFlow(), formulation)
        assert -outcome.gained == cost[linear_sum_assignment(cost)].sum()


class TestRelaxation:
    @TINY
    @given(formulation=formulations())
    def test_its_bound_is_valid_and_its_prices_prove_it(self, formulation):
        optimum = brute_force(formulation)
        point = whole_relaxation(formulation, 10.0)
        assume(optimum is not None)
        assert point is not None
        bound = dual_bound(formulation, point.prices)
        assert bound >= optimum - 1e-6 * max(1, abs(optimum))
        assert point.prices.shape == (formulation.n_rows,)
        relaxed = float(formulation.objective.gain @ point.values)
        assert bound == pytest.approx(relaxed, abs=1e-5 * max(1, abs(relaxed)))

    @TINY
    @given(formulation=networks(), prices=st.randoms(use_true_random=False))
    def test_any_prices_prove_a_bound(self, formulation, prices):
        optimum = brute_force(formulation)
        assume(optimum is not None)
        any_prices = np.array([prices.uniform(-5, 5) for _ in range(formulation.n_rows)])
        lower, upper = formulation.row_lower, formulation.row_upper
        any_prices = np.where(upper == NO_UPPER, np.minimum(any_prices, 0), any_prices)
        any_prices = np.where(lower == NO_LOWER, np.maximum(any_prices, 0), any_prices)
        assert dual_bound(formulation, any_prices) >= optimum - 1e-9

    def test_signs_tell_which_limit_binds(self):
        limit = rows("at most", [[1, 1]], [NO_LOWER], [1])
        least = rows("at least", [[1, 0]], [1], [NO_UPPER])
        formulation = problem([2, 5], [limit, least])
        prices = whole_relaxation(formulation, 10.0).prices
        assert prices == pytest.approx([5, -3])
        assert dual_bound(formulation, prices) == pytest.approx(2)

    def test_without_a_solution_there_is_none(self):
        assert whole_relaxation(problem([1], [rows("no", [[1]], [2], [3])]), 10.0) is None
        assert whole_relaxation(problem([1], [rows("no", [[1]], [1], [0])]), 10.0) is None
