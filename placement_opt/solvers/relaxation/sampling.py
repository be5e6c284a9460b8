"""Prices from samples of the candidates, small enough for the simplex method.

The samples have a twentieth and then a quarter of the anchor rows (candidates), with all other
limits in proportion. Each is a problem of its own over its candidates' pairs, so that its cost does
not grow with the region.
"""

import time
from collections.abc import Callable

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.relaxation.column_choice import (
    IN_USE,
    SMALL_GAIN,
    OwnColumns,
    PairColumns,
)
from placement_opt.solvers.relaxation.pricing import Anchor, Pricing, Proven, anchor_of
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp, Sales
from placement_opt.solvers.search.clock import Clock

SAMPLES = ((0.05, 750, 9, 0.02), (0.25, 3_750, 4, 0.05))
"""For each sample: the largest share and number of candidates, the most rounds, and the relative
gap between bound and program that is enough."""

SALE_SHARE = 0.8
"""While a sample is solved, unused capacity sells at this share of its last price."""


def sampled_prices(formulation: Formulation, clock: Clock, until: float) -> Floats | None:
    """Return prices of all rows, shape (R,).

    Each sample starts from the prices of the one before.

    Parameters
    ----------
    formulation
        The problem.
    clock
        Ends the work; its seed draws the samples.
    until
        Value of `time.perf_counter` at which to end.

    Returns
    -------
    ndarray or None
        None when not even the first sample was solved, or there are no candidates to draw from.
    """
    anchor = anchor_of(formulation)
    if anchor is None:
        return None
    random = np.random.default_rng(clock.limits.seed)
    prices: Floats | None = None
    for most_share, most, rounds, enough in SAMPLES:
        if clock.stop_asked():
            break
        share = min(most_share, most / max(1, anchor.n_rows))
        inside = random.random(anchor.n_rows) < share
        sample = _Sample(formulation, anchor, inside, share)
        found = sample.solve(
            prices, rounds, enough, lambda: until - time.perf_counter(), clock.stop_asked
        )
        prices = prices if found is None else found.prices
    return prices


class _Sample:
    """A share of the candidates, with all other limits in proportion.

    Parameters
    ----------
    formulation, anchor
        The whole problem and its candidates.
    inside
        Which candidates are in the sample.
    share
        Their expected share.
    """

    def __init__(
        self, formulation: Formulation, anchor: Anchor, inside: Bools, share: float
    ) -> None:
        is_inside = np.append(np.zeros(1, dtype=np.bool_), inside)
        sample = _over(formulation, np.flatnonzero(is_inside[anchor.row_of_pair]))
        self._rows = anchor.rows
        self._inside = inside
        self._share = share
        self._formulation = sample
        self._pricing = Pricing(sample)
        self._pairs = PairColumns(sample)
        self._own = OwnColumns(sample)
        self._program = RestrictedLp(sample, share, anchor.rows)

    def solve(
        self,
        prices: Floats | None,
        rounds: int,
        enough: float,
        seconds: Callable[[], float],
        stop: Callable[[], bool],
    ) -> Proven | None:
        """Return the best prices found; None when nothing was solved."""
        pricing, sample = self._pricing, self._formulation
        small = SMALL_GAIN * sample.objective.largest_gain
        start = None if prices is None else pricing.settled(prices)
        reduced = sample.objective.gain.astype(np.float64) if start is None else start.reduced
        core = self._pairs.promising(reduced[: sample.n_pairs], self._share)
        own = self._own.of(core, None if start is None else reduced)
        best, least = start, np.inf
        for _ in range(rounds):
            columns = np.concatenate([own, core])
            sales = None if best is None else self._sales(best)
            point = self._program.simplex(columns, seconds(), sales)
            if point is None or stop():
                break
            proven = pricing.tightest(point.prices)
            bound = self._bound(proven)
            if bound < least:
                best, least = proven, bound
            reduced = sample.reduced(pricing.balanced(point.prices, proven))
            gained = float(sample.objective.gain[columns] @ point.values)
            if least - gained <= enough * abs(gained):
                break
            core = np.union1d(core, self._pairs.entering(reduced[: sample.n_pairs], core, small))
            in_use = own[point.values[: own.size] > IN_USE]
            own = np.union1d(in_use, self._own.of(core, reduced))
        return best

    def _bound(self, proven: Proven) -> float:
        """Return what prices prove for the sample, with its limits in proportion."""
        of_candidates = proven.prices[self._rows]
        others = proven.bound - float(of_candidates.sum())
        return self._share * others + float(of_candidates[self._inside].sum())

    def _sales(self, proven: Proven) -> Sales:
        lower, upper = self._formulation.row_lower, self._formulation.row_upper
        may = (proven.prices > 0) & (upper != lower) & (upper > 0)
        may[self._rows] = False
        rows = np.flatnonzero(may)
        return Sales(rows, SALE_SHARE * proven.prices[rows])


def _over(whole: Formulation, pairs: Ints) -> Formulation:
    """Return the same rows and own variables over some of the pairs."""
    blocks = [block.taken(pairs=pairs) for block in whole.blocks]
    gains = [whole.own_gain(number) for number in range(len(blocks))]
    return whole.with_blocks(blocks, gains, pairs)
