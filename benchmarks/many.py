"""Many regions in every way they can be solved: wall time, and memory of all processes together.

Each way is a process of its own: ``python -m benchmarks.many WAY REGIONS CANDIDATES OPENINGS
SECONDS GAP`` solves and prints one line of JSON, while `measured` watches its family.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

import placement_opt as po
from benchmarks.memory import resident_mb
from benchmarks.table import markdown

WAYS = ("inline", "threads", "processes", "pool", "dask")
LOOK_S = 0.1


@contextmanager
def executor_of(way: str) -> Iterator[Executor | int | None]:
    """Yield what `solve_many` takes for a way, with two workers."""
    if way == "threads":
        with ThreadPoolExecutor(2) as threads:
            yield threads
    elif way == "pool":
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            yield pool
    elif way == "dask":
        from distributed import Client, LocalCluster

        workers = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
        with LocalCluster(**workers) as cluster, Client(cluster) as client:
            yield client.get_executor(pure=False)
    else:
        yield 2 if way == "processes" else None


def main(
    way: str, regions: int, candidates: int, openings: int, limits: tuple[float, float]
) -> None:
    """Solve in one way, and print what it came to."""
    made = partial(po.synthetic_region, candidates=candidates, openings=openings)
    given = {f"region {seed}": partial(made, seed=seed) for seed in range(1, regions + 1)}
    time_limit_s, gap = limits
    with executor_of(way) as executor:
        began = time.perf_counter()
        nation = po.solve_many(given, executor, time_limit_s=time_limit_s, gap=gap)
        seconds = time.perf_counter() - began
    print(
        json.dumps(
            {
                "seconds": seconds,
                "status": nation.status,
                "objective": nation.objective,
                "gap": nation.gap,
                "failures": len(nation.failures),
            }
        )
    )


def measured(way: str, arguments: Sequence[object]) -> list[str]:
    """Return a row: the way, seconds, peak memory in MB, status, points and gap."""
    command = [sys.executable, "-m", "benchmarks.many", way, *map(str, arguments)]
    peak = 0.0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            peak = max(peak, resident_mb(process.pid))
            time.sleep(LOOK_S)
        said = "" if process.stdout is None else process.stdout.read()
    if process.returncode:
        return [way, "-", f"{peak:,.0f}", f"ended with {process.returncode}", "-", "-"]
    told = json.loads(said.splitlines()[-1])
    gap = "-" if told["gap"] is None else f"{told['gap']:.3%}"
    points = "-" if told["objective"] is None else f"{told['objective']:,.0f}"
    return [way, f"{told['seconds']:.1f}", f"{peak:,.0f}", told["status"], points, gap]


def many_table(
    regions: int,
    candidates: int,
    openings: int,
    time_limit_s: float,
    gap: float,
    ways: Sequence[str],
) -> str:
    """Measure each way, one after the other, and return a Markdown table."""
    arguments = (regions, candidates, openings, time_limit_s, gap)
    rows = [measured(way, arguments) for way in ways]
    return markdown(("way", "wall s", "peak MB", "status", "points", "gap"), rows)


if __name__ == "__main__":
    _, asked, *sizes, seconds, share = sys.argv
    n_regions, n_candidates, n_openings = map(int, sizes)
    main(asked, n_regions, n_candidates, n_openings, (float(seconds), float(share)))
