"""Branching: what it proves, which pairs it looks at, and when it gives up."""

import itertools
import logging
from contextlib import contextmanager

import numpy as np
import pytest
from formulations import brute_force, formulations, problem, rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.solvers.bounds import branching
from placement_opt.solvers.bounds.branching import FEW_PAIRS, Branching
from placement_opt.solvers.bounds.cut_rounds import strengthen
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.engines.highs import HighsRun, HighsSettings
from placement_opt.solvers.engines.highs_reports import SAYS_NONE
from placement_opt.solvers.engines.highs_work import News
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.limits import SearchLimits

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def search_of(formulation, gained, **limits):
    search = Search(formulation, SearchLimits(**{"gap": 0.0, "time_limit_s": 60, **limits}))
    search.gained, search.worth = gained, formulation.points(gained or 0)
    return search


def relaxed(formulation):
    """Return the relaxation with its cuts, or None where it has no solution."""
    try:
        return strengthen(formulation, np.arange(formulation.n_pairs), 5.0, rounds=1)
    except ValueError:
        return None


def branching_of(found, search, propose=lambda _pairs: None, **more):
    return Branching(found, search, propose, lambda: False, **{"in_process": True, **more})


def knapsack(gain, weight, limit):
    return problem(gain, [rows("weight", [weight], [0], [limit])])


ODD = knapsack([60, 61, 62, 63, 64], [2, 2, 2, 2, 2], 5)
"""Two of five fit and gain 127; the relaxation takes two and a half, without cuts: 158."""


class TestProofs:
    @FEW
    @given(
        formulation=formulations(), below=st.integers(0, 4), few=st.sampled_from([0, 0, FEW_PAIRS])
    )
    def test_no_bound_is_below_the_optimum_and_the_last_is_the_optimum(
        self, formulation, below, few
    ):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(branching, "FEW_PAIRS", few)
            self.goes_down_to_the_optimum(formulation, below)

    def goes_down_to_the_optimum(self, formulation, below):
        optimum = brute_force(formulation)
        found = None if optimum is None else relaxed(formulation)
        if optimum is None or found is None or not np.isfinite(found.bound):
            return
        search = search_of(formulation, optimum - below)
        proposed = []
        tree = branching_of(found, search, proposed.append)
        for _ in range(50):
            if not tree.is_worth_while:
                break
            tree.step()
            assert search.bound is None or search.bound >= optimum
        assert tree.is_over
        assert search.bound == max(optimum, search.gained)
        assert proposed or not below

    def test_a_target_is_proven_that_the_relaxation_does_not_reach(self):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        assert found.bound == pytest.approx(158)
        search = search_of(ODD, 127)
        tree = branching_of(found, search)
        while tree.is_worth_while:
            tree.step()
        assert search.bound == 127
        assert search.is_proven
        assert search.bound_source == "mip"

    def test_many_pairs_take_several_targets_and_few_take_one(self, monkeypatch):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        for few, least, most in ((5, 1, 1), (0, 2, 100)):
            monkeypatch.setattr(branching, "FEW_PAIRS", few)
            search = search_of(ODD, 127)
            tree, steps = branching_of(found, search), 0
            while tree.is_worth_while:
                tree.step()
                steps += 1
            assert search.bound == 127
            assert least <= steps <= most

    def test_the_bound_is_the_target_and_nothing_lower(self, monkeypatch):
        monkeypatch.setattr(branching, "FEW_PAIRS", 0)
        monkeypatch.setattr(branching, "FIRST_DISTANCE", 1.0)
        search = search_of(ODD, 60)
        branching_of(strengthen(ODD, np.arange(5), 5.0, rounds=0), search).step()
        # A tenth of the way from 158 to 60; nothing is known of pairs that could gain less.
        assert search.bound == 149

    def test_better_pairs_are_proposed(self):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        search, proposed = search_of(ODD, 60), []
        tree = branching_of(found, search, proposed.append)
        while tree.is_worth_while:
            tree.step()
        assert search.bound == 127
        assert proposed[-1].tolist() == [3, 4]

    def test_what_highs_tells_at_its_end_only_is_proposed_too(self, monkeypatch):
        monkeypatch.setattr(Branching, "_pass_on", lambda *_told: None)
        formulation, proposed = knapsack([7], [1], 1), []
        found = strengthen(formulation, np.arange(1), 5.0, rounds=0)
        branching_of(found, search_of(formulation, 3), proposed.append).step()
        assert {tuple(pairs.tolist()) for pairs in proposed} == {(0,)}

    def test_the_asked_gap_is_enough(self):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        search = search_of(ODD, 127, gap=0.16)
        tree = branching_of(found, search)
        while tree.is_worth_while:
            tree.step()
        assert 127 < search.bound <= search.enough == 151
        assert search.has_asked_gap

    def test_an_asked_gap_between_two_objectives_is_enough(self):
        # Objectives are multiples of 60: with 120 at hand 150 is asked, and 120 is proven.
        formulation = knapsack([60] * 5, [2] * 5, 5)
        found = strengthen(formulation, np.arange(5), 5.0, rounds=0)
        search = search_of(formulation, 120, gap=0.2)
        branching_of(found, search).step()
        assert search.bound == 120

    def test_a_region_gets_a_lower_bound_that_its_plans_keep(self, monkeypatch):
        model = po.Model(po.synthetic_region(candidates=300, openings=80, seed=1))
        formulation = model.compile().formulation
        best = model.solve(time_limit_s=20, gap=2e-3)
        gained = round(best.objective * formulation.objective.scale)
        problem_ = lumped(formulation)
        found = strengthen(problem_.formulation, np.arange(formulation.n_pairs), 5.0)
        monkeypatch.setattr(branching, "FEW_PAIRS", 0)
        search = search_of(formulation, gained)
        branching_of(found, search, in_process=False).step()
        assert gained <= search.bound < found.bound - 1


