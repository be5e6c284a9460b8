"""Templates and files of a user's own, on the command line."""

import json
from pathlib import Path

import pandas as pd
import pytest
from command_line import run

import placement_opt as po


@pytest.fixture
def own_files(tmp_path: Path) -> Path:
    """A folder as `placement-opt template` writes it."""
    place = tmp_path / "own"
    done = run("template", place)
    assert done.exit_code == 0, done.output
    return place


def test_a_template_can_be_validated_and_solved_as_it_is(own_files: Path) -> None:
    done = run("validate", own_files)
    assert done.exit_code == 0, done.output
    assert done.stdout == "No problem: the region can be solved.\n"
    assert "candidates.csv: read as UTF-8" in done.stderr
    done = run("solve", own_files, "--quiet", "--time-limit", 5)
    assert done.exit_code == 0, done.output
    assert "example, 2026-02-01" in done.stdout


def test_a_template_shows_and_explains_every_column(own_files: Path) -> None:
    guide = (own_files / "GUIDE.md").read_text()
    for name, kind in (("candidates", po.Candidate), ("openings", po.Opening),
                       ("employers", po.Employer), ("coaches", po.Coach),
                       ("municipalities", po.Municipality), ("together", po.Together)):  # fmt: skip
        header = (own_files / f"{name}.csv").read_text().splitlines()[0].split(",")
        part = guide.partition(f"## {name}.csv")[2].partition("\n## ")[0]
        split = {"location": ["lat", "lon"], "groups": []}
        if name in {"candidates", "openings"}:
            split["hours_per_week"] = ["hours_per_week_min", "hours_per_week_max"]
        for field in kind.model_fields:
            for column in split.get(field, [field]):
                assert column in header, column
                row = next(line for line in part.splitlines() if line.startswith(f"| {column} |"))
                assert all(cell.strip() for cell in row.strip("|").split("|")), row


def test_a_template_never_replaces_what_is_there(own_files: Path) -> None:
    (own_files / "candidates.csv").write_text("id\nmine\n")
    done = run("template", own_files)
    assert done.exit_code == 2
    assert "exists" in done.stderr
    assert (own_files / "candidates.csv").read_text() == "id\nmine\n"
    assert run("template", own_files, "--overwrite").exit_code == 0
    assert "mine" not in (own_files / "candidates.csv").read_text()


def test_a_template_survives_a_dutch_spreadsheet(own_files: Path) -> None:
    for file in own_files.glob("*.csv"):
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        table = table.replace({r"(\d)\.(\d)": r"\1,\2"}, regex=True)
        table = table.replace({r"^(\d{4})-(\d\d)-(\d\d)$": r"\3-\2-\1"}, regex=True)
        table.to_csv(file, sep=";", index=False, encoding="utf-8-sig", lineterminator="\r\n")
    done = run("validate", own_files)
    assert done.exit_code == 0, done.output


def test_validate_lists_every_problem_with_its_place(own_files: Path) -> None:
    (own_files / "candidates.csv").write_text("id;priority;ground\nC-1;-1;geen\nC-2;1;wel\n")
    (own_files / "openings.csv").write_text("id;positions\nO-1;many\nO-2;\n")
    done = run("validate", own_files)
    assert done.exit_code == 2
    lines = done.stdout.splitlines()
    assert lines[0].startswith("candidates.csv, line 2: candidate 'C-1': priority must be")
    assert lines[1].startswith("candidates.csv, line 3: candidate 'C-2': ground must be")
    assert lines[2].startswith("openings.csv, line 2: opening 'O-1': positions must be")
    assert lines[-1].endswith("problems")
    told = json.loads(run("validate", own_files, "--json").stdout)["problems"]
    assert {"subject", "id", "field", "value", "expected", "hint", "file", "row", "column"} == set(
        told[0]
    )
    assert (told[0]["file"], told[0]["row"], told[0]["column"]) == ("candidates.csv", 2, "priority")
    assert len(told) == len(lines) - 1


def test_validate_tells_what_only_a_rule_sees(own_files: Path) -> None:
    people = "id;max_travel_minutes;lat;lon\nC-1;30;51.8;5.8\nC-2;30;51.8;5.8\n"
    (own_files / "candidates.csv").write_text(people)
    done = run("validate", own_files)
    assert done.exit_code == 2
    assert "candidates.csv, line 2: candidate 'C-1': transport must be given" in done.stdout


def test_validate_reads_json_files_too(folder: Path, tmp_path: Path) -> None:
    assert run("validate", folder / "region.json").exit_code == 0
    (tmp_path / "broken.json").write_text("{")
    done = run("validate", tmp_path / "broken.json")
    assert done.exit_code == 2
    assert "must be JSON" in done.stdout
    assert run("validate", tmp_path / "none").exit_code == 2


def test_a_folder_says_how_it_is_to_be_read(own_files: Path) -> None:
    about = {
        "name": "own",
        "date": "2026-02-01",
        "dialect": {"decimal": ","},
        "columns": {"nr": "id", "reis": "max_travel_minutes"},
    }
    (own_files / "about.json").write_text(json.dumps(about))
    (own_files / "candidates.csv").write_text("nr;reis\nC-1;1.500\nC-2;\n")
    region = po.Region.from_folder(own_files)
    assert region.name == "own"
    assert region.candidates[0].max_travel_minutes == 1_500
    (own_files / "about.json").write_text('{"nmae": "x"}')
    done = run("validate", own_files)
    assert done.exit_code == 2
    assert "about.json" in done.stdout


def test_the_key_of_pseudonyms_comes_from_the_environment(
    own_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (own_files / "candidates.csv").write_text("id\nC-1\n123456782\nC-2\n")
    assert "could be a BSN" in run("validate", own_files).stdout
    monkeypatch.setenv("PLACEMENT_OPT_PSEUDONYM_KEY", "my own secret")
    done = run("validate", own_files)
    assert "could be a BSN, got" not in done.stdout
    assert "numbers that could be a BSN have pseudonyms (1)" in done.stderr


def test_the_schema_of_a_region_is_printed() -> None:
    done = run("schema")
    assert done.exit_code == 0
    assert json.loads(done.stdout) == po.Region.json_schema()
