"""Lowers a bound below the linear relaxation: HiGHS shows that no plan gains more than a target.

No plan with a pair of reduced gain -r gains more than the bound less r. So the nearer the target is
to the bound, the fewer pairs are in question, and the sooner a branching tree over them is
exhausted. Then the target is proven as a bound for all pairs. The tree ends each branch that falls
below the target. It looks for no plans, which is left to others, until the target is the best plan.
How far the next target is follows from the time of the last tree and the time left. Where time runs
out, the bound of the branches still open counts.
"""

import math
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.engines.highs import HighsSettings
from placement_opt.solvers.engines.highs_reports import SAYS_NONE
from placement_opt.solvers.engines.highs_work import HighsWork, News, highs_beside
from placement_opt.solvers.engines.job import JobError
from placement_opt.solvers.engines.linear_program import LinearProgram, ObjectiveUnit
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import logger, prove_bound

FIRST_SHARE, FIRST_DISTANCE = 0.1, 1e-4
"""The first target lies at this share of the way from the bound to the best plan, but no farther
from the bound than this share of the bound."""

FEW_PAIRS = 800
"""Where no more pairs could be in a better plan, the target is the best plan at once."""

GROWTH_POWER = 3.5
"""The time of a tree grows at least like this power of the distance from bound to target."""

LEAST_GROWTH, MOST_GROWTH = 1.1, 3.0
"""The next target is at least and at most so many times as far from the bound."""

REACH_SLACK = 1e-9
"""Rounding error of reduced gains in doubles, as a share of the bound."""


