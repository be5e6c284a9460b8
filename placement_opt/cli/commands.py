"""All commands of ``placement-opt``, each from the file of its kind."""

from typing import Annotated

import typer

from placement_opt.cli.answers import compare, dossier, replan
from placement_opt.cli.diagnosing import diagnose
from placement_opt.cli.errors import Commands
from placement_opt.cli.explaining import explain
from placement_opt.cli.files import schema, template, validate
from placement_opt.cli.law import app as rulebook_commands
from placement_opt.cli.made_up import demo, generate
from placement_opt.cli.many import solve_many
from placement_opt.cli.solving import check, solve

COMMANDS = (
    *(demo, generate, template, schema, validate, solve, solve_many, check, diagnose),
    *(explain, replan, compare, dossier),
)
"""In the order in which help names them."""

app = typer.Typer(
    cls=Commands,
    help="The best allocation of candidates to openings in a region, proven and explained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(rulebook_commands, name="rulebook")


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


def main() -> None:
    """Run the command line; the entry point of ``placement-opt``."""
    app()
