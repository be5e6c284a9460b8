"""The capacity of a block, as seen from a block that was made from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.capacity import Capacity, Columns, Lacking, Lumped, Packer, Pools

if TYPE_CHECKING:
    from placement_opt.formulation.row_blocks import RowBlock

NO_LIMIT = 1 << 62
"""A limit of a row that is as large as this stands for none."""


def capacity_of_part(
    capacity: Capacity | None, pairs: Ints | None, rows: Ints | None
) -> Capacity | None:
    """Return a block's capacity for some of its pairs and rows, ascending; None stands for all."""
    if capacity is None or (pairs is None and rows is None):
        return capacity
    return _OfPart(capacity, pairs, rows)


def capacity_of_divided(capacity: Capacity | None, divisor: Ints) -> Capacity | None:
    """Return a block's capacity for the same rows, each divided by an integer, shape (R,)."""
    return None if capacity is None else _OfDivided(capacity, divisor)


class _OfPart(Capacity):
    """Capacity with the pairs and rows of a smaller block.

    Where rows are missing there are no pools, since their sets follow from the duals of all rows.
    """

    def __init__(
        self, whole: Capacity, pairs: Ints | None = None, rows: Ints | None = None
    ) -> None:
        self._whole, self._pairs, self._rows = whole, pairs, rows

    def _of_whole(self, pairs: npt.NDArray[np.integer]) -> Ints:
        return pairs.astype(np.int64) if self._pairs is None else self._pairs[pairs]

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self._placed(self._whole.room(self._of_whole(pairs), self._of_whole(chosen), own))

    @override
    def room_in(self, chosen: Ints, own: Ints) -> Callable[[Ints], Lacking]:
        room = self._whole.room_in(self._of_whole(chosen), own)
        return lambda pairs: self._placed(room(self._of_whole(pairs)))

    def _placed(self, lacking: Lacking) -> Lacking:
        at, row = lacking
        if self._rows is None:
            return at, row
        place = np.searchsorted(self._rows, row)
        is_there = np.append(self._rows, -1)[place] == row
        return at[is_there], place[is_there]

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self._whole.lift(self._of_whole(chosen), own, liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools] | None:
        return self._whole.settle(self._of_whole(chosen), columns)

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer | None:
        packer = self._whole.packer(kept, self._of_whole(liked))
        if packer is None or self._pairs is None:
            return packer
        return _PackerOfPart(packer, self._pairs)

    @override
    def pools(self) -> Pools | None:
        pools = None if self._rows is not None else self._whole.pools()
        return pools if pools is None or self._pairs is None else pools.within(self._pairs)


@dataclass(frozen=True, eq=False, repr=False)
class _PackerOfPart(ShortRepr):
    """A packer with the pairs of a smaller block."""

    packer: Packer
    pairs: Ints

    @property
    def may_waste(self) -> bool:
        return self.packer.may_waste

    def add(self, pair: int) -> bool:
        return self.packer.add(int(self.pairs[pair]))

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        return self.packer.rank(self.pairs[pairs])

    def own(self) -> Ints:
        return self.packer.own()


class _OfDivided(_OfPart):
    """Capacity of a block whose rows have been divided."""

    def __init__(self, whole: Capacity, divisor: Ints) -> None:
        super().__init__(whole)
        self._divisor = divisor

    @override
    def limited(self, lower: Ints, upper: Ints) -> Capacity | None:
        whole = (
            np.where(np.abs(limit) >= NO_LIMIT, limit, limit * self._divisor)
            for limit in (lower, upper)
        )
        return capacity_of_divided(self._whole.limited(*whole), self._divisor)

    @override
    def pools(self) -> Pools | None:
        pools = super().pools()
        return None if pools is None else _PoolsOfDivided(pools, self._divisor)


@dataclass(frozen=True, eq=False, repr=False)
class _PoolsOfDivided(ShortRepr):
    """Pools that read the duals of divided rows, and divide the rows they return."""

    pools: Pools
    divisor: Ints

    def sets(self, duals: Floats) -> tuple[tuple[int, ...], ...]:
        return self.pools.sets(duals / self.divisor)

    def rows(self, sets: Sequence[Sequence[int]], reserve: float = 0.0) -> "RowBlock":
        return self.pools.rows(sets, reserve).divided()

    def within(self, pairs: npt.NDArray[np.integer]) -> Pools:
        return _PoolsOfDivided(self.pools.within(pairs), self.divisor)

    def lumped(self, block: "RowBlock") -> Lumped:
        return self.pools.lumped(block)

    def merged(self, block: "RowBlock") -> Lumped | None:
        return self.pools.merged(block)
