"""Reads a formulation as a network in which every plan is a flow.

Each row is a set of pairs with limits on how many are chosen. Suppose the rows split into two sides
(say, candidates and openings) such that any two sets on one side are nested or disjoint. Then every
row is an arc. The flow of a pair goes from a common root down through the sets on the left side,
over the pair's own arc, and up through the sets on the right side back to the root. Where a row has
a priced shortfall, its cost per unit changes at some number of pairs: two parallel arcs.
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

COST_LIMIT = 1 << 62
"""Costs times nodes must stay below this: the algorithm multiplies one by the other."""

SAMPLE_COSTS = 1_000
"""A divisor is first sought among so many costs: mostly they already have none."""


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
        """Return the same arcs, with costs divided by a common divisor."""
        return self if step == 1 else replace(self, cost=self.cost // step)


@dataclass(frozen=True, eq=False)
class Network:
    """A formulation as a minimum-cost flow.

    Parameters
    ----------
    pair_arcs
        One arc of capacity one for each pair of `pair`, between the smallest sets around it.
    row_arcs
        The arcs of the rows, at most two each.
    step
        Objective units per unit of cost.
    supply
        Flow that each node sends out, or takes if negative, shape (nodes,), int64.
    around
        Node of the smallest set around each node's set, 0 for the root, shape (nodes,).
    pair
        The pairs that are in some row.
    free
        Pairs that are in no row and gain points.
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
        """False when some row by itself can never keep its limits."""
        return all(bool(sets.may_hold().all()) for sets in self.sets)

    def arcs(self, kept: Ints) -> Arcs:
        """Return the arcs of some pairs, by their place in `pair`, and then those of the rows."""
        return _joined([self.pair_arcs.some(kept), self.row_arcs])

    def reduced_cost(self, potential: Ints) -> Ints:
        """Return the reduced cost of each pair at node potentials."""
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
    """Read the formulation as a network; cost O(pairs) for each block and each two blocks.

    Raises
    ------
    NotANetworkError
        When it is none, or its costs are too large for the algorithm.
    """
    blocks = zip(formulation.blocks, formulation.offsets[:-1], strict=True)
    sets = tuple(read_sets(formulation, block, offset) for block, offset in blocks)
    rows = [without_idle_rows(of_block) for of_block in sets]
    is_right = tuple(split_sides(rows))
    first_node = tuple(np.cumsum([1, *(len(of_block.size) for of_block in sets)]).tolist())
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
            _row_arcs(of_block, of_block.nodes(first), around, supply, up=up)
            for of_block, first, up in zip(sets, first_node[:-1], is_right, strict=True)
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
    """Return the arcs between each row and the set around it; move least flows into `supply`."""
    tail, head = (node, around[node]) if up else (around[node], node)
    least, most = sets.range()
    bend = sets.bend()
    np.add.at(supply, head, least)
    np.add.at(supply, tail, -least)
    before, after = sets.costs()
    both = Arcs(
        np.concatenate([tail, tail]),
        np.concatenate([head, head]),
        np.concatenate([bend - least, most - bend]),
        np.concatenate([before, after]),
    )
    return both.some((both.capacity > 0) & np.tile(sets.size > 0, 2))


def _joined(several: Sequence[Arcs]) -> Arcs:
    """Put arcs one after the other."""
    none = Arcs(*np.zeros((2, 0), dtype=np.int32), *np.zeros((2, 0), dtype=np.int64))
    several = [none, *several]
    return Arcs(
        np.concatenate([arcs.tail for arcs in several]),
        np.concatenate([arcs.head for arcs in several]),
        np.concatenate([arcs.capacity for arcs in several]),
        np.concatenate([arcs.cost for arcs in several]),
    )


def _step(*costs: Ints) -> int:
    """Return the greatest common divisor of all costs."""
    step = 0
    for cost in costs:
        for some in (cost[:SAMPLE_COSTS], cost):
            if step != 1:
                step = int(np.gcd.reduce(some, initial=step))
    return max(1, step)


def _refuse_large_costs(step: int, n_nodes: int, *costs: Ints) -> None:
    largest = max(int(np.abs(cost).max(initial=0)) for cost in costs) // step
    if largest * (n_nodes + 1) >= COST_LIMIT:
        raise NotANetworkError(
            f"gains up to {largest} over {n_nodes} nodes are too large for the flow algorithm"
        )
