"""The commands that make and judge plans: ``placement-opt solve`` and ``placement-opt check``."""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placement_opt.basics.json_files import check_writable
from placement_opt.cli.errors import say, told_errors
from placement_opt.cli.files import RegionPath, region_at
from placement_opt.cli.law import LawFile
from placement_opt.cli.options import (
    AsJson,
    Gap,
    InLanguage,
    Language,
    Out,
    Overwrite,
    Quiet,
    Seed,
    TimeLimit,
)
from placement_opt.cli.own_rules import RulesModule, add_own_parts, import_rules
from placement_opt.solvers import DEFAULT_SOLVER, SOLVERS
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    from placement_opt.records import Region
    from placement_opt.result import Result
    from placement_opt.rulebook import Rulebook

NO_PLAN = 1


def solve(
    region: RegionPath,
    out: Out = None,
    time_limit: TimeLimit = SearchLimits.time_limit_s,
    gap: Gap = SearchLimits.gap,
    seed: Seed = SearchLimits.seed,
    solver: Annotated[str, typer.Option(help=f"One of {', '.join(SOLVERS)}.")] = DEFAULT_SOLVER,
    start: Annotated[Path | None, typer.Option(help="Result to start from.")] = None,
    reproducible: Annotated[
        bool, typer.Option("--reproducible", help="Stop by work instead of time.")
    ] = SearchLimits.reproducible,
    rulebook: LawFile = None,
    rules: RulesModule = None,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
    overwrite: Overwrite = False,
    quiet: Quiet = False,
) -> None:
    """Find the best plan for a region under the standard rules.

    With --rules also under those of your own whose `standard` returns one.
    """
    with told_errors(as_json=as_json):
        from placement_opt.result import Result

        import_rules(rules)
        check_free(out, overwrite=overwrite)
        result = solved(
            region_at(region),
            out,
            is_quiet=quiet,
            overwrite=overwrite,
            rulebook=law_at(rulebook),
            with_own_parts=rules is not None,
            time_limit_s=time_limit,
            gap=gap,
            seed=seed,
            solver=solver,
            start=None if start is None else Result.from_json(start),
            reproducible=reproducible,
        )
        tell(result, language, as_json=as_json)


def check(
    region: RegionPath,
    result: Annotated[Path, typer.Argument(help="JSON file of the result.")],
    rulebook: LawFile = None,
    rules: RulesModule = None,
    as_json: AsJson = False,
) -> None:
    """Verify a result against its region without any solver."""
    with told_errors(as_json=as_json):
        import_rules(rules)
        from placement_opt.checking import check_result
        from placement_opt.result import Result

        law = law_at(rulebook)
        report = check_result(region_at(region), Result.from_json(result), rulebook=law)
        if as_json:
            print(json.dumps({"is_sound": report.is_sound, **asdict(report)}))
        else:
            print(report)
            print("The result is sound." if report.is_sound else "The result DIFFERS.")
    if not report.is_sound:
        raise typer.Exit(NO_PLAN)


def law_at(file: Path | None) -> "Rulebook | None":
    """Open the user's law; as without a file, last known values stand in, and are told."""
    from placement_opt.rulebook import Rulebook

    return None if file is None else Rulebook.from_file(file, unknown="last_known")


def check_free(out: Path | None, *, overwrite: bool) -> None:
    """Refuse a file that cannot be written before minutes are spent on what goes into it."""
    if out is not None:
        check_writable(out, overwrite=overwrite, remedy="pass --overwrite")


def solved(
    region: "Region",
    out: Path | None,
    *,
    is_quiet: bool,
    overwrite: bool,
    rulebook: "Rulebook | None" = None,
    with_own_parts: bool = False,
    **parameters: Any,
) -> "Result":
    """Solve a region and write the result; see `solved_by`."""
    from placement_opt.model import Model

    def solve_it(watched: dict[str, Any]) -> "Result":
        model = Model(region, rulebook=rulebook)
        if with_own_parts:
            add_own_parts(model)
        return model.solve(**watched, **parameters)

    return solved_by(
        solve_it,
        out,
        is_quiet=is_quiet,
        overwrite=overwrite,
        time_limit_s=parameters["time_limit_s"],
    )


def solved_by(
    solve: Callable[[dict[str, Any]], "Result"],
    out: Path | None,
    *,
    is_quiet: bool,
    overwrite: bool,
    time_limit_s: float,
) -> "Result":
    """Solve and write the result, so that Ctrl-C costs neither the plan nor the file.

    `solve` is given the parameters of `Model.solve` that tell progress and cancel.
    """
    from placement_opt.run.observers import shown_on
    from placement_opt.solvers.search.guarded import uninterrupted

    cancelled = threading.Event()
    shown = nullcontext() if is_quiet else shown_on(sys.stderr, time_limit_s)
    with without_solver_chatter(), shown as on_progress:

        def work() -> "Result":
            result = solve({"on_progress": on_progress, "cancel": cancelled})
            if out is not None:
                _write(result, out, overwrite=overwrite)
            return result

        return uninterrupted(work, cancelled.set, say)


@contextmanager
def without_solver_chatter() -> Iterator[None]:
    """Send what native solver code writes to standard output to standard error instead.

    HiGHS prints a stray line now and then, which would spoil ``--json``.
    """
    sys.stdout.flush()
    try:
        kept = os.dup(1)
    except OSError:  # no standard output at all
        yield
        return
    try:
        os.dup2(2, 1)
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


def _write(result: "Result", out: Path, *, overwrite: bool) -> None:
    """Write a result; where that fails after all, keep it elsewhere and say where."""
    try:
        result.to_json(out, overwrite=overwrite)
    except OSError as error:
        spare = Path(tempfile.mkdtemp(prefix="placement-opt-")) / "result.json"
        result.to_json(spare)
        told = str(error).rstrip(".")
        raise OSError(f"{told}. The result is kept in {str(spare)!r}.") from error


def tell(result: "Result", language: Language, *, as_json: bool) -> None:
    """Print a result, and end with the exit code of one without a plan where it has none."""
    print(result.model_dump_json() if as_json else result.summary(language.value))
    if not result.has_plan:
        raise typer.Exit(NO_PLAN)
