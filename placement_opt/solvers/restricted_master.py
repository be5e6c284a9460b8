"""Prices first, then a small exact problem: the way for problems that no solver takes whole.

From the dual prices of the linear relaxation follow a core of promising pairs and, for rules that
hold capacity in variables of their own, a dozen rows that stand for thousands of variables. Two
workers share one search:

- the master: HiGHS on the core in a process of its own. Its plans are proposals, packed into
  exact plans here. A second, larger core holds every pair that could still be part of a better
  plan, so that its bound is valid for all pairs.
- neighbourhoods: parts of the best plan, solved again exactly by HiGHS and CP-SAT in turn.
"""

import math
import queue
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.certificate import Certificate
from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search, Solution, Solver
from placement_opt.solvers.completion import completed
from placement_opt.solvers.cp_sat import CpSat
from placement_opt.solvers.cut_rounds import strengthen
from placement_opt.solvers.improver import Improver
from placement_opt.solvers.limits import SearchLimits
from placement_opt.solvers.mip import Mip
from placement_opt.solvers.packing import NEARLY, packed, repacked, whole_part
from placement_opt.solvers.part import part_of
from placement_opt.solvers.priced import Priced
from placement_opt.solvers.repair import repaired
from placement_opt.solvers.reporting import Beside, prove_bound, stop_asked
from placement_opt.solvers.rounding import rounded

CORE_SHARE = 0.4
"""Share of the remaining time that one core may take, before newer prices give another."""

LEAST_CORE_SECONDS = 10.0
"""With less time left no other core is begun: the neighbourhoods have both processors."""

MOST_TURNS = 20
MOST_COMPLETE_PAIRS = 3_000

MOST_COMPLETE = 4
"""A complete core of more than so many first cores brings no better bound in the time it takes."""

STALE_SHARE = 0.25
"""The master ends its search for plans when it finds none for that share of the time limit."""

SECOND_SEED = 101
"""What sets the second searcher's seed apart from the first one's."""

REACH_SLACK = 1e-9
"""How far reduced gains may be off by the rounding of doubles, as a share of the bound."""

MUCH_SMALLER = 0.5
"""A complete core is begun again once better plans and prices leave this share of its pairs."""

CUT_SHARE = 0.25
"""Share of the remaining time that rounding cuts may take, beside the master's first core."""

STOP_SECONDS = 2.0
"""How long to wait for the master's process to end after a stop."""

ROUNDS_PER_SECOND = 1.0
"""Neighbourhoods that stand for one second in a reproducible solve."""


def search_priced(priced: Priced, search: Search) -> Ending:
    """Search from prices until the answer is proven or the search says stop."""
    formulation, core = priced.formulation, priced.first_core()
    search.note(f"prices: first core of {core.size:,} of {formulation.n_pairs:,} pairs")
    spare = core[np.argsort(-priced.reduced[core], kind="stable")]
    start = _from_prices(priced, spare, search)
    if start is not None:
        search.offer(start, "rounding")
    if search.limits.reproducible:
        return _reproducibly(priced, core, search)
    proposals: queue.Queue[npt.NDArray[np.int64]] = queue.Queue()
    prices = [priced]
    master = Beside(lambda: _master(prices, core, search, proposals.put))
    _repair(priced, spare, search, [Mip(in_process=True), CpSat()])
    prices.append(strengthened(priced, core, search))
    improver = _improver(priced, core, search, [Mip(in_process=True), CpSat()])
    while not stop_asked(search):
        proposal = _latest(proposals)
        if proposal is not None:
            plan = packed(formulation, proposal, spare, search)
            if plan is not None:
                search.offer(plan, "master")
                improver.restart(plan)
        elif search.best is not None:
            improver.step()
        elif master.wait(0.1):
            break
    master.wait(STOP_SECONDS)
    return Ending.EXHAUSTED if search.is_proven else Ending.STOPPED


