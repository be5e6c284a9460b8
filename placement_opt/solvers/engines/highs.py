"""HiGHS, a mixed-integer solver in floating point, run in the calling thread.

highspy lets other threads run meanwhile, calls back with every better plan and bound, and heeds an
interrupt. `placement_opt.solvers.engines.highs_work` runs it beside the caller.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Floats
from placement_opt.solvers.engines.linear_program import LinearProgram
from placement_opt.solvers.search.native import NATIVE

HEURISTICS = ("feasibility_jump", "rins", "rens", "root_reduced_cost")
"""Heuristics that are off where HiGHS need not find plans."""

RELIABLE = 1
"""How often a branch is tried before its estimate is trusted: trying takes most of the time where
the linear programs are large."""

ENDINGS = {
    "kOptimal": "optimal",
    "kInfeasible": "infeasible",
    "kUnboundedOrInfeasible": "infeasible_or_unbounded",
    "kObjectiveBound": "infeasible",
    "kTimeLimit": "stopped",
    "kSolutionLimit": "stopped",
    "kInterrupt": "stopped",
    "kMemoryLimit": "stopped",
}
"""HiGHS' words for how it ended, and ours. "No plan above the cutoff" counts as infeasible."""


@dataclass(frozen=True, slots=True)
class HighsSettings:
    """What HiGHS is told.

    Parameters
    ----------
    seed
        Random seed.
    relative_gap, absolute_gap
        HiGHS stops when bound and incumbent are that close; the absolute gap is in float units.
    time_limit_s, node_limit
        Limits on time and on nodes of the branching tree, or None.
    cutoff
        Only plans that gain more are sought, in float units; None for all plans.
    heuristics
        False: HiGHS finds plans by branching only.
    """

    seed: int
    relative_gap: float
    absolute_gap: float
    time_limit_s: float | None
    node_limit: int | None
    cutoff: float | None = None
    heuristics: bool = True


@dataclass(frozen=True, eq=False)
class HighsAnswer:
    """What HiGHS ended with.

    Parameters
    ----------
    reason
        ``"optimal"``, ``"infeasible"``, ``"infeasible_or_unbounded"``, ``"stopped"``, or HiGHS' own
        word for anything else.
    bound
        Upper bound in float units, or None.
    values
        Values of all variables, shape (N,), or None.
    """

    reason: str
    bound: float | None
    values: Floats | None


class HighsRun:
    """One problem and one run of HiGHS on it.

    Parameters
    ----------
    program
        What is maximised, in float units.
    settings
        Limits and parameters.
    hint
        Values of all variables to start from, shape (N,), or None.
    on_plan, on_bound
        Called in the running thread with the values of each better plan, and with each lower bound
        in float units.
    """

    def __init__(
        self,
        program: LinearProgram,
        settings: HighsSettings,
        hint: Floats | None = None,
        on_plan: Callable[[Floats], None] | None = None,
        on_bound: Callable[[float], None] | None = None,
    ) -> None:
        self._program = program
        self._settings = settings
        self._hint = hint
        self._on_plan = on_plan
        self._on_bound = on_bound
        self._bound = math.inf
        self._suggested: Floats | None = None
        self._is_stopped = False

    def suggest(self, values: Floats) -> None:
        """Offer values of all variables, shape (N,), which HiGHS takes if they are better."""
        self._suggested = values

    def stop(self) -> None:
        """Ask HiGHS to stop; it mostly does so within a second."""
        self._is_stopped = True

    def solve(self) -> HighsAnswer:
        """Solve, and return what is known at the end."""
        import highspy

        if not self._program.gain.size:
            return _of_nothing(self._program)
        highs = _quiet_class()()
        _set_options(highs, self._settings)
        highs.passModel(_model(self._program))
        if self._hint is not None:
            columns = np.arange(self._hint.size, dtype=np.int32)
            highs.setSolution(columns.size, columns, self._hint)
        highs.cbMipInterrupt.subscribe(self._look)
        highs.cbSimplexInterrupt.subscribe(self._look)
        highs.cbMipUserSolution.subscribe(self._take)
        if self._on_plan is not None:
            highs.cbMipImprovingSolution.subscribe(self._found)
        if self._is_stopped:
            return HighsAnswer("stopped", None, None)
        try:
            with NATIVE.call(self.stop):
                if highs.run() == highspy.HighsStatus.kError:
                    # Another user of HiGHS in this thread chose another number of threads.
                    highs.setOptionValue("threads", 0)
                    highs.run()
            return _answer(highs, is_integer=bool(self._program.is_integer.any()))
        finally:
            highs.disableCallbacks()
            # Otherwise its threads outlive this one, and abort the process at exit.
            highs.resetThreadScheduler(False)  # noqa: FBT003 - takes no name

    def _look(self, event: Any) -> None:
        bound = float(event.data_out.mip_dual_bound)
        if self._on_bound is not None and math.isfinite(bound) and bound < self._bound:
            self._bound = bound
            self._on_bound(bound)
        if self._is_stopped:
            event.interrupt()

    def _take(self, event: Any) -> None:
        values, self._suggested = self._suggested, None
        if values is not None:
            event.data_in.setSolution(values)

    def _found(self, event: Any) -> None:
        if self._on_plan is not None:
            self._on_plan(np.array(event.data_out.mip_solution, dtype=np.float64))


