"""Prices first, then a small exact problem: the way for problems that no solver takes whole.

From the dual prices of the linear relaxation follow a core of promising pairs and, for rules that
hold capacity in variables of their own, a dozen rows that stand for thousands of variables. Two
workers share one search:

- the master: HiGHS on the core in a process of its own. Its plans are proposals, packed into
  exact plans here. A second, larger core holds every pair that could still be part of a better
  plan, so that its bound is valid for all pairs.
- neighbourhoods: parts of the best plan, solved again exactly by HiGHS and CP-SAT in turn.
"""

import queue
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.formulation import Formulation, Objective
from placement_opt.instance import Floats
from placement_opt.solvers.base import Ending, Search, SearchLimits, Solution
from placement_opt.solvers.completion import completed
from placement_opt.solvers.cp_sat import CpSat
from placement_opt.solvers.mip import Mip
from placement_opt.solvers.neighbourhood import Improver, part_of
from placement_opt.solvers.packing import packed, repacked, whole_part
from placement_opt.solvers.relaxation import LpBound
from placement_opt.solvers.reporting import Beside, stop_asked
from placement_opt.solvers.rounding import rounded

CORE_PER_POSITIVE = 3
"""Pairs in the first core, per pair that the linear program uses."""

FIRST_CORE_SHARE = 0.3
"""Share of the remaining time that the first core may take."""

MOST_COMPLETE_PAIRS = 400_000
"""A complete core beyond this is left to the linear program's bound."""

STOP_SECONDS = 2.0
"""How long to wait for the master's process to end after a stop."""

ROUNDS_PER_SECOND = 1.0
"""Neighbourhoods that stand for one second in a reproducible solve."""


@dataclass(frozen=True, eq=False)
class Priced:
    """A problem with the prices of its linear relaxation.

    Parameters
    ----------
    formulation
        The exact problem.
    master
        A relaxation with the same pairs first, whose rows need no packing; the problem itself
        where no rule has pools.
    reduced
        Reduced gain of each pair at the prices that prove `bound`, shape (E,), objective units: a
        plan with pair p gains at most ``bound + reduced[p]`` where that is negative.
    values
        Values of all variables in the linear relaxation of `formulation`.
    bound
        The bound those prices prove, objective units.
    """

    formulation: Formulation
    master: Formulation
    reduced: Floats
    values: Floats
    bound: int

    @property
    def pair_values(self) -> Floats:
        """Values of the pairs in the linear relaxation."""
        return self.values[: self.formulation.n_pairs]

    def core(self, reach: float) -> npt.NDArray[np.int64]:
        """Return the pairs with a reduced gain above ``-reach``, and those that rows ask for."""
        inside = (self.reduced > -reach) | (self.pair_values > 1e-6)
        for block in self.formulation.blocks:
            if block.variables is None:
                inside[block.usage[np.flatnonzero(block.lower > 0)].indices] = True
        return np.flatnonzero(inside)

    def first_core(self) -> npt.NDArray[np.int64]:
        """Return the small core that the search begins with."""
        wanted = CORE_PER_POSITIVE * int((self.pair_values > 1e-6).sum())
        if wanted >= self.reduced.size:
            return np.arange(self.reduced.size)
        reach = -float(np.partition(self.reduced, -max(1, wanted))[-max(1, wanted)])
        return self.core(max(reach, 0.0))


