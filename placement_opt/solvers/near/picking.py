"""Picks those of many small exchanges that together use up the scarce rows, by a tabu search."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.solvers.search import schedule

PENALTY = 2.0
"""How much a unit beyond the limit of a row weighs, in units of its price."""

TENURES = (3, 15)
"""After a change an exchange is not changed again for a random number of steps in this range."""

TRIED_TOGETHER = 12
"""So many of the best single changes are tried together with every other change."""

NOTED = 200
"""So many of the choices of less cost than the best are checked: most break a row."""

KICKED = 4
"""So many exchanges are changed at random after many steps without success."""


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Changes of a plan that keep all rows except the wide ones.

    Parameters
    ----------
    changes
        What each adds to the values of the plan, shape (columns, exchanges).
    usage
        What each uses of the wide rows, times their prices, shape (exchanges, wide rows).
    loss
        What each loses at the prices, shape (exchanges,).
    clash
        Which two cannot be made together, shape (exchanges, exchanges).
    """

    changes: sparse.csc_array
    usage: Floats
    loss: Floats
    clash: Bools


def picked_exchanges(
    exchanges: Exchanges,
    room: Floats,
    random: np.random.Generator,
    stop: Callable[[], bool] = lambda: False,
) -> Bools | None:
    """Pick exchanges that use up the room in the wide rows at the least loss.

    Parameters
    ----------
    exchanges
        To pick from.
    room
        The room in each wide row, times its price, shape (wide rows,); negative where the row is
        broken.
    random
        Source of random numbers.
    stop
        Asked before each step.

    Returns
    -------
    boolean array or None
        Those picked, shape (exchanges,); None where no choice was found that keeps all rows.
    """
    search = _Tabu(exchanges, room, random)
    since = 0
    while since < schedule.TABU_PATIENCE and not stop():
        since = 0 if search.step() else since + 1
        if since and since % schedule.TABU_KICK_PATIENCE == 0:
            search.kick()
    return search.best


class _Tabu:
    """Makes or takes back the best two exchanges at a time, also where the cost rises.

    What a step reads is updated after each change, since to gather it anew would take longer.
    """

    def __init__(self, exchanges: Exchanges, room: Floats, random: np.random.Generator) -> None:
        size = exchanges.loss.size
        self._clash = exchanges.clash
        self._random = random
        self._made = np.zeros(size, dtype=np.bool_)
        # What a change of each would use and lose. The signs turn once it is made.
        self._uses, self._losses = exchanges.usage.copy(), exchanges.loss.copy()
        self._use = self._uses.sum(axis=1)
        self._room, self._lost = room.copy(), 0.0
        self._clashing = np.zeros(size, dtype=np.int64)
        self._held_until = np.zeros(size, dtype=np.int64)
        self._number = 0
        self._least = np.inf
        self._slack = 1e-5 * float(np.abs(exchanges.usage).max(initial=1.0))
        self.best: Bools | None = None

    def step(self) -> bool:
        """Change one or two exchanges; True when that led to the best choice so far."""
        self._number += 1
        new = ~self._made
        held = (self._held_until > self._number) | (new & (self._clashing > 0))
        losses = np.where(held, np.inf, self._losses)
        alone = self._weighed(self._room[None])[0] + losses
        first = np.argpartition(alone, min(TRIED_TOGETHER, alone.size) - 1)[:TRIED_TOGETHER]
        first = first[np.isfinite(alone[first])]
        if first.size == 0:
            return False
        after = self._room - self._uses[first]
        cost = self._weighed(after) + losses[first][:, None] + losses
        cost[self._clash[first] & new & new[first][:, None]] = np.inf
        # An exchange cannot be changed twice: its place in its own row holds the cost of it alone.
        cost[np.arange(first.size), first] = alone[first]
        is_better = self._note(after, cost, first)
        one, other = divmod(int(np.argmin(cost)), cost.shape[1])
        for exchange in {int(first[one]), other}:
            self._change(exchange)
            self._held_until[exchange] = self._number + int(self._random.integers(*TENURES))
        return is_better

    def kick(self) -> None:
        """Go back to the best choice, and change a few exchanges of it at random."""
        if self.best is not None:
            for exchange in np.flatnonzero(self._made != self.best).tolist():
                self._change(exchange)
        for exchange in self._random.permutation(self._made.size)[:KICKED].tolist():
            if self._made[exchange] or not self._clashing[exchange]:
                self._change(exchange)

    def _change(self, exchange: int) -> None:
        """Make an exchange, or take it back."""
        self._room -= self._uses[exchange]
        self._lost += float(self._losses[exchange])
        self._clashing += np.where(self._made[exchange], -1, 1) * self._clash[exchange]
        self._made[exchange] ^= True
        for kept in (self._uses, self._use, self._losses):
            kept[exchange] *= -1.0

    def _weighed(self, room: Floats) -> Floats:
        """Return the cost of the room that is left after a change, shape (rooms, exchanges).

        Room r of a row costs ``max(r, -PENALTY * r)``. It is computed from magnitudes, whose sums
        `cdist` finds quickly.
        """
        # Slow to import, and a network never needs it.
        from scipy.spatial.distance import cdist

        left = room.sum(axis=1)[:, None] - self._use
        apart = cdist(room, self._uses, "cityblock")
        weighed: Floats = (PENALTY + 1) / 2 * apart - (PENALTY - 1) / 2 * left
        return weighed

    def _note(self, after: Floats, cost: Floats, first: Ints) -> bool:
        """Keep the best of these choices that keeps every row, if it is the best so far."""
        cost = cost.ravel()
        nearest = np.flatnonzero(cost < self._least - self._slack - self._lost)
        if nearest.size > NOTED:
            nearest = nearest[np.argpartition(cost[nearest], NOTED)[:NOTED]]
        one, other = np.divmod(nearest, self._made.size)
        is_alone = first[one] == other
        room = after[one] - np.where(is_alone[:, None], 0.0, self._uses[other])
        keeps = np.flatnonzero(room.min(axis=1, initial=np.inf) >= -self._slack)
        if not keeps.size:
            return False
        best = keeps[int(np.argmin(cost[nearest[keeps]]))]
        self._least = float(cost[nearest[best]]) + self._lost
        self.best = self._made.copy()
        self.best[np.unique([first[one[best]], other[best]])] ^= True
        return True
