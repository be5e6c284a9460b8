"""Results as JSON lines: a header with machine, versions and command, then one line per attempt."""

import json
import os
import platform
import shlex
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from benchmarks.attempt import Attempt
from placement_opt.basics.errors import InvalidInputError

PACKAGES = ("placement_opt", "ortools", "numpy", "scipy", "pandas")


@dataclass(frozen=True)
class Results:
    """What one or more runs measured, with their headers."""

    headers: tuple[dict[str, Any], ...]
    attempts: tuple[Attempt, ...]


def header(arguments: Sequence[str]) -> dict[str, Any]:
    """Describe the machine, the versions and the command; neither host name nor user."""
    return {
        "kind": "header",
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": shlex.join(["python", "-m", "benchmarks", *arguments]),
        "machine": {
            "system": platform.system(),
            "architecture": platform.machine(),
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
            "memory_gb": _memory_gb(),
        },
        "versions": {
            "python": platform.python_version(),
            **{name: _version(name) for name in PACKAGES},
        },
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _processor() -> str | None:
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or None)


def _memory_gb() -> float | None:
    try:
        return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9, 1)
    except (AttributeError, ValueError, OSError):
        return None


def refuse_existing(paths: Iterable[Path | None], *, overwrite: bool) -> None:
    """Refuse files that are there already, before anything is measured.

    Raises
    ------
    FileExistsError
        When one exists and `overwrite` is False.
    """
    there = [str(path) for path in paths if path is not None and path.exists()]
    if there and not overwrite:
        text = f"{', '.join(there)} exists already. Hint: choose another name or add --overwrite."
        raise FileExistsError(text)


def append(path: Path | None, line: dict[str, Any], *, first: bool = False) -> None:
    """Add one line to a file, which `first` starts anew; without a path do nothing."""
    if path is not None:
        with path.open("w" if first else "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read_results(paths: Sequence[Path]) -> Results:
    """Read what one or more runs wrote.

    Raises
    ------
    InvalidInputError
        When a file is not what this command writes.
    """
    headers, attempts = [], []
    for path in paths:
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                line = json.loads(text)
                if line["kind"] == "header":
                    headers.append(line)
                elif line["kind"] == "attempt":
                    attempts.append(Attempt.from_json(line))
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidInputError.single(
                    "results",
                    path.name,
                    f"line {number}",
                    str(error),
                    "must be a header or an attempt",
                    "give a file that `python -m benchmarks compare --out` wrote",
                ) from None
    return Results(tuple(headers), tuple(attempts))
