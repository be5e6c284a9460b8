"""From placements that somebody gives to a plan: as many points of them as rules let stand.

A plan made by hand or under last week's records names placements, and perhaps coaches. What it
names is kept where all rows allow it, without any search. Where they do not, the best choice among
the given pairs is a small problem of its own; where rows ask for more than was given, so is what to
add. Both are solved by CP-SAT, in a few seconds at most.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.formulation import Formulation
from placement_opt.instance import Bools, Ints
from placement_opt.row_blocks import NO_LOWER, NO_UPPER, Columns, RowBlock
from placement_opt.solvers.base import Search, Solution
from placement_opt.solvers.completion import completed
from placement_opt.solvers.part import Part, part_of

KEEPING_S = 5.0
"""Seconds that each small problem may take, whatever the limits of the solve: a plan that people
have is kept."""

FEW_VARIABLES = 2_000
"""Up to so many variables the best part of a plan takes a moment."""

MOST_VARIABLES = 20_000
"""Small problems stay below so many variables, where that leaves enough of them."""

CONTESTED_PAIRS = 100
"""So many pairs of each row that is too full are decided again, in large problems."""

FILLING_PAIRS = 50
"""So many pairs are looked at for each placement that a row lacks, in large problems."""

Pairs = npt.NDArray[np.int64]


def plan_of_given(
    whole: Formulation, given: Pairs, columns: Columns, search: Search
) -> Solution | None:
    """Return a plan of the given pairs, or None where none was found.

    All of them where they keep every row together; else those that gain most together; else, where
    rows ask for more, the given pairs and what they lack.

    Parameters
    ----------
    whole
        The problem.
    given
        Pairs, ascending.
    columns
        What is known of each, such as its coach; see `placement_opt.row_blocks.RowBlock`.
    search
        For the seed and the kind of limits; its time and its cancel do not count.
    """
    given, columns = _with_asked(whole, given, columns)
    taken, known = _taken(whole, given, columns)
    patient = _patient(search)
    first = completed(whole, taken, patient, known)
    if first is not None and first.chosen.size == given.size:
        return first
    best = _best_of(whole, given, taken, known, first, patient)
    if best is not None:
        return best
    lacking = _lacking_rows(whole, taken)
    fill = _filling(whole, lacking, given)
    filled = _solved(whole, fill, known, patient, taken=taken)
    if filled is not None:
        return filled
    return _solved(whole, np.union1d(given, fill), known, patient)


def best_within(whole: Formulation, plan: Solution, search: Search) -> Solution | None:
    """Return the best plan among the pairs of a plan, or None in large problems.

    A plan that keeps all rows can still have placements that lower the total.
    """
    n_own = whole.n_variables - whole.n_pairs
    if plan.chosen.size + n_own > FEW_VARIABLES:
        return None
    free = np.ones(n_own, dtype=np.bool_)
    return _solved(whole, plan.chosen, {}, _patient(search), first=plan, free=free)


def least_plan(whole: Formulation, search: Search) -> Solution | None:
    """Return the plan of nobody but who rows ask for by name, or None where it breaks a row."""
    nobody = np.zeros(0, dtype=np.int64)
    columns = {"coach": nobody}
    taken, known = _taken(whole, *_with_asked(whole, nobody, columns))
    return completed(whole, taken, _patient(search), known)


def _patient(search: Search) -> Search:
    """Return a search with time of its own, which a spent or cancelled solve still has."""
    limits = replace(search.limits, time_limit_s=KEEPING_S, gap=0.0)
    return Search(search.formulation, limits)


def _with_asked(whole: Formulation, given: Pairs, columns: Columns) -> tuple[Pairs, Columns]:
    """Add the pairs that some row asks for by itself, such as fixed placements."""
    asked = [given[:0]]
    for block in whole.blocks:
        if block.variables is None:
            alone = np.flatnonzero((block.lower > 0) & (np.diff(block.usage.indptr) == 1))
            asked.append(block.usage.indices[block.usage.indptr[alone]].astype(np.int64))
    every = np.union1d(given, np.concatenate(asked))
    place = np.searchsorted(every, given)
    wider = {}
    for name, column in columns.items():
        wider[name] = np.full(every.size, -1, dtype=np.int64)
        wider[name][place] = column
    return every, wider


def _taken(whole: Formulation, given: Pairs, columns: Columns) -> tuple[Pairs, dict[int, Ints]]:
    """Take pairs while every row over pairs alone has room: those first that bring most.

    Returns the pairs, ascending, and the own variables of the blocks that were settled for them.
    """
    at, row, amount, free = _upper_limits(whole, given)
    start = np.searchsorted(at, np.arange(given.size + 1))
    by_gain = np.argsort(-whole.objective.gain[given], kind="stable")
    fits = np.zeros(given.size, dtype=np.bool_)
    for place in by_gain.tolist():
        entries = slice(start[place], start[place + 1])
        if np.all(amount[entries] <= free[row[entries]]):
            free[row[entries]] -= amount[entries]
            fits[place] = True
    order = by_gain[fits[by_gain]]
    served, known = _settled(whole, given[order], {n: c[order] for n, c in columns.items()})
    if not served.all():
        # A coach who cannot be kept must cost nobody a place.
        unnamed = {name: np.full(order.size, -1, dtype=np.int64) for name in columns}
        freely, others = _settled(whole, given[order], unnamed)
        gain = whole.objective.gain[given[order]]
        if gain @ freely > gain @ served:
            served, known = freely, others
    return np.sort(given[order[served]]), known


def _settled(whole: Formulation, pairs: Pairs, columns: Columns) -> tuple[Bools, dict[int, Ints]]:
    """Let each block that holds capacity serve pairs; tell who is served, and by what."""
    served = np.ones(pairs.size, dtype=np.bool_)
    known = {}
    for number, block in enumerate(whole.blocks):
        if block.settle is not None:
            known[number], of_block = block.settle(pairs, columns)
            served &= of_block
    return served, known


def _upper_limits(whole: Formulation, given: Pairs) -> tuple[Pairs, Pairs, Ints, Ints]:
    """Return (pair, row, amount) of the rows over pairs alone, by pair, and what is free in each.

    Pairs are counted within the given ones.
    """
    pair, row, amount = [given[:0]], [given[:0]], [given[:0]]
    free, n_rows = [given[:0]], 0
    for block in whole.blocks:
        if block.variables is not None:
            continue
        at, of_block, value = block.by_pair.of_pairs(given)
        is_limited = block.upper[of_block] != NO_UPPER
        pair.append(at[is_limited])
        row.append(of_block[is_limited] + n_rows)
        amount.append(value[is_limited].astype(np.int64))
        free.append(block.upper)
        n_rows += len(block)
    pairs = np.concatenate(pair)
    order = np.argsort(pairs, kind="stable")
    return (
        pairs[order],
        np.concatenate(row)[order],
        np.concatenate(amount)[order],
        np.concatenate(free).astype(np.int64),
    )


def _best_of(
    whole: Formulation,
    given: Pairs,
    taken: Pairs,
    known: Mapping[int, Ints],
    first: Solution | None,
    patient: Search,
) -> Solution | None:
    """Return the given pairs that gain most together; None where rows ask for more than those.

    In large problems only who was left out and who is in their way are decided again.
    """
    n_own = whole.n_variables - whole.n_pairs
    if given.size + n_own <= MOST_VARIABLES:
        free = np.ones(n_own, dtype=np.bool_)
        return _solved(whole, given, known, patient, first=first, free=free)
    left = np.setdiff1d(given, taken, assume_unique=True)
    contested = _contested(whole, given, left)
    stays = np.setdiff1d(given, contested, assume_unique=True)
    free = _own_at_hand(whole, known, left)
    return _solved(whole, contested, known, patient, taken=stays, first=first, free=free)


def _contested(whole: Formulation, given: Pairs, left: Pairs) -> Pairs:
    """Return who was left out, and who gains least of those in each row that keeps them out.

    Those rows are the ones that all given pairs overfill, and those of blocks that were settled.
    """
    gain = whole.objective.gain[given]
    is_left = np.isin(given, left, assume_unique=True)
    is_contested = is_left.copy()
    for block in whole.blocks:
        at, row, value = block.by_pair.of_pairs(given)
        is_full = np.zeros(len(block), dtype=np.bool_)
        is_full[row[is_left[at]]] = True
        if block.variables is None:
            used = np.zeros(len(block), dtype=np.int64)
            np.add.at(used, row, value.astype(np.int64))
            is_full &= (block.upper != NO_UPPER) & (used > block.upper)
        elif block.settle is None:
            continue
        at, row = at[is_full[row]], row[is_full[row]]
        order = np.lexsort((gain[at], row))
        at, row = at[order], row[order]
        rank = np.arange(row.size) - np.searchsorted(row, row)
        is_contested[at[rank < CONTESTED_PAIRS]] = True
    return given[is_contested]


def _solved(
    whole: Formulation,
    pairs: Pairs,
    known: Mapping[int, Ints],
    patient: Search,
    *,
    taken: Pairs | None = None,
    first: Solution | None = None,
    free: Bools | None = None,
) -> Solution | None:
    """Solve the problem over some pairs alone, beside others that are taken; None where it fails.

    `first` is a solution to begin with, `free` tells which own variables may be other than zero.
    """
    from placement_opt.solvers.cp_sat import CpSat

    if free is None:
        free = _own_at_hand(whole, known, pairs)
    part = part_of(whole, pairs, None, free, taken)
    inner = Search(part.formulation, patient.limits)
    if first is not None:
        inner.offer(part.inside(first), "given plan")
    CpSat().solve(part.formulation, inner)
    return None if inner.best is None else _outside(whole, part, inner.best, taken)


def _outside(whole: Formulation, part: Part, inside: Solution, taken: Pairs | None) -> Solution:
    own = np.zeros(whole.n_variables - whole.n_pairs, dtype=np.int64)
    own[part.own] = inside.own
    chosen = part.pairs[inside.chosen]
    return Solution(chosen if taken is None else np.union1d(chosen, taken), own)


def _own_at_hand(whole: Formulation, known: Mapping[int, Ints], pairs: Pairs) -> Bools:
    """Tell which own variables a small problem has.

    Of those that hold capacity only what is in use and what the given pairs could use.
    """
    free = np.ones(whole.n_variables - whole.n_pairs, dtype=np.bool_)
    for number, own in known.items():
        first = whole.offsets[number] - whole.n_pairs
        free[first : first + own.size] = (own > 0) | _moved(whole.blocks[number], pairs)
    return free


def _moved(block: RowBlock, pairs: Pairs) -> Bools:
    """Tell which own variables of a block share a row with some of the pairs."""
    if block.variable_usage is None:
        return np.zeros(0, dtype=np.bool_)
    _, row, _ = block.by_pair.of_pairs(pairs)
    is_touched = np.zeros(len(block), dtype=np.bool_)
    is_touched[row] = True
    own = sparse.coo_array(block.variable_usage)
    moved = np.zeros(own.shape[1], dtype=np.bool_)
    moved[own.col[is_touched[own.row]]] = True
    return moved


def _lacking_rows(whole: Formulation, taken: Pairs) -> list[tuple[RowBlock, Ints, Ints]]:
    """Return the rows, by block, that the taken pairs leave short, and by how much at least."""
    lacking = []
    for block in whole.blocks:
        used = np.zeros(len(block), dtype=np.int64)
        _, row, value = block.by_pair.of_pairs(taken)
        np.add.at(used, row, value.astype(np.int64))
        if block.variables is not None and block.variable_usage is not None:
            usage = block.variable_usage
            used += usage.maximum(0) @ block.variables.upper
            used += usage.minimum(0) @ block.variables.lower
        short = np.where(block.lower == NO_LOWER, 0, block.lower - used)
        rows = np.flatnonzero(short > 0)
        if rows.size:
            lacking.append((block, rows, short[rows]))
    return lacking


def _filling(whole: Formulation, lacking: list[tuple[RowBlock, Ints, Ints]], given: Pairs) -> Pairs:
    """Return pairs beside the given ones that could give rows what they lack.

    All pairs where there are few; else the best of each row that lacks something.
    """
    if whole.n_pairs <= MOST_VARIABLES:
        return np.setdiff1d(np.arange(whole.n_pairs), given, assume_unique=True)
    found = [given[:0]]
    for block, rows, short in lacking:
        for row, lacks in zip(rows.tolist(), short.tolist(), strict=True):
            entries = slice(block.usage.indptr[row], block.usage.indptr[row + 1])
            pairs = block.usage.indices[entries].astype(np.int64)
            pairs = pairs[block.usage.data[entries] > 0]
            best = np.argsort(-whole.objective.gain[pairs], kind="stable")
            found.append(pairs[best[: FILLING_PAIRS * min(int(lacks), FILLING_PAIRS)]])
    fill = np.setdiff1d(np.concatenate(found), given)
    if fill.size > MOST_VARIABLES:
        best = np.argsort(-whole.objective.gain[fill], kind="stable")[:MOST_VARIABLES]
        fill = np.sort(fill[best])
    return fill
