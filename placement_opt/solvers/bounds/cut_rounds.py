"""Strengthens a linear relaxation by rounds of rounding cuts, over a growing core of pairs.

Each round solves the relaxation over the core from the last basis, prices out all pairs, takes in
those that gain, and looks for cuts. The bound that the prices prove holds for all pairs.
"""

import copy
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import cuts_of, with_cuts, without_cuts
from placement_opt.solvers.bounds.cuts import separate
from placement_opt.solvers.bounds.strengthened import Restricted, Strengthened
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.relaxation.column_choice import SMALL_GAIN
from placement_opt.solvers.relaxation.point import BASIC, Basis, Point
from placement_opt.solvers.relaxation.pricing import Pricing, dual_bound, usable_prices
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search import schedule

MOST_ROUNDS = 40
ENOUGH_ALONE = 1e-4
"""Sums of two rows are rounded, too, once a round lowers the bound by a smaller share."""

LEAST_PROGRESS = 5e-6
"""A round that lowers the bound by a smaller share has brought nothing."""

ENTERING_SHARE = 0.2
"""One pricing takes in at most this share of the present number of columns."""

MANY_COLUMNS, MANY_FAR = 15_000, 0.02
"""Where there are more columns before the first cuts, those are left out whose reduced gain is
negative by more than this share of the largest gain."""

PRICING_ROUNDS = 3
"""All variables are priced out after every so many rounds of cuts."""

FIRST_PRICINGS, MOST_PRICINGS = 3, 25
"""Pricings of all variables at most: before the first cuts, and after the last."""

CLOSE = 1e-4
"""Before the first cuts pricing goes on until the bound is this near the program's optimum, as a
share: plans can be made from there on."""


def strengthen(
    formulation: Formulation,
    core: Ints,
    time_limit_s: float,
    *,
    own: Ints | None = None,
    pricing: Pricing | None = None,
    rounds: int = MOST_ROUNDS,
    with_others: bool = True,
    stop: Callable[[], bool] = lambda: False,
    on_point: Callable[[Strengthened], None] = lambda _point: None,
    on_bound: Callable[[Strengthened], None] = lambda _best: None,
) -> Strengthened | None:
    """Add cuts to the linear relaxation until they bring little more.

    Parameters
    ----------
    formulation
        The problem; the cuts that it already has stay.
    core
        Pairs to begin with, such as those with a reduced gain near zero. All others are priced out.
    time_limit_s
        No round begins after so many seconds.
    own
        Own variables to begin with, ascending; all by default. Those left out must be able to be
        zero; they are priced out, too.
    pricing
        Prices out the formulation; made here by default.
    rounds
        At most so many rounds.
    with_others
        Round sums of two rows as well, which is slower and gives deeper cuts.
    stop
        Asked before each round.
    on_point
        Told of the first optimum over the core if it took long, and of the last one before cuts.
    on_bound
        Told of each better bound.

    Returns
    -------
    Strengthened or None
        None where not even the first linear program was solved.
    """
    loop = _Rounds(formulation, core, own, pricing or Pricing(formulation))
    started = time.perf_counter()
    until, end = started + time_limit_s, started + schedule.FIRST_LP_TIMES * time_limit_s
    if stop() or not loop.solve(schedule.FIRST_LP_TIMES * time_limit_s, 0):
        return None
    if time.perf_counter() > started + schedule.LONG_LP_S:
        on_point(loop.unproven())
    if not stop():
        loop.solve(schedule.FIRST_LP_TIMES * _left(until), FIRST_PRICINGS)
    best = loop.proven(0)
    while (
        loop.is_open(best)
        and time.perf_counter() < until
        and not stop()
        and loop.solve(_left(until), 1)
    ):
        best = loop.proven(0)
    on_point(best)
    on_bound(best)
    loop.trim()
    loop, number, is_cut_short = _cut(loop, rounds, until, stop, with_others=with_others)
    is_final = number == 0 and loop.is_complete
    if not loop.is_complete and not stop():
        seconds = max(_left(until), min(schedule.LAST_PRICING_SHARE * time_limit_s, _left(end)))
        loop.solve(seconds, MOST_PRICINGS)
    if not is_final:
        last = loop.proven(number)
        if last.bound < best.bound:
            best = last
            on_bound(best)
    return replace(best, is_cut_short=is_cut_short)


def _left(until: float) -> float:
    return max(schedule.LEAST_CUT_LP_S, until - time.perf_counter())


def _cut(
    loop: "_Rounds", rounds: int, until: float, stop: Callable[[], bool], *, with_others: bool
) -> tuple["_Rounds", int, bool]:
    """Add rounds of cuts while they bring something.

    Returns the state after the last round, the number of rounds, and whether time ended them.
    """
    stale, alone = 0, True
    for number in range(1, rounds + 1):
        before = copy.copy(loop)
        is_late = time.perf_counter() >= until or stop()
        if stale >= schedule.CUTS_PATIENCE or is_late or not loop.cut(with_others=not alone):
            return before, number - 1, is_late and stale < schedule.CUTS_PATIENCE
        if not loop.solve(_left(until), int(number % PRICING_ROUNDS == 0)):
            # With these cuts it takes too long: the state before them counts.
            return before, number - 1, True
        progress = (before.value - loop.value) / max(1.0, abs(loop.value))
        alone = alone and (progress >= ENOUGH_ALONE or not with_others)
        stale = 0 if progress >= LEAST_PROGRESS else stale + 1
    return loop, rounds, False


