"""The linear relaxation of a large problem, over a few of its columns at a time.

A first-order method starts from prices near those of the whole, as samples of the candidates bring
them (`placement_opt.solvers.relaxation.sampling`), and solves the whole over the columns that they
make promising. Then all columns are priced out: those that gain enter, and those that have not been
near a gain for some rounds leave.

Any prices prove a bound for all columns, so nothing here has to be exact.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.relaxation.column_choice import (
    IN_USE,
    SMALL_GAIN,
    OwnColumns,
    PairColumns,
)
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import Pricing, Proven
from placement_opt.solvers.relaxation.restricted_lp import FirstOrderRun, RestrictedLp
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.resident_memory import give_back

FAR = 0.06
"""Columns that lose a larger share of the largest gain may leave."""

ROUNDS_KEPT = 3
PRECISIONS = (1e-3, 1e-3, 1e-4, 1e-4, 1e-5)
RUN_COLUMNS = 80_000
"""With more columns a run of the first-order method gets more time, in proportion."""

MOST_RUNS = 40
SHARPER = 4
"""If no pair gains and the bound is still too high, the precision is divided by this."""

FINEST = 1e-9


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What is known of the linear relaxation.

    Parameters
    ----------
    best
        The best bound, its prices, and the reduced gains of all variables.
    core
        Pairs of the last restricted program, ascending.
    asked
        Pairs of hard minimums, ascending.
    columns, point
        The columns of the last restricted program, and where it ended; None before the first.
    """

    best: Proven
    core: Ints
    asked: Ints
    columns: Ints
    point: Point | None

    @property
    def of_core(self) -> Floats:
        """Where the pairs of the core ended, shape (core,); zeros before the first program."""
        if self.point is None:
            return np.zeros(self.core.size)
        return self.point.values[self.columns.size - self.core.size :]


class ColumnGeneration:
    """Solves the relaxation of a formulation by column generation.

    Parameters
    ----------
    formulation
        The problem; a lumped one is solved faster.
    clock
        Ends the work. In a reproducible search iterations count instead of seconds, so that every
        run finds the same prices.
    on_bound
        Called with every better bound.
    """

    def __init__(
        self,
        formulation: Formulation,
        clock: Clock,
        on_bound: Callable[[Proven], None] = lambda _proven: None,
    ) -> None:
        self._by_work = clock.limits.reproducible
        self.formulation = formulation
        self.pricing = Pricing(formulation)
        self._stop = clock.stop_asked
        self._on_bound = on_bound
        self.largest_gain = formulation.objective.largest_gain
        self.pairs = PairColumns(formulation)
        self.own = OwnColumns(formulation)
        self.best: Proven | None = None

    def _seconds(self, until: float) -> float:
        """Return the seconds left until a moment of `time.perf_counter`."""
        return math.inf if self._by_work else until - time.perf_counter()

    def _settled(self, prices: Floats) -> Proven:
        proven = self.pricing.tightest(prices)
        if self.best is None or proven.bound < self.best.bound:
            self.best = proven
            self._on_bound(proven)
        return proven

    def _balanced(self, prices: Floats) -> tuple[Floats, Proven]:
        """Return prices that tell which pairs should enter, and the best prices so far.

        Reduced gains of other prices are dropped here, since they take much memory.
        """
        proven = self._settled(prices)
        return self.pricing.balanced(prices, proven), self.best or proven

    def started(self, prices: Floats) -> Proven:
        """Return what prices prove that are known from the start."""
        return self._settled(prices)

    def priced_out(
        self,
        start: Proven | None,
        until: float,
        precision: float,
        meanwhile: Callable[[Relaxed], None] = lambda _relaxed: None,
        *,
        is_rough: bool = False,
    ) -> Relaxed | None:
        """Solve the relaxation of the whole up to a precision or a moment; None if no run ended.

        Parameters
        ----------
        start
            Prices to start from, such as those of a sample, or None.
        until
            Value of `time.perf_counter` at which to end.
        precision
            How far the bound may stay above the relaxation's optimum, as a share of it.
        meanwhile
            Called during each run of the first-order method, with what is known so far.
        is_rough
            End as soon as bound and program are that close, even if some columns still gain.
        """
        proven = self.pricing.settled(np.zeros(self.formulation.n_rows)) if start is None else start
        restricted = _Restricted(self, proven)
        start = None  # frees its reduced gains, which take much memory
        found: Relaxed | None = None
        sharper = 1.0
        for turn in range(MOST_RUNS):
            fine = max(precision / 2, PRECISIONS[min(turn, len(PRECISIONS) - 1)]) / sharper
            most = schedule.FIRST_ORDER_RUN_S[min(turn, len(schedule.FIRST_ORDER_RUN_S) - 1)]
            longest = most * max(1.0, restricted.columns.size / RUN_COLUMNS)
            seconds, iterations = min(longest, self._seconds(until)), math.inf
            if self._by_work:
                seconds, iterations = math.inf, most * schedule.FIRST_ORDER_ITERATIONS_PER_S
            if seconds <= schedule.FIRST_ORDER_LEAST_S or fine < FINEST or self._stop():
                break
            run = restricted.program.start_first_order(
                restricted.columns, restricted.start, fine, seconds, iterations
            )
            try:
                if self.best is not None:
                    point = None if found is None else restricted.start
                    meanwhile(restricted.relaxed(self.best, point))
                ended = self._ended(run)
            finally:
                run.close()
            if ended is None:
                break
            prices, best = self._balanced(ended.prices)
            found = restricted.relaxed(best, ended)
            is_complete = not restricted.renew(turn, ended, prices, best)
            give_back()
            gained = float(self.formulation.objective.gain[found.columns] @ ended.values)
            is_close = abs(best.bound - gained) <= precision * abs(gained)
            if is_close and (is_rough or (is_complete and fine <= precision)):
                break
            if is_complete and turn >= len(PRECISIONS) - 1:
                sharper *= SHARPER
        return found

    def _ended(self, run: FirstOrderRun) -> Point | None:
        """Wait for a run, and return where it ended; None when it failed or was told to stop."""
        while not run.wait(schedule.PRICING_POLL_S) and not self._stop():
            pass
        return None if self._stop() else run.point()


