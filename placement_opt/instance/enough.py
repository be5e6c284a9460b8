"""Who has enough of what another asks for, such as days: set by set, in one table."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.short_text import ShortRepr
from placement_opt.instance.columns import frozen, looked_up, rows_of

SetT = TypeVar("SetT", bound=Hashable)


@dataclass(frozen=True, eq=False, repr=False)
class Enough(ShortRepr):
    """Tells for each pair of a candidate and an opening whether one has enough for the other.

    Parameters
    ----------
    candidate, opening
        The set of each candidate, shape (C,), and of each opening, shape (O,): what it has, or what
        it asks for.
    table
        Whether each set of a candidate fits each set of an opening.
    """

    candidate: Indices
    opening: Indices
    table: Bools

    @classmethod
    def of(
        cls,
        had: Sequence[frozenset[str] | None],
        asked: Sequence[tuple[frozenset[str], int]],
    ) -> Self:
        """Compare sets, each distinct one once: O(sets had * sets asked * names) in floats.

        Parameters
        ----------
        had
            What each candidate has; None for somebody who has everything.
        asked
            What each opening asks for, and how many of those are needed.
        """
        names = rows_of(sorted({name for wanted, _ in asked for name in wanted}))
        own, had_code = _distinct(had)
        wanted, asked_code = _distinct(asked)
        # Counts of names are far below 2^24, where whole numbers in 32-bit floats are exact.
        has = np.array(
            [[held is None or name in held for name in names] for held in own], dtype=np.float32
        )
        asks = np.array([[name in some for name in names] for some, _ in wanted], dtype=np.float32)
        needed = np.array([count for _, count in wanted], dtype=np.float32)
        shape = (len(own), len(names)), (len(wanted), len(names))
        counted = has.reshape(shape[0]) @ asks.reshape(shape[1]).T
        return cls(had_code, asked_code, counted >= needed)

    @classmethod
    def of_openings(
        cls, had: Sequence[frozenset[str]], asked: Sequence[tuple[frozenset[str], int]]
    ) -> Self:
        """Do the same where openings have what candidates ask for."""
        turned = cls.of(had, asked)
        return cls(turned.opening, turned.candidate, turned.table.T.copy())

    def __call__(self, candidate: Indices, opening: Indices) -> Bools:
        """Tell which pairs fit, broadcasting both index arrays."""
        fits: Bools = looked_up(self.table, self.candidate[candidate], self.opening[opening])
        return fits


def _distinct(sets: Sequence[SetT]) -> tuple[list[SetT], Indices]:
    position: dict[SetT, int] = {}
    code = [position.setdefault(one, len(position)) for one in sets]
    return list(position), frozen(code, np.int32)
