"""Strengthens the linear relaxation by rounding cuts, round by round, over a growing core of pairs.

Each round solves the relaxation over the core from the last basis, prices out all pairs with its
duals, takes in those that gain, and then looks for cuts. The bound that the duals prove holds for
all pairs at every step.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.instance import Floats
from placement_opt.mixed_integer_rounding import cuts_of, with_cuts, without_cuts
from placement_opt.solvers.cuts import separate
from placement_opt.solvers.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.relaxation import (
    Basis,
    LpBound,
    LpPoint,
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
"""New pairs of one pricing at most, as a share of the core."""


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
    """

    formulation: Formulation
    relaxed: LpBound
    core: npt.NDArray[np.int64]
    n_rounds: int


def strengthen(
    formulation: Formulation,
    core: npt.NDArray[np.int64],
    time_limit_s: float,
    *,
    rounds: int = MOST_ROUNDS,
    with_others: bool = True,
    stop: Callable[[], bool] = lambda: False,
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
    rounds
        At most so many rounds.
    with_others
        Also round sums of two rows; slower, deeper.
    stop
        Asked before each round.

    Returns
    -------
    Strengthened or None
        None when not even the first linear program was solved.
    """
    loop = _Rounds(formulation, core)
    best: Strengthened | None = None
    stale, alone = 0, True
    until = time.perf_counter() + time_limit_s
    for number in range(rounds + 1):
        left = until - time.perf_counter()
        if (left <= 0 or stop()) and number:
            break
        relaxed = loop.solved(max(left, 1.0))
        if relaxed is None:
            break
        before = None if best is None else best.relaxed.bound
        if before is None or relaxed.bound < before:
            best = Strengthened(loop.formulation, relaxed, np.sort(loop.core), number)
        progress = np.inf if before is None else (before - relaxed.bound) / max(1.0, abs(before))
        alone = alone and (progress >= ENOUGH_ALONE or not with_others)
        stale = 0 if progress >= LEAST_PROGRESS else stale + 1
        if stale >= PATIENCE or number == rounds:
            break
        if not loop.cut(relaxed, with_others=not alone):
            break
    return None if best is None else _pruned(best)


class _Rounds:
    """The linear program over the core, with its basis."""

    def __init__(self, formulation: Formulation, core: npt.NDArray[np.int64]) -> None:
        self.formulation = formulation
        self._rules = formulation.n_rows - len(cuts_of(formulation))
        self._unit = ObjectiveUnit.of(formulation)
        self._own = np.arange(formulation.n_pairs, formulation.n_variables)
        self._columns = np.concatenate([self._own, core])
        self._basis: Basis | None = None

    @property
    def core(self) -> npt.NDArray[np.int64]:
        """The pairs of the core, in the order of their columns."""
        return self._columns[self._own.size :]

    def solved(self, time_limit_s: float) -> LpBound | None:
        """Solve over the core, and take in pairs that gain until there are none."""
        until = time.perf_counter() + time_limit_s
        best: LpBound | None = None
        while True:
            point = solve_lp(self._program(), max(0.1, until - time.perf_counter()), self._basis)
            if point is None:
                return best
            self._basis = point.basis
            relaxed, reduced = self._priced(point)
            if best is None or relaxed.bound < best.bound:
                best = relaxed
            entering = self._entering(reduced)
            if entering.size == 0 or time.perf_counter() > until:
                return best if entering.size else relaxed
            self._columns = np.concatenate([self._columns, entering])
            if self._basis is not None:
                self._basis = self._basis.grown(n_columns=entering.size)

    def _program(self) -> LinearProgram:
        return LinearProgram.of(self.formulation, self._unit, self._columns)

    def _priced(self, point: LpPoint) -> tuple[LpBound, Floats]:
        formulation = self.formulation
        prices = usable_prices(formulation, point.prices * float(self._unit.units))
        values = np.zeros(formulation.n_variables)
        values[self._columns] = point.values
        reduced = formulation.objective.gain - formulation.priced(prices)
        return LpBound(prices, dual_bound(formulation, prices), values), reduced

    def _entering(self, reduced: Floats) -> npt.NDArray[np.int64]:
        """Return pairs outside the core that gain, the best of them."""
        gain = reduced[: self.formulation.n_pairs].copy()
        gain[self.core] = 0.0
        entering = np.flatnonzero(gain > 1e-6 * self._unit.units)
        most = max(100, int(ENTERING_SHARE * self.core.size))
        if entering.size > most:
            entering = entering[np.argsort(-gain[entering], kind="stable")[:most]]
        return entering

    def cut(self, relaxed: LpBound, *, with_others: bool) -> bool:
        """Add cuts that the values violate, and drop cuts that are slack; False without new."""
        new = separate(self.formulation, relaxed.values, with_others=with_others)
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
    return Strengthened(strong, relaxed, found.core, found.n_rounds)
