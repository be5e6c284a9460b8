"""Plans among the pairs near a gain: a small problem whose plans are plans of the whole."""

import math
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.formulation import NO_LOWER, Formulation
from placement_opt.instance import Floats
from placement_opt.solvers.base import Ending, Search, Solution, Solver
from placement_opt.solvers.column_generation import ColumnGeneration, Relaxed
from placement_opt.solvers.completion import completed
from placement_opt.solvers.cp_sat import CpSat
from placement_opt.solvers.improver import Improver
from placement_opt.solvers.limits import SearchLimits
from placement_opt.solvers.mip import Mip
from placement_opt.solvers.packing import NEARLY, packed
from placement_opt.solvers.part import Part, part_of
from placement_opt.solvers.reporting import Beside, stop_asked
from placement_opt.solvers.restricted_lp import Point, RestrictedLp
from placement_opt.solvers.restricted_master import ROUNDS_PER_SECOND, STOP_SECONDS

NEAR_PAIRS = 20_000
"""Pairs among which plans are searched for."""

VERTEX_SECONDS = 30.0

OWN_LOSS = 0.005
"""Own variables that lose a smaller share of the largest gain come along with their pairs."""

SMALL_RESERVE = 0.003
"""Share of lumped capacity that the master keeps back."""

REACHES = (0.0005, 0.005, 0.02)
"""How near a gain a pair is to be in the master of each turn, as a share of the largest gain."""

MASTER_SHARE = 0.6
"""Share of the remaining time that one master may take."""

Numbers = npt.NDArray[np.int64]


class NearSearch(Search):
    """The search among the pairs near a gain: hands its plans on, keeps its bounds for itself."""

    def __init__(self, whole: Formulation, part: Part, outer: Search) -> None:
        super().__init__(
            part.formulation,
            outer.limits,
            lambda: stop_asked(outer),
            started=time.perf_counter() - outer.elapsed_s,
        )
        self._whole = whole
        self._part = part
        self._outer = outer

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        if better and self.best is not None:
            nothing = Solution(np.zeros(0, dtype=np.int64), self.best.own)
            self._outer.offer(self._part.outside(self._whole, nothing, self.best), source)
        return better

    @override
    def prove(self, bound: float, source: str) -> None:
        """Leave a bound where it is: it holds for the pairs near a gain alone."""

    @override
    def note(self, text: str) -> None:
        self._outer.note(text)


def nearest(reduced: Floats, most: int, asked: Numbers) -> Numbers:
    """Return the pairs with the largest reduced gains, and those that rows ask for, ascending."""
    if reduced.size <= most:
        return np.arange(reduced.size)
    return np.union1d(np.argpartition(-reduced, most)[:most], asked)


def plan_from(
    formulation: Formulation, values: Floats, reduced: Floats, search: Search
) -> Solution | None:
    """Round values of the pairs to a plan: what is used most first, then what is promising."""
    liked = np.flatnonzero(values > NEARLY)
    spare = np.argsort(-reduced, kind="stable")
    return packed(formulation, liked, spare, search)


def _lumped_core(reserved: Formulation, core: Numbers, own: Numbers, taken: Numbers) -> Part:
    """Cut a core out of the lumped problem, with some own variables, around the pairs taken."""
    n_pairs = reserved.n_pairs
    free = np.zeros(reserved.n_variables - n_pairs, dtype=np.bool_)
    free[own - n_pairs] = True
    return part_of(reserved, core, None, free, taken)


def with_reserve(formulation: Formulation, whole: Formulation, share: float) -> Formulation:
    """Keep back a share of the capacity that blocks with pools hold, and let it be split freely.

    What is kept back lets plans of the lumped problem be handed out to single holders.
    """
    blocks = list(formulation.blocks)
    for number, block in enumerate(whole.blocks):
        lumped_block = blocks[number]
        if block.pools is not None and lumped_block.variables is not None:
            pairs = np.diff(lumped_block.usage.indptr)
            holds = (pairs == 0) & (lumped_block.lower == NO_LOWER)
            kept = np.ceil(lumped_block.upper * share).astype(np.int64)
            # Heads are whole: of a few, a share would be one.
            kept[lumped_block.upper < 1 / share] = 0
            blocks[number] = replace(
                lumped_block,
                upper=np.where(holds, lumped_block.upper - kept, lumped_block.upper),
                variables=replace(lumped_block.variables, follow=True),
            )
    return replace(formulation, blocks=tuple(blocks))


