"""Reads a formulation as a network in which every plan is a flow.

Each row is a set of pairs of which a number is allowed. When the rows split into two sides (say,
the candidates' and the openings') such that on each side any two sets are nested or apart, every
row is an arc that its pairs' flow passes: from a common root down the left side's sets, over the
pair's own arc, and up the right side's sets back to the root. A priced shortfall bends the price
of its row's arc, which two parallel arcs express.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.flow.sets import (
    NotANetworkError,
    Sets,
    nest,
    read_sets,
    split_sides,
    without_idle_rows,
)
from placement_opt.solvers.search.board import Solution

COST_ROOM = 1 << 62
"""Costs times nodes stay below this, since the algorithm scales the one by the other."""

SAMPLE_COSTS = 1_000
"""So many costs are looked at before all of them, for a divisor."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Arcs of a network: ends (int32), capacity and cost (int64), all of shape (A,)."""

    tail: Indices
    head: Indices
    capacity: Ints
    cost: Ints

    def __len__(self) -> int:
        return len(self.tail)

    def some(self, kept: Bools | Ints) -> "Arcs":
        """Return some of the arcs, by a mask or by index."""
        return Arcs(self.tail[kept], self.head[kept], self.capacity[kept], self.cost[kept])

    def cheaper(self, step: int) -> "Arcs":
        """Return the same arcs, their costs divided by what all of them share."""
        return self if step == 1 else replace(self, cost=self.cost // step)


@dataclass(frozen=True, eq=False)
class Network:
    """A formulation as a minimum-cost flow.

    Parameters
    ----------
    pair_arcs
        One arc for each pair of `pair`, of capacity one; ends at the smallest sets around it.
    row_arcs
        The arcs of the rows, at most two each.
    step
        Objective units per unit of cost.
    supply
        Flow that each node sends out (or takes, negative), shape (nodes,), int64.
    around
        Node of the smallest set around each node's own, 0 for the root, shape (nodes,).
    pair
        The pairs that are in some row.
    free
        Pairs in no row at all that are worth choosing.
    sets, is_right, first_node
        For each of the formulation's blocks: its rows, on which side they are, and the node of
        the first.
    """

    formulation: Formulation
    pair_arcs: Arcs
    row_arcs: Arcs
    step: int
    supply: Ints
    around: Indices
    pair: Ints
    free: Ints
    sets: tuple[Sets, ...]
    is_right: tuple[bool, ...]
    first_node: tuple[int, ...]

    @property
    def is_feasible(self) -> bool:
        """False when some row, taken alone, can never keep its limits."""
        return all(bool(part.may_hold().all()) for part in self.sets)

    def arcs(self, kept: Ints) -> Arcs:
        """Return the arcs of some pairs, by their place in `pair`, and behind them the rows'."""
        return _joined([self.pair_arcs.some(kept), self.row_arcs])

    def reduced_cost(self, potential: Ints) -> Ints:
        """Return what one unit of flow over each pair costs beside node potentials."""
        arcs = self.pair_arcs
        return arcs.cost + potential[arcs.tail] - potential[arcs.head]

    def solution(self, chosen: Ints) -> Solution:
        """Return the plan of chosen pair arcs, with the best values of the rows' own variables."""
        formulation = self.formulation
        chosen = np.sort(np.concatenate([self.pair[chosen], self.free]))
        own = slice(formulation.n_pairs, None)
        is_gain = formulation.objective.gain > 0
        values = np.where(is_gain, formulation.upper, formulation.lower).astype(np.int64)
        for sets in self.sets:
            row = sets.row_of_pair[chosen]
            amount = sets.best(np.bincount(row[row >= 0], minlength=len(sets.size)))
            has_own = sets.own >= 0
            values[sets.own[has_own]] = (amount * sets.sign)[has_own]
        return Solution(chosen, values[own])


def read_network(formulation: Formulation) -> Network:
    """Read the formulation as a network, O(pairs) for each block and each two blocks.

    Raises
    ------
    NotANetworkError
        When it is none, or its costs are too large for the algorithm.
    """
    blocks = zip(formulation.blocks, formulation.offsets[:-1], strict=True)
    sets = tuple(read_sets(formulation, block, offset) for block, offset in blocks)
    rows = [without_idle_rows(part) for part in sets]
    is_right = tuple(split_sides(rows))
    first_node = tuple(np.cumsum([1, *(len(part.size) for part in sets)]).tolist())
    around = np.zeros(first_node[-1], dtype=np.int32)
    leaves = []
    for side in (False, True):
        here = [index for index in range(len(sets)) if is_right[index] is side]
        nodes = [sets[index].nodes(first_node[index]) for index in here]
        leaf = np.zeros(formulation.n_pairs, dtype=np.int32)
        if here:
            sizes = [sets[index].size for index in here]
            around[np.concatenate(nodes)], leaf = nest(
                [rows[index] for index in here], nodes, sizes
            )
        leaves.append(leaf)
    supply = np.zeros(first_node[-1], dtype=np.int64)
    row_arcs = _joined(
        [
            _row_arcs(part, part.nodes(first), around, supply, up=up)
            for part, first, up in zip(sets, first_node[:-1], is_right, strict=True)
        ]
    )
    gain = formulation.objective.gain[: formulation.n_pairs]
    is_bound = (leaves[0] > 0) | (leaves[1] > 0)
    pair = np.flatnonzero(is_bound)
    free = np.flatnonzero(~is_bound & (gain > 0))
    pair_arcs = Arcs(leaves[0][pair], leaves[1][pair], np.ones(pair.size, np.int64), -gain[pair])
    step = _step(pair_arcs.cost, row_arcs.cost)
    _refuse_large_costs(step, supply.size, pair_arcs.cost, row_arcs.cost)
    return Network(
        formulation,
        pair_arcs.cheaper(step),
        row_arcs.cheaper(step),
        step,
        supply,
        around,
        pair,
        free,
        sets,
        is_right,
        first_node,
    )


def _row_arcs(sets: Sets, node: Indices, around: Indices, supply: Ints, *, up: bool) -> Arcs:
    """Return the arcs between each row and the set around it; the least flow moves to `supply`."""
    tail, head = (node, around[node]) if up else (around[node], node)
    least, most = sets.range()
    bend = sets.bend()
    np.add.at(supply, head, least)
    np.add.at(supply, tail, -least)
    saves, costs = sets.prices()
    both = Arcs(
        np.concatenate([tail, tail]),
        np.concatenate([head, head]),
        np.concatenate([bend - least, most - bend]),
        np.concatenate([saves, costs]),
    )
    return both.some((both.capacity > 0) & np.tile(sets.size > 0, 2))


def _joined(parts: Sequence[Arcs]) -> Arcs:
    """Put arcs one after the other."""
    none = Arcs(*np.zeros((2, 0), dtype=np.int32), *np.zeros((2, 0), dtype=np.int64))
    parts = [none, *parts]
    return Arcs(
        np.concatenate([part.tail for part in parts]),
        np.concatenate([part.head for part in parts]),
        np.concatenate([part.capacity for part in parts]),
        np.concatenate([part.cost for part in parts]),
    )


def _step(*costs: Ints) -> int:
    """Return what all costs share."""
    step = 0
    for cost in costs:
        # A few costs mostly tell at once that nothing is shared.
        for some in (cost[:SAMPLE_COSTS], cost):
            if step != 1:
                step = int(np.gcd.reduce(some, initial=step))
    return max(1, step)


def _refuse_large_costs(step: int, n_nodes: int, *costs: Ints) -> None:
    largest = max(int(np.abs(cost).max(initial=0)) for cost in costs) // step
    if largest * (n_nodes + 1) >= COST_ROOM:
        raise NotANetworkError(
            f"gains up to {largest} over {n_nodes} nodes are too large for the flow algorithm"
        )
