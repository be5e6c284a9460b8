"""Sixty made-up problems of six shapes, from a hundred to thirty thousand pairs.

They are what people bring who have a problem of their own, and what a general solver is good at:
none is so large that prices are the only way. `python -m benchmarks shapes` solves them all.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

import placement_opt as po

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SIZES = (100, 200, 400, 800, 1_500, 3_000, 6_000, 12_000, 20_000, 30_000)
"""Eligible pairs, about."""

PLACE = "rijk-van-nijmegen"
SCARCITY = 0.8
"""Capacity, as a share of what everybody together would use."""

MISSING_PRICE = 30
"""Points for each hour that a firm misses."""

PEOPLE_PER_PAIR = 55
"""Of so many pairs of a person and an opening one is eligible in a made-up region."""


def shaped(shape: str, pairs: int, seed: int) -> po.Model:
    """Make up a problem of a shape with about so many eligible pairs."""
    return SHAPES[shape](pairs, np.random.default_rng([4, seed, pairs]), seed)


def _weights(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Make up households of one to five people, probabilities as scores, places in heads."""
    del seed
    people, places = _sides(pairs)
    size = draws.integers(1, 6, people)
    limits = _shared_out(draws, int(size.sum() * SCARCITY), places)
    frame = {
        "score": _probabilities(draws, people, places).ravel(),
        "size": np.repeat(size, places),
    }
    rules = [po.OnePlacement(), po.ResourceLimit(uses="size", per="opening", limits=limits)]
    return _model(people, places, frame, rules)


