"""Many regions are stopped, by the caller or by Ctrl-C: the best plans are kept."""

import json
import signal
import subprocess
import sys
from functools import partial

import pytest
from many_regions import REGIONS, begun, hard
from programs import environment, run

import placement_opt as po


@pytest.mark.parametrize(("executor", "at_once"), [(None, 1), (2, 2)])
def test_a_cancelled_run_keeps_the_best_plans(executor: int | None, at_once: int) -> None:
    events: list[po.Event] = []
    given = {f"R{n}": partial(hard, 300) for n in range(4)}
    nation = po.solve_many(
        given,
        executor,
        time_limit_s=300,
        gap=0,
        on_progress=events.append,
        cancel=lambda: begun(events, at_once),
    )
    assert len(nation.results) == at_once
    assert {r.stop_reason for r in nation.results.values()} == {po.StopReason.CANCELLED}
    assert all(result.has_plan for result in nation.results.values())
    assert {f.kind for f in nation.failures.values()} == {"stopped"}


CHILD = """
import functools, json, sys
import placement_opt as po
from many_regions import hard

def told(event):
    if event.objective is not None:
        print("plan", file=sys.stderr, flush=True)

nation = po.solve_many(
    {f"R{n}": functools.partial(hard, 300) for n in range(3)}, EXECUTOR,
    time_limit_s=300, gap=0, on_progress=told,
)
print(json.dumps([len(nation.results), sorted({f.kind for f in nation.failures.values()})]))
"""
"""A program without a guard; its functions are in a module of their own."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
@pytest.mark.parametrize("executor", ["None", "2"])
def test_ctrl_c_keeps_the_best_plans(executor: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CHILD.replace("EXECUTOR", executor)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stderr.readline() == "plan\n"
    process.send_signal(signal.SIGINT)
    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    solved, kinds = json.loads(answer)
    assert 1 <= solved < 3
    assert kinds == ["stopped"]


CLOSING = """
import os, signal, sys, time
from contextlib import contextmanager
import placement_opt as po
from placement_opt.many import side_by_side

@contextmanager
def pressed_at_its_end(*given, inner=side_by_side.WHAT, **named):
    with inner(*given, **named) as it:
        yield it
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.5)

side_by_side.WHAT = pressed_at_its_end
regions = {f"R{n}": po.synthetic_region(candidates=9, openings=4, seed=n) for n in (1, 2)}
nation = po.solve_many(regions, EXECUTOR)
print(len(nation.results), len(nation.failures), nation.status.value)
"""
"""Ctrl-C while what a run has opened is being closed."""


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
@pytest.mark.parametrize("what", ["_shown", "_workers", "_folder"])
@pytest.mark.parametrize("executor", ["None", "2"])
def test_ctrl_c_while_it_closes_loses_nothing(what: str, executor: str) -> None:
    program = CLOSING.replace("WHAT", what).replace("EXECUTOR", executor)
    done = run(program)
    assert (done.returncode, done.stdout) == (0, "2 0 OPTIMAL\n"), done.stderr


def test_ctrl_c_before_any_region_is_begun_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("placement_opt.many.side_by_side._workers", interrupted)
    with pytest.raises(KeyboardInterrupt, match="no plan yet"):
        po.solve_many(REGIONS)
