"""Hand-made regions that tests share."""

import datetime as dt

import placement_opt as po

DATE = dt.date(2026, 2, 1)
EAST, WEST, SOUTH = (51.84, 5.86), (51.80, 5.73), (51.60, 5.90)


def region_with_everything():
    """Return twelve people and eight openings in which every record and standard rule is in play.

    Coach hours, the budget of `M-west`, supervision places and pledges are scarce; one person
    leaves a job that counts, one placement is fixed, one person keeps their coach.
    """
    coached = {"coaching_regime": "intensive", "coaching_year": 1}
    people = [
        po.Candidate(
            id="C-01", municipality="M-east", location=EAST, transport="bike",
            max_travel_minutes=30, ground="38b.1.a", hours_per_week=(16, 25.5), wage_value=0.4,
            skills={"dutch": 0.5, "welding": 0.7}, wishes=("O-1", "care"), priority=2.5, **coached,
        ),
        po.Candidate(
            id="C-02", municipality="M-east", location=EAST, transport="walk",
            max_travel_minutes=45.5, ground="38b.1.c", hours_per_week=(12, 24), wage_value=0.8,
            skills={"dutch": 1}, wishes=("care",), needs={"quiet"}, coach="K-2", **coached,
        ),
        po.Candidate(
            id="C-03", municipality="M-west", location=WEST, transport="car",
            max_travel_minutes=40, ground="38b.1.a", hours_per_week=(20, 36), wage_value=0.25,
            skills={"welding": 0.9}, minimum_wage_age=18, coaching_regime="middle", coaching_year=1,
        ),
        po.Candidate(
            id="C-04", municipality="M-west", location=WEST, transport="public_transport",
            max_travel_minutes=60, ground="none", hours_per_week=(8, 20), wage_value=0.6,
            skills={"packing": 0.6}, coaching_hours_per_week=2.125, priority=1,
        ),
        po.Candidate(
            id="C-05", municipality="M-south", ground="38b.2", hours_per_week=(24, 38),
            wage_value=1, skills={"dutch": 0.8, "packing": 0.4}, coaching_regime="none",
            available_from="2026-03-15",
        ),
        po.Candidate(
            id="C-06", municipality="M-east", ground="none", sheltered=True,
            hours_per_week=(8, 16), wage_value=0.3, skills={"packing": 0.2}, needs={"quiet"},
            coaching_regime="light", coaching_year=1, wishes=("O-5",),
        ),
        po.Candidate(
            id="C-07", municipality="M-west", ground="38b.1.b", sheltered=True,
            may_work_regular=True, hours_per_week=(8, 24), wage_value=0.35,
            coaching_regime="intensive", coaching_year=2,
        ),
        po.Candidate(
            id="C-08", municipality="M-east", location=EAST, transport="bike",
            max_travel_minutes=25, ground="38b.1.e", ground_from="2020-05-01",
            hours_per_week=(16, 32), wage_value=0.7, skills={"dutch": 0.7, "care": 0.9},
            wishes=("care", "O-6"), current_opening="O-8", coaching_regime="none",
        ),
        po.Candidate(
            id="C-09", municipality="M-south", location=SOUTH, transport="car",
            max_travel_minutes=20, ground="vso_pro", ground_until="2026-01-15",
            hours_per_week=(10, 30), wage_value=0.55, minimum_wage_age=17,
            skills={"packing": 1}, coaching_regime="very_light", coaching_year=1,
        ),
        po.Candidate(
            id="C-10", municipality="M-west", ground="38b.1.f", hours_per_week=(12, 12.75),
            wage_value=0.5, skills={"dutch": 0.4}, **coached, priority=0.75,
        ),
        po.Candidate(
            id="C-11", municipality="M-east", ground="equated", hours_per_week=(4, 8),
            wage_value=0.9, skills={"welding": 0.1}, needs={"ground floor"},
            coaching_regime="none",
        ),
        po.Candidate(
            id="C-12", ground="38b.1.a", ground_from="2026-02-20", hours_per_week=(20, 40),
            wage_value=0.65, skills={"dutch": 0.6, "packing": 0.5}, coaching_regime="intensive",
            coaching_year=3,
        ),
    ]
    work = [
        po.Opening(
            id="O-1", employer="E-1", municipality="M-east", location=EAST, positions=2,
            hours_per_week=(16, 32), required_skills={"dutch": 0.5, "welding": 0.6},
            essential_skills={"dutch"}, provides={"quiet"}, preferences=("C-02", "C-01"),
            starts_on="2026-03-01", sector_of_work="building",
        ),
        po.Opening(
            id="O-2", employer="E-1", municipality="M-east", location=WEST,
            hours_per_week=(8, 24), required_skills={"packing": 0.5}, sector_of_work="logistics",
        ),
        po.Opening(
            id="O-3", employer="E-2", municipality="M-west", location=WEST, positions=3,
            hours_per_week=(8, 20), required_skills={"packing": 0.3, "dutch": 0.2},
            provides={"quiet", "ground floor"}, starts_on="2026-04-01",
        ),
        po.Opening(
            id="O-4", employer="E-2", municipality="M-west", location=EAST, positions=0,
            hours_per_week=(8, 40),
        ),
        po.Opening(
            id="O-5", employer="E-3", municipality="M-east", sheltered=True, remote=True,
            positions=2, hours_per_week=(8, 24), provides={"quiet"},
        ),
        po.Opening(
            id="O-6", employer="E-3", municipality="M-south", location=SOUTH, remote=True,
            hours_per_week=(20, 36), required_skills={"care": 0.8}, sector_of_work="care",
        ),
        po.Opening(
            id="O-7", municipality="M-south", location=SOUTH, positions=2,
            hours_per_week=(10, 25.5), required_skills={"packing": 0.8, "dutch": 0.1},
        ),
        po.Opening(
            id="O-8", employer="E-1", municipality="M-east", location=EAST,
            hours_per_week=(12, 20), provides={"ground floor"}, sector_of_work="care",
        ),
    ]
    return po.Region(
        name="everything",
        date=DATE,
        candidates=people,
        openings=work,
        employers=[
            po.Employer(
                id="E-1", municipality="M-east", sector="market", jobs_pledged=1.75,
                supervision_places=2, target_group_hours_per_year=665.5,
            ),
            po.Employer(
                id="E-2", municipality="M-west", sector="government", jobs_pledged=1.5,
                supervision_places=3, target_group_hours_per_year=0,
            ),
            po.Employer(
                id="E-3", municipality="M-east", sector="market", jobs_pledged=0.4,
                target_group_hours_per_year=1331,
            ),
        ],
        coaches=[
            po.Coach(id="K-1", hours_per_week=5.7, max_caseload=2),
            po.Coach(id="K-2", hours_per_week=3.6, max_caseload=2, municipalities={"M-east"}),
            po.Coach(id="K-3", hours_per_week=4, regimes={"middle", "light", "very_light"}),
            po.Coach(
                id="K-4", kind="employer", employer="E-3", hours_per_week=2, needs={"quiet"}
            ),
        ],
        municipalities=[
            po.Municipality(
                id="M-east", wage_subsidy_budget_eur_per_year=40_000, sheltered_places_minimum=2,
                sheltered_places_maximum=3,
            ),
            po.Municipality(
                id="M-west", wage_subsidy_budget_eur_per_year=9_000.5, sheltered_places_maximum=0
            ),
            po.Municipality(id="M-south", population=32_000),
        ],
        excluded_pairs=[("C-04", "O-2"), ("C-12", "O-1")],
        fixed_placements=[("C-10", "O-3")],
        travel_minutes=[("C-01", "O-2", 29.5), ("M-south", "M-west", 18), ("C-03", "O-3", 41)],
        sectors_of_work={"building", "care", "logistics"},
    )
