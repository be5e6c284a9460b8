"""Prices first, then a small exact problem: the way for problems that no solver takes whole.

From the dual prices of the linear relaxation follow a core of promising pairs and, for rules that
hold capacity in variables of their own, a dozen rows that stand for thousands of variables. Two
workers share one search:

- the master: HiGHS on the core in a process of its own. Its plans are proposals, packed into
  exact plans here. When it brings no more, branching takes its place and lowers the bound; see
  `placement_opt.solvers.branching`. Up to some ten thousand pairs HiGHS on the whole problem is
  there instead, until it is behind; see `placement_opt.solvers.complete`.
- neighbourhoods: parts of the best plan, solved again exactly by HiGHS and CP-SAT in turn.
"""

import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.formulation import Formulation
from placement_opt.mixed_integer_rounding import cuts_of
from placement_opt.solvers.base import Ending, Search, Solution, Solver
from placement_opt.solvers.branching import Branching
from placement_opt.solvers.complete import Complete
from placement_opt.solvers.cp_sat import CpSat
from placement_opt.solvers.cut_rounds import strengthen
from placement_opt.solvers.improver import Improver
from placement_opt.solvers.limits import SearchLimits
from placement_opt.solvers.lumped import certify, lumped
from placement_opt.solvers.mip import Mip
from placement_opt.solvers.packing import NEARLY, packed, repacked, whole_part
from placement_opt.solvers.part import part_of
from placement_opt.solvers.priced import Priced
from placement_opt.solvers.repair import repaired
from placement_opt.solvers.reporting import POLL_S, Beside, ended, stop_asked
from placement_opt.solvers.rounding import rounded
from placement_opt.solvers.strengthened import Strengthened

Numbers = npt.NDArray[np.int64]

CORE_SHARE = 0.4
"""Share of the remaining time that the first core may take."""

PACK_SECONDS = 2.0
"""How long the first core's last proposal may take to be packed."""

BOUND_TIMES = 2
"""The bound gets so many times the seconds that plans get beside it."""

STALE_SHARE = 0.15
"""The master ends its search for plans when it finds none for that share of the time limit."""

SECOND_SEED = 101
"""What sets the second searcher's seed apart from the first one's."""

CUT_SHARE = 0.25
"""Share of the remaining time that rounding cuts may take, beside the master's first core."""

REPAIR_SHARE = 0.35
"""Share of the remaining time after which a problem without a plan is left to complete solvers."""

STOP_SECONDS = 2.0
"""How long to wait for the master's process to end after a stop."""

ROUNDS_PER_SECOND = 1.0
"""Neighbourhoods that stand for one second in a reproducible solve."""


def search_priced(priced: Priced, search: Search, complete: Complete | None = None) -> Ending:
    """Search from prices until the answer is proven, the search says stop, or no plan is found.

    Parameters
    ----------
    priced
        The problem with its prices.
    search
        Its search.
    complete
        A solver at work on the whole problem: it has the second thread until it is behind.
    """
    formulation, core = priced.formulation, priced.first_core()
    search.note(f"prices: first core of {core.size:,} of {formulation.n_pairs:,} pairs")
    spare = core[np.argsort(-priced.reduced[core], kind="stable")]
    start = _from_prices(priced, spare, search)
    if start is not None:
        search.offer(start, "rounding")
    if search.limits.reproducible:
        return _reproducibly(priced, core, search)
    proposals: queue.Queue[Numbers] = queue.Queue()
    master = _Master(priced, core, search, proposals.put, complete)
    beside = Beside(master.run, is_asked=False)
    solvers: list[Solver] = [Mip(in_process=True), CpSat()]
    improver: Improver | None = None
    patience = search.elapsed_s + REPAIR_SHARE * search.remaining_s
    while not stop_asked(search):
        proposal = _latest(proposals)
        if proposal is not None:
            plan = packed(formulation, proposal, spare, search)
            if plan is not None:
                search.offer(plan, "master")
                if improver is not None:
                    improver.restart(plan)
        elif search.best is None:
            is_open = partial(_is_without_plan, search, proposals, patience)
            _repair(priced, spare, search, solvers, is_open)
            if not is_open(0) and proposals.empty() and search.best is None:
                break
        elif improver is None:
            priced, strong = strengthened(priced, search)
            improver = _improver(priced, core, search, solvers)
            master.go_on(priced, strong)
        else:
            improver.step()
    master.end()
    beside.wait(STOP_SECONDS)
    return ended(search)


