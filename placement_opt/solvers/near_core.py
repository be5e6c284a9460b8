"""Plans among the pairs near a gain: a small problem whose plans are plans of the whole."""

import time
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.formulation import Formulation
from placement_opt.instance import Floats, Ints
from placement_opt.mixed_integer_rounding import cuts_of
from placement_opt.solvers.base import Ending, Search, Solution, Solver
from placement_opt.solvers.column_choice import asked
from placement_opt.solvers.cp_sat import CpSat
from placement_opt.solvers.cut_rounds import Strengthened
from placement_opt.solvers.improver import Improver
from placement_opt.solvers.lumped import LumpedProblem
from placement_opt.solvers.mip import Mip
from placement_opt.solvers.near_plans import START_SECONDS, NearPlans, PartSearch
from placement_opt.solvers.near_program import NearProgram, near_program
from placement_opt.solvers.packing import NEARLY, packed, whole_part
from placement_opt.solvers.part import Part, part_of
from placement_opt.solvers.reporting import POLL_S, Beside, logger, stop_asked
from placement_opt.solvers.restricted_master import ROUNDS_PER_SECOND, STOP_SECONDS

MOSTLY = 0.5
"""Pairs of a larger value come first in a plan that is rounded."""

NEAR_PAIRS, NEAR_TIMES, LEAST_TIMES = 14_000, 3, 2
"""Pairs among which plans are looked for: so many times those that the relaxation uses, up to a
number, and then fewer times."""

PACK_SECONDS = 4.0
PACK_TIMES = 3
"""From one packing to the next pass so many seconds at least, and times what it took."""

LAST_TIMES = 2.5
"""The last packing begins when so many times the seconds of the one before are left."""

SPARE_PAIRS = 3_000
"""Pairs tried where a plan leaves room."""

EXACT_STEPS = 4
"""Neighbourhoods on the exact rows after a packing that left somebody out."""

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
    formulation: Formulation,
    values: Floats,
    reduced: Floats,
    search: Search,
    kept: Mapping[int, Ints],
) -> Solution | None:
    """Round values of the pairs to a plan: what is used most first, then what is promising.

    `kept` are own variables to start from, by block, where a block has a packer.
    """
    liked = np.flatnonzero(values > MOSTLY)
    used = np.flatnonzero((values > NEARLY) & (values <= MOSTLY))
    spare = np.concatenate(
        [used[np.argsort(-values[used], kind="stable")], np.argsort(-reduced, kind="stable")]
    )
    return packed(formulation, liked, spare, search, kept)


def kept_of(problem: LumpedProblem, whole: Formulation, values: Floats) -> dict[int, Ints]:
    """Return what holders that stand for themselves take in a lumped plan, in whole people.

    Parameters
    ----------
    problem
        The lumped problem.
    whole
        The problem itself.
    values
        Of all variables of the lumped problem.
    """
    alone = np.bincount(problem.of_variable, minlength=values.size) == 1
    return whole_part(whole, np.where(alone, values, 0.0)[problem.of_variable][whole.n_pairs :])


