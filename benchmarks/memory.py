"""Resident memory of this process, for measurements on Linux and macOS."""

import resource
import sys


def peak_mb() -> float:
    """Return the highest resident memory of this process so far, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
