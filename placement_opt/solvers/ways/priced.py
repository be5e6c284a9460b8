"""A problem with the prices of its linear relaxation, and the core of pairs that they point at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Floats
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import RowBlock
from placement_opt.solvers.engines.linear_program import NEARLY
from placement_opt.solvers.relaxation.point import Point

CORE_PER_POSITIVE = 3
"""Number of pairs in the first core for each pair that the linear program uses."""

ASKED_TIMES = 2
"""A core has enough pairs to reach each lower limit so many times over."""

POOL_RESERVE = 0.005
"""Share of pooled capacity that the master keeps back while it looks for plans."""


@dataclass(frozen=True, eq=False)
class Priced:
    """A problem with the prices of its linear relaxation.

    Parameters
    ----------
    formulation
        The exact problem.
    master
        A relaxation over the same pairs with pools in place of holders; the problem itself where
        no rule has pools.
    eased
        The master with a little of each pool kept back, so that its plans can be packed.
    reduced
        Reduced gain of each pair at the prices that prove `bound`, shape (E,), objective units. A
        plan with pair p gains at most ``bound + reduced[p]`` where ``reduced[p]`` is negative.
    values
        Values of all variables in the linear relaxation of `formulation`, shape (N,).
    bound
        The bound that the prices prove, objective units.
    """

    formulation: Formulation
    master: Formulation
    eased: Formulation
    reduced: Floats
    values: Floats
    bound: int

    @property
    def pair_values(self) -> Floats:
        """Values of the pairs in the linear relaxation, shape (E,)."""
        return self.values[: self.formulation.n_pairs]

    def core(self, reach: float) -> npt.NDArray[np.int64]:
        """Return the pairs with a reduced gain above ``-reach``, and the best for lower limits."""
        inside = (self.reduced > -reach) | (self.pair_values > NEARLY)
        for block in self.formulation.blocks:
            if block.variables is None:
                inside[_asked(block, self.reduced)] = True
        return np.flatnonzero(inside)

    def spare(self, core: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the pairs of a core, the most promising first."""
        return core[np.argsort(-self.reduced[core], kind="stable")]

    def first_core(self) -> npt.NDArray[np.int64]:
        """Return the small core that the search begins with."""
        wanted = CORE_PER_POSITIVE * int((self.pair_values > NEARLY).sum())
        if wanted >= self.reduced.size:
            return np.arange(self.reduced.size)
        reach = -float(np.partition(self.reduced, -max(1, wanted))[-max(1, wanted)])
        return self.core(max(reach, 0.0))


def _asked(block: RowBlock, reduced: Floats) -> npt.NDArray[np.int64]:
    """Return the best pairs of each row with a lower limit, enough to reach it a few times over."""
    asks = np.flatnonzero(block.lower > 0)
    entries = block.usage[asks].tocoo()
    order = np.lexsort((-reduced[entries.col], entries.row))
    row, pair = entries.row[order], entries.col[order].astype(np.int64)
    amount = np.maximum(entries.data[order], 0)
    before = np.cumsum(amount) - amount
    first = np.searchsorted(row, np.arange(asks.size))
    start = np.append(before, 0)[first]
    taken: npt.NDArray[np.int64] = pair[before - start[row] < ASKED_TIMES * block.lower[asks][row]]
    return taken


def pooled(formulation: Formulation, relaxed: Point, reserve: float = 0.0) -> Formulation:
    """Replace each block that has pools by the few pool rows that the dual prices point at.

    `reserve` is the share of the capacity that is kept back.
    """
    if all(block.pools is None for block in formulation.blocks):
        return formulation
    blocks, gains, row = [], [], 0
    for number, block in enumerate(formulation.blocks):
        duals = relaxed.prices[row : row + len(block)]
        row += len(block)
        gain, pools = formulation.own_gain(number), block.pools
        blocks.append(block if pools is None else pools.rows(pools.sets(duals), reserve))
        gains.append(gain if pools is None else gain[:0])
    return formulation.with_blocks(blocks, gains)
