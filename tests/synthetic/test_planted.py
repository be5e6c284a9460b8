"""Planted problems: the stated optimum is the optimum, by other people's solvers and by proof."""

from typing import Any

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import LinearConstraint, milp

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.constraints.opening_capacity import OpeningCapacity
from placement_opt.constraints.resource_limit import ResourceLimit
from placement_opt.model import Model
from placement_opt.objectives.pair_score import PairScore
from placement_opt.synthetic import PlantedRegion, planted_region


def rows_of(planted: PlantedRegion) -> tuple[sparse.csr_array, np.ndarray[Any, Any]]:
    """One placement per candidate, positions, pools: the matrix and its limits."""
    pairs = planted.pairs
    n_pairs = len(pairs["score"])
    pool = np.array([list(planted.limits).index(label) for label in pairs["pool"].tolist()])
    column = np.arange(n_pairs)
    ones = np.ones(n_pairs)
    blocks = [
        sparse.csr_array((values, (row, column)), shape=(n_rows, n_pairs))
        for values, row, n_rows in (
            (ones, pairs["candidate_id"], len(planted.region.candidates)),
            (ones, pairs["opening_id"], len(planted.region.openings)),
            (pairs["weight"], pool, len(planted.limits)),
        )
    ]
    limits = [
        *[1] * len(planted.region.candidates),
        *[opening.positions for opening in planted.region.openings],
        *planted.limits.values(),
    ]
    return sparse.vstack(blocks).tocsr(), np.array(limits)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("most", [3, 8, 100])
def test_a_mip_solver_finds_the_planted_optimum(seed: int, most: int):
    planted = planted_region(
        candidates=30 + seed, openings=12, employers=4, seed=seed, pairs_per_candidate=most
    )
    matrix, limits = rows_of(planted)
    found = milp(
        -planted.pairs["score"],
        constraints=LinearConstraint(matrix, -np.inf, limits),
        integrality=np.ones(matrix.shape[1]),
        bounds=(0, 1),
        options={"mip_rel_gap": 0},
    )
    assert found.status == 0
    assert round(-found.fun) == planted.optimum
    assert planted.optimum > 0


@pytest.mark.parametrize("size", [(1, 1, 1), (40, 3, 1), (3, 40, 5), (700, 150, 40)])
def test_the_prices_prove_the_optimum(size: tuple[int, int, int]):
    candidates, openings, employers = size
    planted = planted_region(candidates=candidates, openings=openings, employers=employers, seed=5)
    matrix, limits = rows_of(planted)
    prices = np.concatenate([planted.candidate_price, planted.opening_price, planted.pool_price])
    assert prices.min() >= 0
    assert (matrix.T @ prices >= planted.pairs["score"]).all()
    assert prices @ limits == planted.optimum


def test_the_planted_plan_keeps_every_limit_and_reaches_the_optimum():
    planted = planted_region(candidates=400, openings=100, employers=30, seed=2)
    candidate = {record.id: row for row, record in enumerate(planted.region.candidates)}
    opening = {record.id: row for row, record in enumerate(planted.region.openings)}
    row_of = {
        pair: row
        for row, pair in enumerate(
            zip(
                planted.pairs["candidate_id"].tolist(),
                planted.pairs["opening_id"].tolist(),
                strict=True,
            )
        )
    }
    chosen = np.zeros(len(row_of))
    chosen[[row_of[candidate[c], opening[o]] for c, o in planted.plan]] = 1
    matrix, limits = rows_of(planted)
    assert (matrix @ chosen <= limits).all()
    assert planted.pairs["score"] @ chosen == planted.optimum


def test_the_library_finds_the_planted_optimum():
    planted = planted_region(candidates=60, openings=20, employers=5, seed=1)
    model = Model(
        planted.region,
        pairs=planted.pairs,
        rules=[
            OnePlacement(),
            OpeningCapacity(),
            ResourceLimit(uses="weight", per="pool", limits=planted.limits),
        ],
        objective=[PairScore("score")],
    )
    result = model.solve(time_limit_s=60, gap=0)
    assert result.objective == result.bound == planted.optimum


def test_taking_the_best_pair_first_falls_short():
    planted = planted_region(candidates=400, openings=100, employers=30, seed=2)
    matrix, limits = rows_of(planted)
    left, total = limits.astype(float), 0
    columns = matrix.tocsc()
    for pair in np.argsort(-planted.pairs["score"], kind="stable"):
        rows = slice(columns.indptr[pair], columns.indptr[pair + 1])
        where, usage = columns.indices[rows], columns.data[rows]
        if (left[where] >= usage).all():
            left[where] -= usage
            total += int(planted.pairs["score"][pair])
    assert total < 0.97 * planted.optimum


def test_the_seed_decides_all():
    first, again, other = (planted_region(candidates=50, openings=10, seed=s) for s in (1, 1, 2))
    assert all((first.pairs[name] == again.pairs[name]).all() for name in first.pairs)
    assert first.limits == again.limits
    assert first.optimum != other.optimum


def test_a_golden_problem_keeps_its_optimum():
    planted = planted_region(candidates=50, openings=10, employers=5, seed=1)
    assert (planted.optimum, len(planted.pairs["score"])) == (8796, 500)


def test_pairs_are_distinct_sorted_and_read_only():
    pairs = planted_region(candidates=200, openings=60, seed=3, pairs_per_candidate=20).pairs
    key = pairs["candidate_id"].astype(np.int64) * 60 + pairs["opening_id"]
    assert (np.diff(key) > 0).all()
    assert np.bincount(pairs["candidate_id"]).min() >= 10
    assert not any(column.flags.writeable for column in pairs.values())


def test_a_regional_size_is_proven_by_its_prices():
    planted = planted_region(candidates=5_000, openings=1_000, employers=250, seed=1)
    pairs = planted.pairs
    pool = np.unique(pairs["pool"], return_inverse=True)[1]
    worth = (
        planted.candidate_price[pairs["candidate_id"]]
        + planted.opening_price[pairs["opening_id"]]
        + planted.pool_price[pool] * pairs["weight"]
    )
    positions = np.array([opening.positions for opening in planted.region.openings])
    paid = planted.candidate_price.sum() + planted.opening_price @ positions
    assert (worth >= pairs["score"]).all()
    assert paid + planted.pool_price @ np.array(list(planted.limits.values())) == planted.optimum
    assert len(pairs["score"]) > 400_000


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"candidates": 0}, "candidates"),
        ({"openings": 1.5}, "openings"),
        ({"employers": True}, "employers"),
        ({"pairs_per_candidate": 0}, "pairs_per_candidate"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments_are_told(arguments: dict[str, Any], field: str):
    with pytest.raises(InvalidInputError, match=field):
        planted_region(**arguments)
