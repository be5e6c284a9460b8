"""Finds some plan that keeps all rows of a problem, however many pairs it has.

Only the rows matter that a plan of nobody breaks, and a few pairs of each: they are taken where
they fit, rows with the fewest choices first. Rows that miss their minimum come first in the next
try (squeaky wheel optimisation; Joslin and Clements, JAIR 1999). At last neighbourhoods of the plan
are solved again until nothing is missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from placement_opt.answers.one_search import searched
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.plans.given_filling import own_reach
from placement_opt.solvers.plans.repair import repaired, with_penalties
from placement_opt.solvers.plans.rounding import rounded
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

CHOICES = 20
"""So many pairs of each row are tried beyond what the row asks for."""

PATIENCE = 4
"""After so many orders of pairs that leave no fewer rows short, no other one is tried."""

LONG_ROW = 10_000
"""A row of more pairs names no one in particular, so that nothing around it is looked at."""

GREEDY_PAIRS = 20_000
"""So many of the pairs that gain most are tried to fill a plan up."""


@dataclass
class Attempt:
    """What looking for a plan brought.

    Parameters
    ----------
    plan
        A plan that keeps all rows, or None.
    nearest
        Of the tries without repair the one that leaves the fewest rows short; None without any.
    missed
        The rows that it leaves short, ascending.
    """

    plan: Solution | None = None
    nearest: Solution | None = None
    missed: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def some_plan(
    formulation: Formulation,
    limits: SearchLimits,
    near: Solution | None = None,
    *,
    repair: bool = True,
) -> Attempt:
    """Look for a plan that keeps all rows.

    Parameters
    ----------
    formulation
        The problem.
    limits
        Seconds and seed.
    near
        A plan of a problem that differs a little, to start from.
    repair
        False where orders of pairs are tried, and no neighbourhoods are solved.
    """
    attempt = Attempt()
    look = partial(_look, attempt=attempt, near=near, repair=repair)
    attempt.plan = searched(formulation, limits, run=look).solution
    return attempt


def filled_up(formulation: Formulation, plan: Solution, limits: SearchLimits) -> Solution:
    """Return a plan with more pairs that gain, where they fit beside those of a plan."""
    gain = formulation.objective.gain[: formulation.n_pairs]
    most = np.argsort(-gain, kind="stable")[:GREEDY_PAIRS]
    order = np.concatenate([plan.chosen, most[gain[most] > 0]])
    more = rounded(formulation, order, Clock(limits))
    if more is None or not formulation.is_satisfied_by(more.values(formulation)):
        return plan
    values = (each.values(formulation) for each in (plan, more))
    gained, after = (formulation.gained(each) for each in values)
    return more if after > gained else plan


def _look(
    formulation: Formulation,
    search: Search,
    attempt: Attempt,
    near: Solution | None,
    *,
    repair: bool,
) -> Ending:
    asked = _Asked(formulation, search.limits.seed)
    kept = np.zeros(0, dtype=np.int64) if near is None else near.chosen
    elastic = with_penalties(formulation)
    blamed = np.zeros(asked.n_rows, dtype=np.int64)
    if near is not None:
        blamed += asked.missed(near.chosen)
    idle = 0
    while idle < PATIENCE:
        order = np.concatenate([asked.pairs(blamed, first=True), kept, asked.pairs(blamed)])
        found = rounded(elastic.formulation, order, search.clock)
        if found is None or search.clock.stop_asked():
            break
        plan = elastic.plan(found)
        if plan is not None and search.offer(plan, "rounding"):
            return Ending.FINISHED
        missed = asked.missed(found.chosen)
        blamed += missed
        idle += 1
        if attempt.nearest is None or np.count_nonzero(missed) < attempt.missed.size:
            own = found.own[~elastic.is_slack[formulation.n_pairs :]]
            attempt.nearest, attempt.missed = Solution(found.chosen, own), asked.rows[missed]
            idle = 0
    plan = repaired(formulation, order, search, [CpSat(workers=1)]) if repair else None
    if plan is not None:
        search.offer(plan, "repair")
    return Ending.FINISHED


def rows_around(formulation: Formulation, missed: int, near: Solution) -> Iterator[Ints]:
    """Yield rows that may contradict a row that was missed, more and more of them, ascending.

    They are the rows that have no room for its pairs in a plan that misses it, the rows that asked
    for those who take that room, the rows that have no room for their other pairs, and so on.
    """
    total = formulation.activity(near.values(formulation))
    held = list(_entries(formulation, near.chosen))
    before, asking, full = set[int](), {missed}, set[int]()
    while asking > before:
        before = set(asking)
        for _, row, value, limits in _entries(formulation, _pairs_in(formulation, asking)):
            full |= set(row[total[row] + value > limits[1]].tolist())
        yield np.array(sorted(asking | full), dtype=np.int64)
        holding = [at[np.isin(row, list(full))] for at, row, _, _ in held]
        for at, row, value, limits in held:
            is_needed = total[row] - value < limits[0]
            asking |= set(row[is_needed & np.isin(at, np.concatenate(holding))].tolist())


def _entries(
    formulation: Formulation, pairs: Ints
) -> Iterator[tuple[Ints, Ints, Ints, tuple[Ints, Ints]]]:
    """Yield the entries of some pairs in each block.

    They are the place of the pair, the row, the coefficient, and both limits of the row.
    """
    for first, block in zip(formulation.row_offsets, formulation.blocks, strict=False):
        at, row, value = block.by_pair.of_pairs(pairs)
        limits = block.lower[row], block.upper[row]
        yield at, first + row.astype(np.int64), value.astype(np.int64), limits


def _pairs_in(formulation: Formulation, rows: set[int]) -> Ints:
    """Return the pairs of rows that are not too long to be read, ascending."""
    is_in = np.zeros(formulation.n_pairs, dtype=np.bool_)
    for number, block in enumerate(formulation.blocks):
        first, last = formulation.row_offsets[number : number + 2]
        mine = np.array([row - first for row in sorted(rows) if first <= row < last], dtype=int)
        mine = mine[np.diff(block.usage.indptr)[mine] <= LONG_ROW]
        is_in[block.usage[mine].indices] = True
    return np.flatnonzero(is_in)


class _Asked:
    """The rows that a plan of nobody breaks, and some pairs of each."""

    def __init__(self, formulation: Formulation, seed: int) -> None:
        none = np.zeros(0, dtype=np.int64)
        row, pair, value, lacking, number = [none], [none], [none], [none], [none]
        self.n_rows = 0
        for first, block in zip(formulation.row_offsets, formulation.blocks, strict=False):
            short = block.lower - own_reach(block)[1]
            rows = np.flatnonzero((short > 0) & (block.lower > NO_LOWER))
            usage = block.usage[rows]
            row.append(np.repeat(self.n_rows + np.arange(rows.size), np.diff(usage.indptr)))
            pair.append(usage.indices.astype(np.int64))
            value.append(usage.data.astype(np.int64))
            lacking.append(short[rows])
            number.append(first + rows)
            self.n_rows += rows.size
        self._row, self._pair = np.concatenate(row), np.concatenate(pair)
        self.rows = np.concatenate(number)
        self._value, self._lacking = np.concatenate(value), np.concatenate(lacking)
        size = np.bincount(self._row, minlength=self.n_rows)
        random = np.random.default_rng(seed).random(self._row.size)
        order = np.lexsort((random, self._value <= 0, self._row))
        rank = np.arange(order.size) - np.searchsorted(self._row, self._row)
        some = order[rank < (CHOICES + np.minimum(self._lacking, size))[self._row]]
        self._some = some[np.argsort(size[self._row[some]], kind="stable")]

    def missed(self, chosen: Ints) -> Bools:
        """Tell which rows some pairs leave short."""
        is_in = np.isin(self._pair, chosen)
        used = np.bincount(self._row[is_in], self._value[is_in], minlength=self.n_rows)
        short: Bools = used < self._lacking
        return short

    def pairs(self, blamed: Ints, *, first: bool = False) -> Ints:
        """Return pairs of the rows that were blamed, most often first, or of all others."""
        weight = blamed[self._row[self._some]]
        some = self._some[(weight > 0) == first]
        return self._pair[some[np.argsort(-blamed[self._row[some]], kind="stable")]]
