"""What bad cases get: the best verified plan and a plain word on why the search stopped."""

import subprocess
import sys

import numpy as np
import pytest

import placement_opt as po
from placement_opt.solvers.engines import cp_sat, highs_reports, highs_work, mip
from placement_opt.solvers.engines.job import JobError, ProcessJob
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.search import resident_memory

DATE = "2026-02-01"
SCORE = [po.PairScore("score")]
BASE = (po.OnePlacement(), po.OpeningCapacity())
HAS_PLAN = {po.Status.OPTIMAL, po.Status.FEASIBLE}


def region(n_people, n_openings, *, positions=1, coached=False, **records):
    needs = {"coaching_hours_per_week": 1} if coached else {}
    return po.Region(
        name="bad",
        date=DATE,
        candidates=[po.Candidate(id=f"C-{n:04}", **needs) for n in range(n_people)],
        openings=[po.Opening(id=f"O-{n:03}", positions=positions) for n in range(n_openings)],
        **records,
    )


def listed(n_people, n_openings, score):
    """List all pairs; `score` takes the numbers of the two."""
    both = [(c, o) for c in range(n_people) for o in range(n_openings)]
    return {
        "candidate_id": [f"C-{c:04}" for c, _ in both],
        "opening_id": [f"O-{o:03}" for _, o in both],
        "score": [score(c, o) for c, o in both],
    }


def uneven(candidate, opening):
    return 1 + (7 * candidate + 3 * opening) % 10


def checked(place, result, pairs):
    """Check a result without a solver, and return it."""
    report = po.check_result(place, result, pairs)
    assert report.is_sound, str(report)
    return result


def solved(place, pairs, *rules, objective=SCORE, **limits):
    model = po.Model(place, pairs=pairs, rules=[*BASE, *rules], objective=objective)
    return checked(place, model.solve(**{"time_limit_s": 30, **limits}), pairs)


def weights_limit(limit=13):
    """A limit that no network holds."""
    return po.ResourceLimit(uses="weight", per="opening", limits=limit)


def with_weights(pairs):
    weights = [1 + (n * 5) % 4 for n in range(len(pairs["score"]))]
    return {**pairs, "weight": weights}


class TestInfeasible:
    def test_more_people_than_positions(self):
        place, pairs = region(9, 2, positions=4), with_weights(listed(9, 2, uneven))
        result = solved(place, pairs, po.EveryCandidatePlaced(), weights_limit(100))
        assert result.status is po.Status.INFEASIBLE
        assert result.stop_reason is po.StopReason.PROVEN
        assert result.proof[-1].how == "infeasible"
        assert not result.has_plan
        assert result.objective is None
        assert result.placement_rows == ()

    def test_minimums_that_cross(self):
        place, pairs = region(8, 3, positions=9), with_weights(listed(8, 3, uneven))
        crossed = po.ResourceLimit(per="opening", minimums=3)
        result = solved(place, pairs, crossed, weights_limit(100))
        assert result.status is po.Status.INFEASIBLE

    def test_out_of_time_is_never_called_infeasible(self):
        place, pairs = region(40, 6, positions=5), with_weights(listed(40, 6, uneven))
        crossed = po.ResourceLimit(per="opening", minimums=7)
        result = solved(place, pairs, crossed, weights_limit(100), time_limit_s=0)
        assert result.status is po.Status.NO_SOLUTION
        assert result.stop_reason is po.StopReason.TIME_LIMIT
        assert result.proof == ()


def crash(*_arguments, **_settings):
    raise RuntimeError("broken")


