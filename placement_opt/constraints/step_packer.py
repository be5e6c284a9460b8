"""Hands out places of steps before a job, pair by pair."""

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Ints


class StepPacker:
    """Gives each pair the steps that it needs: those kept first, then those with most room.

    Parameters
    ----------
    options
        (pair, need) aligned, then (need, variable) aligned; see `StepNeeds`.
    shared
        Row of each variable's step and of its budget, -1 for none, and its cost in cents.
    most
        The limits of those rows.
    kept
        Variables to take before others where they are needed; None for no such wish.
    """

    def __init__(
        self,
        options: tuple[Ints, Ints, Ints, Ints],
        shared: tuple[Ints, Ints, Ints],
        most: Ints,
        kept: Ints | None,
    ) -> None:
        pair, need, of_need, option = options
        self._needs: dict[int, list[int]] = {}
        for one, each in zip(pair.tolist(), need.tolist(), strict=True):
            self._needs.setdefault(one, []).append(each)
        self._options: dict[int, list[int]] = {}
        for one, each in zip(of_need.tolist(), option.tolist(), strict=True):
            self._options.setdefault(one, []).append(each)
        step, budget, cost = shared
        self._step: list[int] = step.tolist()
        self._budget: list[int] = budget.tolist()
        self._cost: list[int] = cost.tolist()
        self._left: list[int] = most.tolist()
        self._own = np.zeros(len(self._step), dtype=np.int64)
        self._is_kept = self._own > 0 if kept is None else kept > 0

    @property
    def may_waste(self) -> bool:
        """Return True: a step may be taken that no job needs."""
        return True

    def add(self, pair: int) -> bool:
        """Take the steps that a pair needs; False where one has no room, or nobody pays it."""
        taken: list[int] = []
        for need in self._needs.get(pair, ()):
            options = self._options[need]
            if any(self._own[option] for option in options):
                continue
            fitting = [option for option in options if self._fits(option)]
            if not fitting:
                for option in taken:
                    self._take(option, -1)
                return False
            best = max(fitting, key=lambda one: (self._is_kept[one], self._left[self._step[one]]))
            self._take(best, 1)
            taken.append(best)
        return True

    def _fits(self, option: int) -> bool:
        budget = self._budget[option]
        is_paid = budget < 0 or self._left[budget] >= self._cost[option]
        return is_paid and self._left[self._step[option]] > 0

    def _take(self, option: int, count: int) -> None:
        self._own[option] += count
        self._left[self._step[option]] -= count
        if self._budget[option] >= 0:
            self._left[self._budget[option]] -= count * self._cost[option]

    def rank(self, pairs: npt.NDArray[np.integer]) -> Ints:
        """Return the order in which to add pairs: those that need more steps first."""
        return np.array(
            [-len(self._needs.get(pair, ())) for pair in pairs.tolist()], dtype=np.int64
        )

    def own(self) -> Ints:
        """Return who takes which step."""
        return self._own
