"""Interns who rotate over four suppliers before their job.

Four suppliers train four interns for a plant: a quarter each, one intern at a time. In the fifth
quarter the plant takes those who have been everywhere. Run it with
``python examples/systems/interns.py``.
"""

import datetime as dt
import itertools

import placement_opt as po

INTERNS, SUPPLIERS = 4, 4
STARTS = (
    *(dt.date(2026, month, 1) for month in (1, 4, 7, 10)),
    dt.date(2027, 1, 1),
    dt.date(2027, 4, 1),
)
DAY = dt.timedelta(days=1)


def region() -> po.Region:
    """Make up interns, suppliers with one place, and the plant that starts after a year."""
    suppliers = [
        po.Opening(id=f"S-{n}", employer=f"E-{n}", positions=1, contract_months=3)
        for n in range(SUPPLIERS)
    ]
    plant = po.Opening(id="P", employer="E-plant", positions=INTERNS, starts_on=STARTS[-2])
    return po.Region(
        name="interns",
        date=STARTS[0],
        candidates=[po.Candidate(id=f"C-{n}") for n in range(INTERNS)],
        employers=[po.Employer(id=f"E-{n}") for n in (*range(SUPPLIERS), "plant")],
        openings=[*suppliers, plant],
        periods=tuple(
            po.Period(id=f"Q{number}", starts_on=first, ends_on=after - DAY)
            for number, (first, after) in enumerate(itertools.pairwise(STARTS), start=1)
        ),
    )


def plan() -> po.Result:
    """Return a plan in which everybody is at each supplier once, then at the plant."""
    everywhere = po.ResourceLimit(per="candidate", minimums=SUPPLIERS + 1)
    rules: list[po.Rule] = [
        po.OnePlacement(over="time"),
        po.OneVariant(),
        po.OpeningCapacity(),
        po.StartDates(),
        everywhere,
    ]
    return po.Model(region(), rules=rules, objective=[]).solve(time_limit_s=40)


if __name__ == "__main__":
    found = plan()
    table = found.placements.pivot(
        index="candidate_id", columns="start_period", values="opening_id"
    )
    print(table.to_string())
