"""The figures of a region at a glance: sizes, mixes, and what is asked against what there is."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from placement_opt.basics.quantities import read_number
from placement_opt.pairs.table import PairTable
from placement_opt.records import Region
from placement_opt.rulebook import Rulebook
from placement_opt.synthetic.means import Demand


@dataclass(frozen=True, slots=True)
class RegionFigures:
    """Sizes, mixes and scarcity of a region.

    Demand is what all candidates together would use in work of their most hours a week; None
    without a date of the region. Figures of pairs are None where no pairs were given.
    """

    candidates: int
    openings: int
    positions: int
    employers: int
    coaches: int
    municipalities: int
    candidates_by_ground: Mapping[str, int]
    candidates_by_regime: Mapping[str, int]
    sheltered_candidates: int
    sheltered_positions: int
    jobs_pledged: float
    supervision_places: int
    coaching_demand_hours_per_week: float | None
    coaching_supply_hours_per_week: float
    caseload_supply: int
    subsidy_demand_eur_per_year: float | None
    subsidy_budget_eur_per_year: float
    eligible_pairs: int | None
    median_openings_per_candidate: float | None
    candidates_without_opening: int | None


def describe(region: Region, pairs: PairTable | None = None) -> RegionFigures:
    """Count and sum what a region has and asks.

    Parameters
    ----------
    region
        The records.
    pairs
        Its eligible pairs, where known.

    Raises
    ------
    MissingParameterError
        When the law of the region's date has no verified number for a regime or a minimum wage.
    """
    candidates, openings = region.candidates, region.openings
    coach_hours, subsidy = _demand(region)
    openings_of = None
    if pairs is not None:
        openings_of = np.bincount(pairs.candidate, minlength=len(candidates))
    return RegionFigures(
        candidates=len(candidates),
        openings=len(openings),
        positions=sum(opening.positions for opening in openings),
        employers=len(region.employers),
        coaches=len(region.coaches),
        municipalities=len(region.municipalities),
        candidates_by_ground=_counts(c.ground for c in candidates),
        candidates_by_regime=_counts(
            c.coaching_regime if c.coaching_hours_per_week is None else "own hours"
            for c in candidates
        ),
        sheltered_candidates=sum(c.sheltered for c in candidates),
        sheltered_positions=sum(o.positions for o in openings if o.sheltered),
        jobs_pledged=_sum(e.jobs_pledged for e in region.employers),
        supervision_places=sum(e.supervision_places or 0 for e in region.employers),
        coaching_demand_hours_per_week=coach_hours,
        coaching_supply_hours_per_week=_sum(c.hours_per_week for c in region.coaches),
        caseload_supply=sum(c.max_caseload or 0 for c in region.coaches),
        subsidy_demand_eur_per_year=subsidy,
        subsidy_budget_eur_per_year=_sum(
            m.wage_subsidy_budget_eur_per_year for m in region.municipalities
        ),
        eligible_pairs=None if pairs is None else pairs.n_pairs,
        median_openings_per_candidate=(
            None if openings_of is None else float(np.median(openings_of))
        ),
        candidates_without_opening=(None if openings_of is None else int((openings_of == 0).sum())),
    )


def _demand(region: Region) -> tuple[float | None, float | None]:
    if region.date is None:
        return None, None
    demand = Demand(region.candidates, Rulebook.on(region.date, unknown="last_known"))
    euros = sum(demand.subsidy_eur_per_year().values(), Fraction(0))
    return float(demand.coach_hours()), float(euros)


def _counts(names: Iterable[str | None]) -> Mapping[str, int]:
    return dict(sorted(Counter(name or "unknown" for name in names).items()))


def _sum(amounts: Iterable[float | None]) -> float:
    return float(sum((read_number(a) for a in amounts if a is not None), Fraction(0)))
