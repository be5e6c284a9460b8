"""Hands out places of steps before a job, pair by pair."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints


class StepPacker:
    """Gives each pair the steps that it needs: those kept first, then those with most room.

    Parameters
    ----------
    options
        (pair, need) aligned, then (need, variable) aligned; see `StepNeeds`.
    usage
        What each variable and what each pair takes of shared rows, CSR of shapes (R, V) and (R, E);
        see `StepRooms`.
    most
        The limits of those rows.
    n_places
        How many of them, the first, are places of steps.
    kept
        Variables to take before others where they are needed; None for no such wish.
    """

    def __init__(
        self,
        options: tuple[Ints, Ints, Ints, Ints],
        usage: tuple[sparse.csr_array, sparse.csr_array],
        most: Ints,
        n_places: int,
        kept: Ints | None,
    ) -> None:
        pair, need, of_need, option = options
        self._needs = _listed(pair, need)
        self._options = _listed(of_need, option)
        self._takes, self._of_pair = (_entries(one) for one in usage)
        self._left: list[int] = most.tolist()
        self._n_places = n_places
        self._own = np.zeros(usage[0].shape[1], dtype=np.int64)
        self._is_kept = self._own > 0 if kept is None else kept > 0

    @property
    def may_waste(self) -> bool:
        """Return True: a step may be taken that no job needs."""
        return True

    def add(self, pair: int) -> bool:
        """Take the steps that a pair needs; False where one has no room, or nobody pays it."""
        own = self._of_pair.get(pair, ())
        if not self._fits(own):
            return False
        self._take(own, 1)
        taken: list[int] = []
        for need in self._needs.get(pair, ()):
            options = self._options[need]
            if any(self._own[option] for option in options):
                continue
            fitting = [option for option in options if self._fits(self._takes.get(option, ()))]
            if not fitting:
                for option in taken:
                    self._set(option, 0)
                self._take(own, -1)
                return False
            best = max(fitting, key=lambda one: (self._is_kept[one], self._room(one)))
            self._set(best, 1)
            taken.append(best)
        return True

    def _room(self, option: int) -> int:
        """Return how many places the step has left, where it has the fewest."""
        return min(self._left[row] for row, _ in self._takes[option] if row < self._n_places)

    def _fits(self, taking: "_Taking") -> bool:
        return all(self._left[row] >= amount for row, amount in taking)

    def _set(self, option: int, value: int) -> None:
        self._own[option] = value
        self._take(self._takes.get(option, ()), 1 if value else -1)

    def _take(self, taking: "_Taking", times: int) -> None:
        for row, amount in taking:
            self._left[row] -= times * amount

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return the order in which to add pairs: those that need more steps first."""
        return np.array(
            [-len(self._needs.get(pair, ())) for pair in pairs.tolist()], dtype=np.int64
        )

    def own(self) -> Ints:
        """Return who takes which step."""
        return self._own


_Taking = list[tuple[int, int]] | tuple[()]
"""(row, amount) of what is taken."""


def _listed(of: Ints, values: Ints) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for one, value in zip(of.tolist(), values.tolist(), strict=True):
        found.setdefault(one, []).append(value)
    return found


def _entries(usage: sparse.csr_array) -> dict[int, list[tuple[int, int]]]:
    """Return what each column takes of the rows: (row, amount)."""
    entries, found = usage.tocoo(), dict[int, list[tuple[int, int]]]()
    for row, column, amount in zip(
        entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
    ):
        found.setdefault(column, []).append((row, amount))
    return found
