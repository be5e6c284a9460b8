"""Cuts that hold because pairs are integers: mixed-integer rounding, in exact arithmetic.

A cut is kept as its recipe, never as numbers: which rows to add, which variables to count from
their upper bound, and by what to divide. `cut_row` derives the row again from the recipe, so that
whoever checks a bound again checks its cuts too.

**The row.** Add rows with integer weights, each on a side that has a limit, so that the sum reads
``sum a_j v_j >= b`` for every solution. Count each variable from a bound: ``v_j = L_j + x_j``, or
``v_j = U_j - x_j`` for those that are complemented. That leaves ``sum a_j x_j >= b`` with new a
and b, and x >= 0. For continuous variables, leave out terms with a_j < 0, which only makes the
left side larger.

**The cut.** For an integer d > 0 let ``r = b mod d``, with r > 0, and

    F(a) = floor(a / d) r + min(r, a mod d)

Then ``sum_integer F(a_j) x_j + sum_other max(a_j, 0) x_j >= ceil(b / d) r``.

**Why.** Let Q be the integer variables with ``a_j mod d >= r``, and P the other integer ones. Write
``t = sum_P floor(a_j / d) x_j + sum_Q ceil(a_j / d) x_j``, which is an integer, and
``s = sum_P (a_j mod d) x_j + sum_other max(a_j, 0) x_j >= 0``. The row gives ``d t + s >= b``,
since Q's coefficients were only raised; and the cut's left side is exactly ``r t + s``. With
``k = ceil(b / d)``, so that ``b = d (k - 1) + r``: if t >= k then ``r t + s >= r k``. If
t <= k - 1 then ``s >= b - d t = r + d (k - 1 - t) >= r + r (k - 1 - t) = r (k - t)``, so again
``r t + s >= r k``.

The inequality is that of Nemhauser and Wolsey (1990), "A recursive procedure to generate all cuts
for 0-1 mixed integer programs", Mathematical Programming 46.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Ints
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.formulation import SUM_LIMIT, Formulation
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.formulation.rows import ExtraRows


@dataclass(frozen=True, slots=True, repr=False)
class Cut(ShortRepr):
    """How to derive one row from others.

    Parameters
    ----------
    rows
        Rows to add: those of the rules in the formulation's order, then earlier cuts.
    weights
        Integer weight of each; a positive one takes the row's lower limit, a negative one the
        upper limit.
    delta
        The divisor d.
    complemented
        Variables that are counted down from their upper bound, ascending.
    """

    rows: tuple[int, ...]
    weights: tuple[int, ...]
    delta: int
    complemented: tuple[int, ...]


@dataclass(frozen=True, eq=False, repr=False)
class CutRow(ShortRepr):
    """``sum of coefficient * v[member] >= limit``.

    Parameters
    ----------
    member
        Variables, ascending.
    coefficient
        Their coefficients, int64, none of them zero.
    limit
        The lower limit.
    """

    member: Ints
    coefficient: Ints
    limit: int


def rounded(coefficient: Ints, remainder: Ints | int, delta: Ints | int) -> Ints:
    """Return F of the coefficients of integer variables; see the module's docstring."""
    quotient = coefficient // delta
    result: Ints = quotient * remainder + np.minimum(remainder, coefficient - quotient * delta)
    return result


def cut_row(formulation: Formulation, cut: Cut) -> CutRow:
    """Derive a cut's row from the rows of a formulation, which may be cuts themselves.

    Raises
    ------
    ValueError
        When the recipe does not fit: no such row or variable, a side without a limit, nothing
        left to round, or sums beyond int64.
    """
    return _rounded_sum(formulation, cut)[0]


