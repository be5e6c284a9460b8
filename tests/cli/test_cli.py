"""The command line: what it prints where, and its exit codes."""

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

import placement_opt as po
from placement_opt.cli import app

RUN = "from placement_opt.cli import main; main()"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with region.json, a plan for it in plan.json, and infeasible.json."""
    folder = tmp_path_factory.mktemp("cli")
    done = run("generate", folder / "region.json", "--candidates", 60, "--openings", 30)
    assert done.exit_code == 0, done.output
    plan = folder / "plan.json"
    done = run("solve", folder / "region.json", "--out", plan, "--time-limit", 3, "--quiet")
    assert done.exit_code == 0, done.output
    infeasible = po.Region(
        name="tiny",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1")],
        fixed_placements=[("C-1", "O-1"), ("C-2", "O-1")],
    )
    infeasible.to_json(folder / "infeasible.json")
    return folder


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for command in ("demo", "generate", "template", "validate", "solve", "check", "diagnose"):
        assert command in done.stdout


def test_version() -> None:
    assert run("--version").stdout.strip() == po.__version__


def test_demo_ends_with_a_summary() -> None:
    done = run("demo", "--candidates", 40, "--openings", 15, "--time-limit", 3)
    assert done.exit_code == 0, done.output
    assert "a proposal, to be confirmed by people" in done.stdout
    assert "Making up a region" in done.stderr


def test_generate_tells_the_figures_as_json(tmp_path: Path) -> None:
    done = run("generate", tmp_path / "r.json", "--candidates", 40, "--openings", 20, "--json")
    figures = json.loads(done.stdout)
    assert figures["candidates"] == 40
    assert figures["eligible_pairs"] > 0
    assert po.Region.from_json(tmp_path / "r.json").name


def test_generate_overwrites_only_when_asked(folder: Path) -> None:
    arguments = ("generate", folder / "region.json", "--candidates", 60, "--openings", 30)
    before = (folder / "region.json").read_text()
    done = run(*arguments)
    assert done.exit_code == 2
    assert "--overwrite" in done.stderr
    assert run(*arguments, "--overwrite").exit_code == 0
    assert (folder / "region.json").read_text() == before


def test_solve_prints_json_alone_on_stdout(folder: Path) -> None:
    done = run("solve", folder / "region.json", "--time-limit", 2, "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["status"] in {"OPTIMAL", "FEASIBLE"}
    assert "plan" in done.stderr


def test_solve_speaks_dutch_and_takes_a_start(folder: Path) -> None:
    done = run(
        "solve",
        folder / "region.json",
        "--time-limit",
        2,
        "--language",
        "nl",
        "--start",
        folder / "plan.json",
        "--quiet",
    )
    assert done.exit_code == 0
    assert "een voorstel, te bevestigen door mensen" in done.stdout
    assert done.stderr == ""


def test_infeasible_exits_with_one(folder: Path) -> None:
    done = run("solve", folder / "infeasible.json")
    assert done.exit_code == 1
    assert "no plan keeps all rules together" in done.stdout


def test_diagnose_says_which_limits_contradict_each_other(folder: Path) -> None:
    done = run("diagnose", folder / "infeasible.json", "--language", "nl")
    assert done.exit_code == 1
    assert done.stdout.startswith("Tegenspraken:")
    done = run("diagnose", folder / "infeasible.json", "--json")
    assert json.loads(done.stdout)["is_feasible"] is False


def test_diagnose_asks_for_the_minimums_where_there_is_a_plan(folder: Path) -> None:
    done = run("diagnose", folder / "region.json", "--json")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["short"]


def test_every_problem_of_bad_input_is_told(tmp_path: Path) -> None:
    region = {
        "name": "bad",
        "candidates": [{"id": f"C-{n}", "priority": -1} for n in range(12)],
        "openings": [{"id": "O-1", "positions": "many"}],
    }
    (tmp_path / "bad.json").write_text(json.dumps(region))
    done = run("solve", tmp_path / "bad.json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith("13 problems in the input:")
    assert all(f"C-{n}'" in done.stderr for n in range(12))
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "nowhere.json"),
        ("solve", "region.json", "--solver", "cpsat"),
        ("solve", "region.json", "--out", "nofolder/plan.json"),
        ("solve", "region.json", "--out", "plan.json"),
        ("solve", "region.json", "--start", "region.json"),
        ("solve", "region.json", "--gap", "-1"),
        ("check", "region.json", "nowhere.json"),
        ("check", "region.json", "region.json"),
        ("check", "plan.json", "plan.json"),
        ("fly", "region.json"),
    ],
)
def test_bad_input_exits_with_two(
    folder: Path, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    done = run(*arguments)
    assert done.exit_code == 2, done.output
    assert done.stdout == ""
    assert done.stderr


FILES = {
    "nofolder/plan.json": "no folder 'nofolder'. Hint: make it first",
    "afolder": "'afolder' is a folder. Hint: name a file in it",
    "plan.json/plan.json": "no folder 'plan.json'. Hint: make it first",
    "taken.json": "'taken.json' exists. Hint: pass --overwrite to replace it",
    "n" * 300: "cannot be written (File name too long). Hint: choose a name",
    os.devnull: "no ordinary file. Hint: name another one",
}


@pytest.mark.skipif(sys.platform == "win32", reason="names and texts of errors differ")
@pytest.mark.parametrize("command", ["solve", "demo", "generate"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_written_is_refused_before_the_work(
    folder: Path, command: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it began")

    monkeypatch.chdir(folder)
    for path in ("placement_opt.Model.solve", "placement_opt.synthetic.synthetic_region"):
        monkeypatch.setattr(path, never)
    (folder / "afolder").mkdir(exist_ok=True)
    (folder / "taken.json").write_text("kept")
    out = {"solve": ("region.json", "--out", name), "demo": ("--out", name), "generate": (name,)}
    done = run(command, *out[command])
    assert done.exit_code == 2, done.output
    assert FILES[name] in done.stderr
    assert (folder / "taken.json").read_text() == "kept"
    assert not list(folder.glob(".*.part"))


def test_a_device_or_a_folder_is_never_replaced(folder: Path) -> None:
    (folder / "afolder").mkdir(exist_ok=True)
    for name, told in ((os.devnull, "no ordinary file"), (folder / "afolder", "is a folder")):
        done = run("solve", folder / "region.json", "--out", name, "--overwrite")
        assert done.exit_code == 2
        assert told in done.stderr


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="everything may be written here"
)
def test_a_folder_without_permission_is_refused(folder: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = run("solve", folder / "region.json", "--out", tmp_path / "plan.json")
    assert done.exit_code == 2
    assert "cannot be written (Permission denied)" in done.stderr


def test_files_of_the_library_are_refused_in_words(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "afolder").mkdir()
    (tmp_path / "taken").write_text("kept")
    region = po.Region.from_json(folder / "region.json")
    result = po.Result.from_json(folder / "plan.json")
    for write in (region.to_json, result.to_json):
        with pytest.raises(FileNotFoundError, match=r"no folder '.*/no'\. Hint: make it first"):
            write(tmp_path / "no" / "plan.json")
        with pytest.raises(IsADirectoryError, match=r"is a folder\. Hint: name a file in it"):
            write(tmp_path / "afolder", overwrite=True)
        with pytest.raises(FileExistsError, match=r"Hint: pass overwrite=True to replace it"):
            write(tmp_path / "taken")
        with pytest.raises(OSError, match=r"no ordinary file"):
            write(os.devnull, overwrite=True)
    assert (tmp_path / "taken").read_text() == "kept"
    assert {path.name for path in tmp_path.iterdir()} == {"afolder", "taken"}


def test_no_permission_is_told_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", refused)
    with pytest.raises(PermissionError, match=r"cannot be written \(Permission denied\)\. Hint: "):
        po.synthetic_region(candidates=2, openings=1).to_json(tmp_path / "region.json")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("solve", "nowhere.json"), "no file at 'nowhere.json'"),
        (("solve", "bad.json"), "2 problems in the input"),
        (("solve", "region.json", "--solver", "cpsat"), "cpsat"),
        (("solve", "region.json", "--out", "nofolder/plan.json"), "no folder 'nofolder'"),
        (("solve", "region.json", "--start", "region.json"), "result"),
        (("solve", "region.json", "--gap", "-1"), "--gap"),
        (("solve", "region.json", "--no-such-option"), "--no-such-option"),
        (("check", "plan.json", "plan.json"), "region"),
        (("check", "region.json"), "result"),
        (("generate", "taken/region.json"), "no folder 'taken'"),
        (("demo", "--candidates", "0"), "--candidates"),
        (("fly",), "fly"),
    ],
)
def test_bad_input_is_json_where_json_is_asked_for(
    folder: Path, arguments: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    bad = {
        "name": "bad",
        "candidates": [{"id": "C-1", "priority": -1}],
        "openings": [{"id": "O-1", "positions": float("inf")}],
    }
    (folder / "bad.json").write_text(json.dumps(bad))
    done = run(*arguments, "--json")
    assert done.exit_code == 2, done.output
    error = json.loads(done.stdout, parse_constant=pytest.fail)["error"]
    assert error["kind"] == "bad_input"
    assert told in error["text"]
    assert done.stderr
    if "bad.json" in arguments:
        assert [(row["subject"], row["id"], row["field"]) for row in error["problems"]] == [
            ("candidate", "C-1", "priority"),
            ("opening", "O-1", "positions"),
        ]
        assert all(row["expected"] and row["hint"] for row in error["problems"])


def test_check_says_what_is_sound(folder: Path) -> None:
    done = run("check", folder / "region.json", folder / "plan.json")
    assert done.exit_code == 0, done.output
    assert "The result is sound." in done.stdout


def test_check_as_json(folder: Path) -> None:
    done = run("check", folder / "region.json", folder / "plan.json", "--json")
    assert json.loads(done.stdout)["is_sound"] is True


def changed(folder: Path, **fields: Any) -> Path:
    plan = json.loads((folder / "plan.json").read_text())
    path = folder / "changed.json"
    path.write_text(json.dumps(plan | fields))
    return path


def test_check_names_what_differs(folder: Path) -> None:
    plan = json.loads((folder / "plan.json").read_text())
    cases = {
        "objective": {"objective": plan["objective"] - 1},
        "bound": {"bound": plan["bound"] + 1},
        "certified bound": {"certified_bound": plan["objective"] - 1},
        "rules": {"placement_rows": plan["placement_rows"] + plan["placement_rows"][:1]},
    }
    for subject, fields in cases.items():
        done = run("check", folder / "region.json", changed(folder, **fields))
        assert done.exit_code == 1, subject
        assert f"DIFFERS  {subject}:" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="signals differ on Windows")
def test_ctrl_c_returns_the_best_plan(tmp_path: Path) -> None:
    po.synthetic_region(candidates=400, openings=110, seed=1).to_json(tmp_path / "region.json")
    arguments = ("solve", "region.json", "--time-limit", "120", "--gap", "0", "--json")
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, *arguments],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if " plan " in line and "plan            -" not in line:
            break
    process.send_signal(signal.SIGINT)
    answer, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(answer)["stop_reason"] == "cancelled"


def test_an_error_of_ours_exits_with_three_and_says_how_to_repeat_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object, **__: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("placement_opt.Region.from_json", fall)
    monkeypatch.setattr("sys.argv", ["placement-opt", "solve", "a region.json"])
    done = run("solve", folder / "region.json", "--time-limit", 3)
    assert done.exit_code == 3
    assert "KeyError: 'lost'" in done.stderr
    assert "placement-opt solve 'a region.json'" in done.stderr
    assert "Traceback" in done.stderr
    assert done.stdout == ""
    done = run("solve", folder / "region.json", "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["error"]["kind"] == "our_fault"


# The law on the command line.

LAW = """
date = 2027-02-01

