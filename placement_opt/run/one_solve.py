"""One solve of a compiled model: the start plan, the solver, and who is told meanwhile."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import TypeVar

from placement_opt.basics.errors import UnsupportedRuleError
from placement_opt.records import Region
from placement_opt.run.compiled import Compiled
from placement_opt.run.observers import observers
from placement_opt.run.progress import Stopwatch
from placement_opt.run.solve_parameters import Asked
from placement_opt.run.start_plan import Started, offer_start
from placement_opt.run.start_prices import start_prices
from placement_opt.solvers.search.base import Ending, Event, Search
from placement_opt.solvers.search.guarded import guarded, uninterrupted
from placement_opt.solvers.search.native import NATIVE

AnswerT = TypeVar("AnswerT")

CLOSING_S = 0.001
"""Seconds that verifying and reporting one placement takes."""

CLOSING_SHARE = 0.1
"""Verifying and reporting gets at most this share of the time limit set aside."""


def solved(
    compile_: Callable[[Callable[[str], object]], tuple[Compiled, Mapping[str, float]]],
    asked: Asked,
    began: float,
    told: Callable[[Search, Ending, Started, Stopwatch], AnswerT],
) -> AnswerT:
    """Compile and solve, and return what is told of the end of the search.

    Parameters
    ----------
    compile_
        Returns the model in integers and the seconds of each phase; takes a function that it calls
        with the name of each phase when it begins.
    asked
        The parameters of `solve`, checked.
    began
        When the solve began, by `time.perf_counter`.
    told
        Turns the search, how it ended, what became of the start plan, and the stopwatch of its
        phases into the answer. Ctrl-C does not interrupt it.

    Raises
    ------
    UnsupportedRuleError
        When the solver that was asked for cannot take the problem.
    KeyboardInterrupt
        When Ctrl-C comes before the search begins: there is no plan yet.
    """
    time_limit_s = asked.limits.time_limit_s
    shown = observers(asked.on_progress, shown=asked.is_shown, time_limit_s=time_limit_s)
    with ExitStack() as telling:
        tell = telling.enter_context(shown)
        compiled, seconds = compile_(_phases(tell, began))
        search = _search(compiled, asked, began, tell)
        watch = Stopwatch(dict(seconds), _phases(tell, began, search))

        def work() -> AnswerT:
            with telling:  # to its end here, where Ctrl-C costs no plan
                return searched()

        def searched() -> AnswerT:
            with watch.phase("search"), NATIVE.stopped_at_exit(search.clock.cancel):
                started = offer_start(compiled, search, asked.start)
                search.prices = start_prices(compiled, asked.earlier)
                ending = guarded(asked.solver.solve, compiled.formulation, search)
            NATIVE.stay()
            answer = told(search, ending, started, watch)
            _phases(tell, began, search)("done")
            return answer

        return uninterrupted(work, search.clock.cancel)


def _search(
    compiled: Compiled, asked: Asked, began: float, tell: Callable[[Event], None]
) -> Search:
    """Return the search for a plan of a model, with the time that is left for it."""
    formulation, region = compiled.formulation, compiled.pairs.instance.region
    refusal = asked.solver.refuses(formulation)
    if refusal is not None:
        text = f"solver {asked.solver_name!r} cannot take this model: {refusal}"
        raise UnsupportedRuleError(text)
    time_limit_s = asked.limits.time_limit_s
    limits = asked.within(time_limit_s - closing_s(region, time_limit_s))
    search = Search(formulation, limits, asked.is_cancelled, tell, began)
    if formulation.objective.shares:
        search.note(f"points: {formulation.objective.told()}")
    return search


def _phases(
    tell: Callable[[Event], None], began: float, search: Search | None = None
) -> Callable[[str], None]:
    """Return who tells of each phase that begins, with what is known by then."""

    def entered(phase: str) -> None:
        objective, bound = (None, None) if search is None else search.told
        tell(Event(time.perf_counter() - began, phase, objective, bound, phase))

    return entered


def closing_s(region: Region, time_limit_s: float) -> float:
    """Return the seconds to keep for the verdict and the tables of the largest plan."""
    # In time one after the other may have a place, and each is read in every period.
    positions = sum(opening.positions for opening in region.openings) * max(1, len(region.periods))
    placements = min(positions, len(region.candidates))
    return min(CLOSING_S * placements, CLOSING_SHARE * time_limit_s)
