"""Compares two runs of the phase benchmarks as ratios to a yardstick in the same run.

Seconds of two machines, or of one machine on two days, cannot be compared. The yardstick is a fixed
piece of numpy and Python work that is measured in every run beside the phases; how many yardsticks
a phase takes is about the same everywhere.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import markdown
from placement_opt.basics.errors import InvalidInputError

YARDSTICK = "yardstick"


@dataclass(frozen=True)
class Phase:
    """A phase in yardsticks, in the saved run and in the new one; None where it is missing."""

    name: str
    saved: float | None
    new: float | None

    def is_regression(self, allow: float) -> bool:
        """Tell whether the phase costs more than `allow` times what it did, or is gone."""
        if self.saved is None:
            return False
        return self.new is None or self.new > allow * self.saved


def compare_phases(saved: Path, new: Path) -> list[Phase]:
    """Return every phase of either run.

    Raises
    ------
    InvalidInputError
        When a file is no output of pytest-benchmark with a yardstick in it.
    """
    before, after = yardsticks(saved), yardsticks(new)
    names = dict.fromkeys([*before, *after])
    return [Phase(name, before.get(name), after.get(name)) for name in names]


def yardsticks(path: Path) -> dict[str, float]:
    """Return how many yardsticks each benchmark of a run took, by its fastest round."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
        seconds = {_phase(entry["name"]): float(entry["stats"]["min"]) for entry in listed}
        unit = seconds.pop(YARDSTICK)
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInputError.single(
            "benchmarks",
            path.name,
            "file",
            repr(error),
            f"must be pytest-benchmark's JSON with a benchmark named {YARDSTICK!r}",
            "write it with pytest tests/benchmarks/test_phases.py --benchmark-enable"
            f" --benchmark-json={path.name}",
        ) from None
    return {name: value / unit for name, value in seconds.items()}


def _phase(test: str) -> str:
    return test.removeprefix("test_")


def regression_table(phases: list[Phase], allow: float) -> str:
    """Return a Markdown table with a verdict per phase."""
    rows = [
        [
            phase.name,
            _told(phase.saved),
            _told(phase.new),
            _told(phase.new / phase.saved if phase.saved and phase.new else None),
            _verdict(phase, allow),
        ]
        for phase in phases
    ]
    return markdown(("phase", "saved", "new", "ratio", "ended"), rows).replace("ended", "     ")


def _verdict(phase: Phase, allow: float) -> str:
    if phase.saved is None:
        return "new phase"
    if phase.new is None:
        return "MISSING"
    return "REGRESSION" if phase.is_regression(allow) else "ok"


def _told(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
