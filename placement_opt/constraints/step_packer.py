"""Hands out places of steps before a job, pair by pair."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints


class StepPacker:
    """Gives each pair the steps that it needs: those kept first, then those with most room.

    Parameters
    ----------
    asks
        (pair, need) aligned, and (variable, need) aligned for what steps ask; see `StepNeeds`.
    options
        (need, variable) aligned.
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
        asks: tuple[tuple[Ints, Ints], tuple[Ints, Ints]],
        options: tuple[Ints, Ints],
        usage: tuple[sparse.csr_array, sparse.csr_array],
        most: Ints,
        n_places: int,
        kept: Ints | None,
    ) -> None:
        self._needs, self._asks = (listed(*one) for one in asks)
        self._options = listed(*options)
        self._takes, self._of_pair = (taking(one) for one in usage)
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
        if all(self._meet(need, taken) for need in self._needs.get(pair, ())):
            return True
        self._undo(taken, 0)
        self._take(own, -1)
        return False

    def _meet(self, need: int, taken: list[int]) -> bool:
        """Take a step that meets a need, and what it needs; False where none has room."""
        options = self._options[need]
        if any(self._own[option] for option in options):
            return True
        fitting = [option for option in options if self._fits(self._takes.get(option, ()))]
        fitting.sort(key=lambda one: (self._is_kept[one], self._room(one)), reverse=True)
        n_before = len(taken)
        for option in fitting:
            self._set(option, 1)
            taken.append(option)
            if all(self._meet(before, taken) for before in self._asks.get(option, ())):
                return True
            self._undo(taken, n_before)
        return False

    def _undo(self, taken: list[int], n_kept: int) -> None:
        """Give back what was taken beyond the first few."""
        for option in taken[n_kept:]:
            self._set(option, 0)
        del taken[n_kept:]

    def _room(self, option: int) -> int:
        """Return how many places the step has left, where it has the fewest."""
        return min(self._left[row] for row, _ in self._takes[option] if row < self._n_places)

    def _fits(self, taking: "Taking") -> bool:
        return all(self._left[row] >= amount for row, amount in taking)

    def _set(self, option: int, value: int) -> None:
        self._own[option] = value
        self._take(self._takes.get(option, ()), 1 if value else -1)

    def _take(self, taking: "Taking", times: int) -> None:
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


Taking = list[tuple[int, int]] | tuple[()]
"""(row, amount) of what is taken."""


def listed(of: Ints, values: Ints) -> dict[int, list[int]]:
    """Return the values that belong to each number, in their order."""
    found: dict[int, list[int]] = {}
    for one, value in zip(of.tolist(), values.tolist(), strict=True):
        found.setdefault(one, []).append(value)
    return found


def taking(usage: sparse.csr_array) -> dict[int, list[tuple[int, int]]]:
    """Return what each column takes of the rows: (row, amount)."""
    entries, found = usage.tocoo(), dict[int, list[tuple[int, int]]]()
    for row, column, amount in zip(
        entries.row.tolist(), entries.col.tolist(), entries.data.tolist(), strict=True
    ):
        found.setdefault(column, []).append((row, amount))
    return found
