"""When steps before a job can start and when they are over, as columns."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.instance import Instance
from placement_opt.instance.periods import Periods, periods_of


@dataclass(frozen=True, eq=False, repr=False)
class StepTimes(ShortRepr):
    """The T times at which steps and jobs can start: periods, else rounds, in which steps follow.

    Parameters
    ----------
    periods
        The periods of the region, None without.
    earliest, latest
        The first and the last time at which each opening can start as a step, shape (O,); in
        periods those of the region, whoever takes it.
    end
        The first time at which something may start after each opening that starts at each time,
        taken as a step, shape (O, T).
    """

    periods: Periods | None
    earliest: Indices
    latest: Indices
    end: Indices

    @classmethod
    def in_periods(cls, instance: Instance) -> Self | None:
        """Read the periods of a region; None without them."""
        periods = instance.derived(periods_of)
        if periods is None:
            return None
        last = np.full(instance.n_openings, periods.n_periods - 1, dtype=np.int32)
        return cls(periods, periods.first_of_opening, last, periods.end)

    @classmethod
    def in_rounds(cls, earliest: Indices, latest: Indices) -> Self:
        """Put steps in rounds, each over by the next one; jobs start after the last."""
        every = np.arange(int(latest.max(initial=0)) + 2, dtype=np.int32)
        return cls(None, earliest, latest, np.tile(every + 1, (earliest.size, 1)))

    @property
    def n_starts(self) -> int:
        """Number of times, T."""
        return int(self.end.shape[1])

    def first(self, candidate: Indices, step: Indices) -> Indices:
        """Return the first time at which people can start steps, skills aside; T for none."""
        if self.periods is not None:
            return self.periods.first(candidate, step)
        first: Indices = self.earliest[step]
        return first

    def over(self, step: npt.NDArray[np.integer], start: npt.NDArray[np.integer]) -> Indices:
        """Return the first time after steps that start at some time; T where that is T."""
        ends = np.pad(self.end[step], ((0, 0), (0, 1)), constant_values=self.n_starts)
        over: Indices = ends[np.arange(step.size), start].astype(np.int32)
        return over

    def starts(
        self,
        first: npt.NDArray[np.integer],
        step: npt.NDArray[np.integer],
        by: npt.NDArray[np.integer] | None = None,
    ) -> tuple[Ints, Ints]:
        """Return at which times steps can start: (place in the lists, time), aligned.

        None before `first`, and with `by` only those that are over by then.
        """
        every = np.arange(self.n_starts)
        is_open = (every >= first[:, np.newaxis]) & (every <= self.latest[step][:, np.newaxis])
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
        if self.periods is None:
            return np.arange(step.size), np.zeros(step.size, dtype=np.int64)
        every = np.arange(self.n_starts)
        is_on = (every >= start[:, np.newaxis]) & (every < self.end[step, start][:, np.newaxis])
        place, period = np.nonzero(is_on)
        return place, period
