"""Looks for plans among the pairs near a gain: the first while cuts are added, then better ones."""

import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import cuts_of
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.derived.lumped import LumpedProblem
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.near.exchanges import ExchangeSearch
from placement_opt.solvers.near.ground import Ground
from placement_opt.solvers.near.parts import PartSearch
from placement_opt.solvers.near.plans import NearPlans
from placement_opt.solvers.near.program import NearProgram
from placement_opt.solvers.plans.improver import Improver
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search, Solver
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.reporting import Beside, logger
from placement_opt.solvers.search.resident_memory import give_back

EXACT_STEPS = 4
"""After a packing that left somebody out, neighbourhoods are solved on the exact rows, until so
many in a row have brought nothing."""


class _Desk:
    """Hands out plans of the lumped problem to single holders, now and then.

    Where some pairs find no holder, the improver solves neighbourhoods on the exact rows.
    """

    def __init__(self, ground: Ground, plans: NearPlans, improver: Improver) -> None:
        self._ground = ground
        self._plans = plans
        self._improver = improver
        self._gained = -np.inf
        self._until = 0.0
        self._spent = 0.0
        self._exact = 0

    def step(self) -> bool:
        """Hand out a new plan or improve the last one; False when there is nothing to do."""
        plans, search = self._plans, self._ground.search
        is_late = search.clock.remaining_s < schedule.LAST_HAND_OUT_TIMES * self._spent
        if plans.gained > self._gained and (time.perf_counter() >= self._until or is_late):
            self._gained, values = plans.best()
            self._hand_out(plans.near, values)
            return True
        if self._exact:
            self._exact = EXACT_STEPS if self._improver.step() else self._exact - 1
            return True
        return False

    def _hand_out(self, near: NearProgram, values: Floats) -> None:
        now = time.perf_counter()
        give_back()
        plan = self._ground.packed(near, values)
        self._spent = time.perf_counter() - now
        self._until = time.perf_counter() + max(
            schedule.HAND_OUT_S, schedule.HAND_OUT_TIMES * self._spent
        )
        if plan is None:
            return
        is_better = self._ground.search.offer(plan, "neighbourhoods")
        is_short = plan.chosen.size < near.chosen(values).size
        if is_better or not is_short:
            self._improver.restart(plan)
        self._exact = EXACT_STEPS if is_short else 0


class _Searcher:
    """Improves a plan by parts, and by exchanges where the rows allow them, for equal time.

    While parts bring nothing, exchanges get more of the time.
    """

    def __init__(self, plans: NearPlans, seed: int, clock: Clock) -> None:
        self._parts = PartSearch(plans, seed)
        self._exchanges = ExchangeSearch(plans, seed, clock.stop_asked)
        self._ahead_s = 0.0

    @property
    def is_idle(self) -> bool:
        """True when the last parts brought nothing."""
        return self._parts.is_idle

    def step(self) -> bool:
        """Improve once; True when the plan became better."""
        started = time.perf_counter()
        is_exchange = self._exchanges.fits and self._ahead_s <= 0
        is_better = (self._exchanges if is_exchange else self._parts).step()
        spent = time.perf_counter() - started
        times = schedule.IDLE_PARTS_TIMES if self.is_idle else 1
        self._ahead_s += spent if is_exchange else -times * spent
        return is_better


