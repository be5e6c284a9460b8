"""A model that is solved: statuses, limits, answers, and solvers that fail."""

import threading
import time

import numpy as np
import pandas as pd
import pytest
from small_models import BASE, PAIRS, model, problems_of, region

import placement_opt as po
from placement_opt.run.one_solve import CLOSING_S, CLOSING_SHARE, closing_s
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.search.base import Ending
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.reporting import Beside


class TestSolving:
    LARGE = po.synthetic_region(candidates=200, seed=5)

    def test_stopped_at_the_asked_gap_is_feasible(self):
        too_large_to_be_proven_meanwhile = po.synthetic_region(candidates=800, seed=5)
        result = po.solve(too_large_to_be_proven_meanwhile, gap=10)
        assert (result.status, result.stop_reason) == (po.Status.FEASIBLE, po.StopReason.GAP)
        assert 0 < result.gap <= 10

    @pytest.mark.parametrize("seconds", [0, 0.2])
    def test_a_short_limit_returns_the_best_plan_so_far(self, seconds):
        region_ = self.LARGE.model_copy(update={"fixed_placements": ()})
        result = po.solve(region_, time_limit_s=seconds, gap=0)
        assert result.status is po.Status.FEASIBLE
        assert result.stop_reason is po.StopReason.TIME_LIMIT
        assert result.has_plan

    def test_no_solution_where_the_empty_plan_breaks_a_rule(self):
        result = model(rules=[*BASE, po.EveryCandidatePlaced()]).solve(time_limit_s=0)
        assert (result.status, result.stop_reason) == (
            po.Status.NO_SOLUTION,
            po.StopReason.TIME_LIMIT,
        )
        assert result.objective is None
        assert result.gap is None
        assert result.placements.empty
        assert result.conflicts == ()

    @pytest.mark.parametrize("kind", ["event", "function"])
    def test_a_cancel_stops_and_keeps_the_plan(self, kind):
        event = threading.Event()
        event.set()
        result = po.solve(self.LARGE, cancel=event if kind == "event" else event.is_set)
        assert result.stop_reason is po.StopReason.CANCELLED

    def test_what_cannot_cancel_is_refused(self):
        with pytest.raises(po.InvalidInputError, match="Event"):
            model().solve(cancel=True)

    def test_an_observer_that_raises_does_not_lose_the_plan(self, caplog):
        def observer(event):
            raise RuntimeError("no more paper")

        result = model().solve(on_progress=observer)
        assert result.objective == 7
        assert "a progress observer failed" in caplog.text

    def test_an_observer_hears_of_every_phase_in_order(self):
        events = []
        result = po.solve(self.LARGE, gap=0.05, on_progress=events.append)
        begun = [event for event in events if event.source == event.phase]
        phases = ["pairs", "lower", "formulate", "search", "verify", "done"]
        assert [event.phase for event in begun] == phases
        assert {event.phase for event in events if event not in begun} == {"search"}
        assert [event.objective for event in begun[:4]] == [None] * 4
        assert begun[-1].objective == pytest.approx(result.objective, abs=1e-6)
        assert begun[-1].bound == pytest.approx(result.bound, abs=1e-6)
        seconds = [event.elapsed_s for event in begun]
        assert seconds == sorted(seconds)

    def test_a_model_that_is_compiled_tells_no_phases_of_compiling_again(self):
        events, made = [], model()
        made.compile()
        made.solve(on_progress=events.append)
        phases = [event.phase for event in events if event.source == event.phase]
        assert phases == ["search", "verify", "done"]

    def test_an_observer_sees_plans_improve_under_the_bound(self):
        events = []
        result = po.solve(self.LARGE, gap=0.05, on_progress=events.append)
        plans = [event.objective for event in events if event.objective is not None]
        bounds = [event.bound for event in events if event.bound is not None]
        assert plans == sorted(plans)
        assert bounds == sorted(bounds, reverse=True)
        assert plans[-1] == pytest.approx(result.objective, abs=1e-6)

    @pytest.mark.parametrize(
        ("parameter", "value"),
        [
            ("time_limit_s", -1),
            ("time_limit_s", float("nan")),
            ("time_limit_s", "60"),
            ("gap", -0.1),
            ("gap", True),
            ("seed", -1),
            ("memory_limit_gb", -1),
            ("time_limit_s", None),
        ],
    )
    def test_bad_parameters_are_refused(self, parameter, value):
        with pytest.raises(po.InvalidInputError) as info:
            model().solve(**{parameter: value})
        assert problems_of(info) == [("solve", None, parameter)]

    def test_an_unknown_solver_is_refused_with_the_closest(self):
        with pytest.raises(po.SolverUnavailableError, match="did you mean 'cp-sat'"):
            model().solve(solver="cpsat")

    def test_a_solver_that_cannot_take_the_model_says_why(self):
        weights = PAIRS | {"weight": [1, 2, 3, 4]}
        knapsack = po.ResourceLimit(uses="weight", per="region", limits=5)
        with pytest.raises(po.UnsupportedRuleError, match="flow"):
            model(rules=[*BASE, knapsack], pairs=weights).solve(solver="flow")

    def test_the_run_can_be_repeated_from_its_record(self):
        result = model().solve(seed=3, gap=0.01)
        assert result.run.parameters.seed == 3
        assert result.run.parameters.gap == 0.01
        assert result.run.input == model().region.fingerprint()
        assert [rule["rule"] for rule in result.run.rules] == ["OnePlacement", "OpeningCapacity"]
        assert {"ortools", "numpy", "python"} <= result.run.versions.keys()
        assert {"pairs", "rows", "variables", "seconds", "peak_memory_mb"} <= result.stats.keys()

    def test_a_start_is_used_and_improved(self):
        result = model().solve(start=[("C-1", "O-1")])
        assert result.objective == 7
        assert result.run.parameters.start == "used: 1 placements"
        frame = pd.DataFrame({"candidate_id": ["C-2"], "opening_id": ["O-1"]})
        assert model().solve(start=frame).objective == 7
        assert model().solve(start=result).objective == 7

    @pytest.mark.parametrize("how", [{"time_limit_s": 0}, {"cancel": lambda: True}])
    def test_a_start_is_kept_whatever_the_limits(self, how):
        first = po.solve(self.LARGE, gap=0.05)
        assert any(row.coach_id for row in first.placement_rows)
        again = po.solve(self.LARGE, start=first, **how)
        assert again.run.parameters.start == f"used: {len(first.placement_rows)} placements"
        assert again.objective >= first.objective - 1e-9

    def test_a_start_that_breaks_a_rule_is_said_so(self):
        result = model().solve(start=[("C-1", "O-1"), ("C-2", "O-1")])
        told = result.run.parameters.start
        assert told == (
            "used: 1 placements; 1 left out, rule broken: positions of an opening (C-2 in O-1)"
        )

    def test_a_start_with_unknown_ids_leaves_them_out(self):
        result = model().solve(start=[("C1", "O-1"), ("C-1", "O-2")])
        told = result.run.parameters.start
        assert told == "used: 1 placements; 1 left out, unknown candidate (C1)"

    def test_a_model_can_be_solved_again_after_a_change(self):
        changing = model()
        assert changing.solve().objective == 7
        assert changing.add(po.ResourceLimit(per="region", limits=1)).solve().objective == 5


