"""How much memory this process holds, looked at now and then while a search runs."""

import os
import sys
import time
from pathlib import Path

CHECK_S = 0.2
"""How often memory is looked at, in seconds."""

PAGES = Path("/proc/self/statm")
"""Sizes in pages, the resident one second, on systems that have it."""

BYTES_PER_GB = 1e9


class MemoryGuard:
    """Tells whether the process has ever been seen above a limit.

    It goes on saying so once the memory is free again, so that a search knows why it stopped.

    Parameters
    ----------
    limit_gb
        Gigabytes of 10^9 bytes, or None for no limit.
    """

    def __init__(self, limit_gb: float | None) -> None:
        self._limit_gb = limit_gb
        self._is_exceeded = False
        self._next_s = float("-inf")

    def is_exceeded(self) -> bool:
        """Look at the memory, at most every `CHECK_S` seconds."""
        if self._limit_gb is None or self._is_exceeded:
            return self._is_exceeded
        now = time.perf_counter()
        if now >= self._next_s:
            self._next_s = now + CHECK_S
            held = resident_gb()
            self._is_exceeded = held is not None and held > self._limit_gb
        return self._is_exceeded


def resident_gb() -> float | None:
    """Return the resident memory of this process, in units of 10^9 bytes.

    Where the system does not tell the current size it is the largest so far, and None where it
    tells neither. Helper processes do not count.
    """
    try:
        pages = int(PAGES.read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return _peak_gb()
    return pages * os.sysconf("SC_PAGE_SIZE") / BYTES_PER_GB


def _peak_gb() -> float | None:
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / BYTES_PER_GB
