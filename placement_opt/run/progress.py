"""Watching and stopping a running solve: observers, cancelling, seconds of its phases."""

import logging
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Protocol, TypeAlias, runtime_checkable

from placement_opt.basics.errors import InvalidInputError
from placement_opt.solvers.search.base import Event

_LOG = logging.getLogger("placement_opt")

ProgressObserver: TypeAlias = Callable[[Event], None]
"""Called when a phase begins, and with every better plan or bound, from the thread it is in."""


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


class Guarded:
    """Calls an observer; logs its first exception and goes on."""

    def __init__(self, observer: Callable[..., None]) -> None:
        self._observer = observer
        self._has_failed = False

    def __call__(self, *event: Event) -> None:
        """Tell the observer."""
        try:
            self._observer(*event)
        except Exception:
            if not self._has_failed:
                self._has_failed = True
                _LOG.exception("a progress observer failed; the solve goes on without it")


class Stopwatch:
    """Adds up the seconds of named phases.

    Parameters
    ----------
    seconds
        Where the seconds go, by name of the phase; a phase that runs again adds to its seconds.
    entered
        Called with the name of each phase when it begins.
    """

    def __init__(
        self,
        seconds: MutableMapping[str, float],
        entered: Callable[[str], object] = lambda _phase: None,
    ) -> None:
        self.seconds = seconds
        self._entered = entered

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time the block, also when it ends in an exception."""
        self._entered(name)
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[name] = self.seconds.get(name, 0.0) + spent
