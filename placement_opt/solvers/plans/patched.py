"""Whole numbers of which a few differ from those of an array that many share."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from placement_opt.basics.arrays import Ints

MOST_PATCHES = 1_000
"""With more, the numbers are written out again: that costs less than carrying them along."""


class Patched:
    """An array that is never changed, and the places where a number is another one.

    A plan to try moves on has sums of thousands of rows, of which a move changes ten.

    Parameters
    ----------
    base
        The array.
    patches
        The other numbers, by place.

    Examples
    --------
    >>> import numpy as np
    >>> now = Patched(np.array([1, 2, 3]))
    >>> then = now.with_more({1: 5})
    >>> now[1], then[1], then.array().tolist()
    (2, 5, [1, 5, 3])
    """

    def __init__(self, base: Ints, patches: Mapping[int, int] = MappingProxyType({})) -> None:
        self._base = base
        self._patches = patches

    def __getitem__(self, place: int) -> int:
        known = self._patches.get(place)
        return int(self._base[place]) if known is None else known

    def take(self, places: Ints) -> Ints:
        """Return the numbers at some places."""
        numbers: Ints = self._base[places]
        if self._patches:
            known = np.array(sorted(self._patches), dtype=np.int64)
            at = np.minimum(np.searchsorted(known, places), known.size - 1)
            is_patched = known[at] == places
            patches = np.array([self._patches[one] for one in known.tolist()], dtype=np.int64)
            numbers[is_patched] = patches[at[is_patched]]
        return numbers

    def with_more(self, more: Mapping[int, int]) -> "Patched":
        """Return the numbers with some others."""
        if not more:
            return self
        every = Patched(self._base, {**self._patches, **more})
        return every if len(every._patches) <= MOST_PATCHES else Patched(every.array())

    def array(self) -> Ints:
        """Return all numbers as an array; not to be changed."""
        if not self._patches:
            return self._base
        numbers = self._base.copy()
        numbers[[*self._patches]] = [*self._patches.values()]
        return numbers
