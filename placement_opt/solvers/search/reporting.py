"""What solvers report to their search, and work in a thread beside it."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np

from placement_opt.basics.errors import InternalError
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Board
from placement_opt.solvers.search.native import NATIVE

logger = logging.getLogger("placement_opt")

AnswerT = TypeVar("AnswerT")


def is_contradictory(formulation: Formulation) -> bool:
    """Tell whether some row or variable has its lower limit above its upper one."""
    return bool(
        np.any(formulation.row_lower > formulation.row_upper)
        or np.any(formulation.own_lower > formulation.own_upper)
    )


def prove_bound(search: Board, bound: int, source: str) -> bool:
    """Pass a bound on, unless a plan at hand refutes it; return False if it does."""
    gained = search.gained
    if gained is not None and bound < gained:
        logger.warning(
            "%s claims that no plan gains more than %d units; one with %d is at hand, so the "
            "claim is dropped",
            source,
            bound,
            gained,
        )
        return False
    search.prove(bound, source)
    return True


def prove_none(search: Board, source: str) -> Ending:
    """Pass on that no plan exists, unless one is at hand."""
    search.prove_infeasible(source)
    if search.best is not None:
        logger.warning("%s claims that no plan exists; one is at hand, so it is dropped", source)
        return Ending.FAILED
    return Ending.EXHAUSTED


def attempt(
    name: str, formulation: Formulation, search: Search, work: Callable[[], Ending]
) -> Ending:
    """Let a solver work, unless a limit contradicts another; what fails keeps the best plan so far.

    Raises
    ------
    InternalError
        When the work says that the library itself is at fault.
    """
    if is_contradictory(formulation):
        return prove_none(search, name)
    try:
        return work()
    except InternalError:
        raise
    except Exception:
        logger.warning("%s failed; the best plan so far is kept", name, exc_info=True)
        return Ending.FAILED


def ended(search: Search) -> Ending:
    """Return how a solver ended by itself: with a proof, or without."""
    return Ending.EXHAUSTED if search.is_proven else Ending.STOPPED


class Beside(Generic[AnswerT]):
    """Work in a thread of its own, so that the caller can watch the search meanwhile.

    The thread is a daemon. If it does not end in time it is left to finish alone, and its owner
    ignores what it still reports. With `is_asked` False nobody asks for the answer, and an error is
    logged.
    """

    def __init__(self, work: Callable[[], AnswerT], *, is_asked: bool = True) -> None:
        self._work = work
        self._is_asked = is_asked
        self._answer: AnswerT | None = None
        self._error: Exception | None = None
        NATIVE.stay()
        # A plain lock, held until the end: an exception that breaks into waiting for it leaves all
        # as it was. An Event's own lock may stay held then, and before Python 3.13 Thread.join may
        # take a running thread for dead.
        self._has_ended = False
        self._running = threading.Lock()
        self._running.acquire()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        try:
            self._answer = self._work()
        except Exception as error:  # raised again where the answer is asked for
            self._error = error
            if not self._is_asked:
                logger.warning("work beside a search failed; the search goes on", exc_info=True)
        finally:
            self._has_ended = True
            self._running.release()

    def wait(self, seconds: float) -> bool:
        """Wait at most that long; return True when the work has ended."""
        if not self._has_ended and self._running.acquire(timeout=seconds):
            self._running.release()  # for others who wait
        return self._has_ended

    def answer(self) -> AnswerT | None:
        """Return the answer of ended work, or raise what it raised."""
        if self._error is not None:
            raise self._error
        return self._answer
