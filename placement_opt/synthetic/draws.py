"""Random integers that are the same on any machine, from one seed and a name per stream.

numpy promises the bit stream of a bit generator for ever, but not the numbers that its
distributions make of it; and a logarithm may differ in its last digit between machines. So only
raw bits are drawn here, and everything after that is integer arithmetic.
"""

import zlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Ints

_WORD = np.uint64(32)
_PER_MILLE = 1_000


class Draws:
    """A stream of random integers.

    Parameters
    ----------
    seed
        Seed >= 0, shared by all streams of a region.
    stream
        Name of the stream; streams do not disturb one another.
    """

    def __init__(self, seed: int, stream: str) -> None:
        key = zlib.crc32(stream.encode("ascii"))
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(key,)))

    def integers(self, low: int, high: int, n: int) -> Ints:
        """Draw n integers from `low` to `high`, both included, all equally likely."""
        # The upper 32 bits times the width never leave 64 bits, so nothing is rounded.
        raw: npt.NDArray[np.uint64] = self._bits.random_raw(n)
        drawn = ((raw >> _WORD) * np.uint64(high - low + 1)) >> _WORD
        return drawn.astype(np.int64) + low

    def choice(self, weights: Sequence[int], n: int) -> Ints:
        """Draw n positions in `weights`, each as likely as its weight."""
        upto = np.cumsum(np.asarray(weights, dtype=np.int64))
        drawn = self.integers(0, int(upto[-1]) - 1, n)
        return np.searchsorted(upto, drawn, side="right").astype(np.int64)

    def chance(self, per_mille: int, n: int) -> Bools:
        """Draw n times whether something happens that happens `per_mille` times in a thousand."""
        return self.integers(0, _PER_MILLE - 1, n) < per_mille

    def bell(self, spread: int, n: int) -> Ints:
        """Draw n integers around 0, bell-shaped, from ``-3 * spread`` to ``3 * spread``."""
        drawn = self.integers(-spread, spread, 3 * n)
        return drawn[:n] + drawn[n : 2 * n] + drawn[2 * n :]

    def shuffled(self, values: Ints) -> Ints:
        """Return the values in random order."""
        return values[np.argsort(self.integers(0, 2**32 - 2, len(values)), kind="stable")]


def apportioned(weights: Sequence[int], n: int) -> Ints:
    """Share n things out by weight (largest remainders), at least one each where n allows.

    Returns
    -------
    ndarray of int64, shape (n,)
        The position in `weights` that each thing goes to, ascending.
    """
    weight = np.asarray(weights, dtype=np.int64)
    whole, rest = np.divmod(n * weight, weight.sum())
    largest_first = np.argsort(-rest, kind="stable")
    whole[largest_first[: n - int(whole.sum())]] += 1
    if n >= len(weight):
        for empty in np.flatnonzero(whole == 0):
            whole[np.argmax(whole)] -= 1
            whole[empty] = 1
    return np.repeat(np.arange(len(weight), dtype=np.int64), whole)