class _Ground:
    """A near program, and the exact problem over the same pairs that its plans are made for.

    Parameters
    ----------
    formulation
        The problem.
    problem
        The same with holders of capacity that are alike taken as one.
    found
        The linear relaxation of that, perhaps with cuts.
    search
        Holds the best plan.
    kept
        Variables of the lumped problem that are to be in the program.
    """

    def __init__(
        self,
        formulation: Formulation,
        problem: LumpedProblem,
        found: Strengthened,
        search: Search,
        kept: Numbers,
    ) -> None:
        n_pairs = formulation.n_pairs
        self._formulation = formulation
        self._problem = problem
        self._values = found.relaxed.values
        used = np.flatnonzero(self._values[:n_pairs] > NEARLY)
        kept = np.union1d(kept, used)
        kept = np.union1d(kept, asked(problem.formulation))
        if search.best is not None:
            kept = np.union1d(kept, search.best.chosen)
        strong = found.program.formulation
        reduced = strong.objective.gain - strong.priced(found.program.prices)
        most = max(min(NEAR_PAIRS, NEAR_TIMES * used.size), LEAST_TIMES * used.size)
        core = nearest(reduced[:n_pairs], most, kept[kept < n_pairs])
        self.core = core
        self.part = part_of(formulation, core, None)
        self.search = NearSearch(formulation, self.part, search)
        self._reduced = reduced[core]
        self._spare = np.argsort(-self._reduced, kind="stable")
        self._build = partial(
            near_program, found.program, problem, formulation, reduced, core, kept
        )

    def program(self) -> NearProgram | None:
        """Build the program over the lumped problem; None when it cannot be solved."""
        return self._build()

    def packed(self, near: NearProgram, values: Floats) -> Solution | None:
        """Hand out the pairs of a lumped plan to single holders.

        What a holder that stands for itself takes in the lumped plan is kept.
        """
        everything = near.spread(values, self._problem.formulation.n_variables)
        kept = kept_of(self._problem, self._formulation, everything)
        liked = np.searchsorted(self.core, near.chosen(values))
        spare = self._spare[:SPARE_PAIRS]
        return packed(self.part.formulation, liked, spare, self.search, kept)

    def rounded(self) -> Solution | None:
        """Round the relaxation to a plan."""
        near, n_pairs = self.part.formulation, self._formulation.n_pairs
        kept = kept_of(self._problem, self._formulation, self._values)
        values = self._values[:n_pairs][self.core]
        return plan_from(near, values, self._reduced, self.search, kept)


class _Desk:
    """Makes plans of the whole from those of the lumped problem, now and then.

    Parameters
    ----------
    ground
        The exact problem near a gain.
    plans
        Whole plans of the lumped problem.
    improver
        Mends what finds no room.
    """

    def __init__(self, ground: _Ground, plans: NearPlans, improver: Improver) -> None:
        self._ground = ground
        self._plans = plans
        self._improver = improver
        self._gained = -np.inf
        self._until = 0.0
        self._spent = 0.0
        self._exact = 0

    def step(self) -> bool:
        """Hand out a new plan, or mend the last one; False when there is nothing to do."""
        plans, search = self._plans, self._ground.search
        is_late = search.remaining_s < LAST_TIMES * self._spent
        if plans.gained > self._gained and (time.perf_counter() >= self._until or is_late):
            self._gained, values = plans.best()
            self._hand_out(plans.near, values)
            return True
        if self._exact:
            self._exact -= 1
            self._improver.step()
            return True
        return False

    def _hand_out(self, near: NearProgram, values: Floats) -> None:
        now = time.perf_counter()
        plan = self._ground.packed(near, values)
        self._spent = time.perf_counter() - now
        self._until = time.perf_counter() + max(PACK_SECONDS, PACK_TIMES * self._spent)
        if plan is None:
            return
        self._ground.search.offer(plan, "neighbourhoods")
        self._improver.restart(plan)
        is_short = plan.chosen.size < near.chosen(values).size
        self._exact = EXACT_STEPS if is_short else 0


