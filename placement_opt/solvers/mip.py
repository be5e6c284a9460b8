"""HiGHS, a mixed-integer solver on floating-point linear relaxations, in a process of its own."""

import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search, Solution
from placement_opt.solvers.highs import (
    IMPROVING,
    LOG,
    HighsAnswer,
    HighsSettings,
    read_answer,
    write_problem,
)
from placement_opt.solvers.job import Job, JobError, start_job
from placement_opt.solvers.linear_program import (
    EXACT_REACH,
    Floats,
    LinearProgram,
    ObjectiveUnit,
    exceeds_floats,
)
from placement_opt.solvers.reporting import (
    POLL_S,
    ended,
    is_contradictory,
    logger,
    prove_bound,
    prove_none,
    stop_asked,
)

WORK = "placement_opt.solvers.highs:work"

TINY_VARIABLES = 400
TINY_ENTRIES = 2_000
TINY_S = 2.0
"""A tiny problem gets that long in this process before one of its own is worth its start."""

NODES_PER_S = 20
"""Nodes that stand for one second in a reproducible solve."""

PRINTED = 1e-9
"""Relative rounding of the bounds in the log, which prints ten digits."""

LOG_BOUND = re.compile(r"\d\.\d+%\s+(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)\s+\S+\s+(?:\S+%|Large|inf)")
"""The best bound in a line of HiGHS's table: after the explored share, before the best solution."""


class Mip:
    """HiGHS on the whole formulation.

    Solutions are read from its file and bounds from its log while it runs; a stop kills it.
    Bounds are HiGHS's word, raised by its tolerances before they are rounded to whole units (see
    `ObjectiveUnit`), so that OPTIMAL is claimed only where the units are coarse enough for them.

    Parameters
    ----------
    in_process
        True: work in a thread of this process, False: in a process of its own. None: tiny
        problems get two seconds in this process first.
    """

    name = "mip"

    def __init__(self, *, in_process: bool | None = None) -> None:
        self._in_process = in_process

    def refuses(self, formulation: Formulation) -> str | None:
        """Refuse rows whose sums floating point cannot tell apart."""
        if exceeds_floats(formulation):
            return f"a row's sum or limit can reach {EXACT_REACH:.0e}, too much for floating point"
        return None

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Solve; see `placement_opt.solvers.base.Solver.solve`."""
        if is_contradictory(formulation):
            return prove_none(search, self.name)
        try:
            if self._in_process is not None:
                return self._solve(formulation, search, in_process=self._in_process)
            if not _is_tiny(formulation):
                return self._solve(formulation, search, in_process=False)
            ending = self._solve(formulation, search, in_process=True, at_most_s=TINY_S)
            if ending is Ending.STOPPED and not search.limits.reproducible:
                return self._solve(formulation, search, in_process=False)
        except Exception:
            logger.warning("mip failed; the best plan so far is kept", exc_info=True)
            return Ending.FAILED
        return ending

    def _solve(
        self,
        formulation: Formulation,
        search: Search,
        *,
        in_process: bool,
        at_most_s: float = float("inf"),
    ) -> Ending:
        if stop_asked(search):
            return ended(search)
        with tempfile.TemporaryDirectory(
            prefix="placement_opt-", ignore_cleanup_errors=True
        ) as path:
            folder = Path(path)
            reports = _Reports(formulation, search, ObjectiveUnit.of(formulation), folder)
            hint = None if search.best is None else search.best.values(formulation)
            write_problem(
                folder,
                LinearProgram.of(formulation, reports.unit),
                _settings(search, reports.unit, at_most_s),
                None if hint is None else hint.astype(np.float64),
            )
            job = start_job(WORK, folder, in_process=in_process)
            try:
                return _watch(job, reports, search)
            finally:
                job.stop()


def _is_tiny(formulation: Formulation) -> bool:
    return formulation.n_variables <= TINY_VARIABLES and formulation.matrix.nnz <= TINY_ENTRIES


def _settings(search: Search, unit: ObjectiveUnit, at_most_s: float) -> HighsSettings:
    limits = search.limits
    seconds = min(at_most_s, search.remaining_s)
    return HighsSettings(
        seed=limits.seed % (1 << 31),
        relative_gap=limits.gap,
        absolute_gap=unit.half_step,
        time_limit_s=None if limits.reproducible else seconds,
        node_limit=max(1, int(limits.time_limit_s * NODES_PER_S)) if limits.reproducible else None,
    )


def _watch(job: Job, reports: "_Reports", search: Search) -> Ending:
    """Pass on what HiGHS writes until it ends or the search says stop."""
    while not job.wait(POLL_S):
        reports.pass_on()
        if stop_asked(search):
            return ended(search)
    reports.pass_on()
    try:
        job.finish()
    except JobError as error:
        logger.warning("mip failed; the best plan so far is kept: %s", error)
        return Ending.FAILED
    return reports.conclude(read_answer(reports.folder))


@dataclass
class _Reports:
    """Reads the files that HiGHS writes, each line once, and tells the search."""

    formulation: Formulation
    search: Search
    unit: ObjectiveUnit
    folder: Path
    is_refuted: bool = False
    _log: "_Tail" = field(init=False)
    _improving: "_Tail" = field(init=False)
    _partial: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._log = _Tail(self.folder / LOG)
        self._improving = _Tail(self.folder / IMPROVING)

    def pass_on(self) -> None:
        """Tell the search of new bounds and solutions.

        In a reproducible solve bounds wait for the end: the moment one is read is chance.
        """
        bounds = [float(found[1]) for line in self._log if (found := LOG_BOUND.search(line))]
        if bounds and not self.search.limits.reproducible:
            self._prove(min(bounds), PRINTED)
        for values in self._solutions():
            self._offer(values)

    def _solutions(self) -> Iterator[Floats]:
        """Yield the complete new solutions of the file.

        Each is a line ``Objective x``, a line ``# Columns -k`` and k lines with a value and a
        column; columns left out are zero.
        """
        self._partial.extend(self._improving)
        while len(self._partial) >= 2:
            count = -int(self._partial[1].split()[-1])
            if len(self._partial) < 2 + count:
                return
            values = np.zeros(self.formulation.n_variables)
            for line in self._partial[2 : 2 + count]:
                value, column = line.split()
                values[int(column)] = float(value)
            del self._partial[: 2 + count]
            yield values

    def conclude(self, answer: HighsAnswer) -> Ending:
        """Report the final answer."""
        if answer.values is not None:
            self._offer(answer.values)
        if answer.reason in {"infeasible", "infeasible_or_unbounded"}:
            # All variables are bounded, so that nothing here is ever unbounded.
            return prove_none(self.search, Mip.name)
        if answer.bound is not None:
            self._prove(answer.bound, 0.0)
        if self.is_refuted:
            return Ending.FAILED
        if answer.reason not in {"optimal", "feasible", "no_solution_found"}:
            logger.warning("mip ended with %r; the best plan so far is kept", answer.reason)
            return Ending.FAILED
        return ended(self.search)

    def _offer(self, values: Floats) -> None:
        self.search.offer(Solution.of(self.formulation, values), Mip.name)

    def _prove(self, bound: float, relative: float) -> None:
        whole = self.unit.bound(bound, relative)
        self.is_refuted |= not prove_bound(self.search, whole, Mip.name)


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
