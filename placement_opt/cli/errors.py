"""How the command line tells errors: as text on standard error, and as JSON where asked for."""

import json
import math
import shlex
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import typer
from typer.core import TyperGroup
from typing_extensions import override

from placement_opt.basics.errors import InternalError, InvalidInputError, PlacementError, Problem

BAD_INPUT = 2
OUR_FAULT = 3
_SHOWN_PROBLEMS = 100
"""So many problems of a kind are named: nobody can ask a command line for the others."""


AS_JSON = "placement_opt.as_json"


class Commands(TyperGroup):
    """The commands; with ``--json`` a wrong command line is told as JSON, too."""

    @override
    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Note whether JSON is asked for."""
        ctx.meta[AS_JSON] = "--json" in args
        return super().parse_args(ctx, args)

    @override
    def invoke(self, ctx: Any) -> Any:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except Exception as error:
            # Only the errors of usage say what they mean in words.
            said = getattr(error, "format_message", None)
            if said is not None:
                _print_error(ctx.meta[AS_JSON], "bad_input", said())
            raise


@contextmanager
def told_errors(*, as_json: bool) -> Iterator[None]:
    """Turn the library's errors into text on standard error and an exit code.

    With `as_json` they are an object on standard output, too.
    """
    try:
        yield
    except InvalidInputError as error:
        say(error.text(_SHOWN_PROBLEMS))
        _print_error(as_json, "bad_input", str(error), error.problems)
        raise typer.Exit(BAD_INPUT) from None
    except InternalError as error:
        say(f"error of ours: {error}")
        _print_error(as_json, "our_fault", str(error))
        raise typer.Exit(OUR_FAULT) from None
    except (PlacementError, OSError) as error:
        say(f"error: {error}")
        _print_error(as_json, "bad_input", str(error))
        raise typer.Exit(BAD_INPUT) from None
    except (typer.Exit, typer.Abort, typer.BadParameter):
        raise
    except Exception as error:
        traceback.print_exc()
        told = f"{type(error).__name__}: {error}"
        say(
            f"error of ours: {told}. This is a bug in placement_opt;"
            f" please report it with the lines above and this command: {shlex.join(sys.argv)}"
        )
        _print_error(as_json, "our_fault", told)
        raise typer.Exit(OUR_FAULT) from None


def _print_error(as_json: bool, kind: str, text: str, problems: Iterable[Problem] = ()) -> None:
    """Print an error as JSON where that was asked for."""
    if as_json:
        rows = [
            {field.name: plain_value(getattr(problem, field.name)) for field in fields(problem)}
            for problem in problems
        ]
        print(json.dumps({"error": {"kind": kind, "text": text, "problems": rows}}))


def plain_value(value: object) -> object:
    """Return a value as JSON holds it, or else its text."""
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    return value if isinstance(value, (str, int, type(None))) else repr(value)


def say(text: str) -> None:
    """Say something to the person in front of it, beside the answer."""
    print(text, file=sys.stderr, flush=True)
