"""What a user would pick instead, each as a good engineer would write it, and our own way.

A rival is a function of a `Problem` and a `Run`. It starts from the compiled formulation's arrays,
tells the run of better plans and bounds, and gives it the last plan, which is checked.
"""

from collections.abc import Callable
from importlib import import_module

from benchmarks.instances import Problem
from benchmarks.run import Run

Rival = Callable[[Problem, Run], None]

RIVALS = {
    "auto": "benchmarks.rivals.auto",
    "cp-sat": "benchmarks.rivals.cp_sat",
    "highs": "benchmarks.rivals.highs",
    "flow": "benchmarks.rivals.flow",
    "greedy": "benchmarks.rivals.greedy",
    "scipy": "benchmarks.rivals.scipy_solvers",
    "pdlp": "benchmarks.rivals.pdlp",
}


def rival(name: str) -> Rival:
    """Load a rival; each is loaded alone, since not all share a process in peace."""
    solve: Rival = import_module(RIVALS[name]).solve
    return solve
