"""What plain readings said of single placements, kept for the next plan of the same pairs."""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

ReadT = TypeVar("ReadT")

PlacementKey = tuple[str, str, str | None, tuple[tuple[str, str | None], ...]]
"""Candidate, opening, variant, and the steps that the person takes before, each with its start:
with the table of pairs they say what a placement is."""


class Readings:
    """Remembers what was read of placements.

    A plan that differs from one judged before in ten placements is then judged by reading ten, and
    by adding up. What is kept is what the plain reading itself said, from the records: two plans
    may share it only where the same candidate, opening, variant and steps mean the same placement,
    which holds for plans of one table of pairs.

    Examples
    --------
    >>> readings = Readings()
    >>> key = ("C-1", "O-1", None, ())
    >>> readings.once("minutes", key, lambda: 12), readings.once("minutes", key, lambda: 99)
    (12, 12)
    """

    def __init__(self) -> None:
        self._known: dict[tuple[Hashable, PlacementKey], object] = {}

    def once(self, what: Hashable, key: PlacementKey, read: Callable[[], ReadT]) -> ReadT:
        """Return what was read of a placement under a name; it is read where nobody has yet."""
        at = (what, key)
        if at not in self._known:
            self._known[at] = read()
        return cast("ReadT", self._known[at])
