"""Solves problems of hundreds of thousands of pairs and more: prices over all, plans over a few.

No solver gets all pairs. They are priced out, in one pass over their coefficients, so that each
bound holds for all of them. Plans are looked for in a part, the pairs near a gain.
"""

import math
import time
from collections.abc import Callable
from functools import partial

import numpy as np

from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.certified_cuts import certified_cuts
from placement_opt.solvers.bounds.cut_rounds import MOST_ROUNDS
from placement_opt.solvers.bounds.strengthened import Restricted, Strengthened
from placement_opt.solvers.derived.lumped import LumpedProblem, certify, lumped, merged
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.engines.linear_program import NEARLY, ObjectiveUnit
from placement_opt.solvers.near.core import NearCore
from placement_opt.solvers.near.ground import NearSearch, kept_of, nearest, plan_from
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.plans.topping_up import topped_up
from placement_opt.solvers.relaxation.column_choice import OwnColumns, largest
from placement_opt.solvers.relaxation.column_generation import ColumnGeneration, Relaxed, carried
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import Pricing, Proven
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.relaxation.sampling import sampled_prices
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.reporting import Beside
from placement_opt.solvers.search.resident_memory import give_back

PRECISION = 1.5e-3
"""The simplex method takes over once the bound of the prices is this near the relaxation's optimum,
as a share."""

SIMPLEX_PAIRS, SIMPLEX_PER_ROW = 20_000, 1.3
"""The simplex method begins with at least so many pairs, and with so many per row of the anchor."""

EARLY_OWN_LOSS = 0.005
"""Own variables that lose a smaller share of the largest gain come along with their pairs."""

EARLY_GAP = 0.015
"""Where a plan is this near the bound, as a share, the next is looked for after pricing."""

CERTIFIED_STEP = 1e-3
"""A bound that is better by a smaller share is not certified before pricing ends."""

NEAR_START = 0.05
"""Prices of an earlier solve whose bound is this near the start plan, as a share, need no
first-order method: the simplex method goes on from them."""

EARLY_PAIRS = 15_000
"""So many of the pairs nearest to a gain get a linear program of their own for an early plan."""

NEAREST_PAIRS = 60_000
"""So many of them are tried where prices alone say what to take."""


def search_large(formulation: Formulation, search: Search) -> Ending | None:
    """Search from prices over all pairs; None where no prices were found."""
    search.precision = max(search.precision, ObjectiveUnit.of(formulation).precision)
    problem = lumped(formulation)
    wide = merged(formulation, problem)
    near = NearCore(formulation, wide, search)
    found = _relaxed(formulation, problem, wide, search, near.begin)
    give_back()
    if found is None or search.clock.stop_asked():
        return Ending.STOPPED if search.clock.stop_asked() else None
    ending = near.run(found)
    return Ending.EXHAUSTED if search.is_proven else ending


def _relaxed(
    formulation: Formulation,
    problem: LumpedProblem,
    wide: LumpedProblem,
    search: Search,
    begin: Callable[[Strengthened], None],
) -> Strengthened | None:
    """Price out the lumped problem and add cuts; None without prices, or when asked to stop.

    The simplex method has the `wide` problem, which mostly is the lumped one.

    The memory for pricing out all pairs is freed before cuts and plans need theirs.
    """
    limits = search.limits
    generation = ColumnGeneration(problem.formulation, search.clock)
    until = time.perf_counter() + search.clock.share(schedule.PRICING_SHARE)
    early = _EarlyPlan(formulation, problem, wide, search)
    start = _start(formulation, problem, wide, generation, search, until)
    relaxed = None
    if start is None or not _is_near(start, search):
        relaxed = generation.priced_out(start, until, PRECISION, early.look, is_rough=True)
    del start
    best = generation.best
    if best is not None:
        certify(formulation, problem, best.prices, search)
    if best is None or search.clock.stop_asked():
        return None
    if relaxed is None:  # there was no time for a run, during which to look for a plan
        asked = generation.pairs.asked
        early.rounded(Relaxed(best, asked, asked, asked, None))
    look = None
    if relaxed is not None:
        look = Beside(partial(early.look, relaxed), is_asked=False)
    if limits.reproducible and look is not None:
        look.wait(schedule.ENDLESS_S)
    small = problem.formulation
    anchor = generation.pricing.anchor
    n_rows = 0 if anchor is None else anchor.n_rows
    most = max(SIMPLEX_PAIRS, int(SIMPLEX_PER_ROW * n_rows))
    asked = generation.pairs.asked
    if search.prices is not None and search.best is not None:
        # So that hard rows about an earlier plan are kept in the first program, too.
        asked = np.union1d(asked, search.best.chosen)
    core = nearest(best.reduced[: small.n_pairs], most, asked)
    owns, pricing, small = generation.own, generation.pricing, wide.formulation
    if wide is not problem:
        owns, pricing = OwnColumns(small), Pricing(small)
        best = pricing.settled(wide.prices(problem.of_whole(best.prices)))
    own = owns.of(core, best.reduced, EARLY_OWN_LOSS * small.objective.largest_gain)
    columns, values = np.concatenate([own, core]), np.zeros(own.size + core.size)
    if relaxed is not None:
        values[own.size :] = carried(relaxed.core, relaxed.of_core, core)
    unsolved = Restricted(small, columns, Point(values, best.prices))
    priced = Strengthened(small, best.prices, best.bound, unsolved)
    # Each of these is as large as all variables together.
    del generation, relaxed, best, look, owns
    found = certified_cuts(
        formulation,
        wide,
        search,
        core,
        min(schedule.ENDLESS_S, search.clock.share(schedule.LARGE_CUTS_SHARE)),
        own=own,
        pricing=pricing,
        rounds=0 if limits.reproducible else MOST_ROUNDS,
        on_point=begin,
    )
    return found or priced


