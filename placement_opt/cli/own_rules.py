"""The option ``--rules``: a package of the user's own whose import registers rules and terms."""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from placement_opt.basics.errors import InvalidInputError
from placement_opt.cli.errors import say

if TYPE_CHECKING:
    from placement_opt.model import Model

RulesModule = Annotated[
    str | None,
    typer.Option(
        "--rules",
        help="Module of your own that registers rules and terms, such as my_package.rules; it is"
        " imported, and so its code runs.",
    ),
]


def import_rules(name: str | None) -> None:
    """Import the module that registers rules, from the current directory or what is installed.

    Raises
    ------
    InvalidInputError
        When it cannot be imported, or registers nothing.
    """
    if name is None:
        return
    from placement_opt.constraints.model_part import REGISTERED

    here, before = str(Path.cwd()), set(REGISTERED)
    sys.path.insert(0, here)
    try:
        importlib.import_module(name)
    except Exception as error:  # whatever the user's module raises
        told = f"{name} ({type(error).__name__}: {error})"
        hint = "name it as Python imports it, such as my_package.rules, and check that it runs"
        expected = "must be a module that can be imported"
        raise InvalidInputError.single("rules", None, "--rules", told, expected, hint) from error
    finally:
        sys.path.remove(here)
    registered = sorted({*REGISTERED} - before)
    if not REGISTERED:
        hint = "decorate its classes with @placement_opt.register"
        expected = "must register a rule or a term"
        raise InvalidInputError.single("rules", None, "--rules", name, expected, hint)
    say(f"Rules and terms of {name}: {', '.join(registered or sorted(REGISTERED))}.")


def add_own_parts(model: "Model") -> None:
    """Add each registered rule and term that is standard for the region of the model."""
    from placement_opt.constraints.model_part import REGISTERED

    for name in sorted(REGISTERED):
        part = REGISTERED[name].standard(model.instance)
        if part is not None:
            model.add(part)  # type: ignore[arg-type]  # only rules and terms are registered
