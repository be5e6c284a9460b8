"""An example folder to fill in: a CSV file for each kind of record, and a guide to its columns."""

import inspect
import os
import re
from collections.abc import Iterator
from typing import get_args

from placement_opt.records.base import Record
from placement_opt.records.cells import Days
from placement_opt.records.cells_of_fields import cells_of_fields
from placement_opt.records.fields import CoachingRegime
from placement_opt.records.folder import ABOUT, GUIDE, about_text
from placement_opt.records.folder_writing import folder_texts, write_files
from placement_opt.records.kinds import RECORD_KINDS
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.region import Region
from placement_opt.records.user_tables import BIRTH_DATE, GROUPS, TABLE_COLUMNS, splits
from placement_opt.records.work import Employer, Municipality, Opening


def example_region() -> Region:
    """Return the region of the example files; each field is given at least once."""
    return Region(
        name="example",
        date="2026-02-01",
        candidates=[
            Candidate(
                id="C-1",
                municipality="Nijmegen",
                groups={"neighbourhood": "centre"},
                postcode="6511 AB",
                transport="bike",
                max_travel_minutes=30,
                ground="38b.1.a",
                ground_from="2024-03-15",
                ground_until="2027-03-14",
                hours_per_week=(16, 24),
                skills={"packing": 0.8, "dutch": 0.5},
                wishes=["logistics", "O-1"],
                needs=["quiet"],
                coaching_regime="light",
                coaching_year=1,
                coach="K-1",
                wage_value=0.6,
                minimum_wage_age=19,
                priority=1,
                available_from="2026-02-16",
                available_days=["mon", "tue", "thu.morning"],
                licences=["forklift"],
            ),
            Candidate(
                id="C-2",
                municipality="Nijmegen",
                location=(51.81, 5.72),
                transport="public_transport",
                max_travel_minutes=45,
                ground="none",
                sheltered=True,
                may_work_regular=True,
                hours_per_week=(12, 20),
                coaching_hours_per_week=1.5,
                wage_value=0.45,
                current_opening="O-2",
            ),
        ],
        openings=[
            Opening(
                id="O-1",
                employer="E-1",
                municipality="Nijmegen",
                groups={"site": "north"},
                postcode="6524",
                positions=2,
                hours_per_week=(16, 32),
                required_skills={"packing": 0.5},
                essential_skills=["packing"],
                provides=["quiet"],
                wage_eur_per_hour=15.2,
                starts_on="2026-03-01",
                contract_months=12,
                preferences=["C-1"],
                sector_of_work="logistics",
                days=["mon", "tue", "thu"],
                days_needed=2,
                licences=["forklift"],
                hours_total_per_week=48,
            ),
            Opening(
                id="O-2",
                employer="E-1",
                municipality="Nijmegen",
                location=(51.84, 5.86),
                remote=True,
                hours_per_week=(12, 24),
                sheltered=True,
                sector_of_work="administration",
            ),
        ],
        employers=[
            Employer(
                id="E-1",
                municipality="Nijmegen",
                groups={"chain": "bakers"},
                sector="market",
                paid_hours_per_year=52_000,
                paid_hours_previous_year=50_500,
                target_group_hours_per_year=1_331,
                hired_in_hours_per_year=400,
                lent_out_hours_per_year=0,
                hired_in_target_group_hours_per_year=100,
                lent_out_target_group_hours_per_year=0,
                jobs_pledged=1.5,
                supervision_places=2,
            )
        ],
        coaches=[
            Coach(
                id="K-1",
                hours_per_week=12,
                max_caseload=8,
                municipalities=["Nijmegen"],
                regimes=get_args(CoachingRegime),
                needs=["quiet"],
                openings=["O-1", "O-2"],
                employers=["E-1"],
            ),
            Coach(id="K-2", kind="employer", employer="E-1", hours_per_week=4),
        ],
        municipalities=[
            Municipality(
                id="Nijmegen",
                population=187_000,
                wage_subsidy_budget_eur_per_year=50_000,
                sheltered_places_minimum=0,
                sheltered_places_maximum=2,
            )
        ],
        excluded_pairs=[("C-2", "O-1")],
        travel_minutes=[("Nijmegen", "Nijmegen", 15)],
        postcodes=[("6511", 51.842, 5.86), ("6524", 51.828, 5.867)],
    )


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
