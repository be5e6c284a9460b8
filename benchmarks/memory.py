"""Resident memory at its highest, of this process and of those it starts."""

import resource
import sys
from pathlib import Path

_PROCESSES = Path("/proc")


def peak_mb() -> float:
    """Return the highest resident memory of this process so far, in MB of 10^6 bytes."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


class FamilyMemory:
    """Peak memory of a process and of its largest descendant, looked at now and then.

    Each process tells its own peak, so that nothing is lost between two looks but the last moments
    of a process that ends. Resource usage of children would not do: a new process takes over the
    peak of the one that started it. Where there is no ``/proc``, nothing is known.

    Parameters
    ----------
    pid
        The process.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._own = 0.0
        self._largest_child = 0.0

    def look(self) -> None:
        """Read the peaks of the family as it is now."""
        command = _command_of(self._pid)
        for pid in _family(self._pid):
            peak = _peak_of(pid)
            if pid == self._pid:
                self._own = max(self._own, peak)
            elif _command_of(pid) != command:
                # A child that has not become a program of its own yet shows its parent's memory.
                self._largest_child = max(self._largest_child, peak)

    @property
    def peak_mb(self) -> float | None:
        """Peak of the process plus peak of its largest descendant, in MB of 10^6 bytes."""
        return self._own + self._largest_child if self._own else None


def resident_mb(pid: int) -> float:
    """Return what a process and all its descendants hold now, in MB of 10^6 bytes, added up.

    What they share, such as libraries, counts in each.
    """
    return sum(_size_of(member, "VmRSS") for member in _family(pid))


def _family(pid: int) -> list[int]:
    """Return a process and all it has started, and they."""
    parent_of = {}
    for path in _PROCESSES.glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything; the parent is the second field behind it.
            parent_of[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError, IndexError):
            continue
    family = [pid]
    for member in family:
        family += [child for child, parent in parent_of.items() if parent == member]
    return family


def _command_of(pid: int) -> bytes:
    try:
        return (_PROCESSES / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""


def _peak_of(pid: int) -> float:
    return _size_of(pid, "VmHWM")


def _size_of(pid: int, which: str) -> float:
    try:
        lines = (_PROCESSES / str(pid) / "status").read_text().splitlines()
    except OSError:
        return 0.0
    sizes = [line.split()[1] for line in lines if line.startswith(f"{which}:")]
    return int(sizes[0]) * 1024 / 1e6 if sizes else 0.0
