"""The linear relaxation of a large problem, over a few of its columns at a time.

1. Samples: a twentieth, then a quarter of the rows that take one pair each (candidates), with all
   other limits in proportion, small enough for the simplex method. Their prices are near those of
   the whole.
2. The whole, over the columns that those prices make promising, by a first-order method that
   starts from them; all columns are priced out, those that gain come in, those that have not been
   near a gain for some rounds go out.

Any prices prove a bound for all columns, so that nothing here has to be exact.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.instance import Bools, Floats
from placement_opt.solvers.pricing import Priced, Pricing
from placement_opt.solvers.restricted_lp import LARGEST_GAIN, Point, RestrictedLp, Sales

Numbers = npt.NDArray[np.int64]

SAMPLES = ((0.05, 9, 0.02), (0.25, 4, 0.05))
"""Share of the candidates, rounds at most, and a gap between bound and program that is enough."""

SALE_SHARE = 0.8
"""Unused capacity sells at so much of its last price while a sample is solved."""

FIRST_PAIRS = 40_000
"""Promising pairs to begin a level with, beside the best of each row."""

BEST_OF_CANDIDATE, BEST_OF_OPENING = 3, 8
BEST_OF_EQUATION = 8
ENTERING_OF_CANDIDATE = 3
MOST_ENTERING = 20_000
MOST_ASKED = 5_000
FAR = 0.06
"""Columns whose loss is a larger share of the largest gain may go out."""

ROUNDS_KEPT = 3
IN_USE = 1e-7
PRECISIONS = (1e-3, 1e-3, 1e-4, 1e-4, 1e-5)
RUN_SECONDS = (5.0, 5.0, 5.0, 8.0)
POLL_S = 0.1


@dataclass(frozen=True, eq=False)
class Relaxed:
    """What is known of the linear relaxation.

    Parameters
    ----------
    best
        The best bound, its prices and the reduced gains of all variables at them.
    core
        Pairs of the last restricted program, ascending.
    asked
        Pairs of hard minimums, ascending.
    columns, point
        The last restricted program's columns, and where it ended; None before the first.
    """

    best: Priced
    core: Numbers
    asked: Numbers
    columns: Numbers
    point: Point | None


class ColumnGeneration:
    """Prices out a formulation level by level.

    Parameters
    ----------
    formulation
        The problem; a lumped one is solved faster.
    stop
        Asked often; True ends the work.
    seed
        Which candidates are in the samples.
    on_bound
        Told of every better bound.
    """

    def __init__(
        self,
        formulation: Formulation,
        stop: Callable[[], bool],
        seed: int = 0,
        on_bound: Callable[[Priced], None] = lambda _priced: None,
    ) -> None:
        self.formulation = formulation
        self.pricing = Pricing(formulation)
        self._stop = stop
        self._on_bound = on_bound
        self._random = np.random.default_rng(seed)
        self._unit = max(1.0, float(np.abs(self.pricing.gain).max(initial=0))) / LARGEST_GAIN
        self._small = 1e-3 * self._unit
        self._asked = _asked(formulation)
        self.own = OwnColumns(formulation)
        self._groups = _groups(formulation)
        self.best: Priced | None = None

    def _settled(self, prices: Floats) -> Priced:
        priced = self.pricing.settled(prices)
        # An equation's own price is better where upper bounds of its variables bind.
        kept = self.pricing.settled(prices, are_least=True)
        if kept.bound < priced.bound:
            priced = kept
        if self.best is None or priced.bound < self.best.bound:
            self.best = priced
            self._on_bound(priced)
        return priced

    def sampled(self, until: float) -> Priced | None:
        """Return prices from samples of the candidates, each starting from the last one's."""
        priced: Priced | None = None
        anchor = self.pricing.anchor
        for share, rounds, enough in SAMPLES if anchor is not None else ():
            if anchor is None or self._stop():
                break
            inside = self._random.random(anchor.n_rows) < share
            pairs = np.flatnonzero(inside[anchor.of_pair])
            program = RestrictedLp(self.formulation, share, anchor.rows)
            sample = _Sample(program, pairs, share, inside)
            priced = self._sample(sample, priced, (rounds, enough, until))
        return priced

    def _sample(
        self, sample: "_Sample", start: Priced | None, limits: tuple[int, float, float]
    ) -> Priced | None:
        rounds, enough, until = limits
        reduced = self.pricing.gain if start is None else start.reduced
        first = self._promising(sample.pairs, reduced, sample.share)
        core = np.union1d(first, self._asked)
        own = self.own.of(core, None if start is None else reduced)
        best, least = start, np.inf
        for _ in range(rounds):
            columns = np.concatenate([own, core])
            sales = None if best is None else self._sales(best)
            point = sample.program.simplex(columns, until - time.perf_counter(), sales)
            if point is None or self._stop():
                break
            priced = self._settled(point.prices)
            bound = sample.bound(priced, self.pricing)
            if bound < least:
                best, least = priced, bound
            # What enters is told by the program's own prices of the sampled candidates, not by
            # the settled ones, at which no pair gains.
            reduced = self.pricing.reduced(self._balanced(point.prices, priced))
            gained = float(self.pricing.gain[columns] @ point.values)
            if least - gained <= enough * abs(gained):
                break
            core = np.union1d(core, self._entering(sample.pairs, reduced, core))
            in_use = own[point.values[: own.size] > IN_USE]
            own = np.union1d(in_use, self.own.of(core, reduced))
        return best

    def _balanced(self, prices: Floats, priced: Priced) -> Floats:
        """Take the settled prices but for those of the anchor."""
        anchor = self.pricing.anchor
        result = priced.prices.copy()
        if anchor is not None:
            result[anchor.rows] = self.pricing.usable(prices)[anchor.rows]
        return result

    def _sales(self, priced: Priced) -> Sales:
        part = self.formulation
        may = (priced.prices > 0) & (part.row_upper != part.row_lower) & (part.row_upper > 0)
        if self.pricing.anchor is not None:
            may[self.pricing.anchor.rows] = False
        rows = np.flatnonzero(may)
        return Sales(rows, SALE_SHARE * priced.prices[rows])

    def _promising(self, pairs: Numbers, reduced: Floats, share: float = 1.0) -> Numbers:
        """Return the pairs with the largest gains, and the best of each candidate and opening."""
        value = reduced[pairs]
        first = int(share * FIRST_PAIRS)
        wide = 12 * first
        if value.size > wide:
            pairs = pairs[np.argpartition(-value, wide)[:wide]]
            value = reduced[pairs]
        chosen = [
            pairs[best_of_each(group[pairs], value, most)]
            for group, most in zip(
                self._groups, (BEST_OF_CANDIDATE, BEST_OF_OPENING), strict=False
            )
        ]
        if value.size > first:
            pairs = pairs[np.argpartition(-value, first)[:first]]
        return np.unique(np.concatenate([pairs, *chosen]))

    def _entering(self, pairs: Numbers | None, reduced: Floats, core: Numbers) -> Numbers:
        """Return pairs outside the core that gain, a few of each candidate."""
        gain = reduced[: self.formulation.n_pairs].copy()
        gain[core] = 0.0
        if pairs is None:
            entering = np.flatnonzero(gain > self._small)
        else:
            entering = pairs[gain[pairs] > self._small]
        if entering.size > MOST_ENTERING // 40 and self._groups:
            entering = entering[
                best_of_each(self._groups[0][entering], gain[entering], ENTERING_OF_CANDIDATE)
            ]
        if entering.size > MOST_ENTERING:
            entering = entering[np.argpartition(-gain[entering], MOST_ENTERING)[:MOST_ENTERING]]
        return entering

    def priced_out(
        self,
        start: Priced | None,
        until: float,
        precision: float,
        meanwhile: Callable[[Relaxed], None] = lambda _relaxed: None,
    ) -> Relaxed | None:
        """Solve the whole relaxation as far as the precision, a share of the bound, or the time.

        Parameters
        ----------
        start
            Prices to start from, such as a sample's; None for none.
        until
            Moment of `time.perf_counter` to end at.
        precision
            How far the bound may stay above the relaxation's optimum, as a share of it.
        meanwhile
            Called while each run of the first-order method goes on, with what is known so far.
        """
        n_pairs = self.formulation.n_pairs
        priced = self.pricing.settled(np.zeros(self.formulation.n_rows)) if start is None else start
        core = np.union1d(self._promising(np.arange(n_pairs), priced.reduced), self._asked)
        columns = np.concatenate([self.own.of(core, priced.reduced), core])
        values = np.zeros(self.formulation.n_variables)
        program = RestrictedLp(self.formulation)
        near = np.zeros(n_pairs, dtype=np.int16)
        found: Relaxed | None = None
        point = Point(values[columns], priced.prices)
        for turn in range(100):
            fine = max(precision / 2, PRECISIONS[min(turn, len(PRECISIONS) - 1)])
            seconds = min(RUN_SECONDS[min(turn, len(RUN_SECONDS) - 1)], until - time.perf_counter())
            if seconds <= 0.2 or self._stop():
                break
            run = program.start_first_order(columns, point, fine, seconds)
            try:
                if self.best is not None:
                    meanwhile(Relaxed(self.best, core, self._asked, columns, point if turn else None))
                while not run.wait(POLL_S) and not self._stop():
                    pass
                ended = None if self._stop() else run.point()
            finally:
                run.close()
            if ended is None:
                break
            priced = self._settled(ended.prices)
            prices = self._balanced(ended.prices, priced)
            reduced = self.pricing.reduced(prices)
            entering = self._entering(None, reduced, core)
            gained = float(self.pricing.gain[columns] @ ended.values)
            values[:] = 0.0
            values[columns] = ended.values
            found = Relaxed(self.best or priced, core, self._asked, columns, ended)
            is_close = abs((self.best or priced).bound - gained) <= precision * abs(gained)
            if entering.size == 0 and fine <= precision and is_close:
                break
            far = -FAR * LARGEST_GAIN * self._unit
            used = (values[core] > IN_USE) | (reduced[core] > far)
            if self.best is not None:
                used |= self.best.reduced[core] > far
            near[core[used]] = turn + 1
            near[entering] = turn + 1
            core = np.union1d(core, entering)
            core = np.union1d(core[near[core] > turn + 1 - ROUNDS_KEPT], self._asked)
            own = columns[columns >= n_pairs]
            own = np.union1d(own[values[own] > IN_USE], self.own.of(core, reduced))
            columns = np.concatenate([own, core])
            point = Point(values[columns], prices)
        return found