def _rounded_sum(formulation: Formulation, cut: Cut) -> tuple[CutRow, float]:
    """Return a cut's row, and by what the sum of its rows would be multiplied without rounding."""
    member, coefficient, limit = _sum_of_rows(formulation, cut)
    low, high = formulation.bounds(member)
    down = np.isin(member, np.array(cut.complemented, dtype=np.int64))
    if np.count_nonzero(down) != len(cut.complemented):
        raise ValueError("a cut complements a variable that its rows do not have, or one twice")
    base = np.where(down, high, low)
    sign = np.where(down, -1, 1)
    rest = limit - int(coefficient @ base)
    remainder = rest % cut.delta
    if remainder == 0:
        raise ValueError("a cut has nothing to round")
    is_integer = formulation.is_integer[member]
    turned = sign * coefficient
    kept = np.where(is_integer, rounded(turned, remainder, cut.delta), np.maximum(turned, 0))
    _refuse_overflow(kept, low, high)
    kept *= sign
    least = -(-rest // cut.delta) * remainder + int(kept @ base)
    row, divisor = _reduced(CutRow(member, kept, least), is_integer)
    return row, remainder / cut.delta / divisor


def prices_of_rules(formulation: Formulation, prices: Floats) -> Floats:
    """Return prices of the rules' rows alone: those of cuts go to the rows that they are made of.

    A cut is nearly a multiple of the sum of its rows, so that what it costs a variable is nearly
    the same. The bound is a little weaker; the prices are a good start where cuts are not kept.

    Parameters
    ----------
    formulation
        The problem with its cuts.
    prices
        Prices of its rows, then of its cuts, shape (R,).
    """
    cuts = cuts_of(formulation)
    first = formulation.n_rows - len(cuts)
    prices = prices.astype(np.float64)
    for number in range(len(cuts) - 1, -1, -1):
        cut, price = cuts[number], prices[first + number]
        if price:
            _, share = _rounded_sum(formulation, cut)
            # One by one, since a row may be there twice.
            for row, weight in zip(cut.rows, cut.weights, strict=True):
                prices[row] += price * weight * share
    return prices[:first]


def _sum_of_rows(formulation: Formulation, cut: Cut) -> tuple[Ints, Ints, int]:
    """Return the members, coefficients and lower limit of the weighted sum of a cut's rows."""
    if not cut.rows or len(cut.rows) != len(cut.weights) or 0 in cut.weights or cut.delta < 1:
        raise ValueError("a cut needs rows, a weight other than zero for each, and a divisor")
    if min(cut.rows) < 0 or max(cut.rows) >= formulation.n_rows:
        raise ValueError(f"a cut stands on rows {cut.rows} of {formulation.n_rows}")
    limit, reach = 0, float(cut.delta)
    members, values = [], []
    for row, weight in zip(cut.rows, cut.weights, strict=True):
        side = int((formulation.row_lower if weight > 0 else formulation.row_upper)[row])
        if side in {NO_LOWER, NO_UPPER}:
            raise ValueError("a cut stands on a side without a limit")
        limit += weight * side
        member, value = formulation.row(row)
        members.append(member)
        values.append(weight * value)
        reach += abs(weight) * float(
            np.abs(value.astype(np.float64)) @ _widest(formulation, member)
        )
    if max(reach, abs(limit)) >= SUM_LIMIT // 4:
        raise ValueError("a cut is too large for exact sums in int64")
    member, at = np.unique(np.concatenate(members), return_inverse=True)
    total = np.zeros(member.size, dtype=np.int64)
    np.add.at(total, at, np.concatenate(values))
    used = total != 0
    return member[used], total[used], limit


def _widest(formulation: Formulation, member: Ints) -> Floats:
    low, high = formulation.bounds(member)
    return np.maximum(np.maximum(np.abs(low), np.abs(high)), 1).astype(np.float64)


def _refuse_overflow(coefficient: Ints, low: Ints, high: Ints) -> None:
    widest = np.maximum(np.abs(low), np.abs(high)).astype(np.float64)
    if float(np.abs(coefficient.astype(np.float64)) @ widest) >= SUM_LIMIT:
        raise ValueError("a cut is too large for exact sums in int64")


def _reduced(row: CutRow, is_integer: Bools) -> tuple[CutRow, int]:
    """Drop zeros and divide by the common divisor; round the limit up if all are integers.

    The divisor is told, too.
    """
    used = row.coefficient != 0
    member, coefficient = row.member[used], row.coefficient[used]
    divisor = int(np.gcd.reduce(coefficient, initial=0)) or 1
    if not np.all(is_integer[used]):
        divisor = math.gcd(divisor, row.limit)
    return CutRow(member, coefficient // divisor, -(-row.limit // divisor)), divisor


def with_cuts(formulation: Formulation, cuts: Sequence[Cut]) -> Formulation:
    """Return the formulation with more cuts, behind all other rows.

    No solution is lost. A cut may stand on cuts before it. Costs one pass over the coefficients for
    each generation of cuts.

    Raises
    ------
    ValueError
        When a cut cannot be derived; see `cut_row`.
    """
    strong, done = formulation, 0
    while done < len(cuts):
        rows: list[CutRow] = []
        for cut in cuts[done:]:
            if max(cut.rows, default=0) >= strong.n_rows:
                break
            rows.append(cut_row(strong, cut))
        if not rows:
            raise ValueError("a cut stands on one that does not come before it")
        strong = _extended(strong, rows, tuple(cuts[done : done + len(rows)]))
        done += len(rows)
    return strong


def _extended(
    formulation: Formulation, rows: Sequence[CutRow], cuts: tuple[Cut, ...]
) -> Formulation:
    start = np.cumsum([0, *(row.member.size for row in rows)])
    member = np.concatenate([row.member for row in rows])
    coefficient = np.concatenate([row.coefficient for row in rows])
    matrix = narrow_rows(
        sparse.csr_array((coefficient, member, start), shape=(len(rows), formulation.n_variables))
    )
    lower = np.array([row.limit for row in rows], dtype=np.int64)
    old = formulation.extra
    if old is not None:
        matrix = sparse.vstack([old.matrix, matrix], format="csr")
        lower, cuts = np.append(old.lower, lower), (*old.recipes, *cuts)
    strong = replace(formulation, extra=ExtraRows(matrix, lower, cuts))
    # The variables are the same, and the bounds of millions need not be computed again.
    vars(strong).update(own_lower=formulation.own_lower, own_upper=formulation.own_upper)
    return strong


def cuts_of(formulation: Formulation) -> tuple[Cut, ...]:
    """Return the cuts of a formulation, in the order of their rows."""
    return () if formulation.extra is None else formulation.extra.recipes


def without_cuts(formulation: Formulation, dropped: Bools) -> tuple[Formulation, Bools]:
    """Leave out cuts, except those that a kept one stands on.

    Parameters
    ----------
    formulation
        A formulation with cuts, or with none.
    dropped
        Which of its cuts to leave out, in the order of their rows.

    Returns
    -------
    tuple
        The formulation, and which of the rows have stayed, shape (R,).
    """
    cuts, extra, n_rows = cuts_of(formulation), formulation.extra, formulation.n_rows
    first = n_rows - len(cuts)
    stays = np.ones(n_rows, dtype=np.bool_)
    stays[first:] = ~dropped
    for number in range(len(cuts) - 1, -1, -1):
        if stays[first + number]:
            stays[list(cuts[number].rows)] = True
    if extra is None or stays.all():
        return formulation, stays
    new = np.cumsum(stays) - 1
    kept = np.flatnonzero(stays[first:])
    recipes = tuple(
        replace(cuts[number], rows=tuple(int(new[row]) for row in cuts[number].rows))
        for number in kept
    )
    rest = ExtraRows(extra.matrix[kept], extra.lower[kept], recipes) if kept.size else None
    return replace(formulation, extra=rest), stays
