"""The clock of a search: what time is left, and whether to stop."""

import math
import time
from collections.abc import Callable

from placement_opt.basics.status import StopReason
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.resident_memory import MemoryGuard


class Clock:
    """What time a search has left, and whether to stop.

    Parameters
    ----------
    limits
        When to stop. A reproducible search counts work: for it, time never runs out.
    cancelled
        Called regularly; True stops the search.
    started
        Value of `time.perf_counter` at the beginning; now by default.
    reached
        Returns which end the search has reached by itself, or None.
    """

    def __init__(
        self,
        limits: SearchLimits,
        cancelled: Callable[[], bool] = lambda: False,
        started: float | None = None,
        reached: Callable[[], StopReason | None] = lambda: None,
    ) -> None:
        self.limits = limits
        self.started = time.perf_counter() if started is None else started
        self._cancelled = cancelled
        self._reached = reached
        self._memory = MemoryGuard(limits.memory_limit_gb)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self.started

    @property
    def remaining_s(self) -> float:
        """Seconds left, at least zero."""
        return max(0.0, self.limits.time_limit_s - self.elapsed_s)

    def at_most(self, seconds: float) -> float:
        """Return so many seconds, or those that are left if they are fewer.

        In a reproducible search seconds stand for work, which must not depend on the clock.
        """
        return seconds if self.limits.reproducible else min(seconds, self.remaining_s)

    def share(self, share: float) -> float:
        """Return a share of the seconds left; infinite in a reproducible search."""
        return math.inf if self.limits.reproducible else share * self.remaining_s

    @property
    def n_neighbourhoods(self) -> int:
        """Number of neighbourhoods that stands for the time limit in a reproducible search."""
        return int(self.limits.time_limit_s * schedule.NEIGHBOURHOODS_PER_S)

    def cancel(self) -> None:
        """Ask everybody who works on the search to stop."""
        self._cancelled = lambda: True

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._cancelled()

    def stop_reason(self) -> StopReason | None:
        """Return why to stop now, or None to go on."""
        reached = self._reached()
        if reached is not None:
            return reached
        if self.is_cancelled():
            return StopReason.CANCELLED
        if self._memory.is_exceeded():
            return StopReason.MEMORY_LIMIT
        if not self.limits.reproducible and self.remaining_s <= 0:
            return StopReason.TIME_LIMIT
        return None

    def stop_asked(self) -> bool:
        """Tell whether to stop now.

        Reaching the asked gap does not stop a reproducible search from outside, since the moment
        would be chance. The solver itself stops at the gap, at a point that depends on its work.
        """
        reason = self.stop_reason()
        if self.limits.reproducible and reason is StopReason.GAP:
            return self.is_cancelled()
        return reason is not None
