"""A guest in somebody's program: it prints nothing, starts nothing odd, and leaves nothing behind.

Programs of their own are run, since standard output, exit codes and processes are at stake.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipapp
from pathlib import Path

import pytest

import placement_opt as po
from placement_opt.solvers.engines import job
from placement_opt.solvers.search.native import NativeCalls

PACKAGE = Path(po.__file__).parent.parent
PATIENCE_S = 60.0
"""How long something that has to happen is waited for, before a test gives up on it."""

BEGIN = '''
import json, os, sys, threading, time
import numpy as np, placement_opt as po

def knapsacks(n, m, seed=1):
    """Openings as knapsacks: small, and hard enough to keep every solver at work for long."""
    rng = np.random.default_rng(seed)
    pairs = {
        "candidate_id": np.repeat([f"C-{i}" for i in range(n)], m).tolist(),
        "opening_id": np.tile([f"O-{j}" for j in range(m)], n).tolist(),
        "score": rng.integers(1, 1000, n * m),
        "size": np.repeat(rng.integers(1, 6, n), m),
    }
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{i}") for i in range(n)],
        openings=[po.Opening(id=f"O-{j}", positions=n) for j in range(m)],
    )
    limit = po.ResourceLimit(uses="size", per="opening", limits=10)
    rules = [po.OnePlacement(), limit]
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])
'''

IN_A_PROCESS = '''
from placement_opt.solvers.search import limits
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp

def of(model, seconds, gap):
    formulation = model.compile().formulation
    return formulation, Search(formulation, limits.SearchLimits(time_limit_s=seconds, gap=gap))

def highs(gap=0.0):
    formulation, search = of(knapsacks(150, 30), 600.0, gap)
    Mip(in_process=False).solve(formulation, search)
    return search

def pdlp():
    """A run that lets no thread of its process do anything."""
    formulation, _ = of(knapsacks(150, 30), 600.0, 0.0)
    columns = np.arange(formulation.n_variables)
    start = Point(np.zeros(columns.size), np.zeros(formulation.n_rows))
    run = RestrictedLp(formulation).start_first_order(columns, start, 0.0, 600.0)
    run.wait(600.0)
'''


def program(*parts):
    return "\n".join([BEGIN, *parts])


def environment(**more):
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(PACKAGE), *sys.path]), **more}


def run(code, *arguments, **settings):
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", code))],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=300,
        check=False,
        **settings,
    )


# Nothing on standard output.


@pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
@pytest.mark.parametrize("size", ["30, 5", "150, 30"])
def test_standard_output_is_the_callers_alone(solver, size):
    solve = f"result = knapsacks({size}).solve(time_limit_s=4, gap=0, solver={solver!r})"
    done = run(program(solve, "print(json.dumps({'objective': result.objective}))"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["objective"] > 0
    assert done.stderr == ""


# A solve in a daemon thread when the program ends.


@pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
@pytest.mark.parametrize("moment", [0.5, 2])
def test_a_solve_in_a_daemon_thread_does_not_end_the_program_badly(solver, moment):
    done = run(
        program(
            "model = knapsacks(150, 30)",
            f"solve = lambda: print(model.solve(time_limit_s=60, gap=0, solver={solver!r}))",
            "threading.Thread(target=solve, daemon=True).start()",
            f"time.sleep({moment})",
            "sys.exit(3)",
        )
    )
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")


@pytest.mark.parametrize("moment", [0.5, 2])
def test_a_linear_program_that_heeds_no_stop_does_not_end_it_badly(moment):
    done = run(
        program(
            "model = po.Model(po.synthetic_region(candidates=1200, openings=400, seed=1))",
            "model.compile()",
            "threading.Thread(target=model.solve, daemon=True).start()",
            f"time.sleep({moment})",
        )
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_code_at_exit_can_still_solve():
    """What was imported before can still be used by then; Python imports no threads so late."""
    done = run(
        program(
            "import atexit",
            "solve = lambda: print(knapsacks(4, 2).solve(solver='cp-sat', gap=0).status.value)",
            "atexit.register(solve)",
            "solve()",
            "atexit.register(solve)",
        )
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "OPTIMAL\n" * 3, "")


class TestNativeCalls:
    def test_the_end_stops_what_is_under_way_and_waits_for_it(self):
        calls, began, stopped, told = NativeCalls(), threading.Event(), threading.Event(), []

        def work():
            with calls.call(stopped.set):
                began.set()
                stopped.wait(PATIENCE_S)
                told.append("ended")

        threading.Thread(target=work, daemon=True).start()
        assert began.wait(PATIENCE_S)
        calls.end()
        assert told == ["ended"]

    def test_the_end_stops_searches(self):
        calls, stopped = NativeCalls(), threading.Event()
        with calls.stopped_at_exit(stopped.set):
            calls.end()
        assert stopped.is_set()
        again = threading.Event()
        with calls.stopped_at_exit(again.set):
            pass
        calls.end()
        assert not again.is_set()

    def test_a_thread_that_ends_with_the_program_begins_no_call(self):
        calls, ended, told = NativeCalls(), threading.Event(), []

        def work():
            ended.wait(PATIENCE_S)
            told.append("before")
            with calls.call():
                told.append("never")

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        calls.end()
        ended.set()
        thread.join(0.5)
        assert thread.is_alive()
        assert told == ["before"]

    def test_what_code_at_exit_begins_is_done(self):
        calls, told = NativeCalls(), []

        def work():
            with calls.call():
                told.append("new")

        calls.end()
        with calls.call():
            told.append("main")
        calls.stay()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(PATIENCE_S)
        assert told == ["main", "new"]

    def test_a_call_that_fails_is_over_too(self):
        calls = NativeCalls()
        with pytest.raises(ValueError, match="mine"), calls.call():
            raise ValueError("mine")
        assert calls._under_way == 0

    def test_a_forked_process_waits_for_nobody(self):
        calls, told = NativeCalls(), []
        calls._under_way, calls._stops = 1, [lambda: told.append("stopped")]
        calls.forget()
        calls.end()
        assert calls._under_way == 0
        assert told == []


# Frozen programs, and others whose `sys.executable` is no Python.

EXECUTABLES = {
    "frozen": "sys.executable, sys.frozen = app, True",
    "embedded": "sys.executable = app",
    "unknown": "sys.executable = None",
    "empty": "sys.executable = ''",
    "missing": "sys.executable = '/no/such/python3'",
}


@pytest.mark.skipif(os.name != "posix", reason="a shell script stands for the program")
@pytest.mark.parametrize("kind", EXECUTABLES)
def test_a_program_that_is_no_python_is_not_started_again(kind, tmp_path):
    app = tmp_path / "app"
    app.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/starts\nexit 1\n')
    app.chmod(0o755)
    done = run(
        program(
            IN_A_PROCESS,
            f"app = {str(app)!r}",
            EXECUTABLES[kind],
            "result = knapsacks(150, 30).solve(time_limit_s=2)",
            "search = highs(0.5)",
            "print(result.objective > 0, search.gained > 0)",
        )
    )
    assert done.stdout == "True True\n", done.stderr
    assert not (tmp_path / "starts").exists()


@pytest.mark.parametrize(
    ("executable", "has"),
    [
        (sys.executable, True),
        ("/usr/sbin/uwsgi", False),
        (str(Path(po.__file__)), False),
        (None, False),
    ],
)
def test_what_is_taken_for_a_python(executable, has, monkeypatch):
    monkeypatch.setattr(sys, "executable", executable)
    assert job.can_have_workers() is has
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert not job.can_have_workers()


# Scripts of all sorts start their helpers, and only those.

ONCE = program(
    IN_A_PROCESS, "print('once', highs(0.5).gained > 0, job.can_have_workers())"
).replace("import json", "from placement_opt.solvers.engines import job\nimport json", 1)


def ran_once(done):
    assert (done.returncode, done.stdout, done.stderr) == (0, "once True True\n", "")


def test_a_script_without_a_guard_runs_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(ONCE)
    ran_once(run(None, str(script)))


def test_a_script_from_standard_input_runs_once():
    ran_once(run(None, "-", input=ONCE))


def test_a_zipped_application_runs_once(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text(ONCE)
    zipapp.create_archive(tmp_path / "app", tmp_path / "app.pyz")
    ran_once(run(None, str(tmp_path / "app.pyz")))


# Nothing is left behind.

HAS_PROC = Path("/proc/self/cmdline").exists()


def processes_about(folder, using=""):
    """Return the command lines of the processes that name a folder and have loaded a library."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
            if str(folder) in line and using in path.with_name("maps").read_text():
                found.append(line)
        except OSError:
            continue
    return found


