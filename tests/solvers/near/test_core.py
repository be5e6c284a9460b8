"""The search near a gain: what comes first, and how time is shared."""

import subprocess
import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.near import core as near_core
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.plans import NearPlans
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

SOMEBODY_ELSE = """
import highspy
import numpy as np
from placement_opt.solvers.engines.highs import HighsRun, HighsSettings
from placement_opt.solvers.engines.linear_program import LinearProgram


somebody = highspy.Highs()
somebody.silent()
somebody.setOptionValue("threads", 2)
somebody.maximize(somebody.addBinary())
one, whole = np.ones(2), np.ones(2, dtype=bool)
start, member = np.array([0, 2]), np.array([0, 1], dtype=np.int32)
room = np.array([-np.inf]), np.array([1.0])
program = LinearProgram(start, member, one, *room, 0 * one, one, np.array([2.0, 3.0]), whole)
print(HighsRun(program, HighsSettings(0, 0.0, 1e-9, 5.0, None)).solve().values.tolist())
"""


def test_parts_are_solved_where_somebody_else_gave_highs_more_threads():
    told = subprocess.run(
        [sys.executable, "-c", SOMEBODY_ELSE], capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines()[-1] == "[0.0, 1.0]"


def test_a_first_plan_that_crashes_is_done_without(formulation, found, monkeypatch):
    def crash(*_):
        raise RuntimeError("no dive")

    search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.05))
    core = near_core.NearCore(formulation, lumped(formulation), search)
    with monkeypatch.context() as patch:
        patch.setattr(near_core, "NearPlans", crash)
        core.begin(found)
        assert core._first_answer() is None
    search.prove(found.bound, "here")
    core.run(found)
    assert search.best is not None


@pytest.fixture
def core(formulation):
    search = Search(formulation, SearchLimits(time_limit_s=600, gap=0.0))
    return near_core.NearCore(formulation, lumped(formulation), search)


def test_exchanges_are_looked_for_beside_the_first_dive(core, found, monkeypatch):
    exchanges = SimpleNamespace(fits=True, has_more=False, looked=threading.Event())

    def step():
        if threading.current_thread() is threading.main_thread():
            exchanges.looked.set()
        return False

    exchanges.step = step
    start = NearPlans.start

    def wait(self, seconds):
        assert exchanges.looked.wait(60)
        return start(self, seconds)

    monkeypatch.setattr(NearPlans, "start", wait)
    monkeypatch.setattr(near_core, "ExchangeSearch", lambda *_: exchanges)
    core.begin(found)
    assert core._first_answer()[1].values is not None


class _Steps:
    """Exchanges that are found once, and whether each step with them is better."""

    def __init__(self, fits, results):
        self.fits, self.left = fits, list(results)

    @property
    def has_more(self):
        return bool(self.left)

    def step(self):
        return self.left.pop(0)


@pytest.mark.parametrize(
    ("fits", "results"),
    [(True, [False, True, False]), (True, [False] * 3), (True, [False]), (False, [True])],
)
def test_the_first_plan_comes_from_a_dive_where_exchanges_bring_none(
    core, found, monkeypatch, fits, results
):
    dived, offered, exchanges = [], [], _Steps(fits, results)

    def dive_once(*_):
        dived.append(True)
        return False

    monkeypatch.setattr(near_core, "ExchangeSearch", lambda *_: exchanges)
    monkeypatch.setattr(near_core, "_started", dive_once)
    monkeypatch.setattr(near_core, "_offer", lambda *told: offered.append(told[2]))
    monkeypatch.setattr(NearPlans, "best", lambda _: (0.0, np.zeros(0)))
    monkeypatch.setattr(Ground, "packed", lambda *_: None)
    core._first_plan(found)
    finds = fits and any(results)
    assert exchanges.left == ([] if fits else results)
    assert dived == ([] if finds else [True])
    assert offered == ["rounding", *(["exchanges"] if finds else [])]


@pytest.mark.parametrize(
    ("has_plan", "has_cuts", "dives"),
    [(True, False, 0), (True, True, 1), (False, True, 1), (False, False, 1)],
)
def test_a_dive_comes_first_where_there_is_no_plan_or_there_are_cuts(
    core, found, monkeypatch, has_plan, has_cuts, dives
):
    plans, dived, handed = SimpleNamespace(values=1 if has_plan else None), [], []

    def dive_once(its, _ground):
        dived.append(its)
        its.values = 1

    monkeypatch.setattr(core, "_with_cuts", lambda _: (core._ground(found), plans, has_cuts))
    monkeypatch.setattr(core, "_hand_out", lambda *_: handed.append(len(dived)))
    monkeypatch.setattr(near_core, "_started", dive_once)
    core._outer.clock.cancel()
    core.run(found)
    assert len(dived) == dives
    assert handed == [dives]


class _Spender:
    """Takes a given time for each step."""

    def __init__(self, clock, seconds):
        self.clock, self.seconds, self.spent = clock, seconds, 0.0
        self.fits, self.is_idle = True, False

    def step(self):
        self.clock[0] += self.seconds
        self.spent += self.seconds
        return False


@pytest.mark.parametrize(("is_idle", "times"), [(False, 1), (True, schedule.IDLE_PARTS_TIMES)])
def test_exchanges_and_parts_get_the_same_time_unless_parts_bring_nothing(
    monkeypatch, is_idle, times
):
    clock = [0.0]
    parts, exchanges = _Spender(clock, 1.0), _Spender(clock, 6.0)
    parts.is_idle = is_idle
    monkeypatch.setattr(near_core, "PartSearch", lambda *_: parts)
    monkeypatch.setattr(near_core, "ExchangeSearch", lambda *_: exchanges)
    monkeypatch.setattr(near_core, "time", SimpleNamespace(perf_counter=lambda: clock[0]))
    searcher = near_core._Searcher(None, 0, Clock(SearchLimits()))
    for _ in range(200):
        searcher.step()
    assert abs(times * parts.spent - exchanges.spent) <= max(exchanges.seconds, times)
    exchanges.fits, before = False, exchanges.spent
    for _ in range(20):
        searcher.step()
    assert exchanges.spent == before
