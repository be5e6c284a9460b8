"""Large-neighbourhood search: free a part of the best plan, solve that part, keep what is better.

A neighbourhood grows from a seed row over rows and pairs, so it follows what belongs together: the
openings of an employer, the people of a coach's team, those who compete for them. The rest of the
plan stays. Each part is an exact small problem for a MIP or CP-SAT with a complete hint.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.formulation import Formulation
from placement_opt.instance import Bools
from placement_opt.solvers.base import Solution

FIRST_SIZE = 200
SMALLEST_SIZE = 60
GROWTH = 1.3
PART_SECONDS = 2.0
HOLDER_SHARE = 0.6
"""Share of neighbourhoods that grow around holders of capacity, where there are any."""

FREED = 0.2
"""Share of a part's unused own variables that may change; all of them would make it hard."""

WIDEST_ROW = 60
"""Around holders of capacity, rows of more pairs than so many bring nobody in."""


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
        start, members = self._of_row.indptr, self._of_row.indices
        width = np.diff(start)
        for row in self._random.permutation(np.unique(touched[width[touched] <= WIDEST_ROW])):
            inside[members[start[row] : start[row + 1]]] = True
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
