"""The command on many regions: ``placement-opt solve-many``."""

import json
import sys
import threading
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placement_opt.cli.errors import say, told_errors
from placement_opt.cli.files import read_region
from placement_opt.cli.law import LawFile
from placement_opt.cli.options import AsJson, Gap, InLanguage, Language, Quiet, Seed
from placement_opt.cli.solving import NO_PLAN, law_at, without_solver_chatter
from placement_opt.solvers import DEFAULT_SOLVER, SOLVERS
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    from placement_opt.many import NationResult


def solve_many(
    folder: Annotated[Path, typer.Argument(help="Folder with a file or a folder a region.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of results; what is there already is kept.")
    ] = None,
    processes: Annotated[
        int, typer.Option(min=0, help="So many regions at a time; 0: one by one in this process.")
    ] = 0,
    time_limit: Annotated[
        float, typer.Option(min=0, help="Seconds for each region.")
    ] = SearchLimits.time_limit_s,
    gap: Gap = SearchLimits.gap,
    seed: Seed = SearchLimits.seed,
    solver: Annotated[str, typer.Option(help=f"One of {', '.join(SOLVERS)}.")] = DEFAULT_SOLVER,
    memory_limit_gb: Annotated[
        float | None, typer.Option(min=0, help="Gigabytes for each process.")
    ] = None,
    rulebook: LawFile = None,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Find the best plan for each region of a folder; a region that fails does not stop the rest.

    Exit code 0 where every region has a plan, else 1.
    """
    with told_errors(as_json=as_json):
        nation = _solved(
            folder,
            is_quiet=quiet,
            executor=processes or None,
            folder=out,
            rulebook=law_at(rulebook),
            time_limit_s=time_limit,
            gap=gap,
            seed=seed,
            solver=solver,
            memory_limit_gb=memory_limit_gb,
        )
        for name, remark in nation.remarks.items():
            say(f"{name}: {remark}")
        print(json.dumps(_content(nation)) if as_json else nation.summary(language.value))
    if nation.failures or not all(result.has_plan for result in nation.results.values()):
        raise typer.Exit(NO_PLAN)


def _solved(regions: Path, *, is_quiet: bool, **parameters: Any) -> "NationResult":
    """Solve, so that Ctrl-C keeps what there is."""
    from placement_opt import many
    from placement_opt.many.sources import named_sources
    from placement_opt.run.observers import shown_on
    from placement_opt.solvers.search.guarded import uninterrupted

    out = parameters["folder"]
    sources = {
        name: partial(read_region, Path(str(path)))
        for name, path in named_sources(regions).items()
        if out is None or Path(str(path)).resolve() != out.resolve()
    }
    cancelled = threading.Event()
    limit_s = parameters["time_limit_s"]
    shown = nullcontext() if is_quiet else shown_on(sys.stderr, limit_s, len(sources))
    with without_solver_chatter(), shown as on_progress:

        def work() -> "NationResult":
            return many.solve_many(sources, on_progress=on_progress, cancel=cancelled, **parameters)

        return uninterrupted(work, cancelled.set, say)


def _content(nation: "NationResult") -> dict[str, Any]:
    return {
        "status": nation.status,
        "objective": nation.objective,
        "bound": nation.bound,
        "gap": nation.gap,
        "regions": {
            name: {
                "status": result.status,
                "stop_reason": result.stop_reason,
                "objective": result.objective,
                "bound": result.bound,
                "gap": result.gap,
                "placements": len(result.placement_rows),
            }
            for name, result in nation.results.items()
        },
        "failures": {
            name: {"kind": failure.kind, "text": failure.text}
            for name, failure in nation.failures.items()
        },
        "remarks": dict(nation.remarks),
    }