class TestColumns:
    @FEW
    @given(formulation=formulations(), below=st.integers(0, 30))
    def test_what_gains_more_than_a_target_uses_no_other_variable(self, formulation, below):
        optimum = brute_force(formulation)
        found = None if optimum is None else relaxed(formulation)
        if optimum is None or found is None or not np.isfinite(found.bound):
            return
        target = int(np.ceil(found.bound)) - below
        columns = branching_of(found, search_of(formulation, optimum))._columns(target)
        outside = np.setdiff1d(np.arange(formulation.n_variables), columns)
        for point in points(formulation):
            if formulation.gained(point) > target:
                assert not point[outside].any()

    def test_who_loses_no_more_than_the_target_allows_is_in_question(self):
        formulation = knapsack([100, 60, 10], [2, 2, 1], 3)
        found = strengthen(formulation, np.arange(3), 5.0, rounds=0)
        tree = branching_of(found, search_of(formulation, 0))
        # At 30 points for each unit of weight the third loses 20 of 130.
        assert found.bound == pytest.approx(130)
        assert 2 in tree._columns(109)
        assert 2 not in tree._columns(111)

    def test_nearer_targets_leave_fewer_pairs_in_question(self):
        formulation = knapsack([100, 60, 30, 1], [1, 1, 1, 1], 2)
        found = strengthen(formulation, np.arange(4), 5.0, rounds=0)
        tree = branching_of(found, search_of(formulation, 0))
        assert found.bound == pytest.approx(160)
        assert set(tree._columns(159).tolist()) <= {0, 1, 2}
        assert tree._columns(0).size == 4


def points(formulation):
    """Yield all integer points that keep the rows."""
    ranges = [
        range(low, high + 1)
        for low, high in zip(formulation.lower.tolist(), formulation.upper.tolist(), strict=True)
    ]
    for point in itertools.product(*ranges):
        values = np.array(point, dtype=np.int64)
        if formulation.is_satisfied_by(values):
            yield values


class Running:
    """A tree that never ends; something happens meanwhile to the search and the branching."""

    def __init__(self, happens):
        self.happens = happens
        self.search = self.tree = self.settings = None
        self.is_stopped = False

    @contextmanager
    def beside(self, _program, settings, **_more):
        self.settings = settings
        try:
            yield self
        finally:
            self.is_stopped = True

    def news(self):
        return News()

    def wait(self, seconds):
        del seconds
        self.happens(self.search, self.tree)
        return False