class NearCore:
    """Looks for plans among the pairs near a gain until the search says stop.

    Whole plans of the lumped problem are improved part by part, by two searchers side by side;
    they are handed out to single coaches here, and what finds no room is mended on the exact rows.

    Parameters
    ----------
    formulation
        The problem.
    problem
        The same with holders of capacity that are alike taken as one.
    search
        Holds the best plan.
    """

    def __init__(self, formulation: Formulation, problem: LumpedProblem, search: Search) -> None:
        self._formulation = formulation
        self._problem = problem
        self._outer = search
        self._first: Beside[tuple[_Ground, NearPlans] | None] | None = None

    def begin(self, found: Strengthened) -> None:
        """Look for a first plan in a thread of its own, while cuts are still being added."""
        if not self._outer.limits.reproducible:
            self._first = Beside(partial(self._first_plan, found))

    def _first_plan(self, found: Strengthened) -> tuple[_Ground, NearPlans] | None:
        ground = self._ground(found)
        _offer(ground, ground.rounded(), "rounding")
        plans = self._started(ground)
        if plans is None:
            return None
        _offer(ground, ground.packed(plans.near, plans.best()[1]), "dive")
        return ground, plans

    def _ground(self, found: Strengthened, kept: Numbers | None = None) -> _Ground:
        if kept is None:
            kept = np.zeros(0, dtype=np.int64)
        return _Ground(self._formulation, self._problem, found, self._outer, kept)

    def _started(self, ground: _Ground, before: NearPlans | None = None) -> NearPlans | None:
        """Return whole plans over a ground: the ones from before, or new ones."""
        search = ground.search
        near = None if stop_asked(search) else ground.program()
        if near is None:
            return None
        plans = NearPlans(near, search.limits.seed, lambda: stop_asked(search))
        n_variables = self._problem.formulation.n_variables
        if before is not None:
            plans.take(before.near.spread(before.best()[1], n_variables)[near.columns])
        plans.start(min(START_SECONDS, search.remaining_s))
        return None if plans.values is None else plans

    def run(self, found: Strengthened) -> Ending:
        """Search; see `search_large`."""
        search = self._outer
        if search.limits.reproducible:
            return self._reproducibly(self._ground(found))
        ground, plans = self._with_cuts(found)
        search.note(f"plans: {ground.core.size:,} pairs near a gain")
        improver = _improver(ground, [Mip(in_process=True), CpSat()])
        if plans is not None:
            self._hand_out(ground, plans, improver)
        if ground.search.best is None and not stop_asked(search):
            _offer(ground, ground.rounded(), "rounding")
        if ground.search.best is None and search.best is not None:
            _offer(ground, ground.part.inside(self._formulation, search.best), "start")
        while not stop_asked(search):
            if not improver.step() and ground.search.best is None:
                break
        return Ending.STOPPED

    def _with_cuts(self, found: Strengthened) -> tuple[_Ground, NearPlans | None]:
        """Return whole plans of the program with cuts, from the first plan on."""
        first = self._first_answer()
        if first is None:
            ground = self._ground(found)
            return ground, self._started(ground)
        if not cuts_of(found.program.formulation):
            return first
        before = first[1]
        n_variables = self._problem.formulation.n_variables
        values = before.near.spread(before.best()[1], n_variables)
        ground = self._ground(found, np.flatnonzero(values > NEARLY))
        return ground, self._started(ground, before)

    def _first_answer(self) -> tuple[_Ground, NearPlans] | None:
        """Wait for the first plan."""
        first = self._first
        if first is None:
            return None
        while not first.wait(POLL_S):
            if stop_asked(self._outer):
                return None
        try:
            return first.answer()
        except Exception:
            logger.warning("no first plan; the search goes on without it", exc_info=True)
            return None

    def _hand_out(self, ground: _Ground, plans: NearPlans, improver: Improver) -> None:
        """Improve the plans of the lumped problem, and make plans of the whole from them."""
        search, seed = ground.search, ground.search.limits.seed
        other = Beside(partial(_improve, PartSearch(plans, seed + 1), search))
        desk = _Desk(ground, plans, improver)
        mine = PartSearch(plans, seed + 2)
        while not stop_asked(search):
            if not desk.step() and not mine.step() and mine.is_idle:
                improver.step()
        other.wait(STOP_SECONDS)

    def _reproducibly(self, ground: _Ground) -> Ending:
        """Round the vertex, then improve by a fixed number of neighbourhoods of one solver."""
        search = ground.search
        _offer(ground, ground.rounded(), "rounding")
        improver = _improver(ground, [CpSat()])
        for _ in range(int(search.limits.time_limit_s * ROUNDS_PER_SECOND)):
            if search.best is None or stop_asked(search):
                break
            improver.step()
        return Ending.STOPPED


def _offer(ground: _Ground, plan: Solution | None, source: str) -> None:
    if plan is not None:
        ground.search.offer(plan, source)


def _improver(ground: _Ground, solvers: Sequence[Solver]) -> Improver:
    everything = np.arange(ground.core.size)
    return Improver(ground.part.formulation, everything, ground.search, solvers)


def _improve(searcher: PartSearch, search: Search) -> None:
    while not stop_asked(search):
        searcher.step()