def _start(
    formulation: Formulation,
    problem: LumpedProblem,
    wide: LumpedProblem,
    generation: ColumnGeneration,
    search: Search,
    until: float,
) -> Proven | None:
    """Return prices to start from: those of an earlier solve if near, else the better of two."""
    if search.prices is None:
        search.note("prices: from samples of the candidates")
    else:
        search.note("prices: from an earlier solve")
        start = generation.started(problem.prices(search.prices))
        _top_up(formulation, search, generation, start)
        if _is_near(start, search):
            return start
    now = time.perf_counter()
    prices = sampled_prices(
        wide.formulation, search.clock, now + schedule.SAMPLES_SHARE * (until - now)
    )
    if prices is not None:
        generation.started(problem.prices(wide.of_whole(prices)))
    return generation.best


def _is_near(start: Proven, search: Search) -> bool:
    """Tell whether the simplex method can go on from prices that are known from the start."""
    if search.prices is None or search.gained is None:
        return False
    return start.bound - search.gained <= NEAR_START * abs(start.bound)


def _top_up(
    formulation: Formulation, search: Search, generation: ColumnGeneration, start: Proven
) -> None:
    """Improve the plan of an earlier solve at its prices."""
    plan, anchor = search.best, generation.pricing.anchor
    if plan is not None and anchor is not None:
        more = topped_up(formulation, plan, start, anchor, search.clock)
        search.offer(more, "start plan and more")


class _EarlyPlan:
    """Makes plans while prices get better, until one is near the bound."""

    def __init__(
        self,
        formulation: Formulation,
        problem: LumpedProblem,
        wide: LumpedProblem,
        search: Search,
    ) -> None:
        small = wide.formulation
        self._formulation = formulation
        self._problem, self._wide = problem, wide
        self._program = RestrictedLp(small)
        self._own = OwnColumns(small)
        self._search = search
        self._unit = small.objective.largest_gain

    def look(self, relaxed: Relaxed) -> None:
        """Make a better plan of what is known, unless there is a good one already."""
        search, bound = self._search, relaxed.best.bound
        if search.bound is None or search.bound - bound > CERTIFIED_STEP * abs(bound):
            certify(self._formulation, self._problem, relaxed.best.prices, search)
        gained = search.gained
        if gained is not None and bound - gained <= EARLY_GAP * abs(bound):
            return
        self.rounded(relaxed)
        if search.gained == gained and not search.clock.stop_asked():
            self.of_nearest(relaxed)

    def rounded(self, relaxed: Relaxed) -> None:
        """Take what the last program used, the largest values first, then the largest gains."""
        reduced = relaxed.best.reduced[: self._formulation.n_pairs]
        near = largest(reduced, NEAREST_PAIRS)
        order = near[np.argsort(-reduced[near], kind="stable")]
        of_core = relaxed.of_core
        used = np.flatnonzero(of_core > NEARLY)
        used = used[np.argsort(-of_core[used], kind="stable")]
        order = np.concatenate([relaxed.core[used], order])
        plan = rounded(self._formulation, order, self._search.clock)
        if plan is not None:
            self._search.offer(plan, "rounding")

    def of_nearest(self, relaxed: Relaxed) -> None:
        """Solve the relaxation over the pairs nearest to a gain, and round that."""
        search = self._search
        n_pairs = self._formulation.n_pairs
        reduced = relaxed.best.reduced
        core = nearest(reduced[:n_pairs], EARLY_PAIRS, relaxed.asked)
        if self._wide is self._problem:
            own = self._own.of(core, reduced, EARLY_OWN_LOSS * self._unit)
        else:  # its variables are others, and few
            own = self._own.of(core, None)
        seconds = min(schedule.NEAR_LP_S, search.clock.remaining_s)
        if search.limits.reproducible:
            seconds = math.inf
        point = self._program.simplex(np.concatenate([own, core]), seconds)
        if point is None or search.clock.stop_asked():
            return
        of_own, of_core = np.split(point.values, [own.size])
        own_values = np.zeros(self._wide.formulation.own_lower.size)
        own_values[own - n_pairs] = of_own
        kept = kept_of(self._wide, self._formulation, own_values)
        part = part_of(self._formulation, core, None)
        near = NearSearch(part, search)
        plan = plan_from(part.formulation, of_core, reduced[core], near, kept)
        if plan is not None:
            near.offer(plan, "rounding")
