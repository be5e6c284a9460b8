"""Placements are spread evenly over the municipalities."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.constraints.base import Price, Rule, Shortfall, grouped
from placement_opt.formulation import NO_UPPER, RowBlock, Variables
from placement_opt.instance import Indices, Instance, Ints
from placement_opt.pairs import PairTable
from placement_opt.plan import Plan, Violation
from placement_opt.quantities import read_number
from placement_opt.records.fields import Share

STANDARD_SHARE = 0.9
STANDARD_PRICE = 100


class MunicipalityBalance(Rule):
    r"""Each municipality's people get a fair part of all placements.

    .. math:: \sum_{c \in m} x_{co} + s_m \ge \text{share} \cdot \frac{C_m}{C} \sum_{c,o} x_{co}

    where C counts the candidates who have an eligible opening and a municipality, and C_m those
    of municipality m. The placements of each municipality are one variable, so that rows stay
    short.

    Parameters
    ----------
    share
        How much of its even part every municipality gets at least, 0 to 1.
    shortfall_price
        Points per missing placement; None (the default) makes the rule hard. `po.solve` uses
        share 0.9 and 100 points.

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
        most = np.minimum(n_pairs, pairs.placements_per_candidate)[counted]
        placed = np.bincount(of_candidate[counted], most, minlength=len(home.labels))[rows]
        names = [home.labels[row] for row in rows]
        return RowBlock(
            self.title,
            [*(f"{name} placements" for name in names), *names],
            _home_entries(home.code, rows),
            np.zeros(2 * rows.size, dtype=np.int64),
            np.repeat([0, NO_UPPER], rows.size),
            *self._counts_and_shortfalls(fair, placed.astype(np.int64)),
            room=_EvenRoom(home.code, rows, fair) if self.price is None else None,
        )

    def _counts_and_shortfalls(
        self, fair: Sequence[Fraction], placed: Ints
    ) -> tuple[Variables, sparse.csr_array]:
        """Own variables: placements per municipality, and with a price each shortfall.

        With fair part n / d of municipality m: ``d count_m - n sum(count) + s_m >= 0``, so that a
        shortfall counts units of 1 / d.
        """
        n_homes = len(fair)
        parts = np.array([part.numerator for part in fair], dtype=np.int64)
        wholes = np.array([part.denominator for part in fair], dtype=np.int64)
        balance = np.diag(wholes) - parts[:, np.newaxis]
        counts = np.concatenate([-np.eye(n_homes, dtype=np.int64), balance])
        gain = [Fraction(0)] * n_homes
        upper = placed
        usage = sparse.csr_array(counts)
        if self.price is not None:
            empty = sparse.csr_array((n_homes, n_homes), dtype=np.int64)
            fill = sparse.vstack([empty, sparse.eye_array(n_homes, dtype=np.int64)])
            usage = sparse.hstack([usage, fill], format="csr")
            gain += [-self.price / part.denominator for part in fair]
            upper = np.concatenate([placed, parts * placed.sum()])
        variables = Variables(
            np.zeros(len(gain), dtype=np.int64),
            upper,
            gain,
            follow=True,
        )
        return variables, usage

    @override
    def violations(self, instance: Instance, plan: Plan) -> Iterator[Violation]:
        if self.price is None:
            for label, short in self._short(instance, plan).items():
                if short > 0:
                    yield self.broken(label, f"{float(short):g} placements below its fair part")

    @override
    def shortfalls(self, instance: Instance, plan: Plan) -> Iterator[Shortfall]:
        if self.price is not None:
            for label, short in self._short(instance, plan).items():
                yield Shortfall(label, short, self.price)

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


@dataclass(frozen=True, eq=False)
class _EvenRoom:
    """Tells whose placement would leave some municipality below its fair part, without a price."""

    home: Indices
    rows: npt.NDArray[np.intp]
    fair: Sequence[Fraction]

    def __call__(
        self, chosen: npt.NDArray[np.int64], own: Ints
    ) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        """Return the pairs that would, and the row of the municipality that falls behind."""
        del chosen
        n_homes, total = len(self.fair), int(own.sum()) + 1
        behind = np.full(int(self.home.max(initial=0)) + 2, -1, dtype=np.int64)
        for position, home in enumerate(self.rows.tolist()):
            after = own.tolist()
            after[position] += 1
            short = (m for m in range(n_homes) if after[m] < self.fair[m] * total)
            behind[home] = next(short, -1)
        first = behind[self.home]
        return first >= 0, n_homes + np.maximum(first, 0)


def _home_entries(home: Indices, rows: npt.NDArray[np.intp]) -> sparse.csr_array:
    """Coefficients of the pairs: one in the row that counts their home's placements."""
    row_of = np.full(int(max(home.max(initial=0), rows.max())) + 2, -1, dtype=np.int64)
    row_of[rows] = np.arange(rows.size)
    row = row_of[home]
    used = np.flatnonzero(row >= 0)
    ones = np.ones(used.size, dtype=np.int8)
    return sparse.coo_array((ones, (row[used], used)), shape=(2 * rows.size, home.size)).tocsr()
