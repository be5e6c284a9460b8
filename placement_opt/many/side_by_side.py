"""Many regions, solved side by side on any executor."""

import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from numbers import Integral
from os import PathLike
from pathlib import Path
from typing import Any

from placement_opt.basics.errors import Findings, Problem
from placement_opt.many.nation import NationResult
from placement_opt.many.processes import Processes
from placement_opt.many.results_folder import ResultsFolder
from placement_opt.many.running import Run
from placement_opt.many.sources import Source, Sources, named_sources
from placement_opt.many.task import Task
from placement_opt.many.wire import Wire
from placement_opt.rulebook import Rulebook
from placement_opt.run.observers import observers
from placement_opt.run.progress import Cancel, ProgressObserver
from placement_opt.run.solve_parameters import Asked, SolveParameters
from placement_opt.solvers import DEFAULT_SOLVER
from placement_opt.solvers.search.guarded import uninterrupted
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.search.presses import before_any_plan

MOST_TRIES = 3
"""A region that has lost three workers is likely what loses them."""


def solve_many(
    regions: Sources,
    executor: Executor | int | None = None,
    *,
    time_limit_s: float = SearchLimits.time_limit_s,
    gap: float = SearchLimits.gap,
    seed: int = SearchLimits.seed,
    solver: str = DEFAULT_SOLVER,
    reproducible: bool = SearchLimits.reproducible,
    memory_limit_gb: float | None = SearchLimits.memory_limit_gb,
    rulebook: Rulebook | None = None,
    folder: str | PathLike[str] | None = None,
    progress: bool = False,
    on_progress: ProgressObserver | None = None,
    cancel: Cancel | None = None,
    most_tries: int = MOST_TRIES,
) -> NationResult:
    """Solve many regions side by side, each by itself.

    A region that fails is told in `failures`, and the rest stands. A worker that is lost costs its
    region's time, never the run: the region is solved again, and where the executor takes no more,
    processes of our own go on.

    Parameters
    ----------
    regions
        By name, in order, or a folder. A region is a `Region`, a `Model`, a JSON file, a folder of
        CSV or Parquet files, or a function without arguments that makes a region or a model, in the
        worker that solves it.
    executor
        Where they are solved: None, one after the other; a number, so many processes at a time, one
        of its own for each region; or any executor, such as a `ThreadPoolExecutor`, a
        `ProcessPoolExecutor` or ``distributed.Client.get_executor()``. It is not shut down.
    time_limit_s, gap, seed, solver, reproducible
        As for `Model.solve`, for each region. The time to read or make a region comes on top.
    memory_limit_gb
        A region is stopped with its best plan when its process and helpers hold more. Threads share
        one process, and so one limit.
    rulebook
        The law, for all regions that are no models.
    folder
        Where the result of each region is written as soon as it is there. What an earlier run left
        there is taken, after a check without any solver, where region, law, rules, terms and
        parameters are equal; what was stopped goes on from its plan.
    progress, on_progress
        As for `Model.solve`; `Event.region` names the region. Workers of other machines tell only
        how a region ended.
    cancel
        As for `Model.solve`: regions that are being solved end with their best plans, others are
        not begun. Ctrl-C does the same.
    most_tries
        A region whose worker is lost that often fails.

    Returns
    -------
    NationResult
        The results by name, what failed, and sums over all.

    Raises
    ------
    InvalidInputError
        For bad parameters, and what stands for no region: before anything is solved.
    FileNotFoundError
        When there is no such folder of regions.
    OSError
        When the folder of results cannot be made.
    SolverUnavailableError
        When there is no such solver.
    KeyboardInterrupt
        When Ctrl-C was pressed three times, and the plans are given up, or before any was begun.

    Examples
    --------
    >>> import placement_opt as po
    >>> regions = [po.synthetic_region(candidates=12, openings=6, seed=n) for n in (1, 2)]
    >>> nation = po.solve_many({"West": regions[0], "East": regions[1]})
    >>> nation.status.value, list(nation.results)
    ('OPTIMAL', ['West', 'East'])
    >>> round(nation.objective - sum(r.objective for r in nation.results.values()), 6)
    0.0
    """
    parameters = {
        "time_limit_s": time_limit_s,
        "gap": gap,
        "seed": seed,
        "solver": solver,
        "reproducible": reproducible,
        "memory_limit_gb": memory_limit_gb,
    }
    given: dict[str, Any] = parameters | {"progress": progress, "cancel": cancel}
    asked, sources = _checked(
        SolveParameters(**given, on_progress=on_progress), regions, executor, most_tries
    )
    with before_any_plan(), ExitStack() as open_:
        results = ResultsFolder(None if folder is None else Path(folder)).made()
        wire = Wire(Path(open_.enter_context(_folder())))
        recorded = asked.told("none given")
        tasks = {
            name: Task(
                name, number, source, parameters, recorded, rulebook, results.known(name), wire
            )
            for number, (name, source) in enumerate(sources.items())
        }
        tell = open_.enter_context(_shown(asked, len(tasks)))
        workers = open_.enter_context(_workers(executor))
        run = Run(tasks, workers, wire, results, tell, asked.is_cancelled, most_tries)

        def work() -> NationResult:
            with open_:  # all of it is closed here, where Ctrl-C costs no plan
                return run.work()

        return uninterrupted(work, run.stop)


def _folder() -> AbstractContextManager[str]:
    return tempfile.TemporaryDirectory(prefix="placement_opt-", ignore_cleanup_errors=True)


def _shown(asked: Asked, regions: int) -> AbstractContextManager[ProgressObserver]:
    return observers(
        asked.on_progress,
        shown=asked.is_shown,
        time_limit_s=asked.limits.time_limit_s,
        regions=regions,
    )


@contextmanager
def _workers(executor: Executor | int | None) -> Iterator[Executor]:
    """Yield the executor that was given, or one of our own, which ends with the run."""
    if isinstance(executor, Executor):
        yield executor
        return
    own = ThreadPoolExecutor(1) if executor is None else Processes(int(executor))
    try:
        yield own
    finally:
        own.shutdown(wait=False, cancel_futures=True)


def _checked(
    parameters: SolveParameters, regions: Sources, executor: object, most_tries: object
) -> tuple[Asked, dict[str, Source]]:
    """Return what is asked and the regions by name; refuse all that is wrong at once."""
    findings = Findings()
    asked: list[Asked] = []
    sources: dict[str, Source] = {}
    with findings.gathered():
        asked.append(parameters.checked())
    with findings.gathered():
        sources = named_sources(regions)
    if not (executor is None or isinstance(executor, Executor) or _is_count(executor)):
        expected = "must be an Executor, a number of processes, or None"
        findings.add([_problem("executor", executor, expected, "pass 2, for two processes")])
    if not _is_count(most_tries):
        findings.add([_problem("most_tries", most_tries, "must be 1 or more", "leave it out")])
    findings.refuse()
    return asked[0], sources


def _is_count(value: object) -> bool:
    return not isinstance(value, bool) and isinstance(value, Integral) and int(value) > 0


def _problem(field: str, value: object, expected: str, hint: str) -> Problem:
    return Problem("solve_many", None, field, value, expected, hint)
