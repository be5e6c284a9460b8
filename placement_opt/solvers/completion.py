"""Given the pairs of a plan, find values of all other variables: exact, small, and general.

A start plan, a rounded plan or a plan made by hand names placements only. What the rules' own
variables have to be (who is short of what, how many people of a class go to which coach) is a
problem without the pairs, thousands of times smaller than the whole.
"""

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import NO_LOWER, NO_UPPER, Formulation, Objective, RowBlock
from placement_opt.solvers.base import Search, SearchLimits, Solution

COMPLETION_SECONDS = 10.0


def completed(
    formulation: Formulation, chosen: npt.NDArray[np.int64], search: Search
) -> Solution | None:
    """Return the best solution with exactly these pairs, or None where none was found.

    Rows without own variables are checked first; the rest is solved with CP-SAT.
    """
    n_pairs, n_own = formulation.n_pairs, formulation.n_variables - formulation.n_pairs
    values = np.zeros(formulation.n_variables, dtype=np.int64)
    values[chosen] = 1
    if n_own == 0:
        solution = Solution(chosen, np.zeros(0, dtype=np.int64))
        return solution if formulation.is_satisfied_by(values) else None
    rest = _without_pairs(formulation, values)
    if rest is None:
        return None
    from placement_opt.solvers.cp_sat import CpSat

    limits = SearchLimits(
        time_limit_s=min(COMPLETION_SECONDS, search.remaining_s),
        gap=0.0,
        seed=search.limits.seed,
        workers=1,
        reproducible=search.limits.reproducible,
    )
    inner = Search(rest, limits, search.is_cancelled)
    CpSat().solve(rest, inner)
    if inner.best is None:
        return None
    return Solution(chosen, inner.best.own)


def _without_pairs(
    formulation: Formulation, values: npt.NDArray[np.int64]
) -> Formulation | None:
    """Move the pairs' part of each row to its limits; None where a row is broken by pairs alone."""
    n_pairs = formulation.n_pairs
    blocks = []
    for block in formulation.blocks:
        used = block.usage @ values[:n_pairs]
        lower = np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - used)
        upper = np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - used)
        if block.variables is None or block.variable_usage is None:
            if np.any(lower > 0) or np.any(upper < 0):
                return None
            continue
        blocks.append(
            RowBlock(
                block.title,
                block.labels,
                block.usage[:, :0],
                lower,
                upper,
                block.variables,
                block.variable_usage,
            )
        )
    objective = Objective(formulation.objective.gain[n_pairs:], formulation.objective.scale)
    return Formulation(0, tuple(blocks), (objective,))
