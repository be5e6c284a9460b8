"""Improves a plan neighbourhood by neighbourhood, by solvers that take turns."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search, Solution, Solver
from placement_opt.solvers.completion import completed
from placement_opt.solvers.limits import SearchLimits
from placement_opt.solvers.neighbourhood import PART_SECONDS, Neighbourhoods
from placement_opt.solvers.part import part_of

RELAXED_SHARE = 0.5
"""Share of the turns that go to the relaxation, where there is one."""

PATIENCE = 12
"""Neighbourhoods without success after which a solution below the best is given up."""

Repack = Callable[[npt.NDArray[np.int64], Solution], Solution | None]


class Improver:
    """Improves the search's best solution, one neighbourhood at a time.

    Parameters
    ----------
    whole
        The problem.
    core
        Pairs that a better plan may use.
    search
        Holds the best solution, which others may improve meanwhile.
    solvers
        Take turns on the parts; one that finds more gets more turns.
    relaxed
        A relaxation over the same pairs whose parts are easier, and how to make a plan of its
        pairs near a plan at hand; half of the turns go there.
    """

    def __init__(
        self,
        whole: Formulation,
        core: npt.NDArray[np.int64],
        search: Search,
        solvers: Sequence[Solver],
        relaxed: tuple[Formulation, Repack] | None = None,
    ) -> None:
        self._whole = whole
        self._search = search
        self._solvers = solvers
        self._relaxed = relaxed
        seed = search.limits.seed
        self._wide = None if relaxed is None else Neighbourhoods(relaxed[0], core, seed + 7)
        self._draws = [Neighbourhoods(whole, core, seed + 1) for _ in solvers]
        self._random = np.random.default_rng(seed)
        self._current: Solution | None = None
        self._current_gained = 0
        self._idle = 0
        self._found = np.ones(len(solvers))
        self._spent = np.ones(len(solvers))
        self._turn = 0

    def restart(self, solution: Solution) -> None:
        """Go on from another solution, perhaps a worse one in a better place."""
        self._current = solution
        self._current_gained = self._whole.gained(solution.values(self._whole))
        self._idle = 0

    def step(self) -> bool:
        """Solve one neighbourhood of the current solution; return True when it became better.

        A solution that stays below the best for too long is given up for the best.
        """
        search = self._search
        best, gained = search.best, search.gained
        if best is None or gained is None:
            return False
        if self._current is None or (self._idle >= PATIENCE and self._current_gained < gained):
            self.restart(best)
        around = self._current or best
        self._turn += 1
        if self._wide is not None and self._random.random() < RELAXED_SHARE:
            return self._relaxed_step(around)
        chance = self._found / self._spent
        at = int(self._random.choice(len(self._solvers), p=chance / chance.sum()))
        draw = self._draws[at].draw(around)
        part = part_of(self._whole, draw.pairs, around, draw.free_own)
        inner = Search(part.formulation, self._limits(), lambda: False)
        inner.offer(part.inside(self._whole, around), "around")
        before, began = inner.gained, time.perf_counter()
        ending = self._solvers[at].solve(part.formulation, inner)
        seconds = time.perf_counter() - began
        is_better = inner.best is not None and inner.gained != before
        if is_better and inner.best is not None:
            improved = part.outside(self._whole, around, inner.best)
            search.offer(improved, "neighbourhoods")
            self.restart(improved)
        else:
            self._idle += 1
        if search.limits.reproducible:
            seconds = 0.0
        else:
            self._spent[at] += seconds
            self._found[at] += is_better
        self._draws[at].learn(seconds, is_solved=ending is Ending.EXHAUSTED)
        return is_better

    def _relaxed_step(self, around: Solution) -> bool:
        """Solve a part of the relaxation around a plan, then make a plan of it."""
        if self._relaxed is None or self._wide is None:
            return False
        formulation, repack = self._relaxed
        start = completed(formulation, around.chosen, self._search)
        if start is None:
            return False
        part = part_of(formulation, self._wide.draw(start).pairs, start)
        inner = Search(part.formulation, self._limits(), lambda: False)
        inner.offer(part.inside(formulation, start), "around")
        before, began = inner.gained, time.perf_counter()
        ending = self._solvers[0].solve(part.formulation, inner)
        seconds = 0.0 if self._search.limits.reproducible else time.perf_counter() - began
        self._wide.learn(seconds, is_solved=ending is Ending.EXHAUSTED)
        if inner.best is None or inner.gained == before:
            self._idle += 1
            return False
        plan = repack(part.outside(formulation, start, inner.best).chosen, around)
        if plan is None or self._whole.gained(plan.values(self._whole)) <= self._current_gained:
            self._idle += 1
            return False
        self._search.offer(plan, "neighbourhoods")
        self.restart(plan)
        return True

    def _limits(self) -> SearchLimits:
        limits = self._search.limits
        seconds = PART_SECONDS
        if not limits.reproducible:
            seconds = min(PART_SECONDS, max(0.1, self._search.remaining_s))
        return SearchLimits(
            seconds,
            gap=0.0,
            seed=(limits.seed + self._turn) % (1 << 31),
            workers=1,
            reproducible=limits.reproducible,
        )
