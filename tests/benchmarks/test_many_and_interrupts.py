"""The measurements of many regions, pages and Ctrl-C run, and their tables say what came back."""

import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.footprint import import_s, sizes_mb
from benchmarks.interrupts import answer_in, attempts


def test_many_regions_are_measured_in_two_ways(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["many", "--smoke"]) == 0
    rows = capsys.readouterr().out.splitlines()[2:]
    assert [row.split("|")[1].strip() for row in rows] == ["inline", "processes"]
    assert all("OPTIMAL" in row for row in rows)


@pytest.mark.skipif(sys.platform != "linux", reason="needs terminals and /proc")
@pytest.mark.parametrize("way", ["terminal", "kernel", "thread", "many"])
def test_a_press_brings_a_checked_plan_or_says_that_there_is_none(way: str) -> None:
    if way == "kernel":
        pytest.importorskip("jupyter_client", reason="comes with the extra docs")
        pytest.importorskip("ipykernel", reason="comes with the extra docs")
    for name, _, seconds, answer, checked, left in attempts(way, 300, 90, 2, 5.0, seed=3):
        assert name == way
        assert float(seconds) < 120
        plans = {f"{n} of 4{more}" for n in range(5) for more in ("", " stopped")}
        assert answer in plans | {"FEASIBLE cancelled", "NO_SOLUTION cancelled", "none yet"}
        is_without = answer.startswith(("NO_SOLUTION", "none", "0 of"))
        assert checked == ("-" if is_without else "yes")
        assert left == "0"


def test_the_footprint_counts_what_is_needed(tmp_path: Path) -> None:
    sizes = sizes_mb(Path(__file__).parents[2] / "pyproject.toml")
    assert {"ortools", "pandas", "numpy", "pydantic-core"} <= set(sizes)
    assert not {"pytest", "matplotlib", "mypy"} & set(sizes)
    assert min(sizes.values()) > 0
    assert import_s("import json", tmp_path) > 0
    assert [*tmp_path.rglob("decoder.*.pyc")], "timed as compiled, also where Python keeps nothing"


def test_frames_become_pages(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page", "--smoke"]) == 0
    rows = [row.split("|") for row in capsys.readouterr().out.splitlines()[4:]]
    steps = [row[1].strip() for row in rows if not row[1].strip().startswith("...")]
    reports = ["report, manager", "report, consultant"]
    assert steps == ["Region.from_frames", "solve", "8 tables", "summary", *reports]
    assert all(float(row[3]) >= 0 for row in rows if row[1].strip() in steps)


def test_a_program_that_says_nothing_is_no_answer() -> None:
    assert answer_in("BEGUN\nTraceback")[0] == "no answer"
