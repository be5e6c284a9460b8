"""Finds small exchanges between plans, where only a few wide rows join many pairs.

Wide rows are budgets or pools of hours, for example. Where the relaxation without them has integer
optima, it is solved again for gains with a little noise. Two of its solutions differ by independent
exchanges: somebody leaves and somebody else enters. Each can be made or not. What remains is to
pick those that use up the wide rows at the least loss; see `placement_opt.solvers.near.picking`.
"""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Floats, Ints
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.near.picking import Exchanges, picked_exchanges
from placement_opt.solvers.near.plans import WIDEST_ROW, NearPlans
from placement_opt.solvers.relaxation.relaxation import solve_lp
from placement_opt.solvers.search import schedule

MOST_WIDE = 64
"""Exchanges are looked for where there are at most so many wide rows."""

DRAWS, LEAST_DRAWS = 24, 6
"""Solutions with noise for one set of exchanges, and for one where they take long."""

NOISE_SHARES = (1e-3, 3e-3, 1e-2)
"""Standard deviations of the noise, as shares of the largest gain; used in turn."""

LEAST_NOISE = 1e-5
FRESH_SHARE = 0.8
"""Share of the sets of exchanges around a solution without the wide rows; all others are around the
best plan."""

MOST_LOSS = 0.02
"""Exchanges that lose a larger share of the largest gain are left out."""

MOST_EXCHANGES = 400
PICKS = 12
"""Picks from one set of exchanges: each ends elsewhere, and finding a set takes longer."""


class ExchangeSearch:
    """Finds a plan or improves the best one by exchanges; each thread needs its own.

    `stop` is asked before each linear program and each step of picking.
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
        """Whether wide rows are few, and the others alone have given integer values so far."""
        self._pool: tuple[Floats, Exchanges, Floats] | None = None
        self._picks = 0

    @property
    def has_more(self) -> bool:
        """Whether the next step picks from the present exchanges, without finding new ones."""
        return self._picks > 0

    def step(self) -> bool:
        """Pick some exchanges, of a new set now and then; True when the plan became better."""
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
        """Return integer values, exchanges around them, and the room they leave in wide rows."""
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
        """Solve without the wide rows, with noise; None where it fails or gives fractions."""
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
        """Return exchanges around integer values that keep the narrow rows; None where none."""
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
    """Group columns by the connected components that rows make of them."""
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