class Branching:
    """Lowers the bound of a search by one target after the other.

    Parameters
    ----------
    found
        The relaxation with cuts. It may be of a lumped problem; its pairs are those of the whole.
    search
        Gets the bounds, and holds the best plan.
    propose
        Told of pairs that keep all rows of the relaxation and gain more than the target.
    stop
        Asked while a tree grows.
    in_process
        Work in a thread of this process, which nothing can stop: for tiny problems.
    """

    def __init__(
        self,
        found: Strengthened,
        search: Search,
        propose: Callable[[Ints], None],
        stop: Callable[[], bool],
        *,
        in_process: bool = False,
    ) -> None:
        self._found = found
        self._search = search
        self._propose = propose
        self._stop = stop
        self._in_process = in_process
        self._formulation = found.formulation
        self._unit = ObjectiveUnit.of(found.formulation)
        self._reduced = found.formulation.reduced(found.prices)
        lower, upper = found.formulation.lower, found.formulation.upper
        self._stays = (lower != 0) | (upper < 0)
        # People per coach may be fractions: with integers trees take longer, to no lower bound.
        self._is_integer = found.formulation.is_integer.copy()
        for number, block in enumerate(found.formulation.blocks):
            if block.pools is not None:
                self._is_integer[slice(*found.formulation.offsets[number : number + 2])] = False
        self._reach = self._first_reach()
        self._reached = -math.inf
        self._spent_s = 0.0
        self.is_over = search.gained is None or Mip().refuses(self._formulation) is not None
        """True when there is no further target: the best plan is proven, or HiGHS gave up."""

    @property
    def is_worth_while(self) -> bool:
        """True when there is a further target, and time for a tree as large as the last one."""
        return not self.is_over and self._spent_s < self._search.clock.remaining_s

    def step(self) -> None:
        """Try to prove the next target."""
        search, target = self._search, self._target()
        started = time.perf_counter()
        is_shown = self._tree(target)
        spent = time.perf_counter() - started
        if is_shown:
            self.is_over |= target <= self._lowest()
            planned = search.clock.share(schedule.TREE_SHARE) / max(spent, schedule.POLL_S)
            growth = planned ** (1 / GROWTH_POWER)
            self._reach *= min(MOST_GROWTH, max(LEAST_GROWTH, growth))
            self._spent_s = spent
        elif self._lowest() > target:
            # A better plan was found meanwhile, so that the target could not be shown.
            self._reach = self._first_reach()
        else:
            self.is_over = True

    def _target(self) -> int:
        lowest, step = self._lowest(), self._unit.step
        if int((self._columns(lowest) < self._formulation.n_pairs).sum()) <= FEW_PAIRS:
            return lowest
        target = math.ceil(self._found.bound - self._reach)
        if self._search.bound is not None:
            target = min(target, self._search.bound - 1)
        # The objective of a plan is a multiple of the step.
        return max(lowest, target // step * step)

    def _first_reach(self) -> float:
        bound = self._found.bound
        return min(FIRST_SHARE * (bound - self._lowest()), FIRST_DISTANCE * abs(bound))

    def _lowest(self) -> int:
        """Return the lowest useful target: the best plan, or what suffices for the asked gap.

        The bound that is shown lies above its target by the rounding of HiGHS.
        """
        search, unit = self._search, self._unit
        enough = search.enough - unit.precision - unit.step
        return max(search.gained or 0, enough)

    def _tree(self, target: int) -> bool:
        """Let HiGHS show that no plan gains more than a target; True when it did."""
        search, unit = self._search, self._unit
        columns = self._columns(target)
        program = LinearProgram.of(self._formulation, unit, columns)
        program = replace(program, is_integer=self._is_integer[columns])
        n_pairs = int((columns < self._formulation.n_pairs).sum())
        points = float(self._formulation.points(target))
        search.note(f"branching: {n_pairs:,} pairs could gain more than {points:,.1f} points")
        settings = HighsSettings(
            search.limits.seed % (1 << 31),
            0.0,
            unit.half_step,
            search.clock.remaining_s,
            None,
            self._cutoff(target),
            # HiGHS looks for plans only where the target is the best plan.
            heuristics=target <= self._lowest(),
        )
        with highs_beside(program, settings, in_process=self._in_process) as work:
            return self._watch(work, columns, target)

    def _cutoff(self, target: int) -> float:
        """Return a target in float units, raised by the rounding of HiGHS."""
        return target / self._unit.units + self._unit.slack

    def _watch(self, work: HighsWork, columns: Ints, target: int) -> bool:
        cutoff = self._cutoff(target)
        self._reached = -math.inf
        while not work.wait(schedule.POLL_S):
            self._pass_on(work.news(), columns, cutoff)
            if self._search.bound is not None and self._search.bound <= target:
                return True  # the open branches already prove the target
            # A tree that has found the better plan itself goes on.
            if self._stop() or self._lowest() > max(target, self._reached):
                return False
        self._pass_on(work.news(), columns, cutoff)
        try:
            answer = work.answer()
        except JobError as error:
            logger.warning("branching failed; the best bound so far is kept: %s", error)
            return False
        if answer.values is not None:
            self._take(answer.values, columns)
        if answer.reason in SAYS_NONE:
            return prove_bound(self._search, self._unit.bound(cutoff), "mip")
        if answer.bound is None:
            return False
        prove_bound(self._search, self._unit.bound(max(answer.bound, cutoff)), "mip")
        is_optimal = answer.reason == "optimal"
        # The optimum of this relaxation is above the target, so that it gives no lower bound.
        self.is_over = is_optimal and answer.bound > cutoff
        return is_optimal

    def _pass_on(self, news: News, columns: Ints, cutoff: float) -> None:
        """Tell of a new bound, and of pairs that gain more than the target."""
        if news.bound is not None:
            prove_bound(self._search, self._unit.bound(max(news.bound, cutoff)), "mip")
        for values in news.plans:
            self._take(values, columns)

    def _take(self, values: Floats, columns: Ints) -> None:
        gain = self._formulation.objective.gain[columns]
        self._reached = max(self._reached, float(gain @ np.rint(values)))
        is_used = (columns < self._formulation.n_pairs) & (values > 0.5)  # noqa: PLR2004 - a half
        self._propose(columns[is_used])

    def _columns(self, target: int) -> Ints:
        """Return the variables that a plan which gains more than the target could use."""
        bound = self._found.bound
        reach = bound - target + REACH_SLACK * max(1.0, abs(bound))
        return np.flatnonzero((self._reduced >= -reach) | self._stays)