class TestEnds:
    def start(self, monkeypatch, job):
        monkeypatch.setattr(branching, "highs_beside", job.beside)
        monkeypatch.setattr(branching, "FIRST_DISTANCE", 1.0)
        monkeypatch.setattr(branching, "FEW_PAIRS", 0)
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        job.search = search_of(ODD, 60)
        job.tree = branching_of(found, job.search)
        return job.search, job.tree

    def test_a_better_plan_from_elsewhere_gives_another_target(self, monkeypatch):
        job = Running(lambda search, _tree: setattr(search, "gained", 150))
        search, tree = self.start(monkeypatch, job)
        tree.step()
        assert job.is_stopped
        assert not tree.is_over
        assert search.bound is None
        assert tree._reach <= branching.FIRST_SHARE * 8

    def test_a_bound_from_elsewhere_is_enough(self, monkeypatch):
        job = Running(lambda search, _tree: search.prove(128, "somebody"))
        _, tree = self.start(monkeypatch, job)
        before = tree._reach
        tree.step()
        assert job.is_stopped
        assert not tree.is_over
        assert tree._reach > before

    def test_plans_are_looked_for_where_the_best_one_is_the_target(self, monkeypatch):
        asked = []
        for few in (0, FEW_PAIRS):
            job = Running(lambda search, _tree: search.prove(60, "somebody"))
            _, tree = self.start(monkeypatch, job)
            monkeypatch.setattr(branching, "FEW_PAIRS", few)
            tree.step()
            asked.append(job.settings)
        assert [told.heuristics for told in asked] == [False, True]
        assert asked[0].cutoff > asked[1].cutoff

    def test_an_asked_gap_between_two_objectives_does_not_end_it(self, monkeypatch):
        # Of multiples of 60 with 120 at hand, 150 is asked, and nothing lies between.
        job = Running(lambda search, _tree: next(moments) and search.prove(120, "somebody"))
        moments = iter([False, False, True])
        monkeypatch.setattr(branching, "highs_beside", job.beside)
        formulation = knapsack([60] * 5, [2] * 5, 5)
        job.search = search_of(formulation, 120, gap=0.2)
        branching_of(strengthen(formulation, np.arange(5), 5.0, rounds=0), job.search).step()
        assert job.search.bound == 120
        assert next(moments, None) is None

    def test_a_stop_ends_it(self, monkeypatch):
        job = Running(lambda _search, tree: setattr(tree, "_stop", lambda: True))
        _, tree = self.start(monkeypatch, job)
        tree.step()
        assert job.is_stopped

    def test_a_crash_is_told_and_ends_it(self, monkeypatch, caplog):
        def crash(_run):
            raise MemoryError("no room")

        monkeypatch.setattr(HighsRun, "solve", crash)
        search = search_of(ODD, 60)
        tree = branching_of(strengthen(ODD, np.arange(5), 5.0, rounds=0), search)
        with caplog.at_level(logging.WARNING, logger="placement_opt"):
            tree.step()
        assert tree.is_over
        assert search.bound is None
        assert "no room" in caplog.text

    def test_no_tree_is_begun_that_cannot_end_in_time(self):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        tree = branching_of(found, search_of(ODD, 60))
        assert tree.is_worth_while
        tree._spent_s = 1e6
        assert not tree.is_worth_while

    def test_without_a_plan_there_is_no_target(self):
        found = strengthen(ODD, np.arange(5), 5.0, rounds=0)
        assert branching_of(found, search_of(ODD, None)).is_over


def test_highs_looks_only_for_what_gains_more_than_a_cutoff():
    draws = np.random.default_rng(3)
    usage = draws.integers(10, 60, (4, 25))
    gain = (usage.sum(axis=0) + draws.integers(0, 40, 25)).tolist()
    formulation = problem(gain, [rows("weight", usage, [0] * 4, (usage.sum(axis=1) // 3).tolist())])
    unit = ObjectiveUnit.of(formulation)
    program = LinearProgram.of(formulation, unit)

    def solved(cutoff):
        settings = HighsSettings(1, 0.0, unit.half_step, 60.0, None, cutoff)
        return HighsRun(program, settings).solve()

    optimum = float(program.gain @ solved(None).values)
    below = solved(optimum - 0.5)
    assert float(program.gain @ below.values) == pytest.approx(optimum)
    # What is found on the way may be worse; that does not matter to the proof.
    above = solved(optimum + 0.5)
    assert above.reason in {*SAYS_NONE, "optimal"}
    assert above.bound is None or above.bound <= optimum + 0.5
    beyond = solved(float(np.abs(program.gain).sum()))
    assert beyond.reason in SAYS_NONE
