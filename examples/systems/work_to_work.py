"""From work to work: people who will be dismissed find other work within four months.

Three employers let 30 people go, each on a date of its own; five others have work that starts
within the year. Services take a month and cost the region money, a case manager has so many hours
in each month, and of 30 people who start, seven drop out. The plan says who starts what in which
month; then some of them drop out, and others take their places. Run it with
``python examples/systems/work_to_work.py``.
"""

import datetime as dt
import itertools

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
SERVICES = {"care": (4, 900), "logistics": (3, 600)}
HOLDS = 23 / 30
WINDOW = 4
CASE_MANAGER_HOURS, HOURS_EACH, BUDGET_EUR = 22, 1, 11_000
STARTS = [dt.date(2026, month, 1) for month in range(3, 13)]
MONTHS = [
    po.Period(id=f"{first:%Y-%m}", starts_on=first, ends_on=after - dt.timedelta(days=1))
    for first, after in itertools.pairwise(STARTS)
]


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
            id=f"S-{skill}",
            kind="service",
            positions=count,
            contract_months=1,
            grants={skill: 0.5},
            cost_eur=euros,
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
        periods=MONTHS,
    )


def plan() -> po.Result:
    """Return the plan in which people are expected to work most, each from within four months."""
    made = region()
    too_late = {
        (person.id, month.id): 0
        for person in made.candidates
        for month in MONTHS
        if month.starts_on.month > person.available_from.month + WINDOW
    }
    model = po.Model(
        made, objective=[po.ExpectedPlacements(points_per_placement=100, unknown_chance=HOLDS)]
    )
    model.add(po.ResourceLimit(per=("candidate", "start_period"), limits=too_late))
    return model.solve(time_limit_s=40)


def drop_outs(found: po.Result) -> po.DropOuts:
    """Draw three times who drops out; nobody else moves for nothing."""
    return po.drop_outs(found, draws=3, seed=1, change_price=0.01, time_limit_s=20)


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(found.paths.groupby(["opening_id", "kind", "starts_on"]).size().to_string())
    shown = ["draw", "dropped_out", "planned", "expected", "realised", "replanned", "changes"]
    print(drop_outs(found).totals[shown].to_string(index=False))
