"""Strengthens the linear relaxation by rounding cuts, round by round, over a growing core of pairs.

Each round solves the relaxation over the core from the last basis, prices out all pairs with its
duals, takes in those that gain, and then looks for cuts. The bound that the duals prove holds for
all pairs at every step.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.mixed_integer_rounding import cuts_of, with_cuts, without_cuts
from placement_opt.solvers.column_choice import SMALL_GAIN
from placement_opt.solvers.cuts import separate
from placement_opt.solvers.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.pricing import Priced, Pricing
from placement_opt.solvers.relaxation import (
    BASIC,
    Basis,
    LpBound,
    dual_bound,
    solve_lp,
    usable_prices,
)

MOST_ROUNDS = 40
ENOUGH_ALONE = 1e-4
"""Once a round lowers the bound by a smaller share, rows are also rounded in twos."""

LEAST_PROGRESS = 5e-6
PATIENCE = 2
"""Rounds in a row with less progress than the least, before it stops."""

ENTERING_SHARE = 0.2
"""New columns of one pricing at most, as a share of those at hand."""


MANY_COLUMNS, FAR = 15_000, 0.02
"""Of more columns those go out, before the first cuts, that lose so large a share of the largest
gain."""

LAST_SHARE = 0.5
"""The last pricings may take such a share of the limit beyond it: cuts are worth nothing before."""

FIRST_TIMES = 2
"""The first linear program may take so many times the limit: nothing goes on without it."""

PRICED_EACH = 3
"""Rounds of cuts from one pricing of all variables to the next."""

FIRST_PRICINGS, MOST_PRICINGS = 3, 25
"""Times that all variables are priced out before the first cuts, and after the last."""

CLOSE = 1e-4
"""Before the first cuts they are priced out further, until the bound is that near the program, as a
share: from there on plans can be made."""


@dataclass(frozen=True, eq=False)
class Restricted:
    """A linear program over some variables, and where the simplex method ended in it.

    Parameters
    ----------
    formulation
        The formulation with all cuts.
    columns
        Variables in it, in the order of the basis.
    prices
        Dual prices of all rows, objective units.
    basis
        Where the simplex method ended, or None.
    """

    formulation: Formulation
    columns: npt.NDArray[np.int64]
    prices: npt.NDArray[np.float64]
    basis: Basis | None

    @property
    def basic(self) -> npt.NDArray[np.int64]:
        """The basic variables."""
        if self.basis is None:
            return np.zeros(0, dtype=np.int64)
        basic: npt.NDArray[np.int64] = self.columns[self.basis.variables == BASIC]
        return basic


@dataclass(frozen=True, eq=False)
class Strengthened:
    """A formulation with cuts, and the optimum of its linear relaxation over all pairs.

    Parameters
    ----------
    formulation
        The formulation with the cuts that bind.
    relaxed
        Dual prices over its rows, the bound they prove and the values of all variables.
    core
        The pairs that the linear program was solved over, ascending.
    n_rounds
        Rounds of cuts.
    program
        The linear program itself, with all cuts of its last round.
    """

    formulation: Formulation
    relaxed: LpBound
    core: npt.NDArray[np.int64]
    n_rounds: int
    program: Restricted


def strengthen(
    formulation: Formulation,
    core: npt.NDArray[np.int64],
    time_limit_s: float,
    *,
    own: npt.NDArray[np.int64] | None = None,
    pricing: Pricing | None = None,
    rounds: int = MOST_ROUNDS,
    with_others: bool = True,
    stop: Callable[[], bool] = lambda: False,
    on_bound: Callable[["Strengthened"], None] = lambda _best: None,
) -> Strengthened | None:
    """Add cuts to the linear relaxation until they bring little more.

    Parameters
    ----------
    formulation
        The problem; cuts that it has already stay.
    core
        Pairs to begin with, such as those with a small reduced cost. All others are priced out.
    time_limit_s
        Seconds after which no other round begins.
    own
        Own variables to begin with, ascending; all by default. Those left out have to be zero in
        some solution; they are priced out too.
    pricing
        Prices out the formulation, where somebody has made one already.
    rounds
        At most so many rounds.
    with_others
        Also round sums of two rows; slower, deeper.
    stop
        Asked before each round.
    on_bound
        Told of every better bound.

    Returns
    -------
    Strengthened or None
        None when not even the first linear program was solved.
    """
    loop = _Rounds(formulation, core, own, pricing or Pricing(formulation))
    until = time.perf_counter() + time_limit_s
    best: Strengthened | None = None
    value, stale, alone = np.inf, 0, True

    def left() -> float:
        return max(1.0, until - time.perf_counter())

    is_solved = False
    for number in range(rounds + 1):
        # Between the rounds of cuts a few columns may be missing: only the last point is final.
        pricings = FIRST_PRICINGS if number == 0 else int(number % PRICED_EACH == 0)
        is_solved = loop.solve(left() * (FIRST_TIMES if number == 0 else 1), pricings)
        if not is_solved:
            break
        progress = (value - loop.value) / max(1.0, abs(loop.value))
        alone = alone and (progress >= ENOUGH_ALONE or not with_others)
        stale = 0 if progress >= LEAST_PROGRESS else stale + 1
        value = loop.value
        if number == 0:
            best = loop.proven(number)
            while loop.is_open(best) and time.perf_counter() < until and loop.solve(left(), 1):
                best = loop.proven(number)
            value = loop.value
            on_bound(best)
            loop.trim()
        is_late = time.perf_counter() >= until or stop()
        if stale >= PATIENCE or number == rounds or is_late or not loop.cut(with_others=not alone):
            break
    is_final = best is not None and best.n_rounds == number and loop.is_whole
    enough = max(left(), LAST_SHARE * time_limit_s)
    if is_solved and not is_final and (loop.is_whole or loop.solve(enough, MOST_PRICINGS)):
        last = loop.proven(number)
        if best is None or last.relaxed.bound < best.relaxed.bound:
            best = last
            on_bound(best)
    return None if best is None else _pruned(best)


def unsolved(
    formulation: Formulation, priced: Priced, columns: npt.NDArray[np.int64]
) -> Strengthened:
    """Return what prices prove where no linear program was solved: all values are zero."""
    relaxed = LpBound(priced.prices, priced.bound, np.zeros(formulation.n_variables))
    core = np.sort(columns[columns < formulation.n_pairs])
    program = Restricted(formulation, columns, priced.prices, None)
    return Strengthened(formulation, relaxed, core, 0, program)


class _Rounds:
    """The linear program over the core, with its basis."""

    def __init__(
        self,
        formulation: Formulation,
        core: npt.NDArray[np.int64],
        own: npt.NDArray[np.int64] | None,
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
        self._values = np.zeros(formulation.n_variables)
        self.value = np.inf
        self.is_whole = False

    @property
    def core(self) -> npt.NDArray[np.int64]:
        """The pairs of the core, ascending."""
        return np.sort(self._columns[self._columns < self.formulation.n_pairs])

    def solve(self, time_limit_s: float, pricings: int) -> bool:
        """Solve over the columns, and take in those that gain; False when it was not solved.

        After so many pricings columns that still gain wait for the next call; `is_whole` tells.
        """
        until = time.perf_counter() + time_limit_s
        self.is_whole = False
        for number in range(pricings + 1):
            program = LinearProgram.of(self.formulation, self._unit, self._columns)
            point = solve_lp(program, max(0.1, until - time.perf_counter()), self._basis)
            if point is None:
                return False
            units = float(self._unit.units)
            self._basis, self.value = point.basis, float(program.gain @ point.values) * units
            self._prices = usable_prices(self.formulation, point.prices * units)
            self._values = np.zeros(self.formulation.n_variables)
            self._values[self._columns] = point.values
            if number == pricings:
                break
            entering = self._entering()
            self.is_whole = entering.size == 0
            if self.is_whole or time.perf_counter() > until:
                break
            self._columns = np.concatenate([self._columns, entering])
            if self._basis is not None:
                self._basis = self._basis.grown(n_columns=entering.size)
        return True

    def is_open(self, found: Strengthened) -> bool:
        """Tell whether columns are still missing that matter."""
        missing = found.relaxed.bound - self.value
        return not self.is_whole and missing > CLOSE * max(1.0, abs(self.value))

    def trim(self) -> None:
        """Leave out columns that lose much, of very many; they are priced out again in the end."""
        if self._columns.size <= MANY_COLUMNS or self._basis is None:
            return
        reduced = self.formulation.reduced(self._prices)
        stays = self._basis.variables == BASIC
        stays |= reduced[self._columns] > -FAR * self._largest_gain
        stays |= self.formulation.lower[self._columns] != 0
        self._columns = self._columns[stays]
        self._basis = replace(self._basis, variables=self._basis.variables[stays])

    def proven(self, number: int) -> Strengthened:
        """Return what the prices of the last point prove over all variables."""
        priced = self._pricing.over(self.formulation).settled(self._prices)
        bound = dual_bound(self.formulation, self._prices)
        prices = self._prices
        if priced.bound < bound:
            prices, bound = priced.prices, priced.bound
        relaxed = LpBound(prices, bound, self._values)
        program = Restricted(self.formulation, self._columns, self._prices, self._basis)
        return Strengthened(self.formulation, relaxed, self.core, number, program)

    def _entering(self) -> npt.NDArray[np.int64]:
        """Return variables outside the program that gain, the best of them."""
        gain = self.formulation.reduced(self._prices)
        gain[self._columns] = 0.0
        entering = np.flatnonzero(gain > SMALL_GAIN * self._largest_gain)
        most = max(100, int(ENTERING_SHARE * self._columns.size))
        if entering.size > most:
            entering = entering[np.argsort(-gain[entering], kind="stable")[:most]]
        return entering

    def cut(self, *, with_others: bool) -> bool:
        """Add cuts that the values violate, and drop cuts that are slack; False without new."""
        new = separate(self.formulation, self._values, with_others=with_others)
        if not new:
            return False
        n_before = self.formulation.n_rows
        strong = with_cuts(self.formulation, new)
        dropped = np.zeros(strong.n_rows - self._rules, dtype=np.bool_)
        if self._basis is not None:
            dropped[: n_before - self._rules] = self._basis.slack_rows[self._rules :]
        self.formulation, stays = without_cuts(strong, dropped)
        if self._basis is not None:
            self._basis = self._basis.grown(rows=stays[:n_before], n_rows=len(new))
        return True


def _pruned(found: Strengthened) -> Strengthened:
    """Leave out cuts without a price that no other stands on; the bound stays the same."""
    prices = found.relaxed.dual_prices
    n_cuts = len(cuts_of(found.formulation))
    strong, stays = without_cuts(found.formulation, prices[prices.size - n_cuts :] == 0)
    relaxed = LpBound(prices[stays], found.relaxed.bound, found.relaxed.values)
    return replace(found, formulation=strong, relaxed=relaxed)
