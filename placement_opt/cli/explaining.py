"""The command that answers about one person: ``placement-opt explain``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from placement_opt.cli.errors import told_errors
from placement_opt.cli.files import RegionPath, region_at
from placement_opt.cli.law import LawFile
from placement_opt.cli.options import AsJson, InLanguage, Language
from placement_opt.cli.solving import law_at


class Reader(StrEnum):
    """Who reads the answer."""

    PERSON = "person"
    CONSULTANT = "consultant"
    EMPLOYER = "employer"


def explain(
    region: RegionPath,
    plan: Annotated[Path, typer.Argument(help="JSON file of the result.")],
    candidate: Annotated[str, typer.Option(help="Id of the candidate.")],
    opening: Annotated[
        str | None, typer.Option(help="Why not here? Without it: why this placement, or none.")
    ] = None,
    to: Annotated[Reader, typer.Option(help="Who reads it.")] = Reader.CONSULTANT,
    time_limit: Annotated[float, typer.Option(min=0, help="Seconds for the answer.")] = 10.0,
    rulebook: LawFile = None,
    language: InLanguage = Language.EN,
    as_json: AsJson = False,
) -> None:
    """Tell why a person has this placement or none, or why not a certain one.

    With --json everything is told, whoever reads it: it is for consultants.
    """
    with told_errors(as_json=as_json):
        from placement_opt.model import Model
        from placement_opt.result import Result

        model = Model(region_at(region), rulebook=law_at(rulebook))
        result = Result.from_json(plan, model=model)
        if opening is None:
            why = result.why(candidate)
            print(why.model_dump_json() if as_json else why.text(language.value, to=to.value))
            return
        answer = result.why_not(candidate, opening, time_limit_s=time_limit)
        print(answer.model_dump_json() if as_json else answer.text(language.value, to=to.value))
