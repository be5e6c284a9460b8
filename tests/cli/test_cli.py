"""The command line: what it prints where, and its exit codes."""

import json
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
