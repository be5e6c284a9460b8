"""The problem over the pairs near a gain: exact, and as a program with lumped holders."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from typing_extensions import override

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.strengthened import Strengthened
from placement_opt.solvers.derived.lumped import LumpedProblem
from placement_opt.solvers.derived.part import Part, part_of
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.near.program import NearProgram, near_own, near_program
from placement_opt.solvers.plans.packing import packed, rounded_down
from placement_opt.solvers.relaxation.column_choice import asked, largest
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution

MOSTLY = 0.5
"""A rounded plan takes pairs of a larger value first."""

NEAR_PAIRS, NEAR_TIMES, LEAST_TIMES = 14_000, 3, 2
"""Plans are looked for among `NEAR_TIMES` as many pairs as the relaxation uses, up to `NEAR_PAIRS`,
but among `LEAST_TIMES` as many at least."""

SPARE_PAIRS = 3_000
"""So many other pairs are tried where a plan leaves room."""


class NearSearch(Search):
    """The search among the pairs near a gain, which tells its plans to the outer search."""

    def __init__(self, part: Part, outer: Search) -> None:
        super().__init__(
            part.formulation,
            outer.limits,
            outer.clock.stop_asked,
            started=outer.clock.started,
        )
        self._part = part
        self._outer = outer

    @override
    def offer(self, solution: Solution, source: str) -> bool:
        better = super().offer(solution, source)
        if better and self.best is not None:
            nothing = Solution(np.zeros(0, dtype=np.int64), self.best.own)
            self._outer.offer(self._part.outside(nothing, self.best), source)
        return better

    @override
    def prove(self, bound: float, source: str) -> None:
        """Ignore the bound, which holds for the pairs near a gain alone."""

    @override
    def note(self, text: str) -> None:
        self._outer.note(text)


def nearest(reduced: Floats, most: int, asked: Ints) -> Ints:
    """Return the `most` pairs with the largest reduced gains and the `asked` ones, ascending."""
    return np.union1d(largest(reduced, most), asked)


def plan_from(
    formulation: Formulation,
    values: Floats,
    reduced: Floats,
    search: Search,
    kept: Mapping[int, Ints],
) -> Solution | None:
    """Round values of the pairs to a plan: the largest values first, then the largest gains.

    `kept` are own variables to start from, by number of the block; used where it has a packer.
    """
    liked = np.flatnonzero(values > MOSTLY)
    used = np.flatnonzero((values > NEARLY) & (values <= MOSTLY))
    spare = np.concatenate(
        [used[np.argsort(-values[used], kind="stable")], np.argsort(-reduced, kind="stable")]
    )
    return packed(formulation, liked, spare, search.clock, kept)


def kept_of(problem: LumpedProblem, whole: Formulation, own: Floats) -> dict[int, Ints]:
    """Return the own variables of the holders that are not lumped with others, rounded down.

    `own` are values of the own variables of the lumped problem. The result has those of the whole
    problem, by number of the block; a block whose holders are in no variable is left out.
    """
    known = problem.of_own >= 0
    alone = np.bincount(problem.of_own[known], minlength=own.size) == 1
    of_whole = np.where(known, np.append(np.where(alone, own, 0.0), 0.0)[problem.of_own], 0.0)
    first = whole.n_pairs
    return {
        number: values
        for number, values in rounded_down(whole, of_whole).items()
        if known[whole.offsets[number] - first : whole.offsets[number + 1] - first].any()
    }


class Ground:
    """The exact problem over the pairs near a gain, and how to build the program over them.

    Parameters
    ----------
    formulation
        The whole problem.
    problem
        The lumped problem, in which alike holders of capacity are one.
    found
        The linear relaxation of the lumped problem, perhaps with cuts.
    search
        Holds the best plan.
    kept
        Variables of the lumped problem that the program must have.
    """

    def __init__(
        self,
        formulation: Formulation,
        problem: LumpedProblem,
        found: Strengthened,
        search: Search,
        kept: Ints,
    ) -> None:
        n_pairs = formulation.n_pairs
        self._formulation = formulation
        self._problem = problem
        self._found = found
        columns = found.program.columns[found.program.point.values > NEARLY]
        used = columns[columns < n_pairs]
        kept = np.union1d(kept, used)
        kept = np.union1d(kept, asked(problem.formulation))
        # A plan may also use variables that are basic at zero.
        kept = np.union1d(kept, found.program.basic)
        if search.best is not None:
            kept = np.union1d(kept, search.best.chosen)
        strong = found.program.formulation
        reduced = strong.reduced(found.program.point.prices)
        most = max(min(NEAR_PAIRS, NEAR_TIMES * used.size), LEAST_TIMES * used.size) or NEAR_PAIRS
        core = nearest(reduced[:n_pairs], most, kept[kept < n_pairs])
        self.core = core
        self.part = part_of(formulation, core, None)
        self.search = NearSearch(self.part, search)
        self._reduced = reduced[core]
        self._spare = np.argsort(-self._reduced, kind="stable")
        own = near_own(problem, reduced, core)
        wanted = np.union1d(np.union1d(core, own), kept)
        self._build = partial(near_program, found.program, problem, formulation, wanted)

    def program(self) -> NearProgram | None:
        """Build the program over the lumped problem; None where it cannot be solved."""
        return self._build()

    def packed(self, near: NearProgram, values: Floats) -> Solution | None:
        """Hand out the pairs of a lumped plan to single holders.

        A holder that is not lumped with others keeps what it has in that plan.
        """
        own = near.own_values(values, self._problem.formulation)
        kept = kept_of(self._problem, self._formulation, own)
        liked = np.searchsorted(self.core, near.chosen(values))
        spare = self._spare[:SPARE_PAIRS]
        return packed(self.part.formulation, liked, spare, self.search.clock, kept)

    def rounded(self) -> Solution | None:
        """Round the relaxation to a plan."""
        values = self._found.values
        own = values[self._formulation.n_pairs :]
        kept = kept_of(self._problem, self._formulation, own)
        near = self.part.formulation
        return plan_from(near, values[self.core], self._reduced, self.search, kept)
