"""The command line as a user runs it."""

from typer.testing import CliRunner, Result

from placement_opt.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])
