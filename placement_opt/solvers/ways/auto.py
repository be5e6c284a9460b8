"""Chooses the way to solve: a flow, independent components, or prices first."""

from placement_opt.basics.status import StopReason
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.infeasible import (
    prove_infeasible_at_once,
    prove_infeasible_by_ray,
)
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.flow.network_flow import NetworkFlow
from placement_opt.solvers.plans.rounding import gaining_most, rounded
from placement_opt.solvers.plans.upper_limits import asked_by_name
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.ways.apart import solve_apart
from placement_opt.solvers.ways.complete import COMPLETE_PAIRS, Complete
from placement_opt.solvers.ways.large import search_large
from placement_opt.solvers.ways.priced import POOL_RESERVE, Priced, pooled
from placement_opt.solvers.ways.restricted_master import search_priced

TINY_VARIABLES = 2_000
"""With no more variables CP-SAT comes before prices: it is often the first to prove."""

MANY_VARIABLES = 150_000
"""With more variables no linear program has all of them."""

MOST_PAIRS = 1_000_000
"""With more pairs a solver given the whole problem needs more memory than most machines have."""

PARTS_PAIRS = 30_000
"""With more pairs, whose linear program took too long, prices come some pairs at a time."""


class Auto:
    """Takes every problem; the log and the statistics of the result say which way it went.

    0. Counting shows that there is no plan: nothing is searched
       (`placement_opt.solvers.bounds.infeasible`).
    1. All rows form a network: min-cost flow, exact.
    2. There are independent components: each is solved by itself.
    3. Few pairs: HiGHS on the whole problem in one thread (`placement_opt.solvers.ways.complete`).
       The other thread has CP-SAT first where the problem is tiny, then prices as in 5.
    4. Many pairs: prices by column generation, and plans among the pairs near a gain
       (`placement_opt.solvers.ways.large`).
    5. Otherwise: prices from the linear relaxation of the whole, then neighbourhoods of the best
       plan (`placement_opt.solvers.ways.restricted_master`). Where that linear program takes too
       long, as on a busy machine, it goes on as in 4.
    6. No prices, or no plan from them: a proof by prices that there is no plan. Where that fails,
       CP-SAT on the whole problem.
    """

    name = "auto"

    def refuses(self, formulation: Formulation) -> str | None:
        """Take every problem."""
        del formulation
        return None

    def solve(self, formulation: Formulation, search: Search) -> Ending:
        """Solve; see `placement_opt.solvers.search.base.Solver.solve`."""
        ending = self._exactly(formulation, search)
        if ending is not None:
            return ending
        is_tiny = formulation.n_variables <= TINY_VARIABLES
        if search.limits.reproducible or Mip().refuses(formulation) is not None:
            if is_tiny:
                search.note(f"tiny ({formulation.n_variables} variables): CP-SAT alone")
                return CpSat().solve(formulation, search)
        elif formulation.n_pairs <= COMPLETE_PAIRS:
            with Complete(formulation, search) as complete:
                return self._beside(complete, formulation, search, is_tiny=is_tiny)
        return self._by_prices(formulation, search)

    def _beside(
        self, complete: Complete, formulation: Formulation, search: Search, *, is_tiny: bool
    ) -> Ending:
        """Work beside a complete solver: CP-SAT first where the problem is tiny, then prices."""
        if is_tiny:
            search.note(
                f"tiny ({formulation.n_variables} variables): HiGHS and CP-SAT side by side"
            )
            until = search.clock.elapsed_s + schedule.TINY_CP_SAT_S
            solver = CpSat(workers=1, until=lambda: search.clock.elapsed_s > until)
            ending = solver.solve(formulation, search)
            if search.clock.stop_reason() is not None or ending is Ending.EXHAUSTED:
                return ending
        else:
            search.note(f"HiGHS on all {formulation.n_pairs:,} pairs, beside prices")
        return self._by_prices(formulation, search, complete)

    def _by_prices(
        self, formulation: Formulation, search: Search, complete: Complete | None = None
    ) -> Ending:
        """Search from prices; where that leads nowhere, by CP-SAT on the whole."""
        ending = None
        _offer_greedy(formulation, search)
        if formulation.n_variables > MANY_VARIABLES:
            search.note(f"large ({formulation.n_pairs:,} pairs): prices by column generation")
            ending = search_large(formulation, search)
        else:
            priced = price(formulation, search)
            if priced is not None and search.clock.stop_reason() is None:
                ending = search_priced(priced, search, complete)
                ending = _beyond_floats(formulation, search) or ending
            elif _is_for_parts(formulation) and search.clock.stop_reason() is None:
                search.note("prices by column generation instead, some pairs at a time")
                ending = search_large(formulation, search)
        # Mostly the empty plan is known from the start. Without prices the search goes on from it.
        if search.clock.stop_reason() is not None or (
            ending is not None and search.best is not None
        ):
            return ending or Ending.STOPPED
        if search.best is None and not search.limits.reproducible:  # the clock ends the proof
            seconds = search.clock.share(schedule.RAY_SHARE)
            seconds /= 1 if formulation.n_pairs > MOST_PAIRS else 2
            if prove_infeasible_by_ray(formulation, search, seconds):
                return Ending.EXHAUSTED
        if formulation.n_pairs > MOST_PAIRS:
            search.note("no plan from prices, and too many pairs for any solver as a whole")
            return ending or Ending.FAILED
        search.note("no prices or no plan from them: CP-SAT on the whole")
        # A complete solver at work has the other processor.
        return CpSat(workers=None if complete is None else 1).solve(formulation, search)

    def _exactly(self, formulation: Formulation, search: Search) -> Ending | None:
        """Take problems without a plan by counting, networks and components; None for the rest."""
        if prove_infeasible_at_once(formulation, search):
            return Ending.EXHAUSTED
        flow = NetworkFlow()
        if flow.refuses(formulation) is None:
            search.note("network: all rows form one, solved as a min-cost flow")
            ending = flow.solve(formulation, search)
            if ending is not Ending.FAILED:
                return ending
        apart = components(formulation)
        if apart:
            return solve_apart(apart, search, self.solve)
        return None


