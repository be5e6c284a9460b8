"""CP-SAT, an exact solver in integers, on a formulation."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from placement_opt.basics.errors import InternalError
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model, solution_values, write_hint
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import LEAST_PLAN, Solution
from placement_opt.solvers.search.native import NATIVE
from placement_opt.solvers.search.reporting import (
    Beside,
    attempt,
    ended,
    logger,
    prove_bound,
    prove_none,
)

LINEAR_VARIABLES = 20_000
"""Up to so many variables CP-SAT puts every row into its linear relaxation. That is many times as
fast on parts of a plan, and too slow on a region."""

CP_SAT_GAP_SHARE = 0.99
"""In a reproducible solve CP-SAT stops at a slightly smaller gap than asked, so that rounding, its
own or that of the points, does not leave the plan just outside the asked gap."""

EXACT_FLOAT = 1 << 53
"""A double holds integers up to here exactly."""


class CpSat:
    """CP-SAT; takes every problem.

    `search.best` becomes a complete hint, unless it is the empty plan. A reproducible solve
    interleaves its workers and stops by deterministic time, so it may take more or less time than
    its limit in seconds.

    Parameters
    ----------
    workers
        Threads of CP-SAT; those of the search's limits by default.
    until
        Called regularly; True ends this run, and not the search.
    """

    name = "cp-sat"

    def __init__(
        self, workers: int | None = None, until: Callable[[], bool] = lambda: False
    ) -> None:
        self._workers = workers
        self._until = until

    def refuses(self, formulation: Formulation) -> str | None:
        """Take every problem."""
        del formulation
        return None

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Solve; see `placement_opt.solvers.search.base.Solver.solve`.

        Raises
        ------
        InternalError
            When CP-SAT calls the model invalid.
        """
        return attempt(self.name, formulation, search, partial(self._solve, formulation, search))

    def _solve(self, formulation: Formulation, search: Search) -> Ending:
        run = _Run(formulation, search, self.name, self._workers or search.limits.workers)
        beside = Beside(run.work)
        try:
            return _watch(run, beside, search, self._until)
        finally:
            run.stop()
            run.is_over = True


def _watch(
    run: "_Run", beside: Beside[Ending], search: Search, until: Callable[[], bool]
) -> Ending:
    """Wait for the end; pass a stop on, and leave the run behind if it does not heed it."""
    while not beside.wait(schedule.POLL_S):
        if search.clock.stop_asked() or until():
            deadline = time.perf_counter() + schedule.CP_SAT_STOP_S
            run.stop()
            while not beside.wait(schedule.POLL_S):
                # Repeated: CP-SAT forgets a stop that comes before its search begins.
                run.stop()
                if time.perf_counter() > deadline:
                    return ended(search)
    return beside.answer() or Ending.FAILED


