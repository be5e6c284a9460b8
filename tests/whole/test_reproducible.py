"""Equal input, seed and parameters give an equal plan, in any process."""

import json
import os
import subprocess
import sys

import placement_opt as po

SCRIPT = """
import json
import placement_opt as po

region = po.synthetic_region(candidates=300, seed=7)
result = po.solve(region, time_limit_s=0.5, seed={seed}, reproducible=True, solver="{solver}")
print(json.dumps({{
    "placements": [row.model_dump() for row in result.placement_rows],
    "unplaced": [row.model_dump(mode="json") for row in result.unplaced_rows],
    "objective": result.objective,
    "bound": result.bound,
    "status": result.status,
    "way": result.stats["way"],
}}))
"""


FINGERPRINT = """
import placement_opt as po
print(po.synthetic_region(candidates=120, seed=9).fingerprint())
"""


def run_apart(hash_seed, seed=3, solver="auto"):
    """Solve in a fresh process whose sets and dictionaries are ordered in another way."""
    return json.loads(said_apart(SCRIPT.format(seed=seed, solver=solver), hash_seed))


def said_apart(script, hash_seed):
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


def test_two_processes_find_the_same_plan():
    first, second = run_apart(1), run_apart(2)
    assert len(first["placements"]) > 50
    assert first == second


def test_the_same_region_from_the_same_seed_in_two_processes():
    told = [said_apart(FINGERPRINT, hash_seed).strip() for hash_seed in (1, 2)]
    assert told[0] == told[1] == po.synthetic_region(candidates=120, seed=9).fingerprint()


def test_a_model_lowers_the_same_way_twice():
    region = po.synthetic_region(candidates=80, seed=8)
    first, second = (po.Model(region).compile().formulation for _ in range(2))
    assert first.matrix.data.tolist() == second.matrix.data.tolist()
    assert first.matrix.indices.tolist() == second.matrix.indices.tolist()
    assert first.objective.gain.tolist() == second.objective.gain.tolist()
