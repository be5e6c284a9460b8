"""The commands on plans at hand: replan, compare and dossier."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import placement_opt as po
from placement_opt.cli import app


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with friday.json, its plan in plan.json, and monday.json without one opening."""
    folder = tmp_path_factory.mktemp("answers")
    people = [po.Candidate(id=f"C-{n}") for n in range(4)]
    openings = [po.Opening(id=f"O-{n}") for n in range(4)]
    friday = po.Region(name="r", candidates=people, openings=openings[:3])
    friday.to_json(folder / "friday.json")
    plan = po.solve(friday)
    plan.to_json(folder / "plan.json")
    gone = plan.placement_rows[0].opening_id
    left = [opening for opening in openings if opening.id != gone]
    po.Region(name="r", candidates=people, openings=left).to_json(folder / "monday.json")
    return folder


def test_replan_starts_from_the_plan_and_tells_who_changes(folder: Path) -> None:
    asked = ("replan", folder / "plan.json", folder / "monday.json", "--quiet")
    asked += ("--before", folder / "friday.json", "--max-changes", 1)
    done = run(*asked, "--out", folder / "new.json")
    assert done.exit_code == 0, done.output
    assert " is gone" in done.stdout
    new = po.Result.from_json(folder / "new.json")
    assert len(new.change_rows) == 1
    assert run(*asked, "--out", folder / "new.json").exit_code == 2
    dutch = run(*asked, "--language", "nl")
    assert "is er niet meer" in dutch.stdout
    told = json.loads(run(*asked, "--json").stdout)
    assert [row["candidate_id"] for row in told["change_rows"]] == [
        row.candidate_id for row in new.change_rows
    ]
    stay = new.placement_rows[1].candidate_id
    none = run(*asked[:4], *asked[4:6], "--max-changes", 0, "--fixed", stay)
    assert none.exit_code == 1
    assert run("check", folder / "monday.json", folder / "new.json").exit_code == 0


def test_replan_refuses_a_plan_of_another_region(folder: Path) -> None:
    done = run("replan", folder / "plan.json", folder / "monday.json", "--quiet")
    assert done.exit_code == 2
    assert "must be the model that was solved" in done.stderr


def test_compare_puts_plans_side_by_side(folder: Path) -> None:
    plan = folder / "plan.json"
    done = run("compare", plan, plan)
    assert done.exit_code == 0, done.output
    assert "plan (2)" in done.stdout
    told = json.loads(run("compare", plan, plan, "--json").stdout)
    assert [row["changes"] for row in told["totals"]] == [0, 0]
    assert told["moves"] == []
    assert run("compare", plan).exit_code == 2


def test_dossier_is_written_once(folder: Path) -> None:
    asked = ("dossier", folder / "plan.json", folder / "friday.json", folder / "dossier")
    done = run(*asked)
    assert done.exit_code == 0, done.output
    assert (folder / "dossier" / "dossier.nl.md").is_file()
    assert run(*asked).exit_code == 2
    assert run(*asked, "--overwrite").exit_code == 0
    assert run(*asked, "--overwrite", "--least-count", 0).exit_code == 2
