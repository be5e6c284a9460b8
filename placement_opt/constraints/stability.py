"""Few people and openings would rather have each other than what the plan gives them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.blocking import RANK_COLUMNS, Strength, blocking_pairs
from placement_opt.instance.placement import Shortfall, Violation, pair_text
from placement_opt.instance.plan import Plan
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.table import PairTable
from placement_opt.records.readers import Quantity

BlockingPrice = Annotated[float, Quantity(0, 10**12, 6, "points per blocking pair", Digits.FACTOR)]

ALL = "all blocking pairs"
"""What the row of the number of blocking pairs is about."""

ENOUGH = {
    "weak": ((True, True),),
    "strong": ((True, False), (False, True)),
    "super": ((False, False),),
}
"""For each way to block: whether a placement and a person of the same rank keep a pair apart."""


class Stability(Rule):
    r"""At most so many pairs block, or each of those beyond that number costs points.

    A person and an opening block a plan when both would rather have each other: the person has no
    placement that is at least as good, and fewer people than the opening has positions are at least
    as welcome there. With ranks r (1 is best), q positions and b = 1 for a pair that blocks:

    .. math:: q_o \sum_{o': r_{co'} \le r_{co}} x_{co'} + \sum_{c': r_{oc'} \le r_{oc}} x_{c'o}
              + q_o b_{co} \ge q_o, \qquad \sum_{co} b_{co} \le k

    Ranks come from `Candidate.wishes` and `Opening.preferences`, or from the pair columns
    `candidate_rank` and `opening_rank`. Only eligible pairs block in which each ranks the other; an
    opening without preferences takes anybody and blocks with nobody. A placement with an opening
    that is not ranked is worse than all that are, and so is a person whom the opening does not
    rank. Coaches, budgets and quotas are not asked: two sides that would rather have each other
    block, also where no budget would pay for it. Source: D. Gale and L. Shapley, American
    Mathematical Monthly 69, 1962; for ties R. Irving, Discrete Applied Mathematics 48, 1994.

    Parameters
    ----------
    max_blocking_pairs
        Most pairs that block, 0 by default.
    price
        Points for each pair beyond that number; None, the default, allows none beyond it.
    strength
        Which pairs block where ranks are equal: "weak" (the default), pairs in which both gain;
        "strong", also those in which one gains and the other loses nothing; "super", also those in
        which neither loses.

    Examples
    --------
    >>> Stability(max_blocking_pairs=3, price=50).strength
    'weak'
    """

    title: ClassVar[str] = "stability"
    title_nl: ClassVar[str] = "stabiliteit"
    examples: ClassVar[Examples] = (
        {},
        {"strength": "strong"},
        {"strength": "super"},
        {"max_blocking_pairs": 1},
        {"price": 2.5},
        {"max_blocking_pairs": 1, "price": 0.000001, "strength": "super"},
    )
    rule: Literal["Stability"] = "Stability"
    max_blocking_pairs: Annotated[int, Quantity(0, 10**9, 0, "pairs")] = 0
    price: BlockingPrice | None = None
    strength: Strength = "weak"

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        ranks = {name: pair_column(pairs, name, self.title).values for name in RANK_COLUMNS}
        _refuse_ranks_of_ways(pairs, ranks)
        mine, theirs = ranks.values()
        positions = pairs.instance.openings.positions[pairs.opening].astype(np.int64)
        # A pair blocks once, whatever the ways in which it can be had.
        is_mutual = (mine > 0) & (theirs > 0) & pairs.is_first_way
        may_block = np.flatnonzero(is_mutual & (positions > 0))
        if not may_block.size:
            return None
        places = positions[may_block]
        own = _AsGood(pairs.candidate, mine, pairs.number)
        other = _AsGood(pairs.opening, theirs, pairs.number)
        parts = [
            own.rows(may_block, places, equal=placement)
            + other.rows(may_block, np.ones_like(places), equal=person)
            for placement, person in ENOUGH[self.strength]
        ]
        usage, most = sparse.vstack(parts, format="csr"), np.tile(places, len(parts))
        # A placement that is as good is enough by itself: more than the whole row changes nothing.
        usage.data = np.minimum(usage.data, np.repeat(most, np.diff(usage.indptr)))
        ids = pairs.instance
        labels = [
            f"{ids.candidate_ids[pairs.candidate[pair]]} and {ids.opening_ids[pairs.opening[pair]]}"
            for pair in may_block.tolist()
        ] * len(parts)
        block = RowBlock(self.title, labels, narrow_rows(usage), most, np.full(most.size, NO_UPPER))
        block = self._with_exceptions(block, places)
        return replace(block, limits=self._limits(labels, most, block.n_own))

    def _limits(self, labels: Sequence[str], most: Ints, n_own: int) -> RowLimits:
        """Tell the rows: no pair may block, or so many in all; at a price alone any number may."""
        unit, none = "blocking pairs", Fraction(0)
        if self.max_blocking_pairs:
            limits = [Fraction(self.max_blocking_pairs)]
            total = RowLimits.of([ALL], unit, size=Fraction(-1), most=limits)
            n_beyond = 0 if self.price is None else 1
            return RowLimits.ties(labels).above(total).with_own(np.arange(n_own) < n_own - n_beyond)
        if self.price is not None:
            return RowLimits.ties(labels)
        size = [Fraction(-1, places) for places in most.tolist()]
        one = [Fraction(1)] * most.size
        return RowLimits.of(labels, unit, size=size, beside=one, most=[none] * most.size)

    def _with_exceptions(self, block: RowBlock, places: Ints) -> RowBlock:
        """Let some pairs block: a variable of 0 or 1 for each, and what goes beyond the number."""
        if self.price is None and not self.max_blocking_pairs:
            return block
        n_pairs, n_rows = places.size, len(block)
        is_priced = self.price is not None
        price = -read_number(self.price or 0)
        row = np.arange(n_rows)
        blocking = sparse.coo_array((block.lower, (row, row % n_pairs)), shape=(n_rows, n_pairs))
        ones = np.ones(n_pairs, dtype=np.int64)
        # A variable that saves its row only as a whole has to be branched on where q is above 1.
        follow = bool((places == 1).all())
        zeros = np.zeros(n_pairs, dtype=np.int64)
        if is_priced and not self.max_blocking_pairs:
            each = Variables(zeros, ones, [price] * n_pairs, follow=follow)
            return block.with_more_own(each, blocking.tocsr())
        variables = Variables(zeros, ones, [Fraction(0)] * n_pairs, follow=follow)
        total = [-ones]
        if is_priced:
            beyond = Variables(zeros[:1], np.array([n_pairs]), [price], follow=follow)
            variables, total = variables.with_more(beyond), [-ones, ones[:1]]
        entries = sparse.hstack([blocking, sparse.coo_array((n_rows, len(total) - 1))])
        own = sparse.vstack([entries, sparse.coo_array(np.concatenate(total)[np.newaxis])])
        none = sparse.csr_array((1, block.usage.shape[1]), dtype=block.usage.dtype)
        return RowBlock(
            self.title,
            [*block.labels, ALL],
            sparse.vstack([block.usage, none], format="csr"),
            np.append(block.lower, -self.max_blocking_pairs),
            np.append(block.upper, NO_UPPER),
            variables,
            own.tocsr().astype(np.int64),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        found = [] if self.price is not None else blocking_pairs(plan, self.strength)
        if len(found) > self.max_blocking_pairs:
            shown = ", ".join(f"{pair.candidate_id} and {pair.opening_id}" for pair in found[:3])
            dots = ", ..." if len(found) > 3 else ""  # noqa: PLR2004 - as above
            text = f"{len(found)} block, at most {self.max_blocking_pairs} allowed: {shown}{dots}"
            yield self.broken(ALL, text)

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        if self.price is not None:
            beyond = len(blocking_pairs(plan, self.strength)) - self.max_blocking_pairs
            yield Shortfall(ALL, Fraction(max(0, beyond)), read_number(self.price))


def _refuse_ranks_of_ways(pairs: PairTable, ranks: Mapping[str, npt.NDArray[np.integer]]) -> None:
    """Refuse ranks that differ between the ways of a pair: each side ranks the other, not a way.

    Raises
    ------
    InvalidInputError
        With the first such pair of each column of ranks.
    """
    again = ~pairs.is_first_way
    problems = []
    for name, rank in ranks.items():
        for row in np.flatnonzero(again[1:] & (rank[1:] != rank[:-1]))[:1].tolist():
            ids = pairs.instance
            pair = ids.candidate_ids[pairs.candidate[row]], ids.opening_ids[pairs.opening[row]]
            expected = "must be the same in all variants of a pair"
            hint = "rank pairs, not their variants"
            problems.append(Problem("pairs", pair_text(*pair), name, None, expected, hint))
    if problems:
        raise InvalidInputError(problems)


class _AsGood:
    """The pairs of each candidate or opening that are ranked, in the order of their ranks.

    Parameters
    ----------
    group
        Row of the candidate or opening of each pair, shape (E,).
    rank
        How that side ranks the other, shape (E,); 0 for not at all.
    number
        Which pair each row is a way of, shape (E,).
    """

    def __init__(self, group: Indices, rank: npt.NDArray[np.integer], number: Ints) -> None:
        levels, code = np.unique(rank, return_inverse=True)
        self._width = levels.size + 1
        self._key = group.astype(np.int64) * self._width + code
        ranked = np.flatnonzero(rank > 0)
        self._pair = ranked[np.argsort(self._key[ranked], kind="stable")]
        self._n_pairs, self._number = group.size, number

    def rows(self, of: Ints, each: Ints, *, equal: bool) -> sparse.csr_array:
        """Return a row for each of some pairs: `each` for all pairs that its side likes as much.

        With `equal` those of the same rank are among them, the pair itself too; else only what is
        better, and the pair itself.
        """
        key, asked = self._key[self._pair], self._key[of]
        start = np.searchsorted(key, asked - asked % self._width)
        stop = np.searchsorted(key, asked, side="right" if equal else "left")
        count = stop - start
        row = np.repeat(np.arange(of.size), count)
        at = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        column = self._pair[np.repeat(start, count) + at]
        value = np.repeat(each, count)
        if not equal:
            row_of_pair = np.full(self._n_pairs, -1, dtype=np.int64)
            row_of_pair[self._number[of]] = np.arange(of.size)
            ways = np.flatnonzero(row_of_pair[self._number] >= 0)
            its_row = row_of_pair[self._number[ways]]
            row = np.append(row, its_row)
            column, value = np.append(column, ways), np.append(value, each[its_row])
        shape = (of.size, self._n_pairs)
        return sparse.coo_array((value, (row, column)), shape=shape).tocsr()
