"""Splits a problem into parts that share no row, to be solved one after the other.

Two regions in one file, or people and jobs that no pair joins, have nothing to say to each other.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.formulation.formulation import Formulation

LEAST = 2_000
"""Components with fewer variables are solved together, up to so many."""

Labels = npt.NDArray[np.integer]


@dataclass(frozen=True, eq=False)
class Component:
    """A part that shares no row with the rest of the whole.

    Parameters
    ----------
    formulation
        The problem of the part alone.
    pairs
        Its pairs, as indices in the whole, ascending.
    own
        Its own variables, as indices behind the whole's pairs, ascending.
    rows
        Its rows, as indices in the whole, ascending.
    """

    formulation: Formulation
    pairs: npt.NDArray[np.int64]
    own: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]


def components(formulation: Formulation, least: int = LEAST) -> tuple[Component, ...]:
    """Return the independent parts of a problem, largest first; none where it is one.

    The rows of a rule that only make sense together, since it hands out capacity, stay in one
    part. Components of fewer than `least` variables are put together. Cost O(entries).
    """
    is_whole = formulation.extra is not None or _is_connected(formulation)
    labels = None if is_whole else _labels(formulation)
    if labels is None:
        return ()
    pair, own, row = labels
    part = _bundled(pair, own, row, least)
    n_parts = int(part.max(initial=0)) + 1
    if n_parts == 1:
        return ()
    pairs, owns = _members(part[pair], n_parts), _members(part[own], n_parts)
    rows = _members(part[row], n_parts)
    return tuple(
        Component(_part_of(formulation, *members), *members)
        for members in zip(pairs, owns, rows, strict=True)
    )


def _is_connected(formulation: Formulation) -> bool:
    """Tell quickly of most problems that are one: all pairs are soon reached from the first."""
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
        # Slow to import, and a network never needs it.
        from scipy.sparse.csgraph import connected_components

        n_labels, label = connected_components(graph.tocsr(), directed=False)
        pair, own, row = label[pair], [label[of] for of in own], [label[of] for of in row]
        row.append(label[first_row:first_own])
        own.append(label[first_own:])
        if pair.size == 0 or pair.min() == pair.max():
            return None
    return pair, np.concatenate(own), np.concatenate(row)


def _bundled(pair: Labels, own: Labels, row: Labels, least: int) -> Labels:
    """Return the part that each component goes to, largest first."""
    size = np.bincount(np.concatenate([pair, own]), minlength=int(row.max(initial=0)) + 1)
    order = np.argsort(-size, kind="stable")
    n_large = np.count_nonzero(size >= least)
    before = np.cumsum(size[order]) - size[order]
    in_order = np.arange(size.size)
    # Each of the rest is smaller than a bundle, so that no bundle stays empty.
    in_order[n_large:] = n_large + (before[n_large:] - size[order[:n_large]].sum()) // least
    # Rows without variables go with the last that has some.
    in_order = np.minimum(in_order, in_order[np.count_nonzero(size) - 1])
    part = np.empty(size.size, dtype=np.int64)
    part[order] = in_order
    return part


def _members(part: Labels, n_parts: int) -> list[npt.NDArray[np.int64]]:
    """Return what belongs to each part, ascending."""
    order = np.argsort(part, kind="stable")
    return np.split(order, np.searchsorted(part[order], np.arange(1, n_parts)))


def _part_of(
    whole: Formulation,
    pairs: npt.NDArray[np.int64],
    own: npt.NDArray[np.int64],
    rows: npt.NDArray[np.int64],
) -> Formulation:
    """Cut a part out of the whole."""
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
