"""HiGHS through MathOpt, on the files of one folder; run by `placement_opt.solvers.mip`.

In: ``problem.npz``, ``settings.json``, perhaps ``hint.npy``. Out, while it runs: ``log.txt`` and
``improving.txt``; at its end ``answer.npz``. HiGHS heeds no interrupter here and calls back with
nothing but its log, so that the caller reads these files while HiGHS writes them.
"""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from placement_opt.solvers.linear_program import Floats, LinearProgram
from placement_opt.solvers.native import NATIVE
from placement_opt.solvers.reporting import logger

PROBLEM = "problem.npz"
SETTINGS = "settings.json"
HINT = "hint.npy"
LOG = "log.txt"
IMPROVING = "improving.txt"
ANSWER = "answer.npz"

HEURISTICS = ("feasibility_jump", "rins", "rens", "root_reduced_cost")
"""What HiGHS leaves out where it need not find plans."""

RELIABLE = 1
"""Times that a branch is tried out before its estimate is trusted: trying out takes most of the
time where the linear programs are large."""

REASON_PREFIX = "TERMINATION_REASON_"


@dataclass(frozen=True, slots=True)
class HighsSettings:
    """What HiGHS is told.

    Parameters
    ----------
    seed
        Random seed.
    relative_gap, absolute_gap
        HiGHS stops when bound and incumbent are that close; the latter in float units.
    time_limit_s, node_limit
        Limits on time and on nodes of the branching tree, or None.
    cutoff
        Only what gains more matters, in float units, or None.
    heuristics
        False: HiGHS looks for no plans beside its branching.
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
        MathOpt's termination reason in lower case, such as ``"optimal"``.
    bound
        Upper bound in float units, or None.
    values
        Values of all variables, shape (N,), or None.
    """

    reason: str
    bound: float | None
    values: Floats | None


def write_problem(
    folder: Path, program: LinearProgram, settings: HighsSettings, hint: Floats | None
) -> None:
    """Write everything that `work` reads."""
    program.save(folder / PROBLEM)
    (folder / SETTINGS).write_text(json.dumps(asdict(settings)), encoding="utf-8")
    if hint is not None:
        np.save(folder / HINT, hint)


def read_answer(folder: Path) -> HighsAnswer:
    """Read what `work` wrote at its end."""
    with np.load(folder / ANSWER) as arrays:
        bound, values = float(arrays["bound"]), arrays["values"]
        return HighsAnswer(
            str(arrays["reason"]),
            bound if math.isfinite(bound) else None,
            values if arrays["has_values"] else None,
        )


def work(folder: Path) -> None:
    """Solve the folder's problem."""
    program = LinearProgram.load(folder / PROBLEM)
    settings = HighsSettings(**json.loads((folder / SETTINGS).read_text(encoding="utf-8")))
    hint = np.load(folder / HINT) if (folder / HINT).exists() else None
    with (folder / LOG).open("w", encoding="utf-8") as log:

        def write_down(lines: list[str]) -> None:
            log.writelines(f"{line}\n" for line in lines)
            log.flush()

        result = _solved(program, _parameters(settings, folder / IMPROVING), hint, write_down)
    _write_answer(folder / ANSWER, result, len(program.gain))


def solve_here(
    program: LinearProgram, settings: HighsSettings, hint: Floats | None = None
) -> HighsAnswer:
    """Solve a small problem in this thread, without files; other threads run meanwhile."""
    result = _solved(program, _parameters(settings), hint)
    bound = result.termination.objective_bounds.dual_bound
    return HighsAnswer(
        _reason(result), bound if math.isfinite(bound) else None, _values(result, len(program.gain))
    )


def _solved(
    program: LinearProgram,
    parameters: Any,
    hint: Floats | None,
    on_lines: Callable[[list[str]], None] | None = None,
) -> Any:
    from ortools.math_opt import callback_pb2, parameters_pb2
    from ortools.math_opt.core.python import solver

    def solved() -> Any:
        with NATIVE.call():
            return solver.solve(
                program.proto(integer=True),
                parameters_pb2.SOLVER_TYPE_HIGHS,
                parameters_pb2.SolverInitializerProto(),
                parameters,
                _start(hint),
                on_lines,
                callback_pb2.CallbackRegistrationProto(),
                None,
                None,
            )

    try:
        return solved()
    except Exception:
        # HiGHS refuses a number of threads other than that of the first solve in this process,
        # which may be somebody else's; without a number it takes what there is.
        logger.info("HiGHS failed; once more without a number of threads", exc_info=True)
        del parameters.highs.int_options["threads"]
        return solved()


def _parameters(settings: HighsSettings, improving: Path | None = None) -> Any:
    from ortools.math_opt import parameters_pb2

    parameters = parameters_pb2.SolveParametersProto()
    parameters.random_seed = settings.seed
    parameters.relative_gap_tolerance = settings.relative_gap
    parameters.absolute_gap_tolerance = settings.absolute_gap
    if settings.time_limit_s is not None:
        parameters.time_limit.FromNanoseconds(int(settings.time_limit_s * 1e9))
    if settings.node_limit is not None:
        parameters.node_limit = settings.node_limit
    highs = parameters.highs
    highs.int_options["threads"] = 1
    if improving is not None:
        highs.bool_options["mip_improving_solution_save"] = True
        highs.bool_options["mip_improving_solution_report_sparse"] = True
        highs.string_options["mip_improving_solution_file"] = str(improving)
    if settings.cutoff is not None:
        # HiGHS turns what is to be maximised round.
        highs.double_options["objective_bound"] = -settings.cutoff
        highs.int_options["mip_pscost_minreliable"] = RELIABLE
    if not settings.heuristics:
        highs.double_options["mip_heuristic_effort"] = 0.0
        for heuristic in HEURISTICS:
            highs.bool_options[f"mip_heuristic_run_{heuristic}"] = False
    return parameters


def _start(hint: Floats | None) -> Any:
    from ortools.math_opt import model_parameters_pb2

    start = model_parameters_pb2.ModelSolveParametersProto()
    if hint is not None:
        values = start.solution_hints.add().variable_values
        values.ids.extend(range(len(hint)))
        values.values.extend(hint.tolist())
    return start


def _write_answer(path: Path, result: Any, n_variables: int) -> None:
    values = _values(result, n_variables)
    np.savez(
        path,
        reason=_reason(result),
        bound=result.termination.objective_bounds.dual_bound,
        values=np.zeros(0) if values is None else values,
        has_values=values is not None,
    )


def _reason(result: Any) -> str:
    from ortools.math_opt import result_pb2

    name: str = result_pb2.TerminationReasonProto.Name(result.termination.reason)
    return name.removeprefix(REASON_PREFIX).lower()


def _values(result: Any, n_variables: int) -> Floats | None:
    if not result.solutions or not result.solutions[0].HasField("primal_solution"):
        return None
    values = np.zeros(n_variables)
    sparse = result.solutions[0].primal_solution.variable_values
    values[np.array(sparse.ids, dtype=np.int64)] = np.array(sparse.values)
    return values
