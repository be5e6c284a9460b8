"""Small exchanges between whole plans, and which of them together use up the scarce rows.

Where a few rows join many pairs (budgets, pools of hours) and all others alone would give whole
values, the relaxation without those few rows is solved for gains with a little noise. Two of its
solutions differ by exchanges that have nothing to do with each other: one leaves, another enters.
Each can be made or left, so that what remains is to pick those that use up the few rows at the
least loss, for which a tabu search over pairs of exchanges is quick.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.near.plans import WIDEST_ROW, NearPlans
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search import schedule

MOST_WIDE = 64
"""Rows of many pairs at most."""

DRAWS, LEAST_DRAWS = 24, 6
"""Solutions with noise for one step, and fewer where they take long."""

NOISE_SHARES = (1e-3, 3e-3, 1e-2)
"""Standard deviations of the noise, as shares of the largest gain; one after the other."""

LEAST_NOISE = 1e-5
FRESH_SHARE = 0.8
"""Share of the times that exchanges are found around values without the wide rows instead of around
the best plan."""

MOST_LOSS = 0.02
"""Exchanges that lose a larger share of the largest gain are left out."""

MOST_EXCHANGES = 400
PICKS = 12
"""Times that some of the same exchanges are picked: each ends elsewhere, and finding exchanges
takes longer than picking some."""

PENALTY = 2.0
"""What a row weighs beyond its limit, in units of its price."""

TENURES = (3, 15)
"""Steps during which an exchange just made or taken back is left as it is: from, to."""

TRIED_TOGETHER = 12
"""Exchanges that are tried together with every other one."""

NOTED = 200
"""Of the choices that would be the best so far, so many are looked at: most break a row."""

KICKED = 4
"""Exchanges that are changed at random after many steps without success."""


@dataclass(frozen=True, eq=False)
class Exchanges:
    """Changes of a whole plan that keep all rows but the wide ones.

    Parameters
    ----------
    changes
        What is added to the plan's values, shape (columns, exchanges).
    usage
        What each uses of the wide rows, in the worth of their prices, shape (exchanges, wide rows).
    loss
        What each loses against the prices, shape (exchanges,).
    clash
        Which cannot be made together, shape (exchanges, exchanges).
    """

    changes: sparse.csc_array
    usage: Floats
    loss: Floats
    clash: Bools


class ExchangeSearch:
    """Improves a whole plan by exchanges, or finds one; each thread has one of its own.

    Parameters
    ----------
    plans
        Holds the best plan.
    seed
        Random seed.
    stop
        Asked between the steps.
    """

    def __init__(self, plans: NearPlans, seed: int, stop: Callable[[], bool]) -> None:
        program, prices = plans.program, plans.near.point.prices
        self._plans = plans
        self._stop = stop
        self._random = np.random.default_rng(seed)
        self._wide = plans.width > WIDEST_ROW
        self._price = prices[self._wide]
        self._wide_rows = plans.rows[np.flatnonzero(self._wide)]
        self._narrow_rows = plans.rows[np.flatnonzero(~self._wide)]
        self._gain = program.gain - plans.by_column.T @ np.where(self._wide, prices, 0.0)
        self._unit = float(np.abs(program.gain[plans.pair]).max(initial=0.0))
        self._without = replace(
            program,
            row_lower=np.where(self._wide, -np.inf, program.row_lower),
            row_upper=np.where(self._wide, np.inf, program.row_upper),
            is_integer=np.zeros(program.gain.size, dtype=np.bool_),
        )
        limited = np.isfinite(program.row_upper) & ~np.isfinite(program.row_lower)
        self.fits = bool(
            0 < int(self._wide.sum()) <= MOST_WIDE
            and np.all(limited[self._wide])
            and np.all(self._price >= 0)
        )
        """Whether there are a few wide rows, and all others alone have given whole values."""
        self._pool: tuple[Floats, Exchanges, Floats] | None = None
        self._picks = 0

    @property
    def has_more(self) -> bool:
        """Whether exchanges are at hand for another step, so that it need not find any."""
        return self._picks > 0

    def step(self) -> bool:
        """Pick some exchanges, found anew now and then; True when the plan became better."""
        if not self._picks:
            self._pool, self._picks = self._drawn_around(), PICKS
        self._picks -= 1
        if self._pool is None:
            self._picks = 0
            return False
        base, exchanges, room = self._pool
        picked = picked_exchanges(exchanges, room, self._random, self._stop)
        if picked is None:
            return False
        return self._plans.take(base + exchanges.changes @ picked.astype(np.float64))

    def _drawn_around(self) -> tuple[Floats, Exchanges, Floats] | None:
        """Return whole values, exchanges around them, and the room that they leave."""
        base = self._plans.values
        if base is None or self._random.random() < FRESH_SHARE:
            base = self._drawn(LEAST_NOISE)
        if base is None:
            return None
        exchanges = self._around(base)
        if exchanges is None:
            return None
        upper = self._plans.program.row_upper[self._wide]
        return base, exchanges, (upper - self._wide_rows @ base) * self._price

    def _drawn(self, share: float) -> Floats | None:
        """Solve without the wide rows, with noise; None where that gives fractions."""
        plans = self._plans
        noise = self._random.normal(0.0, share * self._unit, self._gain.size)
        gain = self._gain + np.where(plans.near.is_pair, noise, 0.0)
        point = solve_lp(
            replace(self._without, gain=gain), schedule.EXCHANGE_LP_S, plans.near.point.basis
        )
        if point is None:
            return None
        values = np.rint(point.values)
        if np.any(np.abs(point.values - values) > NEARLY):
            self.fits = False
            return None
        return values

    def _around(self, base: Floats) -> Exchanges | None:
        """Return exchanges around whole values that keep the narrow rows."""
        found: dict[tuple[int, ...], tuple[Ints, Floats]] = {}
        until = time.perf_counter() + schedule.EXCHANGE_DRAWS_S
        for number in range(DRAWS):
            if number >= LEAST_DRAWS and time.perf_counter() > until:
                break
            other = None if self._stop() else self._drawn(NOISE_SHARES[number % len(NOISE_SHARES)])
            if other is None:
                return None
            for columns in _apart(self._narrow_rows, np.flatnonzero(other != base)):
                found[tuple(columns.tolist())] = columns, (other - base)[columns]
        if not found:
            return None
        every = list(found.values())
        losses = np.array([-float(self._gain[at] @ change) for at, change in every])
        order = np.argsort(losses, kind="stable")[:MOST_EXCHANGES]
        order = order[losses[order] <= MOST_LOSS * self._unit]
        kept = [every[number] for number in order.tolist()]
        if not kept:
            return None
        changes = sparse.csc_array(
            (
                np.concatenate([change for _, change in kept]),
                np.concatenate([columns for columns, _ in kept]),
                np.cumsum([0, *(columns.size for columns, _ in kept)]),
            ),
            shape=(base.size, len(kept)),
        )
        touched = abs(self._narrow_rows) @ abs(changes)
        clash = (touched.T @ touched).toarray() > 0
        np.fill_diagonal(clash, val=False)
        usage = (self._wide_rows @ changes).toarray().T * self._price
        return Exchanges(changes, usage, losses[order], clash)


def _apart(rows: sparse.csr_array, columns: Ints) -> list[Ints]:
    """Group columns that rows join, directly or by others."""
    if columns.size == 0:
        return []
    entries = rows[:, columns].tocoo()
    n_columns, n_rows = columns.size, rows.shape[0]
    joins = sparse.coo_array(
        (np.ones(entries.nnz), (entries.col, n_columns + entries.row)),
        shape=(n_columns + n_rows,) * 2,
    )
    # Slow to import, and a network never needs it.
    from scipy.sparse.csgraph import connected_components

    group = connected_components(joins, directed=False)[1][:n_columns]
    order = np.argsort(group, kind="stable")
    ends = np.flatnonzero(np.diff(group[order])) + 1
    return [columns[part] for part in np.split(order, ends)]


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
        What is left of each wide row, in the worth of its price; less than nothing where it has to
        be freed, shape (wide rows,).
    random
        For who is tried first.
    stop
        Asked before each step.

    Returns
    -------
    boolean array or None
        Those picked, shape (exchanges,); None when no choice keeps all rows.
    """
    search = _Tabu(exchanges, room, random)
    since = 0
    while since < schedule.TABU_PATIENCE and not stop():
        since = 0 if search.step() else since + 1
        if since and since % schedule.TABU_KICK_PATIENCE == 0:
            search.kick()
    return search.best


class _Tabu:
    """Makes or takes back the best two exchanges at a time, also where that is a step back.

    What a step reads is kept up to date: most of its time would go by gathering it.
    """

    def __init__(self, exchanges: Exchanges, room: Floats, random: np.random.Generator) -> None:
        size = exchanges.loss.size
        self._clash = exchanges.clash
        self._random = random
        self._made = np.zeros(size, dtype=np.bool_)
        # What changing each would use and lose: the opposite once it is made.
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
        # Together with itself stands for one alone.
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
        """Return what is left of rows after a change, or goes beyond them, in points.

        With r left of a row that is ``max(r, -PENALTY * r)``, written with magnitudes, since those
        of millions of differences are added up in no time. Shape (rooms, exchanges).
        """
        # Slow to import, and a network never needs it.
        from scipy.spatial.distance import cdist

        left = room.sum(axis=1)[:, None] - self._use
        apart = cdist(room, self._uses, "cityblock")
        weighed: Floats = (PENALTY + 1) / 2 * apart - (PENALTY - 1) / 2 * left
        return weighed

    def _note(self, after: Floats, cost: Floats, first: Ints) -> bool:
        """Keep the best of the choices at hand that keeps every row, if it is the best so far."""
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
