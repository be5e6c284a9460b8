"""Problems of any size whose optimum is known, because it was planted.

Take a plan and prices first, and make the scores fit them. With ``u`` a price per candidate, ``v``
per position, ``y`` per unit of a pool, and ``w`` the weight of a pair, let every pair score

    s = u + v + y * w - slack,   slack >= 0,   and slack = 0 for the planned pairs.

Prices are positive only for candidates who are planned, openings that are full and pools that are
used up. Any plan x that keeps the limits scores at most ``sum(u) + sum(v * positions) + sum(y *
limits)``, since the prices are feasible for the dual linear program; the planted plan scores
exactly that (complementary slackness). So it is optimal, and no search is needed to know it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.short_text import ShortRepr
from placement_opt.records import Candidate, Employer, Opening, Region
from placement_opt.synthetic import mix
from placement_opt.synthetic.draws import Draws
from placement_opt.synthetic.layout import numbered, pick, weights

_MOST_POOLS = 9
_CANDIDATES_PER_POOL = 20
_FILLED_PERCENT = 80
_CANDIDATE_PRICES = (0, 300)
_OPENING_PRICES = (0, 400)
_POOL_PRICES = (1, 12)
_WEIGHTS = (1, 25)
_SLACKS = (1, 250)
_TIED_PER_MILLE = 150


@dataclass(frozen=True, eq=False, repr=False)
class PlantedRegion(ShortRepr):
    """A problem with its optimum, and the prices that prove it.

    Solve it with one placement per candidate, the openings' positions and
    ``ResourceLimit(uses="weight", per="pool", limits=planted.limits)``, maximising the pair column
    ``score``.

    Parameters
    ----------
    region
        Candidates, openings with positions, and employers; nothing else.
    pairs
        The eligible pairs for ``pairs=``: columns ``candidate_id`` and ``opening_id`` (int32
        positions in the region's candidates and openings), ``score`` and ``weight`` (int64),
        ``pool`` (labels); shape (E,) each, sorted by candidate, then opening.
    limits
        What each pool has.
    optimum
        The largest total score of any plan.
    plan
        A plan that reaches it, as pairs of candidate id and opening id.
    candidate_price, opening_price, pool_price
        The prices ``u``, ``v`` and ``y``, in the order of the candidates, openings and `limits`.
    """

    region: Region
    pairs: Mapping[str, npt.NDArray[Any]]
    limits: Mapping[str, int]
    optimum: int
    plan: tuple[tuple[str, str], ...]
    candidate_price: Ints
    opening_price: Ints
    pool_price: Ints


def planted_region(
    *,
    candidates: int = 1_500,
    openings: int = 400,
    employers: int = 100,
    seed: int = 0,
    pairs_per_candidate: int = 100,
) -> PlantedRegion:
    """Make up a problem whose optimum is known by construction.

    Cost O(candidates * pairs_per_candidate). The same arguments give the same problem on any
    machine.

    Parameters
    ----------
    candidates, openings, employers
        How many of each.
    seed
        Any integer >= 0.
    pairs_per_candidate
        Eligible openings of each candidate, at most; a few less where one is drawn twice.

    Raises
    ------
    InvalidInputError
        When a number is out of range.
    """
    counts = {
        "candidates": candidates,
        "openings": openings,
        "employers": employers,
        "pairs_per_candidate": pairs_per_candidate,
    }
    for field, count in {**counts, "seed": seed}.items():
        if type(count) is not int or count < (field != "seed"):
            raise InvalidInputError.single(
                "planted region",
                None,
                field,
                count,
                f"must be a whole number >= {int(field != 'seed')}",
                "mend the argument",
            )
    draws = Draws(seed, "planted")
    positions = pick(mix.POSITIONS, draws.choice(weights(mix.POSITIONS), openings))
    goes_to = _hidden_plan(draws, candidates, positions)
    region = _region(draws, candidates, employers, positions)
    return _priced(draws, region, positions, goes_to, pairs_per_candidate)


def _hidden_plan(draws: Draws, n_candidates: int, positions: Ints) -> Ints:
    """Return the opening of each candidate, -1 for none, shape (C,); most openings end up full."""
    order = draws.shuffled(np.arange(len(positions)))
    slots = np.repeat(order, positions[order])
    n_placed = min(n_candidates, max(len(slots) * _FILLED_PERCENT // 100, 1))
    goes_to = np.full(n_candidates, -1, dtype=np.int64)
    goes_to[draws.shuffled(np.arange(n_candidates))[:n_placed]] = slots[:n_placed]
    return goes_to


def _region(draws: Draws, n_candidates: int, n_employers: int, positions: Ints) -> Region:
    employer_ids = numbered("E", n_employers, 3)
    owner = draws.integers(0, n_employers - 1, len(positions)).tolist()
    rows = zip(numbered("O", len(positions), 4), owner, positions.tolist(), strict=True)
    return Region(
        name="planted",
        date=mix.DATE,
        candidates=tuple(Candidate(id=id_) for id_ in numbered("C", n_candidates, 5)),
        openings=tuple(
            Opening(id=id_, employer=employer_ids[at], positions=n) for id_, at, n in rows
        ),
        employers=tuple(Employer(id=id_) for id_ in employer_ids),
    )


def _priced(
    draws: Draws, region: Region, positions: Ints, goes_to: Ints, pairs_per_candidate: int
) -> PlantedRegion:
    candidate, opening, planned = _pairs(draws, goes_to, len(positions), pairs_per_candidate)
    n_pools = min(max(len(goes_to) // _CANDIDATES_PER_POOL, 1), _MOST_POOLS)
    pool = draws.integers(0, n_pools - 1, len(goes_to))[candidate]
    weight = draws.integers(*_WEIGHTS, len(candidate))
    full = np.bincount(goes_to[goes_to >= 0], minlength=len(positions)) == positions
    u = np.where(goes_to >= 0, draws.integers(*_CANDIDATE_PRICES, len(goes_to)), 0)
    v = np.where(full, draws.integers(*_OPENING_PRICES, len(positions)), 0)
    y = draws.integers(*_POOL_PRICES, n_pools)
    worth = u[candidate] + v[opening] + y[pool] * weight
    slack = draws.integers(*_SLACKS, len(candidate))
    slack[draws.chance(_TIED_PER_MILLE, len(candidate)) | planned] = 0
    score = np.maximum(worth - slack, 0)
    used = np.zeros(n_pools, dtype=np.int64)
    np.add.at(used, pool[planned], weight[planned])
    names = numbered("P", n_pools, 2)
    ids = [candidate.id for candidate in region.candidates]
    jobs = [opening.id for opening in region.openings]
    columns = {
        "candidate_id": candidate.astype(np.int32),
        "opening_id": opening.astype(np.int32),
        "score": score,
        "weight": weight,
        "pool": np.array(names)[pool],
    }
    for column in (*columns.values(), u, v, y):
        column.setflags(write=False)
    return PlantedRegion(
        region=region,
        pairs=columns,
        limits=dict(zip(names, used.tolist(), strict=True)),
        optimum=int(score[planned].sum()),
        plan=tuple(
            (ids[c], jobs[o])
            for c, o in zip(candidate[planned].tolist(), opening[planned].tolist(), strict=True)
        ),
        candidate_price=u,
        opening_price=v,
        pool_price=y,
    )


def _pairs(draws: Draws, goes_to: Ints, n_openings: int, most: int) -> tuple[Ints, Ints, Bools]:
    """Draw distinct pairs around the plan; return candidate, opening and whether planned."""
    n = len(goes_to)
    if most >= n_openings:
        key = np.arange(n * n_openings)
    else:
        drawn = draws.integers(0, n_openings - 1, n * most).reshape(n, most)
        drawn[:, 0] = np.where(goes_to >= 0, goes_to, drawn[:, 0])
        key = np.unique(drawn + np.arange(n)[:, np.newaxis] * n_openings)
    candidate, opening = np.divmod(key, n_openings)
    return candidate, opening, goes_to[candidate] == opening
