"""Large-neighbourhood search: free a part of the best plan, solve that part, keep what is better.

A neighbourhood is drawn in one of three ways; those that bring more in less time are drawn more:

- held: what a few competing rows hold, and all that fits in its place (`held_rows.py`);
- grown: from a seed row over rows and pairs, so it follows what belongs together: the openings of
  an employer, those who compete for them;
- holders: where rules hold capacity in own variables, a few holders (coaches) with everyone they
  serve and everyone who competes with those.

The rest of the plan stays. Each part is an exact small problem for a MIP or CP-SAT with a complete
hint.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.plans.held_rows import WIDEST_LINK, HeldRows
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.board import Solution

FIRST_SIZE = 200
SMALLEST_SIZE = 60
GROWTH = 1.3
HOLDERS_FOUND = 3.0
"""Holders of capacity begin with the record of a way that has found so many."""

MEMORY = 0.97
"""How much of a way's record is kept from one neighbourhood to the next."""

FREED = 0.2
"""Share of a part's unused own variables that may change; all of them would make it hard."""


@dataclass(eq=False)
class Way:
    """A way to draw neighbourhoods, with its record.

    Parameters
    ----------
    pairs
        From a solution and a size to pairs, and which own variables may change with them; None
        where this way has nothing for that solution.
    size
        Pairs of the next neighbourhood, about.
    found, spent
        Successes and seconds, the older ones counted less.
    """

    pairs: Callable[[Solution, int], "tuple[Ints, Bools] | None"]
    size: int = FIRST_SIZE
    found: float = 1.0
    spent: float = 1.0

    def learn(self, seconds: float, most: int, *, is_solved: bool, is_better: bool) -> None:
        """Grow after a quick proof, shrink after a part that was too hard; keep the record."""
        self.found = MEMORY * self.found + is_better
        self.spent = MEMORY * self.spent + seconds
        if not is_solved:
            self.size = max(SMALLEST_SIZE, int(self.size / GROWTH))
        elif seconds < schedule.QUICK_PART_SHARE * schedule.PART_S:
            self.size = min(int(self.size * GROWTH), max(SMALLEST_SIZE, most))


@dataclass(frozen=True, eq=False)
class Draw:
    """Pairs of a neighbourhood, ascending, and which own variables may change with them."""

    pairs: Ints
    free_own: Bools
    way: Way


