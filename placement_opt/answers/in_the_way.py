"""Which limits keep people from other openings, now that they would leave the place they have."""

import numpy as np

from placement_opt.answers.plan_at_hand import PlanAtHand
from placement_opt.answers.regrets import Regrets
from placement_opt.basics.arrays import Bools, Ints
from placement_opt.constraints.one_placement import OnePlacement
from placement_opt.solvers.plans.additions import Additions


def rows_in_the_way(regrets: Regrets, pairs: Ints, added: Additions) -> list[list[int]]:
    """Return the rows without room for each pair while its person leaves and nobody else moves.

    Others keep their coaches. What is missed where the person leaves, such as a crew's minimum, is
    not looked at.

    Parameters
    ----------
    regrets
        The plan, to try moves on.
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
    stays = _is_in_the_way(regrets, pairs[at], row)
    told: list[set[int]] = [set() for _ in range(pairs.size)]
    for place, one in zip(at[stays].tolist(), row[stays].tolist(), strict=True):
        told[place].add(one)
    return [sorted(rows) for rows in told]


def _is_in_the_way(regrets: Regrets, pairs: Ints, row: Ints) -> Bools:
    """Mark the rows that keep their pair out, shapes (L,), one row for each pair."""
    hand = regrets.hand
    blocks, offsets = hand.formulation.blocks, np.array(hand.formulation.row_offsets)
    number = np.searchsorted(offsets, row, side="right") - 1
    present = hand.chosen_of_candidate[hand.compiled.pairs.candidate[pairs]]
    # Who has no place leaves no room, and everybody leaves their own place.
    own_place = [at for at, block in enumerate(blocks) if block.title == OnePlacement.title]
    result = ~np.isin(number, own_place)
    leaves = result & (present >= 0)
    has_own = np.array([block.variables is not None for block in blocks], dtype=np.bool_)
    plain, others = np.flatnonzero(leaves & ~has_own[number]), leaves & has_own[number]
    result[plain] = _is_outside(hand, present[plain], pairs[plain], row[plain])
    # Own variables answer both moves at once, whichever of their rows lacks room.
    together: dict[tuple[int, int, int], list[int]] = {}
    for place in np.flatnonzero(others).tolist():
        move = int(number[place]), int(pairs[place]), int(present[place])
        together.setdefault(move, []).append(place)
    for (of_block, pair, left), some in together.items():
        rows = (row[some] - offsets[of_block]).tolist()
        result[some] = np.isin(rows, _lacking(regrets, of_block, rows, pair, left))
    return result


def _lacking(regrets: Regrets, number: int, rows: list[int], pair: int, left: int) -> list[int]:
    """Return which rows of a block with own variables lack room for a pair when one is left."""
    hand = regrets.hand
    block, candidate = hand.formulation.blocks[number], hand.compiled.pairs.candidate
    lacking = regrets.plan.lacking(number, rows, pair, left, int(hand.coach_of[candidate[pair]]))
    can_move = block.holders is not None and block.holders.holder is not None
    if not lacking or block.capacity is None or can_move:
        return lacking
    # No holder can move alone: all that is chosen is handed out again, to who has it now.
    chosen = np.sort(np.append(hand.solution.chosen[hand.solution.chosen != left], pair))
    coach = np.where(chosen == pair, -1, hand.coach_of[candidate[chosen]])
    settled = block.capacity.settle(chosen, {"coach": coach})
    return [] if settled is not None and settled[1].all() else lacking


def _is_outside(hand: PlanAtHand, present: Ints, pairs: Ints, row: Ints) -> Bools:
    """Mark the rows that a pair breaks when the present one goes, shapes (L,)."""
    formulation = hand.formulation
    both = np.concatenate([present, pairs])
    distinct, place = np.unique(both, return_inverse=True)
    columns = formulation.columns(distinct)
    column = np.repeat(np.arange(distinct.size), np.diff(columns.indptr))
    key = column * formulation.n_rows + columns.indices  # ascends
    asked = place * formulation.n_rows + np.tile(row, 2)
    found = np.minimum(np.searchsorted(key, asked), key.size - 1)
    amount = np.where(key[found] == asked, columns.data[found], 0).astype(np.int64)
    left, taken = np.split(amount, 2)
    after = hand.activity[row] + taken - left
    lower, upper = formulation.row_lower[row], formulation.row_upper[row]
    outside: Bools = (after > upper) | (after < lower)  # no limit is beyond every sum
    return outside
