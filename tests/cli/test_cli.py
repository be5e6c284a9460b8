"""The command line: what it prints where, and its exit codes."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import run

import placement_opt as po

RUN = "from placement_opt.cli import main; main()"


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.exit_code == 0
    for command in (
        "demo",
        "generate",
        "template",
        "validate",
        "solve",
        "check",
        "diagnose",
        "explain",
    ):
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


def test_explain_answers_each_reader(folder: Path) -> None:
    files = folder / "region.json", folder / "plan.json"
    placed = po.Result.from_json(folder / "plan.json").placement_rows[0]
    who = "--candidate", placed.candidate_id
    done = run("explain", *files, *who)
    assert done.exit_code == 0, done.output
    assert placed.opening_id in done.stdout
    done = run("explain", *files, *who, "--opening", placed.opening_id, "--language", "nl")
    assert "is voorgesteld voor" in done.stdout
    done = run("explain", *files, *who, "--opening", "O-0001", "--to", "employer", "--json")
    assert json.loads(done.stdout)["candidate_id"] == placed.candidate_id
    assert run("explain", *files, "--candidate", "C-none").exit_code == 2
    other = run("explain", folder / "infeasible.json", files[1], *who)
    assert other.exit_code == 2
    assert "another region" in other.stderr


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
