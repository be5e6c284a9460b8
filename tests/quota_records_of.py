"""Employers with a jobs quota, as records."""

import datetime as dt
from typing import Any

from hypothesis import strategies as st

import placement_opt as po

DATE = dt.date(2026, 2, 11)

PAIR_RULES = (po.OnePlacement(), po.OpeningCapacity())


def often(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((value,) * (1 + len(others)) + others)


@st.composite
def work(draw: st.DrawFn, number: int) -> dict[str, Any]:
    return {
        "id": f"O-{number}",
        "employer": draw(st.sampled_from(("E-0", "E-1", "E-1", None))),
        "municipality": draw(st.sampled_from(("M-1", "M-2", None))),
        "positions": draw(st.sampled_from((1, 2))),
        "sheltered": draw(often(False, True)),
        "hours_per_week": (0, draw(st.sampled_from((25.5, 20.4, 7.001)))),
    }


def office(**fields: Any) -> po.Employer:
    usual = {"paid_hours_per_year": 100_000, "paid_hours_previous_year": 100_000}
    return po.Employer(id="E-1", **({"target_group_hours_per_year": 0} | usual | fields))


def town(date: dt.date | str, *employers: po.Employer, **fields: Any) -> po.Region:
    usual: dict[str, Any] = {"ground": "38b.1.a", "hours_per_week": (0, 25.5)}
    return po.Region(
        name="town",
        date=date,
        candidates=[po.Candidate(id="C-1", **(usual | fields))],
        openings=[po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 25.5))],
        employers=employers,
    )
