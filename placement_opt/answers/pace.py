"""Keeps the time of a question that takes many steps, of which none can be cut short."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Pace:
    """Tells whether another step fits into the time that is left, by the longest one so far.

    Parameters
    ----------
    seconds
        What all steps may take together.

    Examples
    --------
    >>> pace = Pace(60)
    >>> with pace.step():
    ...     answer = sum(range(10))
    >>> pace.fits, Pace(0).fits
    (True, False)
    """

    def __init__(self, seconds: float) -> None:
        self._until = time.perf_counter() + seconds
        self._longest = 0.0

    @property
    def left_s(self) -> float:
        """Seconds that are left, 0 where none are."""
        return max(0.0, self._until - time.perf_counter())

    @property
    def fits(self) -> bool:
        """True where a step as long as the longest so far would end in time."""
        return self.left_s > self._longest

    @contextmanager
    def step(self) -> Iterator[None]:
        """Measure a step."""
        began = time.perf_counter()
        try:
            yield
        finally:
            self._longest = max(self._longest, time.perf_counter() - began)
