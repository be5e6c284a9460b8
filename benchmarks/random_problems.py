"""Random problems that come wholly through ``pairs=``: pure assignment, and generic rows."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

import placement_opt as po

POOLS = 9
POOL_SHARE, BUDGET_SHARE = 0.75, 0.70
"""What pools and budgets have, as shares of what would be used if they were free."""

FIRMS_PER_OPENING = 800 / 3000
UNPOPULAR = 0.35
"""Share of the firms whose minimum can be reached at a loss only, or not at all."""

PRICE_PER_PLACEMENT = 150
"""Points for each placement that a firm is short of its minimum."""

Ints = npt.NDArray[np.int64]
_POSITIONS = (1, 1, 1, 2, 2, 3, 5, 3)


def random_assignment(n_candidates: int, n_openings: int, each: int, seed: int) -> po.Model:
    """Make up one place per opening, `each` pairs per candidate and scores from 1 to 1,000."""
    draws = np.random.default_rng([1, seed])
    candidate, opening = _distinct_pairs(draws, n_candidates, n_openings, each)
    pairs = {
        "candidate_id": candidate,
        "opening_id": opening,
        "score": draws.integers(1, 1_000, candidate.size, endpoint=True),
    }
    region = _region("assignment", n_candidates, np.ones(n_openings, dtype=np.int64))
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


def random_generic(n_candidates: int, n_openings: int, each: int, seed: int) -> po.Model:
    """Make up nine pools of hours, nine budgets of euros and priced minimums per firm.

    Who scores high costs more hours and euros, so that pools and budgets bind: they have 75 % and
    70 % of what the best placements would use without them. Four firms for 15 openings ask for
    placements; people score low at a third of them, where keeping the minimum costs more than it
    is worth, or just less.
    """
    draws = np.random.default_rng([2, seed])
    candidate, opening = _distinct_pairs(draws, n_candidates, n_openings, each)
    positions = draws.choice(_POSITIONS, n_openings).astype(np.int64)
    n_firms = max(round(n_openings * FIRMS_PER_OPENING), 1)
    firm = np.append(np.arange(n_firms), draws.integers(0, n_firms, n_openings - n_firms))
    is_unpopular = draws.random(n_firms) < UNPOPULAR
    skill = draws.normal(0, 60, n_candidates)
    pay = draws.normal(0, 45, n_openings)
    dislike = np.where(is_unpopular, draws.uniform(120, 700, n_firms), 0)
    taste = draws.normal(0, 90, candidate.size)
    worth = 400 + skill[candidate] + pay[opening] + taste - dislike[firm[opening]]
    score = np.clip(np.rint(worth), -300, 1_000).astype(np.int64)
    need = draws.integers(1, 20, n_candidates)
    hours = np.clip(need[candidate] + draws.integers(-2, 6, candidate.size) + score // 150, 1, 40)
    euros = 100 * np.clip(60 + score // 8 + draws.integers(-40, 60, candidate.size), 5, 250)
    pool, budget = (draws.integers(0, POOLS, n_candidates)[candidate] for _ in range(2))
    chosen = best_first(candidate, opening, score, positions)
    pairs = {
        "candidate_id": candidate,
        "opening_id": opening,
        "score": score,
        "hours": hours,
        "euros": euros,
        "pool": _labels("pool", POOLS)[pool],
        "budget": _labels("budget", POOLS)[budget],
        "firm": _labels("firm", n_firms)[firm[opening]],
    }
    room = np.bincount(firm, positions, minlength=n_firms).astype(np.int64)
    rules = [
        po.OnePlacement(),
        po.OpeningCapacity(),
        po.ResourceLimit(uses="hours", per="pool", limits=_limits(pairs, "hours", chosen)),
        po.ResourceLimit(uses="euros", per="budget", limits=_limits(pairs, "euros", chosen)),
        po.ResourceLimit(
            per="firm",
            minimums=dict(zip(_labels("firm", n_firms).tolist(), _part(room), strict=True)),
            shortfall_price=PRICE_PER_PLACEMENT,
        ),
    ]
    region = _region("generic", n_candidates, positions)
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


def _part(room: Ints) -> list[int]:
    """Ask for three fifths of a firm's positions, rounded up."""
    asked: list[int] = (-(-3 * room // 5)).tolist()
    return asked


def _limits(pairs: Mapping[str, Any], uses: str, chosen: Ints) -> dict[str, int]:
    per, share = {"hours": ("pool", POOL_SHARE), "euros": ("budget", BUDGET_SHARE)}[uses]
    labels, code = np.unique(pairs[per].astype(str), return_inverse=True)
    used = np.bincount(code[chosen], pairs[uses][chosen], minlength=len(labels))
    return {str(label): int(amount * share) for label, amount in zip(labels, used, strict=True)}


def best_first(candidate: Ints, opening: Ints, score: Ints, positions: Ints) -> Ints:
    """Return the pairs that are taken when the best score comes first, positions permitting."""
    free, room = [True] * (int(candidate.max(initial=-1)) + 1), positions.tolist()
    order = np.argsort(-score, kind="stable")
    order = order[score[order] > 0]
    taken = []
    ends = zip(order.tolist(), candidate[order].tolist(), opening[order].tolist(), strict=True)
    for pair, person, place in ends:
        if free[person] and room[place]:
            free[person] = False
            room[place] -= 1
            taken.append(pair)
    return np.array(taken, dtype=np.int64)


def _distinct_pairs(
    draws: np.random.Generator, n_candidates: int, n_openings: int, each: int
) -> tuple[Ints, Ints]:
    """Draw one opening from each of `each` equal parts of the openings, for each candidate."""
    each = min(each, n_openings)
    low, high = (n_openings * (np.arange(each) + step) // each for step in (0, 1))
    opening = draws.integers(low, high, size=(n_candidates, each))
    # The parts lie elsewhere for each candidate, or nobody could choose between two neighbours.
    opening = (opening + draws.integers(0, n_openings, (n_candidates, 1))) % n_openings
    return np.repeat(np.arange(n_candidates), each), opening.ravel()


def _labels(noun: str, count: int) -> npt.NDArray[np.object_]:
    return np.array([f"{noun} {number:04}" for number in range(1, count + 1)], dtype=object)


def _region(name: str, n_candidates: int, positions: Ints) -> po.Region:
    return po.Region(
        name=name,
        candidates=[po.Candidate(id=f"C-{number:05}") for number in range(n_candidates)],
        openings=[
            po.Opening(id=f"O-{number:05}", positions=count)
            for number, count in enumerate(positions.tolist())
        ],
    )
