"""From the end of a search to a result: a verified plan, told with what is proven of it."""

from typing import Any

from placement_opt.report.report import report
from placement_opt.run.agreement import contradicted, contradictions, plan_kept
from placement_opt.run.compiled import Compiled
from placement_opt.run.progress import Stopwatch
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.start_plan import Started
from placement_opt.run.verification import Fault
from placement_opt.solvers.search.base import Ending, Search


def result_of(
    compiled: Compiled,
    search: Search,
    ending: Ending,
    parameters: dict[str, Any],
    seconds: dict[str, float],
    started: Started,
) -> ResultRecord:
    """Return the result of a search that has ended.

    Parameters
    ----------
    compiled
        The model in integers.
    search, ending
        The search, and how it ended.
    parameters
        The parameters of `solve`.
    seconds
        Seconds of each phase so far; those of the verdict are added.
    started
        What became of the start plan.

    Raises
    ------
    InternalError
        When the plan fails verification, or cannot be told; it holds the plan.
    """
    outcome = search.outcome(ending)
    judged, faults = None, tuple[Fault, ...]()
    with plan_kept(compiled, search, outcome.solution, started.coach_of):
        if outcome.solution is not None:
            with Stopwatch(seconds).phase("verify"):
                plan = compiled.plan(outcome.solution, started.coach_of)
                verdict = compiled.judge(plan)
                faults = contradictions(compiled, search, outcome.solution, plan, verdict)
                judged = (plan, verdict)
        stats = {
            "seconds": {name: round(spent, 3) for name, spent in seconds.items()},
            "elapsed_s": round(search.elapsed_s, 3),
            "found_by": outcome.found_by,
            "proven_by": outcome.proven_by,
        }
        result = report(compiled, search, outcome, judged, stats, parameters, started.outcome)
        return contradicted(result, faults, compiled.formulation.points(search.gained or 0))
