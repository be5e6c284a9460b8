"""A guest in somebody's program: it prints nothing, starts nothing odd, and leaves nothing behind.

Programs of their own are run, since standard output, exit codes and processes are at stake.
"""

import json
import os
import sys
import threading
import zipapp
from pathlib import Path

import pytest
from programs import IN_A_PROCESS, PATIENCE_S, program, run

import placement_opt as po
from placement_opt.solvers.engines import job
from placement_opt.solvers.search.native import NativeCalls


@pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip"])
@pytest.mark.parametrize("size", ["30, 5", "150, 30"])
def test_standard_output_is_the_callers_alone(solver, size):
    solve = f"result = knapsacks({size}).solve(time_limit_s=4, gap=0, solver={solver!r})"
    done = run(program(solve, "print(json.dumps({'objective': result.objective}))"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["objective"] > 0
    assert done.stderr == ""


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
