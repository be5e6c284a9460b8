"""What every solver shares: the search it reports to, and the shape of its answer.

A solver sees a `Formulation` and a `Search`, nothing else. It offers solutions and bounds to the
search while it runs, asks the search whether to stop, and returns how it ended. The best solution
lives in the search, outside every solver, and is checked in exact integers before it is kept, so
that a crash, a time-out or a wrong answer never loses or spoils it.
"""

import logging
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.basics.status import Status, StopReason, relative_gap
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.own_variables import tightened
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.resident_memory import MemoryGuard
from placement_opt.solvers.search.standing import Standing

LEAST_PLAN = "empty plan"
"""Source of the plan of nobody but who rows ask for by name: a plan, and no guide to a better one.
"""


@dataclass(frozen=True, eq=False, repr=False)
class Solution(ShortRepr):
    """Integer values of all variables, kept small.

    Parameters
    ----------
    chosen
        Indices of the pairs that are one, ascending, int64.
    own
        Values of the variables behind the pairs, shape (N - E,), int64.
    """

    chosen: Ints
    own: Ints

    @classmethod
    def of(cls, formulation: Formulation, values: npt.NDArray[np.generic]) -> "Solution":
        """Round the values of all N variables to a solution."""
        whole = np.rint(values).astype(np.int64)
        # A copy: a view would hold on to the values of all pairs.
        return cls(formulation.chosen(whole), whole[formulation.n_pairs :].copy())

    def values(self, formulation: Formulation) -> Ints:
        """Return the values of all N variables."""
        values = np.zeros(formulation.n_variables, dtype=np.int64)
        values[self.chosen] = 1
        values[formulation.n_pairs :] = self.own
        return values


class Ending(StrEnum):
    """How one solver's run ended."""

    EXHAUSTED = "exhausted"
    """The search space is done: the search's best solution is optimal, or none exists."""
    STOPPED = "stopped"
    """A limit, the asked gap or a cancel stopped it."""
    FINISHED = "finished"
    """It came to its own end, with a gap left that is too small for its numbers to close."""
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
    """

    elapsed_s: float
    source: str
    objective: float | None
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Relative gap between the two, or None while one is missing."""
        if self.objective is None or self.bound is None:
            return None
        return relative_gap(self.objective, self.bound)


