"""Placements, or coached hours, are spread evenly over the municipalities."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from scipy import sparse
from typing_extensions import override

from placement_opt.basics.arrays import Indices, Ints
from placement_opt.basics.errors import InvalidInputError, Problem
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.base import Rule, prices_of_groups
from placement_opt.constraints.coaching_teams import teams_of
from placement_opt.constraints.limits import Prices
from placement_opt.constraints.model_part import Examples
from placement_opt.formulation.capacity import Capacity, Lacking
from placement_opt.formulation.pair_entries import rows_of_pairs
from placement_opt.formulation.row_blocks import NO_UPPER, RowBlock, Variables
from placement_opt.formulation.row_limits import RowLimits
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Shortfall, Violation
from placement_opt.instance.plan import Plan
from placement_opt.pairs.columns import pair_column
from placement_opt.pairs.distinct import distinct_rows
from placement_opt.pairs.groups import grouped
from placement_opt.pairs.table import PairTable, narrowed
from placement_opt.records import Candidate
from placement_opt.records.fields import Share

STANDARD_SHARE = 0.9
STANDARD_PRICE = 100


class MunicipalityBalance(Rule):
    r"""Each municipality's people get a fair part of all placements, or of all coached hours.

    .. math:: \sum_{c \in m} u_{co} x_{co} + s_m \ge
              \text{share} \cdot \frac{C_m}{C} \sum_{c,o} u_{co} x_{co}

    where u is 1, or the coaching hours a week of the pair. C counts the candidates who have an
    eligible opening and a municipality, and C_m those of municipality m; for coached hours only
    those whose record asks for coaching, and only their hours. What each municipality gets is one
    variable and the total is one more, so that rows stay short.

    Parameters
    ----------
    share
        How much of its even part every municipality gets at least, 0 to 1.
    counts
        ``"placements"`` (the default) or ``"coached_hours"``; the two can stand side by side.
    need
        What C counts: ``"candidates"`` (the default), or ``"population"``: the inhabitants of the
        municipalities of those candidates, so that the even part follows the size of a municipality
        and not how many of its people are in the records.
    shortfall_price
        Points per missing placement, or per missing hour a week, a number or
        {municipality: number}; None (the default) makes the rule hard, and so it is for
        municipalities that a mapping leaves out. `po.solve` uses share 0.9 and 100 points for
        placements.

    References
    ----------
    Participatiewet art. 8a(2)(a): the ordinance says how provisions are evenly divided.
    """

    title: ClassVar[str] = "balance between municipalities"
    title_nl: ClassVar[str] = "evenwicht tussen gemeenten"
    examples: ClassVar[Examples] = (
        {},
        {"share": 1, "shortfall_price": 33.333333},
        {"share": 0.333333},
        {"share": 0.8, "shortfall_price": 100},
        {"share": 0},
        {"share": 0.8, "shortfall_price": {"M-2": 50}},
        {"counts": "coached_hours"},
        {"counts": "coached_hours", "share": 0.5, "shortfall_price": 12.5},
        {"need": "population", "share": 0.9},
        {"need": "population", "share": 0.7, "shortfall_price": 20},
    )
    rule: Literal["MunicipalityBalance"] = "MunicipalityBalance"
    share: Share = STANDARD_SHARE
    counts: Literal["placements", "coached_hours"] = "placements"
    need: Literal["candidates", "population"] = "candidates"
    shortfall_price: Prices | None = None

    @property
    @override
    def key(self) -> tuple[str, ...]:
        return (self.rule, self.counts)

    @classmethod
    @override
    def standard(cls, instance: Instance) -> Self | None:
        places = {c.municipality for c in instance.region.candidates} - {None}
        return cls(shortfall_price=STANDARD_PRICE) if len(places) > 1 else None

    @override
    def lower(self, pairs: PairTable) -> RowBlock | None:
        if self.share == 0:
            return None
        instance = pairs.instance
        home = grouped(pairs, "municipality")
        of_candidate, n_openings = instance.candidates.municipality, pairs.eligible_openings
        served = (n_openings > 0) & (of_candidate >= 0)
        if self._in_hours:
            served &= instance.derived(teams_of).asks[: instance.n_candidates]
        people = np.bincount(of_candidate[served], minlength=len(home.labels))
        rows = np.flatnonzero(people)
        if rows.size == 0:
            return None
        names = [str(home.labels[row]) for row in rows]
        needs = self._needs(instance, dict(zip(names, people[rows].tolist(), strict=True)))
        if not any(needs.values()):
            return None
        prices, home = prices_of_groups(self, home, "municipality")
        used, unit = self._used(pairs, served)
        share = read_number(self.share) / sum(needs.values())
        fair = [share * needs[name] for name in names]
        row_of = np.full(len(home.labels) + 1, -1, dtype=np.int32)
        row_of[rows] = np.arange(rows.size, dtype=np.int32)
        entries = rows_of_pairs(row_of[home.code], 2 * rows.size + 1, used)
        most = np.zeros(instance.n_candidates, dtype=np.int64)
        filled = np.flatnonzero(n_openings)
        most[filled] = np.maximum.reduceat(used, pairs.candidate_start[filled])
        ceiling, of_all = np.zeros((2, len(home.labels)), dtype=np.int64)
        at_most = np.minimum(n_openings, pairs.placements_per_candidate)
        np.add.at(ceiling, of_candidate[served], (most * at_most)[served])
        np.add.at(of_all, of_candidate[served], (most * n_openings)[served])
        cost = {row: price * unit for row, price in prices.items()}
        hard = np.array([m for m, row in enumerate(rows.tolist()) if row not in cost])
        ties = [*(f"{name} {self._what}" for name in names), f"all {self._what}"]
        price = [cost.get(row) for row in rows.tolist()]
        own, own_usage = _counts_and_shortfalls(fair, ceiling[rows], price)
        unlimited, _ = _counts_and_shortfalls(fair, of_all[rows], price)
        size = [unit / part.denominator for part in fair]
        return RowBlock(
            self.title,
            [*ties, *names],
            entries,
            np.zeros(2 * rows.size + 1, dtype=np.int64),
            np.repeat([0, NO_UPPER], [rows.size + 1, rows.size]),
            own,
            own_usage,
            limits=self._limits(ties, names, size, unlimited),
            capacity=None if hard.size == 0 else _EvenRoom(home.code, used, rows, fair, hard),
        )

    def _limits(
        self, ties: Sequence[str], names: Sequence[str], size: Sequence[Fraction], own: Variables
    ) -> RowLimits:
        """Tell what each municipality has above its fair part, of which it needs none.

        `own` has the variables as they are where people have any number of placements.
        """
        unit = "coaching_hours_per_week" if self._in_hours else "placements"
        least = [Fraction(0)] * len(names)
        above = RowLimits.of(names, f"{unit} above the fair part", size=size, least=least)
        return (
            RowLimits.ties(ties).above(above).with_own(np.arange(len(own)) < len(ties), own.upper)
        )

    def _needs(self, instance: Instance, people: Mapping[str, int]) -> Mapping[str, int]:
        """Return the need of each municipality that has some of the counted people.

        Raises
        ------
        InvalidInputError
            For each of them without a population, where that is the need.
        """
        if self.need == "candidates":
            return people
        records = {name: instance.municipality_of.get(name) for name in people}
        known = {name: one.population for name, one in records.items() if one is not None}
        silent = [name for name in people if known.get(name) is None]
        if silent:
            expected = f"must be given, since {self.title} by population needs it"
            hint = 'give the number of inhabitants, or use need="candidates"'
            raise InvalidInputError(
                Problem("municipality", name, "population", None, expected, hint) for name in silent
            )
        return {name: known[name] or 0 for name in people}

    @property
    def _in_hours(self) -> bool:
        return self.counts == "coached_hours"

    @property
    def _what(self) -> str:
        return self.counts.replace("_", " ")

    def _used(
        self, pairs: PairTable, served: npt.NDArray[np.bool_]
    ) -> tuple[npt.NDArray[np.integer], Fraction]:
        """Return what each pair adds to its municipality, as integers, and the unit of those."""
        counted = served[pairs.candidate]
        if not self._in_hours:
            return counted.astype(np.int8), Fraction(1)
        hours = pair_column(pairs, "coaching_hours_per_week", asked_by=self.title)
        used = np.where(counted, hours.values, 0)
        common = max(1, int(np.gcd.reduce(used)))
        return narrowed(used // common), Fraction(common, hours.scale)

    @override
    def violations(self, plan: Plan) -> Iterator[Violation]:
        for label, short in self._short(plan).items():
            if short > 0 and self.price_of(label) is None:
                yield self.broken(label, f"{float(short):g} {self._what} below its fair part")

    @override
    def shortfalls(self, plan: Plan) -> Iterator[Shortfall]:
        for label, short in self._short(plan).items():
            price = self.price_of(label)
            if price is not None:
                yield Shortfall(label, short, price)

    def _short(self, plan: Plan) -> dict[str, Fraction]:
        people: dict[str, int] = {}
        for candidate_id in plan.eligible_candidates:
            candidate = plan.instance.candidate_of[candidate_id]
            if candidate.municipality is not None and self._serves(candidate):
                people[candidate.municipality] = people.get(candidate.municipality, 0) + 1
        got = dict.fromkeys(people, Fraction(0))
        for placement in plan.placements:
            candidate = plan.candidate(placement)
            if candidate.municipality is not None and self._serves(candidate):
                hours = plan.coaching_hours_per_week(placement) if self._in_hours else Fraction(1)
                got[candidate.municipality] += hours or Fraction(0)
        needs = self._needs(plan.instance, people)
        total, everybody = sum(got.values()), sum(needs.values())
        share = read_number(self.share)
        if not everybody:
            return {}
        return {
            label: max(Fraction(0), share * needs[label] / everybody * total - got[label])
            for label in sorted(people)
        }

    def _serves(self, candidate: Candidate) -> bool:
        regimes = {candidate.coaching_regime, *candidate.coaching_options}
        asks = candidate.coaching_hours_per_week or not regimes <= {None, "none"}
        return bool(asks) if self._in_hours else True


def _counts_and_shortfalls(
    fair: Sequence[Fraction], ceiling: Ints, price: Sequence[Fraction | None]
) -> tuple[Variables, sparse.csr_array]:
    """Own variables: what each municipality gets, the total, and shortfalls.

    `price` holds the points per unit of each shortfall; who has none is never short.

    With fair part n / d of municipality m: ``d count_m - n total + s_m >= 0``, so that a
    shortfall counts units of 1 / d.
    """
    n_homes = len(fair)
    parts = np.array([part.numerator for part in fair], dtype=np.int64)
    wholes = np.array([part.denominator for part in fair], dtype=np.int64)
    each, total, ones = np.arange(n_homes), np.full(n_homes, n_homes), np.ones_like(parts)
    entries = [
        (each, each, -ones),
        (total, each, ones),
        (total[:1], total[:1], -ones[:1]),
        (n_homes + 1 + each, each, wholes),
        (n_homes + 1 + each, total, -parts),
    ]
    gain = [Fraction(0)] * (n_homes + 1)
    upper = np.append(ceiling, ceiling.sum())
    priced = np.array([m for m in range(n_homes) if price[m] is not None], dtype=np.int64)
    entries.append((n_homes + 1 + priced, n_homes + 1 + np.arange(priced.size), ones[priced]))
    costs = zip(price, fair, strict=True)
    gain += [-cost / part.denominator for cost, part in costs if cost is not None]
    upper = np.append(upper, parts[priced] * ceiling.sum())
    row, column, value = (np.concatenate(part) for part in zip(*entries, strict=True))
    usage = sparse.coo_array((value, (row, column)), shape=(2 * n_homes + 1, len(gain)))
    variables = Variables(np.zeros(len(gain), dtype=np.int64), upper, gain, follow=True)
    return variables, usage.tocsr()


@dataclass(frozen=True, eq=False)
class _EvenRoom(Capacity):
    """Tells whose placement would leave municipalities below their fair part, without a price.

    `hard` holds the positions in `rows` of the municipalities that have none.
    """

    home: Indices
    used: npt.NDArray[np.integer]
    rows: npt.NDArray[np.intp]
    fair: Sequence[Fraction]
    hard: npt.NDArray[np.intp]

    @override
    def room(
        self, pairs: npt.NDArray[np.int64], chosen: npt.NDArray[np.int64], own: Ints
    ) -> Lacking:
        del chosen
        n_homes = len(self.fair)
        position = {home: at for at, home in enumerate(self.rows.tolist())}
        kinds, kind = distinct_rows(self.home[pairs], self.used[pairs])
        behind: list[list[int]] = []
        for home, used in kinds:
            behind.append([])
            if used and home in position:
                after, total = own[:n_homes].tolist(), int(own[n_homes]) + used
                after[position[home]] += used
                hard = self.hard.tolist()
                behind[-1] = [m for m in hard if after[m] < self.fair[m] * total]
        width = np.array([len(some) for some in behind], dtype=np.int64)
        start = np.cumsum(width) - width
        flat = np.array([m for some in behind for m in some], dtype=np.int64)
        n_lacking = width[kind]
        at = np.repeat(np.arange(pairs.size), n_lacking)
        within = np.arange(at.size) - np.repeat(np.cumsum(n_lacking) - n_lacking, n_lacking)
        return at, n_homes + 1 + flat[start[kind[at]] + within]
