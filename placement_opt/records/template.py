"""An example folder to fill in: a CSV file for each kind of record, and a guide to its columns."""

import inspect
import os
import re
from collections.abc import Iterator

from placement_opt.records.base import Record
from placement_opt.records.cells import Days
from placement_opt.records.cells_of_fields import cells_of_fields
from placement_opt.records.example import example_region
from placement_opt.records.folder import ABOUT, GUIDE, about_text
from placement_opt.records.folder_writing import folder_texts, write_files
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.user_tables import BIRTH_DATE, GROUPS, TABLE_COLUMNS, splits


def write_template(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write the example files and the guide to a folder.

    Raises
    ------
    FileExistsError, OSError
        As `Region.to_folder`.
    """
    region = example_region()
    about = about_text({"name": region.name, "date": str(region.date)})
    # No dialect: the files come back as a spreadsheet writes them.
    texts = folder_texts(region) | {ABOUT: about, GUIDE: column_guide()}
    write_files(texts, path, overwrite=overwrite)


def column_guide() -> str:
    """Return what each column of each file means, and how its cells are written, as Markdown."""
    lines = [
        "# The files and their columns",
        "",
        "candidates.csv and openings.csv are needed, with their column `id`; all else is optional,",
        "and an empty cell means not known. A column of your own is left alone and told. Decimal",
        "commas, dates as 31-12-2026, ja and nee are read as well, and so are Dutch names of files",
        f"and columns. {ABOUT} holds the name and the date of the region.",
    ]
    for name, kind in RECORD_KINDS.items():
        lines += ["", f"## {name}.csv", "", "| column | cells | meaning |", "|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in _rows_of_guide(name, kind)]
    for name, columns in TABLE_COLUMNS.items():
        lines += ["", f"## {name}.csv", "", f"Columns {', '.join(columns)}; see `Region`."]
    return "\n".join([*lines, ""])


def _rows_of_guide(name: str, kind: type[Record]) -> Iterator[tuple[str, str, str]]:
    meanings, cells = _meanings(kind), cells_of_fields(kind)
    for target in kind.model_fields:
        meaning = meanings.get(target, "")
        if target in splits(name):
            for end, half in enumerate(splits(name)[target]):
                yield half, cells[target].half(end).told(), meaning
        elif target == GROUPS:
            yield f"{GROUPS}.NAME", "text", meaning
        else:
            yield target, cells[target].told(), meaning
    if name == "candidates":
        meaning = "Instead of minimum_wage_age; gives the age on the date of the region, and is not"
        yield BIRTH_DATE, Days().told(), f"{meaning} kept."


def _meanings(kind: type[Record]) -> dict[str, str]:
    """Return what the docstring of a record says of each field."""
    text = inspect.getdoc(kind) or ""
    part = text.partition("Parameters\n----------\n")[2].partition("\n\nRaises")[0]
    meanings: dict[str, str] = {}
    for names, told in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n?)+)", part, re.MULTILINE):
        meaning = " ".join(told.split()).replace("|", "/")
        meanings |= dict.fromkeys(names.split(", "), meaning)
    return meanings
