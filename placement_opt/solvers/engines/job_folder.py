"""A folder for the files of one job, which is deleted however this process ends.

A keeper watches over it: a shell in the process group of the job's worker, which waits for the end
of a pipe that this process holds open. When this process ends, by whatever signal, the keeper ends
the worker and deletes the folder. The worker cannot do that by itself, since some solvers let no
other thread run. Where there is no shell, the worker still watches its own pipe.
"""

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakSet

from placement_opt.solvers.search import schedule

PREFIX = "placement_opt-"

SHELL = "/bin/sh"
KEEPER = """\
trap '' HUP INT QUIT TERM TSTP
read -r _
kill -TERM 0
for _ in 1 2 3 4 5; do rm -rf "$0" && break; sleep 1; done
"""


@dataclass(frozen=True, slots=True)
class JobFolder:
    """The folder of a job's files, and the process group for its worker, or None."""

    path: Path
    group: int | None = None


@contextmanager
def job_folder() -> Iterator[JobFolder]:
    """Make a folder for the files of one job, and delete it at the end."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as path:
        keeper = _keeper(path)
        try:
            yield JobFolder(Path(path), None if keeper is None else keeper.pid)
        finally:
            if keeper is not None:
                close_pipe(keeper)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    keeper.wait(schedule.KILL_S)


def _keeper(path: str) -> "subprocess.Popen[bytes] | None":
    """Start the keeper of a folder; None where there is no shell."""
    if not hasattr(os, "fork"):
        return None
    with contextlib.suppress(OSError):
        keeper = subprocess.Popen(  # noqa: S603 -- a fixed text, the folder is its argument
            [SHELL, "-c", KEEPER, path],
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            process_group=0,
        )
        ENDING_WITH_THIS.add(keeper)
        return keeper
    return None


ENDING_WITH_THIS: WeakSet["subprocess.Popen[bytes]"] = WeakSet()
"""Processes that end when the pipe to their standard input does."""


def close_pipe(process: "subprocess.Popen[bytes]") -> None:
    """Tell a process that it is no longer needed."""
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _let_go() -> None:
    """In a forked process, close all pipes: one that two processes hold open does not end."""
    for process in list(ENDING_WITH_THIS):
        process.returncode = 0  # so that this process does not wait for it
        close_pipe(process)
    ENDING_WITH_THIS.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