def test_solve_takes_what_a_model_takes():
    result = po.solve(region(), 5.0, 0.0, 1, "cp-sat")
    assert result.run.parameters.solver == "cp-sat"
    assert result.run.parameters.time_limit_s == 5.0


def test_time_for_the_verdict_on_the_largest_plan_is_set_aside():
    def kept(positions, candidates, limit, periods=()):
        region = po.Region(
            name="r",
            periods=periods,
            candidates=[po.Candidate(id=f"C-{n}") for n in range(candidates)],
            openings=[po.Opening(id="O-1", positions=positions)],
        )
        return closing_s(region, limit)

    assert kept(40, 100, 60.0) == pytest.approx(40 * CLOSING_S)
    assert kept(400, 100, 60.0) == pytest.approx(100 * CLOSING_S)
    assert kept(400, 100, 0.5) == pytest.approx(0.5 * CLOSING_SHARE)
    quarters = po.synthetic_region(candidates=1, openings=1, periods=4).periods
    assert kept(20, 100, 60.0, quarters) == pytest.approx(80 * CLOSING_S)
    assert kept(40, 100, 60.0, quarters) == pytest.approx(100 * CLOSING_S)


class TestSeconds:
    def test_each_result_tells_its_own_seconds(self, monkeypatch):
        class Sleeps(CpSat):
            def solve(self, formulation, search):
                time.sleep(0.05)
                return super().solve(formulation, search)

        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Sleeps())
        solved = model()
        first, second = solved.solve().stats, solved.solve().stats
        assert set(first["seconds"]) == {"pairs", "lower", "formulate", "search", "verify"}
        for phase in ("pairs", "lower", "formulate"):
            assert second["seconds"][phase] == first["seconds"][phase]  # compiled once
        spent = second["seconds"]["search"] + second["seconds"]["verify"]
        assert 0.05 <= spent <= second["elapsed_s"] + 0.002


class TestDeaf:
    @pytest.mark.parametrize("how", ["cancel", "time limit", "interrupt"])
    def test_a_solver_that_does_not_listen_is_left_behind(self, monkeypatch, how):
        asked, goes_on, heard = threading.Event(), threading.Event(), []

        class Deaf:
            name = "deaf"

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                some = Solution(np.array([3]), formulation.own_lower)
                search.offer(some, "deaf")
                asked.set()
                heard.append(goes_on.wait(30))
                better = Solution(np.array([1, 2]), formulation.own_lower)
                heard.append(search.offer(better, "deaf"))
                return Ending.STOPPED

        def wait(self, seconds):
            if how == "interrupt" and asked.is_set() and not interrupts:
                interrupts.append(seconds)
                raise KeyboardInterrupt
            return plain_wait(self, seconds)

        interrupts, plain_wait = [], Beside.wait
        monkeypatch.setattr(Beside, "wait", wait)
        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Deaf())
        limit = 0.2 if how == "time limit" else 600
        result = model().solve(time_limit_s=limit, cancel=asked if how == "cancel" else None)
        assert heard == []  # or this would have waited for it
        assert result.objective == 1
        assert result.stop_reason is (
            po.StopReason.TIME_LIMIT if how == "time limit" else po.StopReason.CANCELLED
        )
        assert any("left behind" in note for note in result.stats["way"])
        goes_on.set()
        while len(heard) < 2:
            time.sleep(0.01)
        assert heard == [True, False]


class TestCrash:
    def test_a_crash_anywhere_keeps_the_plan_and_is_told(self, monkeypatch, caplog):
        class Falls:
            name = "falls"

            def refuses(self, formulation):
                del formulation

            def solve(self, formulation, search):
                best = CpSat().solve(formulation, search)
                search.bound = None
                raise OSError(f"no room, after {best}")

        monkeypatch.setattr("placement_opt.run.solve_parameters.get_solver", lambda _: Falls())
        result = model().solve()
        assert (result.objective, result.status) == (7, po.Status.FEASIBLE)
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert "no room" in caplog.text
        caplog.clear()
