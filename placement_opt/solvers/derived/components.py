"""Splits a problem into components, which share no row, to solve one after the other.

Examples are two regions in one file, or people and jobs that no pair joins.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.derived.part import Part

LEAST = 2_000
"""Components with fewer variables are solved together, up to so many."""

Labels = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Component(Part):
    """A part that shares no row with the rest of the whole; `rows` are its rows, ascending."""

    rows: Ints


def components(formulation: Formulation, least: int = LEAST) -> tuple[Component, ...]:
    """Return the components of a problem, largest first; none if there is only one.

    The rows of a rule with capacity stay together, since only together they can hand it out.
    Components of fewer than `least` variables are bundled. Cost O(entries).
    """
    is_one = formulation.extra is not None or _is_connected(formulation)
    labels = None if is_one else _labels(formulation)
    if labels is None:
        return ()
    pair, own, row = labels
    bundle = _bundled(pair, own, row, least)
    n_bundles = int(bundle.max(initial=0)) + 1
    if n_bundles == 1:
        return ()
    members = [_members(bundle[labels], n_bundles) for labels in (pair, own, row)]
    return tuple(
        Component(_cut_out(formulation, pairs, own, rows), pairs, own, rows)
        for pairs, own, rows in zip(*members, strict=True)
    )


def _is_connected(formulation: Formulation) -> bool:
    """Tell whether all pairs are connected by the column of rows alone: quick, and mostly true."""
    reached = np.zeros(formulation.n_pairs, dtype=np.bool_)
    reached[:1] = True
    before = -1
    while before < (n_reached := int(np.count_nonzero(reached))):
        before = n_reached
        for block in formulation.blocks:
            of_pair = block.by_pair.row  # counted from 1, and 0 for no row
            if of_pair is not None:
                is_row_reached = np.zeros(len(block) + 1, dtype=np.bool_)
                is_row_reached[of_pair[reached]] = True
                is_row_reached[0] = False
                reached |= is_row_reached[of_pair]
    return bool(reached.all())


def _labels(formulation: Formulation) -> tuple[Labels, Labels, Labels] | None:
    """Return the component of each pair, own variable and row; None where all pairs are in one."""
    pair: Labels = np.arange(formulation.n_pairs)
    own: list[Labels] = [np.zeros(0, dtype=np.int64)]
    row: list[Labels] = [np.zeros(0, dtype=np.int64)]
    n_labels = pair.size
    for block in formulation.blocks:
        first_own = n_labels + len(block)
        n_nodes = first_own + block.n_own
        usage = block.usage.tocoo()
        joins: list[tuple[Labels, Labels]] = [(pair[usage.col], n_labels + usage.row)]
        if block.variable_usage is not None:
            entries = block.variable_usage.tocoo()
            joins.append((n_labels + entries.row, first_own + entries.col))
        if block.capacity is not None:
            together = np.arange(n_labels, n_nodes)
            joins.append((together[1:], together[:-1]))
        one, other = (np.concatenate(ends) for ends in zip(*joins, strict=True))
        graph = sparse.coo_array((np.ones(one.size), (one, other)), shape=(n_nodes, n_nodes))
        first_row = n_labels
        # Imported here: it is slow to import, and networks do without.
        from scipy.sparse.csgraph import connected_components

        n_labels, label = connected_components(graph.tocsr(), directed=False)
        pair, own, row = label[pair], [label[of] for of in own], [label[of] for of in row]
        row.append(label[first_row:first_own])
        own.append(label[first_own:])
        if pair.size == 0 or pair.min() == pair.max():
            return None
    return pair, np.concatenate(own), np.concatenate(row)


def _bundled(pair: Labels, own: Labels, row: Labels, least: int) -> Labels:
    """Return the bundle that each component goes to, largest first."""
    size = np.bincount(np.concatenate([pair, own]), minlength=int(row.max(initial=0)) + 1)
    order = np.argsort(-size, kind="stable")
    n_large = np.count_nonzero(size >= least)
    before = np.cumsum(size[order]) - size[order]
    in_order = np.arange(size.size)
    # Each of the rest is smaller than a bundle, so that no bundle stays empty.
    in_order[n_large:] = n_large + (before[n_large:] - size[order[:n_large]].sum()) // least
    # Rows without variables go to the last bundle that has variables.
    in_order = np.minimum(in_order, in_order[np.count_nonzero(size) - 1])
    bundle = np.empty(size.size, dtype=np.int64)
    bundle[order] = in_order
    return bundle


def _members(bundle: Labels, n_bundles: int) -> list[Ints]:
    """Return the members of each bundle, ascending."""
    order = np.argsort(bundle, kind="stable")
    return np.split(order, np.searchsorted(bundle[order], np.arange(1, n_bundles)))


def _cut_out(whole: Formulation, pairs: Ints, own: Ints, rows: Ints) -> Formulation:
    """Return the problem of some components alone."""
    blocks, gains = [], []
    for number, block in enumerate(whole.blocks):
        first, last = whole.row_offsets[number : number + 2]
        within = rows[slice(*np.searchsorted(rows, [first, last]))] - first
        first, last = (offset - whole.n_pairs for offset in whole.offsets[number : number + 2])
        mine = own[slice(*np.searchsorted(own, [first, last]))] - first
        if within.size or mine.size:
            gains.append(whole.own_gain(number)[mine])
            blocks.append(block.taken(rows=within, pairs=pairs, own=mine))
    return whole.with_blocks(blocks, gains, pairs, is_independent=True)
