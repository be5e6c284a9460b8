"""A regional Werkbedrijf with service levels, planned over the four quarters of a year.

Half of the people would do with more than one level of coaching. The plan says in which quarter
each placement starts and at which level, within the hours of the coaches in every quarter and the
budgets of the year. Run it with ``python examples/systems/werkbedrijf.py``.
"""

import datetime as dt
import itertools

import placement_opt as po

DATE = dt.date(2026, 1, 1)
STARTS = (*(dt.date(2026, month, 1) for month in (1, 4, 7, 10)), dt.date(2027, 1, 1))
DAY = dt.timedelta(days=1)


def region(candidates: int = 60, openings: int = 20) -> po.Region:
    """Make up a region whose plan runs from January to December."""
    made_up = po.synthetic_region(
        candidates=candidates, openings=openings, seed=4, date=DATE, service_levels=True
    )
    quarters = tuple(
        po.Period(id=f"Q{number}", starts_on=first, ends_on=after - DAY)
        for number, (first, after) in enumerate(itertools.pairwise(STARTS), start=1)
    )
    return made_up.model_copy(update={"periods": quarters})


def plan() -> po.Result:
    """Return a plan within 1 % of the best."""
    return po.solve(region(), gap=0.01, time_limit_s=30)


if __name__ == "__main__":
    found = plan()
    print(found.summary())
    print(found.placements.groupby(["start_period", "variant"], dropna=False).size().to_string())
