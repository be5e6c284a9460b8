"""Problems and files of the benchmarks, small."""

import os
from pathlib import Path

import pytest

from benchmarks.instances import Problem, instances

# Two agents, three items; the best is items 1 and 3 at agent 1, item 2 at agent 2: 2 + 1 + 3.
SMALL_GAP = "2 3\n 2 9 1\n 8 3 9\n 1 1 1\n 1 1 1\n 2 2\n"

GAP_FOLDER = os.environ.get("PLACEMENT_OPT_GAP", "")

needs_gap_folder = pytest.mark.skipif(
    not GAP_FOLDER, reason="set PLACEMENT_OPT_GAP to a folder of OR-Library GAP files"
)


def small_file(folder: Path, text: str = SMALL_GAP, name: str = "small") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def problem(spec: str, seed: int = 1) -> Problem:
    (instance,) = instances(spec)
    return instance.build(seed)