class Neighbourhoods:
    """Draws neighbourhoods in ways and sizes that adapt to what they bring.

    Parameters
    ----------
    near
        The problem over a core of promising pairs.
    seed
        Random seed.
    """

    def __init__(self, near: Formulation, seed: int) -> None:
        self._n_pairs = near.n_pairs
        self._random = np.random.default_rng(seed)
        nothing = sparse.csr_array((0, near.n_pairs), dtype=np.int64)
        rows = sparse.vstack([nothing, *(block.usage for block in near.blocks)], format="csr")
        rows = rows[np.flatnonzero(np.diff(rows.indptr) > 1)]
        self._of_row = rows
        self._of_pair = rows.tocsc()
        self._n_own = near.n_variables - near.n_pairs
        self._held = HeldRows(near)
        self._ways = [Way(self._around_rows), Way(self._anywhere)]
        for number in range(len(near.blocks)):
            serving = Serving.of(near, number)
            if serving is not None and serving.own.size:
                around = partial(self._around_holders, serving)
                self._ways.append(Way(around, found=HOLDERS_FOUND))

    def draw(self, around: Solution) -> Draw:
        """Return one neighbourhood of a solution."""
        chance = np.array([way.found / way.spent for way in self._ways])
        way = self._ways[int(self._random.choice(chance.size, p=chance / chance.sum()))]
        drawn = way.pairs(around, way.size)
        if drawn is None:
            drawn = self._anywhere(around, way.size)
        return Draw(*drawn, way)

    def _around_rows(self, around: Solution, size: int) -> tuple[Ints, Bools] | None:
        pairs = self._held.draw(self._random, around.chosen, size)
        return None if pairs is None else (pairs, self._some_own(around))

    def _anywhere(self, around: Solution, size: int) -> tuple[Ints, Bools]:
        if self._of_row.shape[0] == 0:
            some = self._random.permutation(self._n_pairs)[:size]
            return np.sort(some), self._some_own(around)
        seed = int(self._random.integers(self._of_row.shape[0]))
        return np.flatnonzero(self._grown([seed], size)), self._some_own(around)

    def _some_own(self, around: Solution) -> Bools:
        """Mark the own variables in use, and some of the others."""
        is_free: Bools = (around.own > 0) | (self._random.random(self._n_own) < FREED)
        return is_free

    def _around_holders(
        self, serving: "Serving", around: Solution, size: int
    ) -> tuple[Ints, Bools]:
        """Free a few holders with those they serve, and the pairs that compete with these."""
        most = max(2, min(6, size // 50))
        freed = serving.some(self._random, most)
        served = np.unique(serving.row_of_own[freed[around.own[freed] > 0]])
        chosen = around.chosen[np.isin(serving.row_of_pair[around.chosen], served)]
        inside = np.zeros(self._n_pairs, dtype=np.bool_)
        inside[chosen] = True
        touched = self._of_pair[:, chosen].indices
        start, members = self._of_row.indptr, self._of_row.indices
        width = np.diff(start)
        for row in self._random.permutation(np.unique(touched[width[touched] <= WIDEST_LINK])):
            inside[members[start[row] : start[row + 1]]] = True
            if int(inside.sum()) >= 2 * size:
                break
        free = np.zeros(self._n_own, dtype=np.bool_)
        free[freed] = True
        return np.flatnonzero(inside), free

    def _grown(self, front: list[int], size: int) -> Bools:
        """Grow from rows over pairs to more rows until the size is reached; marks over the core."""
        rows, columns = self._of_row, self._of_pair
        n_rows, width = rows.shape[0], np.diff(rows.indptr)
        inside = np.zeros(self._n_pairs, dtype=np.bool_)
        seen = np.zeros(n_rows, dtype=np.bool_)
        count = 0
        while count < size and not seen.all():
            row = front.pop(0) if front else int(self._random.integers(n_rows))
            if seen[row]:
                continue
            seen[row] = True
            members = rows.indices[rows.indptr[row] : rows.indptr[row + 1]]
            if members.size > size // 4:
                members = self._random.choice(members, max(1, size // 4), replace=False)
            new = members[~inside[members]]
            inside[new] = True
            count += new.size
            for pair in self._random.permutation(new)[:20]:
                touched = columns.indices[columns.indptr[pair] : columns.indptr[pair + 1]]
                small = touched[width[touched] <= max(50, size // 8)]
                front.extend(small[~seen[small]].tolist())
        return inside


@dataclass(frozen=True, eq=False)
class Serving:
    """Who holds the capacity behind a block's own variables, and whom they serve.

    Parameters
    ----------
    own
        The block's variables that serve some pair, as indices behind the pairs.
    holder
        Which holder each of them belongs to, shape as `own`.
    row_of_own
        The row with pairs that each own variable serves, shape (N - E,), -1 outside the block.
    row_of_pair
        The row of each pair in this block, shape (E,), -1 for none.
    """

    own: Ints
    holder: Ints
    row_of_own: Ints
    row_of_pair: Ints

    @classmethod
    def of(cls, whole: Formulation, number: int) -> "Serving | None":
        """Read the declared holders of a block; None where none can be planned by themselves."""
        block = whole.blocks[number]
        if block.holders is None or block.holders.holder is None:
            return None
        row, first = block.holders.row, whole.offsets[number] - whole.n_pairs
        has_pairs = np.append(np.diff(block.usage.indptr) > 0, False)
        serves = np.flatnonzero(has_pairs[row] & (block.holders.holder >= 0))
        row_of_own = np.full(whole.n_variables - whole.n_pairs, -1, dtype=np.int64)
        row_of_own[first + serves] = row[serves]
        row_of_pair = np.full(whole.n_pairs, -1, dtype=np.int64)
        pairs = block.usage.tocoo()
        row_of_pair[pairs.col] = pairs.row
        return cls(first + serves, block.holders.holder[serves], row_of_own, row_of_pair)

    def some(self, random: np.random.Generator, most: int) -> Ints:
        """Return the own variables of a random holder and of some who serve the same people."""
        seed = random.choice(self.holder)
        shared = np.unique(self.row_of_own[self.own[self.holder == seed]])
        beside = np.unique(self.holder[np.isin(self.row_of_own[self.own], shared)])
        others = random.permutation(beside[beside != seed])[: most - 1]
        return self.own[np.isin(self.holder, [seed, *others])]
