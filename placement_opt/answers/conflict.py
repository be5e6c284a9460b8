"""Which rules and rows contradict each other when nothing satisfies all of them.

The answer is a set of rows that is infeasible by itself: one row out of reach alone, the cut of a
network, the rows that prices exclude, or, where only whole numbers exclude a plan, rows that CP-SAT
needs. Rows are then left out, many at a time and at last one by one, as long as the others still
contradict each other and time is left.
"""

from dataclasses import dataclass, replace

import numpy as np

from placement_opt.answers.in_whole_numbers import Verdict, assumed_core, limited_rows
from placement_opt.answers.limits import opened
from placement_opt.answers.still_infeasible import (
    MOST_VARIABLES,
    Allowance,
    Answer,
    Judge,
)
from placement_opt.basics.arrays import Ints
from placement_opt.formulation.certificate import Certificate, without_gains
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.bounds.infeasible import find_ray
from placement_opt.solvers.derived.components import components
from placement_opt.solvers.derived.counting import counted, row_out_of_reach
from placement_opt.solvers.derived.rows_alone import RowPrices
from placement_opt.solvers.flow.cut import cut_of
from placement_opt.solvers.flow.sets import NotANetworkError
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.reporting import logger

LEAST_SECONDS, SHARE = 2.0, 0.1
"""Naming a conflict takes this long at most, or this share of what the proof took."""

LATE_SECONDS = 1.5
"""What it may take when the solve's own time is over."""

CORE_SHARE = 0.3
"""Share of that time for a first set of rows, where neither prices nor a flow give one."""


@dataclass(frozen=True, eq=False)
class Conflict:
    """Rows that contradict each other.

    Parameters
    ----------
    rows
        Ascending; empty where none were singled out.
    is_minimal
        True where it is shown that any of them left out makes room for a plan.
    prices
        Prices of rows that prove that there is no plan, of these alone where possible; or None.
    """

    rows: Ints
    is_minimal: bool
    prices: RowPrices | None

    def certificate(self, formulation: Formulation) -> Certificate | None:
        """Return the proof as prices of all rows, or None."""
        n_rows = formulation.row_offsets[len(formulation.blocks)]
        return None if self.prices is None else self.prices.certificate(n_rows)


NONE = Conflict(np.zeros(0, dtype=np.int64), is_minimal=False, prices=None)


def conflict_of(formulation: Formulation, search: Search) -> Conflict:
    """Return rows that contradict each other.

    Parameters
    ----------
    formulation
        An infeasible problem.
    search
        Its search: for the ray that proved it, the seed and the time.
    """
    limits = search.limits
    seconds = max(LEAST_SECONDS, SHARE * search.clock.elapsed_s)
    seconds = min(seconds, max(LATE_SECONDS, search.clock.remaining_s))
    allowance = Allowance(seconds, reproducible=limits.reproducible)
    try:
        return singled_out(formulation, search.ray, limits.seed, allowance)
    except Exception:
        logger.warning("the rules in conflict were not singled out", exc_info=True)
        return NONE


def singled_out(
    formulation: Formulation, ray: Certificate | None, seed: int, allowance: Allowance
) -> Conflict:
    """Return rows that contradict each other; see `conflict_of`."""
    bare = without_gains(opened(formulation))
    by_itself = crossed(bare)
    if by_itself is not None:
        return Conflict(by_itself, is_minimal=True, prices=None)
    alone = row_out_of_reach(bare)
    if alone is not None:
        return Conflict(alone.rows, is_minimal=True, prices=alone)
    judge = Judge(bare, seed, allowance)
    start = _start(bare, ray, judge, seed)
    start = replace(start, rows=judge.untied(start.rows))
    answer = shrunk(start, judge)
    if answer is None:
        logger.warning("a plan keeps all rows that were said to contradict each other")
        return NONE
    return Conflict(answer.rows, answer.is_minimal, answer.prices or start.prices)


def crossed(formulation: Formulation) -> Ints | None:
    """Return a row whose limits cross, or one that holds a variable whose bounds do."""
    lower, upper = formulation.row_lower, formulation.row_upper
    rows = np.flatnonzero(lower > upper)
    if rows.size:
        return rows[:1]
    for own in np.flatnonzero(formulation.own_lower > formulation.own_upper).tolist():
        entries = formulation.columns(np.array([formulation.n_pairs + own]))
        if entries.nnz:
            return entries.indices[:1].astype(np.int64)
    return None


def _start(bare: Formulation, ray: Certificate | None, judge: Judge, seed: int) -> Answer:
    """Return a first set of rows that contradict each other."""
    prices = None if ray is None else RowPrices.proving(bare, ray)
    if prices is None:
        try:
            cut = cut_of(bare)
            if cut is not None:
                return Answer(Verdict.INFEASIBLE, cut.rows, cut.prices)
        except NotANetworkError:
            prices = counted(bare) or _priced(bare, judge.allowance)
    if prices is not None:
        return Answer(Verdict.INFEASIBLE, prices.rows, prices)
    every = limited_rows(bare)
    if bare.n_variables <= MOST_VARIABLES:
        # Rows of one part suffice; the smallest part that does is the easiest to read.
        parts = sorted(components(bare), key=lambda part: part.rows.size)
        for part in parts:
            if not judge.allowance.is_spent:
                answer = judge.ask(judge.untied(np.intersect1d(part.rows, every)))
                if answer.verdict is Verdict.INFEASIBLE:
                    return answer
        core = assumed_core(bare, seed, CORE_SHARE * judge.allowance.left_s)
        every = every if core is None else core
    return Answer(Verdict.UNKNOWN, every)


def _priced(bare: Formulation, allowance: Allowance) -> RowPrices | None:
    """Look for prices that leave no plan, over a few columns at a time."""
    seconds = CORE_SHARE * allowance.left_s
    until = allowance.moment_in(seconds)
    ray = find_ray(bare, lambda: False, until)
    return None if ray is None else RowPrices.proving(bare, ray)


def shrunk(start: Answer, judge: Judge) -> Answer | None:
    """Leave out rows as long as the others contradict each other; None where some plan keeps all.

    Blocks of rows are tried before single ones, so that a few hundred questions are enough for a
    small conflict among thousands of rows.
    """
    best = start
    while not judge.allowance.is_spent:
        answer = judge.ask(best.rows)
        if answer.verdict is Verdict.FEASIBLE:
            return None
        if answer.verdict is Verdict.UNKNOWN:
            break
        is_done = answer.rows.size == best.rows.size
        best = answer
        if best.is_minimal or is_done:
            break
    step, is_known = best.rows.size, best.rows.size == 1
    while step > 1 and not best.is_minimal:
        step, at, is_known = step // 2, 0, True
        while at < best.rows.size and not best.is_minimal:
            if judge.allowance.is_spent:
                return best
            tried = best.rows[at]
            answer = judge.ask(np.delete(best.rows, slice(at, at + step)))
            if answer.verdict is Verdict.INFEASIBLE:
                best = answer
                at = int(np.searchsorted(best.rows, tried))
            else:
                # Rows that are needed in a larger set are needed in any smaller one, too.
                is_known = is_known and answer.verdict is Verdict.FEASIBLE
                at += step
    return Answer(best.verdict, best.rows, best.prices, is_minimal=best.is_minimal or is_known)
