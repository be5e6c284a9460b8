"""Models of many digits."""

import numpy as np
import pandas as pd

import placement_opt as po


def model(scores, limit=None, seed=0, weight=1):
    """Return a model of people of sizes 1 to 3 in openings that hold a few, and no network."""
    n, m = scores.shape
    size = np.random.default_rng(seed).integers(1, 4, n)
    frame = pd.DataFrame(
        {
            "candidate_id": np.repeat([f"C-{i}" for i in range(n)], m),
            "opening_id": np.tile([f"O-{j}" for j in range(m)], n),
            "score": scores.ravel(),
            "size": np.repeat(size, m),
        }
    )
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{i}") for i in range(n)],
        openings=[po.Opening(id=f"O-{j}", positions=n) for j in range(m)],
    )
    limit = 3 if limit is None else limit
    rules = [po.OnePlacement(), po.ResourceLimit(uses="size", per="opening", limits=limit)]
    return po.Model(
        region, pairs=frame, rules=rules, objective=[po.PairScore("score", weight=weight)]
    )
