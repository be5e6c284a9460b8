"""How much memory this process and its helper processes hold while a search runs."""

import contextlib
import ctypes
import os
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path

from placement_opt.solvers.search import schedule

PAGES = Path("/proc/self/statm")
"""The sizes of this process in pages, the resident one second, on systems that have it."""

PROCESSES = Path("/proc")
"""A folder for each process, on systems that have it."""

BYTES_PER_GB = 1e9


class Helpers:
    """The processes that work for this one, and how much memory they hold; thread-safe.

    The system is asked while they run, since on Linux the resource usage of an ended child includes
    the peak of the process that started it. Without ``/proc``, helpers count as nothing.
    """

    def __init__(self) -> None:
        self._processes = weakref.WeakSet[subprocess.Popen[bytes]]()
        self._lock = threading.Lock()
        self._largest_gb = 0.0

    def add(self, process: "subprocess.Popen[bytes]") -> None:
        """Count a process from now on, as long as it runs."""
        with self._lock:
            self._processes.add(process)

    def resident_gb(self) -> float:
        """Return what all of them hold now, in 10^9 bytes; note their peaks."""
        with self._lock:
            processes = list(self._processes)
        held = 0.0
        for process in processes:
            if process.poll() is None:
                now, peak = _sizes_gb(process.pid)
                held += now
                with self._lock:
                    self._largest_gb = max(self._largest_gb, peak)
        return held

    @property
    def largest_gb(self) -> float:
        """The highest resident memory seen of a single one, in 10^9 bytes."""
        return self._largest_gb


HELPERS = Helpers()


class MemoryGuard:
    """Tells whether the process and its helpers have ever been seen above a limit.

    It still says so after the memory is free again, so that a search knows why it stopped. The
    limit is in 10^9 bytes, or None.
    """

    def __init__(self, limit_gb: float | None) -> None:
        self._limit_gb = limit_gb
        self._is_exceeded = False
        self._next_s = float("-inf")

    def is_exceeded(self) -> bool:
        """Look at the memory, at most every `MEMORY_CHECK_S` seconds."""
        now = time.perf_counter()
        if now >= self._next_s:
            self._next_s = now + schedule.MEMORY_CHECK_S
            if self._limit_gb is None or self._is_exceeded:
                HELPERS.resident_gb()  # notes the peak
            else:
                held = resident_gb()
                self._is_exceeded = held is not None and held > self._limit_gb
        return self._is_exceeded


def give_back() -> None:
    """Hand freed memory back to the system, where the C library (glibc) can do that.

    Otherwise, after many arrays of megabytes, it keeps as much again as is in use.
    """
    with contextlib.suppress(OSError, TypeError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)


def resident_gb() -> float | None:
    """Return the resident memory of this process and its helpers, in 10^9 bytes.

    Where the system does not tell the current size of this process, its peak counts; None where it
    tells neither. Helpers count where ``/proc`` tells their size, as on Linux.
    """
    try:
        pages = int(PAGES.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        own = _peak_gb()
    else:
        own = pages * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_GB
    return None if own is None else own + HELPERS.resident_gb()


def peak_memory_mb() -> float | None:
    """Return the peak of this process plus the peak of its largest helper so far, in 10^6 bytes.

    A running helper is looked at about every `MEMORY_CHECK_S` seconds; what it takes after the last
    look is not seen. None where the system does not tell.
    """
    HELPERS.resident_gb()
    own = _sizes_gb(os.getpid())[1] or _peak_gb()
    return None if own is None else round((own + HELPERS.largest_gb) * 1000, 1)


def _sizes_gb(pid: int) -> tuple[float, float]:
    """Return the resident memory of a process and its peak, in 10^9 bytes; zeros if unknown."""
    sizes = {"VmRSS": 0.0, "VmHWM": 0.0}
    try:
        lines = (PROCESSES / str(pid) / "status").read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return 0.0, 0.0
    for line in lines:
        name, _, size = line.partition(":")
        if name in sizes:
            sizes[name] = int(size.split()[0]) * 1024 / BYTES_PER_GB
    return sizes["VmRSS"], sizes["VmHWM"]


def _peak_gb() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / BYTES_PER_GB
