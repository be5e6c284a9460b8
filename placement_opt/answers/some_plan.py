"""Finds some plan that keeps all rows of a problem, however many pairs it has.

Only the rows matter that a plan of nobody breaks, and a few pairs of each: they are taken where
they fit, rows with the fewest choices first. Rows that miss their minimum come first in the next
try (squeaky wheel optimisation; Joslin and Clements, JAIR 1999). At last neighbourhoods of the plan
are solved again until nothing is missed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from placement_opt.answers.one_search import searched
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER
from placement_opt.solvers.derived.part import Part, part_of
from placement_opt.solvers.engines.cp_sat import CpSat
from placement_opt.solvers.plans.given_filling import own_reach
from placement_opt.solvers.plans.repair import repaired, with_penalties
from placement_opt.solvers.plans.rounding import gaining_most, rounded
from placement_opt.solvers.search.base import Ending, Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

CHOICES = 20
"""So many pairs of each row are tried beyond what the row asks for."""

PATIENCE = 4
"""After so many orders of pairs that leave no fewer rows short, no other one is tried."""

MOST_REPAIRS = 60
"""After so many neighbourhoods no plan is expected any more."""

LONG_ROW = 10_000
"""A row of more pairs names no one in particular, so that nothing around it is looked at."""


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
    attempt, asked = Attempt(), _Asked.of(formulation, limits.seed)
    kept = np.zeros(0, dtype=np.int64) if near is None else near.chosen
    part = part_of(formulation, np.union1d(asked.some_pairs, kept), None)
    look = partial(_look, asked=asked.within(part.pairs), attempt=attempt, repair=repair)
    if near is not None:
        look = partial(look, near=part.inside(near))
    found = searched(part.formulation, limits, run=look).solution
    plan = _outside(formulation, part, found)
    if plan is not None and formulation.is_satisfied_by(plan.values(formulation)):
        attempt.plan = plan
    attempt.nearest = _outside(formulation, part, attempt.nearest)
    return attempt


def _outside(whole: Formulation, part: Part, inside: Solution | None) -> Solution | None:
    """Return a solution of a part, outside of which all is zero, as one of the whole."""
    if inside is None:
        return None
    own = np.zeros(whole.n_variables - whole.n_pairs, dtype=np.int64)
    own[part.own] = inside.own
    return Solution(part.pairs[inside.chosen], own)


def filled_up(formulation: Formulation, plan: Solution, limits: SearchLimits) -> Solution:
    """Return a plan with more pairs that gain, where they fit beside those of a plan."""
    order = np.concatenate([plan.chosen, gaining_most(formulation)])
    more = rounded(formulation, order, Clock(limits))
    if more is None or not formulation.is_satisfied_by(more.values(formulation)):
        return plan
    values = (each.values(formulation) for each in (plan, more))
    gained, after = (formulation.gained(each) for each in values)
    return more if after > gained else plan


def _look(
    formulation: Formulation,
    search: Search,
    asked: "_Asked",
    attempt: Attempt,
    near: Solution | None = None,
    *,
    repair: bool,
) -> Ending:
    """Look for a plan of the pairs that are asked for, and of those of a plan near by."""
    kept = np.zeros(0, dtype=np.int64) if near is None else near.chosen
    elastic = with_penalties(formulation)
    blamed = np.zeros(asked.rows.size, dtype=np.int64)
    if near is not None:
        blamed += asked.missed(near.chosen)
    idle, order = 0, kept
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
    plan = None
    if repair:
        solvers = [CpSat(workers=1)]
        plan = repaired(formulation, order, search, solvers, lambda steps: steps < MOST_REPAIRS)
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
    """Yield the entries of some pairs in each block whose rows have no room but their limits.

    They are the place of the pair, the row, the coefficient, and both limits of the row.
    """
    for first, block in zip(formulation.row_offsets, formulation.blocks, strict=False):
        if block.variables is not None:
            continue  # own variables, such as hours of another coach, may make room
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


@dataclass(frozen=True, eq=False)
class _Asked:
    """The rows that a plan of nobody breaks, and some pairs of each.

    Parameters
    ----------
    rows, lacking
        These rows, ascending, and by how much nobody misses each.
    row, pair, value
        Their entries: the place of the row in `rows`, the pair, and its coefficient.
    some
        The entries that are tried, those of rows with the fewest pairs first.
    """

    rows: Ints
    lacking: Ints
    row: Ints
    pair: Ints
    value: Ints
    some: Ints

    @classmethod
    def of(cls, formulation: Formulation, seed: int) -> "_Asked":
        """Find the rows of a problem; of each row so many pairs at random as it may need."""
        none = np.zeros(0, dtype=np.int64)
        rows, lacking, row, pair, value = [none], [none], [none], [none], [none]
        n_rows = 0
        for first, block in zip(formulation.row_offsets, formulation.blocks, strict=False):
            short = block.lower - own_reach(block)[1]
            mine = np.flatnonzero((short > 0) & (block.lower > NO_LOWER))
            usage = block.usage[mine]
            rows.append(first + mine)
            lacking.append(short[mine])
            row.append(np.repeat(n_rows + np.arange(mine.size), np.diff(usage.indptr)))
            pair.append(usage.indices.astype(np.int64))
            value.append(usage.data.astype(np.int64))
            n_rows += mine.size
        each = [np.concatenate(part) for part in (rows, lacking, row, pair, value)]
        of_row, size = each[2], np.bincount(each[2], minlength=n_rows)
        random = np.random.default_rng(seed).random(of_row.size)
        order = np.lexsort((random, each[4] <= 0, of_row))
        rank = np.arange(order.size) - np.searchsorted(of_row, of_row)
        some = order[rank < (CHOICES + np.minimum(each[1], size))[of_row]]
        some = some[np.argsort(size[of_row[some]], kind="stable")]
        return cls(each[0], each[1], of_row, each[3], each[4], some)

    @property
    def some_pairs(self) -> Ints:
        """Pairs that are tried."""
        return self.pair[self.some]

    def within(self, pairs: Ints) -> "_Asked":
        """Return the same rows over some pairs, ascending, as places among these."""
        is_in = np.isin(self.pair, pairs)
        place = np.cumsum(is_in) - 1
        return replace(
            self,
            row=self.row[is_in],
            pair=np.searchsorted(pairs, self.pair[is_in]),
            value=self.value[is_in],
            some=place[self.some],
        )

    def missed(self, chosen: Ints) -> Bools:
        """Tell which rows some pairs leave short."""
        is_in = np.isin(self.pair, chosen)
        used = np.bincount(self.row[is_in], self.value[is_in], minlength=self.rows.size)
        short: Bools = used < self.lacking
        return short

    def pairs(self, blamed: Ints, *, first: bool = False) -> Ints:
        """Return pairs of the rows that were blamed, most often first, or of all others."""
        weight = blamed[self.row[self.some]]
        some = self.some[(weight > 0) == first]
        found: Ints = self.pair[some[np.argsort(-blamed[self.row[some]], kind="stable")]]
        return found
