"""Options that several commands share."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """Language of the summary."""

    EN = "en"
    NL = "nl"


Seed = Annotated[int, typer.Option(min=0, help="Seed; equal seeds give equal answers.")]
TimeLimit = Annotated[float, typer.Option(min=0, help="Seconds for the whole solve.")]
Gap = Annotated[float, typer.Option(min=0, help="Stop at this relative gap.")]
Out = Annotated[Path | None, typer.Option(help="Write the result to this file.")]
OnDate = Annotated[str | None, typer.Option(help="Date of the region, as 2026-07-01.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else, on stdout.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace an existing file.")]
InLanguage = Annotated[Language, typer.Option(help="Language of the summary.")]
Quiet = Annotated[bool, typer.Option("--quiet", help="No progress.")]
