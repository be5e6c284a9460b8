"""Proves that no plan keeps all rules, for problems of any size, by counting or by a Farkas ray.

Where all gains are zero, every plan gains nothing. Prices that prove a bound below zero even so
(see `formulation.certificate`) prove that there is no plan. They come from an elastic linear
program, in which rows that the empty plan breaks may stay broken at a cost. It is solved over a few
columns, and those that contradict its prices come in. The bound is checked in exact integers over
all columns. A wrong price can make the proof fail, but it cannot make it wrong.
"""

import time
from collections.abc import Callable

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.certificate import Certificate, without_gains
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.least_breach import NOTHING, least_breach
from placement_opt.solvers.derived.counting import counted
from placement_opt.solvers.derived.elastic import Elastic, Slack
from placement_opt.solvers.derived.lumped import lumped
from placement_opt.solvers.derived.rows_alone import stretched
from placement_opt.solvers.relaxation.column_choice import MOST_ENTERING, OwnColumns, best_of_each
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import Pricing, usable_prices
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import is_contradictory, logger

RAY = "ray of prices"
CONTRADICTION = "limits of one row"

COUNTED = "counting"

AT_ONCE_VARIABLES = 5_000
"""With no more variables, one linear program over all of them finds a ray in a moment."""

FIRST_ORDER_PRECISION = 1e-4
FIRST_ORDER_NOTHING = 1e-4

ENTERING_OF_ROW = 3
RAY_ROUNDS = 200


def prove_infeasible_by_ray(formulation: Formulation, search: Search, seconds: float) -> bool:
    """Try for so many seconds to prove that no solution exists, and tell it to the search.

    Returns True with a proof. False says nothing: the search has a solution, the relaxation has
    one, or time was up.
    """
    if search.best is not None:
        return False
    if is_contradictory(formulation):
        search.prove_infeasible(CONTRADICTION)
        return True
    until = time.perf_counter() + min(seconds, search.clock.remaining_s)
    try:
        ray = find_ray(formulation, search.clock.stop_asked, until)
    except Exception:
        logger.warning("looking for a proof of infeasibility failed", exc_info=True)
        return False
    if ray is None:
        return False
    search.prove_infeasible(RAY, ray)
    search.note("infeasible: prices of the rows, checked in exact integers, leave no plan")
    return True


def prove_infeasible_at_once(formulation: Formulation, search: Search) -> bool:
    """Try to prove before any search that no solution exists, by counting or a small program.

    Nothing is tried where the empty plan keeps all rows. Returns True with a proof; False says
    nothing.
    """
    if search.best is not None or search.clock.stop_asked():
        return False
    if not _breach_of_nobody(formulation).any():
        return False
    if is_contradictory(formulation):
        search.prove_infeasible(CONTRADICTION)
        return True
    bare = without_gains(formulation)
    found, source = counted(bare), COUNTED
    if found is None and bare.n_variables <= AT_ONCE_VARIABLES:
        share = search.clock.share(schedule.PROOF_AT_ONCE_SHARE)
        seconds = min(schedule.PROOF_AT_ONCE_S, share)
        found, source = least_breach(bare, seconds).prices, RAY
    if found is None:
        return False
    search.prove_infeasible(source, found.certificate(formulation.n_rows))
    search.note(f"infeasible: {source}, checked in exact integers, leaves no plan")
    return True


def find_ray(
    formulation: Formulation, stop: Callable[[], bool], until: float
) -> Certificate | None:
    """Return prices that prove that no solution exists, or None where none were found.

    It ends at the moment `until` of `time.perf_counter`, or when `stop` says so between rounds.
    """
    bare = without_gains(formulation)
    problem = lumped(bare)
    phase = _PhaseOne(problem.formulation, stop)
    for _ in range(RAY_ROUNDS):
        if stop() or time.perf_counter() >= until:
            return None
        prices = phase.prices(until - time.perf_counter())
        if prices is None:
            return None
        for ray in phase.rays(prices):
            for certificate in stretched(bare, problem.of_whole(ray)):
                if certificate.bound(bare) < 0:
                    return certificate
        if not phase.grow(prices):
            return None
    return None


