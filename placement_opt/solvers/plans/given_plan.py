"""Makes a plan of given placements that keeps as many of their points as the rules allow.

A plan made by hand or under last week's records names placements, and perhaps coaches. Where all
rows allow it, everything it names is kept without any search. Where they do not, a small problem
finds the best choice among the given pairs. Where rows ask for more than was given, another small
problem finds what to add. Both take a few seconds at most.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.formulation.capacity import Columns
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock
from placement_opt.solvers.derived.part import Part, part_of
from placement_opt.solvers.plans.completion import completed
from placement_opt.solvers.plans.given_filling import filled_greedily, filling, own_reach
from placement_opt.solvers.plans.given_greedy import taken_of, with_more
from placement_opt.solvers.plans.upper_limits import asked_by_name
from placement_opt.solvers.search import schedule
from placement_opt.solvers.search.base import Search
from placement_opt.solvers.search.board import Solution
from placement_opt.solvers.search.clock import Clock
from placement_opt.solvers.search.limits import SearchLimits

FEW_VARIABLES = 2_000
"""A problem with no more variables is solved in a moment."""

MOST_VARIABLES = 20_000
"""A small problem has no more variables, unless its contested pairs alone are more."""

CONTESTED_PAIRS = 100
"""In large problems, so many pairs of each overfull row are decided again."""


def plan_of_given(
    whole: Formulation,
    given: Ints,
    columns: Columns,
    limits: SearchLimits,
    seconds: float = schedule.KEEPING_S,
) -> Solution | None:
    """Return a plan of the given pairs, or None where none was found.

    The plan has all given pairs where these keep every row. Otherwise it has those that gain most
    together. Where even those leave a row short, it has other pairs as well.

    Parameters
    ----------
    whole
        The problem.
    given
        Pairs, ascending.
    columns
        What is known of each, such as its coach; see `formulation.capacity.Capacity`.
    limits
        Give the seed and the kind of limits; their time does not count.
    seconds
        What each of the small problems may take.
    """
    asked = asked_by_name(whole, given)
    given, columns = with_more(given, columns, asked)
    taken, known = taken_of(whole, given, columns, asked)
    patient = _patient(limits, seconds)
    first = completed(whole, taken, patient, known)
    if first is not None and first.chosen.size == given.size:
        return first
    best = _best_of(whole, given, taken, known, first, patient)
    return best or _filled(whole, given, taken, known, columns, patient)


def taken_one_by_one(
    whole: Formulation, given: Ints, columns: Columns, limits: SearchLimits
) -> Solution | None:
    """Return a plan of the given pairs that fit one after the other; None where it lacks some.

    That takes no search, unless a rule leaves its own variables to one, and so a part of a second
    in any region. Parameters are those of `plan_of_given`.
    """
    asked = asked_by_name(whole, given)
    given, columns = with_more(given, columns, asked)
    taken, known = taken_of(whole, given, columns, asked)
    return completed(whole, taken, _patient(limits), known)


def _filled(
    whole: Formulation,
    given: Ints,
    taken: Ints,
    known: Mapping[int, Ints],
    columns: Columns,
    patient: Clock,
) -> Solution | None:
    """Return a plan of given pairs and others, where the given ones leave rows short.

    All taken pairs stay if possible; else some of them may go.
    """
    fill = filling(whole, taken, given)
    pairs, wider = with_more(given, columns, fill)
    greedily, settled = filled_greedily(whole, taken, fill, pairs, wider)
    plan = completed(whole, greedily, patient, settled)
    if plan is None:
        plan = _solved(whole, fill, known, patient, taken=taken)
    if plan is None and pairs.size <= MOST_VARIABLES:
        plan = _solved(whole, pairs, known, patient)
    elif plan is None:
        contested = _contested(whole, pairs, fill, known)
        stays = np.setdiff1d(pairs, contested, assume_unique=True)
        plan = _solved(
            whole, contested, known, patient, taken=stays, free=_own_at_hand(whole, known, fill)
        )
    return plan


def best_within(whole: Formulation, plan: Solution, limits: SearchLimits) -> Solution | None:
    """Return the best plan that uses only pairs of a plan; None in large problems.

    It is better than the plan where some placements lower the total.
    """
    n_own = whole.n_variables - whole.n_pairs
    if plan.chosen.size + n_own > FEW_VARIABLES:
        return None
    free = np.ones(n_own, dtype=np.bool_)
    return _solved(whole, plan.chosen, {}, _patient(limits), first=plan, free=free)


def least_plan(whole: Formulation, limits: SearchLimits) -> Solution | None:
    """Return the plan of only the pairs demanded by a row of their own; None if it breaks a row."""
    asked = asked_by_name(whole)
    taken, known = taken_of(whole, asked, {"coach": np.full_like(asked, -1)}, asked)
    return completed(whole, taken, _patient(limits), known)


def _patient(limits: SearchLimits, seconds: float = schedule.KEEPING_S) -> Clock:
    """Return a clock with time of its own: the search may be at its end or cancelled."""
    return Clock(replace(limits, time_limit_s=seconds, gap=0.0))


def _best_of(
    whole: Formulation,
    given: Ints,
    taken: Ints,
    known: Mapping[int, Ints],
    first: Solution | None,
    patient: Clock,
) -> Solution | None:
    """Return the plan of given pairs that gains most; None where it would leave rows short.

    In large problems only the pairs left out and those in their way are decided again.
    """
    n_own = whole.n_variables - whole.n_pairs
    left = np.setdiff1d(given, taken, assume_unique=True)
    free = np.ones(n_own, dtype=np.bool_)
    if given.size + n_own > MOST_VARIABLES:
        free = _own_at_hand(whole, known, left)
    if given.size + np.count_nonzero(free) <= MOST_VARIABLES:
        return _solved(whole, given, known, patient, first=first, free=free)
    contested = _contested(whole, given, left, known)
    stays = np.setdiff1d(given, contested, assume_unique=True)
    return _solved(whole, contested, known, patient, taken=stays, first=first, free=free)


def _contested(whole: Formulation, given: Ints, left: Ints, known: Mapping[int, Ints]) -> Ints:
    """Return the pairs left out, and the pairs of least gain in each row that keeps them out.

    In a block that is `known` those are the rows of the pairs left out. In any other block they
    are the rows that all given pairs together, or those not left out, break at any values of the
    own variables.
    """
    gain = whole.objective.gain[given]
    is_left = np.isin(given, left, assume_unique=True)
    is_contested = is_left.copy()
    for number, block in enumerate(whole.blocks):
        at, row, value = block.by_pair.of_pairs(given)
        if number in known:
            in_row = np.zeros(len(block), dtype=np.bool_)
            in_row[row[is_left[at]]] = True
            breaks = in_row[row]
        else:
            least, most = own_reach(block)
            breaks = np.zeros(row.size, dtype=np.bool_)
            for counts in (value, np.where(is_left[at], 0, value)):
                used = np.zeros(len(block), dtype=np.int64)
                np.add.at(used, row, counts.astype(np.int64))
                is_over = (block.upper != NO_UPPER) & (used + least > block.upper)
                is_under = (block.lower != NO_LOWER) & (used + most < block.lower)
                breaks |= (is_over[row] & (value > 0)) | (is_under[row] & (value < 0))
        at, row = at[breaks], row[breaks]
        order = np.lexsort((gain[at], row))
        at, row = at[order], row[order]
        rank = np.arange(row.size) - np.searchsorted(row, row)
        is_contested[at[rank < CONTESTED_PAIRS]] = True
    return given[is_contested]


def _solved(
    whole: Formulation,
    pairs: Ints,
    known: Mapping[int, Ints],
    patient: Clock,
    *,
    taken: Ints | None = None,
    first: Solution | None = None,
    free: Bools | None = None,
) -> Solution | None:
    """Solve the problem over some pairs, while `taken` pairs stay; None where that fails.

    `first` is a solution to begin with. `free`, shape (N - E,), marks the own variables that may
    differ from zero.
    """
    if free is None:
        free = _own_at_hand(whole, known, pairs)
    part = part_of(whole, pairs, None, free, taken)
    inner = Search(part.formulation, patient.limits)
    if first is not None:
        inner.offer(part.inside(first), "given plan")
    _solve(part.formulation, inner)
    return None if inner.best is None else _outside(whole, part, inner.best, taken)


def _solve(formulation: Formulation, inner: Search) -> None:
    """Solve by HiGHS; by CP-SAT what is tiny, or where HiGHS refuses or finds nothing.

    The linear relaxation nearly solves such problems: HiGHS takes a tenth of the time of CP-SAT.
    """
    from placement_opt.solvers.engines.cp_sat import CpSat
    from placement_opt.solvers.engines.mip import Mip

    if formulation.n_variables > FEW_VARIABLES and Mip().refuses(formulation) is None:
        Mip().solve(formulation, inner)
        if inner.best is not None or inner.infeasible_by is not None:
            return
    CpSat().solve(formulation, inner)


def _outside(whole: Formulation, part: Part, inside: Solution, taken: Ints | None) -> Solution:
    own = np.zeros(whole.n_variables - whole.n_pairs, dtype=np.int64)
    own[part.own] = inside.own
    chosen = part.pairs[inside.chosen]
    return Solution(chosen if taken is None else np.union1d(chosen, taken), own)


def _own_at_hand(whole: Formulation, known: Mapping[int, Ints], pairs: Ints) -> Bools:
    """Mark the own variables that a small problem has, shape (N - E,).

    Of blocks that are `known` it has those in use and those that the given pairs could use.
    """
    free = np.ones(whole.n_variables - whole.n_pairs, dtype=np.bool_)
    for number, own in known.items():
        first = whole.offsets[number] - whole.n_pairs
        free[first : first + own.size] = (own > 0) | _moved(whole.blocks[number], pairs)
    return free


def _moved(block: RowBlock, pairs: Ints) -> Bools:
    """Mark the own variables of a block that some pairs could use, shape (V,).

    They share a row with such a pair, or such a variable needs them: a row with an upper limit of
    0 allows a variable only together with those that it subtracts, such as a person's coach.
    """
    if block.variable_usage is None:
        return np.zeros(0, dtype=np.bool_)
    own = sparse.coo_array(block.variable_usage)
    moved = np.zeros(own.shape[1], dtype=np.bool_)
    _, row, _ = block.by_pair.of_pairs(pairs)
    is_touched = np.zeros(len(block), dtype=np.bool_)
    is_touched[row] = True
    moved[own.col[is_touched[own.row]]] = True
    needs = np.zeros(len(block), dtype=np.bool_)
    needs[own.row[moved[own.col] & (own.data > 0)]] = True
    needs &= block.upper <= 0
    moved[own.col[needs[own.row]]] = True
    return moved
