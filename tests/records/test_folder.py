"""Regions from folders: what is recognised, what is told, and every kind of broken file."""

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from folders import BSN, folder, problems_of, read, told

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Opening, Region
from placement_opt.records.pseudonyms import pseudonym

EXPORTS = os.environ.get("PLACEMENT_OPT_EXPORTS", "")
"""A folder with the exports of a Dutch organisation; they are not part of the project."""


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
