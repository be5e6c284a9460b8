"""Seconds and peak memory of each phase, each measured in a process of its own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.memory import peak_mb

Measured = dict[str, float | None]


def _timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Run work; return its answer, its seconds, and how far it raised peak memory in MB."""
    before, start = peak_mb(), time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - start, peak_mb() - before


def _formulation(n_candidates: int, n_openings: int, per_candidate: int) -> Any:
    """Build a problem of random pairs with two cardinality blocks and two knapsack blocks."""
    import placement_opt as po
    from placement_opt.model import Model

    random = np.random.default_rng(1)
    candidate = np.repeat(np.arange(n_candidates), per_candidate)
    step = random.integers(1, n_openings // per_candidate, size=n_candidates)
    turn = np.tile(np.arange(per_candidate), n_candidates)
    opening = (candidate * 7 + turn * step[candidate]) % n_openings
    region = po.Region(
        name="emit",
        candidates=[po.Candidate(id=f"C-{i:05}") for i in range(n_candidates)],
        openings=[po.Opening(id=f"O-{i:05}", positions=2) for i in range(n_openings)],
    )
    pool = np.array([f"pool {i}" for i in range(9)], dtype=object)
    pairs = {
        "candidate_id": candidate,
        "opening_id": opening,
        "score": random.integers(1, 1_000, candidate.size),
        "hours": random.integers(1, 40, candidate.size),
        "euros": random.integers(1, 20_000, candidate.size),
        "pool": pool[candidate % 9],
        "budget": pool[candidate // 9 % 9],
    }
    rules = [
        po.OnePlacement(),
        po.OpeningCapacity(),
        po.ResourceLimit(uses="hours", per="pool", limits=2_000),
        po.ResourceLimit(uses="euros", per="budget", limits=1_000_000),
    ]
    return Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])


def emit(n_candidates: int = 15_000, n_openings: int = 3_000, per_candidate: int = 67) -> Measured:
    """Write about a million pairs to a CP-SAT model, and read an answer back."""
    from ortools.sat.python import cp_model

    from placement_opt.solvers.cp_sat import cp_sat_model, solution_values

    formulation = _formulation(n_candidates, n_openings, per_candidate).compile().formulation
    model, seconds, memory = _timed(lambda: cp_sat_model(formulation))
    solver = cp_model.CpSolver()
    solver.parameters.stop_after_first_solution = True
    solver.parameters.cp_model_presolve = False
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = 60
    model.clear_objective()
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {"pairs": formulation.n_pairs, "emit_s": seconds, "emit_mb": memory}
    response = solver.response_proto
    values, reading, _ = _timed(lambda: solution_values(response))
    if values.size != formulation.n_variables:
        raise RuntimeError("the answer has another number of variables")
    return {
        "pairs": formulation.n_pairs,
        "rows": formulation.n_rows,
        "emit_s": seconds,
        "emit_mb": memory,
        "read_s": reading,
    }


def region(n_candidates: int = 15_000) -> Measured:
    """Make a region, find all its eligible pairs, lower all standard rules."""
    import placement_opt as po
    from placement_opt.instance import Instance
    from placement_opt.model import Model
    from placement_opt.pairs import enumerate_pairs

    made, making, _ = _timed(lambda: po.synthetic_region(candidates=n_candidates, seed=1))
    model = Model(made)
    instance = Instance(made)
    pairs, finding, memory = _timed(lambda: enumerate_pairs(instance, model.rules))
    found = peak_mb()
    _, compiling, _ = _timed(model.compile)
    return {
        "pairs": pairs.n_pairs,
        "generate_s": making,
        "pairs_s": finding,
        "pairs_mb": memory,
        "process_mb_after_pairs": found,
        "compile_s": compiling,
        "process_mb_after_compile": peak_mb(),
    }


def assignment(size: int = 2_000) -> Measured:
    """Solve a dense assignment problem by flow, and the same with scipy, in one process."""
    from scipy.optimize import linear_sum_assignment

    import placement_opt as po

    score = np.random.default_rng(1).integers(0, 1_000, (size, size))
    people, places = (grid.ravel() for grid in np.indices((size, size)))
    region = po.Region(
        name="assignment",
        candidates=[po.Candidate(id=f"C-{i:05}") for i in range(size)],
        openings=[po.Opening(id=f"O-{i:05}") for i in range(size)],
    )
    pairs = {"candidate_id": people, "opening_id": places, "score": score.ravel()}
    model = po.Model(
        region,
        pairs=pairs,
        rules=[po.OnePlacement(), po.OpeningCapacity()],
        objective=[po.PairScore("score")],
    )
    _, compiling, _ = _timed(model.compile)
    result, solving, _ = _timed(model.solve)
    best, scipy_s, _ = _timed(lambda: linear_sum_assignment(score, maximize=True))
    optimum = int(score[best].sum())
    if result.status != "OPTIMAL" or result.objective != optimum:
        text = f"{result.status} {result.objective}, scipy {optimum}"
        raise RuntimeError(text)
    return {
        "pairs": size * size,
        "compile_s": compiling,
        "solve_s": solving,
        "scipy_s": scipy_s,
        "optimum": optimum,
    }


def rivals(n_candidates: int = 1_500, n_openings: int = 400, seconds: int = 60) -> Measured:
    """Solve one region with all standard rules our way, and with CP-SAT and HiGHS on the whole."""
    import placement_opt as po

    model = po.Model(po.synthetic_region(candidates=n_candidates, openings=n_openings, seed=1))
    model.compile()
    measured: Measured = {"pairs": model.compile().pairs.n_pairs}
    for solver in ("auto", "cp-sat", "mip"):
        result = model.solve(time_limit_s=seconds, solver=solver)
        best = [step for step in result.stats["trace"] if step["objective"] is not None]
        measured |= {
            f"{solver} objective": result.objective,
            f"{solver} bound": result.bound,
            f"{solver} gap": result.gap,
            f"{solver} first plan s": best[0]["elapsed_s"] if best else None,
            f"{solver} within 1 % s": _reached(result.stats["trace"], 1e-2),
            f"{solver} within 0.2 % s": _reached(result.stats["trace"], 2e-3),
        }
    return measured


def _reached(trace: list[dict[str, Any]], gap: float) -> float | None:
    """Return the first moment at which plan and bound were that close."""
    for step in trace:
        plan, bound = step["objective"], step["bound"]
        if plan is not None and bound is not None and bound - plan <= gap * max(1.0, abs(plan)):
            return float(step["elapsed_s"])
    return None


PHASES: dict[str, Callable[..., Measured]] = {
    "emit": emit,
    "region": region,
    "assignment": assignment,
    "rivals": rivals,
}


def measured_apart(name: str, *arguments: int) -> Measured:
    """Run one phase in a process of its own, so that peak memory is its own."""
    code = (
        "import json, sys; from benchmarks.phases import PHASES;"
        "print(json.dumps(PHASES[sys.argv[1]](*map(int, sys.argv[2:]))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name, *map(str, arguments)],
        check=True,
        capture_output=True,
        text=True,
    )
    answer: Measured = json.loads(done.stdout.splitlines()[-1])
    return answer