def _improver(
    priced: Priced,
    core: npt.NDArray[np.int64],
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


def _by_promise(priced: Priced, spare: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the ones of the linear relaxation, then its fractions, then what is promising."""
    values = priced.pair_values
    used = np.flatnonzero(values > NEARLY)
    return np.concatenate([used[np.argsort(-values[used], kind="stable")], spare])


def _from_prices(priced: Priced, spare: npt.NDArray[np.int64], search: Search) -> Solution | None:
    """Round the linear relaxation."""
    kept = whole_part(priced.formulation, priced.values[priced.formulation.n_pairs :])
    return rounded(priced.formulation, _by_promise(priced, spare), search, kept)


def _repair(
    priced: Priced,
    spare: npt.NDArray[np.int64],
    search: Search,
    solvers: Sequence[Solver],
    most: int | None = None,
) -> None:
    """Where rounding found no plan, repair one until the master has one."""
    if search.best is not None:
        return
    plan = repaired(
        priced.formulation,
        _by_promise(priced, spare),
        search,
        solvers,
        lambda steps: search.best is None and (most is None or steps < most),
    )
    if plan is not None:
        search.offer(plan, "repair")


def _latest(proposals: "queue.Queue[npt.NDArray[np.int64]]") -> npt.NDArray[np.int64] | None:
    """Return the newest proposal; older ones are worse and are dropped."""
    newest = None
    while True:
        try:
            newest = proposals.get_nowait()
        except queue.Empty:
            return newest


class _Relay(Search):
    """The master's own search: passes plans on as proposals, and bounds where they hold."""

    def __init__(
        self,
        master: Formulation,
        limits: SearchLimits,
        outer: Search,
        propose: Callable[[npt.NDArray[np.int64]], None],
        floor: int | None,
        is_overtaken: Callable[[], bool],
    ) -> None:
        super().__init__(
            master, limits, lambda: stop_asked(outer) or is_overtaken() or self._is_stale()
        )
        self._useful_s = 0.0
        self._outer = outer
        self._propose = propose
        self._floor = floor

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        outer = self._outer.gained
        if better and self.best is not None and (outer is None or (self.gained or 0) > outer):
            self._useful_s = self.elapsed_s
            self._propose(self.best.chosen)
        return better

    def _is_stale(self) -> bool:
        """Tell whether a search for plans has brought nothing for long."""
        patience = STALE_SHARE * self._outer.limits.time_limit_s
        return self._floor is None and self.elapsed_s - self._useful_s > patience

    @override
    def prove(self, bound: float, source: str) -> None:
        super().prove(bound, source)
        if self._floor is not None and self.bound is not None:
            prove_bound(self._outer, max(self.bound, self._floor), "mip")


def strengthened(priced: Priced, core: npt.NDArray[np.int64], search: Search) -> Priced:
    """Lower the bound by rounding cuts, certify it, and price the pairs again."""
    formulation = priced.formulation
    seconds = CUT_SHARE * search.remaining_s
    found = strengthen(formulation, core, seconds, stop=lambda: stop_asked(search))
    if found is None:
        return priced
    certificate = Certificate.from_duals(found.formulation, found.prices)
    search.certify(certificate, "dual prices", found.formulation)
    bound = certificate.bound(found.formulation)
    if bound >= priced.bound:
        return priced
    prices = certificate.prices / 2.0**certificate.bits
    reduced = found.formulation.reduced(prices)
    search.note(f"rounding cuts: {found.formulation.n_rows - formulation.n_rows}")
    return replace(
        priced,
        reduced=reduced[: formulation.n_pairs],
        values=found.values,
        bound=bound,
    )


def _master(
    prices: list[Priced],
    core: npt.NDArray[np.int64],
    search: Search,
    propose: Callable[[npt.NDArray[np.int64]], None],
) -> Ending:
    """Run HiGHS on cores by the newest prices: small ones for plans, a complete one for proof."""
    complete = _CompleteCore(prices, search)
    for turn in range(MOST_TURNS):
        priced = prices[-1]
        if turn:
            core = priced.first_core()
        limits = replace(search.limits, seed=(search.limits.seed + turn) % (1 << 31))
        complete.most = max(MOST_COMPLETE * core.size, MOST_COMPLETE_PAIRS)
        everything = complete.pairs()
        if everything is not None and (turn or complete.is_whole):
            search.note(f"core of {everything.size:,} pairs: its bound holds for all")
            limits = replace(limits, time_limit_s=search.remaining_s)
            smaller = complete.within(int(MUCH_SMALLER * everything.size))
            _run_master(priced, everything, search, propose, limits, complete.floor, smaller)
            if not smaller():
                break
        else:
            limits = replace(limits, time_limit_s=CORE_SHARE * search.remaining_s)
            is_small = complete.within(core.size)
            _run_master(priced, core, search, propose, limits, None, is_small)
            beside = _improver(priced, core, search, [CpSat()], limits.seed + SECOND_SEED)
            while search.best is not None and not (is_small() or stop_asked(search)):
                beside.step()
        if stop_asked(search) or search.remaining_s < LEAST_CORE_SECONDS:
            break
    return Ending.STOPPED


class _CompleteCore:
    """The pairs that a better plan could use, by the newest prices and the best plan.

    Of more than `most` those nearest to a gain: a plan with another one gains `floor` at most.
    """

    def __init__(self, prices: list[Priced], search: Search) -> None:
        self._prices = prices
        self._search = search
        self.most = MOST_COMPLETE_PAIRS
        self.is_whole = False
        self.floor: int | None = None
        self._known: tuple[int, int | None] | None = None
        self._pairs: npt.NDArray[np.int64] | None = None

    def pairs(self) -> npt.NDArray[np.int64] | None:
        """Return the pairs, ascending, for plans above `floor`; None where nothing excludes any."""
        floor, n_prices = self._search.gained, len(self._prices)
        if (n_prices, floor) != self._known:
            self._known, priced = (n_prices, floor), self._prices[n_prices - 1]
            self.floor, self._pairs = floor, None
            if floor is not None:
                slack = REACH_SLACK * max(1.0, float(abs(priced.bound)))
                reach = priced.bound - floor + slack
                self._pairs = priced.core(reach)
                self.is_whole = self._pairs.size <= self.most
                if not self.is_whole:
                    reach = -float(np.partition(priced.reduced, -self.most)[-self.most])
                    self._pairs = priced.core(max(0.0, reach))
                    self.floor = max(floor, math.ceil(priced.bound - max(0.0, reach) + slack))
                if self._search.best is not None:
                    self._pairs = np.union1d(self._pairs, self._search.best.chosen)
        return self._pairs

    def within(self, size: int) -> Callable[[], bool]:
        """Return what tells whether it has become so small."""

        def is_within() -> bool:
            pairs = self.pairs()
            return pairs is not None and pairs.size <= size

        return is_within


def _run_master(
    priced: Priced,
    core: npt.NDArray[np.int64],
    search: Search,
    propose: Callable[[npt.NDArray[np.int64]], None],
    limits: SearchLimits,
    floor: int | None,
    is_overtaken: Callable[[], bool],
) -> Ending:
    whole = priced.eased if floor is None else priced.master
    part = part_of(whole, core, None).formulation
    relay = _Relay(part, limits, search, lambda chosen: propose(core[chosen]), floor, is_overtaken)
    # The first core finds better plans without a start, which would only narrow its own search.
    if floor is not None and search.best is not None:
        at = np.flatnonzero(np.isin(core, search.best.chosen))
        known = completed(part, at, relay)
        if known is not None:
            relay.offer(known, "start")
    return Mip(in_process=False).solve(part, relay)


def _reproducibly(priced: Priced, core: npt.NDArray[np.int64], search: Search) -> Ending:
    """Improve by a fixed number of neighbourhoods, one solver, limits on work only."""
    formulation, rounds = priced.formulation, int(search.limits.time_limit_s * ROUNDS_PER_SECOND)
    order = core[np.argsort(-priced.reduced[core], kind="stable")]
    _repair(priced, order, search, [CpSat()], rounds)
    improver = Improver(formulation, core, search, [CpSat()])
    for _ in range(rounds):
        if search.best is None or search.stop_reason() is not None:
            break
        improver.step()
    return Ending.EXHAUSTED if search.is_proven else Ending.STOPPED