class _Rounds:
    """The linear program over the core, with its basis."""

    def __init__(
        self,
        formulation: Formulation,
        core: Ints,
        own: Ints | None,
        pricing: Pricing,
    ) -> None:
        self.formulation = formulation
        self._rules = formulation.n_rows - len(cuts_of(formulation))
        self._unit = ObjectiveUnit.of(formulation)
        if own is None:
            own = np.arange(formulation.n_pairs, formulation.n_variables)
        self._columns = np.concatenate([own, core])
        self._pricing = pricing
        self._largest_gain = formulation.objective.largest_gain
        self._basis: Basis | None = None
        self._prices = np.zeros(formulation.n_rows)
        self._values = np.zeros(self._columns.size)
        self._is_optimal = False
        self.value = np.inf
        self.is_complete = False

    def solve(self, time_limit_s: float, pricings: int) -> bool:
        """Solve, and take in columns that gain, at most so many times; False where not solved.

        The last point stays where a program with new columns is not solved. `is_complete` tells
        whether no column that gains is missing.
        """
        until = time.perf_counter() + time_limit_s
        self.is_complete = False
        if not self._is_optimal and not self._optimise(time_limit_s):
            return False
        for _ in range(pricings):
            entering = self._entering()
            self.is_complete = entering.size == 0
            if self.is_complete or time.perf_counter() > until:
                break
            before = self._columns, self._basis
            self._columns = np.concatenate([self._columns, entering])
            if self._basis is not None:
                self._basis = self._basis.grown(n_columns=entering.size)
            if not self._optimise(until - time.perf_counter()):
                self._columns, self._basis = before
                return False
        return True

    def _optimise(self, seconds: float) -> bool:
        """Solve the linear program over the present columns; False where it was not solved."""
        program = LinearProgram.of(self.formulation, self._unit, self._columns)
        point = solve_lp(program, max(schedule.LEAST_LP_S, seconds), self._basis)
        if point is None:
            return False
        units = float(self._unit.units)
        self._basis, self.value = point.basis, float(program.gain @ point.values) * units
        self._prices = usable_prices(self.formulation, point.prices * units)
        self._values = point.values
        self._is_optimal = True
        return True

    def is_open(self, found: Strengthened) -> bool:
        """Tell whether columns that matter are still missing."""
        missing = found.bound - self.value
        return not self.is_complete and missing > CLOSE * max(1.0, abs(self.value))

    def trim(self) -> None:
        """Leave out columns that lose much, of many; the last pricing looks at them again."""
        if self._columns.size <= MANY_COLUMNS or self._basis is None:
            return
        reduced = self.formulation.reduced(self._prices)
        stays = self._basis.variables == BASIC
        stays |= reduced[self._columns] > -MANY_FAR * self._largest_gain
        stays |= self.formulation.bounds(self._columns)[0] != 0
        self._columns, self._values = self._columns[stays], self._values[stays]
        self._basis = replace(self._basis, variables=self._basis.variables[stays])

    def unproven(self) -> Strengthened:
        """Return the last point without a bound."""
        return Strengthened(self.formulation, self._prices, np.inf, self._program)

    def proven(self, number: int) -> Strengthened:
        """Return the last point after so many rounds, with the bound that its prices prove.

        Cuts of price zero that no other cut is made from are left out, which keeps the bound.
        """
        prices, bound = self._prices, dual_bound(self.formulation, self._prices)
        settled = self._pricing.over(self.formulation).settled(prices)
        if settled.bound < bound:
            prices, bound = settled.prices, settled.bound
        strong, stays = without_cuts(self.formulation, prices[self._rules :] == 0)
        return Strengthened(strong, prices[stays], bound, self._program, number)

    @property
    def _program(self) -> Restricted:
        """The linear program and its last point."""
        point = Point(self._values, self._prices, self._basis)
        return Restricted(self.formulation, self._columns, point)

    def _entering(self) -> Ints:
        """Return the best of the variables outside the program that gain."""
        gain = self.formulation.reduced(self._prices)
        gain[self._columns] = 0.0
        entering = np.flatnonzero(gain > SMALL_GAIN * self._largest_gain)
        most = max(100, int(ENTERING_SHARE * self._columns.size))
        if entering.size > most:
            entering = entering[np.argsort(-gain[entering], kind="stable")[:most]]
        return entering

    def cut(self, *, with_others: bool) -> bool:
        """Add cuts that the point violates, and drop slack ones; False where no cut is new."""
        values = np.zeros(self.formulation.n_variables)
        values[self._columns] = self._values
        new = separate(self.formulation, values, with_others=with_others)
        if not new:
            return False
        n_before = self.formulation.n_rows
        strong = with_cuts(self.formulation, new)
        dropped = np.zeros(strong.n_rows - self._rules, dtype=np.bool_)
        if self._basis is not None:
            dropped[: n_before - self._rules] = self._basis.slack_rows[self._rules :]
        self.formulation, stays = without_cuts(strong, dropped)
        self._is_optimal = False
        if self._basis is not None:
            self._basis = self._basis.grown(rows=stays[:n_before], n_rows=len(new))
        return True