class _PhaseOne:
    """The elastic linear program over the columns so far; see the head of this module."""

    def __init__(self, formulation: Formulation, stop: Callable[[], bool]) -> None:
        self._stop = stop
        self._is_quick = True
        breach = _breach_of_nobody(formulation)
        elastic = Elastic.of(formulation, _slacks(formulation, breach))
        # Prices at which it pays to end any of the breaches.
        prices = np.divide(-1.0, breach, out=np.zeros(breach.size), where=breach != 0)
        self._formulation = formulation
        self._slack = elastic.is_slack
        self._of_formulation = np.flatnonzero(~elastic.is_slack)
        self._place = np.cumsum(~elastic.is_slack) - 1
        self._program = RestrictedLp(elastic.formulation)
        self._values = np.zeros(elastic.is_slack.size)
        self._prices = prices
        self._pricing = Pricing(formulation)
        self._own = OwnColumns(formulation)
        self._random = np.random.default_rng(0)
        must = (formulation.lower > 0) | (formulation.upper < 0)
        self._columns = np.flatnonzero(must)
        self.grow(prices)

    def prices(self, seconds: float) -> Floats | None:
        """Return prices of the rows; None where no row has to be broken or time is up."""
        slack = np.flatnonzero(self._slack)
        columns = np.union1d(slack, self._of_formulation[self._columns])
        point, least = None, NOTHING
        if self._is_quick:
            point = self._program.simplex(columns, min(seconds, schedule.RAY_SIMPLEX_S))
            self._is_quick = point is not None
        if point is None:
            start = Point(self._values[columns], self._prices)
            seconds = min(seconds, schedule.RAY_FIRST_ORDER_S)
            point, least = self._first_order(columns, start, seconds), FIRST_ORDER_NOTHING
        if point is None:
            return None
        self._values[:] = 0.0
        self._values[columns], self._prices = point.values, point.prices
        broken = float(point.values[self._slack[columns]].sum())
        return None if broken <= least else point.prices

    def _first_order(self, columns: Ints, start: Point, seconds: float) -> Point | None:
        run = self._program.start_first_order(columns, start, FIRST_ORDER_PRECISION, seconds)
        try:
            while not run.wait(schedule.POLL_S):
                if self._stop():
                    return None
            return run.point()
        finally:
            run.close()

    def rays(self, prices: Floats) -> list[Floats]:
        """Improve the prices that follow from others; return those whose bound is below zero."""
        settled = [self._pricing.settled(prices, are_least=least) for least in (False, True)]
        return [one.prices for one in settled if one.bound < 0]

    def grow(self, prices: Floats) -> bool:
        """Add columns that lower the breach at these prices; False where there are none."""
        small = self._formulation
        reduced = small.reduced(usable_prices(small, prices))
        gain = np.maximum(reduced * small.lower, reduced * small.upper)
        gain[self._columns] = 0.0
        # Without gains many columns are alike. A random factor spreads people over the openings.
        gain *= self._random.uniform(0.5, 1.0, gain.size)
        pairs = np.flatnonzero(gain[: small.n_pairs] > NOTHING)
        anchor = self._pricing.anchor
        if anchor is not None and pairs.size > MOST_ENTERING:
            pairs = pairs[best_of_each(anchor.row_of_pair[pairs], gain[pairs], ENTERING_OF_ROW)]
        own = small.n_pairs + np.flatnonzero(gain[small.n_pairs :] > NOTHING)
        entering = np.concatenate([_most(pairs, gain), _most(own, gain)])
        core = np.union1d(self._columns, entering)
        at_hand = self._own.of(core[core < small.n_pairs], reduced)
        self._columns = np.union1d(core, at_hand)
        return entering.size > 0


def _most(columns: Ints, gain: Floats) -> Ints:
    if columns.size <= MOST_ENTERING:
        return columns
    return columns[np.argpartition(-gain[columns], MOST_ENTERING)[:MOST_ENTERING]]


def _breach_of_nobody(formulation: Formulation) -> Ints:
    """Return by how much the empty plan breaks each row, shape (R,); negative above a limit."""
    activity = formulation.activity(np.clip(0, formulation.lower, formulation.upper))
    short = np.maximum(formulation.row_lower - activity, 0)
    return np.asarray(short - np.maximum(activity - formulation.row_upper, 0), dtype=np.int64)


def _slacks(formulation: Formulation, breach: Ints) -> list[Slack]:
    """Let each broken row stay broken, by a share of its breach, at a price of one for all."""
    offsets = formulation.row_offsets
    of_blocks = [breach[slice(*offsets[at : at + 2])] for at in range(len(formulation.blocks))]
    return [
        Slack(most=(unit != 0).astype(np.int64), unit=unit, gain=-np.ones_like(unit))
        for unit in of_blocks
    ]
