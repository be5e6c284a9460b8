"""A region that lacks much, and what a model tells of it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

import placement_opt as po

DAY = date(2026, 2, 1)


def lacking(n: int = 40, **changed: Any) -> po.Region:
    """A region in which travel, coaching, quota and budget each lack something."""
    person = {"municipality": "m", "location": (51.8, 5.8), "max_travel_minutes": 30}
    coached = {"coaching_regime": "light", "coaching_year": 1}
    fields: dict[str, Any] = {
        "name": "x",
        "date": DAY,
        "candidates": [po.Candidate(id=f"C-{n}", **person, **coached) for n in range(n)],
        "openings": [po.Opening(id="o", location=(51.8, 5.8), employer="e")],
        "employers": [po.Employer(id="e", jobs_pledged=1)],
        "municipalities": [po.Municipality(id="m", wage_subsidy_budget_eur_per_year=1000)],
        "coaches": [po.Coach(id="k")],
    }
    return po.Region(**fields | changed)


def problems_of(build: Callable[[], object]) -> po.InvalidInputError:
    with pytest.raises(po.InvalidInputError) as caught:
        build()
    return caught.value


# What was accepted in silence.
SCORES = {"candidate_id": ["C-0", "C-1"], "opening_id": ["o", "o"], "score": [1, 2]}
