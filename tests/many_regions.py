"""Functions that make regions, in a module that workers can import; some do worse."""

import os
import signal
import time
from functools import partial
from pathlib import Path

import placement_opt as po


def tiny(seed: int) -> po.Region:
    return po.synthetic_region(candidates=24, openings=10, seed=seed)


REGIONS = {f"R{seed}": partial(tiny, seed) for seed in (1, 2, 3)}


def hard(candidates: int = 300) -> po.Region:
    """Return a region that keeps a solver at work for long at gap zero."""
    return po.synthetic_region(candidates=candidates, openings=90, seed=1)


def broken() -> po.Region:
    raise RuntimeError("no such region")


def deadly_once(marks: str) -> po.Region:
    """Kill the process that makes it, but for the second time."""
    mark = Path(marks) / "died"
    if not mark.exists():
        mark.write_text(str(os.getpid()))
        os.kill(os.getpid(), signal.SIGKILL)
    return tiny(3)


def deadly() -> po.Region:
    os.kill(os.getpid(), signal.SIGKILL)
    return tiny(3)


def slow(marks: str, seconds: float = 3.0) -> po.Region:
    """Tell its process in a file, and take a while."""
    (Path(marks) / f"pid-{os.getpid()}").touch()
    time.sleep(seconds)
    return tiny(4)


def begun(events: list[po.Event], wanted: int) -> bool:
    return len({e.region for e in events if e.objective is not None}) >= wanted
