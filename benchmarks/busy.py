"""Keeps processors busy beside a measurement, as others do on a shared machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    sum(range(10**5))"
"""Ends with its parent."""


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """Run so many loops that do nothing useful, each a process, as long as the block runs."""
    loops = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()
