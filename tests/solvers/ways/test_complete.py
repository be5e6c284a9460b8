"""A complete solver beside prices: what it brings, when it gives way, and who knows of whom."""

import threading
import time
from types import SimpleNamespace

import numpy as np
import pytest
from formulations import problem, rows

import placement_opt as po
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.highs import HighsRun, HighsSettings
from placement_opt.solvers.engines.highs_reports import HighsReports
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways import auto, cut_turns, restricted_master
from placement_opt.solvers.ways.complete import Complete
from placement_opt.solvers.ways.cut_turns import CutTurns


def housed(sizes, places, room, *, score=None):
    """Everybody has to be in a place, and places have so much room."""
    people = len(sizes)
    scores = np.random.default_rng(0).integers(1, 50, (people, places)) if score is None else score
    region = po.Region(
        name="houses",
        candidates=[po.Candidate(id=f"C-{n:03}") for n in range(people)],
        openings=[po.Opening(id=f"O-{n:03}", positions=people) for n in range(places)],
    )
    pairs = {
        "candidate_id": np.repeat(np.arange(people), places),
        "opening_id": np.tile(np.arange(places), people),
        "score": scores.ravel(),
        "size": np.repeat(sizes, places),
    }
    return po.Model(
        region,
        pairs=pairs,
        rules=[
            po.OnePlacement(),
            po.EveryCandidatePlaced(),
            po.ResourceLimit(uses="size", per="opening", limits=room),
        ],
        objective=[po.PairScore("score")],
    )


def weights(people, places, seed):
    """Fractions of the sizes fit, so that there is something to prove."""
    draws = np.random.default_rng(seed)
    usage = np.zeros((places, people, places), dtype=np.int64)
    usage[np.arange(places), :, np.arange(places)] = draws.integers(2, 9, people)
    once = np.kron(np.eye(people, dtype=np.int64), np.ones((1, places), dtype=np.int64))
    return problem(
        draws.integers(50, 1_000, people * places).tolist(),
        [
            rows("once", once, [NO_LOWER] * people, [1] * people),
            rows("size", usage.reshape(places, -1), [NO_LOWER] * places, [13] * places),
        ],
    )


class TestNearlyFull:
    """Where fractions fit and whole people hardly do, prices alone find no plan."""

    @pytest.mark.parametrize("spare", [0, 1])
    @pytest.mark.parametrize("sizes", [(4, 2), (5, 3)])
    def test_everybody_is_placed(self, sizes, spare):
        model = housed(np.repeat(sizes, 36), 36, sum(sizes) + spare)
        result = model.solve(time_limit_s=60, gap=1e-4)
        assert len(result.placements) == 72
        assert result.stop_reason in {po.StopReason.PROVEN, po.StopReason.GAP}

    def test_where_they_do_not_fit_that_is_proven(self):
        # Whoever is five shares a place with one of three at most: 61 of them need 61 places.
        model = housed(np.repeat([5, 3], [61, 10]), 60, 9)
        assert model.solve(time_limit_s=60).status is po.Status.INFEASIBLE

    def test_without_a_complete_solver_beside_prices_they_give_way_in_time(self, monkeypatch):
        monkeypatch.setattr(auto, "COMPLETE_PAIRS", 0)
        monkeypatch.setattr(schedule, "RAY_SHARE", 0.02)

        def hopeless(*arguments):
            while arguments[-1](0):
                time.sleep(0.01)

        monkeypatch.setattr(restricted_master, "rounded", lambda *_: None)
        monkeypatch.setattr(restricted_master, "repaired", hopeless)
        monkeypatch.setattr(schedule, "REPAIR_SHARE", 0.05)
        monkeypatch.setattr(restricted_master.Master, "run", lambda _master: None)
        result = housed(np.repeat([4, 2], 36), 36, 6).solve(time_limit_s=60, gap=1e-4)
        assert any("CP-SAT on the whole" in note for note in result.stats["way"])
        assert len(result.placements) == 72


class TestTiny:
    def test_weights_are_proven_at_once(self):
        """CP-SAT alone leaves this open for long."""
        search = Search(weights(60, 6, 1), SearchLimits(gap=1e-4, time_limit_s=60))
        auto.Auto().solve(search.formulation, search)
        assert search.has_asked_gap

    def test_what_neither_proves_soon_is_searched_from_prices(self, monkeypatch):
        monkeypatch.setattr(schedule, "TINY_CP_SAT_S", 0.0)
        monkeypatch.setattr(Mip, "solve", lambda *_: Ending.FAILED)
        search = Search(weights(60, 6, 1), SearchLimits(gap=0.0, time_limit_s=3))
        auto.Auto().solve(search.formulation, search)
        assert any(note.startswith("prices") for note in search.notes)
        assert search.gained is not None

    def test_one_of_two_solvers_may_crash(self, monkeypatch):
        def crash(*_):
            raise RuntimeError("gone")

        for solver in (Mip, CpSat):
            with monkeypatch.context() as patch:
                patch.setattr(solver, "solve", crash)
                search = Search(weights(12, 3, 1), SearchLimits(gap=0.0, time_limit_s=60))
                try:
                    auto.Auto().solve(search.formulation, search)
                except RuntimeError:
                    assert solver is CpSat
                else:
                    assert search.is_proven


