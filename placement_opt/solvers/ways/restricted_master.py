"""Searches from the prices of the whole linear relaxation, for problems of a middling size.

The prices point at a core of promising pairs, and at a dozen pool rows that replace thousands of
own variables. Two threads share one search:

- The second one proposes plans of the core, and then lowers the bound by branching; see
  `placement_opt.solvers.ways.master`.
- The first one packs the proposals, looks for cuts, and solves neighbourhoods of the best plan by
  HiGHS and CP-SAT in turn.

Up to some ten thousand pairs a complete solver works beside them until it is behind; see
`placement_opt.solvers.ways.complete`.
"""

import queue
import time
from collections.abc import Callable, Sequence

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.linear_program import NEARLY, ObjectiveUnit
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.plans.packing import packed, rounded_down
from placement_opt.solvers.plans.repair import repaired
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search, Solver
from placement_opt.solvers.search.reporting import Beside, ended
from placement_opt.solvers.ways.complete import Complete
from placement_opt.solvers.ways.cut_turns import CutTurns
from placement_opt.solvers.ways.master import Master, Turns, improver_of
from placement_opt.solvers.ways.priced import Priced

ROUGH_GAP = 5e-3
"""A plan with a larger gap is improved before cuts are looked for."""


def search_priced(priced: Priced, search: Search, complete: Complete | None = None) -> Ending:
    """Search from prices until the optimum is proven, the search says stop, or no plan is found.

    `complete` is the solver that works on the whole problem meanwhile, or None.
    """
    core = priced.first_core()
    search.precision = max(search.precision, ObjectiveUnit.of(priced.formulation).precision)
    search.note(f"prices: first core of {core.size:,} of {priced.formulation.n_pairs:,} pairs")
    kept = rounded_down(priced.formulation, priced.values[priced.formulation.n_pairs :])
    order = _by_promise(priced, priced.spare(core))
    start = rounded(priced.formulation, order, search.clock, kept)
    if start is not None:
        search.offer(start, "rounding")
    if search.limits.reproducible:
        return _reproducibly(priced, core, search)
    plans = _Plans(priced, core, search, complete)
    while not search.clock.stop_asked() and plans.step():
        pass
    plans.end()
    return ended(search)


class _Plans:
    """The work of the first thread, step by step.

    It packs the proposals of the master and repairs while there is no plan. Then it looks for cuts
    and improves the best plan.
    """

    def __init__(
        self, priced: Priced, core: Ints, search: Search, complete: Complete | None
    ) -> None:
        self._priced = priced
        self._core = core
        self._search = search
        self._spare = priced.spare(core)
        self._solvers: list[Solver] = [Mip(in_process=True), CpSat()]
        self._complete = complete
        self._first: Improver | None = None
        self._rough_until_s = 2 * search.clock.elapsed_s + schedule.ROUGH_S
        self._turns: Turns | None = None
        self._cuts = CutTurns(search)
        self._patience_s = search.clock.elapsed_s + search.clock.share(schedule.REPAIR_SHARE)
        self._proposals: queue.Queue[Ints] = queue.Queue()
        self._master = Master(priced, core, search, self._proposals.put, complete)
        self._beside = Beside(self._master.run, is_asked=False)

    def step(self) -> bool:
        """Do what is most promising now; return False where this way leads to no plan."""
        proposal = _latest(self._proposals)
        if proposal is not None:
            self._pack(proposal)
        elif self._search.best is None:
            _repair(self._priced, self._spare, self._search, self._solvers, self._is_without_plan)
            return not self._is_hopeless()
        elif self._is_rough():
            self._first = self._first or improver_of(
                self._priced, self._core, self._search, self._solvers
            )
            self._first.step()
        elif self._turns is None or self._cuts.is_due:
            self._turns = self._strengthened()
        elif self._complete is None or not self._complete.is_at_work:
            self._turns.step(is_bounding=False)  # the second thread lowers the bound
        elif self._master.is_on_core:
            time.sleep(schedule.POLL_S)  # both processors are busy
        else:
            self._turns.step(is_bounding=self._turns.improver.is_stale)
        return True

    def _strengthened(self) -> Turns:
        """Look for cuts; return what improves the plan and the bound from the new prices."""
        search = self._search
        self._priced, strong = self._cuts.looked_for(self._priced)
        if strong is not None:
            self._master.go_on(self._priced, strong)
        elif self._turns is not None:
            return self._turns
        improver = improver_of(self._priced, self._core, search, self._solvers)
        return Turns(search, improver, strong, self._proposals.put, search.clock.stop_asked)

    def end(self) -> None:
        """End the second thread; the search may go on in another way."""
        self._master.end()
        self._beside.wait(schedule.HELPER_STOP_S)

    def _pack(self, proposal: Ints) -> None:
        plan = packed(self._priced.formulation, proposal, self._spare, self._search.clock)
        if plan is not None:
            self._search.offer(plan, "master")
            if self._turns is not None:
                self._turns.improver.restart(plan)

    def _is_without_plan(self, _steps: int = 0) -> bool:
        """Tell whether to repair on: there is no plan and no proposal, and time is left for it."""
        return self._search.best is None and self._proposals.empty() and not self._is_late()

    def _is_hopeless(self) -> bool:
        return self._search.best is None and self._proposals.empty() and self._is_late()

    def _is_rough(self) -> bool:
        """Tell whether the plan is so far from the bound that improving it comes first."""
        search, gap = self._search, self._search.gap
        is_early = search.clock.elapsed_s < self._rough_until_s
        return is_early and (gap is None or gap > ROUGH_GAP)

    def _is_late(self) -> bool:
        return self._search.clock.elapsed_s >= self._patience_s


def _by_promise(priced: Priced, spare: Ints) -> Ints:
    """Return the pairs that the linear relaxation uses, largest values first, then spare ones."""
    values = priced.pair_values
    used = np.flatnonzero(values > NEARLY)
    return np.concatenate([used[np.argsort(-values[used], kind="stable")], spare])


def _repair(
    priced: Priced,
    spare: Ints,
    search: Search,
    solvers: Sequence[Solver],
    go_on: Callable[[int], bool],
) -> None:
    """Repair the rounded plan where there is none yet; `go_on` gets the number of steps so far."""
    if search.best is None:
        order = _by_promise(priced, spare)
        plan = repaired(priced.formulation, order, search, solvers, go_on)
        if plan is not None:
            search.offer(plan, "repair")


def _latest(proposals: "queue.Queue[Ints]") -> Ints | None:
    """Return the newest proposal; older ones are worse and are dropped."""
    newest = None
    while True:
        try:
            newest = proposals.get_nowait()
        except queue.Empty:
            return newest


def _reproducibly(priced: Priced, core: Ints, search: Search) -> Ending:
    """Solve a fixed number of neighbourhoods by CP-SAT alone, limited by work and not by time."""
    formulation, rounds = priced.formulation, search.clock.n_neighbourhoods
    _repair(priced, priced.spare(core), search, [CpSat()], lambda steps: steps < rounds)
    improver = Improver(formulation, core, search, [CpSat()])
    for _ in range(rounds):
        if search.best is None or search.clock.stop_reason() is not None:
            break
        improver.step()
    return ended(search)
