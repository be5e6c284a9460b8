"""The solver table: a name for every solver, loaded only when it is asked for.

A new solver is one file with a class that follows `placement_opt.solvers.search.base.Solver`, and
one row in `SOLVERS`; the contract test in tests/solvers/test_solvers.py then runs over it.
"""

import importlib
from typing import TYPE_CHECKING

from placement_opt.basics.errors import SolverUnavailableError, closest_hint, closest_ids

if TYPE_CHECKING:
    from placement_opt.solvers.search.base import Solver

SOLVERS = {
    "auto": "placement_opt.solvers.ways.auto:Auto",
    "cp-sat": "placement_opt.solvers.engines.cp_sat:CpSat",
    "mip": "placement_opt.solvers.engines.mip:Mip",
    "flow": "placement_opt.solvers.flow.network_flow:NetworkFlow",
}
"""Name of each solver, as `solve(solver=)` takes it, and where its class lives."""

DEFAULT_SOLVER = "auto"


def get_solver(name: str) -> "Solver":
    """Return a new solver by its name.

    Raises
    ------
    SolverUnavailableError
        When no solver has that name, or the library behind it cannot be imported.
    """
    if str(name) not in SOLVERS:  # a list could not even be looked up
        hint = closest_hint(closest_ids(str(name), SOLVERS))
        raise SolverUnavailableError(
            f"solver must be one of {', '.join(SOLVERS)}, got {name!r}. Hint: {hint}."
        )
    module, _, title = SOLVERS[str(name)].partition(":")
    try:
        solver: Solver = getattr(importlib.import_module(module), title)()
    except ImportError as error:
        raise SolverUnavailableError(
            f"solver {name!r} cannot be loaded: {error}. Hint: reinstall placement_opt."
        ) from error
    return solver
