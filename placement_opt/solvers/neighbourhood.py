"""Large-neighbourhood search: free a part of the best plan, solve that part, keep what is better.

A neighbourhood grows from a seed row over rows and pairs, so it follows what belongs together: the
openings of an employer, the people of a coach's team, those who compete for them. The rest of the
plan stays. Each part is an exact small problem for a MIP or CP-SAT with a complete hint.
"""

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.formulation import (
    NO_LOWER,
    NO_UPPER,
    Formulation,
    Objective,
    RowBlock,
    Variables,
)
from placement_opt.instance import Bools
from placement_opt.solvers.base import Ending, Search, SearchLimits, Solution, Solver
from placement_opt.solvers.reporting import stop_asked

FIRST_SIZE = 400
SMALLEST_SIZE = 60
GROWTH = 1.3
PART_SECONDS = 4.0


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a problem around a solution: everything outside keeps its value.

    Parameters
    ----------
    formulation
        The problem of the part alone.
    pairs
        Its pairs, as indices in the whole, ascending.
    own
        Its own variables, as indices behind the whole's pairs, ascending.
    """

    formulation: Formulation
    pairs: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]

    def inside(self, whole: Formulation, solution: Solution) -> Solution:
        """Cut the part's values out of a solution of the whole."""
        values = solution.values(whole)
        return Solution(np.flatnonzero(values[self.pairs]), solution.own[self.own])

    def outside(self, whole: Formulation, around: Solution, inside: Solution) -> Solution:
        """Put the part's values into a solution of the whole."""
        values = around.values(whole)
        values[self.pairs] = 0
        values[self.pairs[inside.chosen]] = 1
        values[whole.n_pairs + self.own] = inside.own
        return Solution(whole.chosen(values), values[whole.n_pairs :])


def part_of(whole: Formulation, pairs: npt.NDArray[np.int64], around: Solution | None) -> Part:
    """Cut a part out of a problem: the given pairs, and the own variables that they move.

    Without a solution `around`, every pair outside is zero and all own variables belong to the
    part; with one, own variables stay where no row joins them to a pair of the part.
    """
    n_pairs = whole.n_pairs
    values = np.zeros(whole.n_variables, np.int64) if around is None else around.values(whole)
    blocks, gains, own = [], [whole.objective.gain[pairs]], []
    for number, block in enumerate(whole.blocks):
        first = whole.offsets[number] - n_pairs
        usage = block.usage[:, pairs].tocsr()
        touched = np.diff(usage.indptr) > 0
        moved = _moved(block, touched) if around is not None else _all_own(block)
        inside = values.copy()
        inside[pairs] = 0
        fixed = block.usage @ inside[:n_pairs]
        variables = variable_usage = None
        if block.variables is not None and block.variable_usage is not None:
            stays = np.where(moved, 0, whole.own_values(values, number))
            fixed = fixed + block.variable_usage @ stays
            at = np.flatnonzero(moved)
            variables = _some(block.variables, at)
            variable_usage = block.variable_usage[:, at].tocsr()
            own.append(first + at)
            gains.append(whole.own_values(whole.objective.gain, number)[at])
            touched |= np.diff(variable_usage.indptr) > 0
        rows = np.flatnonzero(touched)
        if rows.size == 0:
            continue
        blocks.append(
            RowBlock(
                block.title,
                [block.labels[row] for row in rows.tolist()],
                usage[rows],
                np.where(block.lower == NO_LOWER, NO_LOWER, block.lower - fixed)[rows],
                np.where(block.upper == NO_UPPER, NO_UPPER, block.upper - fixed)[rows],
                variables,
                None if variable_usage is None else variable_usage[rows],
            )
        )
    empty = np.zeros(0, dtype=np.int64)
    objective = Objective(np.concatenate(gains), whole.objective.scale)
    return Part(
        Formulation(pairs.size, tuple(blocks), (objective,)), pairs, np.concatenate([empty, *own])
    )


def _moved(block: RowBlock, touched: Bools) -> Bools:
    """Tell which own variables share a touched row that is an equation or needs them to fill it."""
    if block.variable_usage is None:
        return np.zeros(0, dtype=np.bool_)
    entries = block.variable_usage.tocoo()
    moved = np.zeros(block.variable_usage.shape[1], dtype=np.bool_)
    moved[entries.col[touched[entries.row]]] = True
    return moved


