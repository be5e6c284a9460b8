"""Placements are spread evenly over the municipalities."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

from placement_opt.constraints.base import Price, Rule, Shortfall, grouped, override
from placement_opt.formulation import NO_UPPER, RowBlock, Variables
from placement_opt.instance import Indices, Instance
from placement_opt.pairs import PairTable
from placement_opt.plan import Plan, Violation
from placement_opt.quantities import read_number
from placement_opt.record_fields import Share

STANDARD_SHARE = 0.8
STANDARD_PRICE = 100


class MunicipalityBalance(Rule):
    r"""Each municipality's people get a fair part of all placements.

    .. math:: \sum_{c \in m} x_{co} + s_m \ge \text{share} \cdot \frac{C_m}{C} \sum_{c,o} x_{co}

    where C counts the candidates who have an eligible opening and a municipality, and C_m those
    of municipality m. The total on the right is one variable, so that the rows stay short.

    Parameters
    ----------
    share
        How much of its even part every municipality gets at least, 0 to 1.
    shortfall_price
        Points per missing placement; None (the default) makes the rule hard. `po.solve` uses
        share 0.8 and 100 points.

    References
    ----------
    Participatiewet art. 8a(2)(a): the ordinance says how provisions are evenly divided.
    """

    title: ClassVar[str] = "balance between municipalities"
    title_nl: ClassVar[str] = "evenwicht tussen gemeenten"
    rule: Literal["MunicipalityBalance"] = "MunicipalityBalance"
    share: Share = STANDARD_SHARE
    shortfall_price: Price | None = None

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        places = {c.municipality for c in instance.region.candidates} - {None}
        return cls(shortfall_price=STANDARD_PRICE) if len(places) > 1 else None

    @property
    def _price(self) -> Fraction | None:
        return None if self.shortfall_price is None else read_number(self.shortfall_price)

    @override
    def lower(self, instance: Instance, pairs: PairTable) -> RowBlock | None:
        home = grouped(pairs, "municipality")
        n_pairs = np.diff(pairs.candidate_start)
        of_candidate = instance.candidates.municipality
        counted = (n_pairs > 0) & (of_candidate >= 0)
        people = np.bincount(of_candidate[counted], minlength=len(home.labels))
        rows = np.flatnonzero(people)
        if rows.size == 0 or self.share == 0:
            return None
        everybody = int(people.sum())
        fair = [read_number(self.share) * int(people[row]) / everybody for row in rows]
        most = int(np.minimum(n_pairs, pairs.placements_per_candidate)[counted].sum())
        return RowBlock(
            self.title,
            ["all placements", *(home.labels[row] for row in rows)],
            _pair_entries(home.code, rows, fair),
            np.zeros(1 + rows.size, dtype=np.int64),
            np.array([0, *(NO_UPPER for _ in rows)], dtype=np.int64),
            *self._total_and_shortfalls(fair, most),
        )

    def _total_and_shortfalls(
        self, fair: Sequence[Fraction], most: int
    ) -> tuple[Variables, sparse.csr_array]:
        """Own variables: the total, then with a price each shortfall in units of 1 / d."""
        priced = [] if self._price is None else list(fair)
        price = self._price or Fraction(0)
        usage = sparse.lil_array((1 + len(fair), 1 + len(priced)), dtype=np.int64)
        usage[0, 0] = -1
        for row, part in enumerate(fair, start=1):
            usage[row, 0] = -part.numerator
            if priced:
                usage[row, row] = 1
        upper = [most, *(part.numerator * most for part in priced)]
        variables = Variables(
            np.zeros(len(upper), dtype=np.int64),
            np.array(upper, dtype=np.int64),
            [Fraction(0), *(-price / part.denominator for part in priced)],
        )
        return variables, usage.tocsr()

    @override
    def violations(self, instance: Instance, plan: Plan) -> Iterator[Violation]:
        if self._price is None:
            for label, short in self._short(instance, plan).items():
                if short > 0:
                    yield self.broken(label, f"{float(short):g} placements below its fair part")

    @override
    def shortfalls(self, instance: Instance, plan: Plan) -> Iterator[Shortfall]:
        if self._price is not None:
            for label, short in self._short(instance, plan).items():
                yield Shortfall(label, short, self._price)

    def _short(self, instance: Instance, plan: Plan) -> dict[str, Fraction]:
        people: dict[str, int] = {}
        for candidate_id in plan.eligible_candidates:
            home = instance.candidate_of[candidate_id].municipality
            if home is not None:
                people[home] = people.get(home, 0) + 1
        placed = dict.fromkeys(people, 0)
        for placement in plan.placements:
            home = plan.candidate(placement).municipality
            if home is not None:
                placed[home] = placed.get(home, 0) + 1
        total, everybody = sum(placed.values()), sum(people.values())
        return {
            label: max(
                Fraction(0),
                read_number(self.share) * Fraction(people[label], everybody) * total
                - placed[label],
            )
            for label in sorted(people)
        }


def _pair_entries(
    home: Indices, rows: npt.NDArray[np.intp], fair: Sequence[Fraction]
) -> sparse.csr_array:
    """Coefficients of the pairs: one in the row of the total, d in the row of their home.

    With fair part n / d the row of a municipality reads ``d sum(x) - n total + s >= 0``.
    """
    row_of = np.full(int(max(home.max(initial=0), rows.max())) + 2, -1, dtype=np.int64)
    row_of[rows] = np.arange(rows.size)
    row = row_of[home]
    used = np.flatnonzero(row >= 0)
    factor = np.array([part.denominator for part in fair], dtype=np.int64)
    data = np.concatenate([np.ones(used.size, dtype=np.int64), factor[row[used]]])
    at = (
        np.concatenate([np.zeros(used.size, dtype=np.int64), row[used] + 1]),
        np.concatenate([used, used]),
    )
    return sparse.coo_array((data, at), shape=(1 + rows.size, home.size)).tocsr()
