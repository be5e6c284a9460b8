"""Problems of hundreds of thousands of pairs and more: prices over all of them, plans over few.

All pairs are only ever priced out, which costs one pass; every bound that is proven that way holds
for all of them. Plans are searched for among the pairs near a gain, as a problem of its own whose
plans are plans of the whole.
"""

import math
import time

import numpy as np
import numpy.typing as npt

from placement_opt.certificate import Certificate
from placement_opt.formulation import Formulation
from placement_opt.solvers.base import Ending, Search
from placement_opt.solvers.column_choice import OwnColumns
from placement_opt.solvers.column_generation import ColumnGeneration, Relaxed
from placement_opt.solvers.lumped import lumped
from placement_opt.solvers.near_core import (
    OWN_LOSS,
    VERTEX_SECONDS,
    NearCore,
    NearSearch,
    nearest,
    plan_from,
)
from placement_opt.solvers.part import part_of
from placement_opt.solvers.pricing import Priced as Prices
from placement_opt.solvers.reporting import stop_asked
from placement_opt.solvers.restricted_lp import RestrictedLp

PRICING_SHARE = 0.6
"""Share of the remaining time that the linear relaxation may take."""

PRECISION = 2e-5
"""How far above the relaxation's optimum its bound may stay, as a share."""

EARLY_GAP = 0.015
"""A plan this near the bound, as a share, is good enough until the prices are final."""

CERTIFIED_STEP = 1e-3
"""Bounds better by a smaller share wait for the end of the pricing to be certified."""

EARLY_PAIRS = 15_000
"""Pairs among which the first plans are looked for."""

Numbers = npt.NDArray[np.int64]


def search_large(formulation: Formulation, search: Search) -> Ending | None:
    """Search from prices over all pairs; None where no prices were found."""
    small, of_row = lumped(formulation)
    limits = search.limits
    generation = ColumnGeneration(
        small, lambda: stop_asked(search), limits.seed, by_work=limits.reproducible
    )
    until = time.perf_counter() + PRICING_SHARE * search.remaining_s
    start = generation.sampled(until)
    search.note("prices: from samples of the candidates")
    early = _EarlyPlan(formulation, small, of_row, search)
    relaxed = generation.priced_out(start, until, PRECISION, early.look)
    if generation.best is not None:
        certify(formulation, generation.best, of_row, search)
    if relaxed is None or stop_asked(search):
        return Ending.STOPPED if stop_asked(search) else None
    near = NearCore(formulation, generation, relaxed, search)
    search.note(f"prices: {near.core.size:,} of {formulation.n_pairs:,} pairs are near a gain")
    ending = near.run()
    return Ending.EXHAUSTED if search.is_proven else ending


def certify(formulation: Formulation, best: Prices, of_row: Numbers, search: Search) -> None:
    """Prove a bound of the lumped problem for the whole, in exact integers."""
    search.certify(Certificate.from_duals(formulation, best.prices[of_row]), "dual prices")


class _EarlyPlan:
    """Rounds what is known while the prices get better, until a plan is near the bound."""

    def __init__(
        self, formulation: Formulation, small: Formulation, of_row: Numbers, search: Search
    ) -> None:
        self._formulation = formulation
        self._program = RestrictedLp(small)
        self._own = OwnColumns(small)
        self._of_row = of_row
        self._search = search
        self._unit = float(np.abs(small.objective.gain).max(initial=1))

    def look(self, relaxed: Relaxed) -> None:
        """Make a plan from the pairs nearest to a gain, unless there is a good one already."""
        search = self._search
        gained, bound = search.gained, relaxed.best.bound
        if search.bound is None or search.bound - bound > CERTIFIED_STEP * abs(bound):
            certify(self._formulation, relaxed.best, self._of_row, search)
        if gained is not None and bound - gained <= EARLY_GAP * abs(bound):
            return
        n_pairs = self._formulation.n_pairs
        reduced = relaxed.best.reduced
        core = nearest(reduced[:n_pairs], EARLY_PAIRS, relaxed.asked)
        columns = np.concatenate([self._own.of(core, reduced, OWN_LOSS * self._unit), core])
        seconds = min(VERTEX_SECONDS, search.remaining_s)
        if search.limits.reproducible:
            seconds = math.inf
        point = self._program.simplex(columns, seconds)
        if point is None or stop_asked(search):
            return
        values = point.values[columns.size - core.size :]
        part = part_of(self._formulation, core, None)
        near = NearSearch(self._formulation, part, search)
        plan = plan_from(part.formulation, values, reduced[core], near)
        if plan is not None:
            near.offer(plan, "rounding")
