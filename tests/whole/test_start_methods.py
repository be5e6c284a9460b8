"""Worker processes of every kind, and places where nothing may be written."""

import os
import stat
from multiprocessing import get_all_start_methods
from pathlib import Path

import pytest
from programs import environment, run

POOL = """
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
import placement_opt as po

def main():
    model = po.Model(po.synthetic_region(candidates=120, openings=40, seed=1))
    here = model.solve(time_limit_s=20, gap=0.02)  # with threads and helpers before any fork
    with ProcessPoolExecutor(2, mp_context=get_context(sys.argv[1])) as pool:
        futures = [pool.submit(model.solve, time_limit_s=20, gap=0.02) for _ in range(2)]
        print(here.has_plan, [future.result(timeout=120).has_plan for future in futures])

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("method", get_all_start_methods())
def test_models_are_solved_in_processes_of_every_kind(method: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(POOL)
    done = run(None, str(script), method)
    assert (done.returncode, done.stdout) == (0, "True [True, True]\n"), done.stderr


MANY = """
from functools import partial
import placement_opt as po
region = partial(po.synthetic_region, candidates=24, openings=10)
result = po.solve(region(seed=1))
nation = po.solve_many({"A": partial(region, seed=1), "B": partial(region, seed=2)}, 2)
print(result.status, nation.status, nation.failures)
"""
"""A script without a guard; it starts processes."""


@pytest.mark.parametrize("how", ["file", "stdin", "command"])
def test_a_script_of_any_kind_has_processes_without_a_guard(how: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(MANY)
    arguments = {"file": [str(script)], "stdin": ["-"], "command": ["-c", MANY]}[how]
    done = run(None, *arguments, input=MANY if how == "stdin" else "")
    assert (done.returncode, done.stdout) == (0, "OPTIMAL OPTIMAL {}\n"), done.stderr


@pytest.mark.skipif(os.name != "posix", reason="permissions differ on Windows")
def test_a_folder_that_may_not_be_written_is_no_hindrance(tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()
    place.chmod(stat.S_IRUSR | stat.S_IXUSR)
    before = set(place.iterdir())
    done = run(MANY, cwd=place, env=environment(HOME="/nonexistent"))
    assert (done.returncode, done.stdout) == (0, "OPTIMAL OPTIMAL {}\n"), done.stderr
    assert set(place.iterdir()) == before  # who may write everywhere writes nothing all the same
