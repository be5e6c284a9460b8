"""Solver work on files in a folder, done in a process of its own or in a thread.

Some solvers cannot be interrupted, and let no other thread run. They work in a process that reads
its problem from a folder and writes its answer there. It can be killed at once, and a crash ends
that process only.
"""

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Protocol

from placement_opt.solvers.engines.job_folder import ENDING_WITH_THIS, JobFolder, close_pipe
from placement_opt.solvers.engines.worker import find_work
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.reporting import Beside, logger
from placement_opt.solvers.search.resident_memory import HELPERS

ERRORS = "errors.txt"

PYTHONS = ("python", "pypy", "graalpy")
"""How the file names of Pythons begin."""


class JobError(Exception):
    """The work failed: it raised, was killed, or ran out of memory."""


class Job(Protocol):
    """Work that was started."""

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""

    def finish(self) -> None:
        """Raise `JobError` if work that has ended went wrong."""

    def stop(self) -> None:
        """End the work now, or leave it behind, if it has not ended."""


class ThreadJob:
    """Work in a thread; `stop` can only wait for it, since nothing interrupts it."""

    def __init__(self, name: str, folder: JobFolder) -> None:
        work = find_work(name)
        self._beside = Beside(lambda: work(folder.path))

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""
        return self._beside.wait(seconds)

    def finish(self) -> None:
        """Raise `JobError` if the work raised."""
        try:
            self._beside.answer()
        except Exception as error:
            raise JobError(f"{type(error).__name__}: {error}") from error

    def stop(self) -> None:
        """Wait for the thread to end by its own time limit."""
        self._beside.wait(schedule.THREAD_STOP_S)


class ProcessJob:
    """Work in a process of its own, which ends with this one."""

    def __init__(self, name: str, folder: JobFolder) -> None:
        self._errors = folder.path / ERRORS
        with self._errors.open("wb") as errors:
            # A module is run by name: a fork or a pickled function would not work from notebooks
            # and from scripts without ``if __name__ == "__main__"``.
            self.process = subprocess.Popen(  # noqa: S603 -- our own module, no shell
                [sys.executable, "-P", "-m", WORKER, name, str(folder.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=_environment(),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
                process_group=folder.group,
            )
        ENDING_WITH_THIS.add(self.process)
        HELPERS.add(self.process)

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def finish(self) -> None:
        """Raise `JobError` if the process ended with an error."""
        code = self.process.wait()
        if code:
            said = self._errors.read_text(encoding="utf-8", errors="replace").strip()
            raise JobError(f"the worker process ended with code {code}: {said[-2000:]}")

    def stop(self) -> None:
        """Kill the process."""
        if self.process.poll() is None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(schedule.KILL_S)
        close_pipe(self.process)


WORKER = "placement_opt.solvers.engines.worker"


def can_have_workers() -> bool:
    """Tell whether `sys.executable` is a Python that can be started again.

    In a frozen program, or one that embeds Python, it is that program.
    """
    if getattr(sys, "frozen", False) or not sys.executable:
        return False
    return Path(sys.executable).name.lower().startswith(PYTHONS) and Path(sys.executable).exists()


def start_job(name: str, folder: JobFolder) -> Job:
    """Start work on the files of a folder in a process, or in a thread if there can be no process.

    The name is ``"module:function"``; the function takes the path of the folder.

    Raises
    ------
    OSError
        When no process can be started now, for instance for lack of memory.
    """
    if can_have_workers():
        return ProcessJob(name, folder)
    logger.info("%r is no Python that can be started: a thread does the work", sys.executable)
    return ThreadJob(name, folder)


def _environment() -> dict[str, str]:
    """Return an environment in which the worker can import all that this process can."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
