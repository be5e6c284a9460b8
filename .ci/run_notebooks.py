"""Execute every notebook of a folder from its first cell to its last; none may hold outputs.

``python .ci/run_notebooks.py examples [FOLDER]`` writes them with their outputs to FOLDER.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

SECONDS_PER_CELL = 300


def main(folder: Path, executed: Path | None = None) -> int:
    """Run the notebooks, write what came out to a folder, and return how many failed."""
    if executed is not None:
        executed.mkdir(parents=True, exist_ok=True)
    failures = 0
    for path in sorted(folder.glob("*.ipynb")):
        started = time.perf_counter()
        notebook = nbformat.read(path, as_version=4)
        problem = None
        if any(cell.get("outputs") for cell in notebook.cells):
            problem = "holds outputs; clear them before committing"
        else:
            try:
                NotebookClient(notebook, timeout=SECONDS_PER_CELL, kernel_name="python3").execute()
            except CellExecutionError as error:
                problem = str(error)
        if executed is not None and problem is None:
            nbformat.write(notebook, executed / path.name)
        failures += problem is not None
        print(f"{path}: {problem or 'ok'} ({time.perf_counter() - started:.1f} s)")
    return failures


if __name__ == "__main__":
    sys.exit(min(1, main(*map(Path, sys.argv[1:3]))))