class _Restricted:
    """The restricted program over all candidates: which columns are in it, and since when."""

    def __init__(self, generation: ColumnGeneration, start: Proven) -> None:
        self._generation = generation
        formulation = generation.formulation
        self._n_pairs = formulation.n_pairs
        self.program = RestrictedLp(formulation)
        self.core = generation.pairs.promising(start.reduced[: self._n_pairs])
        self.columns = np.concatenate([generation.own.of(self.core, start.reduced), self.core])
        self.start = Point(np.zeros(self.columns.size), start.prices)
        self._near = np.zeros(self._n_pairs, dtype=np.int16)

    def relaxed(self, best: Proven, point: Point | None) -> Relaxed:
        """Return what is known, with the present columns."""
        return Relaxed(best, self.core, self._generation.pairs.asked, self.columns, point)

    def renew(self, turn: int, ended: Point, prices: Floats, best: Proven) -> bool:
        """Let columns enter and leave at new prices; return whether any pair entered."""
        generation, core = self._generation, self.core
        reduced = generation.formulation.reduced(prices)
        pairs = reduced[: self._n_pairs]
        entering = generation.pairs.entering(pairs, core, SMALL_GAIN * generation.largest_gain)
        far = -FAR * generation.largest_gain
        n_own = self.columns.size - core.size
        own, of_own, of_core = self.columns[:n_own], ended.values[:n_own], ended.values[n_own:]
        used = (of_core > IN_USE) | (reduced[core] > far) | (best.reduced[core] > far)
        self._near[core[used]] = turn + 1
        self._near[entering] = turn + 1
        core = np.union1d(core, entering)
        core = np.union1d(core[self._near[core] > turn + 1 - ROUNDS_KEPT], generation.pairs.asked)
        own = np.union1d(own[of_own > IN_USE], generation.own.of(core, reduced))
        columns = np.concatenate([own, core])
        self.start = Point(carried(self.columns, ended.values, columns), prices)
        self.core, self.columns = core, columns
        return bool(entering.size)


def carried(before: Ints, values: Floats, columns: Ints) -> Floats:
    """Return the values that columns had before, and zero for new columns."""
    if not before.size:
        return np.zeros(columns.size)
    order = np.argsort(before)
    at = np.minimum(np.searchsorted(before, columns, sorter=order), before.size - 1)
    was_there = before[order[at]] == columns
    return np.where(was_there, values[order[at]], 0.0)
