"""One solve of a compiled model: the start plan, the solver, and who is told meanwhile."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from placement_opt.basics.errors import UnsupportedRuleError
from placement_opt.records import Region
from placement_opt.run.compiled import Compiled
from placement_opt.run.progress import Stopwatch, observers
from placement_opt.run.solve_parameters import Asked
from placement_opt.run.start_plan import Started, offer_start
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.guarded import guarded, uninterrupted
from placement_opt.solvers.search.native import NATIVE

AnswerT = TypeVar("AnswerT")

CLOSING_S = 0.001
"""Seconds that verifying and reporting one placement takes."""

CLOSING_SHARE = 0.1
"""Verifying and reporting gets at most this share of the time limit set aside."""


def solved(
    compiled: Compiled,
    asked: Asked,
    seconds: Mapping[str, float],
    began: float,
    told: Callable[[Search, Ending, Started, dict[str, float]], AnswerT],
) -> AnswerT:
    """Solve, and return what is told of the end of the search.

    Parameters
    ----------
    compiled
        The model in integers.
    asked
        The parameters of `solve`, checked.
    seconds
        Seconds of each phase of compiling.
    began
        When the solve began, by `time.perf_counter`.
    told
        Turns the search, how it ended, what became of the start plan, and the seconds of each
        phase into the answer. Ctrl-C does not interrupt it.

    Raises
    ------
    UnsupportedRuleError
        When the solver that was asked for cannot take the problem.
    """
    formulation, region = compiled.formulation, compiled.pairs.instance.region
    refusal = asked.solver.refuses(formulation)
    if refusal is not None:
        text = f"solver {asked.solver_name!r} cannot take this model: {refusal}"
        raise UnsupportedRuleError(text)
    time_limit_s = asked.limits.time_limit_s
    limits = asked.within(time_limit_s - closing_s(region, time_limit_s))
    with observers(asked.on_progress, shown=asked.is_shown) as tell:
        search = Search(formulation, limits, asked.is_cancelled, tell, began)
        if formulation.objective.shares:
            search.note(f"points: {formulation.objective.told()}")

        def work() -> AnswerT:
            spent = dict(seconds)
            with Stopwatch(spent).phase("search"), NATIVE.stopped_at_exit(search.clock.cancel):
                started = offer_start(compiled, search, asked.start)
                ending = guarded(asked.solver.solve, formulation, search)
            NATIVE.stay()
            return told(search, ending, started, spent)

        return uninterrupted(work, search.clock.cancel)


def closing_s(region: Region, time_limit_s: float) -> float:
    """Return the seconds to keep for the verdict and the tables of the largest plan."""
    positions = sum(opening.positions for opening in region.openings)
    placements = min(positions, len(region.candidates))
    return min(CLOSING_S * placements, CLOSING_SHARE * time_limit_s)
