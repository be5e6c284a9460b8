"""Hands out the hours of coaches in each period, person by person."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.coaching_packer import MOST_MOVES
from placement_opt.constraints.coaching_places import Places

if TYPE_CHECKING:
    from placement_opt.constraints.coaching_classes import HandOut


class _Asks(dict[int, tuple[tuple[int, int], ...]]):
    """The (row, amount) that one person of a variable takes, read once for those asked about.

    There may be a million variables, of which a plan needs a few thousand.
    """

    def __init__(self, columns: sparse.csc_array) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, own: int) -> tuple[tuple[int, int], ...]:
        at = slice(*self._columns.indptr[own : own + 2])
        rows, amounts = self._columns.indices[at].tolist(), self._columns.data[at].tolist()
        self[own] = found = tuple(zip(rows, amounts, strict=True))
        return found


class BestFitInTime(Places):
    """Gives each coached pair, as it comes, the coach with most left in its periods.

    Where no coach has room, one person moves to another coach.

    Parameters
    ----------
    hand_out
        The classes and own variables.
    asks
        What one person of each variable takes of each row, CSR of shape (R, V).
    most
        The limit of each row, shape (R,).
    kept, liked
        See `Places`.
    """

    def __init__(
        self,
        hand_out: "HandOut",
        asks: sparse.csr_array,
        most: Ints,
        kept: Ints | None,
        liked: npt.NDArray[np.integer],
    ) -> None:
        classes, of_class, coach = hand_out.classes, hand_out.of_class, hand_out.coach
        columns = asks.tocsc()
        columns.sort_indices()
        size = np.zeros(len(classes.key), dtype=np.int64)
        np.maximum.at(size, of_class, np.asarray(columns.sum(axis=0)).ravel())
        n_coaches = int(coach.max(initial=-1)) + 1
        super().__init__(
            classes.pair, classes.of_pair, size, of_class, coach, n_coaches, kept, liked
        )
        self._asks = _Asks(columns)
        self._share: list[float] = [1 / max(1, limit) for limit in most.tolist()]
        self._left: list[int] = (most - asks @ self._kept).tolist()
        self._moves = MOST_MOVES
        # Classes for which no coach has room, until somebody moves: there may be millions of pairs.
        self._full: set[int] = set()

    @override
    def _found(self, number: int) -> int | None:
        if number in self._full:
            return None
        own = self._with_most_left(number)
        if own is None:
            own = self._made_room(number)
        if own is None:
            self._full.add(number)
        return own

    @override
    def _fits(self, own: int) -> bool:
        left = self._left
        return all(left[row] >= amount for row, amount in self._asks[own])

    @override
    def _take(self, own: int, people: int) -> None:
        for row, amount in self._asks[own]:
            self._left[row] -= people * amount
        super()._take(own, people)

    def _with_most_left(self, number: int, but: int = -1) -> int | None:
        """Return the variable of the coach with most left of the scarcest row; None without room.

        What is left counts by its share of the limit, after one of the class is taken.
        """
        best, most = None, -1.0
        for own in self._of_class[number]:
            if self._coach[own] == but or not self._fits(own):
                continue
            left = min(
                (self._left[row] - amount) * self._share[row] for row, amount in self._asks[own]
            )
            if left > most:
                best, most = own, left
        return best

    def _made_room(self, number: int) -> int | None:
        """Move one person to another coach so that one of a class finds room; None without."""
        for own in self._of_class[number]:
            coach = self._coach[own]
            short = [
                (row, amount - self._left[row])
                for row, amount in self._asks[own]
                if amount > self._left[row]
            ]
            for here in list(self._at_coach[coach]):
                self._moves -= 1
                if self._moves < 0:
                    return None
                gives = dict(self._asks[here])
                if any(gives.get(row, 0) < lack for row, lack in short):
                    continue
                there = self._with_most_left(self._class[here], but=coach)
                if there is not None:
                    self._take(here, -1)
                    self._take(there, 1)
                    self._full.clear()
                    return own
        return None