def _is_for_parts(formulation: Formulation) -> bool:
    """Tell whether prices may come by column generation where the whole program brought none."""
    return formulation.n_pairs > PARTS_PAIRS and Mip().refuses(formulation) is None


def _beyond_floats(formulation: Formulation, search: Search) -> Ending | None:
    """Go on in exact integers where floating point cannot prove the optimum; None elsewhere.

    With a weight of 10^9 and another of a fraction, it may not see the second one at all.
    """
    if search.reached() is not StopReason.PRECISION:
        return None
    search.precision = formulation.objective.rounding_units
    if search.reached() is not None:
        return None
    search.note("closer than floating point can tell apart: CP-SAT on the whole")
    return CpSat().solve(formulation, search)


def _offer_greedy(formulation: Formulation, search: Search) -> None:
    """Offer a plan of the pairs that gain most for each person, unless one is at hand.

    One that has only what rows ask for by name, as fixed placements, is none.
    """
    best = search.best
    if best is not None and best.chosen.size > asked_by_name(formulation, best.chosen).size:
        return
    plan = rounded(formulation, gaining_most(formulation), search.clock)
    if plan is not None:
        search.offer(plan, "greedy")


def price(formulation: Formulation, search: Search) -> Priced | None:
    """Solve the linear relaxation and certify the bound of its prices; None where that fails."""
    # `clock.share` is endless in a reproducible solve, whose course must not depend on the clock.
    clock = search.clock
    short_s = min(schedule.SHORT_RELAXATION_S, clock.share(schedule.SHORT_RELAXATION_SHARE))
    relaxed = whole_relaxation(formulation, max(clock.share(schedule.RELAXATION_SHARE), short_s))
    if relaxed is None:
        search.note("no dual prices: the linear program was not solved in time or has no solution")
        return None
    certificate = Certificate.from_duals(formulation, relaxed.prices)
    try:
        bound = search.certify(certificate, "dual prices")
    except ValueError as error:
        search.note(f"no dual prices: {error}")
        return None
    scaled = certificate.prices / 2.0**certificate.bits
    reduced = formulation.reduced(scaled)
    return Priced(
        formulation,
        pooled(formulation, relaxed),
        pooled(formulation, relaxed, POOL_RESERVE),
        reduced[: formulation.n_pairs],
        relaxed.values,
        bound,
    )
