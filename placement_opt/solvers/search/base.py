"""What every solver shares: the search that it reports to, and how it ends.

A solver sees only a `Formulation` and a `Search`. While it runs it offers solutions and bounds to
the search and asks the search's clock whether to stop. At the end it returns how it ended.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from typing_extensions import override

from placement_opt.basics.arrays import Floats
from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import Status, StopReason, relative_gap
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.search.board import Board, Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits


class Ending(StrEnum):
    """How one solver's run ended."""

    EXHAUSTED = "exhausted"
    """Nothing is left to search: the search's best solution is optimal, or none exists."""
    STOPPED = "stopped"
    """A limit, the asked gap or a cancel stopped it."""
    FINISHED = "finished"
    """It ended by itself; floating point cannot close the gap that is left."""
    FAILED = "failed"
    """It crashed or refused the model; what it offered before still counts."""


@dataclass(frozen=True, slots=True)
class Event:
    """One step of progress, in points.

    Parameters
    ----------
    elapsed_s
        Seconds since the search began.
    source
        Name of the solver or step that reports.
    objective, bound
        Best plan and best bound so far, or None.
    phase
        ``"pairs"``, ``"lower"`` and ``"formulate"`` while the model is compiled, ``"search"``,
        ``"verify"`` for the verdict and the tables, and ``"done"``.
    region
        Where several regions are solved side by side, the name of the one it is about.
    """

    elapsed_s: float
    source: str
    objective: float | None
    bound: float | None
    phase: str = "search"
    region: str | None = None

    @property
    def gap(self) -> float | None:
        """Relative gap between the two, or None while one is missing."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)


class Search(Board):
    """One solve: its board, its clock, and the log of what happens; thread-safe.

    Parameters
    ----------
    formulation, limits
        The problem, and when to stop.
    cancelled
        Called regularly; True stops the search.
    on_event
        Called with every better solution or bound.
    started
        Value of `time.perf_counter` at the beginning; now by default.

    Attributes
    ----------
    prices
        Prices of the rows to start from, in objective units, shape (R,), such as those of an
        earlier solve; None where there are none.
    """

    def __init__(
        self,
        formulation: Formulation,
        limits: SearchLimits,
        cancelled: Callable[[], bool] = lambda: False,
        on_event: Callable[[Event], None] = lambda _event: None,
        started: float | None = None,
    ) -> None:
        super().__init__(formulation, limits)
        self.clock = Clock(limits, cancelled, started, self.reached)
        self.prices: Floats | None = None
        self.notes: list[str] = []
        self.trace: list[Event] = []
        self._on_event = on_event

    def note(self, text: str) -> None:
        """Record which way the search goes, in the log and in the result's statistics."""
        logging.getLogger("placement_opt").info(text)
        with self._lock:
            self.notes.append(text)

    @override
    def changed(self, source: str) -> None:
        objective, bound = self.told
        event = Event(self.clock.elapsed_s, source, objective, bound)
        self.trace.append(event)
        self._on_event(event)

    def outcome(self, ending: Ending) -> "Outcome":
        """Close the search after the last solver has ended, and return what it found.

        A solver that was left behind is told to stop. What it still reports is dropped, since the
        answer is about to be verified.
        """
        with self._lock:
            reason = self.clock.stop_reason()
            self.close()
        self.clock.cancel()
        if reason is None:
            reason = {
                Ending.EXHAUSTED: StopReason.PRECISION,
                Ending.STOPPED: StopReason.WORK_LIMIT
                if self.limits.reproducible
                else StopReason.TIME_LIMIT,
                Ending.FINISHED: StopReason.PRECISION,
                Ending.FAILED: StopReason.SOLVER_FAILURE,
            }[ending]
        if self.best is None:
            status = Status.INFEASIBLE if self.infeasible_by else Status.NO_SOLUTION
        elif self.is_optimal:
            status, reason = Status.OPTIMAL, StopReason.PROVEN
        else:
            status = Status.FEASIBLE
        return Outcome(
            status,
            reason,
            self.best,
            self.gained,
            self.bound,
            self.best_source,
            self.infeasible_by or self.bound_source,
        )


@dataclass(frozen=True, eq=False, repr=False)
class Outcome(ShortRepr):
    """The raw answer: a solution in integers, and what is proven about it.

    Parameters
    ----------
    status, stop_reason
        What is known, and why the search stopped.
    solution
        The best solution found, or None.
    gained, bound
        Its objective and the best upper bound, in integer objective units, or None.
    found_by, proven_by
        Names of the solvers that found the solution and proved the bound.
    """

    status: Status
    stop_reason: StopReason
    solution: Solution | None
    gained: int | None
    bound: int | None
    found_by: str | None
    proven_by: str | None


class Solver(Protocol):
    """The interface of a solver; see docs/adding_a_solver.md."""

    name: str

    def refuses(self, formulation: Formulation) -> str | None:
        """Return why this solver cannot take the problem, or None when it can."""

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Work until the answer is proven or the search says stop; report to the search.

        `search.best`, if any, is a plan to start from.
        """
