"""What the rows of coaching offer to solvers, and to the reasons of people who are not placed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.coaching_pools import CoachPools
from placement_opt.constraints.coaching_room import CoachRoom
from placement_opt.formulation.capacity import Capacity, Columns, Lacking, Packer, Pools


class _Named(Protocol):
    def __call__(
        self, chosen: Ints, own: Ints, liked: Columns | None = None
    ) -> Mapping[str, Any]: ...


@dataclass(frozen=True, eq=False)
class CoachCapacity(Capacity):
    """The capacity of coaches; each method of `Capacity` is answered by one of the parameters.

    Parameters
    ----------
    lacking
        Answers `room`: which pairs find no coach with room.
    named
        Answers `lift`: reads the coach of each pair from the own variables.
    settled
        Answers `settle`: finds own variables for given pairs and the coaches they name.
    packed
        Answers `packer`: makes what hands out hours pair by pair, or None.
    pooled
        Answers `pools`: what sets of coaches can take together, or None.
    """

    lacking: CoachRoom
    named: _Named
    settled: Callable[[Ints, Columns], tuple[Ints, Bools]]
    packed: Callable[[Ints | None, npt.NDArray[np.integer]], Packer] | None = None
    pooled: CoachPools | None = None

    @override
    def room(self, pairs: Ints, chosen: Ints, own: Ints) -> Lacking:
        return self.lacking(pairs, chosen, own)

    @override
    def lift(self, chosen: Ints, own: Ints, liked: Columns | None = None) -> Mapping[str, Any]:
        return self.named(chosen, own, liked)

    @override
    def settle(self, chosen: Ints, columns: Columns) -> tuple[Ints, Bools]:
        return self.settled(chosen, columns)

    @override
    def packer(self, kept: Ints | None, liked: npt.NDArray[np.integer]) -> Packer | None:
        return None if self.packed is None else self.packed(kept, liked)

    @override
    def pools(self) -> Pools | None:
        return self.pooled
