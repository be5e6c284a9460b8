"""Which columns a restricted linear program begins with, and which enter later."""

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.formulation.formulation import Formulation

FIRST_PAIRS, FIRST_PER_CANDIDATE = 40_000, 2.7
"""A program begins with at least so many promising pairs, or so many per candidate, in addition to
the best of each candidate and opening."""

BEST_OF_CANDIDATE, BEST_OF_OPENING = 3, 8
BEST_OF_EQUATION = 8
ENTERING_OF_CANDIDATE = 8
MOST_ENTERING, ENTERING_PER_CANDIDATE = 20_000, 1.3
FEW_ENTERING = 500
"""Up to so many pairs enter together, however many of them are of one candidate."""

BLOCK = 1 << 22
"""The largest of more values than this are found block by block."""

SMALL_GAIN = 1e-6
"""Columns whose reduced gain is a smaller share of the largest gain stay out."""

IN_USE = 1e-7
"""Columns with a larger value are in use."""

MOST_ASKED = 5_000
"""Blocks with more pairs in their minimums leave those pairs to the usual choice."""

FEW_OWN = 2_000
"""Blocks with fewer own variables bring all of them."""


class PairColumns:
    """Chooses pairs of a problem by their reduced gains."""

    def __init__(self, formulation: Formulation) -> None:
        self.asked = asked(formulation)
        self._groups = groups = _groups(formulation)
        n_candidates = int(groups[0].max(initial=0)) if groups else 0
        self._first = max(FIRST_PAIRS, int(FIRST_PER_CANDIDATE * n_candidates))
        self._most_entering = max(MOST_ENTERING, int(ENTERING_PER_CANDIDATE * n_candidates))

    def promising(self, reduced: Floats, share: float = 1.0) -> Ints:
        """Return the pairs with the largest gains, and the best of each candidate and opening.

        `reduced` are the reduced gains of the pairs, shape (E,). A sample of the candidates gets
        its `share` of the number of pairs that the whole would get.
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
        # For tens of millions, a copy or an array of places would take much memory.
        firsts = range(0, values.size, size)
        best = [first + largest(values[first : first + size], most) for first in firsts]
        places = np.concatenate(best)
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
    pairs = [np.zeros(0, dtype=np.int64)]
    for block in formulation.blocks:
        if block.variables is None:
            rows = np.flatnonzero(block.lower > 0)
            # Where every candidate must be placed, their best columns are chosen anyway.
            if int(np.diff(block.usage.indptr)[rows].sum()) <= MOST_ASKED:
                pairs.append(block.usage[rows].indices.astype(np.int64))
    return np.unique(np.concatenate(pairs))


def _groups(formulation: Formulation) -> list[npt.NDArray[np.signedinteger]]:
    """Return a row of each pair, counted from 1, in the two largest blocks that most pairs are in.

    Mostly these are its candidate and its opening; of the periods in which it runs, the last.
    """
    blocks = [b for b in formulation.blocks if b.variables is None]
    rows = [b.by_pair.row for b in sorted(blocks, key=lambda block: -len(block))]
    return [row for row in rows if row is not None][:2]


class OwnColumns:
    """Chooses the own variables that go with a core of pairs."""

    def __init__(self, formulation: Formulation) -> None:
        self._formulation = formulation
        always, self._blocks = [], []
        for number, block in enumerate(formulation.blocks):
            if block.variables is None or block.variable_usage is None:
                continue
            first, last = formulation.offsets[number : number + 2]
            holders = block.holders
            if holders is None or holders.row.min(initial=0) < 0 or last - first < FEW_OWN:
                always.append(np.arange(first, last))
            else:
                self._blocks.append((block, first, holders.row))
        self._always = np.concatenate([np.zeros(0, np.int64), *always])

    def of(self, core: Ints, reduced: Floats | None, loss: float = 0.0) -> Ints:
        """Return own variables, ascending: the best of each equation that has a pair of the core.

        Those that lose less than `loss` are added.
        """
        result = [self._always]
        for block, first, equation in self._blocks:
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
