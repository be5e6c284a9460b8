"""Small programs that solve."""

import os
import subprocess
import sys
from pathlib import Path

import placement_opt as po

PACKAGE = Path(po.__file__).parent.parent

PATIENCE_S = 60.0
"""How long something that has to happen is waited for, before a test gives up on it."""

BEGIN = '''
import json, os, sys, threading, time
import numpy as np, placement_opt as po

def knapsacks(n, m, seed=1):
    """Openings as knapsacks: small, and hard enough to keep every solver at work for long."""
    rng = np.random.default_rng(seed)
    pairs = {
        "candidate_id": np.repeat([f"C-{i}" for i in range(n)], m).tolist(),
        "opening_id": np.tile([f"O-{j}" for j in range(m)], n).tolist(),
        "score": rng.integers(1, 1000, n * m),
        "size": np.repeat(rng.integers(1, 6, n), m),
    }
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=f"C-{i}") for i in range(n)],
        openings=[po.Opening(id=f"O-{j}", positions=n) for j in range(m)],
    )
    limit = po.ResourceLimit(uses="size", per="opening", limits=10)
    rules = [po.OnePlacement(), limit]
    return po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])
'''

IN_A_PROCESS = '''
from placement_opt.solvers.search import limits
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.engines.mip import Mip
from placement_opt.solvers.relaxation.point import Point
from placement_opt.solvers.relaxation.restricted_lp import RestrictedLp

def of(model, seconds, gap):
    formulation = model.compile().formulation
    return formulation, Search(formulation, limits.SearchLimits(time_limit_s=seconds, gap=gap))

def highs(gap=0.0):
    formulation, search = of(knapsacks(150, 30), 600.0, gap)
    Mip(in_process=False).solve(formulation, search)
    return search

def pdlp():
    """A run that lets no thread of its process do anything."""
    formulation, _ = of(knapsacks(150, 30), 600.0, 0.0)
    columns = np.arange(formulation.n_variables)
    start = Point(np.zeros(columns.size), np.zeros(formulation.n_rows))
    run = RestrictedLp(formulation).start_first_order(columns, start, 0.0, 600.0)
    run.wait(600.0)
'''


def program(*parts):
    return "\n".join([BEGIN, *parts])


def environment(**more):
    paths = [str(PACKAGE), *(path or str(Path.cwd()) for path in sys.path)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **more}


def run(code, *arguments, **settings):
    return subprocess.run(
        [sys.executable, *(arguments or ("-c", code))],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        **{"env": environment(), **settings},
    )