class Search(Standing):
    """Best solution and bound of one solve, shared by all solvers that work on it; thread-safe.

    Parameters
    ----------
    formulation
        The problem.
    limits
        When to stop.
    cancelled
        Asked now and then; True stops the search.
    on_event
        Told of every better solution or bound.
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
        self.best: Solution | None = None
        self.best_source: str | None = None
        self.bound_source: str | None = None
        self.ray: Certificate | None = None
        self.certificate: Certificate | None = None
        self.certified: int | None = None
        self.certified_formulation: Formulation = formulation
        self.rejected: list[str] = []
        self.notes: list[str] = []
        self.trace: list[Event] = []
        self._cancelled = cancelled
        self._on_event = on_event
        self._started = time.perf_counter() if started is None else started
        self._lock = threading.RLock()
        self._is_over = False
        self._memory = MemoryGuard(limits.memory_limit_gb)

    def cancel(self) -> None:
        """Ask every solver of this search to stop."""
        self._cancelled = lambda: True

    def is_cancelled(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._cancelled()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the search began."""
        return time.perf_counter() - self._started

    @property
    def remaining_s(self) -> float:
        """Seconds left, at least zero."""
        return max(0.0, self.limits.time_limit_s - self.elapsed_s)

    def offer(self, solution: Solution, source: str) -> bool:
        """Take a solution if it keeps every row, in exact integers, and is better; else leave it.

        Which is better is decided by the user's own numbers; `gained` is the most that any of them
        reached in integer units. A solution that breaks a row is noted in `rejected` and never
        kept.
        """
        own = tightened(self.formulation, solution.chosen, solution.own)
        if own is not solution.own:
            solution = Solution(solution.chosen, own)
        values = solution.values(self.formulation)
        if not self.formulation.is_satisfied_by(values):
            with self._lock:
                self.rejected.append(source)
            return False
        gained, worth = self.formulation.gained(values), self.formulation.worth(values)
        with self._lock:
            if self._is_over:
                return False
            # Whoever claimed that there is none was wrong.
            self.infeasible_by = self.ray = None
            is_better = self.best is None or worth > self.worth
            if is_better:
                self.best, self.worth, self.best_source = solution, worth, source
            # Last, since others take it as a sign that there is a plan, without the lock.
            self.gained = gained if self.gained is None else max(gained, self.gained)
            if is_better:
                self._tell(source)
        return is_better

    def prove(self, bound: float, source: str) -> None:
        """Take an upper bound on the objective, in its integer units, if it is lower."""
        whole = math.floor(bound)
        with self._lock:
            if not self._is_over and (self.bound is None or whole < self.bound):
                self.bound, self.bound_source = whole, source
                self._tell(source)

    def prove_infeasible(self, source: str, ray: Certificate | None = None) -> None:
        """Note that no solution exists, on the word of `source`; a solution at hand refutes that.

        With a `ray` it is no matter of trust: prices that exact arithmetic has just confirmed to
        prove it; see `placement_opt.solvers.bounds.infeasible`.
        """
        with self._lock:
            if self.best is None and not self._is_over:
                self.infeasible_by, self.ray = source, ray

    def certify(
        self, certificate: Certificate, source: str, formulation: Formulation | None = None
    ) -> None:
        """Take a bound that exact arithmetic has just confirmed, with the prices that prove it.

        `formulation` is the search's own with cuts, where the prices are for those too.
        """
        priced = self.formulation if formulation is None else formulation
        bound = certificate.bound(priced)
        with self._lock:
            if self._is_over:
                return
            if self.certified is None or bound < self.certified:
                self.certificate, self.certified = certificate, bound
                self.certified_formulation = priced
            self.prove(bound, source)

    def go_on_from(self, other: "Search") -> None:
        """Take what another search of the same problem has found and proven."""
        if other.best is not None:
            self.offer(other.best, other.best_source or "start")
        if other.bound is not None:
            self.prove(other.bound, other.bound_source or "start")
        self.certificate, self.certified = other.certificate, other.certified
        self.certified_formulation = other.certified_formulation

    def note(self, text: str) -> None:
        """Say which way the search goes, for the log and the result's statistics."""
        logging.getLogger("placement_opt").info(text)
        with self._lock:
            self.notes.append(text)

    def _tell(self, source: str) -> None:
        objective, bound = self.told
        event = Event(self.elapsed_s, source, objective, bound)
        self.trace.append(event)
        self._on_event(event)

    def stop_reason(self) -> StopReason | None:
        """Return why to stop now, or None to go on."""
        reached = self.reached()
        if reached is not None:
            return reached
        if self._cancelled():
            return StopReason.CANCELLED
        if self._memory.is_exceeded():
            return StopReason.MEMORY_LIMIT
        if not self.limits.reproducible and self.remaining_s <= 0:
            return StopReason.TIME_LIMIT
        return None

    def outcome(self, ending: Ending) -> "Outcome":
        """Sum up the search after the last solver ended that way, and close it.

        A solver that was left behind is told to stop, and what it still says is dropped: the answer
        is being verified.
        """
        with self._lock:
            reason, self._is_over = self.stop_reason(), True
        self.cancel()
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
        Names of the solvers that found the one and proved the other.
    """

    status: Status
    stop_reason: StopReason
    solution: Solution | None
    gained: int | None
    bound: int | None
    found_by: str | None
    proven_by: str | None


class Solver(Protocol):
    """What a solver is; see docs/adding_a_solver.md."""

    name: str

    def refuses(self, formulation: Formulation) -> str | None:
        """Return why this solver cannot take the problem, or None when it can."""

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Work until the answer is proven or the search says stop; report to the search.

        `search.best`, when there is one, is a start to improve on.
        """
