"""Dual prices of a cheapest flow, which prove it without the algorithm that found it.

By the theory of network flows, a flow is cheapest if and only if there are node potentials at which
no arc with room is worth using more and no arc in use is worth using less. Such potentials are
shortest distances in the residual network. The price of a row is their difference over its arc.
"""

from collections.abc import Callable

import numpy as np

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.formulation import SUM_LIMIT
from placement_opt.solvers.flow.network import Arcs, Network
from placement_opt.solvers.flow.sets import Sets

ROUNDS_PER_LOOK = 64
"""Rounds between two looks at the clock."""


def potentials(arcs: Arcs, flow: Ints, n_nodes: int, is_stopped: Callable[[], bool]) -> Ints | None:
    """Return node potentials of a cheapest flow, or None if `is_stopped` says so.

    The potentials are in units of cost, shape (n_nodes,); node 0 is the root. Each round relaxes
    all arcs out of the nodes that fell in the round before, until none falls: a few dozen rounds in
    practice, at most one per node. For a flow that is not cheapest this would never end.
    """
    onward, back = np.flatnonzero(flow < arcs.capacity), np.flatnonzero(flow > 0)
    tail = np.concatenate([arcs.tail[onward], arcs.head[back]])
    order = np.argsort(tail, kind="stable")
    tail = tail[order]
    head = np.concatenate([arcs.head[onward], arcs.tail[back]])[order]
    cost = np.concatenate([arcs.cost[onward], -arcs.cost[back]])[order]
    start = np.searchsorted(tail, np.arange(n_nodes + 1, dtype=tail.dtype))
    # High enough for nodes that cannot be reached; for all others any start is as good.
    level = np.full(n_nodes, 2 * int(np.abs(cost).max(initial=0)) + 1, dtype=np.int64)
    level[0] = 0
    fallen, rounds = np.arange(n_nodes), 0
    while fallen.size:
        if rounds % ROUNDS_PER_LOOK == 0 and is_stopped():
            return None
        rounds += 1
        out = _arcs_of(fallen, start) if fallen.size * 2 < n_nodes else slice(None)
        to, offered = head[out], level[tail[out]] + cost[out]
        falls = offered < level[to]
        np.minimum.at(level, to[falls], offered[falls])
        fallen = np.unique(to[falls])
    return level


def _arcs_of(nodes: Ints, start: Ints) -> Ints:
    """Return the indices of all arcs out of some nodes."""
    first = start[nodes]
    width = start[nodes + 1] - first
    before = np.cumsum(width) - width
    return np.repeat(first - before, width) + np.arange(width.sum())


def flow_certificate(network: Network, chosen: Ints, potential: Ints) -> Certificate | None:
    """Turn node potentials into prices of the formulation's rows.

    `chosen` are the pairs of the flow, as indices in the formulation. None where the prices are no
    integers or do not fit int64.
    """
    if float(np.abs(potential).max()) * network.step >= SUM_LIMIT:
        return None
    prices = []
    for sets, first, is_right in zip(
        network.sets, network.first_node[:-1], network.is_right, strict=True
    ):
        if np.any(sets.unit != 1):
            return None
        node = sets.nodes(first)
        fall = potential[node] - potential[network.around[node]]
        prices.append(_row_prices(sets, chosen, network.step * (-fall if is_right else fall)))
    extra = network.formulation.n_rows - sum(price.size for price in prices)
    return Certificate(np.concatenate([*prices, np.zeros(extra, np.int64)]), bits=0)


def _row_prices(sets: Sets, chosen: Ints, price: Ints) -> Ints:
    """Correct the prices of rows with none or all of their pairs chosen.

    The flow also keeps the number of chosen pairs between zero and all of them. That is no row of
    the formulation, so the price of such a limit is taken out.
    """
    row = sets.row_of_pair[chosen]
    amount = np.bincount(row[row >= 0], minlength=len(sets.size))
    (least, most), bend = sets.range(), sets.bend()
    before, after = sets.costs()
    first = np.where(bend > least, before, after)
    last = np.where(bend < most, after, before)
    price = np.where((amount == 0) & (sets.lower < sets.high), np.maximum(price, first), price)
    is_all = (amount == sets.size) & (sets.upper - sets.low > sets.size)
    price = np.where(is_all, np.minimum(price, last), price)
    return np.where(sets.size == 0, sets.alone(), np.where(sets.is_idle(), 0, price))
