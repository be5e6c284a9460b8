"""The rows that contradict each other where all rows form a network: a minimum cut.

A plan is a flow that keeps the minimum and maximum of every row. If the largest flow misses some
minimum, the nodes that can be reached from there in the residual network form a set out of which
no more can flow: people with fewer places than they are (Hall's condition), and the same for
minimums of any group on either side. The rows that cross the border of the set contradict each
other.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.derived.rows_alone import RowPrices
from placement_opt.solvers.flow.network import Arcs, Network, read_network
from placement_opt.solvers.flow.sets import Sets
from placement_opt.solvers.search.native import NATIVE

MOST_STARTS = 8
"""The search starts from at most so many unserved nodes on either side; the smallest cut counts."""


@dataclass(frozen=True, eq=False)
class Cut:
    """Rows of a network that contradict each other.

    Parameters
    ----------
    rows
        Ascending.
    prices
        Prices that prove it; None where pairs count more than one in some row.
    is_minimal
        True if leaving out any one row makes a plan possible. For several rows this is only known
        where they are all rows of the problem and one unit is unserved.
    """

    rows: Ints
    prices: RowPrices | None
    is_minimal: bool


def cut_of(formulation: Formulation) -> Cut | None:
    """Return rows of a problem without gains that contradict each other; None if a plan exists.

    A row that no number of pairs can keep is a cut by itself. Costs a largest flow and a few
    searches through its residual network.

    Raises
    ------
    NotANetworkError
        When the problem is no network.
    """
    network = read_network(formulation)
    nothing = np.zeros(0, dtype=np.bool_)
    alone = np.flatnonzero(np.concatenate([nothing, *(~one.may_hold() for one in network.sets)]))
    if alone.size:
        return Cut(alone[:1], None, is_minimal=True)
    residual = _Residual(network)
    if not residual.unserved:
        return None
    found = [cut for inside in residual.sets() if (cut := _crossing(network, inside)).rows.size]
    if not found:
        return None
    best = min(found, key=lambda cut: cut.rows.size)
    if best.rows.size == formulation.n_rows and residual.unserved == 1:
        return Cut(best.rows, best.prices, residual.opens(best.rows))
    return best


class _Residual:
    """A largest flow of a network, and the arcs over which more can flow."""

    def __init__(self, network: Network) -> None:
        arcs = network.arcs(np.arange(network.pair.size))
        self._network = network
        flow, left = _largest_flow(arcs, network.supply)
        self._excess = np.flatnonzero((network.supply > 0) & (left > 0))
        self._lack = np.flatnonzero((network.supply < 0) & (left > 0))
        self.unserved = int(left[self._excess].sum())
        onward, back = flow < arcs.capacity, flow > 0
        self._tail = np.concatenate([arcs.tail[onward], arcs.head[back]])
        self._head = np.concatenate([arcs.head[onward], arcs.tail[back]])

    def sets(self) -> list[Bools]:
        """Return sets of nodes that more flow should leave than can, one for each start."""
        ahead = [self._reached(node, self._tail, self._head) for node in self._excess[:MOST_STARTS]]
        behind = [self._reached(node, self._head, self._tail) for node in self._lack[:MOST_STARTS]]
        return [*ahead, *(~reached for reached in behind)]

    def opens(self, rows: Ints) -> bool:
        """Tell whether leaving out any one of the rows would serve the one unserved unit."""
        ahead = self._reached(self._excess[0], self._tail, self._head)
        behind = self._reached(self._lack[0], self._head, self._tail)
        network, needed = self._network, []
        for sets, first, is_right in _of_blocks(network):
            node = sets.nodes(first)
            tail, head = node, network.around[node]
            if not is_right:
                tail, head = head, tail
            more = _has_upper(sets) & ahead[tail] & behind[head]
            less = _has_lower(sets) & ahead[head] & behind[tail]
            needed.append(more | less)
        return bool(np.concatenate(needed)[rows].all())

    def _reached(self, node: int, tail: Ints, head: Ints) -> Bools:
        from scipy.sparse.csgraph import breadth_first_order

        n_nodes = self._network.supply.size
        ones = np.ones(tail.size, dtype=np.int8)
        graph = sparse.coo_array((ones, (tail, head)), shape=(n_nodes, n_nodes)).tocsr()
        reached = np.zeros(n_nodes, dtype=np.bool_)
        reached[breadth_first_order(graph, int(node), return_predecessors=False)] = True
        return reached


def _largest_flow(arcs: Arcs, supply: Ints) -> tuple[Ints, Ints]:
    """Return the flow on each arc, and each node's supply or demand that is left."""
    from ortools.graph.python import max_flow

    gives, takes = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    source, sink = supply.size, supply.size + 1
    algorithm: Any = max_flow.SimpleMaxFlow()
    ends = np.concatenate([gives, takes]).astype(np.int32)
    tail = np.concatenate([arcs.tail, np.full(gives.size, source), takes]).astype(np.int32)
    head = np.concatenate([arcs.head, gives, np.full(takes.size, sink)]).astype(np.int32)
    capacity = np.concatenate([arcs.capacity, np.abs(supply[ends])])
    numbers = algorithm.add_arcs_with_capacity(tail, head, capacity)
    with NATIVE.call():
        status = algorithm.solve(source, sink)
    if status != algorithm.OPTIMAL:
        raise RuntimeError(f"the largest flow ended with {status}")
    flow: Ints = np.asarray(algorithm.flows(numbers), dtype=np.int64)
    left = np.zeros_like(supply)
    left[ends] = capacity[len(arcs) :] - flow[len(arcs) :]
    return flow[: len(arcs)], left


def _crossing(network: Network, inside: Bools) -> Cut:
    """Return the rows whose limits keep more flow from leaving a set of nodes, and their prices."""
    prices: list[Ints] = [np.zeros(0, dtype=np.int64)]
    units = [np.zeros(0, dtype=np.int64)]
    for sets, first, is_right in _of_blocks(network):
        node = sets.nodes(first)
        leaves = inside[node].astype(np.int64) - inside[network.around[node]]
        leaves = leaves if is_right else -leaves
        holds = np.where(leaves > 0, _has_upper(sets), _has_lower(sets))
        prices.append(np.where(holds & (sets.size > 0), leaves, 0))
        units.append(sets.unit)
    price, unit = np.concatenate(prices), np.concatenate(units)
    rows = np.flatnonzero(price)
    proof = None
    if np.all(unit[rows] == 1):
        proof = RowPrices.proving(network.formulation, Certificate(price, 0))
    return Cut(rows, proof, is_minimal=False)


def _of_blocks(network: Network) -> list[tuple[Sets, int, bool]]:
    return list(zip(network.sets, network.first_node[:-1], network.is_right, strict=True))


def _has_upper(sets: Sets) -> Bools:
    """Tell which rows have an upper limit that can bind."""
    binds: Bools = sets.upper - sets.low < sets.size
    return binds


def _has_lower(sets: Sets) -> Bools:
    """Tell which rows have a lower limit that can bind."""
    binds: Bools = sets.lower - sets.high > 0
    return binds
