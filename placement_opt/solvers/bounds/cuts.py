"""Finds rounding cuts that a point of the linear relaxation violates.

Each row with a coefficient above one is tried alone. It is also tried with one other row that is
tight at the point and shares its fractions, such as a budget with a person's one placement, or a
quota with an employer's supervision places. The divisors are coefficients of variables in use, as
in Marchand and Wolsey (2001), "Aggregation and mixed integer rounding to solve MIPs", Operations
Research 49. Only variables above their lower bound matter to a violation, so that the cost depends
on their entries and not on all pairs.
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
"""One round adds at most so many cuts, the deepest ones."""

MOST_PARTNERS = 6
"""At most so many other rows are tried with a row."""

MOST_WEIGHTS = 4
"""At most so many weights are tried for the other row: coefficients of the first one."""

MOST_GENERATIONS = 3
"""Cuts are made from cuts up to this generation: each has larger numbers and less depth."""

MOST_MEMBERS = 30_000
"""Rows of more variables are not rounded: a cut would be as long and hardly be violated."""

LARGEST_REACH = float(1 << 50)
"""Larger sums are not exact in the floating point that finds cuts."""

LEAST_DEPTH = 1e-4
"""A cut must be at least this far from the point."""


def separate(
    formulation: Formulation, values: Floats, most: int = MOST_CUTS, *, with_others: bool = True
) -> list[Cut]:
    """Return at most so many cuts that a point violates, deepest first.

    `values`, shape (N,), are within the bounds of the variables. Each row is tried alone, and
    `with_others` as well, which takes longer.
    """
    point = _Point(formulation, values)
    found: dict[Cut, float] = {}
    for row, side in point.bases():
        for cut, depth in _cuts_on(point, row, side, with_others=with_others):
            found[cut] = max(depth, found.get(cut, 0.0))
    order = sorted(found, key=lambda cut: -found[cut])
    return order[:most]


class _Point:
    """A point of the relaxation; its active variables are those above their lower bound."""

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
        self.is_integer = formulation.is_integer[self.active]
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
        """Rows that may be rounded: short, small and of an early generation, shape (R,)."""
        formulation = self.formulation
        result: Bools = (formulation.width <= MOST_MEMBERS) & (formulation.reach < LARGEST_REACH)
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
        """0 for the rows of rules, 1 for cuts made from them, and so on, shape (R,)."""
        cuts = cuts_of(self.formulation)
        first = self.formulation.n_rows - len(cuts)
        of_row = np.zeros(self.formulation.n_rows, dtype=np.int64)
        for number, cut in enumerate(cuts):
            of_row[first + number] = 1 + of_row[list(cut.rows)].max()
        return of_row

    def limit(self, row: int, weight: int) -> int:
        """Return the weighted limit of a row, counted from the lower bounds."""
        formulation = self.formulation
        side = (formulation.row_lower if weight > 0 else formulation.row_upper)[row]
        return weight * (int(side) - int(self._shift[row]))

    def entries(self, row: int) -> tuple[Indices, Ints]:
        """Return the active variables of a row and their coefficients."""
        entries = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
        return self.rows.indices[entries], self.rows.data[entries]

    def bases(self) -> Iterator[tuple[int, int]]:
        """Yield the rows to round, each with 1 for its lower limit or -1 for its upper one."""
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
    """V weighted sums of rows, dense over the n active variables that stand in any of them.

    Parameters
    ----------
    rows, weights
        The rows of each sum and their weights.
    member
        The variables, as places among the active ones, shape (n,).
    coefficient, limit
        Coefficients and limits of the sums, shapes (V, n) and (V,).
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
    """Yield the deepest cut of all sums and its depth, if the point violates it."""
    member = sums.member
    best: Deepest | None = deepest(
        sums.coefficient,
        sums.limit,
        point.above[member],
        point.width[member],
        point.is_integer[member],
    )
    if best is None or best.depth < LEAST_DEPTH:
        return
    used = sums.coefficient[best.number] != 0
    down = point.active[member[best.complemented & used]]
    rows, weights = sums.rows[best.number], sums.weights[best.number]
    yield Cut(rows, weights, best.delta, tuple(np.sort(down).tolist())), best.depth


def _with_partners(point: _Point, row: int, side: int) -> _Sums | None:
    """Add one tight row that shares fractions with a row, in all promising ways."""
    member, coefficient = point.entries(row)
    open_ones = point.is_fractional[member] & point.is_integer[member]
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
    """Return the tight rows that share most fractional variables with a row, at least two."""
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
