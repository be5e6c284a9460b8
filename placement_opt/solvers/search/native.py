"""Calls into native code, and how the end of the program waits for them.

When the program ends, a solve may still run in a daemon thread. Before Python 3.14, such a thread
is ended by unwinding its stack as soon as it comes back from native code or calls Python from
there. C++ code then aborts the process: exit code 134 for a program that did nothing wrong. So at
exit every search is told to stop, native calls get a moment to end, threads of a solve begin no
new ones, and calls that have not ended are kept from aborting.
"""

import atexit
import contextlib
import ctypes
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from placement_opt.solvers.search import schedule

Act = Callable[[], object]


class NativeCalls:
    """The native calls that run in this process, and how to stop them; thread-safe."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as in a forked process, which has none of the threads."""
        self._changed = threading.Condition()
        self._under_way = 0
        self._stops: list[Act] = []
        self._left: frozenset[threading.Thread] = frozenset()

    @contextmanager
    def call(self, stop: Act | None = None) -> Iterator[None]:
        """Make one call into native code, which `stop` may end from another thread.

        A thread that ends with the program waits here for good.
        """
        with self._changed:
            may_begin = self._may_begin()
            self._under_way += may_begin
        if not may_begin:
            self.stay()
        try:
            with nullcontext() if stop is None else self.stopped_at_exit(stop):
                yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    @contextmanager
    def stopped_at_exit(self, stop: Act) -> Iterator[None]:
        """Call `stop` if the program ends meanwhile."""
        with self._changed:
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._changed:
                self._stops.remove(stop)

    def _may_begin(self) -> bool:
        """Tell whether this thread may run native code: it is not ending with the program."""
        return threading.current_thread() not in self._left

    def stay(self) -> None:
        """Wait for good if this thread is ending with the program."""
        if not self._may_begin():
            threading.Event().wait()

    def end(self) -> None:
        """Stop all native calls, and wait a moment for them to end.

        Calls that other exit handlers begin later are not stopped.
        """
        with self._changed:
            self._left = frozenset({*threading.enumerate()} - {threading.current_thread()})
            stops = list(self._stops)
        for stop in stops:
            stop()
        with self._changed:
            if not self._changed.wait_for(lambda: self._under_way == 0, schedule.EXIT_S):
                _halt_instead_of_abort()


def _halt_instead_of_abort() -> None:
    """Let a thread whose stack cannot be unwound halt until the process ends.

    Only the GNU C++ library needs this: others end such threads without unwinding.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            halt = ctypes.cast(ctypes.CDLL(None).pause, ctypes.c_void_p)
            ctypes.CDLL("libstdc++.so.6")._ZSt13set_terminatePFvvE(halt)  # noqa: SLF001


NATIVE = NativeCalls()

atexit.register(NATIVE.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=NATIVE.forget)
