"""Which columns a restricted linear program begins with, and which come in."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
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
    """Return the rows of each pair in the two blocks with most rows that hold every pair once.

    Rows are counted from 1.
    """
    found = []
    for block in formulation.blocks:
        if block.variables is None and block.usage.nnz == formulation.n_pairs:
            of_pair = block.by_pair.row
            if of_pair is not None and of_pair.min(initial=1) > 0:
                found.append((len(block), of_pair))
    found.sort(key=lambda entry: -entry[0])
    return [of_pair for _, of_pair in found[:2]]


class OwnColumns:
    """Chooses the own variables that go with a core of pairs."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        always, self._parts = [], []
        for number, block in enumerate(formulation.blocks):
            if block.variables is None or block.variable_usage is None:
                continue
            first, last = formulation.offsets[number : number + 2]
            equation = _equation_of(block.variable_usage, block.lower == block.upper)
            if equation is None or last - first < FEW_OWN:
                always.append(np.arange(first, last))
            else:
                self._parts.append((block, first, equation))
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


def _equation_of(usage: sparse.csr_array, is_equation: Bools) -> Ints | None:
    """Return the one equation of each own variable; None where some stand in none or several."""
    entries = usage.tocoo()
    at = is_equation[entries.row]
    row, column = entries.row[at], entries.col[at]
    if column.size != usage.shape[1] or np.unique(column).size != column.size:
        return None
    equation = np.zeros(column.size, dtype=np.int64)
    equation[column] = row
    return equation
