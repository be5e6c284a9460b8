"""``placement-opt solve-many``: a folder in, a folder of results out."""

import json
from pathlib import Path

import pytest
from many_regions import tiny
from typer.testing import CliRunner, Result

import placement_opt as po
from placement_opt.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "regions"
    folder.mkdir()
    tiny(1).to_json(folder / "west.json")
    tiny(2).to_folder(folder / "east")
    return folder


@pytest.mark.parametrize("processes", [0, 2])
def test_a_folder_is_solved_and_taken_up_again(folder: Path, processes: int) -> None:
    out = folder / "results"
    how = ("solve-many", folder, "--out", out, "--processes", processes, "--json")
    done = run(*how)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert list(told["regions"]) == ["east", "west"]
    assert told["status"] == "OPTIMAL"
    assert told["regions"]["west"]["objective"] == po.solve(tiny(1)).objective
    assert {po.Result.from_json(path).status for path in out.iterdir()} == {po.Status.OPTIMAL}
    assert "done" in done.stderr
    again = run(*how, "--quiet")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["remarks"]["west"] == "its result is that of an earlier run"
    assert "search" not in again.stderr


def test_a_region_that_fails_is_told_and_the_exit_code_says_so(folder: Path) -> None:
    (folder / "north.json").write_text("{")
    done = run("solve-many", folder, "--quiet", "--language", "nl")
    assert done.exit_code == 1
    assert "north: geen uitkomst (onjuiste invoer)" in done.stdout
    assert "west: bewezen het beste" in done.stdout


def test_a_folder_without_regions_is_bad_input(tmp_path: Path) -> None:
    done = run("solve-many", tmp_path, "--json")
    assert done.exit_code == 2
    assert json.loads(done.stdout)["error"]["kind"] == "bad_input"
    assert run("solve-many", tmp_path / "none").exit_code == 2
