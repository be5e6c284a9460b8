"""Broken folders: one clear list of problems, by file, line and column."""

from pathlib import Path
from typing import Any

import pytest
from folders import BSN, folder, problems_of, read

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Region

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