@dataclass(frozen=True, eq=False)
class _Sample:
    """A share of the candidates, with all other limits in proportion.

    Parameters
    ----------
    program
        Their linear program.
    pairs
        Their pairs, ascending.
    share
        Share of the candidates.
    inside
        Which rows of the anchor are theirs.
    """

    program: RestrictedLp
    pairs: Numbers
    share: float
    inside: Bools

    def bound(self, priced: Priced, pricing: Pricing) -> float:
        """Return what prices prove for the sample."""
        if pricing.anchor is None:
            return priced.bound
        of_candidates = priced.prices[pricing.anchor.rows]
        others = priced.bound - float(of_candidates.sum())
        return self.share * others + float(of_candidates[self.inside].sum())


def best_of_each(group: npt.NDArray[np.integer], value: Floats, most: int) -> Numbers:
    """Return the places of the largest values of each group, at most so many of each."""
    order = np.lexsort((-value, group))
    group = group[order]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    length = np.diff(np.append(first, group.size))
    rank = np.arange(group.size) - np.repeat(first, length)
    best: Numbers = order[rank < most]
    return best


def _asked(formulation: Formulation) -> Numbers:
    """Return the pairs of hard minimums, without which a restricted program has no solution."""
    asked = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        if block.variables is None:
            rows = np.flatnonzero(block.lower > 0)
            # Where every candidate has to be placed, each has its best columns anyway.
            if int(np.diff(block.usage.indptr)[rows].sum()) <= MOST_ASKED:
                asked.append(block.usage[rows].indices.astype(np.int64))
    return np.unique(np.concatenate(asked))


