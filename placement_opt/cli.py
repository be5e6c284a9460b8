"""The command line: placement-opt demo | generate | template | validate | solve | check | rulebook.

Exit codes: 0 a plan (or a sound check), 1 infeasible, none in time, or a check that differs, 2 bad
input, 3 an error of ours. Progress and errors go to standard error, answers to standard output;
with ``--json`` an error is an answer, too.
"""

import json
import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placement_opt.basics.json_files import check_writable
from placement_opt.report.cli_errors import Commands, say, told_errors
from placement_opt.report.cli_files import RegionPath, region_at, template, validate
from placement_opt.report.cli_rulebook import LawFile
from placement_opt.report.cli_rulebook import app as rulebook_commands
from placement_opt.solvers import DEFAULT_SOLVER, SOLVERS
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    from placement_opt.records import Region
    from placement_opt.result import Result
    from placement_opt.rulebook import Rulebook
    from placement_opt.run.compiled import Compiled

NO_PLAN = 1

app = typer.Typer(
    cls=Commands,
    help="The best allocation of candidates to openings in a region, proven and explained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(rulebook_commands, name="rulebook")
app.command()(template)
app.command()(validate)


class Language(StrEnum):
    """Language of the summary."""

    EN = "en"
    NL = "nl"


class Needs(StrEnum):
    """How the coaching needs of a made-up region differ from person to person."""

    MIXED = "mixed"
    EQUAL = "equal"


Seed = Annotated[int, typer.Option(min=0, help="Seed; equal seeds give equal answers.")]
TimeLimit = Annotated[float, typer.Option(min=0, help="Seconds for the whole solve.")]
Gap = Annotated[float, typer.Option(min=0, help="Stop at this relative gap.")]
Out = Annotated[Path | None, typer.Option(help="Write the result to this file.")]
OnDate = Annotated[str | None, typer.Option(help="Date of the region, as 2026-07-01.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")]
InLanguage = Annotated[Language, typer.Option(help="Language of the summary.")]


def _print_version(is_asked: bool) -> None:
    if is_asked:
        import placement_opt

        print(placement_opt.__version__)
        raise typer.Exit


@app.callback()
def _placement_opt(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    del version


@app.command()
def demo(
    candidates: Annotated[int, typer.Option(min=1, help="People in the region.")] = 1_500,
    openings: Annotated[int, typer.Option(min=1, help="Openings in the region.")] = 400,
    seed: Seed = 1,
    time_limit: TimeLimit = SearchLimits.time_limit_s,
    date: OnDate = None,
    language: InLanguage = Language.EN,
    out: Out = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Make up a region of realistic shape, find its best plan, and sum it up.

    On the newest date that the law is known for, unless you give one.
    """
    with told_errors(as_json=as_json):
        from placement_opt.rulebook import Rulebook
        from placement_opt.synthetic import synthetic_region

        _check_free(out, overwrite=overwrite)
        say(f"Making up a region of {candidates:,} candidates and {openings:,} openings ...")
        region = synthetic_region(
            candidates=candidates,
            openings=openings,
            seed=seed,
            date=Rulebook.newest_date() if date is None else date,
        )
        say(f"Looking for the best plan, at most {time_limit:g} seconds. Ctrl-C keeps the best.")
        result = _solved(
            region, out, is_quiet=False, overwrite=overwrite, time_limit_s=time_limit, seed=seed
        )
        _tell(result, language, as_json=as_json)


@app.command()
def generate(
    out: Annotated[Path, typer.Argument(help="JSON file to write.")],
    candidates: Annotated[int, typer.Option(min=1)] = 1_500,
    openings: Annotated[int | None, typer.Option(min=1)] = None,
    employers: Annotated[int | None, typer.Option(min=1)] = None,
    coaches: Annotated[int | None, typer.Option(min=1)] = None,
    seed: Seed = 0,
    coaching: Annotated[Needs, typer.Option(help="How coaching needs differ.")] = Needs.MIXED,
    date: OnDate = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Write a made-up region to a file, and print its figures."""
    with told_errors(as_json=as_json):
        from placement_opt.model import Model
        from placement_opt.synthetic import synthetic_region
        from placement_opt.synthetic.figures import describe

        _check_free(out, overwrite=overwrite)
        region = synthetic_region(
            candidates=candidates,
            openings=openings,
            employers=employers,
            coaches=coaches,
            seed=seed,
            coaching=coaching.value,
            **({} if date is None else {"date": date}),
        )
        region.to_json(out, overwrite=overwrite)
        compiled = Model(region).compile()
        figures = asdict(describe(region, compiled.pairs)) | _scarcity(compiled)
        if as_json:
            print(json.dumps(figures))
        else:
            _print_table(f"{region.name}, written to {out}", figures)


@app.command()
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
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
    overwrite: Overwrite = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress.")] = False,
) -> None:
    """Find the best plan for a region under the standard rules."""
    with told_errors(as_json=as_json):
        from placement_opt.result import Result

        _check_free(out, overwrite=overwrite)
        result = _solved(
            region_at(region),
            out,
            is_quiet=quiet,
            overwrite=overwrite,
            rulebook=_law(rulebook),
            time_limit_s=time_limit,
            gap=gap,
            seed=seed,
            solver=solver,
            start=None if start is None else Result.from_json(start),
            reproducible=reproducible,
        )
        _tell(result, language, as_json=as_json)


@app.command()
def check(
    region: RegionPath,
    result: Annotated[Path, typer.Argument(help="JSON file of the result.")],
    rulebook: LawFile = None,
    as_json: AsJson = False,
) -> None:
    """Verify a result against its region without any solver."""
    with told_errors(as_json=as_json):
        from placement_opt.checking import check_result
        from placement_opt.result import Result

        law = _law(rulebook)
        report = check_result(region_at(region), Result.from_json(result), rulebook=law)
        if as_json:
            print(json.dumps({"is_sound": report.is_sound, **asdict(report)}))
        else:
            print(report)
            print("The result is sound." if report.is_sound else "The result DIFFERS.")
    if not report.is_sound:
        raise typer.Exit(NO_PLAN)


def main() -> None:
    """Run the command line; the entry point of ``placement-opt``."""
    app()


def _law(file: Path | None) -> "Rulebook | None":
    """Open the user's law; as without a file, last known values stand in, and are told."""
    from placement_opt.rulebook import Rulebook

    return None if file is None else Rulebook.from_file(file, unknown="last_known")


def _check_free(out: Path | None, *, overwrite: bool) -> None:
    """Refuse a file that cannot be written before minutes are spent on what goes into it."""
    if out is not None:
        check_writable(out, overwrite=overwrite, remedy="pass --overwrite")


def _solved(
    region: "Region",
    out: Path | None,
    *,
    is_quiet: bool,
    overwrite: bool,
    rulebook: "Rulebook | None" = None,
    **parameters: Any,
) -> "Result":
    """Solve and write the result, so that Ctrl-C costs neither the plan nor the file."""
    from placement_opt.model import Model
    from placement_opt.run.progress import printed_lines
    from placement_opt.solvers.search.guarded import uninterrupted

    cancelled = threading.Event()
    shown = nullcontext() if is_quiet else printed_lines(sys.stderr)
    with _without_solver_chatter(), shown as on_progress:

        def work() -> "Result":
            model = Model(region, rulebook=rulebook)
            result = model.solve(on_progress=on_progress, cancel=cancelled, **parameters)
            if out is not None:
                _write(result, out, overwrite=overwrite)
            return result

        return uninterrupted(work, cancelled.set, say)


@contextmanager
def _without_solver_chatter() -> Iterator[None]:
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


def _tell(result: "Result", language: Language, *, as_json: bool) -> None:
    print(result.model_dump_json() if as_json else result.summary(language.value))
    if not result.has_plan:
        raise typer.Exit(NO_PLAN)


def _scarcity(compiled: "Compiled") -> dict[str, Any]:
    """Return what each rule costs at the margin, and how far plain greed ends below the bound."""
    from placement_opt.answers.scarcity import MOST_PAIRS, scarcity

    found = scarcity(compiled)
    if found is None:
        return {"prices": f"left out: more than {MOST_PAIRS:,} pairs, or no answer in time"}
    below = found.greedy_below_bound
    return {
        "highest price in points": {r.rule: round(r.highest_price, 4) for r in found.rules},
        "rows with a price": {r.rule: f"{r.priced_rows} of {r.rows}" for r in found.rules},
        "plain greed below the bound": None if below is None else f"{below:.1%}",
    }


def _print_table(title: str, figures: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("figure", "value", show_edge=False)
    for name, value in figures.items():
        label = name.replace("_", " ")
        told = value.items() if isinstance(value, dict) else [("", value)]
        for part, amount in told:
            shown = "-" if amount is None else amount if isinstance(amount, str) else f"{amount:,}"
            table.add_row(f"{label}: {part}" if part else label, shown)
    console = Console(highlight=False)
    console.print(title, soft_wrap=True, markup=False)
    console.print(table)
