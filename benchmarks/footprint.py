"""What the library takes before it does anything: megabytes on disk, seconds to import."""

import os
import re
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import placement_opt
from benchmarks.table import markdown

STEPS = (
    "import placement_opt",
    "import placement_opt as po; po.Region",
    "import placement_opt as po; po.Model",
)
TIMES = 5

TIMED = "import time; began = time.process_time(); {}; print(time.process_time() - began)"


def import_s(code: str, compiled: Path) -> float:
    """Return the processor seconds of some imports in a fresh process, the fastest of a few times.

    Python compiles each module once and keeps that, here in the folder `compiled`; only then is it
    timed, as all but the first imports of a user are.
    """
    command = [sys.executable, "-c", TIMED.format(code)]
    keeping = {**os.environ, "PYTHONPYCACHEPREFIX": str(compiled), "PYTHONDONTWRITEBYTECODE": ""}
    runs = (
        float(subprocess.run(command, capture_output=True, check=True, env=keeping).stdout)
        for _ in range(TIMES + 1)
    )
    return min([*runs][1:])


def sizes_mb(of: Path) -> dict[str, float]:
    """Return what each package that is needed takes on disk, by name, without extras.

    Parameters
    ----------
    of
        The project's pyproject.toml.
    """
    import tomllib

    waiting = list(tomllib.loads(of.read_text(encoding="utf-8"))["project"]["dependencies"])
    found: dict[str, float] = {}
    while waiting:
        needed = waiting.pop()
        name = re.sub(r"[-_.]+", "-", re.split(r"[^A-Za-z0-9._-]", needed)[0]).lower()
        if name in found or "extra ==" in needed:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another system
            continue
        files = [Path(str(file.locate())) for file in package.files or ()]
        found[name] = sum(file.stat().st_size for file in files if file.exists()) / 1e6
        waiting += package.requires or []
    return found


def footprint_tables() -> str:
    """Return a Markdown table of seconds, and one of megabytes, the largest first."""
    package = Path(placement_opt.__file__).parent
    own = sum(file.stat().st_size for file in package.rglob("*.*") if file.suffix != ".pyc") / 1e6
    sizes = sizes_mb(package.parent / "pyproject.toml")
    largest = sorted(sizes.items(), key=lambda one: -one[1])[:6]
    rows = [["placement_opt", f"{own:.1f}"], *([name, f"{mb:.0f}"] for name, mb in largest)]
    rows.append([f"all {len(sizes)} that it needs", f"{sum(sizes.values()):.0f}"])
    with tempfile.TemporaryDirectory() as folder:
        seconds = [[step, f"{import_s(step, Path(folder)):.2f}"] for step in STEPS]
    return f"{markdown(('import', 's'), seconds)}\n\n{markdown(('package', 'MB'), rows)}"
