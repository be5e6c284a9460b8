"""Which limits keep people from other openings, now that they would leave the place they have."""

import numpy as np

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.solvers.plans.additions import Additions


def rows_in_the_way(hand: PlanAtHand, pairs: Ints, added: Additions) -> list[list[int]]:
    """Return the rows without room for each pair while its person leaves and nobody else moves.

    Rows that a rule keeps by variables of its own, such as hours of coaches, count as full unless
    what the person has takes as much of the same row: who would serve whom then is not looked at.
    Neither is what is missed where the person leaves, such as a crew's minimum.

    Parameters
    ----------
    hand
        The plan.
    pairs
        Pairs that are not in it, shape (P,).
    added
        What each would change if its person stayed.

    Returns
    -------
    list
        For each pair its rows, ascending; empty where there is room.
    """
    at, row = added.lacking
    stays = _is_in_the_way(hand, pairs[at], row) if at.size else np.zeros(0, dtype=np.bool_)
    told: list[set[int]] = [set() for _ in range(pairs.size)]
    for place, one in zip(at[stays].tolist(), row[stays].tolist(), strict=True):
        told[place].add(one)
    return [sorted(rows) for rows in told]


def _is_in_the_way(hand: PlanAtHand, pairs: Ints, row: Ints) -> Bools:
    """Mark the rows that keep their pair out, shapes (L,), one row for each pair."""
    formulation, table = hand.formulation, hand.compiled.pairs
    taken = _amounts(hand, pairs, row)
    present = hand.chosen_of_candidate[table.candidate[pairs]]
    is_placed = present >= 0
    left = np.zeros_like(taken)
    left[is_placed] = _amounts(hand, present[is_placed], row[is_placed])
    offsets = np.array(formulation.row_offsets)
    number = np.searchsorted(offsets, row, side="right") - 1
    result = np.ones(row.size, dtype=np.bool_)
    for block_number in np.unique(number).tolist():
        block, of = formulation.blocks[block_number], np.flatnonzero(number == block_number)
        if block.title == OnePlacement.title:  # their own place, which they leave
            result[of] = False
            continue
        within = row[of] - offsets[block_number]
        lower, upper = block.lower[within], block.upper[within]
        if block.variables is None:
            after = hand.activity[row[of]] + taken[of] - left[of]
            result[of] = (after > upper) | (after < lower)  # no limit is beyond every sum
        else:  # the row may also be that of a coach, in which no pair stands
            is_alike = np.sign(taken[of]) * np.sign(left[of]) > 0
            result[of] = ~(is_alike & (np.abs(left[of]) >= np.abs(taken[of])))
    return result


def _amounts(hand: PlanAtHand, pairs: Ints, row: Ints) -> Ints:
    """Return what each pair takes of the row beside it, shapes (L,)."""
    if not pairs.size:
        return np.zeros(0, dtype=np.int64)
    distinct, place = np.unique(pairs, return_inverse=True)
    entries = hand.formulation.columns(distinct).tocsr()
    taken: Ints = np.asarray(entries[row, place]).ravel().astype(np.int64)
    return taken
