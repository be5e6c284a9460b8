"""Ctrl-C at random moments of a solve: what comes back, how soon, and what is left behind.

In a terminal (a real one, to which Ctrl-C is typed), in a kernel (interrupted), in a thread (the
cancel event), and in a terminal where `solve_many` solves parts of it in two processes. Each solve
runs in a process of its own with its own folder for temporary files, by which the processes that it
has started are found.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.table import markdown

WAYS = ("terminal", "kernel", "thread", "many")
GIVEN_UP_S = 120.0
LEFT_S = 60.0
"""So long after an answer no process may be left."""

BEGIN = """
import json, threading, time
import placement_opt as po
region = po.synthetic_region(candidates={candidates}, openings={openings}, seed=1)
solve = po.solve  # loads it: presses are those during a solve
print("BEGUN", flush=True)
"""

ANSWERED = """\
except KeyboardInterrupt as interrupt:
    said = ["none yet" if "no plan yet" in str(interrupt) else f"({interrupt})"]
    said += ["", False, time.time()]
except Exception as error:
    said = ["error", repr(error), False, time.time()]
print("ANSWER", json.dumps(said), flush=True)
"""
"""The end of a program to which Ctrl-C is typed."""

BY_CTRL_C = (
    """
try:
    result = solve(region, time_limit_s=600, gap=0)
    answered_at = time.time()
    sound = result.has_plan and po.check_result(region, result).is_sound
    said = [result.status.value, result.stop_reason.value, sound, answered_at]
"""
    + ANSWERED
)

MANY = 4
"""So many regions of a fourth of the size are solved where it is `solve_many` that is stopped."""

MANY_BY_CTRL_C = (
    """
try:
    regions = {f"R{n}": po.synthetic_region(candidates=len(region.candidates) // MANY,
        openings=len(region.openings) // MANY, seed=n) for n in range(MANY)}
    nation = po.solve_many(regions, 2, time_limit_s=600, gap=0)
    answered_at = time.time()
    plans = [(regions[n], result) for n, result in nation.results.items() if result.has_plan]
    sound = bool(plans) and all(po.check_result(*plan).is_sound for plan in plans)
    kinds = sorted({failure.kind for failure in nation.failures.values()})
    said = [f"{len(plans)} of {len(regions)}", " ".join(kinds), sound, answered_at]
""".replace("MANY", str(MANY))
    + ANSWERED
)

BY_EVENT = """
enough, pressed = threading.Event(), []
def press():
    pressed.append(time.time())
    enough.set()
threading.Timer({moment}, press).start()
result = solve(region, time_limit_s=600, gap=0, cancel=enough)
answered_at = time.time()
sound = result.has_plan and po.check_result(region, result).is_sound
said = [result.status.value, result.stop_reason.value, sound, answered_at]
print("PRESSED", json.dumps(pressed), "ANSWER", json.dumps(said), flush=True)
"""


def in_terminal(
    code: str, moment_s: float, folder: Path, by: str = BY_CTRL_C
) -> tuple[float, list[Any]]:
    """Type Ctrl-C to a program in a terminal; return when, and what it says."""
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.environ["TMPDIR"] = str(folder)
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # what runs in the background ignores it
        os.execv(sys.executable, [sys.executable, "-c", code + by])  # noqa: S606
    said, pressed_at, begun_at = b"", 0.0, None
    os.set_blocking(terminal, False)
    deadline = time.time() + moment_s + GIVEN_UP_S
    while b"ANSWER" not in said or not said.rstrip(b" ").endswith(b"\n"):
        with suppress(BlockingIOError):
            said += os.read(terminal, 65536)
        if begun_at is None and b"BEGUN" in said:
            begun_at = time.time()
        if begun_at is not None and not pressed_at and time.time() >= begun_at + moment_s:
            pressed_at = time.time()
            os.write(terminal, b"\x03")
        if time.time() > deadline:
            os.kill(pid, signal.SIGKILL)
            break
        time.sleep(0.01)
    os.waitpid(pid, 0)
    os.close(terminal)
    return pressed_at, answer_in(said.decode(errors="replace"))


def in_kernel(code: str, moment_s: float, folder: Path) -> tuple[float, list[Any]]:
    """Interrupt a cell of a kernel; return when, and what it says."""
    from jupyter_client.manager import start_new_kernel

    kernel, client = start_new_kernel(env={**os.environ, "TMPDIR": str(folder)})
    try:
        said, pressed_at, begun_at = "", 0.0, None
        asked = client.execute(code + BY_CTRL_C)
        deadline = time.time() + moment_s + GIVEN_UP_S
        while "ANSWER" not in said and time.time() < deadline:
            try:
                message = client.get_iopub_msg(timeout=0.01)
                if message["parent_header"].get("msg_id") == asked:
                    said += message["content"].get("text", "")
            except Exception:  # noqa: S110 -- nothing was said yet
                pass
            if begun_at is None and "BEGUN" in said:
                begun_at = time.time()
            if begun_at is not None and not pressed_at and time.time() >= begun_at + moment_s:
                pressed_at = time.time()
                kernel.interrupt_kernel()
        return pressed_at, answer_in(said)
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)


def in_thread(code: str, moment_s: float, folder: Path) -> tuple[float, list[Any]]:
    """Set the cancel event from another thread; return when, and what the program says."""
    done = subprocess.run(
        [sys.executable, "-c", code + BY_EVENT.format(moment=moment_s)],
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=moment_s + GIVEN_UP_S,
        check=True,
    )
    pressed = done.stdout.partition("PRESSED ")[2].partition(" ANSWER")[0]
    (pressed_at,) = json.loads(pressed) or [0.0]
    return pressed_at, answer_in(done.stdout)


def answer_in(said: str) -> list[Any]:
    """Return what a program says in the end."""
    told = said.partition("ANSWER ")[2].splitlines()
    return json.loads(told[0]) if told else ["no answer", "", False, time.time()]


PRESS: dict[str, Callable[[str, float, Path], tuple[float, list[Any]]]] = {
    "terminal": in_terminal,
    "kernel": in_kernel,
    "thread": in_thread,
    "many": partial(in_terminal, by=MANY_BY_CTRL_C),
}


def left_behind(folder: Path) -> int:
    """Return how many processes name a folder or have it for their temporary files."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            about = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
            count += str(folder).encode() in about
    return count


def attempts(
    way: str, candidates: int, openings: int, moments: int, within_s: float, seed: int
) -> Iterator[list[str]]:
    """Press at random moments, one solve each; yield a row for each."""
    draw = random.Random(seed)  # noqa: S311 -- moments, not secrets
    code = BEGIN.format(candidates=candidates, openings=openings)
    for _ in range(moments):
        moment_s = draw.uniform(0, within_s)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as path:
            folder = Path(path)
            pressed_at, said = PRESS[way](code, moment_s, folder)
            deadline = time.time() + LEFT_S
            while left_behind(folder) and time.time() < deadline:
                time.sleep(0.2)
            status, reason, sound, answered_at = said
            yield [
                way,
                f"{moment_s:.1f}",
                f"{answered_at - pressed_at:.1f}",
                f"{status} {reason}".strip(),
                "yes" if sound else "-",
                str(left_behind(folder)),
            ]


def interrupts_table(
    candidates: int, openings: int, moments: int, within_s: float, seed: int, ways: str
) -> str:
    """Press in each way, and return a Markdown table."""
    sizes = (candidates, openings, moments, within_s, seed)
    rows = [row for way in ways.split(",") for row in attempts(way, *sizes)]
    header = ("way", "pressed at s", "answer after s", "answer", "plan checked", "left behind")
    return markdown(header, rows)
