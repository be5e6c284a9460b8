"""Our own way, through the public interface."""

# Loaded before the clock starts, as what every rival loads is.
import highspy  # noqa: F401
import ortools.sat.python.cp_model  # noqa: F401
import scipy.optimize  # noqa: F401

import placement_opt as po
import placement_opt.report.result_of_search
import placement_opt.solvers.ways.auto
from benchmarks.instances import Problem
from benchmarks.run import Run


def solve(problem: Problem, run: Run) -> None:
    """Solve the built model."""

    def told(event: po.Event) -> None:
        run.step(event.objective, event.bound, elapsed_s=event.elapsed_s)

    result = problem.model.solve(
        time_limit_s=run.time_limit_s, gap=run.gap, seed=run.seed, on_progress=told
    )
    run.step(result.objective, result.bound)
    # The result recounts both from the user's own numbers; events are rounded to whole units.
    run.objective, run.bound = result.objective, result.bound
    run.certified_bound = result.certified_bound
    run.stop_reason = f"{result.status.value}, {result.stop_reason.value}"