class TestFailures:
    """A solver that breaks costs neither the plan at hand nor the answer."""

    PLACE, PAIRS = region(12, 4, positions=3), with_weights(listed(12, 4, uneven))
    START = (("C-0001", "O-000"), ("C-0002", "O-001"))

    def solved(self, solver, **limits):
        return solved(
            self.PLACE, self.PAIRS, weights_limit(), solver=solver, start=self.START, **limits
        )

    @pytest.mark.parametrize(
        ("solver", "part"), [("cp-sat", (cp_sat, "cp_sat_model")), ("mip", (Mip, "_solve"))]
    )
    @pytest.mark.parametrize("error", [RuntimeError, MemoryError, OSError])
    def test_a_crash_keeps_the_start(self, monkeypatch, solver, part, error):
        def broken(*_arguments, **_settings):
            raise error("broken")

        monkeypatch.setattr(*part, broken)
        result = self.solved(solver)
        assert result.status in HAS_PLAN
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert len(result.placement_rows) == 2

    def test_a_killed_helper_keeps_the_plan(self, monkeypatch):
        """What the system does when memory runs out: the process is gone, without a word."""
        begun = []

        def soon_killed(name, folder):
            job = ProcessJob(name, folder)
            job.process.kill()
            begun.append(job)
            return job

        monkeypatch.setattr(highs_work, "ProcessJob", soon_killed)
        monkeypatch.setattr(mip, "THREAD_VARIABLES", 0)
        result = self.solved("mip")
        assert begun
        assert result.status in HAS_PLAN
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert len(result.placement_rows) == 2

    def test_no_memory_for_a_helper_keeps_the_plan(self, monkeypatch):
        def refused(*_arguments, **_settings):
            raise OSError(12, "Cannot allocate memory")

        monkeypatch.setattr(highs_work, "ProcessJob", refused)
        monkeypatch.setattr(mip, "THREAD_VARIABLES", 0)
        result = self.solved("mip")
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert len(result.placement_rows) == 2

    def test_a_helper_without_memory_keeps_what_it_found(self, monkeypatch):
        """It ends badly after its last report."""

        def breaks_at_the_end(self):
            raise JobError("the worker process ended with code -9: ")

        monkeypatch.setattr(ProcessJob, "finish", breaks_at_the_end)
        monkeypatch.setattr(mip, "THREAD_VARIABLES", 0)
        result = self.solved("mip")
        assert result.status in HAS_PLAN
        assert len(result.placement_rows) >= 2

    def test_reports_that_cannot_be_read_keep_the_plan(self, monkeypatch):
        monkeypatch.setattr(highs_reports.HighsReports, "pass_on", crash)
        result = self.solved("mip")
        assert result.stop_reason is po.StopReason.SOLVER_FAILURE
        assert len(result.placement_rows) == 2

    def test_the_memory_limit_keeps_the_plan(self):
        result = self.solved("auto", memory_limit_gb=0.001)
        assert result.status in HAS_PLAN
        assert result.stop_reason is po.StopReason.MEMORY_LIMIT
        assert len(result.placement_rows) >= 2


class TestLargeNumbers:
    @pytest.mark.parametrize("solver", ["auto", "flow", "mip", "cp-sat"])
    @pytest.mark.parametrize("weight", [1e12, 333333333.333333])
    def test_weights_of_a_million_million(self, solver, weight):
        place, pairs = region(6, 3, positions=1), listed(6, 3, lambda c, o: 1 + (c + o) % 5 / 7)
        objective = [po.PairScore("score", weight=weight)]
        result = solved(place, pairs, objective=objective, solver=solver)
        assert result.status in HAS_PLAN
        assert result.gap <= 1e-4
        best = 3 * weight * (1 + 4 / 7)
        assert result.objective == pytest.approx(best, rel=1e-4)
        assert result.bound >= result.objective

    def test_beyond_whole_points_is_refused(self):
        place, pairs = region(6, 3), listed(6, 3, lambda c, o: 10**9 + c + o)
        with pytest.raises(po.InvalidInputError, match=r"2\^60.*smaller weights"):
            solved(place, pairs, objective=[po.PairScore("score", weight=1e12)])

    def test_a_large_price_beside_small_points(self):
        place, pairs = region(6, 2), with_weights(listed(6, 2, lambda c, o: (c + o) / 9))
        wish = po.ResourceLimit(per="opening", minimums=3, shortfall_price=1e12)
        result = solved(place, pairs, wish, weights_limit())
        assert result.status in HAS_PLAN
        assert len(result.placement_rows) == 2
        assert result.objective == pytest.approx(-4e12)


