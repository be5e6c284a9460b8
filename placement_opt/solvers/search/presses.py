"""Presses of Ctrl-C during a solve: what they raise before the search, and that none is lost.

Python raises `KeyboardInterrupt` between any two steps of the main thread. In the middle of a wait
that can leave a lock held for good, so that the wait never ends; in a destructor or a callback it
is printed and dropped. So a solve has a handler of its own, which notes each press. Before the
search it raises, too, and a press that was dropped is raised when the search would begin. From then
on it notes only, and whoever waits for the search looks at what was noted.
"""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

NO_PLAN_YET = "there is no plan yet: the search had not begun"
"""What Ctrl-C says before the search begins."""


class Presses:
    """When Ctrl-C was pressed; a handler of that signal."""

    def __init__(self) -> None:
        self.at_s: list[float] = []
        self._is_kept = False
        self._process = os.getpid()

    @property
    def is_of_this_process(self) -> bool:
        """Tell whether it was made here: a forked process has it from the one that forked."""
        return self._process == os.getpid()

    def __call__(self, *_signal: object) -> None:
        """Note a press; before `keep`, raise as well."""
        if not self.is_of_this_process:
            raise KeyboardInterrupt
        self.note()
        if not self._is_kept:
            raise KeyboardInterrupt(NO_PLAN_YET)

    def note(self) -> None:
        """Note a press that came by another way."""
        self.at_s.append(time.monotonic())

    def keep(self) -> None:
        """From now on only note presses: there may be a plan.

        Raises
        ------
        KeyboardInterrupt
            When there was one before.
        """
        self._is_kept = True
        if self.at_s:
            raise KeyboardInterrupt(NO_PLAN_YET)


@contextmanager
def heard() -> Iterator[Presses]:
    """Hear Ctrl-C in place of Python's own handler; within another such block, go on with that.

    A handler of the caller's program stays in place: what it raises passes through. In other
    threads than the main one Python raises no `KeyboardInterrupt`.
    """
    is_main = threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT) if is_main else None
    if isinstance(before, Presses) and before.is_of_this_process:
        yield before
        return
    presses = Presses()
    if before is not signal.default_int_handler and not isinstance(before, Presses):
        yield presses
        return
    signal.signal(signal.SIGINT, presses)
    try:
        yield presses
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def before_any_plan() -> Iterator[None]:
    """Let Ctrl-C say that there is no plan yet, unless it says something else already."""
    try:
        with heard():
            yield
    except KeyboardInterrupt as interrupt:
        if interrupt.args:
            raise
        raise KeyboardInterrupt(NO_PLAN_YET) from None
