"""A folder with files to run commands on."""

from pathlib import Path

import pytest
from command_line import run

import placement_opt as po


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
