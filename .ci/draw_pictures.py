"""Draws the README's pictures of a plan: ``python .ci/draw_pictures.py [FOLDER]``.

Needs the extra `plots`, playwright of the extra `dev`, and Chromium for the page. FOLDER is
docs/pictures by default.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl

import placement_opt as po

mpl.use("agg")
from matplotlib import pyplot as plt
from PIL import Image
from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
FLAGS = ["--no-sandbox", "--disable-gpu"]
MOST_BYTES = 200_000


def photograph(result: po.Result, picture: Path) -> None:
    """Take a picture of the top of the page that people get."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page = Path(folder) / "plan.html"
        result.report(page)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        opened = browser.new_page(viewport={"width": 1100, "height": 1400})
        opened.goto(page.as_uri())
        opened.screenshot(path=picture)
        browser.close()
    Image.open(picture).quantize(64).save(picture, optimize=True)  # a third of the bytes


def draw(result: po.Result, picture: Path) -> None:
    """Draw how close the plan is to the best of all, and whose hours are used."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    po.plots.gap_over_time(result, ax=left)
    po.plots.coach_load(result, ax=right, most=12)
    figure.savefig(picture, dpi=90, metadata={"Software": None})


def main(folder: Path) -> None:
    """Draw both, and refuse what would make the README slow to open."""
    folder.mkdir(parents=True, exist_ok=True)
    region = po.synthetic_region("rijk-van-nijmegen", candidates=600, openings=160, seed=1)
    result = po.solve(region, time_limit_s=20)
    for draw_one, name in ((photograph, "report.png"), (draw, "plots.png")):
        draw_one(result, folder / name)
        if (folder / name).stat().st_size > MOST_BYTES:
            raise SystemExit(f"{name} is larger than {MOST_BYTES:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
