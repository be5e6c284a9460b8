"""Neighbourhoods around what a few rows hold: the people of an employer, the items of an agent.

All that those rows hold is set free, and every pair that fits into the room they leave may come in:
pairs of the freed people in the same rows, and in others with room to spare. So each member of the
neighbourhood can take part in an exchange, where a part grown blindly over rows is mostly stuck.
"""

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER

LEAST_HELD = 2
"""A row that holds fewer chosen pairs is no start."""

ASKED_WEIGHT = 10
"""How much rather a row that alone keeps a pair out is the start."""

WIDEST_LINK = 60
"""Rows of more pairs than so many do not lead from one row to the next."""


class HeldRows:
    """Draws neighbourhoods of rows that compete for the same candidates.

    Parameters
    ----------
    formulation
        The problem, small enough for a pass over its coefficients per row drawn.
    """

    def __init__(self, formulation: Formulation) -> None:
        n_pairs = formulation.n_pairs
        usage = [block.usage for block in formulation.blocks]
        nothing = sparse.csr_array((0, n_pairs), dtype=np.int64)
        self._rows = sparse.csr_array(sparse.vstack([nothing, *usage], format="csr"))
        # Where a rule has variables of its own, the room depends on those.
        self._limit = np.concatenate(
            [np.zeros(0, dtype=np.int64)]
            + [
                np.full(len(block), NO_UPPER) if block.variables is not None else block.upper
                for block in formulation.blocks
            ]
        )
        self._by_pair = self._rows.tocsc()
        self._entries = self._rows.tocoo()
        self._leads = np.diff(self._rows.indptr) <= WIDEST_LINK

    def draw(self, random: np.random.Generator, chosen: Ints, size: int) -> Ints | None:
        """Return about `size` pairs around a plan, ascending; None where no row holds enough."""
        is_chosen = np.zeros(self._rows.shape[1], dtype=np.bool_)
        is_chosen[chosen] = True
        held = np.bincount(self._by_pair[:, chosen].indices, minlength=self._rows.shape[0])
        is_open = (held >= LEAST_HELD) & (held <= size)
        if not is_open.any():
            return None
        activity = self._rows @ is_chosen.astype(np.int64)
        weight = is_open + ASKED_WEIGHT * self._asked(is_chosen, activity) * is_open
        row = int(random.choice(weight.size, p=weight / weight.sum()))
        freed, inside = np.zeros(is_chosen.size, dtype=np.bool_), None
        while True:
            is_open[row] = False
            members = self._rows.indices[self._rows.indptr[row] : self._rows.indptr[row + 1]]
            freed[members[is_chosen[members]]] = True
            wider = self._fitting(freed, activity)
            if inside is not None and wider.sum() > size:
                return np.flatnonzero(inside)
            inside = wider
            linked = self._linked(freed) * is_open
            if inside.sum() > size or not linked.any():
                return np.flatnonzero(inside)
            row = int(random.choice(linked.size, p=linked / linked.sum()))

    def _asked(self, is_chosen: Bools, activity: Ints) -> Bools:
        """Mark rows that alone keep some pair out: where people who fit nowhere could fit."""
        entries, room = self._entries, self._limit - activity
        blocked = (entries.data > room[entries.row]) & ~is_chosen[entries.col]
        row, pair = entries.row[blocked], entries.col[blocked]
        alone = np.bincount(pair, minlength=is_chosen.size) == 1
        asked = np.zeros(self._limit.size, dtype=np.bool_)
        asked[row[alone[pair]]] = True
        return asked

    def _fitting(self, freed: Bools, activity: Ints) -> Bools:
        """Mark the freed pairs, and those that fit where they were."""
        room = self._limit - activity + self._rows @ freed.astype(np.int64)
        entries = self._entries
        inside = np.ones(freed.size, dtype=np.bool_)
        inside[entries.col[entries.data > room[entries.row]]] = False
        return inside | freed

    def _linked(self, freed: Bools) -> Ints:
        """Count, for each row, its pairs that share a narrow row with a freed one."""
        touched = np.unique(self._by_pair[:, np.flatnonzero(freed)].indices)
        pairs = np.unique(self._rows[touched[self._leads[touched]]].indices)
        return np.bincount(self._by_pair[:, pairs].indices, minlength=self._rows.shape[0])
