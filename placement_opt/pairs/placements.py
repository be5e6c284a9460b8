"""Rows of the pairs as placements: ids, what the user gave, and the way in which a pair is had."""

from collections.abc import Iterator, Mapping

import numpy as np
from typing_extensions import override

from placement_opt.instance.placement import Placement
from placement_opt.pairs.listed import given_of
from placement_opt.pairs.table import PairTable


def placement_of(pairs: PairTable, row: int, coach_id: str | None = None) -> Placement:
    """Return the placement that a row of the pairs stands for."""
    instance = pairs.instance
    return Placement(
        instance.candidate_ids[pairs.candidate[row]],
        instance.opening_ids[pairs.opening[row]],
        coach_id,
        given_of(pairs, row),
        pairs.variant_of(row),
    )


class PairsByIds(Mapping[tuple[str, str], Placement]):
    """Every eligible pair by its two ids, as a placement in the first of its ways."""

    def __init__(self, pairs: PairTable) -> None:
        self._pairs = pairs

    @override
    def __getitem__(self, ids: tuple[str, str]) -> Placement:
        instance = self._pairs.instance
        if ids[0] in instance.candidate_of and ids[1] in instance.opening_of:
            pair = instance.candidate_idx(ids[0]), instance.opening_idx(ids[1])
            for row in self._pairs.ways(*pair):
                return placement_of(self._pairs, row)
        raise KeyError(ids)

    @override
    def __iter__(self) -> Iterator[tuple[str, str]]:
        pairs, instance = self._pairs, self._pairs.instance
        for row in np.flatnonzero(pairs.is_first_way).tolist():
            yield (
                instance.candidate_ids[pairs.candidate[row]],
                instance.opening_ids[pairs.opening[row]],
            )

    @override
    def __len__(self) -> int:
        return self._pairs.n_distinct