class TestGivingWay:
    def started(self, monkeypatch):
        """A complete solver that does nothing, and its search."""
        monkeypatch.setattr(Mip, "solve", lambda *_: Ending.STOPPED)
        search = Search(weights(6, 2, 1), SearchLimits())
        running = Complete(search.formulation, search)
        unit = ObjectiveUnit.of(search.formulation)
        running._solver.reports = HighsReports(search.formulation, search, unit, "mip")
        search.gained, search.bound = 1_000, 1_100
        return running, search

    @pytest.mark.parametrize(
        ("idle_s", "bound", "is_behind"),
        [(0.0, None, False), (60.0, None, True), (60.0, 1_150, False), (60.0, 1_300, True)],
    )
    def test_idle_and_far_from_the_bound_it_gives_way(self, monkeypatch, idle_s, bound, is_behind):
        running, search = self.started(monkeypatch)
        search.clock.started -= 100.0
        running._begun_s = 0.0
        running._solver.reports.useful_s = search.clock.elapsed_s - idle_s
        running._solver.reports.bound = bound
        assert running.is_behind is is_behind

    def test_without_a_plan_of_anybody_it_stays(self, monkeypatch):
        running, search = self.started(monkeypatch)
        search.clock.started -= 100.0
        search.gained = None
        assert not running.is_behind

    def test_leaving_the_block_ends_it(self, monkeypatch):
        asked = threading.Event()

        def until_asked(solver, *_):
            while not solver._until():
                time.sleep(0.01)
            asked.set()
            return Ending.STOPPED

        monkeypatch.setattr(Mip, "solve", until_asked)
        search = Search(weights(6, 2, 1), SearchLimits())
        with Complete(search.formulation, search) as running:
            assert running.is_at_work
        assert asked.wait(10)

    def test_what_it_brings_is_noted_with_its_moment(self):
        search = Search(weights(6, 2, 1), SearchLimits())
        unit = ObjectiveUnit.of(search.formulation)
        reports = HighsReports(search.formulation, search, unit, "mip")
        search.clock.started -= 10.0
        reports._prove(500.0)
        assert reports.useful_s >= 10
        assert reports.bound == search.bound == unit.bound(500.0)
        first = reports.useful_s
        reports._prove(501.0)
        assert reports.useful_s == first


class TestSharing:
    def test_highs_hears_of_better_plans(self, monkeypatch):
        """It has nothing to find here but is told of a plan from elsewhere, and takes it."""
        told = []
        monkeypatch.setattr(HighsRun, "suggest", lambda _run, values: told.append(values))
        formulation = weights(40, 5, 2)
        search = Search(formulation, SearchLimits(gap=0.0, time_limit_s=60))
        elsewhere = Solution(np.array([0]), np.zeros(0, dtype=np.int64))

        class Slow:
            def wait(self, _seconds):
                return bool(told)

            def news(self):
                search.offer(elsewhere, "elsewhere")
                return SimpleNamespace(plans=[], bound=None)

            def suggest(self, values):
                told.append(values)

            def answer(self):
                return SimpleNamespace(values=None, bound=None, reason="stopped")

        unit = ObjectiveUnit.of(formulation)
        Mip()._watch(Slow(), HighsReports(formulation, search, unit, "mip"), search)
        assert told[0].tolist() == elsewhere.values(formulation).tolist()

    def test_a_suggestion_is_passed_on_once(self):
        program = LinearProgram.of(weights(4, 2, 1), ObjectiveUnit.of(weights(4, 2, 1)))
        run = HighsRun(program, HighsSettings(0, 0.0, 0.0, 5.0, None))
        given = []
        event = SimpleNamespace(data_in=SimpleNamespace(setSolution=given.append))
        run._take(event)
        run.suggest(np.ones(8))
        run._take(event)
        run._take(event)
        assert [values.tolist() for values in given] == [[1.0] * 8]


class TestTurnsOfCuts:
    """How long cuts are looked for follows what has passed, not what is left."""

    def budgets(self, monkeypatch, passed_s, limit_s, spent_s=0.0, found=True):
        search = Search(weights(6, 2, 1), SearchLimits(time_limit_s=limit_s))
        search.clock.started -= passed_s
        asked = []

        def looked(priced, _search, seconds):
            asked.append(seconds)
            search.clock.started -= spent_s
            return priced, (SimpleNamespace(is_cut_short=spent_s > 0) if found else None)

        monkeypatch.setattr(cut_turns, "strengthened", looked)
        turns = CutTurns(search)
        assert turns.is_due
        turns.looked_for(None)
        return asked[0], turns, search

    def test_the_limit_decides_nothing_while_there_is_time(self, monkeypatch):
        budgets = [self.budgets(monkeypatch, 8.0, limit)[0] for limit in (120, 3600)]
        assert budgets[0] == pytest.approx(budgets[1], abs=0.5)
        assert budgets[0] == pytest.approx(8.0, abs=0.5)

    def test_a_short_limit_is_kept(self, monkeypatch):
        seconds, *_ = self.budgets(monkeypatch, 8.0, 10)
        assert seconds <= schedule.CUTS_SHARE * 2.0

    @pytest.mark.parametrize(("spent_s", "found"), [(20.0, True), (0.0, False)])
    def test_what_was_cut_short_is_looked_for_again(self, monkeypatch, spent_s, found):
        _, turns, search = self.budgets(monkeypatch, 8.0, 3600, spent_s, found)
        assert not turns.is_due
        search.clock.started -= 100.0
        assert turns.is_due

    def test_what_came_to_its_end_is_not(self, monkeypatch):
        _, turns, search = self.budgets(monkeypatch, 8.0, 3600)
        search.clock.started -= 3000.0
        assert not turns.is_due
