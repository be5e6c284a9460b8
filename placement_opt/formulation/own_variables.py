"""The best values of own variables, given the pairs of a plan."""

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock


def following(block: RowBlock, lower: Ints, upper: Ints, kept: Ints | None = None) -> Ints | None:
    """Return the best own variables of a block; None where they break a row or a bound.

    Parameters and values are those of `values_that_follow`.
    """
    values = values_that_follow(block, lower, upper, kept)
    if values is None or block.variables is None or block.variable_usage is None:
        return None
    activity = block.variable_usage @ values
    fits = (
        np.all(values >= block.variables.lower)
        and np.all(values <= block.variables.upper)
        and np.all((activity >= lower) | (lower == NO_LOWER))
        and np.all((activity <= upper) | (upper == NO_UPPER))
    )
    return values if fits else None


def values_that_follow(
    block: RowBlock, lower: Ints, upper: Ints, kept: Ints | None = None
) -> Ints | None:
    """Return what the pairs ask of a block's own variables, whatever rows and bounds that breaks.

    1. A variable that is the only open one in an equation takes the value that solves it.
    2. Each of the others costs points and has a positive coefficient in rows with a lower limit:
       it takes the least that those rows ask.
    3. A variable that gains points then takes the most that its rows allow. Where two of them share
       a row, the first comes first.

    Parameters
    ----------
    block
        A block with `variables.follow`.
    lower, upper
        Limits of its rows less what the pairs use; see `RowBlock.limits_less`.
    kept
        Values of the variables, shape (V,): those without a gain stay as they are. None for none.

    Returns
    -------
    numpy.ndarray or None
        The values, shape (V,); None where the block has no own variables.
    """
    if block.variables is None or block.variable_usage is None:
        return None
    usage = block.variable_usage.tocsr()
    values = block.variables.lower.copy()
    is_set = np.zeros(values.size, dtype=np.bool_)
    if kept is not None:
        is_set = np.array([not gain for gain in block.variables.gain], dtype=np.bool_)
        values = np.where(is_set, kept, values)
    of_row, of_own, amount = block.own_entries
    while True:  # as many rounds as equations build on each other
        is_open = ~is_set[of_own]
        n_open = np.bincount(of_row[is_open], minlength=len(block))
        asks = is_open & ((lower == upper) & (n_open == 1))[of_row]
        if not asks.any():
            break
        row, column = of_row[asks], of_own[asks]
        left = lower - usage @ np.where(is_set, values, 0)
        values[column] = left[row] // amount[asks]
        is_set[column] = True
    _fill(values, is_set, block, usage, lower)
    if not block.variables.follow:
        gains = np.flatnonzero([gain > 0 for gain in block.variables.gain])
        _raise(values, gains, block.variables.upper, usage.tocsc(), lower, upper)
    return values


def _fill(
    values: Ints, is_set: Bools, block: RowBlock, usage: sparse.csr_array, lower: Ints
) -> None:
    """Give each open variable the least that its rows with a lower limit ask.

    Variables that are alone in their rows come first, so that others can build on them: first who
    leaves a job, then the shortfall of the sum that this lowers.
    """
    of_row, of_own, amount = block.own_entries
    fills = (lower[of_row] != NO_LOWER) & (amount > 0)
    while not is_set.all():
        is_open = ~is_set[of_own]
        n_open = np.bincount(of_row[is_open], minlength=len(block))
        waits = np.zeros(values.size, dtype=np.bool_)
        waits[of_own[fills & is_open & (n_open[of_row] > 1)]] = True
        ready = ~is_set & (~waits | waits[~is_set].all())
        rest = usage @ np.where(is_set, values, 0)
        asks = fills & ready[of_own]
        row, column = of_row[asks], of_own[asks]
        asked = -((rest[row] - lower[row]) // amount[asks])
        np.maximum.at(values, column, asked)
        is_set |= ready


def _raise(
    values: Ints, gains: Ints, most: Ints, usage: sparse.csc_array, lower: Ints, upper: Ints
) -> None:
    """Raise each variable that gains points as far as its bound and its rows allow."""
    activity = usage @ values
    for variable in gains.tolist():
        entries = slice(usage.indptr[variable], usage.indptr[variable + 1])
        row, each = usage.indices[entries], usage.data[entries].astype(np.int64)
        row, each = row[each != 0], each[each != 0]
        # A row without a limit is further away than any bound of a variable.
        left = np.where(each > 0, upper[row] - activity[row], activity[row] - lower[row])
        step = min([int(most[variable] - values[variable]), *(left // np.abs(each)).tolist()])
        if step > 0:
            values[variable] += step
            activity[row] += step * each


def tightened(formulation: Formulation, chosen: npt.NDArray[np.int64], own: Ints) -> Ints:
    """Return the own variables, at their best where they follow from the chosen pairs.

    Solvers in floating point leave shortfalls a little too high, and a solver that is stopped may
    leave them far too high. In blocks without `follow` whose variables have gains, values change
    only where that gains points. Where nothing changes, `own` itself is returned.
    """
    gain = formulation.objective.gain
    follows = [
        number
        for number, block in enumerate(formulation.blocks)
        if block.variables is not None
        and (block.variables.follow or formulation.own_values(gain, number).any())
    ]
    if not follows:
        return own
    pairs = np.zeros(formulation.n_pairs, dtype=np.int64)
    pairs[chosen] = 1
    values = own.copy()
    for number in follows:
        block = formulation.blocks[number]
        if block.variables is None:
            continue
        used = block.usage @ pairs
        first = formulation.offsets[number] - formulation.n_pairs
        place, gains = slice(first, first + block.n_own), formulation.own_values(gain, number)
        limits = block.limits_less(used)
        best = following(block, *limits)
        if best is None and not block.variables.follow:  # some are the search's own choice
            best = following(block, *limits, kept=values[place])
        if best is None:
            continue
        if block.variables.follow or gains @ best > gains @ values[place]:
            values[place] = best
    return own if np.array_equal(values, own) else values
