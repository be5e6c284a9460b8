"""Regions from folders: what is recognised, what is told, and every kind of broken file."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from strategies import regions

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Opening, Region
from placement_opt.records.pseudonyms import pseudonym
from placement_opt.records.region_frames import region_columns

BSN = "123456782"
WORK = "id\nO-1\nO-2\n"

EXPORTS = os.environ.get("PLACEMENT_OPT_EXPORTS", "")
"""A folder with the exports of a Dutch organisation; they are not part of the project."""


def folder(place: Path, **files: str | bytes) -> Path:
    """Write files, named with an underscore before their ending, and return their folder."""
    files = {"openings_csv": WORK} | files
    for name, content in files.items():
        stem, _, ending = name.rpartition("_")
        raw = content.encode() if isinstance(content, str) else content
        (place / f"{stem}.{ending}").write_bytes(raw)
    return place


def read(place: Path, candidates: str | bytes, **options: Any) -> Region:
    return Region.from_folder(folder(place, candidates_csv=candidates), name="r", **options)


def told(region: Region, column: str | None = None) -> list[str]:
    return [line.text for line in region.reading if column is None or line.column == column]


def problems_of(place: Path, **options: Any) -> list[tuple[Any, ...]]:
    with pytest.raises(InvalidInputError) as caught:
        Region.from_folder(place, **options)
    return [
        (one.file, one.row, one.column, one.field, one.expected, one.hint)
        for one in caught.value.problems
    ]


# Each kind of broken file: the files, and the file, line, column, field of each of its problems,
# with a part of what is expected and of the remedy.
BROKEN: dict[str, tuple[dict[str, str | bytes], list[tuple[Any, ...]]]] = {
    "no candidates": ({}, [(None, None, None, None, "a file candidates.csv", "name the files")]),
    "empty file": (
        {"candidates_csv": ""},
        [("candidates.csv", None, None, "text", "the names of the columns", "header line")],
    ),
    "header alone": (
        {"candidates_csv": "id;priority\n"},
        [(None, None, None, "candidates", "at least one candidate", "add the candidates")],
    ),
    "no ids": (
        {"candidates_csv": "klant;priority\nC-1;1\n"},
        [("candidates.csv", None, None, "id", "must be a column", "an id for every row")],
    ),
    "an id left empty": (
        {"candidates_csv": "id;priority\nC-1;1\n;2\n"},
        [("candidates.csv", 3, "id", "id", "must be given", "add the field 'id'")],
    ),
    "an id twice": (
        {"candidates_csv": "id\nC-1\nC-2\nC-1\n"},
        [("candidates.csv", 4, "id", "id", "one candidate only, but 2", "its own id")],
    ),
    "a BSN": (
        {"candidates_csv": f"id\nC-1\n{BSN}\n"},
        [("candidates.csv", 3, "id", "id", "pseudonymous", "an id of your own")],
    ),
    "two columns for one field": (
        {"candidates_csv": "id;priority;priority\nC-1;1;2\n"},
        [("candidates.csv", None, "priority", "priority", "a column once", "remove or rename")],
    ),
    "a row too short": (
        {"candidates_csv": "id;priority;transport\nC-1;1;bike\nC-2;1\n"},
        [("candidates.csv", 3, None, "line", "must have 3 cells", "quotation marks")],
    ),
    "a row too long": (
        {"candidates_csv": "id;priority\nC-1;1;bike\nC-2;1\n"},
        [("candidates.csv", 2, None, "line", "must have 2 cells", "quotation marks")],
    ),
    "a quotation mark left open": (
        {"candidates_csv": 'id;priority\nC-1;1\n"C-2;1\nC-3;1\n'},
        [("candidates.csv", 3, None, "text", "parted into cells", "close the quotation mark")],
    ),
    "a column without a name": (
        {"candidates_csv": "id;;priority\nC-1;x;1\n"},
        [("candidates.csv", 1, None, "header", "a name in column 2", "name the column")],
    ),
    "a picture": (
        {"candidates_csv": b"\x89PNG\r\n\x00\x00"},
        [("candidates.csv", None, None, "text", "zero bytes", "save the file as UTF-8")],
    ),
    "broken UTF-16": (
        {"candidates_csv": b"\xff\xfei\x00d"[:-1] + b"\x00\xd8"},
        [("candidates.csv", None, None, "text", "must be text in utf-16", "save the file")],
    ),
    "columns that a comma and a bar part": (
        {"candidates_csv": "a,b|c\n1,2|3\n"},
        [("candidates.csv", None, None, "text", "a comma or a bar", 'dialect={"separator"')],
    ),
    "thousands or decimals": (
        {"candidates_csv": "id;max_travel_minutes\nC-1;1.500\n"},
        [
            (
                "candidates.csv",
                2,
                "max_travel_minutes",
                "'max_travel_minutes'",
                "a decimal comma or a decimal point",
                'dialect={"decimal": ","}',
            )
        ],
    ),
    "day or month first": (
        {"candidates_csv": "id;available_from\nC-1;01-02-2026\nC-2;03-04-2026\n"},
        [
            (
                "candidates.csv",
                2,
                "available_from",
                "'available_from'",
                "the day first or with the month first",
                'dialect={"dates": "day first"}',
            )
        ],
    ),
    "a day that does not exist": (
        {"candidates_csv": "id;available_from\nC-1;31-02-2026\n"},
        [("candidates.csv", 2, "available_from", "available_from", "a date", "year, month, day")],
    ),
    "a date without a century": (
        {"candidates_csv": "id;available_from\nC-1;31-12-26\n"},
        [("candidates.csv", 2, "available_from", "available_from", "a date", "year, month, day")],
    ),
    "a word for a number": (
        {"candidates_csv": "id;priority\nC-1;high\n"},
        [("candidates.csv", 2, "priority", "priority", "must be a number", "write a number")],
    ),
    "a number out of range": (
        {"candidates_csv": "id;wage_value\nC-1;0,5\nC-2;60\n"},
        [("candidates.csv", 3, "wage_value", "wage_value", "from 0 to 1", "check the unit")],
    ),
    "neither yes nor no": (
        {"candidates_csv": "id;sheltered\nC-1;misschien\n"},
        [("candidates.csv", 2, "sheltered", "sheltered", "true or false", "true or false")],
    ),
    "an unknown word": (
        {"candidates_csv": "id;Vervoer\nC-1;bakfiets\n"},
        [("candidates.csv", 2, "Vervoer", "transport", "must be 'walk'", "leave the field")],
    ),
    "a level above one": (
        {"candidates_csv": "id;skills\nC-1;lassen:8\n"},
        [("candidates.csv", 2, "skills", "skills['lassen']", "from 0 to 1", "check the unit")],
    ),
    "no date of birth": (
        {
            "candidates_csv": "id;Geboortedatum\nC-1;31-12-71\n",
            "about_json": '{"date":"2026-02-01"}',
        },
        [("candidates.csv", 2, "Geboortedatum", "birth_date", "a date of birth", "1990-12-31")],
    ),
    "a child": (
        {
            "candidates_csv": "id;Geboortedatum\nC-1;31-12-2020\n",
            "about_json": '{"date":"2026-02-01"}',
        },
        [
            (
                "candidates.csv",
                2,
                "Geboortedatum",
                "minimum_wage_age",
                "from 15 to 21",
                "at least 15",
            )
        ],
    ),
    "a skill twice": (
        {"candidates_csv": 'id;skills\nC-1;"lassen:0,8; lassen"\n'},
        [("candidates.csv", 2, "skills", "skills", "must map names to levels", "write it as")],
    ),
    "hours the wrong way round": (
        {"candidates_csv": "id;Uren min;Uren max\nC-1;24;16\n"},
        [
            (
                "candidates.csv",
                2,
                "Uren min and Uren max",
                "hours_per_week",
                "a minimum that is at most",
                "smaller number first",
            )
        ],
    ),
    "one half of a place": (
        {"candidates_csv": "id;lat\nC-1;51.84\n"},
        [("candidates.csv", None, None, "location", "two columns", "add the other column")],
    ),
    "latitude and longitude swapped": (
        {"candidates_csv": "id;lat;lon\nC-1;5.84;51.8\n"},
        [("candidates.csv", 2, "lat and lon", "location", "(latitude, long", "look swapped")],
    ),
    "a reference to nothing": (
        {
            "openings_csv": "Vacaturenr;Werkgever\nO-1;E-1\nO-2;E-l\n",
            "candidates_csv": "id\nC-1\n",
            "werkgevers_csv": "id\nE-1\n",
        },
        [("openings.csv", 3, "Werkgever", "employer", "id of an employer", "did you mean 'E-1'")],
    ),
    "a pair of nobody": (
        {"candidates_csv": "id\nC-1\n", "excluded_pairs_csv": "candidate_id,opening_id\nC-9,O-1\n"},
        [
            (
                "excluded_pairs.csv",
                2,
                "candidate_id",
                "excluded_pairs[0][0]",
                "a known candidate",
                "'C-1'",
            )
        ],
    ),
    "a table without a column": (
        {"candidates_csv": "id\nC-1\n", "travel_minutes_csv": "origin,minutes\nC-1,5\n"},
        [
            (
                "travel_minutes.csv",
                None,
                None,
                "travel_minutes.destination",
                "a column, once",
                "origin, destination",
            )
        ],
    ),
    "two files for one table": (
        {"candidates_csv": "id\nC-1\n", "kandidaten_csv": "id\nC-2\n"},
        [("kandidaten.csv", None, None, "name", "the only file of candidates", "remove one")],
    ),
    "no Parquet": (
        {"candidates_parquet": b"id\nC-1\n"},
        [("candidates.parquet", None, None, "content", "a Parquet file", "give a CSV file")],
    ),
    "several at once": (
        {
            "candidates_csv": "id;priority;sheltered\nC-1;-1;ja\nC-1x;2;x\n",
            "openings_csv": "id;Plekken\nO-1;half\n",
        },
        [
            ("candidates.csv", 2, "priority", "priority", "from 0", "at least 0"),
            ("candidates.csv", 3, "sheltered", "sheltered", "true or false", "true or false"),
            ("openings.csv", 2, "Plekken", "positions", "a whole number", "write a number"),
        ],
    ),
}


@pytest.mark.parametrize(("files", "expected"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_one_clear_list_of_problems(
    tmp_path: Path, files: dict[str, str | bytes], expected: list[tuple[Any, ...]]
) -> None:
    found = problems_of(folder(tmp_path, **files), references="strict")
    assert len(found) == len(expected), found
    for one, asked in zip(found, expected, strict=True):
        for value, wanted in zip(one[:4], asked[:4], strict=True):
            assert value == wanted or (wanted is None and value == tmp_path.name), found
        assert asked[4] in one[4], one
        assert asked[5] in one[5], one


def test_there_are_enough_kinds_of_broken_files() -> None:
    assert len(BROKEN) >= 25


def test_the_text_of_an_error_names_file_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, "id;Grond\nC-1;geen\nC-2;wel\n")
    assert str(caught.value).startswith(
        "candidates.csv, line 3, column 'Grond': candidate 'C-2': ground must be"
    )
    with pytest.raises(InvalidInputError) as caught:
        read(tmp_path, "id;Grond\nC-1;wel\nC-2;wel\n")
    line = str(caught.value).splitlines()[1]
    assert line.startswith("  candidates.csv, column 'Grond': candidate: ground must be")
    assert "2 times: 'C-1' (line 2), 'C-2' (line 3)" in line


def test_a_dutch_export_is_read_and_told(tmp_path: Path) -> None:
    export = (
        "\ufeffKlantnr;Gemeente;Vervoer;Uren min;Uren max;Vaardigheden;Beschut;Loonwaarde;"
        "Beschikbaar;Naam\r\n"
        "17;Nijmegen;fiets;16;24;heftruck (0,8), kassa;nee;0,61;13-04-2026;x\r\n"
        "C-2;Wijchen;OV;;24;;ja;55 %;;y\r\n"
    )
    region = read(tmp_path, export.encode("utf-8"))
    assert region.candidates == (
        Candidate(
            id="17",
            municipality="Nijmegen",
            transport="bike",
            hours_per_week=(16, 24),
            skills={"heftruck": 0.8, "kassa": 1},
            wage_value=0.61,
            available_from="2026-04-13",
        ),
        Candidate(
            id="C-2",
            municipality="Wijchen",
            transport="public_transport",
            hours_per_week=(0, 24),
            sheltered=True,
            wage_value=0.55,
        ),
    )
    lines = [str(line) for line in region.reading if line.table == "candidates.csv"]
    for text in (
        "read as UTF-8 with a byte-order mark, columns parted at a semicolon",
        "the decimal sign is a comma",
        "dates are read day first",
        "column 'Klantnr': is read as id",
        "column 'Vervoer': 'fiets' is read as 'bike' (1)",
        "column 'Beschut': 'ja' is read as true (1)",
        "column 'Loonwaarde': per cent is read as hundredths (1)",
        "column 'Vaardigheden': entries are parted at ',' (1)",
        "column 'Vaardigheden': a level without a number is 1 (1)",
        "column 'Uren min': no fewest hours: 0 (1)",
        "column 'Naam': nothing reads this column (2)",
    ):
        assert any(text in line for line in lines), text
    assert list(region.reading.to_frame().columns) == ["table", "column", "count", "text"]


def test_what_decides_in_one_file_decides_for_the_others(tmp_path: Path) -> None:
    towns = "Gemeente;Inwoners;LKS-budget\nWijchen;42.000;193.200,50\n"
    people = "id;max_travel_minutes\nC-1;1.500\n"
    region = read(folder(tmp_path, gemeenten_csv=towns), people)
    assert region.municipalities[0].population == 42_000
    assert region.municipalities[0].wage_subsidy_budget_eur_per_year == 193_200.5
    assert region.candidates[0].max_travel_minutes == 1_500


def test_the_range_of_a_field_decides_where_one_reading_fits(tmp_path: Path) -> None:
    region = read(tmp_path, "id;wage_value;lat;lon\nC-1;0.875;51.842;5.862\n")
    assert region.candidates[0].wage_value == 0.875
    assert region.candidates[0].location == (51.842, 5.862)


@pytest.mark.parametrize(
    ("dialect", "minutes", "day"),
    [
        ("dutch", 1_500, dt.date(2026, 2, 1)),
        ({"decimal": ",", "dates": "day first"}, 1_500, dt.date(2026, 2, 1)),
        ({"decimal": ".", "dates": "month first"}, 1.5, dt.date(2026, 1, 2)),
    ],
)
def test_what_is_said_of_the_dialect_decides(
    tmp_path: Path, dialect: Any, minutes: float, day: dt.date
) -> None:
    people = "id;max_travel_minutes;available_from\nC-1;1.500;01-02-2026\n"
    (person,) = read(tmp_path, people, dialect=dialect).candidates
    assert (person.max_travel_minutes, person.available_from) == (minutes, day)


BAD_DIALECTS = {
    "unknown name": ({"seperator": ";"}, "dialect['seperator']", "'separator'"),
    "wrong sign": ({"decimal": ";"}, "dialect['decimal']", "leave it out"),
    "wrong order": ({"dates": "year first"}, "dialect['dates']", "leave it out"),
    "long separator": ({"separator": ";;"}, "dialect['separator']", "write it as"),
    "missing as a text": ({"missing": "NA"}, "dialect['missing']", "write it as"),
    "a word": ("german", "dialect", "write what is known"),
}


@pytest.mark.parametrize(("given", "field", "hint"), BAD_DIALECTS.values(), ids=BAD_DIALECTS.keys())
def test_a_wrong_dialect_is_one_clear_problem(
    tmp_path: Path, given: Any, field: str, hint: str
) -> None:
    ((_, _, _, name, _, remedy),) = problems_of(
        folder(tmp_path, candidates_csv="id\nC-1\n"), dialect=given
    )
    assert name == field
    assert hint in remedy


DATES = {
    "13-04-2026": dt.date(2026, 4, 13),
    "13/4/2026": dt.date(2026, 4, 13),
    "13.04.2026": dt.date(2026, 4, 13),
    "2026-04-13": dt.date(2026, 4, 13),
    "20260413": dt.date(2026, 4, 13),
    "2026-04-13 00:00:00": dt.date(2026, 4, 13),
    "2026-04-13T00:00:00": dt.date(2026, 4, 13),
    "13 apr 2026": dt.date(2026, 4, 13),
    "1 maart 2026": dt.date(2026, 3, 1),
    "04/13/2026": dt.date(2026, 4, 13),
    "05-05-2026": dt.date(2026, 5, 5),
}


@pytest.mark.parametrize(("text", "day"), DATES.items())
def test_dates_with_one_reading(tmp_path: Path, text: str, day: dt.date) -> None:
    (person,) = read(tmp_path, f"id;available_from\nC-1;{text}\n").candidates
    assert person.available_from == day


HOURS = {
    "20-28": (20, 28),
    "20 \u2013 28": (20, 28),
    "20 tot 28": (20, 28),
    "20 t/m 28": (20, 28),
    "24": (24, 24),
    "16,5-24,25": (16.5, 24.25),
}


@pytest.mark.parametrize(("text", "hours"), HOURS.items())
def test_hours_in_one_cell(tmp_path: Path, text: str, hours: tuple[float, float]) -> None:
    (person,) = read(tmp_path, f"id;Uren p/w\nC-1;{text}\n").candidates
    assert person.hours_per_week == hours


LEVELS = {
    "a:0.8; b": {"a": 0.8, "b": 1},
    "a:0,8; b:0,5": {"a": 0.8, "b": 0.5},
    "a (0,8), b (0,5)": {"a": 0.8, "b": 0.5},
    "a=0.8|b": {"a": 0.8, "b": 1},
    "a: 80 %": {"a": 0.8},
    "http://data.europa.eu/esco/skill/1": {"http://data.europa.eu/esco/skill/1": 1},
    "http://data.europa.eu/esco/skill/1:0.5": {"http://data.europa.eu/esco/skill/1": 0.5},
    '{"a; b": 0.5}': {"a; b": 0.5},
}


@pytest.mark.parametrize(("text", "levels"), LEVELS.items())
def test_levels_in_one_cell(tmp_path: Path, text: str, levels: dict[str, float]) -> None:
    frame = pd.DataFrame({"id": ["C-1"], "skills": [text]})
    frame.to_csv(tmp_path / "candidates.csv", sep="\t", index=False)
    (person,) = Region.from_folder(folder(tmp_path)).candidates
    assert person.skills == levels


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings(tmp_path: Path, sign: str, encoding: str) -> None:
    text = f"id{sign}municipality{sign}needs\r\nC-1{sign}Zuidoost Ãé{sign}rust\r\n"
    region = read(tmp_path, text.encode(encoding))
    assert region.candidates[0].municipality == "Zuidoost Ãé"
    assert any(text.startswith("read as ") for text in told(region))


def test_excels_line_about_the_separator_counts_as_a_line(tmp_path: Path) -> None:
    people = "sep=;\nid;priority\nC-1;1\n\nC-2;x\n"
    ((file, row, *_),) = problems_of(folder(tmp_path, candidates_csv=people))
    assert (file, row) == ("candidates.csv", 5)


def test_a_cell_of_several_lines_does_not_move_the_lines_after_it(tmp_path: Path) -> None:
    people = 'id;skills;priority\nC-1;"a\nb";1\nC-2;;x\n'
    ((_, row, *_),) = problems_of(folder(tmp_path, candidates_csv=people))
    assert row == 4


def test_texts_that_mean_not_given_are_told(tmp_path: Path) -> None:
    people = "id;priority;ground;transport\nC-1;NA;none;#N/A\nC-2;n.v.t.;None;\n"
    region = read(tmp_path, people)
    assert region.candidates[0] == Candidate(id="C-1", ground="none")
    assert told(region, "priority") == [
        "'NA' means not given",
        "'n.v.t.' means not given",
        "not given: 0",
    ]
    assert told(region, "transport") == ["'#N/A' means not given"]


def test_what_a_missing_cell_stands_for_is_told(tmp_path: Path) -> None:
    region = Region.from_folder(
        folder(tmp_path, openings_csv="id;positions\nO-1;\nO-2;3\n", candidates_csv="id\nC-1\n")
    )
    assert [opening.positions for opening in region.openings] == [1, 3]
    assert told(region, "positions") == ["not given: 1"]


# What becomes something else than it was written, each with its line in the note.
COERCED = {
    "rounding": ("wage_value", "0.5666666666666667", "rounded to 6 decimals"),
    "rounded levels": ("skills", "a:0.33333333333", "rounded to 6 decimals"),
    "per cent": ("wage_value", "61 %", "per cent is read as hundredths"),
    "currency": ("coaching_hours_per_week", "\u20ac 2", "the currency sign is left out"),
    "blanks": ("municipality", " M ", "blanks around the text are left out"),
    "yes": ("sheltered", "ja", "'ja' is read as true"),
    "one": ("sheltered", "1", "'1' is read as true"),
    "capitals": ("transport", "BIKE", "'BIKE' is read as 'bike'"),
    "law": ("ground", "art. 38b lid 1 sub a", "'art. 38b lid 1 sub a' is read as '38b.1.a'"),
    "missing": ("transport", "NA", "'NA' means not given"),
    "commas": ("needs", "a, b", "entries are parted at ','"),
    "bars": ("needs", "a|b", "entries are parted at '|'"),
    "levels": ("skills", "a; b:0.5", "a level without a number is 1"),
    "one number": ("hours_per_week", "24", "one number is read as the fewest and the most hours"),
    "default": ("priority", "", "not given: 0"),
}


@pytest.mark.parametrize(("field", "cell", "text"), COERCED.values(), ids=COERCED.keys())
def test_nothing_is_coerced_or_filled_in_without_a_line(
    tmp_path: Path, field: str, cell: str, text: str
) -> None:
    region = read(tmp_path, f'id;{field};last\nC-1;"{cell}";x\n')
    assert text in told(region, field)


def test_rows_of_empty_cells_are_told(tmp_path: Path) -> None:
    region = read(tmp_path, "id;priority\nC-1;1\n;\n\nC-2;2\n")
    assert len(region.candidates) == 2
    assert "candidates.csv: rows of empty cells are left out (1)." in str(region.reading)


def test_files_that_nothing_reads_are_told(tmp_path: Path) -> None:
    region = read(folder(tmp_path, notes_txt="x", scores_csv="a,b\n1,2\n"), "id\nC-1\n")
    unread = [line.table for line in region.reading if line.text == "nothing reads this file"]
    assert unread == ["notes.txt", "scores.csv"]


def test_columns_map_the_users_names(tmp_path: Path) -> None:
    files = {
        "candidates_csv": "nummer;plaats;extra\n1;Nijmegen;x\n",
        "openings_csv": "nummer;plaats\n2;Nijmegen\n",
    }
    columns = {
        "nummer": "id",
        "extra": None,
        "candidates": {"plaats": "municipality"},
        "openings": {"plaats": "sector_of_work"},
    }
    region = Region.from_folder(folder(tmp_path, **files), columns, name="r")
    assert region.candidates == (Candidate(id="1", municipality="Nijmegen"),)
    assert region.openings == (Opening(id="2", sector_of_work="Nijmegen"),)
    assert told(region, "extra") == ["is left out, as asked"]


BAD_COLUMNS = {
    "no such field": ({"id": "idd"}, "must stand for a field", "'id'"),
    "no such column": ({"nr": "id"}, "must be a column of a table", "check"),
    "no such table": ({"candidate": {"id": "id"}}, "the name of a table", "'candidates'"),
    "no such field of that table": (
        {"candidates": {"id": "positions"}},
        "must stand for a field",
        "check",
    ),
    "no mapping": ([("a", "id")], "must map your names", "write it as"),
}


@pytest.mark.parametrize(
    ("columns", "expected", "hint"), BAD_COLUMNS.values(), ids=BAD_COLUMNS.keys()
)
def test_a_wrong_mapping_of_columns_is_one_clear_problem(
    tmp_path: Path, columns: Any, expected: str, hint: str
) -> None:
    files = folder(tmp_path, candidates_csv="id\nC-1\n")
    found = [one for one in problems_of(files, columns=columns) if one[3] != "id" or one[0] is None]
    assert len(found) == 1
    assert expected in found[0][4]
    assert hint in found[0][5]


def test_dates_of_birth_become_ages_and_are_not_kept(tmp_path: Path) -> None:
    people = "id;Geboortedatum\nC-1;31-12-2007\nC-2;13-01-1971\nC-3;\n"
    region = read(tmp_path, people, date="2026-02-01")
    assert [person.minimum_wage_age for person in region.candidates] == [18, 21, None]
    assert "2007" not in region.to_json_text()
    undated = read(tmp_path, people)
    assert [person.minimum_wage_age for person in undated.candidates] == [None] * 3
    assert any("the region has no date" in text for text in told(undated, "Geboortedatum"))


def test_numbers_that_could_be_a_bsn_get_pseudonyms_on_request(tmp_path: Path) -> None:
    files = folder(
        tmp_path,
        candidates_csv=f"id\n{BSN}\nC-2\n",
        openings_csv=f'id;preferences\nO-1;{BSN}, C-2\nO-2;[["{BSN}", "C-2"]]\n',
        excluded_pairs_csv=f"candidate_id,opening_id\n{BSN},O-1\n",
    )
    key = "my own secret"
    region = Region.from_folder(files, pseudonym_key=key)
    hidden = pseudonym(BSN, key)
    assert [person.id for person in region.candidates] == [hidden, "C-2"]
    assert region.openings[0].preferences == (hidden, "C-2")
    assert region.openings[1].preferences == ((hidden, "C-2"),)
    assert region.excluded_pairs == ((hidden, "O-1"),)
    assert BSN not in region.to_json_text() + str(region.reading) + repr(region)
    assert told(region, "id").count("numbers that could be a BSN have pseudonyms") == 1
    assert pseudonym(BSN, "another secret") != hidden
    with pytest.raises(InvalidInputError, match="secret text") as caught:
        Region.from_folder(files, pseudonym_key="short")
    assert "short" not in str(caught.value)


def test_parquet_is_read_like_csv(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1, 2], "priority": [None, 2.0]}).write_parquet(
        tmp_path / "candidates.parquet"
    )
    region = Region.from_folder(folder(tmp_path))
    assert region.candidates == (Candidate(id="1"), Candidate(id="2", priority=2))
    assert "whole numbers are read as ids, by their digits" in told(region, "id")


@settings(
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=40,
)
@given(regions())
def test_round_trip_through_a_folder_and_frames_keeps_everything(
    tmp_path: Path, region: Region
) -> None:
    place = tmp_path / "own"
    region.to_folder(place, overwrite=True)
    assert Region.from_folder(place) == region
    frames = region.to_frames()
    assert Region.from_frames(**frames) == region
    assert all(isinstance(frame, pd.DataFrame) for frame in frames.values())
    own = {"name": region.name, "date": region.date, "sectors_of_work": region.sectors_of_work}
    polars = {
        name: pl.DataFrame(columns, strict=False, infer_schema_length=None)
        for name, columns in region_columns(region).items()
    }
    assert Region.from_frames(**polars, **own) == region


def test_labels_with_signs_of_lists_survive(tmp_path: Path) -> None:
    region = Region(
        name="NA",
        candidates=[
            Candidate(id="NA", municipality="null", skills={"a; b": 0.5, "c,d": 1, "[x": 0.000001}),
            Candidate(id="007", needs=["x|y", "z"], wishes=["O-1"]),
            Candidate(id="008", wishes=[["O-1", "O-2"], "1"]),
        ],
        openings=[
            Opening(id="O-1"),
            Opening(id="O-2"),
            Opening(id="1", preferences=[["NA", "007"]]),
        ],
        postcodes=[("6511", 51.84, 5.86)],
    )
    region.to_folder(tmp_path / "own")
    assert Region.from_folder(tmp_path / "own") == region


def test_a_folder_is_written_wholly_and_never_over_another(tmp_path: Path) -> None:
    place = tmp_path / "own"
    region = Region(name="a", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    other = region.model_copy(update={"name": "b", "employers": [po.Employer(id="E")]})
    other.to_folder(place)
    with pytest.raises(FileExistsError, match="overwrite=True"):
        region.to_folder(place)
    assert Region.from_folder(place) == other
    region.to_folder(place, overwrite=True)
    assert Region.from_folder(place) == region
    assert not (place / "employers.csv").exists()
    (place / "notes.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="holds other files"):
        region.to_folder(place, overwrite=True)
    assert (place / "notes.txt").read_text() == "mine"
    with pytest.raises(FileNotFoundError, match="make it first"):
        region.to_folder(tmp_path / "none" / "own")
    (tmp_path / "file").write_text("")
    with pytest.raises(FileExistsError, match="is a file"):
        region.to_folder(tmp_path / "file")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["file", "own"]


def test_a_failed_write_leaves_the_old_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "own"
    region = Region(name="a", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    region.to_folder(place)
    rename = Path.rename

    def fail(self: Path, target: Path) -> Path:
        if self.suffix == ".part":
            raise OSError("disk full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail)
    with pytest.raises(OSError, match="disk full"):
        region.model_copy(update={"name": "b"}).to_folder(place, overwrite=True)
    assert [one.name for one in tmp_path.iterdir()] == ["own"]
    assert Region.from_folder(place).name == "a"


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no folder at '.*none'. Hint: check"):
        Region.from_folder(tmp_path / "none")


def test_problems_that_only_a_rule_sees_have_their_line(tmp_path: Path) -> None:
    people = "Klantnr;Max reistijd;lat;lon\nC-1;30;51.8;5.8\n"
    region = Region.from_folder(
        folder(tmp_path, candidates_csv=people, openings_csv="id;lat;lon\nO-1;51.9;5.8\n")
    )
    (row,) = region.problems().to_dict("records")
    assert (row["file"], row["row"], row["field"]) == ("candidates.csv", 2, "transport")
    with pytest.raises(InvalidInputError, match=r"candidates.csv, line 2: candidate 'C-1'"):
        po.Model(region).compile()


@pytest.mark.skipif(not EXPORTS, reason="PLACEMENT_OPT_EXPORTS names no folder of exports")
def test_exports_of_a_dutch_organisation_become_a_region() -> None:
    region = Region.from_folder(EXPORTS, date="2026-02-01", pseudonym_key="my own secret")
    assert [len(region.candidates), len(region.openings), len(region.coaches)] == [400, 300, 25]
    assert len(region.employers) == 80
    assert all(person.location for person in region.candidates)
    assert region.municipalities[0].population == 180_000
    unread = {line.column for line in region.reading if line.text.startswith("nothing reads")}
    assert unread >= {"KvK", "Naam"}
    assert region.candidates[0].groups == {"neighbourhood": "wijk-6526"}


@pytest.mark.skipif(not EXPORTS, reason="PLACEMENT_OPT_EXPORTS names no folder of exports")
def test_exports_of_a_dutch_organisation_are_solved_in_ten_lines() -> None:
    with pytest.raises(InvalidInputError) as caught:
        po.solve(Region.from_folder(EXPORTS, date="2026-02-01", pseudonym_key="my own secret"))
    # What neither law nor practice answers is asked for in one list.
    fields = {problem.field for problem in caught.value.problems}
    assert fields == {"coaching_regime", "transport", "hours_per_week"}
    region = Region.from_folder(
        EXPORTS,
        date="2026-02-01",
        pseudonym_key="my own secret",
        defaults={
            "candidates": {
                "coaching_regime": "none",
                "transport": "public_transport",
                "hours_per_week": (0, 36),
            }
        },
    )
    result = po.solve(region, time_limit_s=20)
    assert len(result.placements) > 200
    told = {row.about: row.count for row in result.assumption_rows if row.rule == "Region"}
    assert told == {"Regime": 165, "Vervoer": 33, "Uren min and Uren max": 1}
    assert po.check_result(region, result).is_sound
