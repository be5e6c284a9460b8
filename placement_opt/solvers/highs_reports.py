"""What HiGHS writes while it works and at its end, passed on to the search."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search, Solution
from placement_opt.solvers.highs import IMPROVING, LOG, HighsAnswer
from placement_opt.solvers.linear_program import Floats, ObjectiveUnit
from placement_opt.solvers.reporting import ended, logger, prove_bound, prove_none

HEAD_LINES = 2
"""Lines above the values of each solution in HiGHS's file."""

PRINTED = 5e-9
"""Relative rounding of the bounds in the log, which prints nine digits of large ones."""

LOG_BOUND = re.compile(r"\d\.\d+%\s+(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s+\S+\s+(?:\S+%|Large|inf)")
"""The best bound in a line of HiGHS's table: after the explored share, before the best solution."""


INFEASIBLE = frozenset({"infeasible", "infeasible_or_unbounded"})
"""Reasons that say there is no solution: all variables are bounded, and so is the objective."""


class HighsFiles:
    """Reads the files that HiGHS writes, each line once.

    Parameters
    ----------
    folder
        Where they are.
    n_columns
        Columns of the problem.
    """

    def __init__(self, folder: Path, n_columns: int) -> None:
        self._n_columns = n_columns
        self._log = _Tail(folder / LOG)
        self._improving = _Tail(folder / IMPROVING)
        self._partial: list[str] = []

    def bounds(self) -> list[float]:
        """Return the new bounds in the log, in float units; see `PRINTED`."""
        return [float(found[1]) for line in self._log if (found := LOG_BOUND.search(line))]

    def solutions(self) -> Iterator[Floats]:
        """Yield the complete new solutions of the file.

        Each is a line ``Objective x``, a line ``# Columns -k`` and k lines with a value and a
        column; columns left out are zero.
        """
        self._partial.extend(self._improving)
        while len(self._partial) >= HEAD_LINES:
            end = HEAD_LINES - int(self._partial[1].split()[-1])
            if len(self._partial) < end:
                return
            values = np.zeros(self._n_columns)
            for line in self._partial[HEAD_LINES:end]:
                value, column = line.split()
                values[int(column)] = float(value)
            del self._partial[:end]
            yield values


@dataclass
class HighsReports:
    """Tells the search of what HiGHS writes."""

    formulation: Formulation
    search: Search
    unit: ObjectiveUnit
    folder: Path
    source: str
    is_refuted: bool = False

    def __post_init__(self) -> None:
        self._files = HighsFiles(self.folder, self.formulation.n_variables)

    def pass_on(self) -> None:
        """Tell the search of new bounds and solutions.

        In a reproducible solve bounds wait for the end: the moment one is read is chance.
        """
        bounds = self._files.bounds()
        if bounds and not self.search.limits.reproducible:
            self._prove(min(bounds), PRINTED)
        for values in self._files.solutions():
            self._offer(values)

    def conclude(self, answer: HighsAnswer) -> Ending:
        """Report the final answer."""
        if answer.values is not None:
            self._offer(answer.values)
        if answer.reason in INFEASIBLE:
            return prove_none(self.search, self.source)
        if answer.bound is not None:
            self._prove(answer.bound, 0.0)
        if self.is_refuted:
            return Ending.FAILED
        if answer.reason not in {"optimal", "feasible", "no_solution_found"}:
            logger.warning("mip ended with %r; the best plan so far is kept", answer.reason)
            return Ending.FAILED
        if answer.reason == "optimal" and self.search.stop_reason() is None:
            return Ending.FINISHED
        return ended(self.search)

    def _offer(self, values: Floats) -> None:
        self.search.offer(Solution.of(self.formulation, values), self.source)

    def _prove(self, bound: float, relative: float) -> None:
        whole = self.unit.bound(bound, relative)
        self.is_refuted |= not prove_bound(self.search, whole, self.source)


class _Tail:
    """Iterates over the lines that were added to a growing file since the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0

    def __iter__(self) -> Iterator[str]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        yield from whole.decode("utf-8", errors="replace").splitlines()
