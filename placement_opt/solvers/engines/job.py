"""A piece of solver work on files in a folder, done by a process of its own or by a thread.

Some solvers can neither be interrupted nor told to let other threads run. They work in a process
that reads its problem from a folder and writes its answer there: it can be killed at once, and its
crash is not ours.
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
    """The work broke off: it raised, was killed, or ran out of memory."""


class Job(Protocol):
    """Work that was started."""

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""

    def finish(self) -> None:
        """Make sure that ended work ended well, or raise `JobError`."""

    def stop(self) -> None:
        """End the work now, or leave it behind; harmless when it has ended."""


class ThreadJob:
    """The work in a thread; `stop` can only wait for it, since nothing interrupts it."""

    def __init__(self, name: str, folder: JobFolder) -> None:
        work = find_work(name)
        self._beside = Beside(lambda: work(folder.path))

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
        self._beside.wait(schedule.THREAD_STOP_S)


class ProcessJob:
    """The work in a process of its own, which ends with this one."""

    def __init__(self, name: str, folder: JobFolder) -> None:
        self._errors = folder.path / ERRORS
        with self._errors.open("wb") as errors:
            # A module run by name, not a fork or a pickled function: that also works from
            # notebooks and from scripts without a guarded main part.
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
                self.process.wait(schedule.KILL_S)
        close_pipe(self.process)


WORKER = "placement_opt.solvers.engines.worker"


def can_have_workers() -> bool:
    """Tell whether `sys.executable` is a Python that can be started once more.

    In a frozen program, or one that Python is embedded in, it is that program itself.
    """
    if getattr(sys, "frozen", False) or not sys.executable:
        return False
    return Path(sys.executable).name.lower().startswith(PYTHONS) and Path(sys.executable).exists()


def start_job(name: str, folder: JobFolder) -> Job:
    """Start the work in a process, or in a thread where no process can be had.

    Parameters
    ----------
    name
        ``"module:function"``; the function takes the path of the folder.
    folder
        Where its files are.

    Raises
    ------
    OSError
        When no process can be started for now, as without memory.
    """
    if can_have_workers():
        return ProcessJob(name, folder)
    logger.info("%r is no Python that can be started: a thread does the work", sys.executable)
    return ThreadJob(name, folder)


def _environment() -> dict[str, str]:
    """Let the worker import what this process can import, wherever that comes from."""
    paths = [path or str(Path.cwd()) for path in sys.path]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}
