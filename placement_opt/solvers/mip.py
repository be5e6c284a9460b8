"""HiGHS, a mixed-integer solver on floating-point linear relaxations, in a process of its own."""

import tempfile
from pathlib import Path

import numpy as np

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search
from placement_opt.solvers.highs import HighsSettings, read_answer, write_problem
from placement_opt.solvers.highs_reports import HighsReports
from placement_opt.solvers.job import Job, JobError, start_job
from placement_opt.solvers.linear_program import (
    EXACT_REACH,
    LinearProgram,
    ObjectiveUnit,
    exceeds_floats,
)
from placement_opt.solvers.reporting import (
    POLL_S,
    ended,
    is_contradictory,
    logger,
    prove_none,
    stop_asked,
)

WORK = "placement_opt.solvers.highs:work"

TINY_VARIABLES = 400
TINY_ENTRIES = 2_000
TINY_S = 2.0
"""A tiny problem gets that long in this process before one of its own is worth its start."""

NODES_PER_S = 5
"""Nodes that stand for one second in a reproducible solve."""


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
        begin_s = search.elapsed_s
        try:
            if self._in_process is not None:
                return self._solve(formulation, search, in_process=self._in_process)
            if not _is_tiny(formulation):
                return self._solve(formulation, search, in_process=False)
            seconds = float("inf") if search.limits.reproducible else TINY_S
            ending = self._solve(formulation, search, in_process=True, at_most_s=seconds)
            if ending is Ending.STOPPED and search.elapsed_s - begin_s >= seconds:
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
            reports = HighsReports(
                formulation, search, ObjectiveUnit.of(formulation), folder, self.name
            )
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


def _watch(job: Job, reports: HighsReports, search: Search) -> Ending:
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
