"""From frames to a page to hand over: the ten lines that most programs have, each timed."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import placement_opt as po
from benchmarks.table import markdown

TABLES = ("placements", "unplaced", "quotas", "coaches", "budgets", "costs", "terms", "assumptions")

SEARCH_AND_SORT = """(id) => {
  const search = document.getElementById("search"), began = performance.now();
  search.value = id;
  search.dispatchEvent(new Event("input"));
  document.body.offsetHeight;
  const found = performance.now();
  search.value = "";
  document.querySelector("#rows thead button").click();
  document.body.offsetHeight;
  return [(found - began) / 1000, (performance.now() - found) / 1000];
}"""

AnswerT = TypeVar("AnswerT")


def page_table(candidates: int, openings: int, seed: int, time_limit_s: float) -> str:
    """Return a Markdown table of seconds and megabytes, from pandas frames to pages.

    Parameters
    ----------
    candidates, openings, seed
        The made-up region.
    time_limit_s
        Seconds of the solve, which ends at a gap of 1 %.
    """
    frames = po.synthetic_region(candidates=candidates, openings=openings, seed=seed).to_frames()
    rows: list[list[str]] = []

    def timed(what: str, work: Callable[[], AnswerT]) -> AnswerT:
        began, began_s = time.perf_counter(), time.process_time()
        answer = work()
        seconds, processor = time.perf_counter() - began, time.process_time() - began_s
        rows.append([what, f"{seconds:.2f}", f"{processor:.2f}", ""])
        return answer

    region = timed("Region.from_frames", lambda: po.Region.from_frames(**frames))
    result = timed("solve", lambda: po.solve(region, time_limit_s=time_limit_s, gap=1e-2))
    timed(f"{len(TABLES)} tables", lambda: [getattr(result, table) for table in TABLES])
    timed("summary", result.summary)
    with tempfile.TemporaryDirectory() as folder:
        for reader in ("manager", "consultant"):
            page = Path(folder) / f"{reader}.html"
            timed(f"report, {reader}", lambda to=reader, path=page: result.report(path, to=to))
            rows[-1][-1] = f"{page.stat().st_size / 1e6:.1f}"
            rows += in_a_browser(page, region.candidates[-1].id)
    people = f"{len(region.candidates):,} people, {len(region.openings):,} openings, "
    told = f"{len(result.placement_rows):,} placements, gap {result.gap or 0:.4f}."
    return f"{people}{told}\n\n{markdown(('step', 's', 's of processor', 'MB'), rows)}"


def in_a_browser(page: Path, candidate_id: str) -> list[list[str]]:
    """Return rows on opening, searching and sorting a page; none without Chromium."""
    import shutil

    browser = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return []
    if browser is None:
        return []
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu"]
        opened = playwright.chromium.launch(executable_path=browser, args=flags).new_page()
        began = time.perf_counter()
        opened.goto(page.as_uri())
        seconds = [time.perf_counter() - began, *opened.evaluate(SEARCH_AND_SORT, candidate_id)]
    steps = ("opened in a browser", "a search in it", "a sort")
    return [[f"... {step}", f"{s:.2f}", "", ""] for step, s in zip(steps, seconds, strict=True)]
