"""The few pairs that a cheapest flow is likely to use."""

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.solvers.flow.network import Network

CORE_FROM = 100_000
"""Up to so many pairs the core is all pairs: there is little to save."""

TIE_BITS = 12
MIX = 2_654_435_761
"""Multiplying by this, modulo 2^32, spreads the choice among pairs of equal cost."""

PER_PLACE = 2
SPARE = 8
"""A set of which m pairs may be chosen keeps its best ``PER_PLACE * m + SPARE`` pairs."""


def core_of(network: Network) -> Bools:
    """Mark the best pairs of the smallest sets on both sides, such as persons and openings.

    The answer has the shape of `network.pair`. Prices tell later whether those pairs were enough;
    see `missing_pairs`.
    """
    if len(network.pair_arcs) <= CORE_FROM:
        return np.ones(len(network.pair_arcs), dtype=np.bool_)
    wanted = np.zeros(network.supply.size, dtype=np.int64)
    for sets, first in zip(network.sets, network.first_node[:-1], strict=True):
        _, most = sets.range()
        wanted[sets.nodes(first)] = PER_PLACE * np.minimum(most, sets.size) + SPARE
    every = np.arange(len(network.pair_arcs))
    return _best_of_both(network, every, network.pair_arcs.cost, wanted)


def missing_pairs(network: Network, taken: Bools, potential: Ints) -> Bools:
    """Mark pairs outside the core that are worth adding at these prices, the best few per set."""
    reduced = network.reduced_cost(potential)
    asked = np.flatnonzero(~taken & (reduced < 0))
    wanted = np.full(network.supply.size, SPARE + 1)
    wanted[0] = 0
    return _best_of_both(network, asked, reduced[asked], wanted)


def _best_of_both(network: Network, pairs: Ints, cost: Ints, wanted: Ints) -> Bools:
    arcs = network.pair_arcs
    marked = np.zeros(len(arcs), dtype=np.bool_)
    if pairs.size:
        best = _best(arcs.tail[pairs], cost, wanted) | _best(arcs.head[pairs], cost, wanted)
        marked[pairs[best]] = True
    return marked


def _best(node: Indices, cost: Ints, wanted: Ints) -> Bools:
    """Mark each node's cheapest pairs, as many as wanted; ties are broken by a fixed hash."""
    bits = 62 - int(wanted.size).bit_length()
    level = cost - cost.min()
    level >>= max(0, int(level.max()).bit_length() - (bits - TIE_BITS))
    tie = np.arange(cost.size) * MIX % (1 << 32) >> (32 - TIE_BITS)
    key = (node.astype(np.int64) << bits) | (level << TIE_BITS) | tie
    size = np.bincount(node, minlength=wanted.size)
    wanted = np.minimum(wanted, size)
    last = np.cumsum(size) - size + wanted - 1
    limit = np.where(wanted > 0, np.sort(key)[last], -1)
    marked: Bools = key <= limit[node]
    return marked
