"""Large-neighbourhood search: free a part of the best plan, solve that part, keep what is better.

A neighbourhood grows from a seed row over rows and pairs, so it follows what belongs together: the
openings of an employer, the people of a coach's team, those who compete for them. The rest of the
plan stays. Each part is an exact small problem for a MIP or CP-SAT with a complete hint.
"""

import time
from collections.abc import Callable, Sequence
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
from placement_opt.solvers.completion import completed

FIRST_SIZE = 200
SMALLEST_SIZE = 60
GROWTH = 1.3
PART_SECONDS = 2.0
RELAXED_SHARE = 0.5

PATIENCE = 12
"""Neighbourhoods without success after which a solution below the best is given up."""

HOLDER_SHARE = 0.6
"""Share of neighbourhoods that grow around holders of capacity, where there are any."""

FREED = 0.2
"""Share of a part's unused own variables that may change; all of them would make it hard."""


Repack = Callable[[npt.NDArray[np.int64], Solution], Solution | None]


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


def part_of(
    whole: Formulation,
    pairs: npt.NDArray[np.int64],
    around: Solution | None,
    free_own: Bools | None = None,
) -> Part:
    """Cut a part out of a problem: the given pairs, and the own variables that they move.

    Without a solution `around`, every pair outside is zero and all own variables belong to the
    part; with one, own variables stay where no row joins them to a pair of the part. Of those that
    do not follow from the pairs, only the ones marked in `free_own`, shape (N - E,), may change.
    """
    n_pairs = whole.n_pairs
    values = np.zeros(whole.n_variables, np.int64) if around is None else around.values(whole)
    blocks, gains, own = [], [whole.objective.gain[pairs]], []
    for number, block in enumerate(whole.blocks):
        first = whole.offsets[number] - n_pairs
        usage = block.usage[:, pairs].tocsr()
        touched = np.diff(usage.indptr) > 0
        moved = _moved(block, touched) if around is not None else _all_own(block)
        if free_own is not None and block.variables is not None and not block.variables.follow:
            moved &= free_own[first : first + moved.size]
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
        variables.follow,
    )


@dataclass(frozen=True, eq=False)
class Draw:
    """Pairs of a neighbourhood, ascending, and which own variables may change with them."""

    pairs: npt.NDArray[np.int64]
    free_own: Bools


