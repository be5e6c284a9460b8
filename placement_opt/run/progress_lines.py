"""Progress as lines of text, for files, pipes and logs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from placement_opt.run.progress import Guarded, ProgressObserver
from placement_opt.solvers.search.base import Event

_SECONDS_BETWEEN_LINES = 0.5
_NONE_YET = "-"


@contextmanager
def printed_lines(stream: TextIO | None = None) -> Iterator[ProgressObserver]:
    """Yield an observer that prints the first event, the last, and at most two a second between.

    Parameters
    ----------
    stream
        Where to print; standard output by default.
    """
    printer = _Printer(stream)
    try:
        yield printer
    finally:
        Guarded(printer.print_last)()


class _Printer:
    """Prints an event, then holds events back until half a second has passed."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._printed_at_s: float | None = None
        self._waiting: Event | None = None

    def __call__(self, event: Event) -> None:
        printed = self._printed_at_s
        if printed is None or event.elapsed_s - printed >= _SECONDS_BETWEEN_LINES:
            self._print(event)
        else:
            self._waiting = event

    def print_last(self) -> None:
        """Print the newest event if it has not been printed."""
        if self._waiting is not None:
            self._print(self._waiting)

    def _print(self, event: Event) -> None:
        self._waiting = None
        self._printed_at_s = event.elapsed_s
        print(progress_line(event), file=self._stream, flush=True)


def progress_line(event: Event) -> str:
    """Return one aligned line: seconds, source, objective, bound, gap, and the region if several.

    Examples
    --------
    >>> progress_line(Event(1.25, "cp-sat", 1000.0, 1010.0))
    '    1.2 s  cp-sat        plan      1,000.0  bound      1,010.0  gap   0.99 %'
    """
    plan, bound = points_text(event.objective), points_text(event.bound)
    line = (
        f"{event.elapsed_s:7.1f} s  {event.source:<12}"
        f"  plan {plan:>12}  bound {bound:>12}  gap {gap_text(event):>8}"
    )
    return line if event.region is None else f"{line}  {event.region}"


def points_text(points: float | None) -> str:
    """Return points as text, a dash while there are none."""
    return _NONE_YET if points is None else f"{points:,.1f}"


def gap_text(event: Event) -> str:
    """Return the gap of an event as text, a dash while there is none."""
    return _NONE_YET if event.gap is None else f"{100 * event.gap:.2f} %"
