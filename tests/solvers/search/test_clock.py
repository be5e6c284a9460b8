"""The clock of a search: what is left, and when to stop, by time or by work."""

import math
import time

import pytest

from placement_opt.basics.status import StopReason
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits


def clock_of(elapsed_s=0.0, *, cancelled=lambda: False, reached=None, **limits):
    started = time.perf_counter() - elapsed_s
    return Clock(SearchLimits(10.0, **limits), cancelled, started, lambda: reached)


def test_it_tells_what_is_left():
    clock = clock_of(4.0)
    assert clock.elapsed_s == pytest.approx(4.0, abs=0.5)
    assert clock.remaining_s == pytest.approx(6.0, abs=0.5)
    assert clock.at_most(2.0) == 2.0
    assert clock.at_most(9.0) == pytest.approx(6.0, abs=0.5)
    assert clock.share(0.5) == pytest.approx(3.0, abs=0.5)


def test_nothing_is_left_after_the_limit():
    clock = clock_of(11.0)
    assert (clock.remaining_s, clock.at_most(2.0), clock.share(0.5)) == (0.0, 0.0, 0.0)
    assert clock.stop_reason() is StopReason.TIME_LIMIT
    assert clock.stop_asked()


def test_a_reproducible_search_counts_work_instead(monkeypatch):
    clock = clock_of(11.0, reproducible=True)
    assert (clock.at_most(2.0), clock.share(0.5)) == (2.0, math.inf)
    assert clock.stop_reason() is None
    monkeypatch.setattr(schedule, "NEIGHBOURHOODS_PER_S", 2.5)
    assert clock.n_neighbourhoods == 25


@pytest.mark.parametrize("reproducible", [False, True])
def test_a_cancel_stops_it(reproducible):
    asked = []
    clock = clock_of(reproducible=reproducible, cancelled=lambda: bool(asked))
    assert not clock.stop_asked()
    asked.append(True)
    assert clock.stop_reason() is StopReason.CANCELLED
    assert clock.stop_asked()


def test_a_cancel_from_inside_stays():
    clock = clock_of()
    clock.cancel()
    assert clock.is_cancelled()
    assert clock.stop_reason() is StopReason.CANCELLED


@pytest.mark.parametrize(("reproducible", "stops"), [(False, True), (True, False)])
def test_the_moment_at_which_the_gap_is_seen_decides_nothing_reproducible(reproducible, stops):
    clock = clock_of(reached=StopReason.GAP, reproducible=reproducible)
    assert clock.stop_reason() is StopReason.GAP
    assert clock.stop_asked() is stops
    clock.cancel()
    assert clock.stop_asked()


def test_what_is_proven_comes_before_a_cancel():
    clock = clock_of(11.0, reached=StopReason.PROVEN)
    clock.cancel()
    assert clock.stop_reason() is StopReason.PROVEN
