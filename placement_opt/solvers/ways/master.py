"""The second thread of a search from prices: HiGHS on the core for plans, then branching.

HiGHS works on the core in a process of its own. Its plans are proposals, which the first thread
packs into exact plans. When it brings no more, branching lowers the bound (see
`placement_opt.solvers.bounds.branching`), and neighbourhoods improve the plan between the trees.
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.branching import Branching
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.packing import repacked
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search, Solver
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits
from placement_opt.solvers.ways.complete import Complete
from placement_opt.solvers.ways.priced import Priced

SECOND_SEED = 101
"""Added to the seed for the second thread, so that it draws other neighbourhoods than the first."""


def improver_of(
    priced: Priced,
    core: Ints,
    search: Search,
    solvers: Sequence[Solver],
    seed: int | None = None,
) -> Improver:
    """Return what improves the best plan over the core, with the pools of the master if any."""
    formulation = priced.formulation
    spare = priced.spare(core)
    relaxed = None
    if priced.master is not formulation:
        relaxed = (
            priced.master,
            lambda chosen, around: repacked(formulation, chosen, around, spare, search.clock),
        )
    return Improver(formulation, core, search, solvers, relaxed, seed)


class Turns:
    """Takes turns between a better plan and a lower bound, which gets more of the time.

    `strong` is the relaxation with cuts to branch from, or None for better plans alone. `propose`
    and `stop` are those of `Branching`.
    """

    def __init__(
        self,
        search: Search,
        improver: Improver,
        strong: Strengthened | None,
        propose: Callable[[Ints], None],
        stop: Callable[[], bool],
    ) -> None:
        self.improver = improver
        self._branching = None if strong is None else Branching(strong, search, propose, stop)
        self._ahead_s = 0.0

    def step(self, *, is_bounding: bool = True) -> None:
        """Solve a neighbourhood, or grow a tree where it is its turn and `is_bounding` is set."""
        started, branching = time.perf_counter(), self._branching
        is_turn = is_bounding and self._ahead_s <= 0
        if branching is not None and is_turn and branching.is_worth_while:
            branching.step()
            self._ahead_s += (time.perf_counter() - started) / schedule.BOUND_TIMES
        else:
            self.improver.step()
            self._ahead_s -= time.perf_counter() - started


class Master:
    """The work of the second thread; see the head of this module."""

    def __init__(
        self,
        priced: Priced,
        core: Ints,
        search: Search,
        propose: Callable[[Ints], None],
        complete: Complete | None,
    ) -> None:
        self._priced = priced
        self._core = core
        self._search = search
        self._propose = propose
        self._complete = complete
        self._is_ended = False
        self.is_on_core = True
        self._strong: Strengthened | None = None
        self._may_go_on = threading.Event()

    def go_on(self, priced: Priced, strong: Strengthened | None) -> None:
        """Allow branching from new prices and a relaxation with cuts, once there is a plan."""
        self._priced, self._strong = priced, strong
        self._may_go_on.set()

    def end(self) -> None:
        """End this work; the search may go on in another way."""
        self._is_ended = True

    def _is_over(self) -> bool:
        return self._is_ended or self._search.clock.stop_asked()

    def run(self) -> None:
        """Work until the search says stop.

        While a complete solver is at work, branching waits after the core is done: the first thread
        then has the second processor.
        """
        if self._complete is not None:
            self._wait_for_cuts()
        if not self._is_over():
            self._search_core()
        self.is_on_core = False
        if self._complete is not None:
            self._complete.wait_until_behind(self._is_over)
        self._wait_for_cuts()
        search, until = self._search, time.perf_counter() + schedule.CORE_PACK_S
        while search.best is None and time.perf_counter() < until and not self._is_over():
            time.sleep(schedule.POLL_S)
        while search.best is not None and not self._is_over():
            self._take_turns()

    def _take_turns(self) -> None:
        """Lower the bound and improve the plan until there are better cuts or the search ends."""
        strong, search = self._strong, self._search

        def is_past() -> bool:
            return self._is_over() or self._strong is not strong

        seed = search.limits.seed + SECOND_SEED
        solvers: list[Solver] = [CpSat(), Mip(in_process=True)]
        improver = improver_of(self._priced, self._core, search, solvers, seed)
        turns = Turns(search, improver, strong, self._propose, is_past)
        while not is_past():
            turns.step()

    def _wait_for_cuts(self) -> None:
        while not (self._may_go_on.wait(schedule.POLL_S) or self._is_over()):
            pass

    def _search_core(self) -> None:
        seconds = self._search.clock.share(schedule.CORE_SHARE)
        limits = replace(self._search.limits, time_limit_s=seconds)
        part = part_of(self._priced.eased, self._core, None).formulation
        relay = _Relay(part, limits, self._search, self._propose_of_core, self._is_over)
        Mip(in_process=False).solve(part, relay)

    def _propose_of_core(self, chosen: Ints) -> None:
        self._propose(self._core[chosen])


class _Relay(Search):
    """The search over the core: better plans become proposals, and bounds stay here."""

    def __init__(
        self,
        master: Formulation,
        limits: SearchLimits,
        outer: Search,
        propose: Callable[[Ints], None],
        is_over: Callable[[], bool],
    ) -> None:
        super().__init__(master, limits, lambda: is_over() or self._is_stale())
        self._useful_s = 0.0
        self._outer = outer
        self._propose = propose

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        outer = self._outer.gained
        if better and self.best is not None and (outer is None or (self.gained or 0) > outer):
            self._useful_s = self.clock.elapsed_s
            self._propose(self.best.chosen)
        return better

    def _is_stale(self) -> bool:
        """Tell whether it has brought no better plan for long."""
        patience = max(schedule.IDLE_S, schedule.IDLE_SHARE * self.clock.elapsed_s)
        return self.clock.elapsed_s - self._useful_s > patience
