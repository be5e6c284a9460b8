"""Improves a plan one neighbourhood at a time; several solvers take turns."""

from collections.abc import Callable, Sequence

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.derived.part import part_of
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.neighbourhood import Neighbourhoods
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Ending, Search, Solver
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.limits import SearchLimits

RELAXED_SHARE = 0.5
"""Share of the steps that use the relaxation, where there is one."""

Repack = Callable[[Ints, Solution], Solution | None]


class _Ground:
    """A problem over the core, and the record of each solver on its neighbourhoods.

    Solvers take turns; one that finds more in less time gets more turns.
    """

    def __init__(self, formulation: Formulation, solvers: Sequence[Solver], seed: int) -> None:
        self.formulation = formulation
        self._solvers = solvers
        self._random = np.random.default_rng(seed)
        self._draws = [Neighbourhoods(formulation, seed + 1) for _ in solvers]
        self._found = np.ones(len(solvers))
        self._spent = np.ones(len(solvers))

    def improved(self, around: Solution, limits: SearchLimits) -> Solution | None:
        """Solve one neighbourhood of a solution; return a better solution or None."""
        chance = self._found / self._spent
        at = int(self._random.choice(chance.size, p=chance / chance.sum()))
        draw = self._draws[at].draw(around)
        part = part_of(self.formulation, draw.pairs, around, draw.free_own)
        inner = Search(part.formulation, limits)
        inner.offer(part.inside(around), "around")
        before = inner.gained
        ending = self._solvers[at].solve(part.formulation, inner)
        # In a reproducible solve the choice of the next solver must not depend on the clock.
        seconds = 0.0 if limits.reproducible else inner.clock.elapsed_s
        if ending is Ending.FAILED:
            seconds = limits.time_limit_s  # a quick failure must not bring more turns
        is_better = inner.best is not None and inner.gained != before
        self._found[at] += is_better
        self._spent[at] += seconds
        is_solved = ending is Ending.EXHAUSTED
        most = self.formulation.n_pairs
        draw.way.learn(seconds, most, is_solved=is_solved, is_better=is_better)
        if not is_better or inner.best is None:
            return None
        return part.outside(around, inner.best)


class Improver:
    """Improves the best solution of a search, one neighbourhood at a time.

    A step works on the core alone, so that its cost does not depend on the number of all pairs. A
    solution that uses pairs outside the core brings them into it.

    Parameters
    ----------
    whole
        The problem.
    core
        Pairs that a better plan may use.
    search
        Holds the best solution, which others may improve meanwhile.
    solvers
        Take turns; one that finds more in less time gets more turns.
    relaxed
        A relaxation over the same pairs whose neighbourhoods are easier, and a function that makes
        a plan of its pairs near another plan. Half of the steps use it.
    seed
        Random seed; that of the search by default. Two improvers of one search need two seeds.
    """

    def __init__(
        self,
        whole: Formulation,
        core: Ints,
        search: Search,
        solvers: Sequence[Solver],
        relaxed: tuple[Formulation, Repack] | None = None,
        seed: int | None = None,
    ) -> None:
        self._whole = whole
        self._search = search
        self._solvers = solvers
        self._relaxed = relaxed
        self._seed = search.limits.seed if seed is None else seed
        self._random = np.random.default_rng(self._seed)
        self._settle(np.unique(core))
        self._current: Solution | None = None
        self._plan: Solution | None = None
        self._current_gained = 0
        self._idle = 0
        self._turn = 0

    def _settle(self, core: Ints) -> None:
        """Make the problem over the core; costs a pass over all pairs."""
        seed = self._seed
        self._near = part_of(self._whole, core, None)
        self._exact = _Ground(self._near.formulation, self._solvers, seed)
        self._wide: _Ground | None = None
        if self._relaxed is not None:
            wide = part_of(self._relaxed[0], core, None)
            self._wide = _Ground(wide.formulation, self._solvers, seed + 7)

    def restart(self, solution: Solution) -> None:
        """Go on from another solution, which may be worse and yet lead further."""
        core = self._near.pairs
        outside = np.setdiff1d(solution.chosen, core, assume_unique=True)
        if outside.size:
            self._settle(np.union1d(core, outside))
        self._plan = solution
        near = self._near.formulation
        self._current = self._near.inside(solution)
        self._current_gained = near.gained(self._current.values(near))
        self._idle = 0

    @property
    def is_stale(self) -> bool:
        """True when the last neighbourhoods brought nothing."""
        return self._idle >= schedule.PARTS_PATIENCE

    def step(self) -> bool:
        """Solve one neighbourhood of the current solution; return True when it became better.

        A current solution below the best is given up for the best after many steps in vain.
        """
        best, gained = self._search.best, self._search.gained
        if best is None or gained is None:
            return False
        if self._current is None or (
            self._idle >= schedule.PARTS_PATIENCE and self._current_gained < gained
        ):
            self.restart(best)
        self._turn += 1
        if self._wide is not None and self._random.random() < RELAXED_SHARE:
            plan = self._by_relaxation(self._wide)
        else:
            plan = self._by_parts()
        if plan is None:
            self._idle += 1
            return False
        self._search.offer(plan, "neighbourhoods")
        self.restart(plan)
        return True

    def _by_parts(self) -> Solution | None:
        """Return a better plan from a neighbourhood in the problem itself."""
        if self._current is None:
            return None
        improved = self._exact.improved(self._current, self._limits())
        if improved is None:
            return None
        nothing = Solution(np.zeros(0, dtype=np.int64), improved.own)
        return self._near.outside(nothing, improved)

    def _by_relaxation(self, wide: _Ground) -> Solution | None:
        """Return a better plan made from a neighbourhood in the relaxation."""
        if self._relaxed is None or self._plan is None or self._current is None:
            return None
        start = completed(wide.formulation, self._current.chosen, self._search.clock)
        improved = None if start is None else wide.improved(start, self._limits())
        if improved is None:
            return None
        plan = self._relaxed[1](self._near.pairs[improved.chosen], self._plan)
        if plan is None or self._whole.gained(plan.values(self._whole)) <= self._current_gained:
            return None
        return plan

    def _limits(self) -> SearchLimits:
        limits = self._search.limits
        seconds = max(schedule.LEAST_LP_S, self._search.clock.at_most(schedule.PART_S))
        return SearchLimits(
            seconds,
            gap=0.0,
            seed=(self._seed + self._turn) % (1 << 31),
            workers=1,
            reproducible=limits.reproducible,
        )
