"""Command line of the measurements; `python -m benchmarks --help` lists them."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from placement_opt.basics.errors import InvalidInputError

DEFAULT_SOLVERS = "auto,cp-sat,highs,flow,greedy,scipy,pdlp"
SMOKE_INSTANCES = ("rijk-van-nijmegen:150", "generic:200x40", "assignment:200x60:10")
SMOKE_SIZES = ("60", "120")
SMOKE_S = 2.0


def _compare(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    from benchmarks.compare import compare
    from benchmarks.instances import instances
    from benchmarks.results import refuse_existing
    from benchmarks.rivals import RIVALS
    from benchmarks.table import tables

    specs = options.instance or (SMOKE_INSTANCES if options.smoke else ())
    solvers = options.solvers.split(",")
    unknown = [name for name in solvers if name not in RIVALS]
    if unknown or not specs:
        what, hint = ("solver", f"known are {', '.join(RIVALS)}")
        if not specs:
            what, hint = ("instance", "add --instance rijk-van-nijmegen:1500")
        text = f"must be given, got {unknown or None!r}"
        print(f"{what}: {text}. Hint: {hint}.", file=sys.stderr)
        return 2
    refuse_existing([options.out, options.plot], overwrite=options.overwrite)
    if options.plot:
        _matplotlib_or_explain()
    attempts = list(
        compare(
            [one for spec in specs for one in instances(spec)],
            solvers,
            range(options.seed, options.seed + options.repeat),
            time_limit_s=SMOKE_S if options.smoke else options.time_limit,
            gap=options.gap,
            out=options.out,
            arguments=arguments,
            busy=options.busy,
        )
    )
    print(tables(attempts))
    if options.plot:
        from benchmarks.plot import plot_gaps

        plot_gaps(attempts, options.plot)
    return 0


def _table(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.results import read_results
    from benchmarks.table import tables

    print(tables(read_results(options.file).attempts))
    return 0


def _plot(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.results import read_results, refuse_existing

    _matplotlib_or_explain()
    refuse_existing([options.out], overwrite=options.overwrite)
    from benchmarks.plot import plot_gaps

    plot_gaps(read_results(options.file).attempts, options.out)
    return 0


def _profile(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.profile import plot_profile, profile_table
    from benchmarks.results import read_results, refuse_existing

    refuse_existing([options.plot], overwrite=options.overwrite)
    attempts = read_results(options.file).attempts
    print(profile_table(attempts, options.gap))
    if options.plot:
        _matplotlib_or_explain()
        plot_profile(attempts, options.gap, options.plot)
    return 0


def _differential(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.differential import report

    return int(report(options.seed, options.models) > 0)


def _features(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.features import features, table

    candidates, openings = map(int, options.size.split("x"))
    print(table(features(candidates, openings, options.seed, options.rounds)))
    return 0


def _growth(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    from benchmarks.compare import compare
    from benchmarks.growth import GAP, exponents, growth_table, plot_growth
    from benchmarks.instances import instances
    from benchmarks.results import append, refuse_existing

    refuse_existing([options.out, options.plot], overwrite=options.overwrite)
    if options.plot:
        _matplotlib_or_explain()
    sizes = SMOKE_SIZES if options.smoke else options.sizes.split(",")
    attempts = list(
        compare(
            [one for size in sizes for one in instances(f"{options.family}:{size}")],
            ["auto"],
            [options.seed],
            time_limit_s=SMOKE_S if options.smoke else options.time_limit,
            gap=GAP,
            out=options.out,
            arguments=arguments,
        )
    )
    append(options.out, {"kind": "fit", "exponents": exponents(attempts)})
    print(growth_table(attempts))
    if options.plot:
        plot_growth(attempts, options.plot)
    return 0


def _regressions(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.regressions import compare_phases, regression_table

    phases = compare_phases(options.saved, options.new)
    print(regression_table(phases, options.allow))
    return int(any(phase.is_regression(options.allow) for phase in phases))


def _reading(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.reading import reading_table

    print(reading_table(60 if options.smoke else options.candidates, options.seed))
    return 0


def _answers(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.answers import answers_table

    size = (60, 20, options.seed, SMOKE_S, 3)
    if not options.smoke:
        size = (options.candidates, options.openings, options.seed, options.time_limit, 50)
    print(answers_table(*size))
    return 0


def _page(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.page import page_table

    sizes = (60, 20) if options.smoke else (options.candidates, options.openings)
    time_limit_s = SMOKE_S if options.smoke else options.time_limit
    print(page_table(*sizes, options.seed, time_limit_s))
    return 0


def _matplotlib_or_explain() -> None:
    try:
        import matplotlib as mpl
    except ImportError:
        raise ImportError(
            "plots need matplotlib. Hint: pip install 'placement_opt[plots]', or leave out --plot."
        ) from None
    mpl.use("Agg")


def _add_reading(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parts = commands.add_parser("features", help="what optional parts add to compiling")
    parts.add_argument("--size", default="15000x3000", help="candidates x openings")
    parts.add_argument("--rounds", type=int, default=5, help="alternating runs of each")
    parts.add_argument("--seed", type=int, default=1)
    parts.set_defaults(run=_features)
    reading = commands.add_parser("reading", help="a region from files and frames, and back")
    reading.add_argument("--candidates", type=int, default=15_000)
    reading.add_argument("--seed", type=int, default=1)
    reading.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
    reading.set_defaults(run=_reading)
    for name, told, seed, run in (
        ("page", "from frames to a page: seconds and megabytes", 1, _page),
        ("answers", "answers about a plan: seconds, and losses found", 0, _answers),
    ):
        solved = commands.add_parser(name, help=told)
        solved.add_argument("--candidates", type=int, default=15_000)
        solved.add_argument("--openings", type=int, default=3_000)
        solved.add_argument("--seed", type=int, default=seed)
        solved.add_argument("--time-limit", type=float, default=90.0, help="seconds of the solve")
        solved.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
        solved.set_defaults(run=run)


def _many(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.many import many_table

    if options.smoke:
        print(many_table(2, 20, 8, SMOKE_S, options.gap, ("inline", "processes")))
        return 0
    sizes = (options.regions, options.candidates, options.openings)
    print(many_table(*sizes, options.time_limit, options.gap, options.ways.split(",")))
    return 0


def _add_regressions(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    regressions = commands.add_parser("regressions", help="two runs of the phases; 1 if slower")
    regressions.add_argument("saved", type=Path, help="pytest-benchmark's JSON of an earlier run")
    regressions.add_argument("new", type=Path)
    regressions.add_argument("--allow", type=float, default=1.3, help="factor that still passes")
    regressions.set_defaults(run=_regressions)


def _footprint(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del options, arguments
    from benchmarks.footprint import footprint_tables

    print(footprint_tables())
    return 0


def _interrupts(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    del arguments
    from benchmarks.interrupts import interrupts_table

    size = (20, 8, 1, 1.0) if options.smoke else ()
    asked = size or (options.candidates, options.openings, options.moments, options.within)
    print(interrupts_table(*asked, options.seed, options.ways))
    return 0


def _add_interrupts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    stops = commands.add_parser("interrupts", help="Ctrl-C at random moments: what comes back")
    stops.add_argument("--candidates", type=int, default=5_000)
    stops.add_argument("--openings", type=int, default=1_300)
    stops.add_argument("--moments", type=int, default=10)
    stops.add_argument("--within", type=float, default=40.0, help="seconds after the beginning")
    stops.add_argument("--seed", type=int, default=1)
    stops.add_argument("--ways", default="terminal,kernel,thread,many")
    stops.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
    stops.set_defaults(run=_interrupts)


def _add_many(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    many = commands.add_parser("many", help="many regions: inline, threads, processes, Dask")
    many.add_argument("--regions", type=int, default=6)
    many.add_argument("--candidates", type=int, default=1_500)
    many.add_argument("--openings", type=int, default=400)
    many.add_argument("--time-limit", type=float, default=60.0, help="seconds for each region")
    many.add_argument("--gap", type=float, default=1e-3)
    many.add_argument("--ways", default="inline,threads,processes,pool,dask")
    many.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
    many.set_defaults(run=_many)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Measurements of placement_opt and of its rivals."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    compare = commands.add_parser("compare", help="solvers on instances, one after the other")
    compare.add_argument("--instance", action="append", help="see benchmarks/instances.py")
    compare.add_argument("--solvers", default=DEFAULT_SOLVERS)
    compare.add_argument("--time-limit", type=float, default=120.0, help="seconds for each")
    compare.add_argument("--gap", type=float, default=0.0, help="stop there; 0 goes on to a proof")
    compare.add_argument("--seed", type=int, default=1)
    compare.add_argument("--busy", type=int, default=0, help="busy loops beside each attempt")
    compare.add_argument("--repeat", type=int, default=1, help="so many seeds, from --seed on")
    compare.add_argument("--out", type=Path, help="JSON lines to write")
    compare.add_argument("--plot", type=Path, help="picture of the gap over time to write")
    compare.add_argument("--overwrite", action="store_true")
    compare.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
    compare.set_defaults(run=_compare)
    table = commands.add_parser("table", help="Markdown tables of what compare wrote")
    table.add_argument("file", type=Path, nargs="+")
    table.set_defaults(run=_table)
    plot = commands.add_parser("plot", help="a picture of what compare wrote")
    plot.add_argument("file", type=Path, nargs="+")
    plot.add_argument("--out", type=Path, required=True)
    plot.add_argument("--overwrite", action="store_true")
    plot.set_defaults(run=_plot)
    profile = commands.add_parser("profile", help="many instances at a glance, from compare's file")
    profile.add_argument("file", type=Path, nargs="+")
    profile.add_argument("--gap", type=float, default=1e-4, help="the gap that is timed")
    profile.add_argument("--plot", type=Path, help="picture to write")
    profile.add_argument("--overwrite", action="store_true")
    profile.set_defaults(run=_profile)
    differential = commands.add_parser(
        "differential",
        help="tiny models in every way and by trying out all plans; 1 if they differ",
    )
    differential.add_argument("--models", type=int, default=100)
    differential.add_argument("--seed", type=int, default=1, help="of the first model")
    differential.set_defaults(run=_differential)
    growth = commands.add_parser("growth", help="how our cost grows with size")
    growth.add_argument("--family", default="rijk-van-nijmegen", help="or generic, planted")
    growth.add_argument("--sizes", default="1500,5000,15000", help="candidates, or 1500x300")
    growth.add_argument("--time-limit", type=float, default=300.0, help="seconds for each")
    growth.add_argument("--seed", type=int, default=1)
    growth.add_argument("--out", type=Path, help="JSON lines to write")
    growth.add_argument("--plot", type=Path, help="picture to write")
    growth.add_argument("--overwrite", action="store_true")
    growth.add_argument("--smoke", action="store_true", help="tiny, to see that it runs")
    growth.set_defaults(run=_growth)
    footprint = commands.add_parser("footprint", help="size on disk and seconds to import")
    footprint.set_defaults(run=_footprint)
    _add_interrupts(commands)
    _add_many(commands)
    _add_reading(commands)
    _add_regressions(commands)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; bad input is one message and exit code 2."""
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser().parse_args(given)
    try:
        code: int = options.run(options, given)
    except (InvalidInputError, OSError, ImportError) as error:
        print(error, file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main())
