"""What keeps pairs apart in a region with periods, where some start may find a free place."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Ints
from placement_opt.constraints.stability_rows import Apart, Parts, Ranked, labels_of
from placement_opt.constraints.while_running import in_period
from placement_opt.formulation.row_blocks import Variables
from placement_opt.instance.groupings import group_text
from placement_opt.pairs.table import PairTable


def rows_in_time(
    pairs: PairTable, own: Ranked, other: Ranked, may_block: Ints, parts: Parts
) -> Apart:
    r"""Return a row for each start that matters of each pair that may block.

    A place of rank r at opening o is free in period t, g = 1, unless q people who are as welcome
    run there; somebody who lacks what is as good blocks unless each start meets a full period:

    .. math:: \sum_{c': r_{oc'} \le r, \, t \in \text{run}} x_{c'o} + q_o g_{ort} \ge q_o, \qquad
              \sum_{o': r_{co'} \le r_{co}} x_{co'} + b_{co}
              + \sum_{t \in \text{run}} (1 - g_{ort}) \ge 1

    A start whose run holds that of another one follows from it, and has no row.
    """
    starts = _Starts.of(pairs, may_block)
    return _stacked([_part(pairs, own, other, may_block, starts, each) for each in parts])


@dataclass(frozen=True, eq=False)
class _Starts:
    """The starts that matter of pairs that may block.

    Parameters
    ----------
    pair
        Whose each is, a position among those pairs, shape (S,).
    of_entry, period
        Each period of each of their runs: which start, and which period, shape (R,).
    """

    pair: Ints
    of_entry: Ints
    period: Ints

    @classmethod
    def of(cls, pairs: PairTable, may_block: Ints) -> "_Starts":
        """Find them: ends come in the order of starts, so that only the last of an end matters."""
        first, after = _run(pairs)
        place = np.full(pairs.n_distinct, -1, dtype=np.int64)
        number = pairs.number
        place[number[may_block]] = np.arange(may_block.size)
        ways = np.flatnonzero(place[number] >= 0)
        pair, start, end = place[number[ways]], first[ways], after[ways]
        order = np.lexsort((start, pair))
        pair, start, end = pair[order], start[order], end[order]
        is_last = np.ones(pair.size, dtype=np.bool_)
        is_last[:-1] = (pair[1:] != pair[:-1]) | (end[1:] != end[:-1])
        pair, start, end = pair[is_last], start[is_last], end[is_last]
        of_entry, period = _unfolded(start, end)
        return cls(pair, of_entry, period)


def _unfolded(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return each period of each run, and which run it is of."""
    length = end - start
    run = np.repeat(np.arange(start.size), length)
    return run, np.arange(run.size) - np.repeat(np.cumsum(length) - length, length) + start[run]


def _part(
    pairs: PairTable,
    own: Ranked,
    other: Ranked,
    may_block: Ints,
    starts: _Starts,
    equal: tuple[bool, bool],
) -> Apart:
    """Return the rows of one way to block: of places at openings first, then of starts."""
    instance, n_periods = pairs.instance, len(pairs.instance.region.periods)
    one_of, level = other.levels(may_block)
    cells, cell = np.unique(
        level[starts.pair[starts.of_entry]] * n_periods + starts.period, return_inverse=True
    )
    welcome = other.as_good(one_of, np.ones_like(one_of), equal=equal[1])
    has = own.with_itself(may_block, np.ones_like(may_block), equal=equal[0])[starts.pair]
    opening = pairs.opening[one_of[cells // n_periods]]
    places = instance.openings.positions[opening].astype(np.int64)
    n_cells, n_starts = cells.size, starts.pair.size
    each, ones = np.arange(n_cells), np.ones(starts.of_entry.size, dtype=np.int64)
    free = (
        np.concatenate([places, -ones]),
        (np.concatenate([each, n_cells + starts.of_entry]), np.concatenate([each, cell])),
    )
    ids, periods = instance.opening_ids, instance.region.periods
    told = [
        group_text(in_period(ids[opening[cell]], periods[cells[cell] % n_periods].id))
        for cell in range(n_cells)
    ]
    names = labels_of(pairs, may_block)
    return Apart(
        sparse.vstack([_running(pairs, welcome, cells), has], format="csr"),
        np.append(places, 1 - np.bincount(starts.of_entry, minlength=n_starts)),
        np.append(np.full(n_cells, -1), starts.pair),
        np.append(np.zeros(n_cells, np.int64), np.ones(n_starts, np.int64)),
        [*told, *(names[pair] for pair in starts.pair.tolist())],
        Variables(
            np.zeros(n_cells, dtype=np.int64),
            np.ones(n_cells, dtype=np.int64),
            [Fraction(0)] * n_cells,
            follow=bool((places == 1).all()),
        ),
        sparse.csr_array(free, shape=(n_cells + n_starts, n_cells)),
    )


def _running(pairs: PairTable, welcome: sparse.csr_array, cells: Ints) -> sparse.csr_array:
    """Return a row for each rank and period that is asked for: who of that rank runs in it."""
    wanted, n_periods = welcome.tocoo(), len(pairs.instance.region.periods)
    entry, period = _unfolded(*(day[wanted.col] for day in _run(pairs)))
    asked = wanted.row[entry].astype(np.int64) * n_periods + period
    at = np.minimum(np.searchsorted(cells, asked), cells.size - 1)
    is_asked = cells[at] == asked
    places = at[is_asked], wanted.col[entry[is_asked]]
    ones = np.ones(places[0].size, dtype=np.int64)
    return sparse.csr_array((ones, places), shape=(cells.size, pairs.n_pairs))


def _run(pairs: PairTable) -> tuple[Ints, Ints]:
    if pairs.start is None or pairs.end is None:
        raise TypeError("pairs without periods")
    return pairs.start.astype(np.int64), pairs.end.astype(np.int64)


def _stacked(parts: Sequence[Apart]) -> Apart:
    """Return the rows of all ways to block under each other, each with its own variables."""
    first, *others = parts
    if not others or first.variables is None:
        return first
    variables = first.variables
    for other in others:
        variables = variables if other.variables is None else variables.with_more(other.variables)
    usages = [part.variable_usage for part in parts if part.variable_usage is not None]
    return Apart(
        sparse.vstack([part.usage for part in parts], format="csr"),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.pair for part in parts]),
        np.concatenate([part.saves for part in parts]),
        [label for part in parts for label in part.labels],
        variables,
        sparse.block_diag(usages, format="csr"),
    )
