"""Runs solvers on instances one after the other, each in a process of its own."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.apart import attempt
from benchmarks.attempt import Attempt, Question
from benchmarks.busy import busy_loops
from benchmarks.instances import Instance
from benchmarks.results import append, header

WORKERS = 2


def compare(
    found: Sequence[Instance],
    solvers: Sequence[str],
    seeds: Sequence[int],
    *,
    time_limit_s: float,
    gap: float,
    out: Path | None,
    arguments: Sequence[str],
    busy: int = 0,
) -> Iterator[Attempt]:
    """Yield what each solver reached on each instance; every line is in the file at once.

    Parameters
    ----------
    found
        The instances.
    solvers
        Names of rivals.
    seeds
        One attempt for each; the seed makes up the instance and is every solver's seed.
    time_limit_s, gap
        Limits, the same for all.
    out
        File to write, or None.
    arguments
        What to note as the command.
    busy
        Processes that keep processors busy beside each attempt.
    """
    append(out, header(arguments), first=True)
    for instance in found:
        for seed in seeds:
            for solver in solvers:
                question = Question(instance.spec, solver, time_limit_s, gap, seed, WORKERS)
                with busy_loops(busy):
                    reached = attempt(question, instance.name)
                append(out, reached.to_json())
                print(progress_line(reached), file=sys.stderr, flush=True)
                yield reached


def progress_line(reached: Attempt) -> str:
    """Return one line about an attempt that has just ended."""
    parts = [f"{reached.instance} seed {reached.seed} {reached.solver}:"]
    if reached.objective is not None:
        parts.append(f"plan {reached.objective:,.1f},")
    if reached.bound is not None:
        parts.append(f"bound {reached.bound:,.1f},")
    if reached.gap is not None:
        parts.append(f"gap {100 * reached.gap:.4g} %,")
    if reached.seconds is not None:
        parts.append(f"{reached.seconds:.1f} s,")
    return " ".join([*parts, reached.error or reached.stop_reason])