def _groups(formulation: Formulation) -> list[npt.NDArray[np.int32]]:
    """Return the rows of each pair in the two blocks with most rows that hold every pair once."""
    found = []
    for block in formulation.blocks:
        if block.variables is None and block.usage.nnz == formulation.n_pairs:
            of_pair = np.full(formulation.n_pairs, -1, dtype=np.int32)
            of_pair[block.usage.indices] = np.repeat(
                np.arange(len(block), dtype=np.int32), np.diff(block.usage.indptr)
            )
            if of_pair.min(initial=0) >= 0:
                found.append((len(block), of_pair))
    found.sort(key=lambda entry: -entry[0])
    return [of_pair for _, of_pair in found[:2]]


class OwnColumns:
    """Chooses the own variables that go with a core of pairs."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        always, self._parts = [], []
        for number, block in enumerate(formulation.blocks):
            if block.variables is None or block.variable_usage is None:
                continue
            first, last = formulation.offsets[number : number + 2]
            equation = _equation_of(block.variable_usage, block.lower == block.upper)
            if equation is None or last - first < MOST_ENTERING // 10:
                always.append(np.arange(first, last))
            else:
                self._parts.append((block, first, equation))
        self._always = np.concatenate([np.zeros(0, np.int64), *always])

    def of(self, core: Numbers, reduced: Floats | None, loss: float = 0.0) -> Numbers:
        """Return own variables, ascending: the best of each equation that the core touches.

        Those that lose less than `loss` come too.
        """
        result = [self._always]
        for block, first, equation in self._parts:
            touched = np.zeros(len(block), dtype=np.bool_)
            _, row, _ = block.by_pair.of_pairs(core)
            touched[row] = True
            at = np.flatnonzero(touched[equation])
            if reduced is not None:
                value = reduced[first + at]
                best = best_of_each(equation[at], value, BEST_OF_EQUATION)
                at = np.union1d(at[best], at[value > -loss])
            result.append(first + np.sort(at))
        return np.concatenate(result)


def _equation_of(usage: object, is_equation: Bools) -> npt.NDArray[np.int64] | None:
    """Return the one equation of each own variable; None where some stand in none or several."""
    entries = usage.tocoo()  # type: ignore[attr-defined]
    at = is_equation[entries.row]
    row, column = entries.row[at], entries.col[at]
    if column.size != usage.shape[1] or np.unique(column).size != column.size:  # type: ignore[attr-defined]
        return None
    equation = np.zeros(column.size, dtype=np.int64)
    equation[column] = row
    return equation