def _is_without_plan(
    search: Search, proposals: "queue.Queue[Numbers]", until: float, _steps: int
) -> bool:
    """Tell whether to go on repairing: nobody has a plan, and there is time for other ways."""
    return search.best is None and proposals.empty() and search.elapsed_s < until


def _improver(
    priced: Priced,
    core: Numbers,
    search: Search,
    solvers: Sequence[Solver],
    seed: int | None = None,
) -> Improver:
    """Return what improves the search's best plan over the core, with pools where there are any."""
    formulation = priced.formulation
    spare = core[np.argsort(-priced.reduced[core], kind="stable")]
    relaxed = None
    if priced.master is not formulation:
        relaxed = (
            priced.master,
            lambda chosen, around: repacked(formulation, chosen, around, spare, search),
        )
    return Improver(formulation, core, search, solvers, relaxed, seed)


def _by_promise(priced: Priced, spare: Numbers) -> Numbers:
    """Return the ones of the linear relaxation, then its fractions, then what is promising."""
    values = priced.pair_values
    used = np.flatnonzero(values > NEARLY)
    return np.concatenate([used[np.argsort(-values[used], kind="stable")], spare])


def _from_prices(priced: Priced, spare: Numbers, search: Search) -> Solution | None:
    """Round the linear relaxation."""
    kept = whole_part(priced.formulation, priced.values[priced.formulation.n_pairs :])
    return rounded(priced.formulation, _by_promise(priced, spare), search, kept)


def _repair(
    priced: Priced,
    spare: Numbers,
    search: Search,
    solvers: Sequence[Solver],
    go_on: Callable[[int], bool],
) -> None:
    """Where there is no plan, repair one, as long as `go_on` says of the number of steps."""
    if search.best is not None:
        return
    order = _by_promise(priced, spare)
    plan = repaired(priced.formulation, order, search, solvers, go_on)
    if plan is not None:
        search.offer(plan, "repair")


def _latest(proposals: "queue.Queue[Numbers]") -> Numbers | None:
    """Return the newest proposal; older ones are worse and are dropped."""
    newest = None
    while True:
        try:
            newest = proposals.get_nowait()
        except queue.Empty:
            return newest


class _Relay(Search):
    """The master's own search: passes plans on as proposals, and keeps its bounds for itself."""

    def __init__(
        self,
        master: Formulation,
        limits: SearchLimits,
        outer: Search,
        propose: Callable[[Numbers], None],
    ) -> None:
        super().__init__(master, limits, lambda: stop_asked(outer) or self._is_stale())
        self._useful_s = 0.0
        self._outer = outer
        self._propose = propose

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        outer = self._outer.gained
        if better and self.best is not None and (outer is None or (self.gained or 0) > outer):
            self._useful_s = self.elapsed_s
            self._propose(self.best.chosen)
        return better

    def _is_stale(self) -> bool:
        """Tell whether it has brought nothing for long."""
        patience = STALE_SHARE * self._outer.limits.time_limit_s
        return self.elapsed_s - self._useful_s > patience


