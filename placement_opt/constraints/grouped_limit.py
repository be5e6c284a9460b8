"""The one lowering that most rules share: a sum per group, at most or at least a limit."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import numpy as np
from scipy import sparse

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.short_text import ShortRepr
from placement_opt.formulation.formulation import SUM_LIMIT
from placement_opt.formulation.pair_entries import narrow_rows, rows_of_pairs
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.groupings import group_text
from placement_opt.pairs.groups import Groups
from placement_opt.pairs.table import Column


@dataclass(frozen=True, eq=False, repr=False)
class Usage(ShortRepr):
    """What each pair uses of its group: the exact column, and the groups it falls in.

    `also` subtracts amounts from other groups: (the groups, column of the same scale).
    A placement that makes a person leave a job lowers the hours of the employer left behind.
    `unit` names what is counted, for answers, and `beside` is what each group has beside the plan.
    """

    groups: Groups
    column: Column
    also: tuple[Groups, Column] | None = None
    unit: str = "units"
    beside: Mapping[int, Fraction] | None = None

    def limits(
        self,
        rows: Sequence[int],
        size: Fraction | Sequence[Fraction],
        at_least: Mapping[int, Fraction],
        at_most: Mapping[int, Fraction],
    ) -> RowLimits:
        """Return the limits of rows in the user's own numbers, what is beside the plan included."""
        beside = None
        least, most = ([limit.get(g) for g in rows] for limit in (at_least, at_most))
        if self.beside:
            beside = [self.beside.get(group, Fraction(0)) for group in rows]
            least, most = (
                [None if end is None else end + more for end, more in zip(of, beside, strict=True)]
                for of in (least, most)
            )
        labels = [group_text(self.groups.labels[g]) for g in rows]
        return RowLimits.of(labels, self.unit, size=size, beside=beside, least=least, most=most)

    def matrix(self, rows: Sequence[int]) -> sparse.csr_array:
        """Return the usage of the wanted groups, CSR of shape (len(rows), E)."""
        n_groups = len(self.groups.labels)
        row_of = np.full(n_groups + 1, -1, dtype=np.int32)
        row_of[np.array(rows, dtype=np.int64)] = np.arange(len(rows), dtype=np.int32)
        matrix = _rows_of_groups(self.groups, row_of, len(rows), self.column)
        if self.also is None:
            return matrix
        groups, column = self.also
        left = _rows_of_groups(groups, row_of, len(rows), column)
        # Narrow types would overflow where one pair has entries from both parts.
        rest: sparse.csr_array = matrix.astype(np.int64) - left.astype(np.int64)
        rest.eliminate_zeros()
        return narrow_rows(rest)


def _rows_of_groups(
    groups: Groups, row_of: Indices, n_rows: int, column: Column
) -> sparse.csr_array:
    """Return the amounts of each group that has a row, CSR of shape (n_rows, E)."""
    row = row_of[groups.code]
    if groups.pair is None:
        return rows_of_pairs(row, n_rows, column.values)
    is_in = row >= 0
    pair = groups.pair[is_in]
    entries = column.values[pair], (row[is_in], pair)
    usage = sparse.csr_array(entries, shape=(n_rows, column.values.size))
    usage.eliminate_zeros()
    return narrow_rows(usage)


def grouped_limit(
    title: str,
    usage: Usage,
    *,
    at_most: Mapping[int, Fraction] | None = None,
    at_least: Mapping[int, Fraction] | None = None,
    shortfall_price: Mapping[int, Fraction] | Fraction | None = None,
    max_shortfall: Fraction | None = None,
) -> RowBlock | None:
    r"""Lower ``at_least[g] <= sum of usage in g <= at_most[g]`` to integer rows.

    A hard limit becomes one row with its limit rounded inwards to the usage's integers, which
    excludes nothing since sums are integers too. With a price, or with a `max_shortfall`, a
    minimum gets its own row and an integer shortfall variable:

    .. math:: \sum_p u_p x_p + s_g \ge L_g, \quad 0 \le s_g \le S_g, \quad \text{gain} = -price

    Its unit is the greatest common divisor of the row, so that the shortfall is exact.

    Parameters
    ----------
    title
        The rule's title.
    usage
        Amounts and groups of all pairs.
    at_most, at_least
        Exact limits by group; groups left out are free. They may be negative after people in
        service have been moved to the right side.
    shortfall_price
        Points per missing unit, one number or by group; None, and a group left out, is hard.
    max_shortfall
        The shortfall of a group is never larger than this; None means no limit.

    Returns
    -------
    RowBlock or None
        The rows, labelled by group; None where nothing is limited.
    """
    at_most, at_least = at_most or {}, at_least or {}
    prices = {} if shortfall_price is None else shortfall_price
    if not isinstance(prices, Mapping):
        prices = dict.fromkeys(at_least, prices)
    soft = {group: limit for group, limit in at_least.items() if group in prices}
    allowed = max_shortfall or Fraction(0)
    hard = {group: limit - allowed for group, limit in at_least.items() if group not in prices}
    firm = sorted({*at_most, *hard})
    parts = []
    if firm:
        parts.append(_hard_rows(title, usage, firm, at_most, hard))
    if soft:
        parts.append(_priced_rows(title, usage, soft, prices, max_shortfall))
    return stacked(title, parts) if parts else None