[[parameter]]
name = "minimum_wage.eur_per_hour"
value = "15.20"
source = "the Staatscourant"
"""


def test_rulebook_show_prints_what_is_known_until_when_and_from_where() -> None:
    done = run("rulebook", "show", "--date", "2026-07-01")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("nl 2026-07-01: ")
    at = lines.index(
        "minimum_wage.eur_per_hour: 14.99 EUR per hour, from 2026-07-01, known until 2026-12-31"
    )
    assert "rijksoverheid.nl" in lines[at + 1]
    assert any(line.startswith("wage_subsidy.cap: ") and "without an end" in line for line in lines)
    assert not any(line.startswith("coaching.tariff_eur_per_hour") for line in lines)


def test_rulebook_show_missing_says_what_to_supply() -> None:
    done = run("rulebook", "show", "--date", "2027-02-01", "--missing")
    assert done.exit_code == 0, done.output
    told = "minimum_wage.eur_per_hour: supply EUR per hour, last known 14.99 until 2026-12-31"
    assert told in done.stdout.splitlines()
    assert "coaching.tariff_eur_per_hour: supply EUR per coach hour" in done.stdout
    assert "wage_subsidy.cap" not in done.stdout


def test_rulebook_show_as_json(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_text(LAW)
    content = json.loads(run("rulebook", "show", "--json", "--date", "2027-02-01").stdout)
    values = {row["name"]: row for row in content["parameters"]}
    lacking = {row["name"]: row for row in content["missing"]}
    assert values["wage_subsidy.cap"]["value"] == "0.70"
    assert all(row["source"] for row in content["parameters"])
    assert lacking["minimum_wage.eur_per_hour"]["last_known"]["value"] == "14.99"
    assert lacking["coaching.tariff_eur_per_hour"]["last_known"] is None
    assert not values.keys() & lacking.keys()
    given = run("rulebook", "show", "--json", "--rulebook", tmp_path / "law.toml", "--missing")
    content = json.loads(given.stdout)
    assert content["date"] == "2027-02-01"
    assert "parameters" not in content
    assert "minimum_wage.eur_per_hour" not in {row["name"] for row in content["missing"]}


def test_rulebook_show_is_of_today_unless_a_day_is_given() -> None:
    today = dt.date.today().isoformat()  # noqa: DTZ011 - a local day
    assert json.loads(run("rulebook", "show", "--json").stdout)["date"] == today
    done = run("rulebook", "show", "--date", "1 July")
    assert done.exit_code == 2
    assert "must be a calendar date" in done.stderr


def test_solve_and_check_take_a_rulebook(folder: Path, tmp_path: Path) -> None:
    law, plan = tmp_path / "law.toml", tmp_path / "plan.json"
    law.write_text(LAW)
    region = folder / "region.json"
    limits = ("--time-limit", 3, "--quiet", "--json")
    done = run("solve", region, "--rulebook", law, "--out", plan, *limits)
    assert done.exit_code == 0, done.output
    book = json.loads(done.stdout)["run"]["rulebook"]
    used = {row["name"]: row for row in book["used"]}
    assert used["minimum_wage.eur_per_hour"]["value"] == "15.2"
    assert used["minimum_wage.eur_per_hour"]["source"] == "the Staatscourant"
    assert run("check", region, plan).exit_code == 0
    done = run("check", region, plan, "--rulebook", law)
    assert done.exit_code == 0, done.output
    assert "rests on: the Staatscourant" in done.stdout
    law.write_text(LAW.replace("15.20", "16.20"))
    done = run("check", region, plan, "--rulebook", law)
    assert done.exit_code == 1
    assert "law" in done.stdout


def test_all_that_is_wrong_in_a_rulebook_is_told_with_its_place(
    folder: Path, tmp_path: Path
) -> None:
    law = tmp_path / "law.toml"
    law.write_text(LAW.replace('"15.20"', '"15,20"').replace("source", "sauce"))
    for command in (
        ("solve", folder / "region.json"),
        ("check", folder / "region.json", folder / "plan.json"),
        ("rulebook", "show"),
    ):
        done = run(*command, "--rulebook", law, "--json")
        assert done.exit_code == 2
        problems = json.loads(done.stdout)["error"]["problems"]
        assert {problem["id"] for problem in problems} == {"law.toml, parameter 1, line 4"}
        assert {problem["field"] for problem in problems} == {
            "key",
            "source",
            "minimum_wage.eur_per_hour",
        }


def test_demo_and_generate_take_a_date_and_demo_the_newest_known(tmp_path: Path) -> None:
    small = ("--candidates", 30, "--openings", 15)
    done = run("demo", *small, "--time-limit", 3, "--json")
    newest = po.Rulebook.newest_date().isoformat()
    told = json.loads(done.stdout)
    assert (told["date"], told["assumption_rows"]) == (newest, [])
    done = run("generate", tmp_path / "r.json", *small, "--date", "2028-03-01")
    assert done.exit_code == 0, done.output
    assert po.Region.from_json(tmp_path / "r.json").date == dt.date(2028, 3, 1)
    done = run("demo", *small, "--time-limit", 3, "--date", "2028-03-01")
    assert "minimum_wage.eur_per_hour is known until 2026-12-31 only" in done.stdout


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
                       ("municipalities", po.Municipality)):  # fmt: skip
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
