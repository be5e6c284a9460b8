"""Runs a solver so that no crash or interrupt loses the plan, and a stop is always heeded."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.presses import Presses, heard
from placement_opt.solvers.search.reporting import Beside, logger

GIVING_UP = 3
"""After so many separate presses of Ctrl-C the plan is given up."""

Run = Callable[[Formulation, Search], Ending]

AnswerT = TypeVar("AnswerT")


def guarded(
    run: Run, formulation: Formulation, search: Search, patience_s: float = schedule.SOLVER_STOP_S
) -> Ending:
    """Run a solver in a thread of its own; leave it behind if it does not heed a stop.

    What it still reports after that is dropped once the search is closed, see
    `placement_opt.solvers.search.base.Search.outcome`.
    """
    work = Beside(partial(run, formulation, search))
    asked_s: float | None = None
    try:
        while not work.wait(schedule.POLL_S):
            # A stop may be withdrawn: where floating point can do no more, exact integers go on.
            if not search.clock.stop_asked():
                asked_s = None
            elif asked_s is None:
                asked_s = search.clock.elapsed_s
            elif search.clock.elapsed_s - asked_s > patience_s:
                break
    except KeyboardInterrupt:
        search.clock.cancel()
        work.wait(patience_s)
    if not work.wait(0):
        search.note(f"the solver did not stop within {patience_s:g} s and was left behind")
        return Ending.STOPPED
    try:
        return work.answer() or Ending.FAILED
    except Exception:
        logger.exception("a solver failed, which is a bug of ours; the best plan so far is kept")
        return Ending.FAILED


def uninterrupted(
    work: Callable[[], AnswerT],
    stop: Callable[[], object],
    tell: Callable[[str], object] = logger.warning,
) -> AnswerT:
    """Do a solve in a thread of its own, so that Ctrl-C stops it and loses nothing.

    The first Ctrl-C asks the solve to stop with the best plan so far. The second changes nothing,
    since that plan is being verified. Only the third gives it up. Presses that follow each other
    within a moment count as one.

    Parameters
    ----------
    work
        The solve, verdict and tables included.
    stop
        Asks the solve to stop; may be called more than once, and at any time.
    tell
        Called with a sentence on what a Ctrl-C does.

    Raises
    ------
    KeyboardInterrupt
        When the plan was given up, or when Ctrl-C came before.
    """
    answers: list[AnswerT] = []
    failures: list[BaseException] = []

    def kept() -> None:
        try:
            answers.append(work())
        except BaseException as error:  # raised again in the caller's thread
            failures.append(error)

    with heard() as presses:
        presses.keep()
        try:
            _wait(Beside(kept), presses, stop, tell)
        except BaseException:
            stop()  # after any other interruption, such as an alarm, the solve must not go on
            raise
    if failures:
        raise failures[0]
    if not answers:
        raise KeyboardInterrupt("the plan was given up")
    return answers[0]


def _wait(
    beside: Beside[None],
    presses: Presses,
    stop: Callable[[], object],
    tell: Callable[[str], object],
) -> None:
    """Wait for work to end, through presses of Ctrl-C, until the plan is given up."""
    pressed = presses.at_s
    noticed = wishes = 0
    while wishes < GIVING_UP:
        try:
            if len(pressed) > noticed:
                is_new = noticed == 0 or pressed[-1] - pressed[noticed - 1] >= schedule.SAME_WISH_S
                noticed, wishes = len(pressed), wishes + is_new
                stop()
                if is_new:
                    tell(_WISHES[wishes])
            elif beside.wait(schedule.POLL_S):
                return
        except KeyboardInterrupt:  # of the caller's own handler; the next may come at any time
            presses.note()


_WISHES = {
    1: "Ctrl-C: stopping with the best plan so far",
    2: "Ctrl-C: already stopping, the best plan is being verified; a third one gives it up",
    GIVING_UP: "Ctrl-C: the plan is given up",
}
