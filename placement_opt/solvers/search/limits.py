"""When a search stops, and how it behaves meanwhile."""

from dataclasses import dataclass, replace
from numbers import Integral, Real
from typing import Any

from placement_opt.basics.errors import Findings, Problem
from placement_opt.basics.flags import as_flag


@dataclass(frozen=True)
class SearchLimits:
    """When to stop, and how to behave meanwhile.

    Parameters
    ----------
    time_limit_s
        Wall-clock seconds for the whole search.
    gap
        Stop when ``(bound - objective) <= gap * max(|objective|, |bound|)``, both in points.
    seed
        Seed for every solver.
    reproducible
        Stop by work instead of time, so that equal input gives an equal answer.
    memory_limit_gb
        Stop when this process and its helper processes have more resident memory than this, in
        10^9 bytes; None for no limit. The caller's own arrays count too. Helper processes count
        where ``/proc`` tells their size.
    workers
        Threads that one solver may use.
    """

    time_limit_s: float = 60.0
    gap: float = 1e-4
    seed: int = 0
    reproducible: bool = False
    memory_limit_gb: float | None = None
    workers: int = 2

    def checked(self) -> "SearchLimits":
        """Return the same limits as plain Python numbers; refuse those that mean nothing.

        Raises
        ------
        InvalidInputError
            With every limit that is out of range.
        """
        ranges: dict[str, tuple[Any, type, int, int, str]] = {
            "time_limit_s": (self.time_limit_s, Real, 0, 10**7, "seconds, such as 60"),
            "gap": (self.gap, Real, 0, 10, "a share, such as 1e-4"),
            "seed": (self.seed, Integral, 0, 2**31 - 1, "a whole number"),
            "memory_limit_gb": (self.memory_limit_gb, Real, 0, 10**6, "gigabytes, or None"),
        }
        if self.memory_limit_gb is None:
            del ranges["memory_limit_gb"]
        problems = [
            Problem("solve", None, name, value, f"must be from {least} to {most:_}", f"give {what}")
            for name, (value, kind, least, most, what) in ranges.items()
            if not _is_within(value, kind, least, most)
        ]
        findings = Findings()
        findings.add(problems)
        with findings.gathered():
            reproducible = as_flag(self.reproducible, "solve", "reproducible")
        findings.refuse()
        # json and fractions do not take numbers of numpy.
        return replace(
            self,
            time_limit_s=float(self.time_limit_s),
            gap=float(self.gap),
            seed=int(self.seed),
            reproducible=reproducible,
            memory_limit_gb=None if self.memory_limit_gb is None else float(self.memory_limit_gb),
        )


def _is_within(value: Any, kind: type, least: int, most: int) -> bool:
    is_number = isinstance(value, kind) and not isinstance(value, bool)
    return is_number and bool(least <= value <= most)
