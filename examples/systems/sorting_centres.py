"""Three sorting centres of 80 places, each opened by a crew with a foreman of its own.

A centre opens for at least 60 people or not at all. Its foremen guide, so that half of the own
coaching is left for the job coaches, each of whom goes to one centre. Run it with
``python examples/systems/sorting_centres.py``.
"""

import random

import placement_opt as po

CENTRES = {"S-east": (51.84, 5.90), "S-south": (51.80, 5.85), "S-west": (51.83, 5.74)}
PLACES, CREW = 80, 60


def region(people: int = 210, seed: int = 1) -> po.Region:
    """Make up the people of a town and the three centres."""
    draw = random.Random(seed)
    regimes = ("none", "light", "middle", "intensive")
    return po.Region(
        name="three sorting centres",
        date="2026-02-01",
        candidates=[
            po.Candidate(
                id=f"C-{number:03}",
                location=(round(draw.uniform(51.79, 51.87), 4), round(draw.uniform(5.75, 5.92), 4)),
                transport=draw.choice(("bike", "car", "public_transport")),
                max_travel_minutes=draw.choice((30, 45, 60)),
                hours_per_week=(12, draw.choice((20, 24, 32))),
                coaching_regime=draw.choice(regimes),
                coaching_year=1,
            )
            for number in range(people)
        ],
        openings=[
            po.Opening(
                id=id_,
                location=place,
                positions=PLACES,
                crew_minimum=CREW,
                guidance_share=0.5,
                hours_per_week=(12, 32),
            )
            for id_, place in CENTRES.items()
        ],
        coaches=[
            po.Coach(id=f"K-{id_[2:]}-{n}", hours_per_week=24, max_caseload=30, openings=[id_])
            for id_ in CENTRES
            for n in (1, 2)
        ],
    )


def plan() -> po.Result:
    """Return the best plan; a gap of 1 % is close enough."""
    return po.solve(region(), gap=0.01, time_limit_s=40)


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(found.placements.groupby("opening_id").size().to_string())
