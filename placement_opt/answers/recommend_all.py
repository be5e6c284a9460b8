"""Next openings for everybody at once, such that no opening is on too many lists."""

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from placement_opt.answers.pairs_frame import minutes_and_hours
from placement_opt.answers.recommend import Room
from placement_opt.answers.recommend_words import Reasons
from placement_opt.answers.regrets import Regrets
from placement_opt.answers.why import Language
from placement_opt.basics.arrays import Floats, Ints
from placement_opt.basics.errors import InternalError, InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.solvers.flow.min_cost_flow import OPTIMAL, cheapest_flow

if TYPE_CHECKING:
    import pandas as pd

FIRST_LOOK = 20
"""Beside four for each place of a list, so many openings of a person are looked at first."""

COST_OF_A_POINT = 100
"""What falls short at the prices is told apart to hundredths of a point."""

DEAREST = 10**7
"""No entry costs more than this, so that an empty place of a list always costs more."""


def recommend_all(regrets: Regrets, k: int, crowding: float, language: Language) -> "pd.DataFrame":
    """Return a list of at most `k` openings for each person; `Result.recommend_all` says all.

    A b-matching: lists are as full as they can be, and of those, what the entries fall short at
    the prices is least in all. Solved as a cheapest flow (exact), over each person's first
    openings at the prices, and over all of those whose list would stay short.
    """
    factor = read_number(crowding)
    if k < 1 or factor <= 0:
        given, expected = ("k", "must be at least 1") if k < 1 else ("crowding", "must be above 0")
        hint = "write recommend_all(k=3, crowding=2)"
        value = k if k < 1 else crowding
        raise InvalidInputError.single("recommend_all", None, given, value, expected, hint)
    pairs, room = regrets.hand.compiled.pairs, Room(regrets)
    every = np.argsort(-regrets.hand.reduced, kind="stable")
    every = every[np.argsort(pairs.candidate[every], kind="stable")]
    rank = np.arange(every.size) - pairs.candidate_start[pairs.candidate[every]]
    is_first = rank < 4 * k + FIRST_LOOK
    listed = _usable(regrets, room, every[is_first])
    limit = _limits(regrets, k, factor)
    chosen = _matched(regrets, listed, k, limit)
    length = np.bincount(pairs.candidate[chosen], minlength=pairs.instance.n_candidates)
    further = every[~is_first & (length < k)[pairs.candidate[every]]]
    if further.size:
        listed = np.concatenate([listed, _usable(regrets, room, further)])
        chosen = _matched(regrets, listed, k, limit)
    return _frame(regrets, chosen, room, language)


def _usable(regrets: Regrets, room: Room, pairs: Ints) -> Ints:
    """Return the pairs outside the plan that some plan may hold, each in its first way."""
    table = regrets.hand.compiled.pairs
    found = room.possible(room.not_fixed(pairs[~regrets.is_in_plan(pairs)]))
    if table.variant is None:
        return found
    return found[np.sort(np.unique(table.number[found], return_index=True)[1])]


def _limits(regrets: Regrets, k: int, factor: Fraction) -> Ints:
    """Return on how many lists each opening may be, shape (O,): its even share times a factor."""
    pairs = regrets.hand.compiled.pairs
    places = np.where(np.diff(pairs.opening_start) > 0, pairs.instance.openings.positions, 0)
    entries = k * int(np.count_nonzero(np.diff(pairs.candidate_start)))
    total = max(1, int(places.sum()))
    return np.array([math.ceil(factor * entries * n / total) for n in places.tolist()], np.int64)


def _matched(regrets: Regrets, listed: Ints, k: int, limit: Ints) -> Ints:
    """Return the entries of all lists."""
    pairs = regrets.hand.compiled.pairs
    n_people, n_openings = pairs.instance.n_candidates, pairs.instance.n_openings
    end = n_people + n_openings
    people, openings = np.arange(n_people), np.arange(n_openings)
    short = regrets.estimate(listed) * COST_OF_A_POINT
    cost = np.minimum(np.rint(short), DEAREST).astype(np.int64)
    # An empty place of a list goes to the end by itself, and costs more than any chain of entries.
    dear = 2 * DEAREST
    tail = np.concatenate([pairs.candidate[listed], n_people + openings, people])
    head = np.concatenate([n_people + pairs.opening[listed], np.full(n_openings + n_people, end)])
    capacity = np.concatenate([np.ones(listed.size), limit, np.full(n_people, k)])
    costs = np.concatenate([cost, np.zeros(n_openings), np.full(n_people, dear)])
    supply = np.append(np.full(n_people, k), np.zeros(n_openings + 1)).astype(np.int64)
    supply[end] = -k * n_people
    status, flow = cheapest_flow(
        tail.astype(np.int32),
        head.astype(np.int32),
        capacity.astype(np.int64),
        costs.astype(np.int64),
        supply,
    )
    if status != OPTIMAL:
        raise InternalError(f"the flow of lists ended as {status}")
    return listed[flow[: listed.size] > 0]


def _frame(regrets: Regrets, chosen: Ints, room: Room, language: Language) -> "pd.DataFrame":
    import pandas as pd

    compiled = regrets.hand.compiled
    pairs, instance = compiled.pairs, compiled.pairs.instance
    estimate = regrets.estimate(chosen)
    order = np.lexsort((chosen, estimate, pairs.candidate[chosen]))
    chosen, candidate = chosen[order], pairs.candidate[chosen[order]]
    points: Floats = np.array(
        [float(one) for one in compiled.formulation.objective.points_of(chosen)]
    )
    reasons = Reasons(regrets, language)
    told = reasons.of(chosen, points, *minutes_and_hours(pairs, chosen), room.additions(chosen))
    return pd.DataFrame(
        {
            "candidate_id": np.array(instance.candidate_ids, dtype=object)[candidate],
            "opening_id": np.array(instance.opening_ids, dtype=object)[pairs.opening[chosen]],
            "rank": np.arange(chosen.size) - np.searchsorted(candidate, candidate) + 1,
            "points": points,
            "regret_low": regrets.least(chosen),
            "price_points": estimate[order],
            "reasons": np.array(told, dtype=object),
        }
    )
