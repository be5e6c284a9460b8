"""Finds rounding cuts that a point of the linear relaxation violates.

Each row with unequal coefficients is tried alone, and with one other row that is tight at the
point and shares its fractions: a budget with a person's one placement, a quota with an employer's
supervision places. The divisors tried are the coefficients of what is used at the point, as in
Marchand and Wolsey (2001), "Aggregation and mixed integer rounding to solve MIPs", Operations
Research 49. Only variables above their lower bound matter to a violation, so that the cost is in
the entries of those, not in all pairs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.basics.arrays import Bools, Floats, Indices, Ints
from placement_opt.formulation.formulation import Formulation
from placement_opt.formulation.mixed_integer_rounding import Cut, cuts_of
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER
from placement_opt.solvers.bounds.rounding_depth import Deepest, deepest
from placement_opt.solvers.engines.linear_program import NEARLY

MOST_CUTS = 200
"""Cuts of one round at most; the deepest come first."""

MOST_PARTNERS = 6
"""Other rows that are tried with a row."""

MOST_WEIGHTS = 4
"""Weights that are tried for another row, from the row's own coefficients."""

MOST_GENERATIONS = 3
"""Cuts on cuts end here: each generation has larger numbers and less depth."""

MOST_MEMBERS = 30_000
"""Rows of more variables are left alone: so many round each other off, and a cut is as long."""

LARGEST_REACH = float(1 << 50)
"""Sums beyond this are not for the floating point that finds cuts."""

LEAST_DEPTH = 1e-4
"""A cut has to be violated by this, measured as the distance from the point."""


def separate(
    formulation: Formulation, values: Floats, most: int = MOST_CUTS, *, with_others: bool = True
) -> list[Cut]:
    """Return cuts that a point violates, deepest first.

    Parameters
    ----------
    formulation
        The problem, with the cuts that it has already.
    values
        Values of all variables, shape (N,), within their bounds.
    most
        At most so many cuts.
    with_others
        False to try each row alone, which is quicker.
    """
    point = _Point(formulation, values)
    found: dict[Cut, float] = {}
    for row, side in point.bases():
        for cut, depth in _cuts_on(point, row, side, with_others=with_others):
            found[cut] = max(depth, found.get(cut, 0.0))
    order = sorted(found, key=lambda cut: -found[cut])
    return order[:most]


