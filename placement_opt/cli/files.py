"""The commands on files: ``placement-opt validate`` and ``placement-opt template``."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.cli.errors import BAD_INPUT, plain_value, say, told_errors
from placement_opt.records import Region

RegionPath = Annotated[
    Path, typer.Argument(help="JSON file of the region, or folder of CSV or Parquet files.")
]

PSEUDONYM_KEY = "PLACEMENT_OPT_PSEUDONYM_KEY"
"""Environment variable with the secret that gives people pseudonyms; see `Region.from_folder`."""


def region_at(path: Path) -> Region:
    """Read a region from a JSON file, or from a folder, whose reading note is said."""
    region = read_region(path)
    if region.reading:
        say(f"How {path} was read:\n{region.reading}")
    return region


def read_region(path: Path) -> Region:
    """Read a region from a JSON file or a folder, with the secret of the environment."""
    if not path.is_dir():
        return Region.from_json(path)
    return Region.from_folder(path, pseudonym_key=os.environ.get(PSEUDONYM_KEY))


def validate(
    path: RegionPath,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")
    ] = False,
) -> None:
    """List every problem of a region with its file, row, column, value and remedy, and no plan.

    Exit code 0 where there is none, 2 where there are any.
    """
    problems: list[Problem] = []
    with told_errors(as_json=as_json):
        try:
            region = region_at(path)
            found = region.problems()
            columns = list(map(str, found.columns))
            problems = [Problem(**dict(zip(columns, row, strict=True))) for row in found.to_numpy()]
        except InvalidInputError as error:
            problems = list(error.problems)
        if as_json:
            print(json.dumps({"problems": [_as_json(problem) for problem in problems]}))
        else:
            for problem in problems:
                print(problem)
            count = f"{len(problems):,} problem{'' if len(problems) == 1 else 's'}"
            print(count if problems else "No problem: the region can be solved.")
    if problems:
        raise typer.Exit(BAD_INPUT)


def schema() -> None:
    """Print the JSON schema of a region's file."""
    print(json.dumps(Region.json_schema(), indent=1))


def _as_json(problem: Problem) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in asdict(problem).items()}


def template(
    folder: Annotated[Path, typer.Argument(help="Folder to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace such a folder.")] = False,
) -> None:
    """Write example CSV files with a guide to their columns, to be filled in."""
    with told_errors(as_json=False):
        from placement_opt.records.template import write_template

        write_template(folder, overwrite=overwrite)
        print(f"Written to {folder}: fill in the files, then placement-opt validate {folder}")
