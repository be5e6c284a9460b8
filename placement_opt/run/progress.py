"""Watching and stopping a running solve: observers, printed progress, cancelling, seconds."""

import logging
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, nullcontext
from typing import Protocol, TextIO, TypeAlias, runtime_checkable

from placement_opt.basics.errors import InvalidInputError
from placement_opt.solvers.search.base import Event

_LOG = logging.getLogger("placement_opt")
_SECONDS_BETWEEN_LINES = 0.5
_NONE_YET = "-"

ProgressObserver: TypeAlias = Callable[[Event], None]
"""Called with every better plan or bound, from whichever thread found it."""


@runtime_checkable
class CancelFlag(Protocol):
    """Anything with `is_set`, such as a `threading.Event`."""

    def is_set(self) -> bool:
        """Return True once the solve should stop."""


Cancel: TypeAlias = CancelFlag | Callable[[], bool]
"""A `threading.Event`, or a function that returns True once the solve should stop."""


def as_cancel(cancel: Cancel | None) -> Callable[[], bool]:
    """Return a function that says whether to stop; without `cancel` it never does.

    Raises
    ------
    InvalidInputError
        When `cancel` is neither a `threading.Event` nor a function.
    """
    if cancel is None:
        return _never
    if isinstance(cancel, CancelFlag):
        return cancel.is_set
    if callable(cancel):
        return cancel
    raise InvalidInputError.single(
        "solve",
        None,
        "cancel",
        cancel,
        "must be a threading.Event or a function without arguments",
        "pass an Event and set it from another thread to stop",
    )


def _never() -> bool:
    return False


def check_observer(on_progress: object) -> None:
    """Refuse an observer that cannot be called.

    Raises
    ------
    InvalidInputError
        When it is neither None nor a function.
    """
    if on_progress is not None and not callable(on_progress):
        raise InvalidInputError.single(
            "solve",
            None,
            "on_progress",
            on_progress,
            "must be a function of one event",
            "pass a function such as `lambda event: events.append(event)`",
        )


@contextmanager
def observers(
    on_progress: ProgressObserver | None, *, shown: bool = False
) -> Iterator[ProgressObserver]:
    """Fan events out to the user's observer and, when `shown`, to printed lines.

    An observer that raises is logged once and never stops the solve, so that no plan is lost.

    Raises
    ------
    InvalidInputError
        When `on_progress` cannot be called.
    """
    check_observer(on_progress)
    told = [] if on_progress is None else [_Guarded(on_progress)]
    with printed_lines() if shown else nullcontext() as printer:
        if printer is not None:
            told.append(_Guarded(printer))

        def tell(event: Event) -> None:
            for observer in told:
                observer(event)

        yield tell


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
        _Guarded(printer.print_last)()


class _Guarded:
    """Calls an observer; logs its first exception and goes on."""

    def __init__(self, observer: Callable[..., None]) -> None:
        self._observer = observer
        self._has_failed = False

    def __call__(self, *event: Event) -> None:
        try:
            self._observer(*event)
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                _LOG.exception("a progress observer failed; the solve goes on without it")


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
    """Return one aligned line: seconds, source, objective, bound and gap.

    Examples
    --------
    >>> progress_line(Event(1.25, "cp-sat", 1000.0, 1010.0))
    '    1.2 s  cp-sat        plan      1,000.0  bound      1,010.0  gap   0.99 %'
    """
    gap = _NONE_YET if event.gap is None else f"{100 * event.gap:.2f} %"
    return (
        f"{event.elapsed_s:7.1f} s  {event.source:<12}"
        f"  plan {_points(event.objective):>12}  bound {_points(event.bound):>12}  gap {gap:>8}"
    )


def _points(points: float | None) -> str:
    return _NONE_YET if points is None else f"{points:,.1f}"


class Stopwatch:
    """Adds up the seconds of named phases.

    Parameters
    ----------
    seconds
        Where the seconds go, by name of the phase; a phase that runs again adds to its seconds.
    """

    def __init__(self, seconds: MutableMapping[str, float]) -> None:
        self._seconds = seconds

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time the block, also when it ends in an exception."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self._seconds[name] = self._seconds.get(name, 0.0) + spent