def strengthened(priced: Priced, search: Search) -> tuple[Priced, Strengthened | None]:
    """Lower the bound by rounding cuts, certify it, and price the pairs again."""
    formulation = priced.formulation
    problem, everything = lumped(formulation), np.arange(formulation.n_pairs)
    seconds = CUT_SHARE * search.remaining_s
    found = strengthen(problem.formulation, everything, seconds, stop=lambda: stop_asked(search))
    if found is None:
        return priced, None
    cuts = cuts_of(found.formulation)
    certify(formulation, problem, found.prices, search, cuts)
    search.note(f"rounding cuts: {len(cuts)}")
    if found.bound >= priced.bound:
        return priced, found
    n_pairs = formulation.n_pairs
    again = replace(
        priced,
        reduced=found.formulation.reduced(found.prices)[:n_pairs],
        values=np.concatenate([found.values[:n_pairs], priced.values[n_pairs:]]),
        bound=math.ceil(found.bound),
    )
    return again, found


class _Master:
    """HiGHS in a process of its own: a core for plans, then branching for the bound."""

    def __init__(
        self,
        priced: Priced,
        core: Numbers,
        search: Search,
        propose: Callable[[Numbers], None],
        complete: Complete | None,
    ) -> None:
        self._priced = priced
        self._core = core
        self._search = search
        self._propose = propose
        self._complete = complete
        self._is_ended = False
        self._strong: Strengthened | None = None
        self._may_go_on = threading.Event()

    def go_on(self, priced: Priced, strong: Strengthened | None) -> None:
        """Go on to branching, from new prices and a relaxation with cuts, once there is a plan."""
        self._priced, self._strong = priced, strong
        self._may_go_on.set()

    def end(self) -> None:
        """Make it end, also where the search goes on in another way."""
        self._is_ended = True

    def _is_over(self) -> bool:
        return self._is_ended or stop_asked(self._search)

    def run(self) -> None:
        """Work until the search says stop."""
        search = self._search
        if self._complete is None:
            limits = replace(search.limits, time_limit_s=CORE_SHARE * search.remaining_s)
            part = part_of(self._priced.eased, self._core, None).formulation
            relay = _Relay(part, limits, search, self._propose_of_core)
            Mip(in_process=False).solve(part, relay)
        else:
            while not (self._complete.wait(POLL_S) or self._is_over()):
                if self._may_go_on.is_set() and self._complete.is_behind:
                    search.note("HiGHS on all pairs is behind and gives way to branching")
                    self._complete.give_up()
                    break
        while not (self._may_go_on.wait(POLL_S) or self._is_over()):
            pass
        until = time.perf_counter() + PACK_SECONDS
        while search.best is None and time.perf_counter() < until and not self._is_over():
            time.sleep(POLL_S)
        if search.best is not None:
            self._bound_and_improve()

    def _bound_and_improve(self) -> None:
        """Lower the bound by branching, and improve plans beside it for a part of the time."""
        search = self._search
        seed = search.limits.seed + SECOND_SEED
        solvers: list[Solver] = [CpSat(), Mip(in_process=True)]
        improver = _improver(self._priced, self._core, search, solvers, seed)
        branching = None
        if self._strong is not None:
            branching = Branching(self._strong, search, self._propose, self._is_over)
        ahead_s = 0.0
        while not self._is_over():
            started = time.perf_counter()
            if branching is not None and ahead_s <= 0 and branching.is_worth_while:
                branching.step()
                ahead_s += (time.perf_counter() - started) / BOUND_TIMES
            else:
                improver.step()
                ahead_s -= time.perf_counter() - started

    def _propose_of_core(self, chosen: Numbers) -> None:
        self._propose(self._core[chosen])


def _reproducibly(priced: Priced, core: Numbers, search: Search) -> Ending:
    """Improve by a fixed number of neighbourhoods, one solver, limits on work only."""
    formulation, rounds = priced.formulation, int(search.limits.time_limit_s * ROUNDS_PER_SECOND)
    order = core[np.argsort(-priced.reduced[core], kind="stable")]
    _repair(priced, order, search, [CpSat()], lambda steps: steps < rounds)
    improver = Improver(formulation, core, search, [CpSat()])
    for _ in range(rounds):
        if search.best is None or search.stop_reason() is not None:
            break
        improver.step()
    return ended(search)