class Neighbourhoods:
    """Draws neighbourhoods of a growing or shrinking size over a core of promising pairs.

    Half of them grow from a random row over rows and pairs. Where rules hold capacity in own
    variables, the other half take a few holders of capacity (coaches) with everyone they serve and
    everyone who competes with those.
    """

    def __init__(self, whole: Formulation, core: npt.NDArray[np.int64], seed: int) -> None:
        self._core = core
        self._random = np.random.default_rng(seed)
        rows = sparse.vstack([block.usage[:, core] for block in whole.blocks], format="csr")
        rows = rows[np.flatnonzero(np.diff(rows.indptr) > 1)]
        self._of_row = rows
        self._of_pair = rows.tocsc()
        self._n_pairs = whole.n_pairs
        self._n_own = whole.n_variables - whole.n_pairs
        self._holders = [
            Holders.of(whole, number)
            for number, block in enumerate(whole.blocks)
            if block.packer is not None
        ]
        self.size = FIRST_SIZE

    def draw(self, around: Solution) -> Draw:
        """Return one neighbourhood of a solution."""
        if self._holders and self._random.random() < HOLDER_SHARE:
            holders = self._holders[int(self._random.integers(len(self._holders)))]
            return self._around_holders(holders, around)
        inside = self._grown([int(self._random.integers(self._of_row.shape[0]))])
        free = (around.own > 0) | (self._random.random(self._n_own) < FREED)
        return Draw(self._core[inside], free)

    def _around_holders(self, holders: "Holders", around: Solution) -> Draw:
        """Free a few holders with those they serve, and the pairs that compete with these."""
        most = max(2, min(6, self.size // 50))
        freed = holders.some(self._random, most)
        served = np.unique(holders.row_of_own[freed[around.own[freed] > 0]])
        chosen = around.chosen[np.isin(holders.row_of_pair[around.chosen], served)]
        at = np.searchsorted(self._core, chosen)
        at = np.minimum(at, self._core.size - 1)
        known = at[self._core[at] == chosen]
        inside = np.zeros(self._core.size, dtype=np.bool_)
        inside[known] = True
        touched = self._of_pair[:, known].indices
        width = np.diff(self._of_row.indptr)
        for row in self._random.permutation(np.unique(touched[width[touched] <= 60])):
            inside[self._of_row.indices[self._of_row.indptr[row] : self._of_row.indptr[row + 1]]] = 1
            if int(inside.sum()) >= 2 * self.size:
                break
        free = np.zeros(self._n_own, dtype=np.bool_)
        free[freed] = True
        return Draw(np.union1d(self._core[inside], chosen), free)

    def _grown(self, front: list[int]) -> Bools:
        """Grow from rows over pairs to more rows until the size is reached; marks over the core."""
        rows, columns = self._of_row, self._of_pair
        n_rows, width = rows.shape[0], np.diff(rows.indptr)
        inside = np.zeros(self._core.size, dtype=np.bool_)
        seen = np.zeros(n_rows, dtype=np.bool_)
        count = 0
        while count < self.size and not seen.all():
            row = front.pop(0) if front else int(self._random.integers(n_rows))
            if seen[row]:
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
        return inside

    def learn(self, seconds: float, *, is_solved: bool) -> None:
        """Grow after a quick proof, shrink after a part that was too hard."""
        if is_solved and seconds < PART_SECONDS / 2:
            self.size = min(int(self.size * GROWTH), max(SMALLEST_SIZE, self._core.size))
        elif not is_solved:
            self.size = max(SMALLEST_SIZE, int(self.size / GROWTH))


@dataclass(frozen=True, eq=False)
class Holders:
    """Who holds the capacity behind a block's own variables, and whom they serve.

    Parameters
    ----------
    own
        The block's variables, as indices behind the pairs.
    holder
        Which holder each of them belongs to: its first row without pairs, shape as `own`.
    row_of_own
        The row with pairs that each own variable serves, shape (N - E,), -1 outside the block.
    row_of_pair
        The row of each pair in this block, shape (E,), -1 for none.
    """

    own: npt.NDArray[np.int64]
    holder: npt.NDArray[np.int64]
    row_of_own: npt.NDArray[np.int64]
    row_of_pair: npt.NDArray[np.int64]

    @classmethod
    def of(cls, whole: Formulation, number: int) -> "Holders":
        """Read the holders of one block."""
        block = whole.blocks[number]
        first = whole.offsets[number] - whole.n_pairs
        usage = block.variable_usage
        if usage is None:
            usage = sparse.csr_array((len(block), 0), dtype=np.int64)
        entries = usage.tocoo()
        has_pairs = np.diff(block.usage.indptr) > 0
        holder = np.full(usage.shape[1], len(block), dtype=np.int64)
        of_capacity = ~has_pairs[entries.row]
        np.minimum.at(holder, entries.col[of_capacity], entries.row[of_capacity])
        row_of_own = np.full(whole.n_variables - whole.n_pairs, -1, dtype=np.int64)
        row_of_own[first + entries.col[~of_capacity]] = entries.row[~of_capacity]
        row_of_pair = np.full(whole.n_pairs, -1, dtype=np.int64)
        pairs = block.usage.tocoo()
        row_of_pair[pairs.col] = pairs.row
        return cls(first + np.arange(usage.shape[1]), holder, row_of_own, row_of_pair)

    def some(self, random: np.random.Generator, most: int) -> npt.NDArray[np.int64]:
        """Return the own variables of a random holder and of some who serve the same people."""
        seed = random.choice(self.holder)
        shared = np.unique(self.row_of_own[self.own[self.holder == seed]])
        beside = np.unique(self.holder[np.isin(self.row_of_own[self.own], shared)])
        others = random.permutation(beside[beside != seed])[: most - 1]
        return self.own[np.isin(self.holder, [seed, *others])]


class Improver:
    """Improves the search's best solution, one neighbourhood at a time.

    Parameters
    ----------
    whole
        The problem.
    core
        Pairs that a better plan may use.
    search
        Holds the best solution, which others may improve meanwhile.
    solvers
        Take turns on the parts; one that finds more gets more turns.
    relaxed
        A relaxation over the same pairs whose parts are easier, and how to make a plan of its
        pairs near a plan at hand; half of the turns go there.
    """

    def __init__(
        self,
        whole: Formulation,
        core: npt.NDArray[np.int64],
        search: Search,
        solvers: Sequence[Solver],
        relaxed: tuple[Formulation, Repack] | None = None,
    ) -> None:
        self._whole = whole
        self._search = search
        self._solvers = solvers
        self._relaxed = relaxed
        self._wide = None if relaxed is None else Neighbourhoods(relaxed[0], core, 7 + search.limits.seed)
        self._draws = [Neighbourhoods(whole, core, search.limits.seed + 1) for _ in solvers]
        self._random = np.random.default_rng(search.limits.seed)
        self._current: Solution | None = None
        self._current_gained = 0
        self._idle = 0
        self._found = np.ones(len(solvers))
        self._spent = np.ones(len(solvers))
        self._turn = 0

    def restart(self, solution: Solution) -> None:
        """Go on from another solution, perhaps a worse one in a better place."""
        self._current = solution
        self._current_gained = self._whole.gained(solution.values(self._whole))
        self._idle = 0

    def step(self) -> bool:
        """Solve one neighbourhood of the current solution; return True when it became better.

        A solution that stays below the best for too long is given up for the best.
        """
        search = self._search
        best, gained = search.best, search.gained
        if best is None or gained is None:
            return False
        if self._current is None or (self._idle >= PATIENCE and self._current_gained < gained):
            self.restart(best)
        around = self._current or best
        self._turn += 1
        if self._wide is not None and self._random.random() < RELAXED_SHARE:
            return self._relaxed_step(around)
        chance = self._found / self._spent
        at = int(self._random.choice(len(self._solvers), p=chance / chance.sum()))
        draw = self._draws[at].draw(around)
        part = part_of(self._whole, draw.pairs, around, draw.free_own)
        inner = Search(part.formulation, self._limits(), lambda: False)
        inner.offer(part.inside(self._whole, around), "around")
        before, began = inner.gained, time.perf_counter()
        ending = self._solvers[at].solve(part.formulation, inner)
        seconds = time.perf_counter() - began
        is_better = inner.best is not None and inner.gained != before
        if is_better and inner.best is not None:
            improved = part.outside(self._whole, around, inner.best)
            search.offer(improved, "neighbourhoods")
            self.restart(improved)
        else:
            self._idle += 1
        if search.limits.reproducible:
            seconds = 0.0
        else:
            self._spent[at] += seconds
            self._found[at] += is_better
        self._draws[at].learn(seconds, is_solved=ending is Ending.EXHAUSTED)
        return is_better

    def _relaxed_step(self, around: Solution) -> bool:
        """Solve a part of the relaxation around a plan, then make a plan of it."""
        if self._relaxed is None or self._wide is None:
            return False
        formulation, repack = self._relaxed
        start = completed(formulation, around.chosen, self._search)
        if start is None:
            return False
        part = part_of(formulation, self._wide.draw(start).pairs, start)
        inner = Search(part.formulation, self._limits(), lambda: False)
        inner.offer(part.inside(formulation, start), "around")
        before, began = inner.gained, time.perf_counter()
        ending = self._solvers[0].solve(part.formulation, inner)
        seconds = 0.0 if self._search.limits.reproducible else time.perf_counter() - began
        self._wide.learn(seconds, is_solved=ending is Ending.EXHAUSTED)
        if inner.best is None or inner.gained == before:
            self._idle += 1
            return False
        plan = repack(part.outside(formulation, start, inner.best).chosen, around)
        if plan is None or self._whole.gained(plan.values(self._whole)) <= self._current_gained:
            self._idle += 1
            return False
        self._search.offer(plan, "neighbourhoods")
        self.restart(plan)
        return True

    def _limits(self) -> SearchLimits:
        limits = self._search.limits
        seconds = PART_SECONDS
        if not limits.reproducible:
            seconds = min(PART_SECONDS, max(0.1, self._search.remaining_s))
        return SearchLimits(
            seconds,
            gap=0.0,
            seed=(limits.seed + self._turn) % (1 << 31),
            workers=1,
            reproducible=limits.reproducible,
        )
