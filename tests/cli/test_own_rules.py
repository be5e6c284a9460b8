"""Rules of a user's own on the command line: imported on request, and only then."""

import os
import subprocess
import sys
from pathlib import Path

import placement_opt as po

RULES = """
from placement_opt.rules import Rule, register


@register
class NobodyInSecond(Rule):
    title = "nobody in the second opening"

    @classmethod
    def standard(cls, instance):
        return cls()

    def allows(self, instance, candidate, opening):
        return opening != instance.opening_idx("O-2")

    def violations(self, plan):
        for placement in plan.placements:
            if placement.opening_id == "O-2":
                yield self.broken(placement.candidate_id, "is in O-2")
"""


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = "from placement_opt.cli import main; main()"
    root = str(Path(po.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": root},
    )


def test_rules_of_a_package_hold_in_solve_and_are_found_by_check(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "__init__.py").write_text("")
    (tmp_path / "mine" / "rules.py").write_text(RULES)
    (tmp_path / "mine" / "empty.py").write_text("")
    po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2")],
    ).to_json(tmp_path / "region.json")
    solve = ("solve", "region.json", "--time-limit", "10", "--quiet", "--overwrite")
    own = ("--rules", "mine.rules")
    done = run(tmp_path, *solve, "--out", "plan.json", *own)
    assert done.returncode == 0, done.stderr
    assert "NobodyInSecond" in done.stderr
    result = po.Result.from_json(tmp_path / "plan.json")
    assert [row.opening_id for row in result.placement_rows] == ["O-1"]
    assert run(tmp_path, "check", "region.json", "plan.json", *own).returncode == 0
    # Without the option nothing of the user's is imported.
    assert run(tmp_path, "check", "region.json", "plan.json").returncode == 2
    run(tmp_path, *solve, "--out", "plain.json")
    assert len(po.Result.from_json(tmp_path / "plain.json").placement_rows) == 2
    for module, told in (("mine.no", "can be imported"), ("mine.empty", "must register")):
        done = run(tmp_path, "check", "region.json", "plan.json", "--rules", module)
        assert done.returncode == 2
        assert told in done.stderr
