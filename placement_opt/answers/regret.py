"""What the best plan loses when it has to hold a pair: exactly, or between which bounds.

With B a proven bound on all plans, P the best plan known, and F and b the best plan known and a
proven bound of those that hold the pair, the regret lies between P - b and B - F. Prices prove a b
by themselves: the certified bound, less what the pair lacks to be worth its price. The plans and
bounds come from solving again, near the plan at hand and, where time is left, whole.
"""

import datetime as dt
import math
import time
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy import sparse

from placement_opt.answers.chain_search import ChainSearch
from placement_opt.answers.changed_models import holding
from placement_opt.answers.move_chains import Move, in_chains
from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.solve_again import (
    SMALL_VARIABLES,
    SolvedAgain,
    solve_near,
    solve_whole,
)
from placement_opt.basics.arrays import Ints
from placement_opt.constraints.fixed_placements import FixedPlacements
from placement_opt.formulation.certificate import bound_in_points
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock
from placement_opt.run.compiled import Compiled

NEAR_S = 1.6
"""Solving near the plan takes about this, so that the answer with its words takes two seconds."""

CHAINS_SHARE = 0.5
"""Share of that for chains of single moves; after it, small problems are solved around the best."""

MOST_WHOLE = 300_000
"""A problem with more variables is not solved whole for an answer: that takes a minute or more."""

PlanRow = tuple[str, str, str | None]
"""A placement: candidate, opening, coach."""


@dataclass(frozen=True)
class Regret:
    """What holding a pair costs; fields as those of `WhyNot`."""

    price_points: float | None
    is_possible: bool | None = None
    regret_points: float | None = None
    regret_bounds: tuple[float, float] | None = None
    loss_points: float | None = None
    moves: tuple[Move, ...] = ()
    starts_on: dt.date | None = None
    plan: tuple[PlanRow, ...] | None = None
    is_proven: bool = False


def regret_of(
    regrets: Regrets,
    bound: Fraction | None,
    candidate_id: str,
    pairs: Ints,
    time_limit_s: float,
    *,
    reproducible: bool = False,
) -> Regret:
    """Return what it costs to place a candidate in one of some eligible pairs of theirs.

    Parameters
    ----------
    regrets
        The plan, prepared for moves; it holds none of the pairs.
    bound
        A proven bound on all plans, in points; None where nothing is proven.
    candidate_id, pairs
        Whom to place, and the pairs that will do, ascending.
    time_limit_s
        Seconds in all.
    reproducible
        Stop by work instead of time.
    """
    until = time.perf_counter() + time_limit_s
    hand, seconds = regrets.hand, min(NEAR_S, time_limit_s)
    changed = _with_one_of(hand.compiled, candidate_id, pairs)
    near_until = time.perf_counter() + seconds
    start = None
    if hand.formulation.n_variables > SMALL_VARIABLES:
        clock = None if reproducible else time.perf_counter() + CHAINS_SHARE * seconds
        start = ChainSearch(regrets).best(pairs, clock)
    seconds = near_until - time.perf_counter()
    again = solve_near(hand, changed, start=start, time_limit_s=seconds, reproducible=reproducible)
    if not again.is_proven and hand.formulation.n_variables <= MOST_WHOLE:
        left = until - time.perf_counter()
        if left > 0:
            whole = solve_whole(
                hand,
                changed,
                start=again.solution,
                time_limit_s=left,
                reproducible=reproducible,
            )
            again = _best(again, whole)
    return _told(hand, bound, candidate_id, pairs, again)


def _best(one: SolvedAgain, other: SolvedAgain) -> SolvedAgain:
    """Return the better plan of two, with the lower bound."""
    if other.is_impossible or one.points is None:
        return other
    if other.points is None or one.points > other.points:
        return replace(one, bound=other.bound)
    return other


def _told(
    hand: PlanAtHand, bound: Fraction | None, candidate_id: str, pairs: Ints, again: SolvedAgain
) -> Regret:
    shortage = price_units(hand, pairs)
    scale = hand.formulation.objective.scale
    price = None if shortage is None else float(shortage / scale)
    if again.is_impossible:
        return Regret(price, is_possible=False, is_proven=True)
    if again.points is None:
        return Regret(price)
    lower = _lower(hand, again, shortage)
    best = max(hand.points, again.points)
    upper = None if bound is None else max(bound, best) - again.points
    loss = hand.points - again.points
    is_proven = upper is not None and lower >= upper
    ends = None if upper is None else (float(min(lower, upper)), float(upper))
    better = None
    if loss < 0 and again.plan is not None:
        placements = again.plan.placements
        better = tuple((p.candidate_id, p.opening_id, p.coach_id) for p in placements)
    return Regret(
        price,
        is_possible=True,
        regret_points=float(upper) if is_proven and upper is not None else None,
        regret_bounds=ends,
        loss_points=float(loss),
        moves=in_chains(again.moves, candidate_id),
        starts_on=again.first_day(candidate_id, hand.compiled.pairs.opening[pairs].tolist()),
        plan=better,
        is_proven=is_proven,
    )


def _lower(hand: PlanAtHand, again: SolvedAgain, shortage: Fraction | None) -> Fraction:
    """Return what the regret is at least: the best plan known, less the bound of those that hold.

    No plan with the pair beats the certified bound less what the pair lacks to be worth its price;
    another unit is for the binary places of the prices.
    """
    bounds = [] if again.bound is None else [again.bound]
    if shortage is not None:
        units = hand.certified_units + 1 - math.floor(shortage)
        bounds.append(bound_in_points(hand.formulation, units))
    best = hand.points if again.points is None else max(hand.points, again.points)
    return max([Fraction(0), *(best - bound for bound in bounds)])


def price_units(hand: PlanAtHand, pairs: Ints) -> Fraction | None:
    """Return what the best of some pairs lacks to be worth its price, in objective units, exactly.

    None without prices.
    """
    certificate = hand.certificate
    if not certificate.prices.any():
        return None
    lacks = []
    for pair in pairs.tolist():
        paid = hand.certified.paid_by_pairs(certificate.prices, slice(pair, pair + 1))
        gain = int(hand.formulation.objective.gain[pair]) << certificate.bits
        lacks.append(max(0, int(paid[0]) - gain))
    return Fraction(min(lacks), 1 << certificate.bits)


def _with_one_of(compiled: Compiled, candidate_id: str, pairs: Ints) -> Compiled:
    """Return the model whose plans hold one of some pairs of a candidate."""
    if pairs.size == 1:
        opening = compiled.pairs.instance.opening_ids[compiled.pairs.opening[pairs[0]]]
        return holding(compiled, [(candidate_id, opening)])
    rule = FixedPlacements(placements=[])
    ones = (np.ones(pairs.size, dtype=np.int8), (np.zeros(pairs.size, dtype=np.int32), pairs))
    block = RowBlock(
        rule.title,
        [candidate_id],
        sparse.coo_array(ones, shape=(1, compiled.pairs.n_pairs)).tocsr(),
        np.ones(1, dtype=np.int64),
        np.full(1, NO_UPPER, dtype=np.int64),
    )
    return replace(
        compiled,
        formulation=compiled.formulation.with_rows(block),
        rules_of_blocks=(*compiled.rules_of_blocks, rule),
    )
