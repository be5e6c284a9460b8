"""When steps before a job can start and when they are over, as columns."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.instance import Instance
from placement_opt.instance.periods import Periods, periods_of


@dataclass(frozen=True, eq=False, repr=False)
class StepTimes(ShortRepr):
    """The starts of steps. Without periods there is one start, and a step comes before by itself.

    Parameters
    ----------
    periods
        The periods of the region, None without.
    end
        The first period in which a job may start after each opening that starts in each period,
        taken as a step, shape (O, T); zeros of shape (O, 1) without periods.
    """

    periods: Periods | None
    end: Indices

    @classmethod
    def of(cls, instance: Instance) -> "StepTimes":
        """Read the periods of a region."""
        periods = instance.derived(periods_of)
        if periods is None:
            return cls(None, np.zeros((instance.n_openings, 1), dtype=np.int16))
        return cls(periods, periods.end)

    @property
    def n_starts(self) -> int:
        """Number of starts: T, or 1 without periods."""
        return int(self.end.shape[1])

    def over(
        self, candidate: npt.NDArray[np.integer], step: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.integer]:
        """Return the first period in which people's jobs may start after steps; T for none."""
        first = self._first(candidate, step)
        # Who can start in none of the periods is told so by the last column.
        ends = np.pad(self.end, ((0, 0), (0, 1)), constant_values=self.n_starts)
        over: npt.NDArray[np.integer] = ends[step, first]
        return over

    def starts(
        self,
        candidate: npt.NDArray[np.integer],
        step: npt.NDArray[np.integer],
        by: npt.NDArray[np.integer] | None = None,
    ) -> tuple[Ints, Ints]:
        """Return in which periods people can start steps: (place in the lists, period), aligned.

        With `by` only those that are over when a job starts in that period.
        """
        every = np.arange(self.n_starts)
        is_open = every >= self._first(candidate, step)[:, np.newaxis]
        if by is not None:
            is_open &= self.end[step] <= by[:, np.newaxis]
        place, start = np.nonzero(is_open)
        return place, start

    def running(
        self, step: npt.NDArray[np.integer], start: npt.NDArray[np.integer]
    ) -> tuple[Ints, Ints]:
        """Return in which periods steps run: (place in the lists, period), aligned.

        Without periods each runs in the only one.
        """
        every = np.arange(self.n_starts)
        end = np.maximum(self.end[step, start], start + 1)
        is_on = (every >= start[:, np.newaxis]) & (every < end[:, np.newaxis])
        place, period = np.nonzero(is_on)
        return place, period

    def _first(
        self, candidate: npt.NDArray[np.integer], step: npt.NDArray[np.integer]
    ) -> npt.NDArray[np.integer]:
        if self.periods is None:
            return np.zeros(candidate.shape, dtype=np.int16)
        return self.periods.first(candidate.astype(np.int32), step.astype(np.int32))
