"""From work to work: people who will be dismissed find other work within four months.

Three employers let 30 people go, each on a date of its own; five others have work that starts
within the year. A case manager has so many hours, services cost the region money, and of 30 people
who start, seven drop out. Run it with ``python examples/systems/work_to_work.py``.
"""

import datetime as dt

import placement_opt as po

DISMISSALS = {
    "L-bank": (dt.date(2026, 3, 1), 12),
    "L-factory": (dt.date(2026, 5, 1), 10),
    "L-shop": (dt.date(2026, 7, 1), 8),
}
WORK = {
    "R-care": (dt.date(2026, 4, 1), 7, "care"),
    "R-school": (dt.date(2026, 8, 1), 6, "care"),
    "R-logistics": (dt.date(2026, 6, 1), 8, "logistics"),
    "R-metal": (dt.date(2026, 9, 1), 5, "logistics"),
    "R-town": (dt.date(2026, 7, 1), 4, "office"),
}
SERVICES = {"care": (8, 900), "logistics": (9, 600)}
HOLDS = 23 / 30
WINDOW = dt.timedelta(days=123)
CASE_MANAGER_HOURS, HOURS_EACH, BUDGET_EUR = 22, 1, 11_000


def region() -> po.Region:
    """Make up who goes, who takes people, and what helps; everybody knows office work."""
    people = [
        po.Candidate(
            id=f"{employer[2:]}-{number:02}",
            municipality="Oss",
            available_from=day,
            skills={"office": 1},
            coaching_hours_per_week=HOURS_EACH,
            groups={"from": employer},
        )
        for employer, (day, count) in DISMISSALS.items()
        for number in range(count)
    ]
    jobs = [
        po.Opening(
            id=f"O-{employer[2:]}",
            employer=employer,
            positions=count,
            starts_on=day,
            required_skills={skill: 0.5},
            essential_skills={skill},
        )
        for employer, (day, count, skill) in WORK.items()
    ]
    services = [
        po.Opening(
            id=f"S-{skill}", kind="service", positions=count, grants={skill: 0.5}, cost_eur=euros
        )
        for skill, (count, euros) in SERVICES.items()
    ]
    return po.Region(
        name="from work to work",
        date="2026-02-01",
        candidates=people,
        employers=[po.Employer(id=id_) for id_ in WORK],
        openings=[*jobs, *services],
        coaches=[po.Coach(id="K-case-manager", hours_per_week=CASE_MANAGER_HOURS)],
        municipalities=[po.Municipality(id="Oss", reintegration_budget_eur_per_year=BUDGET_EUR)],
        excluded_pairs=[
            (person.id, job.id)
            for person in people
            for job in jobs
            if job.starts_on > person.available_from + WINDOW
        ],
    )


def plan() -> po.Result:
    """Return the plan in which most people are expected to stay."""
    expected = po.ExpectedPlacements(points_per_placement=1, unknown_chance=HOLDS)
    return po.Model(region(), objective=[expected]).solve(time_limit_s=40)


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(f"{len(found.placements)} placed, {found.objective:.1f} expected to stay")
    print(found.paths.groupby(["opening_id", "kind"]).size().to_string())
