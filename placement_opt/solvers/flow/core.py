"""The few pairs that a cheapest flow is likely to use."""

import numpy as np

from placement_opt.basics.arrays import Bools, Indices, Ints
from placement_opt.solvers.flow.network import Network

CORE_FROM = 100_000
"""So many pairs are solved at once: there is little to save."""

TIE_BITS = 12
MIX = 2_654_435_761
"""Multiplying by this, modulo 2^32, spreads the pairs that are kept among equals."""

PER_PLACE = 2
SPARE = 8
"""A set of which m may be chosen keeps its best ``PER_PLACE * m + SPARE`` pairs."""


def core_of(network: Network) -> Bools:
    """Mark the best pairs of each person and of each opening: the smallest sets on both sides.

    Whether those were enough is for prices to say; see `missing_pairs`.

    Returns
    -------
    numpy.ndarray
        Shape of `network.pair`, all True for small networks.
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
    """Mark pairs that prices say are missing, the best few of each set; none where none is."""
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
    """Mark the cheapest of each node's pairs, as many as wanted; chance decides among equals."""
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
