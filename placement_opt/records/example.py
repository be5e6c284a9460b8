"""The region of the example files: made up, and each field is given at least once."""

from typing import get_args

from placement_opt.records.fields import CoachingRegime
from placement_opt.records.people import Candidate, Coach
from placement_opt.records.region import Region
from placement_opt.records.together import Together
from placement_opt.records.work import Employer, Municipality, Opening

_PACKER = Candidate(
    id="C-1",
    municipality="Nijmegen",
    groups={"neighbourhood": "centre"},
    postcode="6511 AB",
    transport="bike",
    max_travel_minutes=30,
    ground="38b.1.a",
    ground_from="2024-03-15",
    ground_until="2027-03-14",
    hours_per_week=(16, 24),
    skills={"packing": 0.8, "dutch": 0.5},
    wishes=["logistics", "O-1"],
    needs=["quiet"],
    coaching_regime="light",
    coaching_year=1,
    coach="K-1",
    wage_value=0.6,
    minimum_wage_age=19,
    priority=1,
    available_from="2026-02-16",
    available_days=["mon", "tue", "thu.morning"],
    licences=["forklift"],
)

_CLERK = Candidate(
    id="C-2",
    municipality="Nijmegen",
    location=(51.81, 5.72),
    transport="public_transport",
    max_travel_minutes=45,
    ground="none",
    sheltered=True,
    may_work_regular=True,
    hours_per_week=(12, 20),
    coaching_hours_per_week=1.5,
    wage_value=0.45,
    current_opening="O-2",
)

_STARTER = Candidate(
    id="C-3",
    municipality="Nijmegen",
    coaching_year=1,
    coaching_options={"light": 0.6, "intensive": 0.85},
)

_PACKING = Opening(
    id="O-1",
    employer="E-1",
    municipality="Nijmegen",
    groups={"site": "north"},
    postcode="6524",
    positions=2,
    crew_minimum=1,
    guidance_share=0.8,
    shared_guidance_hours_per_week=2,
    hours_per_week=(16, 32),
    required_skills={"packing": 0.5},
    essential_skills=["packing"],
    provides=["quiet"],
    wage_eur_per_hour=15.2,
    starts_on="2026-03-01",
    contract_months=12,
    trial_months=2,
    preferences=["C-1"],
    sector_of_work="logistics",
    days=["mon", "tue", "thu"],
    days_needed=2,
    licences=["forklift"],
    hours_total_per_week=48,
)

_OFFICE = Opening(
    id="O-2",
    employer="E-1",
    municipality="Nijmegen",
    location=(51.84, 5.86),
    remote=True,
    hours_per_week=(12, 24),
    sheltered=True,
    sector_of_work="administration",
)

_COURSE = Opening(
    id="T-1",
    kind="training",
    positions=4,
    remote=True,
    hours_per_week=(4, 8),
    grants={"packing": 0.6},
    cost_eur=450,
)

_BAKERY = Employer(
    id="E-1",
    municipality="Nijmegen",
    groups={"chain": "bakers"},
    sector="market",
    paid_hours_per_year=52_000,
    paid_hours_previous_year=50_500,
    target_group_hours_per_year=1_331,
    hired_in_hours_per_year=400,
    lent_out_hours_per_year=0,
    hired_in_target_group_hours_per_year=100,
    lent_out_target_group_hours_per_year=0,
    jobs_pledged=1.5,
    supervision_places=2,
)

_JOB_COACH = Coach(
    id="K-1",
    hours_per_week=12,
    max_caseload=8,
    municipalities=["Nijmegen"],
    regimes=get_args(CoachingRegime),
    needs=["quiet"],
    openings=["O-1", "O-2"],
    employers=["E-1"],
)

_COLLEAGUE = Coach(id="K-2", kind="employer", employer="E-1", hours_per_week=4)

_NIJMEGEN = Municipality(
    id="Nijmegen",
    population=187_000,
    wage_subsidy_budget_eur_per_year=50_000,
    reintegration_budget_eur_per_year=5_000,
    sheltered_places_minimum=0,
    sheltered_places_maximum=2,
)


def example_region() -> Region:
    """Return the region of the example files; each field is given at least once."""
    return Region(
        name="example",
        date="2026-02-01",
        candidates=[_PACKER, _CLERK, _STARTER],
        openings=[_PACKING, _OFFICE, _COURSE],
        employers=[_BAKERY],
        coaches=[_JOB_COACH, _COLLEAGUE],
        municipalities=[_NIJMEGEN],
        together=[Together(members=["C-1", "C-2"], where="employer")],
        excluded_pairs=[("C-2", "O-1")],
        travel_minutes=[("Nijmegen", "Nijmegen", 15)],
        postcodes=[("6511", 51.842, 5.86), ("6524", 51.828, 5.867)],
    )
