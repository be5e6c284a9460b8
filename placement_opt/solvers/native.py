"""Calls into native code, and how the end of the program waits for them.

A solve in a daemon thread is cut off when the program ends. Before Python 3.14 a thread that comes
back from native code by then is ended by unwinding its stack, which C++ code answers by aborting
the whole process: exit code 134 for a program that was right. So at exit every search is told to
stop, native calls get a moment to end, and no thread of a solve begins another one.
"""

import atexit
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

PATIENCE_S = 2.0
"""How long the end of the program waits for native calls that were told to stop, in seconds.

The simplex method of scipy alone cannot be told, and may take longer than that.
"""


class NativeCalls:
    """The native calls that are under way in this process, and how to stop them; thread-safe."""

    def __init__(self) -> None:
        self.forget()

    @contextmanager
    def call(self, stop: Callable[[], object] | None = None) -> Iterator[None]:
        """Make one call into native code, which `stop` can end; none begins in an ending program.

        What is done here is over before the program ends, unless it takes too long.
        """
        self.stay()
        with self._changed:
            self._under_way += 1
        try:
            with nullcontext() if stop is None else self.stopped_at_exit(stop):
                yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def stopped_at_exit(self, stop: Callable[[], object]) -> Iterator[None]:
        """Call `stop` when the program ends meanwhile."""
        with self._changed:
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._changed:
                self._stops.remove(stop)

    def stay(self) -> None:
        """Stay here for good where the program is ending and this thread ends with it."""
        if self._is_ending and threading.current_thread() is not threading.main_thread():
            threading.Event().wait()

    def end(self) -> None:
        """Stop everything that is under way, and wait a moment for it."""
        with self._changed:
            self._is_ending, stops = True, list(self._stops)
        for stop in stops:
            stop()
        with self._changed:
            self._changed.wait_for(lambda: self._under_way == 0, PATIENCE_S)

    def forget(self) -> None:
        """Begin anew in a forked process, which has none of the threads."""
        self._changed = threading.Condition()
        self._under_way = 0
        self._stops: list[Callable[[], object]] = []
        self._is_ending = False


NATIVE = NativeCalls()

atexit.register(NATIVE.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=NATIVE.forget)
