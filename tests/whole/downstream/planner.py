"""A project of somebody's own around the library, as a type checker sees it; it is not run."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pandas as pd

import placement_opt as po


def region(date: str) -> po.Region:
    """Make a region of records."""
    return po.Region(
        name="Achterhoek",
        date=date,
        candidates=[po.Candidate(id="C-1", hours_per_week=(8, 24), skills={"dutch": 0.6})],
        openings=[po.Opening(id="O-1", employer="E-1", positions=2)],
        employers=[po.Employer(id="E-1", jobs_pledged=1)],
        coaches=[po.Coach(id="K-1", hours_per_week=10)],
        municipalities=[po.Municipality(id="M-1")],
    )


def solved(of: po.Region) -> po.Result:
    """Solve with rules of one's own choice."""
    model = po.Model(of, rulebook=po.Rulebook.on("2026-02-01"))
    model.add(po.JobsQuota(per="sector", jobs={"government": 40}, shortfall_price=800))
    model.add(po.Priority(weight=2)).add(po.ResourceLimit(per="region", limits=10))
    return model.solve(time_limit_s=10, gap=1e-3, seed=1, on_progress=heard, progress=True)


def heard(event: po.Event) -> None:
    """Hear of progress."""
    gap: float | None = event.gap
    print(event.phase, event.elapsed_s, gap)


def told(result: po.Result) -> Iterator[str]:
    """Read a result."""
    placements: pd.DataFrame = result.placements
    yield str(len(placements))
    for row in result.placement_rows:
        hours: float | None = row.hours_per_week
        yield f"{row.candidate_id} {row.opening_id} {hours} {row.points:.1f}"
    status: po.Status = result.status
    bound: float | None = result.bound
    yield f"{status.value} {bound} {result.summary('nl')}"
    yield str(result.why_not("C-1", "O-1"))


def of_many(folder: Path) -> dict[str, float | None]:
    """Solve many regions."""
    with ThreadPoolExecutor(2) as threads:
        nation: po.NationResult = po.solve_many(
            {"A": region("2026-02-01"), "B": folder / "b.json", "C": partial(region, "2026-02-01")},
            threads,
            time_limit_s=5,
            folder=folder,
        )
    failures: list[po.RegionFailure] = list(nation.failures.values())
    print([failure.text for failure in failures])
    return {name: result.objective for name, result in nation.results.items()}


async def served(of: po.Region) -> po.Result:
    """Solve in an asyncio app."""
    enough = threading.Event()
    solving = asyncio.create_task(po.solve_async(of, time_limit_s=5, cancel=enough))
    enough.set()
    return await solving


def read(path: Path) -> str:
    """Read files; bad input is an error with all problems."""
    try:
        return po.Region.from_json(path).name
    except po.InvalidInputError as error:
        return "\n".join(problem.hint for problem in error.problems)
