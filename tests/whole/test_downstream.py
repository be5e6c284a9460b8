"""A project of a user's own type-checks in strict mode, and its mistakes are found."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import placement_opt as po

pytest.importorskip("mypy", reason="comes with the extra dev")

PROJECT = Path(__file__).parent / "downstream"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Check the whole project once, as its owner would."""
    cache = tmp_path_factory.mktemp("mypy")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "mypy.ini", "--cache-dir", str(cache), "."],
        cwd=PROJECT,
        env={**os.environ, "MYPYPATH": os.pathsep.join(_sources())},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert "error" in done.stdout, done.stderr
    return done.stdout.splitlines()


def _sources() -> list[str]:
    """Return where the library is, unless it is installed: mypy finds that by itself."""
    source = Path(po.__file__).parents[1]
    return [] if source.name == "site-packages" else [str(source)]


def errors_in(said: list[str], name: str) -> dict[int, str]:
    found = (re.match(rf"{name}:(\d+): error: (.*)", line) for line in said)
    return {int(match[1]): match[2] for match in found if match}


def test_a_project_is_clean_in_strict_mode(said: list[str]) -> None:
    assert errors_in(said, r"planner\.py") == {}


def test_the_mistakes_are_found_and_nothing_else(said: list[str]) -> None:
    lines = (PROJECT / "mistaken.py").read_text(encoding="utf-8").splitlines()
    made = {number for number, line in enumerate(lines, 1) if line.endswith("# mistake")}
    assert set(errors_in(said, r"mistaken\.py")) == made


def test_nothing_of_the_library_itself_is_told(said: list[str]) -> None:
    told = [line for line in said if "error:" in line]
    assert [line for line in told if not line.startswith(("planner.py", "mistaken.py"))] == []
