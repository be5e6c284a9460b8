"""Takes given pairs one by one, while rows and holders of capacity have room."""

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.formulation import Formulation
from placement_opt.solvers.plans.upper_limits import UpperLimits

TAKING_ROUNDS = 4
"""Rounds of taking pairs: another one follows where some pairs of the last find no holder."""


def with_more(given: Ints, columns: Columns, more: Ints) -> tuple[Ints, dict[str, Ints]]:
    """Return the given pairs and more, ascending, and columns that say -1 for those added."""
    every = np.union1d(given, more)
    place = np.searchsorted(every, given)
    wider = {}
    for name, column in columns.items():
        wider[name] = np.full(every.size, -1, dtype=np.int64)
        wider[name][place] = column
    return every, wider


def taken_of(
    whole: Formulation, given: Ints, columns: Columns, asked: Ints
) -> tuple[Ints, dict[int, Ints]]:
    """Take given pairs while rows without own variables and holders of capacity have room.

    The `asked` pairs come first. The others come in two orders: by gain, and with those last that
    would be given up one by one. The result that gains more is kept.

    Returns
    -------
    taken : ndarray
        The pairs taken, ascending.
    known : dict
        Own variables of each block whose capacity was settled for those pairs, by block number.
    """
    gain = whole.objective.gain[given].astype(np.float64)
    is_asked = np.isin(given, asked, assume_unique=True)
    nobody = np.zeros(given.size, dtype=np.bool_)
    gone = UpperLimits(whole, given).given_up(np.where(is_asked, np.inf, gain))
    best: Bools | None = None
    known: dict[int, Ints] = {}
    for first_given_up in (gone, nobody) if gone.any() else (nobody,):
        last = first_given_up.copy()
        for _ in range(TAKING_ROUNDS):
            order = np.lexsort((-gain, last, ~is_asked))
            order = order[UpperLimits(whole, given).taken(order.tolist())[order]]
            named = {name: column[order] for name, column in columns.items()}
            is_served, own = settled(whole, given[order], named)
            served = nobody.copy()
            served[order[is_served]] = True
            if best is None or gain @ served > gain @ best:
                best, known = served, own
            if is_served.all():
                break
            # A pair that no holder can serve must not take the room of others again.
            last[order[~is_served]] = True
    return given[nobody if best is None else best], known


def settled(whole: Formulation, pairs: Ints, columns: Columns) -> tuple[Bools, dict[int, Ints]]:
    """Let each block that holds capacity serve pairs, earlier pairs first.

    Returns which pairs are served, shape (P,), and the own variables by block number.
    """
    served, known = _settled(whole, pairs, columns)
    if served.all():
        return served, known
    # To keep the coaches that are named can leave pairs unserved. Placements matter more.
    unnamed = {name: np.full(pairs.size, -1, dtype=np.int64) for name in columns}
    freely, others = _settled(whole, pairs, unnamed)
    gain = whole.objective.gain[pairs]
    return (freely, others) if gain @ freely > gain @ served else (served, known)


def _settled(whole: Formulation, pairs: Ints, columns: Columns) -> tuple[Bools, dict[int, Ints]]:
    served = np.ones(pairs.size, dtype=np.bool_)
    known = {}
    for number, block in enumerate(whole.blocks):
        found = None if block.capacity is None else block.capacity.settle(pairs, columns)
        if found is not None:
            known[number], of_block = found
            served &= of_block
    return served, known
