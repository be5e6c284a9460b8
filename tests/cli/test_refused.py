"""What the command line refuses: bad input, and files that cannot be written."""

import json
import os
import sys
from pathlib import Path

import pytest
from command_line import run

import placement_opt as po


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
