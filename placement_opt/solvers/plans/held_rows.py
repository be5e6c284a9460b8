"""Draws neighbourhoods around the chosen pairs of a few rows, such as the people of an employer.

The chosen pairs of those rows are freed. Every pair that fits into the room they leave may come
in. So each pair of the neighbourhood can take part in an exchange. In a neighbourhood that grows
over rows regardless of their room, most pairs cannot.
"""

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_UPPER

LEAST_HELD = 2
"""A draw begins at a row with at least so many chosen pairs: one alone has nobody to swap with."""

BLOCKER_WEIGHT = 10
"""How much more often a draw begins at a row that is the only one without room for some pair: an
exchange there brings that pair in."""

WIDEST_LINK = 60
"""A row of more pairs does not link other rows: nearly all of them would be linked."""


class HeldRows:
    """Draws rows that compete for the same candidates, and the pairs that fit into their room.

    Each drawn row costs a pass over all coefficients: the problem has to be small.
    """

    def __init__(self, formulation: Formulation) -> None:
        n_pairs = formulation.n_pairs
        usage = [block.usage for block in formulation.blocks]
        nothing = sparse.csr_array((0, n_pairs), dtype=np.int64)
        self._rows = sparse.csr_array(sparse.vstack([nothing, *usage], format="csr"))
        # The room of a row with own variables depends on their values: it counts as unlimited.
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
        """Return about `size` pairs, ascending; None where no row has enough of the chosen ones."""
        is_chosen = np.zeros(self._rows.shape[1], dtype=np.bool_)
        is_chosen[chosen] = True
        held = np.bincount(self._by_pair[:, chosen].indices, minlength=self._rows.shape[0])
        is_open = (held >= LEAST_HELD) & (held <= size)
        if not is_open.any():
            return None
        activity = self._rows @ is_chosen.astype(np.int64)
        weight = is_open + BLOCKER_WEIGHT * self._blockers(is_chosen, activity) * is_open
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

    def _blockers(self, is_chosen: Bools, activity: Ints) -> Bools:
        """Mark each row that is the only one without room for some pair."""
        entries, room = self._entries, self._limit - activity
        blocked = (entries.data > room[entries.row]) & ~is_chosen[entries.col]
        row, pair = entries.row[blocked], entries.col[blocked]
        alone = np.bincount(pair, minlength=is_chosen.size) == 1
        blockers = np.zeros(self._limit.size, dtype=np.bool_)
        blockers[row[alone[pair]]] = True
        return blockers

    def _fitting(self, freed: Bools, activity: Ints) -> Bools:
        """Mark the freed pairs, and those that fit into the room they leave."""
        room = self._limit - activity + self._rows @ freed.astype(np.int64)
        entries = self._entries
        inside = np.ones(freed.size, dtype=np.bool_)
        inside[entries.col[entries.data > room[entries.row]]] = False
        return inside | freed

    def _linked(self, freed: Bools) -> Ints:
        """Count the pairs of each row that share a narrow row with a freed pair."""
        touched = np.unique(self._by_pair[:, np.flatnonzero(freed)].indices)
        pairs = np.unique(self._rows[touched[self._leads[touched]]].indices)
        return np.bincount(self._by_pair[:, pairs].indices, minlength=self._rows.shape[0])