class _Point:
    """A point of the relaxation, in the variables that stand above their lower bound."""

    def __init__(self, formulation: Formulation, values: Floats) -> None:
        self.formulation = formulation
        n_pairs = formulation.n_pairs
        is_own_active = values[n_pairs:] > formulation.own_lower + NEARLY
        self.active = np.concatenate(
            [np.flatnonzero(values[:n_pairs] > NEARLY), n_pairs + np.flatnonzero(is_own_active)]
        )
        lower, upper = formulation.bounds(self.active)
        self.width = upper - lower
        above = values[self.active] - lower
        self.above = np.where(above > self.width - NEARLY, self.width, above)
        self.whole = formulation.is_integer[self.active]
        self.is_fractional = self.above < self.width
        self.rows = formulation.columns(self.active).tocsr()
        lowest = np.zeros(formulation.n_variables, dtype=np.int64)
        lowest[n_pairs:] = formulation.own_lower
        self._shift = formulation.activity(lowest)

    @cached_property
    def by_column(self) -> sparse.csc_array:
        """The rows, column by column."""
        return self.rows.tocsc()

    @cached_property
    def usable(self) -> Bools:
        """Rows that may be rounded: short, small and not too many cuts deep, shape (R,)."""
        part = self.formulation
        result: Bools = (part.width <= MOST_MEMBERS) & (part.reach < LARGEST_REACH)
        return result & (self.generation < MOST_GENERATIONS)

    @cached_property
    def tight(self) -> tuple[Bools, Bools]:
        """Rows whose lower limit is tight at the point, and those whose upper limit is."""
        activity = self.rows @ self.above + self._shift
        close = 1e-6 * np.maximum(1.0, np.abs(activity))
        lower, upper = self.formulation.row_lower, self.formulation.row_upper
        return (
            (lower > NO_LOWER) & (activity <= lower + close),
            (upper < NO_UPPER) & (activity >= upper - close),
        )

    @cached_property
    def generation(self) -> Ints:
        """Zero for the rows of rules, one for cuts on them, and so on, shape (R,)."""
        cuts = cuts_of(self.formulation)
        first = self.formulation.n_rows - len(cuts)
        of_row = np.zeros(self.formulation.n_rows, dtype=np.int64)
        for number, cut in enumerate(cuts):
            of_row[first + number] = 1 + of_row[list(cut.rows)].max()
        return of_row

    def limit(self, row: int, weight: int) -> int:
        """Return the weighted limit of a row, counted from the lower bounds."""
        part = self.formulation
        side = (part.row_lower if weight > 0 else part.row_upper)[row]
        return weight * (int(side) - int(self._shift[row]))

    def entries(self, row: int) -> tuple[Indices, Ints]:
        """Return the active members of a row and their coefficients."""
        part = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
        return self.rows.indices[part], self.rows.data[part]

    def bases(self) -> Iterator[tuple[int, int]]:
        """Yield the rows to round, each with the sign of the side to take."""
        entries = self.rows.tocoo()
        largest = np.zeros(self.rows.shape[0], dtype=np.int64)
        np.maximum.at(largest, entries.row, np.abs(entries.data))
        fractions = np.zeros(self.rows.shape[0], dtype=np.int64)
        np.add.at(fractions, entries.row, self.is_fractional[entries.col])
        for row in np.flatnonzero(self.usable & (largest > 1) & (fractions > 0)).tolist():
            if self.formulation.row_lower[row] > NO_LOWER:
                yield row, 1
            if self.formulation.row_upper[row] < NO_UPPER:
                yield row, -1


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums of a row with others, dense over the members they have together.

    Parameters
    ----------
    rows, weights
        What is added in each sum.
    member
        Members, as indices of the point's active variables, shape (n,).
    coefficient, limit
        The sums, shapes (V, n) and (V,).
    """

    rows: Sequence[tuple[int, ...]]
    weights: Sequence[tuple[int, ...]]
    member: npt.NDArray[np.intp]
    coefficient: Ints
    limit: Ints


def _cuts_on(
    point: _Point, row: int, side: int, *, with_others: bool
) -> Iterator[tuple[Cut, float]]:
    member, coefficient = point.entries(row)
    alone = _Sums(
        [(row,)],
        [(side,)],
        member.astype(np.intp),
        side * coefficient[None, :],
        np.array([point.limit(row, side)], dtype=np.int64),
    )
    yield from _cut_from(point, alone)
    if with_others and point.tight[0 if side > 0 else 1][row]:
        sums = _with_partners(point, row, side)
        if sums is not None:
            yield from _cut_from(point, sums)


def _cut_from(point: _Point, sums: _Sums) -> Iterator[tuple[Cut, float]]:
    """Yield the deepest cut that some of the sums gives, if the point violates it."""
    member = sums.member
    best: Deepest | None = deepest(
        sums.coefficient, sums.limit, point.above[member], point.width[member], point.whole[member]
    )
    if best is None or best.depth < LEAST_DEPTH:
        return
    used = sums.coefficient[best.number] != 0
    down = point.active[member[best.complemented & used]]
    rows, weights = sums.rows[best.number], sums.weights[best.number]
    yield Cut(rows, weights, best.delta, tuple(np.sort(down).tolist())), best.depth


def _with_partners(point: _Point, row: int, side: int) -> _Sums | None:
    """Add to a row one tight row that shares its fractions, in all promising ways."""
    member, coefficient = point.entries(row)
    open_ones = point.is_fractional[member] & point.whole[member]
    steps = np.unique(np.abs(coefficient[open_ones]))[:MOST_WEIGHTS].tolist()
    rows, weights, reach = [], [], point.formulation.reach
    for other in _partners(point, row, member):
        _, others = point.entries(other)
        is_unit = int(np.abs(others).max()) == 1
        for sign, tight in ((1, point.tight[0]), (-1, point.tight[1])):
            if not tight[other]:
                continue
            for step in steps if is_unit else [1]:
                if reach[row] + step * reach[other] < LARGEST_REACH:
                    rows.append((row, other))
                    weights.append((side, sign * int(step)))
    if not rows:
        return None
    number = {name: at for at, name in enumerate(sorted({n for pair in rows for n in pair}))}
    part = point.rows[list(number)]
    columns = np.unique(part.indices)
    dense = part[:, columns].toarray()
    mix = np.zeros((len(rows), len(number)), dtype=np.int64)
    for at, (pair, weight) in enumerate(zip(rows, weights, strict=True)):
        mix[at, number[pair[0]]], mix[at, number[pair[1]]] = weight
    limits = [
        sum(point.limit(n, w) for n, w in zip(*both, strict=True))
        for both in zip(rows, weights, strict=True)
    ]
    limit = np.array(limits, dtype=np.int64)
    return _Sums(rows, weights, columns.astype(np.intp), mix @ dense, limit)


def _partners(point: _Point, row: int, member: Indices) -> list[int]:
    """Return the tight rows that share most fractional members with a row, at least two."""
    columns = point.by_column
    parts = [
        columns.indices[columns.indptr[j] : columns.indptr[j + 1]]
        for j in member[point.is_fractional[member]].tolist()
    ]
    if not parts:
        return []
    other, count = np.unique(np.concatenate(parts), return_counts=True)
    usable = (count > 1) & (other != row) & (point.tight[0][other] | point.tight[1][other])
    usable &= point.usable[other]
    other, count = other[usable], count[usable]
    result: list[int] = other[np.argsort(-count, kind="stable")][:MOST_PARTNERS].tolist()
    return result
