"""Sets of names as bits in words, so that many sets are compared at once."""

from collections.abc import Iterable, Sequence

import numpy as np

from placement_opt.basics.arrays import Bools, Words


def membership(sets: Sequence[Iterable[str]], names: Sequence[str]) -> Words:
    """Pack which of the names each set holds, shape (sets, words); other names are left out."""
    column = {name: place for place, name in enumerate(names)}
    marks = np.zeros((len(sets), len(names)), dtype=np.bool_)
    for row, members in enumerate(sets):
        for name in members:
            if name in column:
                marks[row, column[name]] = True
    return packed(marks)


def packed(marks: Bools) -> Words:
    """Pack a (n, k) bool matrix into (n, ceil(k / 64)) words."""
    n_words = max(1, -(-marks.shape[1] // 64))
    padded = np.zeros((marks.shape[0], n_words * 64), dtype=np.bool_)
    padded[:, : marks.shape[1]] = marks
    words = np.packbits(padded, axis=1, bitorder="little").view(np.uint64)
    words.setflags(write=False)
    return words


def covers(available: Words, asked: Words) -> Bools:
    """Tell where every asked bit is available; both (..., W), broadcast over the leading axes."""
    shape = np.broadcast_shapes(available.shape[:-1], asked.shape[:-1])
    result = np.ones(shape, dtype=np.bool_)
    # Word by word keeps the temporaries at the size of one mask.
    for word in range(available.shape[-1]):
        result &= (asked[..., word] & ~available[..., word]) == 0
    return result
