"""HiGHS, a mixed-integer solver in floating point, on a formulation."""

from collections.abc import Callable
from functools import partial

import numpy as np

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.highs import HighsSettings
from placement_opt.solvers.engines.highs_reports import HighsReports
from placement_opt.solvers.engines.highs_work import HighsWork, highs_beside
from placement_opt.solvers.engines.job import JobError
from placement_opt.solvers.engines.linear_program import (
    EXACT_REACH,
    LinearProgram,
    ObjectiveUnit,
    exceeds_floats,
)
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.reporting import attempt, ended, logger

THREAD_VARIABLES, THREAD_ENTRIES = 16_000, 160_000
"""Up to this size HiGHS works in a thread. A larger problem is worth the start of a process, which
never waits for the caller's Python and can be killed at any time."""

HIGHS_GAP_SHARE, LEAST_GAP = 0.9, 1e-6
"""HiGHS is asked for this share of the gap, since its bound is raised by what it may round. For an
asked gap below the least one it continues until the search says stop."""


class Mip:
    """HiGHS.

    Bounds are HiGHS' word. They are raised by its tolerances before they are rounded to integer
    units (see `ObjectiveUnit`), so OPTIMAL is claimed only where a unit is larger than these.

    Parameters
    ----------
    in_process
        True: work in a thread of this process. False: in a process of its own. None: by size.
    until
        Called regularly; True ends this run, and not the search.

    Attributes
    ----------
    reports
        What the last run has told the search, or None.
    """

    name = "mip"

    def __init__(
        self, *, in_process: bool | None = None, until: Callable[[], bool] = lambda: False
    ) -> None:
        self._in_process = in_process
        self._until = until
        self.reports: HighsReports | None = None

    def refuses(self, formulation: Formulation) -> str | None:
        """Refuse rows whose sums are too large for floating point."""
        if exceeds_floats(formulation):
            return f"a row's sum or limit can reach {EXACT_REACH:.0e}, too much for floating point"
        return None

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Solve; see `placement_opt.solvers.search.base.Solver.solve`."""
        return attempt(self.name, formulation, search, partial(self._solve, formulation, search))

    def _solve(self, formulation: Formulation, search: Search) -> Ending:
        if search.clock.stop_asked():
            return ended(search)
        unit = ObjectiveUnit.of(formulation)
        reports = self.reports = HighsReports(formulation, search, unit, self.name)
        hint = None if search.best is None else search.best.values(formulation).astype(np.float64)
        program = LinearProgram.of(formulation, unit)
        settings = _settings(search, unit)
        is_small = program.gain.size <= THREAD_VARIABLES and program.value.size <= THREAD_ENTRIES
        in_process = is_small if self._in_process is None else self._in_process
        with highs_beside(program, settings, hint, in_process=in_process) as work:
            return self._watch(work, reports, search)

    def _watch(self, work: HighsWork, reports: HighsReports, search: Search) -> Ending:
        """Exchange plans and bounds between HiGHS and the search until either one ends."""
        shared = search.best
        while not work.wait(schedule.POLL_S):
            reports.pass_on(work.news())
            if search.clock.stop_asked() or self._until():
                return ended(search)
            best = search.best
            if best is not None and best is not shared and search.best_source != self.name:
                work.suggest(best.values(reports.formulation).astype(np.float64))
            shared = best
        reports.pass_on(work.news())
        try:
            answer = work.answer()
        except JobError as error:
            logger.warning("mip failed; the best plan so far is kept: %s", error)
            return Ending.FAILED
        return reports.conclude(answer)


def _settings(search: Search, unit: ObjectiveUnit) -> HighsSettings:
    limits = search.limits
    return HighsSettings(
        seed=limits.seed % (1 << 31),
        relative_gap=HIGHS_GAP_SHARE * limits.gap if limits.gap > LEAST_GAP else 0.0,
        absolute_gap=unit.half_step,
        time_limit_s=None if limits.reproducible else search.clock.remaining_s,
        node_limit=max(1, int(limits.time_limit_s * schedule.HIGHS_NODES_PER_S))
        if limits.reproducible
        else None,
    )
