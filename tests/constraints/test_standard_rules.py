"""A rule holds by itself where the records speak of it, and nowhere else."""

import datetime as dt

import pytest
from builders import DATE, EAST

import placement_opt as po
from placement_opt.constraints import standard_rules
from placement_opt.constraints.travel_time import knows_places
from placement_opt.instance.instance import Instance

ALWAYS = {"OnePlacement", "OpeningCapacity"}
LATER = dt.date(2026, 4, 1)
HOURS = (8, 16)


def region(candidate=None, opening=None, employer=None, towns=(), **fields):
    """Return two people and two openings that say nothing but what is given of the second."""
    return po.Region(
        name="tiny",
        date=DATE,
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2", **candidate or {})],
        openings=[po.Opening(id="O-1"), po.Opening(id="O-2", **opening or {})],
        employers=[po.Employer(id="E-1"), po.Employer(id="E-2", **employer or {})],
        municipalities=towns,
        **fields,
    )


TOWN = {"id": "M-1"}
CASES = [
    ({}, set()),
    ({"candidate": {"available_from": LATER}}, set()),
    ({"opening": {"starts_on": LATER}}, set()),
    ({"candidate": {"available_from": LATER}, "opening": {"starts_on": LATER}}, {"StartDates"}),
    ({"candidate": {"hours_per_week": HOURS}}, set()),
    ({"opening": {"hours_per_week": HOURS}}, set()),
    (
        {"candidate": {"hours_per_week": HOURS}, "opening": {"hours_per_week": HOURS}},
        {"HoursOverlap"},
    ),
    ({"candidate": {"needs": {"quiet"}}}, {"WorkplaceNeeds"}),
    ({"opening": {"provides": {"quiet"}}}, set()),
    ({"candidate": {"max_travel_minutes": 30}}, {"TravelTime"}),
    ({"candidate": {"skills": {"dutch": 1}}}, set()),
    (
        {"opening": {"required_skills": {"dutch": 1}, "essential_skills": {"dutch"}}},
        {"EssentialSkills"},
    ),
    ({"candidate": {"current_opening": "O-1"}}, {"ExcludedPairs"}),
    ({"excluded_pairs": [("C-1", "O-1")]}, {"ExcludedPairs"}),
    ({"fixed_placements": [("C-1", "O-1")]}, {"FixedPlacements"}),
    ({"candidate": {"sheltered": True}}, {"ShelteredWork"}),
    ({"opening": {"sheltered": True}}, {"ShelteredWork"}),
    ({"candidate": {"coaching_hours_per_week": 2}}, {"Coaching"}),
    ({"candidate": {"coaching_hours_per_week": 0}}, set()),
    ({"candidate": {"coaching_regime": "none"}}, set()),
    ({"employer": {"supervision_places": 0}}, {"SupervisionPlaces"}),
    ({"employer": {"jobs_pledged": 0.5}}, {"JobsQuota"}),
    ({"employer": {"jobs_pledged": 0}}, set()),
    ({"candidate": {"municipality": "M-1"}, "towns": [po.Municipality(**TOWN)]}, set()),
    (
        {"towns": [po.Municipality(**TOWN, wage_subsidy_budget_eur_per_year=0)]},
        {"WageSubsidyBudget"},
    ),
    ({"towns": [po.Municipality(**TOWN, sheltered_places_minimum=0)]}, {"ShelteredPlaces"}),
    ({"towns": [po.Municipality(**TOWN, sheltered_places_maximum=0)]}, {"ShelteredPlaces"}),
]


@pytest.mark.parametrize(("given_", "more"), CASES)
def test_a_rule_holds_where_the_records_speak_of_it(given_, more):
    found = [rule.rule for rule in standard_rules(Instance(region(**given_)))]
    assert len(found) == len(set(found))
    assert set(found) == ALWAYS | more


def test_balance_holds_between_two_municipalities():
    towns = [po.Municipality(id="M-1"), po.Municipality(id="M-2")]
    both = po.Region(
        name="tiny",
        date=DATE,
        candidates=[po.Candidate(id=f"C-{n}", municipality=f"M-{n}") for n in (1, 2)],
        openings=[po.Opening(id="O-1")],
        municipalities=towns,
    )
    (rule,) = (rule for rule in standard_rules(Instance(both)) if rule.rule not in ALWAYS)
    assert isinstance(rule, po.MunicipalityBalance)
    assert rule.price_of("M-1") is not None


@pytest.mark.parametrize(
    ("given_", "knows"),
    [
        ({}, False),
        ({"candidate": {"location": EAST}}, True),
        ({"opening": {"location": EAST}}, True),
        ({"opening": {"remote": True}}, True),
        ({"travel_minutes": [("C-1", "O-1", 20)]}, True),
    ],
)
def test_one_place_or_minute_makes_a_journey_measurable(given_, knows):
    assert knows_places(region(**given_)) is knows
