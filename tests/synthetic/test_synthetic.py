"""Synthetic regions: reproducible, valid, of the shape they promise, and scarce."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.quantities import read_number
from placement_opt.constraints import standard_rules
from placement_opt.constraints.fixed_placements import rows_of_fixed
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.records import Region
from placement_opt.rulebook import Rulebook
from placement_opt.synthetic import describe, mix, synthetic_region
from placement_opt.synthetic.draws import Draws, apportioned
from placement_opt.synthetic.layout import in_units
from placement_opt.synthetic.means import Demand, expected_share

# Written once and kept: they change only when the generator is meant to change.
GOLDEN_60 = "c8a2aa20a6b4a63b0fb1f2090253a7ec0ad3ac93f1879d0c0c50097e5966f83a"

GOLDEN_DRAWS = [478755, 723979, 458614, 148126]


@pytest.fixture(scope="module")
def region() -> Region:
    return synthetic_region()


def test_the_bits_are_the_same_on_every_machine():
    assert Draws(7, "golden").integers(0, 999_999, 4).tolist() == GOLDEN_DRAWS


def test_a_small_region_keeps_its_fingerprint():
    assert synthetic_region(candidates=60, openings=20, seed=7).fingerprint() == GOLDEN_60


def test_the_seed_decides_all():
    first, again, other = (synthetic_region(candidates=80, seed=seed) for seed in (3, 3, 4))
    assert first == again
    assert first.fingerprint() != other.fingerprint()


def test_streams_do_not_disturb_one_another():
    few = synthetic_region(candidates=80, coaches=3, seed=3)
    many = synthetic_region(candidates=80, coaches=9, seed=3)
    assert few.openings == many.openings
    assert few.employers == many.employers


@pytest.mark.parametrize("low_high", [(0, 0), (-5, 5), (1, 6)])
def test_draws_stay_within_their_bounds_and_reach_them(low_high: tuple[int, int]):
    drawn = Draws(1, "bounds").integers(*low_high, 2_000)
    assert (drawn.min(), drawn.max()) == low_high


def test_choice_follows_the_weights():
    drawn = np.bincount(Draws(1, "weights").choice((700, 0, 300), 10_000), minlength=3)
    assert drawn[1] == 0
    assert abs(drawn[0] - 7_000) < 300


@pytest.mark.parametrize(
    ("weights", "n", "counts"),
    [
        ((1, 1), 5, [3, 2]),
        ((98, 1, 1), 10, [8, 1, 1]),
        ((5, 3, 2), 10, [5, 3, 2]),
        ((1, 1, 1), 1, [1]),
    ],
)
def test_apportioned_shares_out_by_weight(weights: tuple[int, ...], n: int, counts: list[int]):
    assert np.bincount(apportioned(weights, n)).tolist() == counts


@pytest.mark.parametrize(("amount", "unit", "value"), [(48, 2, 24), (51, 2, 25.5), (0, 7, 0)])
def test_whole_amounts_are_ints(amount: int, unit: int, value: float):
    assert in_units(amount, unit) == value
    assert type(in_units(amount, unit)) is type(value)


def test_json_brings_the_region_back():
    made = synthetic_region(candidates=50, seed=2)
    assert Region.from_json_text(made.to_json_text()) == made


def test_every_municipality_has_people_and_work(region: Region):
    places = {municipality.id for municipality in region.municipalities}
    assert len(places) == 7
    assert {candidate.municipality for candidate in region.candidates} == places
    assert {opening.municipality for opening in region.openings} == places
    assert sum(m.population or 0 for m in region.municipalities) > 300_000


def test_every_employer_has_an_opening(region: Region):
    assert {o.employer for o in region.openings} == {e.id for e in region.employers}


@pytest.mark.parametrize(
    "field",
    [
        "municipality",
        "location",
        "transport",
        "max_travel_minutes",
        "ground",
        "hours_per_week",
        "coaching_regime",
        "wage_value",
        "minimum_wage_age",
    ],
)
def test_candidates_carry_what_active_rules_need(region: Region, field: str):
    assert all(getattr(candidate, field) is not None for candidate in region.candidates)


@pytest.mark.parametrize(
    "field",
    [
        "employer",
        "municipality",
        "location",
        "hours_per_week",
        "wage_eur_per_hour",
        "contract_months",
        "starts_on",
        "sector_of_work",
    ],
)
def test_openings_carry_what_active_rules_need(region: Region, field: str):
    assert all(getattr(opening, field) is not None for opening in region.openings)


def test_the_rulebook_knows_every_regime_and_year(region: Region):
    rulebook = Rulebook.on(mix.DATE)
    for candidate in region.candidates:
        regime, year = candidate.coaching_regime, candidate.coaching_year
        if regime is not None and regime != "none":
            assert year is not None
            assert 0 < rulebook.coaching_share(regime, year) < 1
        else:
            assert year is None


GIVEN_BY_USERS = {
    "available_days",
    "coaching_hours_per_week",
    "coaching_options",
    "cost_eur",
    "crew_minimum",
    "days",
    "days_needed",
    "employers",
    "grants",
    "groups",
    "guidance_share",
    "hours_total_per_week",
    "licences",
    "openings",
    "postcode",
    "reintegration_budget_eur_per_year",
    "shared_guidance_hours_per_week",
    "trial_months",
}
"""Fields that no made-up region without steps and crews fills: no figure says how often."""


def test_every_field_of_every_record_is_used(region: Region):
    records = (region.candidates, region.openings, region.employers, region.coaches)
    for kind in (*records, region.municipalities):
        for field in type(kind[0]).model_fields:
            if field in GIVEN_BY_USERS:
                continue
            assert any(getattr(r, field) not in (None, (), frozenset(), {}, False) for r in kind), (
                type(kind[0]).__name__,
                field,
            )
    assert region.excluded_pairs
    assert len(region.fixed_placements) == 3


def test_mixes_are_broad(region: Region):
    assert {c.ground for c in region.candidates} >= set(mix.GROUNDS) - {"equated", "38b.1.g"}
    assert {c.coaching_regime for c in region.candidates} == set(mix.REGIMES)
    assert {c.transport for c in region.candidates} == set(mix.TRANSPORTS)
    assert 0.03 < np.mean([c.sheltered for c in region.candidates]) < 0.07
    assert all(0.3 <= (c.wage_value or 0) <= 1 for c in region.candidates)
    hours = [c.hours_per_week for c in region.candidates if c.hours_per_week is not None]
    assert min(low for low, _ in hours) == 8
    assert max(high for _, high in hours) == 40


def test_skills_are_unequally_rare(region: Region):
    had = Counter(skill for candidate in region.candidates for skill in candidate.skills)
    assert set(had) == set(mix.SKILLS)
    assert had.most_common()[0][1] > 15 * had.most_common()[-1][1]


def test_means_are_scarce(region: Region):
    demand = Demand(region.candidates, Rulebook.on(mix.DATE))
    placed = expected_share(region.candidates, region.openings)
    supply = sum(read_number(coach.hours_per_week or 0) for coach in region.coaches)
    assert Fraction(1, 2) < supply / (demand.coach_hours() * placed) < Fraction(9, 10)
    euros = demand.subsidy_eur_per_year()
    for municipality in region.municipalities:
        budget = read_number(municipality.wage_subsidy_budget_eur_per_year or 0)
        assert 0 < budget < euros[municipality.id] * placed
        least, most = (
            municipality.sheltered_places_minimum,
            municipality.sheltered_places_maximum,
        )
        assert least is not None
        assert most is not None
        assert least <= most
    assert sum(opening.positions for opening in region.openings) < len(region.candidates)


def test_some_employers_cannot_supervise_all_their_positions(region: Region):
    positions: Counter[str | None] = Counter()
    for opening in region.openings:
        positions[opening.employer] += opening.positions
    tight = [
        employer
        for employer in region.employers
        if employer.supervision_places is not None
        and employer.supervision_places < positions[employer.id]
    ]
    assert len(tight) > len(region.employers) // 10


def test_kept_coaches_cover_their_people(region: Region):
    coach_of = {coach.id: coach for coach in region.coaches}
    kept = [(c, coach_of[c.coach]) for c in region.candidates if c.coach is not None]
    assert len({coach.id for _, coach in kept}) == len(kept) == len(region.coaches) // 10
    for person, coach in kept:
        assert coach.kind == "external"
        assert not coach.municipalities or person.municipality in coach.municipalities
        assert not coach.regimes or person.coaching_regime in coach.regimes
        assert not coach.needs or person.needs <= coach.needs


def test_equal_coaching_means_equal_hours():
    made = synthetic_region(candidates=300, coaching="equal")
    for candidate in made.candidates:
        if candidate.coaching_regime is None:
            assert candidate.coaching_hours_per_week == 3.825
        else:
            assert candidate.coaching_regime == "none"
            assert candidate.coaching_hours_per_week is None
    assert not any(coach.regimes for coach in made.coaches)


def test_equal_and_mixed_coaching_differ_in_nothing_else():
    equal = synthetic_region(candidates=100, coaching="equal", coaches=5)
    mixed = synthetic_region(candidates=100, coaching="mixed", coaches=5)
    assert equal.openings == mixed.openings
    assert [c.skills for c in equal.candidates] == [c.skills for c in mixed.candidates]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_fixed_placements_are_eligible_under_the_standard_rules(seed: int):
    made = synthetic_region(candidates=900, seed=seed)
    instance = Instance(made)
    pairs = enumerate_pairs(instance, standard_rules(instance))
    assert len(made.fixed_placements) == 3
    rows_of_fixed(pairs, made.fixed_placements)
    assert np.median(np.bincount(pairs.candidate, minlength=900)) >= 5


@pytest.mark.slow
def test_at_full_size_the_median_candidate_has_a_hundred_openings():
    made = synthetic_region(candidates=15_000, seed=1)
    assert len(made.openings) == 3_000
    assert len(made.employers) == 800
    instance = Instance(made)
    pairs = enumerate_pairs(instance, standard_rules(instance))
    figures = describe(made, pairs)
    assert figures.median_openings_per_candidate is not None
    assert figures.median_openings_per_candidate >= 100
    assert 2_000_000 <= (figures.eligible_pairs or 0) <= 5_000_000


def test_figures_count_what_is_there(region: Region):
    figures = describe(region)
    assert figures.candidates == sum(figures.candidates_by_ground.values()) == 1_500
    assert sum(figures.candidates_by_regime.values()) == 1_500
    assert figures.positions == sum(opening.positions for opening in region.openings)
    assert figures.coaching_demand_hours_per_week is not None
    assert figures.coaching_supply_hours_per_week < figures.coaching_demand_hours_per_week
    assert figures.eligible_pairs is None
    assert figures.median_openings_per_candidate is None


def test_steps_stand_beside_the_region_without_them():
    plain, stepped = (synthetic_region(candidates=150, seed=3, steps=on) for on in (False, True))
    kinds = [one.kind for one in stepped.openings]
    assert stepped.openings[: len(plain.openings)] == plain.openings
    assert kinds.count("job") == len(plain.openings)
    assert {"training", "trial"} <= set(kinds)
    assert stepped.candidates == plain.candidates
    assert all(one.grants for one in stepped.openings if one.kind != "job")
    assert all(one.reintegration_budget_eur_per_year is not None for one in stepped.municipalities)
    with pytest.raises(InvalidInputError, match="steps"):
        synthetic_region(steps="yes")
