"""Which moves and swaps between coaches make room at one of them, looked at all at once."""

import numpy as np
import numpy.typing as npt

from placement_opt.instance import Ints


class Exchange:
    """Finds the best move or swap over all people that coaches have.

    What is unused is scattered: a little at every coach. Swaps gather it where somebody needs it.

    Parameters
    ----------
    hours
        Hours of each class in integers, shape (T,).
    of_class, coach
        Class and coach of each variable ``n[t, k]``, shape (V,).
    n_coaches
        Number of coaches K.
    """

    def __init__(
        self, hours: Ints, of_class: npt.NDArray[np.integer], coach: Ints, n_coaches: int
    ) -> None:
        self._hours = hours[of_class]
        self._class = of_class
        self._coach = coach
        self._own = np.full((hours.size, n_coaches), -1, dtype=np.int32)
        self._own[of_class, coach] = np.arange(coach.size, dtype=np.int32)

    def move(self, used: Ints, short: Ints, free: Ints, heads: Ints) -> tuple[int, int] | None:
        """Return the variables that lose and get somebody, so that one coach has room.

        Parameters
        ----------
        used
            Variables whose people may move, those of the coaches that are to have room.
        short
            Hours that each coach lacks, shape (K,).
        free, heads
            Hours and places that each coach has left, shape (K,).
        """
        used = used[self._hours[used] >= short[self._coach[used]]]
        if not used.size:
            return None
        hours = self._hours[used]
        open_ = np.flatnonzero((heads > 0) & (free >= hours.min()))
        if not open_.size:
            return None
        left = free[open_] - hours[:, None]
        to = self._own[self._class[used]][:, open_]
        fits = (left >= 0) & (to >= 0) & (open_ != self._coach[used][:, None])
        left[~fits] = np.iinfo(np.int64).max
        row, column = divmod(int(left.argmin()), open_.size)
        return (int(used[row]), int(to[row, column])) if fits[row, column] else None

    def swap(
        self, here: Ints, used: Ints, short: int, free: Ints
    ) -> tuple[tuple[int, int], tuple[int, int]] | None:
        """Return two changes, each (loses somebody, gets somebody), that free hours at a coach.

        The swap frees as many of the hours that it lacks as any can, and of those the fewest.

        Parameters
        ----------
        here
            Variables of the coach's people.
        used
            Variables of everybody with a coach.
        short
            Hours that the coach lacks.
        free
            Hours that each coach has left, shape (K,).
        """
        if not here.size:
            return None
        k = self._coach[here[0]]
        used = used[(self._own[self._class[used], k] >= 0) & (self._coach[used] != k)]
        if not used.size:
            return None
        there = self._coach[used]
        to = self._own[self._class[here]][:, there]
        less = self._hours[here][:, None] - self._hours[used]
        fits = (less > 0) & (less <= free[there]) & (to >= 0)
        helps = np.where(fits, np.minimum(less, short), 0)
        most = helps.max()
        if most <= 0:
            return None
        cost = np.where(helps == most, less, np.iinfo(np.int64).max)
        row, column = divmod(int(cost.argmin()), used.size)
        away, back = int(here[row]), int(used[column])
        home = int(self._own[self._class[back], k])
        return (away, int(to[row, column])), (back, home)
