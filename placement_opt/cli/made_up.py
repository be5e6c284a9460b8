"""The commands on made-up regions: ``placement-opt demo`` and ``placement-opt generate``."""

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from placement_opt.cli.errors import say, told_errors
from placement_opt.cli.options import (
    AsJson,
    InLanguage,
    Language,
    OnDate,
    Out,
    Overwrite,
    Seed,
    TimeLimit,
)
from placement_opt.cli.solving import check_free, solved, tell
from placement_opt.solvers.search.limits import SearchLimits

if TYPE_CHECKING:
    from placement_opt.run.compiled import Compiled


class Needs(StrEnum):
    """How the coaching needs of a made-up region differ from person to person."""

    MIXED = "mixed"
    EQUAL = "equal"


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

        check_free(out, overwrite=overwrite)
        say(f"Making up a region of {candidates:,} candidates and {openings:,} openings ...")
        region = synthetic_region(
            candidates=candidates,
            openings=openings,
            seed=seed,
            date=Rulebook.newest_date() if date is None else date,
        )
        say(f"Looking for the best plan, at most {time_limit:g} seconds. Ctrl-C keeps the best.")
        result = solved(
            region, out, is_quiet=False, overwrite=overwrite, time_limit_s=time_limit, seed=seed
        )
        tell(result, language, as_json=as_json)


def generate(
    out: Annotated[Path, typer.Argument(help="JSON file to write.")],
    candidates: Annotated[int, typer.Option(min=1)] = 1_500,
    openings: Annotated[int | None, typer.Option(min=1)] = None,
    employers: Annotated[int | None, typer.Option(min=1)] = None,
    coaches: Annotated[int | None, typer.Option(min=1)] = None,
    seed: Seed = 0,
    coaching: Annotated[Needs, typer.Option(help="How coaching needs differ.")] = Needs.MIXED,
    steps: Annotated[bool, typer.Option(help="With trainings, services and trials.")] = False,
    crews: Annotated[bool, typer.Option(help="With crews and groups that stay together.")] = False,
    service_levels: Annotated[
        bool, typer.Option(help="With people who would do with several coaching regimes.")
    ] = False,
    periods: Annotated[
        int, typer.Option(help="In how many periods the year falls apart; 0 for none.")
    ] = 0,
    date: OnDate = None,
    overwrite: Overwrite = False,
    as_json: AsJson = False,
) -> None:
    """Write a made-up region to a file, and print its figures."""
    with told_errors(as_json=as_json):
        from placement_opt.model import Model
        from placement_opt.synthetic import synthetic_region
        from placement_opt.synthetic.figures import describe
        from placement_opt.synthetic.mix import DATE

        check_free(out, overwrite=overwrite)
        region = synthetic_region(
            candidates=candidates,
            openings=openings,
            employers=employers,
            coaches=coaches,
            seed=seed,
            coaching=coaching.value,
            steps=steps,
            crews=crews,
            service_levels=service_levels,
            periods=periods,
            date=DATE if date is None else date,
        )
        region.to_json(out, overwrite=overwrite)
        compiled = Model(region).compile()
        figures = asdict(describe(region, compiled.pairs)) | _scarcity(compiled)
        if as_json:
            print(json.dumps(figures))
        else:
            _print_table(f"{region.name}, written to {out}", figures)


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