@cache
def _quiet_class() -> Any:
    import highspy

    class Quiet(highspy.Highs):
        """HiGHS that prints nothing, its own banner included."""

        def __init__(self) -> None:
            # The constructor of the base class prints the banner, so silence has to come first.
            highspy._core._Highs.__init__(self)  # noqa: SLF001
            self.setOptionValue("output_flag", False)  # noqa: FBT003
            super().__init__()  # type: ignore[no-untyped-call]
            self.setOptionValue("output_flag", False)  # noqa: FBT003

    return Quiet


def _set_options(highs: Any, settings: HighsSettings) -> None:
    options: dict[str, float | int | bool] = {
        "threads": 1,
        "random_seed": settings.seed,
        "mip_rel_gap": settings.relative_gap,
        "mip_abs_gap": settings.absolute_gap,
    }
    if settings.time_limit_s is not None:
        options["time_limit"] = settings.time_limit_s
    if settings.node_limit is not None:
        options["mip_max_nodes"] = settings.node_limit
    if settings.cutoff is not None:
        # HiGHS minimises the negative objective.
        options["objective_bound"] = -settings.cutoff
        options["mip_pscost_minreliable"] = RELIABLE
    if not settings.heuristics:
        options["mip_heuristic_effort"] = 0.0
        options |= {f"mip_heuristic_run_{heuristic}": False for heuristic in HEURISTICS}
    for name, value in options.items():
        highs.setOptionValue(name, value)


def _model(program: LinearProgram) -> Any:
    import highspy

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(program.gain), len(program.row_lower)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = program.gain
    model.col_lower_, model.col_upper_ = program.lower, program.upper
    model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.num_col_, model.a_matrix_.num_row_ = model.num_col_, model.num_row_
    model.a_matrix_.start_ = program.start.astype(np.int32)
    model.a_matrix_.index_ = program.member
    model.a_matrix_.value_ = program.value
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    model.integrality_ = [kinds[is_integer] for is_integer in program.is_integer.tolist()]
    return model


def _answer(highs: Any, *, is_integer: bool) -> HighsAnswer:
    import highspy

    status, info = highs.getModelStatus(), highs.getInfo()
    reason = ENDINGS.get(status.name) or highs.modelStatusToString(status).lower()
    has_plan = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    bound = info.mip_dual_bound if is_integer else info.objective_function_value
    return HighsAnswer(
        reason,
        float(bound) if math.isfinite(bound) else None,
        np.array(highs.getSolution().col_value, dtype=np.float64) if has_plan else None,
    )


def _of_nothing(program: LinearProgram) -> HighsAnswer:
    """Return the answer for a problem without variables, which HiGHS does not solve."""
    if np.any(program.row_lower > 0) or np.any(program.row_upper < 0):
        return HighsAnswer("infeasible", None, None)
    return HighsAnswer("optimal", 0.0, np.zeros(0))
