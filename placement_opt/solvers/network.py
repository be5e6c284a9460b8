"""Reads a formulation as a network in which every plan is a flow.

Each row is a set of pairs of which a number is allowed. When the rows split into two sides (say,
the candidates' and the openings') such that on each side any two sets are nested or apart, every
row is an arc that its pairs' flow passes: from a common root down the left side's sets, over the
pair's own arc, and up the right side's sets back to the root. A priced shortfall bends the price
of its row's arc, which two parallel arcs express.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from placement_opt.formulation import Formulation
from placement_opt.instance import Indices, Ints
from placement_opt.solvers.base import Solution
from placement_opt.solvers.network_sets import (
    NotANetworkError,
    Sets,
    nest,
    read_sets,
    split_sides,
    without_idle_rows,
)

ROOM = 1 << 62
"""Costs times nodes stay below this, since the algorithm scales the one by the other."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs of a network: ends (int32), capacity and cost (int64), all of shape (A,)."""

    tail: Indices
    head: Indices
    capacity: Ints
    cost: Ints


@dataclass(frozen=True, eq=False)
class Network:
    """A formulation as a minimum-cost flow.

    Parameters
    ----------
    arcs
        First one arc per pair of `pair`, then those of the rows.
    supply
        Flow that each node sends out (or takes, negative), shape (nodes,), int64.
    pair
        The pair of each of the first arcs.
    free
        Pairs in no row at all that are worth choosing.
    sets
        The blocks' rows, in the formulation's order.
    is_feasible
        False when some row can never keep its limits.
    """

    formulation: Formulation
    arcs: Arcs
    supply: Ints
    pair: npt.NDArray[np.int64]
    free: npt.NDArray[np.int64]
    sets: tuple[Sets, ...]
    is_feasible: bool

    def solution(self, flow: Ints) -> Solution:
        """Return the plan of a flow, with the best values of the rows' own variables."""
        formulation = self.formulation
        chosen = np.sort(np.concatenate([self.pair[flow[: len(self.pair)] > 0], self.free]))
        own = slice(formulation.n_pairs, None)
        is_gain = formulation.objective.gain > 0
        values = np.where(is_gain, formulation.upper, formulation.lower)
        for sets in self.sets:
            row = sets.row_of_pair[chosen]
            amount = sets.best(np.bincount(row[row >= 0], minlength=len(sets.size)))
            has_own = sets.own >= 0
            values[sets.own[has_own]] = (amount * sets.sign)[has_own]
        return Solution(chosen, values[own])


def read_network(formulation: Formulation) -> Network:
    """Read the formulation as a network.

    Costs one pass over the coefficients, plus a sort of the pairs for each two blocks.

    Raises
    ------
    NotANetworkError
        When it is none, or its costs are too large for the algorithm.
    """
    blocks = zip(formulation.blocks, formulation.offsets[:-1], strict=True)
    sets = tuple(read_sets(formulation, block, offset) for block, offset in blocks)
    rows = [without_idle_rows(part) for part in sets]
    side = split_sides(rows)
    first_node = np.cumsum([1, *(len(part.size) for part in sets)]).tolist()
    supply = np.zeros(first_node[-1], dtype=np.int64)
    parts, leaves = [], []
    for right in (False, True):
        here = [index for index in range(len(sets)) if side[index] is right]
        parent, leaf = nest([rows[index] for index in here], [first_node[index] for index in here])
        leaves.append(leaf if here else np.zeros(formulation.n_pairs, dtype=np.int32))
        parts += [
            _row_arcs(sets[index], first_node[index], parent, supply, up=right) for index in here
        ]
    gain = formulation.objective.gain[: formulation.n_pairs]
    is_bound = (leaves[0] > 0) | (leaves[1] > 0)
    pair = np.flatnonzero(is_bound)
    ones = np.ones(len(pair), dtype=np.int64)
    parts.insert(0, Arcs(leaves[0][pair], leaves[1][pair], ones, -gain[pair]))
    arcs = _joined(parts)
    _refuse_large_costs(arcs.cost, len(supply))
    is_feasible = all(part.can_hold() for part in sets)
    free = np.flatnonzero(~is_bound & (gain > 0))
    return Network(formulation, arcs, supply, pair, free, sets, is_feasible)


def _row_arcs(sets: Sets, first: int, parent: dict[int, int], supply: Ints, *, up: bool) -> Arcs:
    """Return the arcs between each row and the set around it; the least flow moves to `supply`."""
    node = np.arange(first, first + len(sets.size), dtype=np.int32)
    around = np.array([parent.get(one, 0) for one in node.tolist()], dtype=np.int32)
    least, most = sets.range()
    least = np.minimum(least, np.maximum(most, 0))
    bend = np.clip(sets.bend(), least, np.maximum(most, least))
    tail, head = (node, around) if up else (around, node)
    np.add.at(supply, head, least)
    np.add.at(supply, tail, -least)
    saves, costs = np.minimum(sets.price, 0), np.maximum(sets.price, 0)
    both = Arcs(
        np.concatenate([tail, tail]),
        np.concatenate([head, head]),
        np.concatenate([bend - least, np.maximum(most, least) - bend]),
        np.concatenate([saves, costs]),
    )
    return _kept(both, (both.capacity > 0) & np.tile(sets.size > 0, 2))


def _kept(arcs: Arcs, kept: npt.NDArray[np.bool_]) -> Arcs:
    return Arcs(arcs.tail[kept], arcs.head[kept], arcs.capacity[kept], arcs.cost[kept])


def _joined(parts: Sequence[Arcs]) -> Arcs:
    """Put arcs one after the other, their costs divided by what all of them share."""
    cost = np.concatenate([part.cost for part in parts])
    step = max(1, int(np.gcd.reduce(cost, initial=0)))
    return Arcs(
        np.concatenate([part.tail for part in parts]).astype(np.int32),
        np.concatenate([part.head for part in parts]).astype(np.int32),
        np.concatenate([part.capacity for part in parts]),
        cost // step,
    )


def _refuse_large_costs(cost: Ints, n_nodes: int) -> None:
    largest = int(np.abs(cost).max(initial=0))
    if largest * (n_nodes + 1) >= ROOM:
        raise NotANetworkError(
            f"gains up to {largest} over {n_nodes} nodes are too large for the flow algorithm"
        )