class NearCore:
    """Looks for plans among the pairs near a gain until the search says stop.

    Two searchers improve a plan of the lumped problem side by side. One of the two threads also
    hands it out to single holders, such as coaches. Pairs that find no holder are brought in by
    neighbourhoods on the exact rows.
    """

    def __init__(self, formulation: Formulation, problem: LumpedProblem, search: Search) -> None:
        self._formulation = formulation
        self._problem = problem
        self._outer = search
        self._begun: Strengthened | None = None
        self._first: Beside[None] | None = None
        self._first_plans: tuple[Ground, NearPlans] | None = None

    def begin(self, found: Strengthened) -> None:
        """Look for a first plan in a thread of its own while cuts are being added."""
        if not self._outer.limits.reproducible and self._first is None:
            self._begun = found
            self._first = Beside(partial(self._first_plan, found))

    def _first_plan(self, found: Strengthened) -> None:
        ground = self._ground(found)
        _offer(ground, ground.rounded(), "rounding")
        plans = self._plans(ground)
        if plans is None:
            return
        self._first_plans = ground, plans
        give_back()
        # A dive takes longer and is not better than exchanges, where these find a plan.
        if not self._exchanged(ground, plans) and _started(plans, ground):
            _offer_best(ground, plans, "first plan")

    def _exchanged(self, ground: Ground, plans: NearPlans) -> bool:
        """Look for first plans by one set of exchanges; False where it brings none."""
        exchanges = self._exchanges(plans, 1)
        is_better = False
        while exchanges.fits:
            if exchanges.step():
                _offer_best(ground, plans, "exchanges")
                is_better = True
            if not exchanges.has_more:
                break
        return is_better

    def _exchanges(self, plans: NearPlans, number: int) -> ExchangeSearch:
        search = self._outer
        return ExchangeSearch(plans, search.limits.seed + number, search.clock.stop_asked)

    def _ground(self, found: Strengthened, kept: Ints | None = None) -> Ground:
        if kept is None:
            kept = np.zeros(0, dtype=np.int64)
        return Ground(self._formulation, self._problem, found, self._outer, kept)

    def _plans(self, ground: Ground) -> NearPlans | None:
        """Return what keeps the plans over a ground; None where its program is not solved."""
        search = ground.search
        near = None if search.clock.stop_asked() else ground.program()
        if near is None:
            return None
        return NearPlans(near, search.limits.seed, search.clock.stop_asked)

    def run(self, found: Strengthened) -> Ending:
        """Search; see `search_large`."""
        search = self._outer
        if search.limits.reproducible:
            return self._reproducibly(self._ground(found))
        ground, plans, has_cuts = self._with_cuts(found)
        search.note(f"plans: {ground.core.size:,} pairs near a gain")
        improver = _improver(ground, [Mip(in_process=True), CpSat()])
        if plans is not None and (plans.values is None or has_cuts):
            _started(plans, ground)
        if plans is not None and plans.values is not None:
            self._hand_out(ground, plans, improver)
        if ground.search.best is None and not search.clock.stop_asked():
            _offer(ground, ground.rounded(), "rounding")
        if ground.search.best is None and search.best is not None:
            _offer(ground, ground.part.inside(search.best), "start")
        while not search.clock.stop_asked():
            if not improver.step() and ground.search.best is None:
                break
        return Ending.STOPPED

    def _with_cuts(self, found: Strengthened) -> tuple[Ground, NearPlans | None, bool]:
        """Return the ground and plans with cuts, which begin with the first plan if there is one.

        The mark is True where cuts were added after it, so that another dive is worth its time.
        """
        first = self._first_answer()
        if first is None:
            ground = self._ground(found)
            return ground, self._plans(ground), False
        if self._begun is not None and found.program is self._begun.program:
            return *first, False
        before, n_variables = first[1], self._problem.formulation.n_variables
        values = before.near.spread(before.best()[1], n_variables)
        ground = self._ground(found, np.flatnonzero(values > NEARLY))
        plans = self._plans(ground)
        if plans is not None:
            seconds = ground.search.clock.at_most(schedule.NEAR_DECIDED_S)
            plans.take_pairs(values[plans.near.columns], seconds)
        return ground, plans, bool(cuts_of(found.formulation))

    def _first_answer(self) -> tuple[Ground, NearPlans] | None:
        """Wait for the first plan, and try exchanges meanwhile where the rows allow them."""
        first, search = self._first, self._outer
        if first is None:
            return None
        exchanges: ExchangeSearch | None = None
        while not first.wait(schedule.POLL_S):
            if search.clock.stop_asked():
                return None
            if self._first_plans is None:
                continue
            ground, plans = self._first_plans
            if exchanges is None:
                exchanges = self._exchanges(plans, 0)
            if exchanges.fits and exchanges.step():
                _offer_best(ground, plans, "exchanges")
        try:
            first.answer()
        except Exception:
            logger.warning("no first plan; the search goes on without it", exc_info=True)
            return None
        found = self._first_plans
        return None if found is None or found[1].values is None else found

    def _hand_out(self, ground: Ground, plans: NearPlans, improver: Improver) -> None:
        """Improve plans of the lumped problem in two threads, and hand them out."""
        search, seed = ground.search, ground.search.limits.seed
        searcher = _Searcher(plans, seed + 2, search.clock)
        other = Beside(partial(_improve, searcher, search.clock), is_asked=False)
        desk = _Desk(ground, plans, improver)
        mine = _Searcher(plans, seed + 3, search.clock)
        while not search.clock.stop_asked():
            if not desk.step() and not mine.step() and mine.is_idle:
                improver.step()
        other.wait(schedule.HELPER_STOP_S)

    def _reproducibly(self, ground: Ground) -> Ending:
        """Round the relaxation, then solve a fixed number of neighbourhoods by one solver."""
        search = ground.search
        _offer(ground, ground.rounded(), "rounding")
        improver = _improver(ground, [CpSat()])
        for _ in range(search.clock.n_neighbourhoods):
            if search.best is None or search.clock.stop_asked():
                break
            improver.step()
        return Ending.STOPPED


def _started(plans: NearPlans, ground: Ground) -> bool:
    return plans.start(ground.search.clock.at_most(schedule.NEAR_DECIDED_S))


def _offer(ground: Ground, plan: Solution | None, source: str) -> None:
    if plan is not None:
        ground.search.offer(plan, source)


def _offer_best(ground: Ground, plans: NearPlans, source: str) -> None:
    _offer(ground, ground.packed(plans.near, plans.best()[1]), source)


def _improver(ground: Ground, solvers: Sequence[Solver]) -> Improver:
    everything = np.arange(ground.core.size)
    return Improver(ground.part.formulation, everything, ground.search, solvers)


def _improve(searcher: _Searcher, clock: Clock) -> None:
    while not clock.stop_asked():
        searcher.step()