def pooled(formulation: Formulation, relaxed: LpBound) -> Formulation:
    """Replace blocks that have pools by the few rows that the dual prices point at."""
    if all(block.pools is None for block in formulation.blocks):
        return formulation
    blocks, gain, row = [], [formulation.objective.gain[: formulation.n_pairs]], 0
    for number, block in enumerate(formulation.blocks):
        duals = relaxed.dual_prices[row : row + len(block)]
        row += len(block)
        if block.pools is not None:
            blocks.append(block.pools.rows(block.pools.sets(duals)))
            continue
        blocks.append(block)
        gain.append(formulation.own_values(formulation.objective.gain, number))
    objective = Objective(
        np.concatenate(gain), formulation.objective.scale, formulation.objective.rounding
    )
    return Formulation(formulation.n_pairs, tuple(blocks), (objective,))


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
    master = Beside(lambda: _master(priced, core, search, proposals.put))
    relaxed = (
        priced.master,
        lambda chosen, around: repacked(formulation, chosen, around, spare, search),
    )
    improver = Improver(
        formulation,
        core,
        search,
        [Mip(in_process=True), CpSat()],
        None if priced.master is formulation else relaxed,
    )
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


def _from_prices(
    priced: Priced, spare: npt.NDArray[np.int64], search: Search
) -> Solution | None:
    """Round the linear relaxation: its ones, then its fractions, then what is promising."""
    formulation, values = priced.formulation, priced.pair_values
    used = np.flatnonzero(values > 1e-6)
    order = np.concatenate([used[np.argsort(-values[used], kind="stable")], spare])
    kept = whole_part(formulation, priced.values[formulation.n_pairs :])
    return rounded(formulation, order, search, kept)


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
    ) -> None:
        super().__init__(master, limits, lambda: stop_asked(outer))
        self._outer = outer
        self._propose = propose
        self._floor = floor

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        outer = self._outer.gained
        if better and self.best is not None and (outer is None or (self.gained or 0) > outer):
            self._propose(self.best.chosen)
        return better

    @override
    def prove(self, bound: float, source: str) -> None:
        super().prove(bound, source)
        if self._floor is not None and self.bound is not None:
            self._outer.prove(max(self.bound, self._floor), "mip")


def _master(
    priced: Priced,
    core: npt.NDArray[np.int64],
    search: Search,
    propose: Callable[[npt.NDArray[np.int64]], None],
) -> Ending:
    """Run HiGHS on the first core, then on the core that is complete for the plan at hand."""
    is_complete = core.size == priced.reduced.size
    if not is_complete:
        share = replace(search.limits, time_limit_s=FIRST_CORE_SHARE * search.remaining_s)
        _run_master(priced, core, search, propose, share, None)
    if stop_asked(search) or search.gained is None:
        return Ending.STOPPED
    floor = search.gained
    complete = priced.core(float(priced.bound - floor) + 1.0)
    if complete.size > MOST_COMPLETE_PAIRS:
        search.note(f"the complete core has {complete.size:,} pairs and is left out")
        return Ending.STOPPED
    search.note(f"complete core of {complete.size:,} pairs: its bound holds for all")
    rest = replace(search.limits, time_limit_s=search.remaining_s)
    return _run_master(priced, complete, search, propose, rest, floor)


def _run_master(
    priced: Priced,
    core: npt.NDArray[np.int64],
    search: Search,
    propose: Callable[[npt.NDArray[np.int64]], None],
    limits: SearchLimits,
    floor: int | None,
) -> Ending:
    part = part_of(priced.master, core, None).formulation
    relay = _Relay(part, limits, search, lambda chosen: propose(core[chosen]), floor)
    # The first core finds better plans without a start, which would only narrow its own search.
    if floor is not None and search.best is not None:
        at = np.flatnonzero(np.isin(core, search.best.chosen))
        known = completed(part, at, relay)
        if known is not None:
            relay.offer(known, "start")
    return Mip(in_process=False).solve(part, relay)


def _reproducibly(priced: Priced, core: npt.NDArray[np.int64], search: Search) -> Ending:
    """Improve by a fixed number of neighbourhoods, one solver, limits on work only."""
    improver = Improver(priced.formulation, core, search, [CpSat()])
    for _ in range(int(search.limits.time_limit_s * ROUNDS_PER_SECOND)):
        if search.best is None or search.stop_reason() is not None:
            break
        improver.step()
    return Ending.EXHAUSTED if search.is_proven else Ending.STOPPED
