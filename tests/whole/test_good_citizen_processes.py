"""Processes of a solve: none is left, whatever ends the program."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from programs import IN_A_PROCESS, PATIENCE_S, environment, program, run

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
