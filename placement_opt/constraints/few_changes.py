"""People who were told of a placement keep it, but for a number of them, or unless it pays."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.quantities import Digits, read_number
from placement_opt.constraints.base import Rule
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.pair_entries import narrow_rows
from placement_opt.formulation.row_blocks import NO_LOWER, NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.placement import Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.table import PairTable
from placement_opt.records.fields import PairsOfIds
from placement_opt.records.readers import Quantity

ChangePrice = Annotated[float, Quantity(0, 10**12, 6, "points per change", Digits.FACTOR)]

ALL = "all changes"
"""What the row of all changes is about."""


class FewChanges(Rule):
    r"""Few candidates have another opening than before, or each of those costs points.

    .. math:: \sum_{c \text{ placed before in } b_c} (1 - x_{c b_c})
              + \sum_{c \text{ not placed before}} \sum_o x_{co} \le s, \qquad 0 \le s \le k,
              \quad \text{gain} = -\text{price} \cdot s

    Whoever is newly placed, moves or is no longer placed counts, once. So does whoever cannot stay,
    because the opening is gone or a rule removes the pair; who left the region does not. Where
    people may have several placements, somebody changes when the set of their openings does.
    Another variant of the same pair is no change.
    Source: practice; people who were told where they start can count on it.

    Parameters
    ----------
    before
        Pairs (candidate id, opening id) of the earlier plan; ids that the region does not know are
        of people and openings that are gone.
    max_changes
        Most candidates that change; None means any number.
    change_price
        Points for each that changes; None means none.

    Examples
    --------
    >>> FewChanges(before=[("C-1", "O-2")], max_changes=3).max_changes
    3
    """

    title: ClassVar[str] = "few changes"
    title_nl: ClassVar[str] = "weinig wijzigingen"
    examples: ClassVar[Examples] = (
        {"before": [("C-0", "O-0"), ("C-1", "O-1")], "max_changes": 1},
        {"before": [("C-0", "O-1"), ("C-9", "O-0")], "change_price": 2.5},
        {"before": [("C-0", "O-0"), ("C-0", "O-1"), ("C-1", "O-9")], "max_changes": 2},
        {"before": [("C-1", "O-0")], "max_changes": 2, "change_price": 0.000001},
        {"before": [("C-1", "O-0")], "max_changes": 0},
        {},
    )
    rule: Literal["FewChanges"] = "FewChanges"
    before: PairsOfIds = ()
    max_changes: Annotated[int, Quantity(0, 10**9, 0, "candidates")] | None = None
    change_price: ChangePrice | None = None

    @property
    def price(self) -> Fraction | None:
        """Points for each change, exact; None where it costs nothing."""
        return None if self.change_price is None else read_number(self.change_price)

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        if self.max_changes is None and self.price is None:
            return None
        was = _Before.of(self.before, pairs)
        if pairs.placements_per_candidate > 1:
            return self._by_person(was, pairs)
        return self._in_one_row(was, pairs)

    def _in_one_row(self, was: "_Before", pairs: PairTable) -> RowBlock:
        """Count with the pairs themselves: nobody has two, so that each change is one of them."""
        coefficient = np.where(was.has_any[pairs.candidate], 0, -1).astype(np.int8)
        # Who had several openings cannot keep them all.
        stays = was.is_kept & (was.count == 1)[pairs.candidate]
        coefficient[stays] = 1
        used = np.flatnonzero(coefficient)
        usage = sparse.csr_array(
            (coefficient[used], used.astype(np.int32), np.array([0, used.size])),
            shape=(1, pairs.n_pairs),
        )
        placed = int(was.has_any.sum())
        most = pairs.instance.n_candidates
        most = most if self.max_changes is None else min(most, self.max_changes)
        upper = np.array([NO_UPPER])
        told = self._limits(placed=placed)
        if self.price is None:
            least = np.array([placed - most])
            return RowBlock(self.title, [ALL], usage, least, upper, limits=told)
        changes = Variables(np.zeros(1, np.int64), np.array([most]), [-self.price], follow=True)
        one = sparse.csr_array(np.ones((1, 1), dtype=np.int64))
        told = told.with_own(np.zeros(1, dtype=np.bool_))
        return RowBlock(
            self.title, [ALL], usage, np.array([placed]), upper, changes, one, limits=told
        )

    def _limits(self, placed: int | None = None) -> RowLimits:
        """Tell the row of all changes; with `placed` it counts who stays instead."""
        most = None if self.max_changes is None else Fraction(self.max_changes)
        size, beside = (Fraction(1), 0) if placed is None else (Fraction(-1), placed)
        return RowLimits.of([ALL], "changes", size=size, beside=[Fraction(beside)], most=[most])

    def _by_person(self, was: "_Before", pairs: PairTable) -> RowBlock:
        """Count people whose set of openings changes, with a variable of 0 or 1 for each of them.

        It is at least each new pair, and at least 1 less each pair of before.
        """
        people = np.flatnonzero(was.has_any | (np.diff(pairs.candidate_start) > 0))
        n_links, n_people = pairs.n_distinct, people.size
        # A row for each pair, whatever the ways in which it can be had: at most one is taken.
        first, every = pairs.is_first_way, np.arange(pairs.n_pairs)
        sign = np.where(was.is_kept, 1, -1)
        of_link, is_kept = pairs.candidate[first], was.is_kept[first]
        total = np.full(n_people, n_links)
        shape = (n_links + 1, n_people)
        row = np.concatenate([np.arange(n_links), total])
        column = np.concatenate([np.searchsorted(people, of_link), np.arange(n_people)])
        own = sparse.coo_array((np.ones(row.size, dtype=np.int64), (row, column)), shape=shape)
        usage = sparse.coo_array((sign, (pairs.number, every)), shape=(n_links + 1, every.size))
        most = NO_UPPER if self.max_changes is None else self.max_changes
        names = pairs.instance.candidate_ids
        gain = Fraction(0) if self.price is None else -self.price
        ties = [f"{names[c]} changes" for c in of_link]
        return RowBlock(
            self.title,
            [*ties, ALL],
            narrow_rows(usage.tocsr()),
            np.append(is_kept.astype(np.int64), NO_LOWER),
            np.append(np.full(n_links, NO_UPPER), most),
            Variables(
                # Who cannot keep an opening of before changes, whatever the plan.
                was.cannot_stay[people].astype(np.int64),
                np.ones(n_people, dtype=np.int64),
                [gain] * n_people,
                follow=True,
            ),
            own.tocsr(),
            limits=RowLimits.ties(ties).above(self._limits()),
        )

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        n_changes = len(self.changed(plan))
        if self.max_changes is not None and n_changes > self.max_changes:
            yield self.broken(ALL, f"{n_changes} changes, at most {self.max_changes} allowed")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        if self.price is not None:
            yield Shortfall(ALL, Fraction(len(self.changed(plan))), self.price)

    def changed(self, plan: Plan) -> list[str]:
        """Return the candidates of the region whose openings differ, by a plain reading."""
        before: dict[str, set[str]] = {}
        for candidate_id, opening_id in self.before:
            before.setdefault(candidate_id, set()).add(opening_id)
        nothing: set[str] = set()
        return [
            candidate_id
            for candidate_id in plan.instance.candidate_ids
            if before.get(candidate_id, nothing)
            != {placement.opening_id for placement in plan.of_candidate.get(candidate_id, ())}
        ]


class _Before:
    """An earlier plan over the pairs of today.

    Parameters
    ----------
    count
        Openings of each candidate before, those that are gone included, shape (C,).
    is_kept
        The eligible pairs that were in it, in all their ways, shape (E,).
    n_eligible
        How many of a candidate's openings of before are eligible today, shape (C,).
    """

    def __init__(self, count: Ints, is_kept: Bools, n_eligible: Ints) -> None:
        self.count, self.is_kept = count, is_kept
        self.has_any: Bools = count > 0
        self.cannot_stay: Bools = n_eligible < count

    @classmethod
    def of(cls, before: PairsOfIds, pairs: PairTable) -> "_Before":
        """Read the pairs of a plan; people who left the region are left out."""
        instance = pairs.instance
        count = np.zeros(instance.n_candidates, dtype=np.int64)
        n_eligible = np.zeros_like(count)
        is_kept: npt.NDArray[np.bool_] = np.zeros(pairs.n_pairs, dtype=np.bool_)
        for candidate_id, opening_id in set(before):
            if candidate_id not in instance.candidate_of:
                continue
            candidate = instance.candidate_idx(candidate_id)
            count[candidate] += 1
            if opening_id in instance.opening_of:
                ways = pairs.ways(candidate, instance.opening_idx(opening_id))
                is_kept[ways.start : ways.stop] = True
                n_eligible[candidate] += bool(ways)
        return cls(count, is_kept, n_eligible)