def _all_own(block: RowBlock) -> Bools:
    return np.ones(0 if block.variables is None else len(block.variables), dtype=np.bool_)


def _some(variables: Variables, at: npt.NDArray[np.intp]) -> Variables:
    return Variables(
        variables.lower[at],
        variables.upper[at],
        [variables.gain[row] for row in at],
        None if variables.whole is None else variables.whole[at],
    )


class Neighbourhoods:
    """Draws neighbourhoods of a growing or shrinking size over a core of promising pairs."""

    def __init__(self, whole: Formulation, core: npt.NDArray[np.int64], seed: int) -> None:
        self._core = core
        self._random = np.random.default_rng(seed)
        rows = sparse.vstack([block.usage[:, core] for block in whole.blocks], format="csr")
        rows = rows[np.flatnonzero(np.diff(rows.indptr) > 1)]
        self._of_row = rows
        self._of_pair = rows.tocsc()
        self.size = FIRST_SIZE

    def draw(self) -> npt.NDArray[np.int64]:
        """Return the pairs of one neighbourhood, ascending."""
        rows, columns = self._of_row, self._of_pair
        n_rows, width = rows.shape[0], np.diff(rows.indptr)
        inside = np.zeros(self._core.size, dtype=np.bool_)
        seen = np.zeros(n_rows, dtype=np.bool_)
        front = [int(self._random.integers(n_rows))]
        count = 0
        while count < self.size:
            if not front:
                front = [int(self._random.integers(n_rows))]
            row = front.pop(0)
            if seen[row]:
                front = front or [int(self._random.integers(n_rows))]
                continue
            seen[row] = True
            members = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            if members.size > self.size // 4:
                members = self._random.choice(members, max(1, self.size // 4), replace=False)
            new = members[~inside[members]]
            inside[new] = True
            count += new.size
            for pair in self._random.permutation(new)[:20]:
                touched = columns.indices[columns.indptr[pair] : columns.indptr[pair + 1]]
                small = touched[width[touched] <= max(50, self.size // 8)]
                front.extend(small[~seen[small]].tolist())
            if seen.all():
                break
        return self._core[inside]

    def learn(self, seconds: float, *, is_solved: bool) -> None:
        """Grow after a quick proof, shrink after a part that was too hard."""
        if is_solved and seconds < PART_SECONDS / 2:
            self.size = min(int(self.size * GROWTH), max(SMALLEST_SIZE, self._core.size))
        elif not is_solved:
            self.size = max(SMALLEST_SIZE, int(self.size / GROWTH))


def improve(
    whole: Formulation, core: npt.NDArray[np.int64], search: Search, solvers: list[Solver]
) -> Ending:
    """Improve the search's best solution by neighbourhoods until it says stop.

    Parameters
    ----------
    whole
        The problem.
    core
        Pairs that a better plan may use; those of the best plan are added each time.
    search
        Holds the best solution, which other solvers may improve meanwhile.
    solvers
        Take turns on the parts.
    """
    draws = Neighbourhoods(whole, core, search.limits.seed)
    turn = 0
    while not stop_asked(search) and search.best is not None:
        around = search.best
        part = part_of(whole, draws.draw(), around)
        hint = part.inside(whole, around)
        seconds = min(PART_SECONDS, max(0.1, search.remaining_s))
        limits = SearchLimits(seconds, gap=0.0, seed=search.limits.seed + turn, workers=1)
        inner = Search(part.formulation, limits, lambda: stop_asked(search))
        if not inner.offer(hint, "around"):
            return Ending.FAILED
        before, began = inner.gained, time.perf_counter()
        ending = solvers[turn % len(solvers)].solve(part.formulation, inner)
        draws.learn(time.perf_counter() - began, is_solved=ending is Ending.EXHAUSTED)
        if inner.best is not None and inner.gained != before:
            search.offer(part.outside(whole, around, inner.best), "neighbourhoods")
        turn += 1
    return Ending.STOPPED