def _hard_rows(
    title: str,
    usage: Usage,
    rows: Sequence[int],
    at_most: Mapping[int, Fraction],
    at_least: Mapping[int, Fraction],
) -> RowBlock:
    scale = usage.column.scale
    # No sum reaches `SUM_LIMIT`: a limit beyond it binds nothing, and a minimum is out of reach.
    lower = _each_once(
        lambda least: min(math.ceil(least * scale), SUM_LIMIT), at_least, rows, NO_LOWER
    )
    upper = _each_once(
        lambda most: min(math.floor(most * scale), NO_UPPER), at_most, rows, NO_UPPER
    )
    matrix = usage.matrix(rows)
    return RowBlock(
        title,
        [group_text(usage.groups.labels[g]) for g in rows],
        matrix,
        np.array(lower, dtype=np.int64),
        np.array(upper, dtype=np.int64),
        # Without `also` no pair is in two groups, where it has one entry of them.
        each_pair_once=usage.also is None
        and usage.groups.pair is None
        and matrix.nnz == matrix.shape[1],
        limits=usage.limits(rows, Fraction(1, scale), at_least, at_most),
    )


def _each_once(
    read: Callable[[Fraction], int], limits: Mapping[int, Fraction], rows: Sequence[int], none: int
) -> list[int]:
    """Read the limit of each row, and a limit that many rows share once."""
    known: dict[int, int] = {}
    found = []
    for row in rows:
        limit = limits.get(row)
        if limit is None:
            found.append(none)
            continue
        if id(limit) not in known:
            known[id(limit)] = read(limit)
        found.append(known[id(limit)])
    return found


def _priced_rows(
    title: str,
    usage: Usage,
    at_least: Mapping[int, Fraction],
    prices: Mapping[int, Fraction],
    max_shortfall: Fraction | None,
) -> RowBlock:
    rows, scale = sorted(at_least), usage.column.scale
    matrix = usage.matrix(rows)
    start, data = matrix.indptr, matrix.data.astype(np.int64)
    limit, most, gain, size = [], [], [], []
    for row, group in enumerate(rows):
        entries = slice(int(start[row]), int(start[row + 1]))
        wanted = at_least[group] * scale
        values, unit = _in_whole_units(data[entries], wanted)
        data[entries] = values
        need = int(wanted / unit)
        if need >= SUM_LIMIT:
            raise _too_fine(at_least[group])
        # With negative entries the sum can fall below zero, and the shortfall beyond the limit.
        reach = max(0, need - int(values[values < 0].sum()))
        if max_shortfall is not None:
            reach = min(reach, math.floor(max_shortfall * scale / unit))
        limit.append(need)
        most.append(reach)
        size.append(unit / scale)
        # What is always zero costs nothing: its price in points could be too large for the problem.
        gain.append(-prices[group] * unit / scale if reach else Fraction(0))
    return RowBlock(
        title,
        [group_text(usage.groups.labels[g]) for g in rows],
        narrow_rows(sparse.csr_array((data, matrix.indices, start), shape=matrix.shape)),
        np.array(limit, dtype=np.int64),
        np.full(len(rows), NO_UPPER, dtype=np.int64),
        Variables(
            np.zeros(len(rows), dtype=np.int64),
            np.array(most, dtype=np.int64),
            gain,
            follow=True,
        ),
        sparse.eye_array(len(rows), dtype=np.int64, format="csr"),
        limits=usage.limits(rows, size, at_least, {}).with_own(np.zeros(len(rows), dtype=np.bool_)),
    )


def _in_whole_units(values: Ints, wanted: Fraction) -> tuple[Ints, Fraction]:
    """Return the values and their largest unit of which `wanted` is a whole number too."""
    denominator = wanted.denominator
    common = int(np.gcd.reduce(values)) * denominator if values.size else 0
    divisor = math.gcd(common, wanted.numerator) or denominator
    if values.size and int(np.abs(values).max()) * denominator >= SUM_LIMIT:
        raise _too_fine(wanted)
    return values * denominator // divisor, Fraction(divisor, denominator)


def _too_fine(minimum: Fraction) -> InvalidInputError:
    return InvalidInputError.single(
        "rule",
        None,
        "minimum",
        float(minimum),
        "must have a denominator that keeps the row below 2^60",
        "use fewer decimals in the minimum or in the summed column",
    )


def stacked(title: str, parts: Sequence[RowBlock]) -> RowBlock:
    """Put blocks of one rule under each other, their own variables side by side."""
    if len(parts) == 1:
        return parts[0]
    own = [part.variables for part in parts if part.variables is not None]
    variables = reduce(Variables.with_more, own) if own else None
    n_own = 0 if variables is None else len(variables)
    own_usage, offset = [], 0
    for part in parts:
        width = len(part.variables) if part.variables else 0
        own_usage.append(_shifted(part, offset, n_own))
        offset += width
    return RowBlock(
        title,
        [label for part in parts for label in part.labels],
        sparse.vstack([part.usage for part in parts], format="csr"),
        np.concatenate([part.lower for part in parts]),
        np.concatenate([part.upper for part in parts]),
        variables,
        sparse.vstack(own_usage, format="csr") if own else None,
        limits=_limits_stacked(parts),
    )


def _limits_stacked(parts: Sequence[RowBlock]) -> RowLimits | None:
    """Return the limits of rows under each other, None where a part does not tell its own."""
    told = [part.limits for part in parts if part.limits is not None]
    if len(told) < len(parts):
        return None
    used = [
        np.ones(part.n_own, dtype=np.bool_)
        if part.limits is None or part.limits.is_used is None
        else part.limits.is_used
        for part in parts
    ]
    first, *others = told
    for below in others:
        first = first.above(below)
    return first.with_own(np.concatenate(used))


def _shifted(part: RowBlock, offset: int, width: int) -> sparse.csr_array:
    if part.variable_usage is None:
        return sparse.csr_array((len(part), width), dtype=np.int64)
    own = part.variable_usage.tocoo()
    return sparse.coo_array(
        (own.data, (own.row, own.col + offset)), shape=(len(part), width)
    ).tocsr()