class _Proposals(Search):
    """The master's search: its plans are proposals, of which only the pairs are looked at."""

    def __init__(self, master: Formulation, limits: SearchLimits, outer: Search) -> None:
        super().__init__(master, limits, lambda: stop_asked(outer))
        self._most = -np.inf
        self.newest: Numbers | None = None

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        gained = float(self.formulation.objective.gain @ solution.values(self.formulation))
        if gained <= self._most:
            return False
        self._most, self.newest = gained, solution.chosen
        return True

    def begin_with(self, core: Numbers, plan: Solution | None) -> None:
        """Start from a plan that takes what the master takes, where the core has the rest."""
        if plan is not None:
            at = np.flatnonzero(np.isin(core, plan.chosen))
            self.best = completed(self.formulation, at, self)

    @override
    def prove(self, bound: float, source: str) -> None:
        """Leave it: it holds for the master's core alone."""

    @override
    def note(self, text: str) -> None:
        """Leave it: the outer search says which way it goes."""


class NearCore:
    """Looks for plans among the pairs near a gain until the search says stop.

    The master, HiGHS in a process of its own, takes the relaxation's vertex and what is close to
    it; its plans are handed out to single coaches here, and improved part by part.
    """

    def __init__(
        self,
        formulation: Formulation,
        generation: ColumnGeneration,
        relaxed: Relaxed,
        search: Search,
    ) -> None:
        self._formulation = formulation
        self._generation = generation
        self._relaxed = relaxed
        self._outer = search
        reduced = relaxed.best.reduced
        kept = relaxed.asked
        if search.best is not None:
            kept = np.union1d(kept, search.best.chosen)
        self.core = nearest(reduced[: formulation.n_pairs], NEAR_PAIRS, kept)
        unit = float(np.abs(generation.pricing.gain).max(initial=1.0))
        own = generation.own.of(self.core, reduced, OWN_LOSS * unit)
        self._columns = np.concatenate([own, self.core])
        self._part = part_of(formulation, self.core, None)
        self.search = NearSearch(formulation, self._part, search)
        self._spare = np.argsort(-reduced[self.core], kind="stable")
        self._unit = unit

    def run(self) -> Ending:
        """Search; see `search_large`."""
        search, small = self.search, self._generation.formulation
        reproducible = search.limits.reproducible
        seconds = math.inf if reproducible else min(VERTEX_SECONDS, search.remaining_s)
        vertex = RestrictedLp(small).simplex(self._columns, seconds)
        if stop_asked(search):
            return Ending.STOPPED
        if reproducible:
            return Ending.STOPPED if vertex is None else self._reproducibly(vertex)
        improver = self._improver([Mip(in_process=True), CpSat()])
        if vertex is not None:
            self._masters(vertex, improver)
        if search.best is None and self._outer.best is not None:
            search.offer(self._part.inside(self._formulation, self._outer.best), "start")
        while not stop_asked(search):
            if not improver.step() and search.best is None:
                break
        return Ending.STOPPED

    def _values(self, vertex: Point) -> Floats:
        """Return the values of all pairs at the vertex."""
        values = np.zeros(self._formulation.n_pairs)
        values[self.core] = vertex.values[self._columns.size - self.core.size :]
        return values

    def _masters(self, vertex: Point, improver: Improver) -> None:
        """Let one master after the other decide, each on more pairs around the vertex."""
        generation, search = self._generation, self.search
        values, n_own = self._values(vertex), self._columns.size - self.core.size
        used_own = self._columns[:n_own][vertex.values[:n_own] > NEARLY]
        reserved = with_reserve(generation.formulation, self._formulation, SMALL_RESERVE)
        for turn, reach in enumerate(REACHES):
            core, taken = self._close(values, reach, keeps_plan=turn > 0)
            touched = np.concatenate([core, taken])
            own = generation.own.of(touched, self._relaxed.best.reduced, OWN_LOSS * self._unit)
            part = _lumped_core(reserved, core, np.union1d(own, used_own), taken)
            limits = replace(
                search.limits,
                time_limit_s=MASTER_SHARE * search.remaining_s,
                gap=search.limits.gap / 2,
            )
            search.note(f"master over {core.size:,} pairs")
            proposals = _Proposals(part.formulation, limits, search)
            if turn and all(block.pools is None for block in self._formulation.blocks):
                proposals.begin_with(core, self._outer.best)
            master = Beside(partial(Mip(in_process=False).solve, part.formulation, proposals))
            self._together(master, proposals, (core, taken), improver)
            if stop_asked(search):
                break

    def _improver(self, solvers: Sequence[Solver]) -> Improver:
        everything = np.arange(self.core.size)
        return Improver(self._part.formulation, everything, self.search, solvers)

    def _reproducibly(self, vertex: Point) -> Ending:
        """Round the vertex, then improve by a fixed number of neighbourhoods of one solver."""
        search, reduced = self.search, self._relaxed.best.reduced[self.core]
        values = self._values(vertex)[self.core]
        plan = plan_from(self._part.formulation, values, reduced, search)
        if plan is not None:
            search.offer(plan, "rounding")
        improver = self._improver([CpSat()])
        for _ in range(int(search.limits.time_limit_s * ROUNDS_PER_SECOND)):
            if search.best is None or stop_asked(search):
                break
            improver.step()
        return Ending.STOPPED

    def _close(self, values: Floats, reach: float, *, keeps_plan: bool) -> tuple[Numbers, Numbers]:
        """Return pairs for the master to decide on, and those that it takes as they are.

        Candidates whom the vertex places wholly are settled, but for a share that grows with the
        reach: those whose next best pair is nearest. With `keeps_plan`, the best plan places them
        there too, so that it stays within the master's reach.
        """
        anchor = self._generation.pricing.anchor
        inside = values > NEARLY
        inside[self._relaxed.asked] = True
        near = self.core[self._relaxed.best.reduced[self.core] > -reach * self._unit]
        taken = np.zeros(0, dtype=np.int64)
        if anchor is not None:
            ones = np.flatnonzero(values > 1 - NEARLY)
            if keeps_plan and self._outer.best is not None:
                ones = np.intersect1d(ones, self._outer.best.chosen, assume_unique=True)
            others = np.zeros(values.size, dtype=np.bool_)
            others[near] = True
            others[ones] = False
            is_open = np.zeros(anchor.n_rows, dtype=np.bool_)
            is_open[anchor.of_pair[np.flatnonzero(others)]] = True
            taken = ones[~is_open[anchor.of_pair[ones]]]
        inside[near] = True
        if self._outer.best is not None:
            inside[self._outer.best.chosen] = True
        inside[taken] = False
        return np.flatnonzero(inside), taken

    def _together(
        self,
        master: Beside[Ending],
        proposals: _Proposals,
        core: tuple[Numbers, Numbers],
        improver: Improver,
    ) -> None:
        """Improve the best plan while the master works, and go on from each of its plans."""
        search, seen = self.search, None
        while not stop_asked(search):
            ended = master.wait(0.0)
            newest = proposals.newest
            if newest is not None and newest is not seen:
                seen = newest
                liked = np.union1d(core[0][newest], core[1])
                liked = np.searchsorted(self.core, liked)
                plan = packed(self._part.formulation, liked, self._spare, search)
                if plan is not None:
                    search.offer(plan, "master")
                    improver.restart(plan)
            elif ended:
                break
            elif search.best is None:
                master.wait(0.1)
            else:
                improver.step()
        master.wait(STOP_SECONDS)
