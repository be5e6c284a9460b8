"""Runs a complete solver on the whole problem from the first second, beside a search from prices.

Up to some ten thousand pairs it may prove in a second what prices and neighbourhoods only come near
to. It tells its plans and bounds, and is told of better plans. Where it brings nothing for long, it
is given up and its processor is used for the search from prices.
"""

from collections.abc import Callable
from types import TracebackType
from typing import Self

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import Beside

COMPLETE_PAIRS = 30_000
"""With no more pairs a complete solver gets the whole problem. With more, it would still solve its
first linear program when prices and plans are found."""

BEHIND_TIMES = 2
"""An idle complete solver is given up where its bound is more than so many times as far from the
best plan as the best bound is."""


class Complete:
    """HiGHS on the whole problem, in a thread or process of its own.

    It is not CP-SAT: of sixty problems of six shapes, CP-SAT is seldom the first to prove the
    optimum of more than two thousand pairs, and then by little; see docs/benchmarks.md.
    """

    def __init__(self, formulation: Formulation, search: Search) -> None:
        self._search = search
        self._is_given_up = False
        self._begun_s = search.clock.elapsed_s
        self._solver = Mip(until=lambda: self._is_given_up)
        self._run = Beside(lambda: self._solver.solve(formulation, search))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.give_up()

    def give_up(self) -> None:
        """End it; it stops within a second or so."""
        self._is_given_up = True

    def wait_until_behind(self, is_over: Callable[[], bool]) -> None:
        """Wait until it has ended, `is_over` says so, or it is behind, which gives it up."""
        while not (self._run.wait(schedule.POLL_S) or is_over()):
            if self.is_behind:
                self._search.note("HiGHS on the whole is behind, and gives way")
                self.give_up()
                return

    @property
    def is_at_work(self) -> bool:
        """True until it has ended or is given up."""
        return not (self._is_given_up or self._run.wait(0))

    @property
    def is_behind(self) -> bool:
        """True when it has brought nothing for long, and its bound is far from the best one."""
        search, reports = self._search, self._solver.reports
        if reports is None or search.bound is None or search.gained is None:
            return False
        idle_s = search.clock.elapsed_s - max(self._begun_s, reports.useful_s)
        if idle_s <= max(schedule.IDLE_S, schedule.IDLE_SHARE * search.clock.elapsed_s):
            return False
        best = search.bound - search.gained
        return reports.bound is None or reports.bound - search.gained > BEHIND_TIMES * best
