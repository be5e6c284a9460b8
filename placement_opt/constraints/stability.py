"""Few people and openings would rather have each other than what the plan gives them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.constraints.stability_in_time import rows_in_time
from placement_opt.constraints.stability_rows import Apart, Parts, Ranked, steady_rows
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

UNIT = "blocking pairs"

ENOUGH: Mapping[Strength, Parts] = {
    "weak": ((True, True),),
    "strong": ((True, False), (False, True)),
    "super": ((False, False),),
}


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
    block, also where no budget would pay for it.

    In a region with periods starts are ways of the same pair: who has it in any of them has it, and
    the best placement of the whole plan counts. The opening would take somebody in a start in whose
    whole run it has a place in each period: fewer than q people run there who are as welcome.

    Source: D. Gale and L. Shapley, American
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
        # A pair blocks once, whatever the ways in which it can be had.
        is_mutual = (mine > 0) & (theirs > 0) & pairs.is_first_way
        may_block = np.flatnonzero(
            is_mutual & (pairs.instance.openings.positions[pairs.opening] > 0)
        )
        if not may_block.size:
            return None
        own = Ranked(pairs.candidate, mine, pairs.number)
        other = Ranked(pairs.opening, theirs, pairs.number)
        rows_of = steady_rows if pairs.start is None else rows_in_time
        apart = rows_of(pairs, own, other, may_block, ENOUGH[self.strength])
        return self._block(apart, pairs.instance.openings.positions[pairs.opening[may_block]])

    def _block(self, apart: Apart, places: Ints) -> RowBlock:
        """Return the rows, and with them what lets some pairs block: a variable of 0 or 1 for each.

        None is needed where no pair may block and each has a row of its own.
        """
        n_rows, n_pairs = len(apart.labels), places.size
        block = RowBlock(
            self.title,
            apart.labels,
            narrow_rows(apart.usage),
            apart.lower,
            np.full(n_rows, NO_UPPER),
            apart.variables,
            apart.variable_usage,
        )
        if not (self.max_blocking_pairs or self.price is not None or block.n_own):
            size = [Fraction(-1, each) for each in apart.saves.tolist()]
            one, none = [Fraction(1)] * n_rows, [Fraction(0)] * n_rows
            limits = RowLimits.of(apart.labels, UNIT, size=size, beside=one, most=none)
            return replace(block, limits=limits)
        is_total = bool(self.max_blocking_pairs) or self.price is None
        price = Fraction(0) if self.price is None else -read_number(self.price)
        zeros, ones = np.zeros(n_pairs, dtype=np.int64), np.ones(n_pairs, dtype=np.int64)
        # A variable that saves its row only as a whole has to be branched on where q is above 1.
        follow = bool((places == 1).all())
        gain = [Fraction(0) if is_total else price] * n_pairs
        about = np.flatnonzero(apart.pair >= 0)
        entries = apart.saves[about], (about, apart.pair[about])
        blocking = sparse.csr_array(entries, shape=(n_rows, n_pairs))
        each = Variables(zeros, ones, gain, follow=follow)
        block, ties = block.with_more_own(each, blocking), RowLimits.ties(apart.labels)
        if not is_total:
            return replace(block, limits=ties)
        n_before, n_beyond = block.n_own - n_pairs, int(self.price is not None)
        if n_beyond:
            beyond = Variables(zeros[:1], np.array([n_pairs]), [price], follow=follow)
            block = block.with_more_own(beyond, sparse.csr_array((n_rows, 1), dtype=np.int64))
        limit = [Fraction(self.max_blocking_pairs)]
        total = RowLimits.of([ALL], UNIT, size=Fraction(-1), most=limit)
        own = np.repeat([0, -1, 1], [n_before, n_pairs, n_beyond]).astype(np.int64)
        return replace(
            block,
            labels=[*block.labels, ALL],
            usage=_with_row(block.usage, np.zeros(block.usage.shape[1], dtype=np.int8)),
            lower=np.append(block.lower, -self.max_blocking_pairs),
            upper=np.append(block.upper, NO_UPPER),
            variable_usage=_with_row(block.variable_usage, own),
            limits=ties.above(total).with_own(own < 0),
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


def _with_row(matrix: sparse.csr_array | None, row: npt.NDArray[np.integer]) -> sparse.csr_array:
    """Return the coefficients with one more row under them."""
    last = sparse.csr_array(row[np.newaxis])
    return last if matrix is None else sparse.vstack([matrix, last], format="csr")
