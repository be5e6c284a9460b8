"""The phases of a solve under pytest-benchmark, beside a yardstick to measure them in.

A plain test run does each once, on a small region. To measure:

    PLACEMENT_OPT_BENCH_CANDIDATES=1500 pytest tests/benchmarks/test_phases.py \
        --benchmark-enable --benchmark-json=new.json
    python -m benchmarks regressions saved.json new.json --allow 1.3
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import placement_opt as po
from benchmarks.instances import Problem
from benchmarks.rivals.greedy import solve as solve_greedily
from benchmarks.run import Run
from placement_opt.formulation.certificate import Certificate
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.run.compiled import Compiled
from placement_opt.solvers.engines.cp_sat_writing import cp_sat_model
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.pricing import dual_bound
from placement_opt.solvers.relaxation.relaxation import whole_relaxation
from placement_opt.solvers.search.board import Solution

CANDIDATES = int(os.environ.get("PLACEMENT_OPT_BENCH_CANDIDATES", "200"))

Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def region() -> po.Region:
    return po.synthetic_region(candidates=CANDIDATES, seed=1)


@pytest.fixture(scope="module")
def model(region: po.Region) -> po.Model:
    return po.Model(region)


@pytest.fixture(scope="module")
def compiled(model: po.Model) -> Compiled:
    return model.compile()


@pytest.fixture(scope="module")
def relaxed(compiled: Compiled) -> Point:
    found = whole_relaxation(compiled.formulation, 600.0)
    assert found is not None
    return found


@pytest.fixture(scope="module")
def run(model: po.Model, compiled: Compiled) -> Run:
    run = Run(compiled.formulation, 60.0, 0.0, 0, 1, lambda _step: None)
    solve_greedily(Problem(model), run)
    return run


def test_yardstick(benchmark: Benchmark) -> None:
    draws = np.random.default_rng(0)
    numbers = draws.integers(0, 1 << 40, 300_000)
    matrix = sparse.csr_array(sparse.random_array((2_000, 50_000), density=0.005, rng=draws))
    ones = np.ones(50_000)

    def work() -> float:
        ordered = np.sort(numbers)
        total = 0.0
        for _ in range(10):
            total += float((matrix @ ones).sum())
        counts: dict[int, int] = {}
        for number in ordered[:60_000].tolist():
            counts[number % 997] = counts.get(number % 997, 0) + 1
        return total + len(counts)

    assert benchmark(work) > 997


def test_pairs(benchmark: Benchmark, region: po.Region, model: po.Model) -> None:
    instance = Instance(region)
    pairs = benchmark(lambda: enumerate_pairs(instance, model.rules))
    assert pairs.n_pairs > CANDIDATES


def test_lower(benchmark: Benchmark, compiled: Compiled) -> None:
    blocks = benchmark(lambda: [rule.lower(compiled.pairs) for rule in compiled.rules])
    assert sum(map(len, filter(None, blocks))) == compiled.formulation.n_rows


def test_compile(benchmark: Benchmark, region: po.Region, compiled: Compiled) -> None:
    made = benchmark(lambda: po.Model(region).compile())
    assert made.formulation.n_pairs == compiled.formulation.n_pairs


def test_emit(benchmark: Benchmark, compiled: Compiled) -> None:
    made = benchmark(lambda: cp_sat_model(compiled.formulation))
    assert len(made.proto.variables) == compiled.formulation.n_variables


def test_price(benchmark: Benchmark, compiled: Compiled, run: Run) -> None:
    found = benchmark(lambda: whole_relaxation(compiled.formulation, 600.0))
    assert run.objective is not None
    assert run.points(dual_bound(compiled.formulation, found.prices)) >= run.objective


def test_certificate(benchmark: Benchmark, compiled: Compiled, relaxed: Point) -> None:
    formulation = compiled.formulation

    def certified() -> int:
        return Certificate.from_duals(formulation, relaxed.prices).bound(formulation)

    assert benchmark(certified) == pytest.approx(dual_bound(formulation, relaxed.prices), rel=1e-4)


def test_verify(benchmark: Benchmark, compiled: Compiled, run: Run) -> None:
    assert run.values is not None
    solution = Solution.of(compiled.formulation, run.values)
    verdict = benchmark(lambda: compiled.judge(compiled.plan(solution)))
    assert verdict.is_sound
    assert float(verdict.objective) == pytest.approx(run.objective)
