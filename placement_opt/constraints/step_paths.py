"""Paths of steps to a job, and the one that lacks least, by trying them out."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

NeedT = TypeVar("NeedT")
StepT = TypeVar("StepT")

MOST_TRIES = 4_000
"""So many beginnings of paths are looked at for one job, a few hundredths of a second. It is more
than there are where two skills are lacking, and each has some sixty steps and starts."""


class Paths(ABC, Generic[NeedT, StepT]):
    """Sets of steps that meet all needs, those of the steps too."""

    @abstractmethod
    def is_met(self, need: NeedT, taken: tuple[StepT, ...]) -> bool:
        """Tell whether steps that are taken meet a need."""

    @abstractmethod
    def options(self, need: NeedT) -> Iterable[StepT]:
        """Return the steps each of which meets a need."""

    @abstractmethod
    def asked(self, step: StepT, need: NeedT) -> Sequence[NeedT]:
        """Return what a step needs that is taken to meet a need."""

    @abstractmethod
    def lack(self, taken: tuple[StepT, ...]) -> Any:
        """Return what steps lack together, to be compared; never less with one step more."""

    def best(self, needs: Sequence[NeedT]) -> tuple[tuple[StepT, ...] | None, bool]:
        """Return the path that lacks least, and whether it is proven that none lacks less.

        None where no path was found.
        """
        self._n_left = MOST_TRIES
        self._found = list[tuple[Any, tuple[StepT, ...]]]()
        self._search(tuple(needs), (), self.lack(()))
        return self._found[-1][1] if self._found else None, self._n_left > 0

    def _search(self, needs: tuple[NeedT, ...], taken: tuple[StepT, ...], lack: Any) -> None:
        """Meet the first need in each possible way; what the step needs comes next."""
        first = next((at for at, one in enumerate(needs) if not self.is_met(one, taken)), None)
        if first is None:
            self._found.append((lack, taken))  # each lacks less than the one before
            return
        tried = []
        for option in self.options(needs[first]):
            self._n_left = max(0, self._n_left - 1)
            tried.append((self.lack((*taken, option)), option))
        for lack_then, option in sorted(tried, key=lambda one: one[0]):
            if not self._n_left or (self._found and lack_then >= self._found[-1][0]):
                return
            asked = self.asked(option, needs[first])
            self._search((*asked, *needs[first + 1 :]), (*taken, option), lack_then)
