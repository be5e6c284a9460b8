"""Which columns a restricted linear program begins with, and which come in."""

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation

FIRST_PAIRS, FIRST_PER_CANDIDATE = 40_000, 2.7
"""Promising pairs to begin a level with, beside the best of each row: at least so many, and so many
for each candidate."""

BEST_OF_CANDIDATE, BEST_OF_OPENING = 3, 8
BEST_OF_EQUATION = 8
ENTERING_OF_CANDIDATE = 3
MOST_ENTERING, ENTERING_PER_CANDIDATE = 20_000, 1.3
FEW_ENTERING = 500
"""Up to so many that gain come in at once, however many of one candidate."""

BLOCK = 1 << 22
"""Of more values, the largest are looked for in blocks."""

SMALL_GAIN = 1e-6
"""Columns that gain a smaller share of the largest gain stay out."""

IN_USE = 1e-7
"""Columns of a larger value are in use."""

MOST_ASKED = 5_000
FEW_OWN = 2_000
"""Blocks with fewer own variables bring all of them."""


class PairColumns:
    """Chooses pairs by their reduced gains.

    Parameters
    ----------
    formulation
        The problem.
    """

    def __init__(self, formulation: Formulation) -> None:
        self.asked = asked(formulation)
        self._groups = groups = _groups(formulation)
        n_candidates = int(groups[0].max(initial=0)) if groups else 0
        self._first = max(FIRST_PAIRS, int(FIRST_PER_CANDIDATE * n_candidates))
        self._most_entering = max(MOST_ENTERING, int(ENTERING_PER_CANDIDATE * n_candidates))

    def promising(self, reduced: Floats, share: float = 1.0) -> Ints:
        """Return the pairs with the largest gains, and the best of each candidate and opening.

        Parameters
        ----------
        reduced
            Reduced gains of the pairs, shape (E,).
        share
            Of a sample of the candidates, so large a share of what the whole would get.
        """
        first = int(share * self._first)
        pairs = largest(reduced, 12 * first)
        value = reduced[pairs]
        chosen = [
            pairs[best_of_each(group[pairs], value, most)]
            for group, most in zip(self._groups, (BEST_OF_CANDIDATE, BEST_OF_OPENING), strict=False)
        ]
        return np.unique(np.concatenate([pairs[largest(value, first)], *chosen, self.asked]))

    def entering(self, reduced: Floats, core: Ints, small: float) -> Ints:
        """Return pairs outside the core that gain more than `small`, a few of each candidate."""
        entering = np.setdiff1d(np.flatnonzero(reduced > small), core, assume_unique=True)
        if entering.size > FEW_ENTERING and self._groups:
            group = self._groups[0][entering]
            entering = entering[best_of_each(group, reduced[entering], ENTERING_OF_CANDIDATE)]
        return entering[largest(reduced[entering], self._most_entering)]


def largest(values: Floats, most: int) -> Ints:
    """Return the places of the largest values, ascending; all of them where they are no more."""
    if not 0 < most < values.size:
        return np.arange(min(most, values.size))
    size = max(BLOCK, 4 * most)  # so that each step leaves a quarter
    if values.size > 2 * size:
        # Of tens of millions, a copy or places as numbers would be felt.
        firsts = range(0, values.size, size)
        parts = [first + largest(values[first : first + size], most) for first in firsts]
        places = np.concatenate(parts)
        return places[largest(values[places], most)]
    least = np.partition(values, values.size - most)[values.size - most]
    above = np.flatnonzero(values > least)
    ties = np.flatnonzero(values == least)[: most - above.size]
    return np.union1d(above, ties)


def best_of_each(group: npt.NDArray[np.integer], value: Floats, most: int) -> Ints:
    """Return the places of the largest values of each group, at most so many of each."""
    order = np.lexsort((-value, group))
    group = group[order]
    first = np.flatnonzero(np.diff(group, prepend=-1))
    length = np.diff(np.append(first, group.size))
    rank = np.arange(group.size) - np.repeat(first, length)
    best: Ints = order[rank < most]
    return best


def asked(formulation: Formulation) -> Ints:
    """Return the pairs of hard minimums, without which a restricted program has no solution."""
    parts = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        if block.variables is None:
            rows = np.flatnonzero(block.lower > 0)
            # Where every candidate has to be placed, each has its best columns anyway.
            if int(np.diff(block.usage.indptr)[rows].sum()) <= MOST_ASKED:
                parts.append(block.usage[rows].indices.astype(np.int64))
    return np.unique(np.concatenate(parts))


def _groups(formulation: Formulation) -> list[npt.NDArray[np.signedinteger]]:
    """Return the rows of each pair in the two largest blocks declared to hold each pair once.

    Rows are counted from 1.
    """
    blocks = [b for b in formulation.blocks if b.each_pair_once and b.variables is None]
    blocks.sort(key=lambda block: -len(block))
    return [block.by_pair.row for block in blocks[:2] if block.by_pair.row is not None]


class OwnColumns:
    """Chooses the own variables that go with a core of pairs."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        always, self._parts = [], []
        for number, block in enumerate(formulation.blocks):
            if block.variables is None or block.variable_usage is None:
                continue
            first, last = formulation.offsets[number : number + 2]
            holders = block.holders
            if holders is None or holders.row.min(initial=0) < 0 or last - first < FEW_OWN:
                always.append(np.arange(first, last))
            else:
                self._parts.append((block, first, holders.row))
        self._always = np.concatenate([np.zeros(0, np.int64), *always])

    def of(self, core: Ints, reduced: Floats | None, loss: float = 0.0) -> Ints:
        """Return own variables, ascending: the best of each equation that the core touches.

        Those that lose less than `loss` come too.
        """
        result = [self._always]
        for block, first, equation in self._parts:
            touched = np.zeros(len(block), dtype=np.bool_)
            _, row, _ = block.by_pair.of_pairs(core)
            touched[row] = True
            at = np.flatnonzero(touched[equation])
            if reduced is not None:
                value = reduced[first + at]
                best = best_of_each(equation[at], value, BEST_OF_EQUATION)
                at = np.union1d(at[best], at[value > -loss])
            result.append(first + np.sort(at))
        return np.concatenate(result)
