"""What records of eligible pairs leave out, told once for each record and field."""

import numpy as np

from placement_opt.basics.arrays import Bools, Indices
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.pairs.table import PairTable


class Missing:
    """Collects what records leave out, each record and field once, in the order of ids."""

    def __init__(self, pairs: PairTable, asked_by: str) -> None:
        self._pairs = pairs
        self._expected = f"must be given, since {asked_by} needs it"
        self._problems: list[Problem] = []

    def candidates(self, field: str, lacking: Bools, needed: Bools, hint: str) -> None:
        """Note the candidates that lack a field, shape (C,), and have a pair that needs it."""
        ids = self._pairs.instance.candidate_ids
        self._note("candidate", ids, _members(self._pairs.candidate, lacking, needed), field, hint)

    def openings(self, field: str, lacking: Bools, needed: Bools, hint: str) -> None:
        """Note the openings that lack a field, shape (O,), and have a pair that needs it."""
        ids = self._pairs.instance.opening_ids
        self._note("opening", ids, _members(self._pairs.opening, lacking, needed), field, hint)

    def _note(
        self, subject: str, ids: tuple[str, ...], members: Indices, field: str, hint: str
    ) -> None:
        self._problems += [
            Problem(subject, ids[member], field, None, self._expected, hint)
            for member in members.tolist()
        ]

    def refuse(self) -> None:
        """Raise all that was noted, if anything was."""
        if self._problems:
            raise InvalidInputError(self._problems)


def _members(side: Indices, lacking: Bools, needed: Bools) -> Indices:
    if not lacking.any():
        return np.zeros(0, dtype=np.int32)
    return np.unique(side[needed & lacking[side]])
