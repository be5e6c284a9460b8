"""Calls into native code, and how the end of the program waits for them.

A solve in a daemon thread is cut off when the program ends. Before Python 3.14 a thread that comes
back from native code by then, or asks for Python from there, is ended by unwinding its stack, which
C++ code answers by aborting the whole process: exit code 134 for a program that was right. So at
exit every search is told to stop, native calls get a moment to end, no thread of a solve begins
another one, and those that have not ended are kept from aborting.
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
    """The native calls that are under way in this process, and how to stop them; thread-safe."""

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
        """Make one call into native code, which `stop` ends from another thread, if anything.

        In a thread that is ending with the program, none begins.
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
        """Call `stop` when the program ends meanwhile."""
        with self._changed:
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._changed:
                self._stops.remove(stop)

    def _may_begin(self) -> bool:
        """Tell whether this thread may run native code: it does not end with the program now."""
        return threading.current_thread() not in self._left

    def stay(self) -> None:
        """Stay here for good where this thread ends with the program, which is ending."""
        if not self._may_begin():
            threading.Event().wait()

    def end(self) -> None:
        """Stop everything that is under way, and wait a moment for it.

        What other code at exit begins from here on is no part of that.
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
    """Let a thread whose stack cannot be unwound halt for the rest of the process.

    With the C++ library of the GNU system alone: others end such threads without unwinding.
    """
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            halt = ctypes.cast(ctypes.CDLL(None).pause, ctypes.c_void_p)
            ctypes.CDLL("libstdc++.so.6")._ZSt13set_terminatePFvvE(halt)  # noqa: SLF001


NATIVE = NativeCalls()

atexit.register(NATIVE.end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=NATIVE.forget)
