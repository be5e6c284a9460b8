"""A piece of solver work on files in a folder, done by a thread or by a process of its own.

Some solvers can neither be interrupted nor told to let other threads run. They work in a process
that reads its problem from a folder and writes its answer there: it can be killed at once, and its
crash is not ours. Tiny problems skip the second that a process takes to start.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from placement_opt.solvers.reporting import Beside
from placement_opt.solvers.resident_memory import HELPERS
from placement_opt.solvers.worker import find_work

KILLED_S = 5.0
ERRORS = "errors.txt"


class JobError(Exception):
    """The work broke off: it raised, was killed, or ran out of memory."""


class Job(Protocol):
    """Work that was started."""

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""

    def finish(self) -> None:
        """Make sure that ended work ended well, or raise `JobError`."""

    def stop(self) -> None:
        """End the work now, or leave it behind; harmless when it has ended."""


PATIENCE_S = 4.0
"""How long `ThreadJob.stop` waits for work that heeds only its own time limit, in seconds."""


class ThreadJob:
    """The work in a thread; `stop` can only wait for it, since nothing interrupts it.

    A thread of HiGHS that is left behind would end the whole process with an abort at exit.
    """

    def __init__(self, name: str, folder: Path) -> None:
        work = find_work(name)
        self._beside = Beside(lambda: work(folder))

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""
        return self._beside.wait(seconds)

    def finish(self) -> None:
        """Raise `JobError` when the work raised."""
        try:
            self._beside.answer()
        except Exception as error:
            raise JobError(f"{type(error).__name__}: {error}") from error

    def stop(self) -> None:
        """Wait for the thread to end by its own time limit."""
        self._beside.wait(PATIENCE_S)


class ProcessJob:
    """The work in a process of its own, which ends with this one."""

    def __init__(self, name: str, folder: Path) -> None:
        self._errors = folder / ERRORS
        with self._errors.open("wb") as errors:
            # A module run by name, not a fork or a pickled function: that also works from
            # notebooks and from scripts without a guarded main part.
            self.process = subprocess.Popen(  # noqa: S603 -- our own module, no shell
                [sys.executable, "-P", "-m", "placement_opt.solvers.worker", name, str(folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(),
            )
        HELPERS.add(self.process)

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self) -> None:
        """Raise `JobError` when the process ended badly."""
        code = self.process.wait()
        if code:
            said = self._errors.read_text(encoding="utf-8", errors="replace").strip()
            raise JobError(f"the worker process ended with code {code}: {said[-2000:]}")

    def stop(self) -> None:
        """Kill the process."""
        if self.process.poll() is None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(KILLED_S)
        if self.process.stdin is not None:
            self.process.stdin.close()


def start_job(name: str, folder: Path, *, in_process: bool) -> Job:
    """Start the work; `name` is ``"module:function"``, the function takes the folder.

    Raises
    ------
    OSError
        When no process can be started.
    """
    return ThreadJob(name, folder) if in_process else ProcessJob(name, folder)


def _environment() -> dict[str, str]:
    """Let the worker import what this process can import, wherever that comes from."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