def _two_resources(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Make up hours of a place and euros of one of three budgets, both different for every pair."""
    del seed
    people, places = _sides(pairs)
    hours = draws.integers(4, 37, (people, places))
    euros = 50 * draws.integers(10, 200, (people, places))
    score = np.rint(draws.uniform(20, 100, (people, 1)) + hours + draws.normal(0, 15, hours.shape))
    budget = np.array([f"budget {number}" for number in range(3)])[draws.integers(0, 3, people)]
    used = euros.mean(axis=1)
    frame = {
        "score": score.ravel(),
        "hours": hours.ravel(),
        "euros": euros.ravel(),
        "budget": np.repeat(budget, places),
    }
    rules = [
        po.OnePlacement(),
        po.ResourceLimit(
            uses="hours",
            per="opening",
            limits=_shared_out(draws, int(hours.mean() * people * SCARCITY), places),
        ),
        po.ResourceLimit(
            uses="euros",
            per="budget",
            limits={str(name): int(0.7 * used[budget == name].sum()) for name in np.unique(budget)},
        ),
    ]
    return _model(people, places, frame, rules)


def _quotas(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Make up positions, priced minimums of hours per firm, and at most so many from a district."""
    del seed
    people, places = _sides(pairs)
    hours = draws.integers(8, 37, people)
    firm = np.array([f"firm {number:02}" for number in range(max(2, places // 3))])
    of_place = firm[draws.integers(0, firm.size, places)]
    district = np.array([f"district {number}" for number in range(5)])
    of_person = district[draws.integers(0, 5, people)]
    dislike = dict(zip(firm.tolist(), draws.integers(0, 500, firm.size).tolist(), strict=True))
    score = draws.integers(1, 400, (people, places))
    score -= np.array([dislike[name] for name in of_place.tolist()])
    positions = np.maximum(1, draws.poisson(0.7 * people / places, places))
    asked = {
        name: int(0.6 * positions[of_place == name].sum() * hours.mean())
        for name in np.unique(of_place).tolist()
    }
    frame = {
        "score": score.ravel(),
        "hours": np.repeat(hours, places),
        "firm": np.tile(of_place, people),
        "district": np.repeat(of_person, places),
    }
    at_most = {name: int(0.15 * people) + 1 for name in np.unique(of_person).tolist()}
    rules = [
        po.OnePlacement(),
        po.OpeningCapacity(),
        po.ResourceLimit(uses="hours", per="firm", minimums=asked, shortfall_price=MISSING_PRICE),
        po.ResourceLimit(per="district", limits=at_most),
    ]
    return _model(people, places, frame, rules, positions)


def _coaching(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Make up a region from records, with all standard rules and individual coaches."""
    del draws
    people = max(12, round((PEOPLE_PER_PAIR * pairs) ** 0.5))
    return po.Model(po.synthetic_region(PLACE, candidates=people, seed=seed))


def _everybody(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Make up places for everybody: they are filled to the brim by one of each of two sizes.

    With an even number of places a few of them have one to spare.
    """
    del seed
    places = max(4, round((pairs / 2) ** 0.5))
    size = np.repeat(draws.integers([4, 2], [7, 4]), places)
    room = np.full(places, size[0] + size[-1])
    room[: places // 5 * (1 - places % 2)] += 1
    frame = {
        "score": draws.integers(1, 100, size.size * places),
        "size": np.repeat(size, places),
    }
    limits = {_opening(at): most for at, most in enumerate(room.tolist())}
    rules = [
        po.OnePlacement(),
        po.EveryCandidatePlaced(),
        po.ResourceLimit(uses="size", per="opening", limits=limits),
    ]
    return _model(size.size, places, frame, rules)


def _sparse(pairs: int, draws: np.random.Generator, seed: int) -> po.Model:
    """Let everybody list three to nine openings; hours per opening, and one budget for all."""
    del seed
    people = max(16, pairs // 6)
    places = max(8, people // 4)
    listed = [
        draws.choice(places, draws.integers(3, min(10, places)), replace=False)
        for _ in range(people)
    ]
    candidate = np.repeat(np.arange(people), [len(each) for each in listed])
    opening = np.concatenate(listed)
    hours = draws.integers(8, 37, people)[candidate]
    euros = 100 * draws.integers(5, 100, candidate.size)
    frame = {
        "candidate_id": candidate,
        "opening_id": opening,
        "score": np.round(draws.gamma(2.0, 50.0, candidate.size), 2),
        "hours": hours,
        "euros": euros,
    }
    limits = _shared_out(draws, int(22 * people * SCARCITY), places)
    rules = [
        po.OnePlacement(),
        po.ResourceLimit(uses="hours", per="opening", limits=limits),
        po.ResourceLimit(uses="euros", per="region", limits=int(euros.mean() * people * 0.5)),
    ]
    return _model(people, places, frame, rules)


SHAPES: dict[str, Callable[[int, np.random.Generator, int], po.Model]] = {
    "weights": _weights,
    "two-resources": _two_resources,
    "quotas": _quotas,
    "coaching": _coaching,
    "everybody": _everybody,
    "sparse": _sparse,
}


def _sides(pairs: int) -> tuple[int, int]:
    """Return numbers of people and places, ten people for each place, all eligible for all."""
    places = max(3, round((pairs / 10) ** 0.5))
    return max(6, pairs // places), places


def _opening(at: int) -> str:
    return f"O-{at:04}"


def _shared_out(draws: np.random.Generator, total: int, places: int) -> dict[str, int]:
    parts = np.maximum(1, draws.multinomial(total, np.ones(places) / places))
    return {_opening(at): int(part) for at, part in enumerate(parts)}


def _probabilities(draws: np.random.Generator, people: int, places: int) -> Floats:
    """Return what a classifier would say, with all its digits."""
    worth = draws.normal(size=(people, 1)) + 0.5 * draws.normal(size=(1, places))
    chance: Floats = 1 / (1 + np.exp(-worth - draws.normal(size=(people, places))))
    return chance


def _model(
    people: int,
    places: int,
    frame: dict[str, npt.NDArray[np.generic]],
    rules: list[po.Rule],
    positions: Ints | None = None,
) -> po.Model:
    if "candidate_id" not in frame:
        frame["candidate_id"] = np.repeat(np.arange(people), places)
        frame["opening_id"] = np.tile(np.arange(places), people)
    room = np.full(places, people) if positions is None else positions
    region = po.Region(
        name="shape",
        candidates=[po.Candidate(id=f"C-{at:04}") for at in range(people)],
        openings=[
            po.Opening(id=_opening(at), positions=count) for at, count in enumerate(room.tolist())
        ],
    )
    return po.Model(region, pairs=frame, rules=rules, objective=[po.PairScore("score")])