class TestShapes:
    def test_one_candidate_eligible_for_everything(self):
        n = 400
        place = region(5, n)
        pairs = listed(1, n, lambda _c, o: o + 1)
        for c in range(1, 5):
            pairs["candidate_id"].append(f"C-{c:04}")
            pairs["opening_id"].append(f"O-{n - 1:03}")
            pairs["score"].append(n - 1)
        result = solved(place, with_weights(pairs), weights_limit(), gap=0)
        assert result.status is po.Status.OPTIMAL
        assert result.objective == (n - 1) + (n - 1)

    def test_an_opening_with_ten_thousand_positions(self):
        place, pairs = region(300, 1, positions=10_000), with_weights(listed(300, 1, uneven))
        result = solved(place, pairs, weights_limit(10_000), gap=0)
        assert result.status is po.Status.OPTIMAL
        assert len(result.placement_rows) == 300

    @pytest.mark.parametrize("fields", [{"hours_per_week": 0}, {"max_caseload": 0}])
    def test_coaches_without_room(self, fields):
        coach = po.Coach(id="K-1", **{"hours_per_week": 36, **fields})
        place = region(20, 4, coached=True, coaches=[coach])
        pairs = listed(20, 4, uneven)
        result = solved(place, pairs, po.Coaching(), gap=0)
        assert result.status is po.Status.OPTIMAL
        assert result.placement_rows == ()

    def test_a_coach_without_room_beside_others(self):
        coaches = [
            po.Coach(id="K-1", hours_per_week=0),
            po.Coach(id="K-2", hours_per_week=3),
            po.Coach(id="K-3", hours_per_week=36, max_caseload=0),
        ]
        place = region(20, 8, coached=True, coaches=coaches)
        result = solved(place, listed(20, 8, uneven), po.Coaching(), gap=0)
        assert result.status is po.Status.OPTIMAL
        assert [row.coach_id for row in result.placement_rows] == ["K-2"] * 3

    def test_all_scores_equal(self):
        coaches = [po.Coach(id=f"K-{n}", hours_per_week=5) for n in range(6)]
        place = region(100, 30, positions=2, coached=True, coaches=coaches)
        result = solved(place, listed(100, 30, lambda _c, _o: 1), po.Coaching(), gap=0)
        assert result.status is po.Status.OPTIMAL
        assert result.objective == 30

    def test_the_time_limit_holds_in_symmetry(self):
        place, pairs = region(300, 40, positions=3), with_weights(listed(300, 40, lambda *_: 1))
        result = solved(place, pairs, weights_limit(7), time_limit_s=5)
        assert result.status in HAS_PLAN
        assert result.bound >= result.objective
        assert result.placement_rows


class TestHelpersMemory:
    def test_a_helper_counts_while_it_runs_and_its_peak_stays(self):
        held = "b = bytearray(80_000_000); print(flush=True); input()"
        before, peak = resident_memory.resident_gb(), resident_memory.HELPERS.largest_gb
        process = subprocess.Popen(
            [sys.executable, "-c", held], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with process:
            resident_memory.HELPERS.add(process)
            process.stdout.readline()
            assert resident_memory.resident_gb() - before > 0.07
            process.stdin.close()
            process.wait()
        assert resident_memory.resident_gb() - before < 0.07
        assert resident_memory.HELPERS.largest_gb >= max(peak, 0.08)

    def test_a_small_helper_of_a_large_process_is_small(self):
        """What the system tells of ended children starts at the size of the one that began them."""
        held = np.ones(200_000_000, dtype=np.int8)
        helpers = resident_memory.Helpers()
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
            helpers.add(process)
            helpers.resident_gb()
            process.stdin.close()
        assert held.any()
        assert 0 < helpers.largest_gb < 0.1

    def test_the_peak_is_that_of_the_process_and_its_largest_helper(self, monkeypatch):
        alone = resident_memory.peak_memory_mb() - 1000 * resident_memory.HELPERS.largest_gb
        monkeypatch.setattr(resident_memory.HELPERS, "_largest_gb", 2.0)
        assert resident_memory.peak_memory_mb() == pytest.approx(alone + 2000, rel=0.02)

    def test_without_proc_the_process_alone_counts(self, monkeypatch, tmp_path):
        monkeypatch.setattr(resident_memory, "PROCESSES", tmp_path)
        assert resident_memory.peak_memory_mb() > 20