class _Run:
    """One run of CP-SAT, and what it has reported so far."""

    def __init__(self, formulation: Formulation, search: Search, source: str, workers: int) -> None:
        from ortools.sat.python import cp_model

        self.is_over = False
        self._formulation = formulation
        self._search = search
        self._source = source
        self._workers = workers
        self._solver = cp_model.CpSolver()
        self._bound: float | None = None
        self._is_refuted = False
        self._error: Exception | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """Ask CP-SAT to stop soon."""
        self._is_stopped = True
        self._solver.stop_search()

    def work(self) -> Ending:
        """Build, solve and report."""
        from ortools.sat.python import cp_model

        model = cp_sat_model(self._formulation)
        # A hint that places nobody keeps CP-SAT from placing anybody for a long time.
        is_guide = self._search.best_source != LEAST_PLAN
        write_hint(model.proto, self._formulation, self._search.best if is_guide else None)
        self._set_parameters()
        self._solver.best_bound_callback = self._on_bound
        if self._is_stopped:
            return Ending.STOPPED
        with NATIVE.call(self._solver.stop_search):
            status = self._solver.solve(model, _listener(self._on_solution))
        if self._error is not None:
            raise self._error
        if self.is_over:
            return Ending.STOPPED
        if status == cp_model.MODEL_INVALID and model.validate() == "":
            logger.warning("cp-sat cannot hold sums of so many digits; the best plan is kept")
            return Ending.FAILED
        if status == cp_model.MODEL_INVALID:
            raise InternalError(
                f"CP-SAT refuses the model: {model.validate()}. Hint: this is a bug of "
                "placement_opt; save the region and the rules with the report."
            )
        if status == cp_model.INFEASIBLE:
            return prove_none(self._search, self._source)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return self._report(is_optimal=status == cp_model.OPTIMAL)
        if self._bound is not None:
            self._prove(_integer_bound(self._bound))
        return ended(self._search)

    def _set_parameters(self) -> None:
        limits = self._search.limits
        parameters: Any = self._solver.parameters
        parameters.num_workers = self._workers
        parameters.random_seed = limits.seed % (1 << 31)
        if self._formulation.n_variables <= LINEAR_VARIABLES:
            parameters.linearization_level = 2
        # An interrupt is for the caller's program to handle, not for a solver in a thread.
        parameters.catch_sigint_signal = False
        if limits.memory_limit_gb is not None:
            parameters.max_memory_in_mb = max(1, int(limits.memory_limit_gb * 1000))
        if limits.reproducible:
            parameters.interleave_search = True
            parameters.max_deterministic_time = limits.time_limit_s * schedule.CP_SAT_WORK_PER_S
            parameters.relative_gap_limit = limits.gap * CP_SAT_GAP_SHARE
        else:
            parameters.max_time_in_seconds = self._search.clock.remaining_s

    def _on_solution(self, response: Any) -> None:
        """Offer a better solution; an exception must not pass through the solver's frames."""
        if self.is_over:
            return
        try:
            values = solution_values(response, self._formulation.n_variables)
            solution = Solution.of(self._formulation, values)
            self._search.offer(solution, self._source)
        except Exception as error:  # raised again once the solver has returned
            self._error = error
            self.stop()

    def _on_bound(self, bound: float) -> None:
        if self.is_over or not math.isfinite(bound):
            return
        try:
            self._bound = bound
            # A reproducible solve waits: the moment at which a bound arrives is chance.
            if not self._search.limits.reproducible:
                self._prove(_integer_bound(bound))
        except Exception as error:  # raised again once the solver has returned
            self._error = error
            self.stop()

    def _prove(self, bound: int) -> None:
        if not prove_bound(self._search, bound, self._source):
            self._is_refuted = True

    def _report(self, *, is_optimal: bool) -> Ending:
        """Report the final solution and bound."""
        response: Any = self._solver.response_proto
        values = solution_values(response, self._formulation.n_variables)
        if not self._formulation.is_satisfied_by(values):
            logger.warning("cp-sat gave a solution that breaks a row; its claims are dropped")
            return Ending.FAILED
        self._search.offer(Solution.of(self._formulation, values), self._source)
        exact = -int(response.inner_objective_lower_bound)
        limits = self._search.limits
        # With a gap limit, "optimal" means "within that gap". An answer that was cut short may lack
        # its bound and say 0.
        if is_optimal and not (limits.reproducible and limits.gap > 0):
            self._prove(self._formulation.gained(values))
        elif is_optimal or (self._bound is not None and float(exact) == self._bound):
            self._prove(exact)
        elif self._bound is not None:
            self._prove(_integer_bound(self._bound))
        return Ending.FAILED if self._is_refuted else ended(self._search)


def _integer_bound(bound: float) -> int:
    """Return an integer that is no lower than the integer which the double stands for."""
    return round(bound) if abs(bound) < EXACT_FLOAT else int(math.nextafter(bound, math.inf))


def _listener(told: Any) -> Any:
    from ortools.sat.python import cp_model

    class Listener(cp_model.CpSolverSolutionCallback):
        """Passes on each better solution."""

        def on_solution_callback(self) -> None:
            told(self.response_proto)

    return Listener()
