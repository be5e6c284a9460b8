"""Draws the neighbourhoods of large-neighbourhood search: the variables to solve again together.

All other variables keep their values, so that each neighbourhood is a small exact problem. There
are three ways to draw one. A way that brings more in less time is used more often.

- held: the chosen pairs of a few competing rows, and all that fit in their place (`held_rows.py`);
- grown: from a random row over pairs to further rows, so that it has what belongs together, such as
  the openings of an employer and the people who compete for them;
- holders: where own variables hold capacity, a few holders (coaches) with everybody they serve and
  everybody who competes with those.
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

FIRST_SIZE, SMALLEST_SIZE = 200, 60
"""Pairs of a neighbourhood, at first and at least."""

GROWTH = 1.3
"""Factor by which the size grows after a quick proof, or shrinks after none."""

HOLDERS_FOUND = 3.0
"""Successes with which the way around holders begins: mostly it is the best one."""

MEMORY = 0.97
"""Share of a way's record that is kept from one neighbourhood to the next."""

FREED = 0.2
"""Share of the unused own variables that may change; with all of them it would be hard to solve."""


@dataclass(eq=False)
class Way:
    """A way to draw neighbourhoods, with its record.

    Parameters
    ----------
    pairs
        Draws from a solution and a size: the pairs, ascending, and a mark for each own variable
        that may change, shape (N - E,). None where this way finds nothing in that solution.
    size
        Number of pairs of the next neighbourhood, about.
    found, spent
        Successes and seconds; older ones count less.
    """

    pairs: Callable[[Solution, int], "tuple[Ints, Bools] | None"]
    size: int = FIRST_SIZE
    found: float = 1.0
    spent: float = 1.0

    def learn(self, seconds: float, most: int, *, is_solved: bool, is_better: bool) -> None:
        """Update the record; grow after a quick proof, shrink where there was none in time."""
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
    """Draws neighbourhoods of a problem over a core, in ways and sizes that adapt to success."""

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
        """Draw a few holders, the pairs they serve, and the pairs that compete with these."""
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
        """Mark pairs, growing from rows over their pairs to further rows, until the size is met."""
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
    """Which holders are behind the own variables of a block, and which pairs they serve.

    Parameters
    ----------
    own
        The own variables of the block that serve some pair, as places behind the pairs.
    holder
        The holder that each of them belongs to, aligned with `own`.
    row_of_own
        The row that each own variable of the problem serves, shape (N - E,); -1 for none or for
        one of another block.
    row_of_pair
        The row of each pair in this block, shape (E,); -1 for none.
    """

    own: Ints
    holder: Ints
    row_of_own: Ints
    row_of_pair: Ints

    @classmethod
    def of(cls, whole: Formulation, number: int) -> "Serving | None":
        """Read the holders that a block declares; None where they cannot be freed one by one."""
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
        alike = np.unique(self.holder[np.isin(self.row_of_own[self.own], shared)])
        others = random.permutation(alike[alike != seed])[: most - 1]
        return self.own[np.isin(self.holder, [seed, *others])]