def until(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()


@pytest.fixture
def started(tmp_path):
    """Start a program with a temporary folder of its own; it is gone after the test."""
    programs = []

    def start(code, using="highs"):
        begun = subprocess.Popen(
            [sys.executable, "-c", code], env=environment(TMPDIR=str(tmp_path)), text=True
        )
        programs.append(begun)
        assert until(lambda: processes_about(tmp_path, using))
        time.sleep(1)  # by now it is at work, most likely
        return begun

    yield start
    for begun in programs:
        begun.kill()
        begun.wait()


HEEDS_HANGUP = "import signal\nsignal.signal(signal.SIGHUP, signal.SIG_DFL)"
"""Under `nohup` the tests ignore it, and so would the programs that they start."""


@pytest.mark.skipif(not HAS_PROC, reason="processes are looked up in /proc")
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL", "SIGHUP"])
@pytest.mark.parametrize("work", ["highs", "pdlp"])
def test_a_program_that_is_killed_leaves_no_process_and_no_file(work, name, started, tmp_path):
    begun = started(program(HEEDS_HANGUP, IN_A_PROCESS, f"{work}()"), work)
    assert list(tmp_path.iterdir())
    begun.send_signal(getattr(signal, name))
    begun.wait(PATIENCE_S)
    assert until(lambda: not processes_about(tmp_path))
    assert until(lambda: not list(tmp_path.iterdir()))


@pytest.mark.skipif(not HAS_PROC, reason="processes are looked up in /proc")
def test_a_solve_that_is_killed_leaves_nothing(started, tmp_path):
    solve = "po.Model(po.synthetic_region(candidates=1200, openings=400, seed=1)).solve(600, gap=0)"
    begun = started(program(solve))
    begun.terminate()
    assert begun.wait(PATIENCE_S) == -signal.SIGTERM
    assert until(lambda: not processes_about(tmp_path))
    assert until(lambda: not list(tmp_path.iterdir()))


@pytest.mark.skipif(not HAS_PROC, reason="processes are looked up in /proc")
def test_a_forked_child_does_not_keep_helpers_alive(started, tmp_path):
    """It holds all that was open when it was forked, and lives on."""
    begun = started(
        program(
            IN_A_PROCESS,
            "def fork():",
            "    while not os.listdir(os.environ['TMPDIR']):",
            "        time.sleep(0.05)",
            "    time.sleep(3)",
            "    if os.fork() == 0:",
            "        open(os.environ['TMPDIR'] + '/forked', 'w').write(str(os.getpid()))",
            "        time.sleep(600)",
            "threading.Thread(target=fork, daemon=True).start()",
            "highs()",
        )
    )
    note = tmp_path / "forked"
    assert until(lambda: note.exists() and note.read_text())
    child = int(note.read_text())
    note.unlink()
    try:
        begun.kill()
        begun.wait(PATIENCE_S)
        assert until(lambda: not processes_about(tmp_path))
        assert until(lambda: not list(tmp_path.iterdir()))
        os.kill(child, 0)  # it lives: it is not for its end that they are gone
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_solve_that_ends_leaves_nothing(tmp_path):
    done = run(
        program(
            IN_A_PROCESS,
            f"import tempfile; tempfile.tempdir = {str(tmp_path)!r}",
            "highs(0.5)",
            "import subprocess",
            "print(len(os.listdir(tempfile.tempdir)), len(subprocess._active))",
        )
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "0 0\n", "")
    if HAS_PROC:
        assert not processes_about(tmp_path)
