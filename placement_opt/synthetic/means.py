"""The scarce means of a synthetic region: coaches, and what municipalities pay and owe."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from placement_opt.basics.arrays import Bools, Ints
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.wage_subsidy_budget import CHARGES
from placement_opt.records import Candidate, Coach, Municipality, Opening
from placement_opt.rulebook import ADULT_AGE, Rulebook
from placement_opt.synthetic import mix
from placement_opt.synthetic.draws import Draws, apportioned
from placement_opt.synthetic.layout import Work, in_units, numbered

_EXTERNAL_QUARTER_CONTRACTS = (7, 9)
_CLIENT_TENTHS = 7
_EMPLOYER_HALF_HOURS = (6, 16)
_EMPLOYER_CASELOAD = (2, 5)
_SUBSIDY_STEP_EUR = 500

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, eq=False)
class Demand:
    """What people would use if all of them worked as much as they can.

    Parameters
    ----------
    candidates
        The people.
    rulebook
        The law on the region's date.
    """

    candidates: Sequence[Candidate]
    rulebook: Rulebook

    def coach_hours(self) -> Fraction:
        """Coach hours a week of everybody."""
        # Few regimes, years and hours for many people: exact arithmetic once for each kind.
        kinds = Counter(
            (c.coaching_regime, c.coaching_year, c.coaching_hours_per_week, c.hours_per_week)
            for c in self.candidates
        )
        return sum((n * self._coach_hours_of(*kind) for kind, n in kinds.items()), Fraction(0))

    def _coach_hours_of(
        self,
        regime: str | None,
        year: int | None,
        own_hours: float | None,
        hours_per_week: tuple[float, float] | None,
    ) -> Fraction:
        if own_hours is not None:
            return read_number(own_hours)
        if regime is None or year is None or hours_per_week is None:
            return Fraction(0)
        return self.rulebook.coaching_share(regime, year) * read_number(hours_per_week[1])

    def subsidy_eur_per_year(self) -> Mapping[str, Fraction]:
        """Wage-cost subsidy by municipality, with employer charges where they are known."""
        pays = {ground: self.rulebook.ground(ground).wage_subsidy for ground in mix.GROUNDS}
        has_charges = self.rulebook.find(CHARGES) is not None
        known: dict[tuple[float, float, int], Fraction] = {}
        spent: dict[str, Fraction] = {}
        for candidate in self.candidates:
            place, hours, value = (
                candidate.municipality,
                candidate.hours_per_week,
                candidate.wage_value,
            )
            if place is None or hours is None or value is None:
                continue
            if pays[candidate.ground or "none"]:
                key = (value, hours[1], candidate.minimum_wage_age or ADULT_AGE)
                if key not in known:
                    paid = self.rulebook.wage_subsidy_eur_per_year(*key, with_charges=has_charges)
                    known[key] = Fraction(paid)
                spent[place] = spent.get(place, Fraction(0)) + known[key]
        return spent


def expected_share(candidates: Sequence[Candidate], openings: Sequence[Opening]) -> Fraction:
    """Return the share of the candidates placed if nothing but positions were scarce."""
    positions = sum(opening.positions for opening in openings if not opening.sheltered)
    placed = Fraction(positions * mix.EXPECTED_PLACED_PERCENT, 100 * len(candidates))
    return min(placed, Fraction(1))


def make_municipalities(demand: Demand, placed: Fraction) -> tuple[Municipality, ...]:
    """Give every municipality a budget below the demand, and sheltered places to fill.

    Parameters
    ----------
    demand
        What everybody would use.
    placed
        Share of them that is placed where only positions are scarce.
    """
    spent = demand.subsidy_eur_per_year()
    per_euro = placed * mix.SUBSIDY_BUDGET_PERCENT / (100 * _SUBSIDY_STEP_EUR)
    advised = Counter(c.municipality for c in demand.candidates if c.sheltered)
    return tuple(
        Municipality(
            id=place.id,
            population=place.population,
            wage_subsidy_budget_eur_per_year=_SUBSIDY_STEP_EUR
            * max(round(spent.get(place.id, Fraction(0)) * per_euro), 1),
            sheltered_places_minimum=advised[place.id] * mix.SHELTERED_MINIMUM_PERCENT // 100,
            sheltered_places_maximum=-(-advised[place.id] * mix.SHELTERED_MAXIMUM_PERCENT // 100),
        )
        for place in mix.PLACES
    )


def scarce_coaches(demand: Demand, placed: Fraction) -> int:
    """Return so many coaches that their hours are fewer than those placed would need."""
    supply = demand.coach_hours() * placed * mix.COACHING_SUPPLY_PERCENT / 100
    return max(round(supply / _average_coach_hours()), 1)


def make_coaches(seed: int, n_coaches: int, work: Work, *, by_regime: bool) -> tuple[Coach, ...]:
    """Draw the record of every coach.

    Parameters
    ----------
    seed
        Seed of the region.
    n_coaches
        How many.
    work
        Where coaches of employers can be.
    by_regime
        Let some coaches take some regimes only.
    """
    draws = Draws(seed, "coaches")
    # The first coaches are one of each team, so that every municipality is covered.
    n_others = max(n_coaches - len(mix.COACH_TEAMS), 0)
    share = (1_000 - mix.EMPLOYER_COACHES_PER_MILLE, mix.EMPLOYER_COACHES_PER_MILLE)
    inside = np.zeros(n_coaches, dtype=np.bool_)
    inside[n_coaches - n_others :] = draws.shuffled(apportioned(share, n_others)) == 1
    columns: Columns = {
        "id": numbered("K", n_coaches, 2),
        "kind": ["employer" if is_so else "external" for is_so in inside.tolist()],
        "employer": _employers(draws, inside, work),
        **_capacity(draws, inside),
        **_coverage(draws, inside, by_regime=by_regime),
    }
    return tuple(
        Coach(**dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)
    )


def _average_coach_hours() -> Fraction:
    external = Fraction(sum(_EXTERNAL_QUARTER_CONTRACTS) * 4 * _CLIENT_TENTHS, 2 * 10)
    internal = Fraction(sum(_EMPLOYER_HALF_HOURS), 2 * 2)
    return external + (internal - external) * mix.EMPLOYER_COACHES_PER_MILLE / 1_000


def _employers(draws: Draws, inside: Bools, work: Work) -> list[str | None]:
    """Draw where coaches of employers work: by the positions there."""
    opening = draws.choice(work.positions.tolist(), len(inside))
    return [
        work.employer_ids[at] if is_so else None
        for at, is_so in zip(work.opening_employer[opening].tolist(), inside.tolist(), strict=True)
    ]


def _capacity(draws: Draws, inside: Bools) -> Columns:
    n = len(inside)
    contract = draws.integers(*_EXTERNAL_QUARTER_CONTRACTS, n) * 4
    caseload = draws.integers(0, len(mix.COACH_CASELOADS) - 1, n)
    half_hours = draws.integers(*_EMPLOYER_HALF_HOURS, n)
    people = draws.integers(*_EMPLOYER_CASELOAD, n)
    return {
        "hours_per_week": [
            in_units(few, 2) if is_so else in_units(hours * _CLIENT_TENTHS, 10)
            for hours, few, is_so in zip(
                contract.tolist(), half_hours.tolist(), inside.tolist(), strict=True
            )
        ],
        "max_caseload": [
            few if is_so else mix.COACH_CASELOADS[code]
            for code, few, is_so in zip(
                caseload.tolist(), people.tolist(), inside.tolist(), strict=True
            )
        ],
    }


def _coverage(draws: Draws, inside: Bools, *, by_regime: bool) -> Columns:
    n, teams = len(inside), len(mix.COACH_TEAMS)
    team: Ints = draws.choice(mix.COACH_TEAM_WEIGHTS, n)
    regimes: Ints = draws.choice(mix.COACH_REGIME_WEIGHTS, n)
    signs = draws.chance(1_000 - mix.COACHES_WITHOUT_SIGN_LANGUAGE_PER_MILLE, n)
    team[:teams] = range(min(teams, n))
    team[inside] = 0
    regimes[:teams] = 0
    if not by_regime:
        regimes[:] = 0
    spoken = frozenset(mix.NEEDS) - {"sign_language"}
    return {
        "municipalities": [frozenset(mix.COACH_TEAMS[code]) for code in team.tolist()],
        "regimes": [frozenset(mix.COACH_REGIMES[code]) for code in regimes.tolist()],
        "needs": [frozenset() if is_so else spoken for is_so in signs.tolist()],
    }
