"""A chain of shops with one arrangement, and a calm intake month by month.

The chain takes 40 people in half a year. A team of its own settles people in, at most eight a
month, and wants no month without at least four. Run it with ``python examples/systems/chain.py``.
"""

import datetime as dt
import itertools

import placement_opt as po

SHOPS, PLACES, N_PEOPLE = 10, 4, 46
MOST, LEAST = 8, 4
STARTS = tuple(dt.date(2026, month, 1) for month in range(1, 8))
DAY = dt.timedelta(days=1)


def region() -> po.Region:
    """Make up the shops, and people of whom some can start in spring only."""
    return po.Region(
        name="a chain with one arrangement",
        date=STARTS[0],
        candidates=[
            po.Candidate(
                id=f"C-{n:02}",
                hours_per_week=(12, 16 + n % 4 * 4),
                available_from=STARTS[n % 4],
            )
            for n in range(N_PEOPLE)
        ],
        employers=[po.Employer(id=f"E-{n}", groups={"chain": "Jansen"}) for n in range(SHOPS)],
        openings=[
            po.Opening(id=f"O-{n}", employer=f"E-{n}", positions=PLACES, hours_per_week=(12, 28))
            for n in range(SHOPS)
        ],
        periods=tuple(
            po.Period(id=f"{first:%Y-%m}", starts_on=first, ends_on=after - DAY)
            for first, after in itertools.pairwise(STARTS)
        ),
    )


def plan() -> po.Result:
    """Return the best plan with a calm intake."""
    made_up = region()
    groups = ("employer.chain", "start_period")
    months = [("Jansen", period.id) for period in made_up.periods]
    calm = po.ResourceLimit(
        per=groups, limits=dict.fromkeys(months, MOST), minimums=dict.fromkeys(months, LEAST)
    )
    return po.Model(made_up).add(calm).solve(gap=0.001, time_limit_s=40)


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(found.placements.groupby("start_period").size().to_string())
