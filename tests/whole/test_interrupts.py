"""Ctrl-C: the first stops with the best plan, more of them lose nothing, the third gives it up."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import placement_opt as po
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.guarded import uninterrupted
from placement_opt.solvers.search.reporting import Beside

CHILD = """
import json, logging, os, signal, sys, threading
import placement_opt as po
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.search import schedule

presses, moment, where = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3]
schedule.SAME_WISH_S = moment
heard = threading.Semaphore(0)

class Hears(logging.Handler):
    def emit(self, record):
        if record.getMessage().startswith("Ctrl-C"):
            heard.release()

log = logging.getLogger("placement_opt")
log.addHandler(Hears())
plain = getattr(Compiled, where)

def interrupted(self, *arguments):
    for press in range(presses):
        os.kill(os.getpid(), signal.SIGINT)
        if press == 0 or moment == 0:
            heard.acquire(timeout=30)
    return plain(self, *arguments)

setattr(Compiled, where, interrupted)
region = po.synthetic_region(candidates=40, openings=14, seed=2)
try:
    result = po.solve(region, gap=0.01)
except KeyboardInterrupt:
    print(json.dumps("given up"))
else:
    print(json.dumps([result.status, len(result.placement_rows)]))
"""

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")


def child(presses: int, moment_s: float, where: str = "judge") -> object:
    """Send SIGINT to a program that verifies its plan, and return what it says in the end."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(presses), str(moment_s), where],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout)


@POSIX
@pytest.mark.parametrize(("presses", "moment_s"), [(1, 0), (2, 0), (20, 3600)])
def test_a_plan_that_is_being_verified_is_kept(presses: int, moment_s: float) -> None:
    status, placed = child(presses, moment_s)
    assert status in {"FEASIBLE", "OPTIMAL"}
    assert placed > 0


@POSIX
def test_the_third_wish_gives_the_plan_up() -> None:
    assert child(3, 0) == "given up"


@POSIX
def test_a_plan_that_is_being_lifted_is_kept() -> None:
    assert child(2, 0, "plan")[1] > 0


class Presses:
    """Interrupts each wait for as long as there are presses left."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
        self.left = count
        plain = Beside.wait

        def wait(beside: Beside[None], seconds: float) -> bool:
            if self.left and threading.current_thread() is threading.main_thread():
                self.left -= 1
                raise KeyboardInterrupt
            return plain(beside, seconds)

        monkeypatch.setattr(Beside, "wait", wait)


@pytest.mark.parametrize(
    ("moment_s", "presses", "told"), [(0, 1, 1), (0, 2, 2), (3600, 2, 1), (3600, 50, 1)]
)
def test_work_goes_on(
    monkeypatch: pytest.MonkeyPatch, moment_s: float, presses: int, told: int
) -> None:
    monkeypatch.setattr(schedule, "SAME_WISH_S", moment_s)
    Presses(monkeypatch, presses)
    texts: list[str] = []
    stopped = threading.Event()

    def work() -> str:
        stopped.wait(30)
        return "a plan"

    assert uninterrupted(work, stopped.set, texts.append) == "a plan"
    assert len(texts) == told
    assert texts[0] == "Ctrl-C: stopping with the best plan so far"
    assert told == 1 or "a third one gives it up" in texts[1]


def test_the_third_wish_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SAME_WISH_S", 0)
    Presses(monkeypatch, 3)
    texts: list[str] = []
    goes_on = threading.Event()
    with pytest.raises(KeyboardInterrupt, match="given up"):
        uninterrupted(goes_on.wait, lambda: None, texts.append)
    goes_on.set()
    assert texts[-1] == "Ctrl-C: the plan is given up"


def test_an_interrupt_while_telling_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "SAME_WISH_S", 3600)
    Presses(monkeypatch, 1)
    times = iter([True])

    def tell(_text: str) -> None:
        if next(times, False):
            raise KeyboardInterrupt

    assert uninterrupted(lambda: 7, lambda: None, tell) == 7


@pytest.mark.parametrize("error", [ValueError("wrong"), SystemExit(3), KeyboardInterrupt()])
def test_what_the_work_raises_is_raised(error: BaseException) -> None:
    def work() -> None:
        raise error

    with pytest.raises(type(error)):
        uninterrupted(work, lambda: None)


def test_another_error_in_the_waiting_thread_stops_the_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def alarm(_beside: Beside[None], _seconds: float) -> bool:
        raise TimeoutError("an alarm of the caller's own")

    stopped = threading.Event()
    monkeypatch.setattr(Beside, "wait", alarm)
    with pytest.raises(TimeoutError):
        uninterrupted(lambda: stopped.wait(30), stopped.set)
    assert stopped.is_set()


def test_a_result_that_cannot_be_written_is_kept_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from typer.testing import CliRunner

    from placement_opt import cli

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    po.synthetic_region(candidates=20, openings=7, seed=1).to_json(tmp_path / "region.json")
    plain = po.Result.to_json

    def full(result: po.Result, path: Path, overwrite: bool = False) -> None:
        if Path(path).name == "plan.json":
            raise OSError("no space left")
        plain(result, path, overwrite)

    monkeypatch.setattr(po.Result, "to_json", full)
    out = tmp_path / "plan.json"
    done = CliRunner().invoke(
        cli.app, ["solve", str(tmp_path / "region.json"), "--out", str(out), "--quiet"]
    )
    assert done.exit_code == 2
    assert "no space left. The result is kept in " in done.stderr
    kept = Path(done.stderr.rsplit("kept in '", 1)[1].split("'")[0])
    assert po.Result.from_json(kept).has_plan


@POSIX
def test_the_command_line_writes_the_plan_after_two_interrupts(tmp_path: Path) -> None:
    po.synthetic_region(candidates=400, openings=110, seed=1).to_json(tmp_path / "region.json")
    process = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from placement_opt.cli import main; main()",
            *("solve", "region.json", "--time-limit", "120", "--gap", "0"),
            *("--out", "plan.json", "--json"),
        ],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if " plan " in line and "plan            -" not in line:
            break
    process.send_signal(signal.SIGINT)
    for line in process.stderr:
        if line.startswith("Ctrl-C"):
            break
    process.send_signal(signal.SIGINT)
    answer, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(answer)["stop_reason"] == "cancelled"
    assert po.Result.from_json(tmp_path / "plan.json").has_plan


@pytest.mark.parametrize(
    "where",
    [
        "placement_opt.model.compile_model",
        "placement_opt.model.Instance",
        "placement_opt.run.solve_parameters.get_solver",
        "placement_opt.run.one_solve._search",
    ],
)
def test_an_interrupt_before_the_search_says_that_there_is_no_plan(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    region = po.synthetic_region(candidates=20, openings=7, seed=1)
    with monkeypatch.context() as patched:
        patched.setattr(where, interrupted)
        with pytest.raises(KeyboardInterrupt, match="no plan yet"):
            po.solve(region)
    assert po.solve(region).has_plan


def test_what_is_shown_ends_before_ctrl_c_can_cost_the_plan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A bar that is drawn for the last time is still part of what cannot be interrupted."""
    threads: list[threading.Thread] = []

    @contextmanager
    def shown(*_given: object, **_named: object) -> Iterator[Callable[[po.Event], None]]:
        yield lambda _event: None
        threads.append(threading.current_thread())

    monkeypatch.setattr("placement_opt.run.one_solve.observers", shown)
    assert po.solve(po.synthetic_region(candidates=20, openings=7, seed=1)).has_plan
    assert len(threads) == 1
    assert threads[0] is not threading.main_thread()
