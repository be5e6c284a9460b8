"""What `synthetic_region` takes and refuses, and what goes with its date."""

import datetime as dt
from typing import Any

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Region
from placement_opt.rulebook import MissingParameterError
from placement_opt.synthetic import describe, synthetic_region


@pytest.mark.parametrize(
    ("candidates", "openings", "employers"),
    [(15, 4, 1), (1_500, 400, 107), (1_700, 400, 107), (3_000, 600, 160)],
)
def test_sizes_by_default(candidates: int, openings: int, employers: int):
    made = synthetic_region(candidates=candidates)
    sizes = len(made.candidates), len(made.openings), len(made.employers)
    assert sizes == (candidates, openings, employers)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("coaching", ["mixed", "equal"])
def test_tiny_regions_are_valid(seed: int, coaching: Any):
    made = synthetic_region(
        candidates=1 + seed, openings=1 + seed % 3, employers=1 + seed % 4, coaches=1, seed=seed,
        coaching=coaching,
    )  # fmt: skip
    assert len(made.candidates) == 1 + seed
    assert len(made.coaches) == 1
    assert made.date == dt.date(2026, 2, 1)


@pytest.mark.parametrize(
    ("date", "lowest", "last_start"),
    [
        ("2025-08-31", 14.40, dt.date(2026, 1, 31)),
        ("2026-02-01", 14.71, dt.date(2026, 7, 1)),
        ("2026-12-31", 14.99, dt.date(2027, 5, 31)),
        ("2028-02-29", 14.99, dt.date(2028, 7, 29)),
    ],
)
def test_wages_and_starts_go_with_the_date(date: str, lowest: float, last_start: dt.date):
    made = synthetic_region(candidates=60, openings=120, date=date)
    assert made.date == dt.date.fromisoformat(date)
    wages = [opening.wage_eur_per_hour or 0 for opening in made.openings]
    assert min(wages) == lowest
    assert max(opening.starts_on or dt.date.min for opening in made.openings) == last_start
    assert min(c.available_from or dt.date.max for c in made.candidates) == made.date
    assert describe(made).subsidy_demand_eur_per_year
    usual = synthetic_region(candidates=60, openings=120)
    assert [c.skills for c in made.candidates] == [c.skills for c in usual.candidates]


def test_a_region_before_the_known_law_is_refused():
    with pytest.raises(MissingParameterError, match="no verified value on 2020-01-01"):
        synthetic_region(candidates=10, date=dt.date(2020, 1, 1))


def test_figures_of_a_region_without_a_date_leave_out_the_law():
    made = Region(name="R", candidates=[{"id": "A"}], openings=[{"id": "X"}])  # type: ignore[list-item]
    figures = describe(made)
    assert figures.coaching_demand_hours_per_week is None
    assert figures.subsidy_demand_eur_per_year is None
    assert figures.candidates_by_ground == {"unknown": 1}


@pytest.mark.parametrize(
    ("arguments", "field", "text"),
    [
        ({"place": "rijk-van-nijmege"}, "place", "rijk-van-nijmegen"),
        ({"candidates": 0}, "candidates", "from 1 to 1_000_000"),
        ({"candidates": None}, "candidates", "from 1 to 1_000_000"),
        ({"candidates": 10.0}, "candidates", "from 1 to 1_000_000"),
        ({"openings": 0}, "openings", "from 1"),
        ({"employers": True}, "employers", "from 1"),
        ({"coaches": -1}, "coaches", "from 1"),
        ({"seed": -1}, "seed", ">= 0"),
        ({"seed": "1"}, "seed", ">= 0"),
        ({"coaching": "none"}, "coaching", "mixed"),
        ({"date": "1 July"}, "date", "2026-02-01"),
        ({"date": None}, "date", "2026-02-01"),
    ],
)
def test_bad_arguments_are_told(arguments: dict[str, Any], field: str, text: str):
    with pytest.raises(InvalidInputError, match="synthetic region") as caught:
        synthetic_region(**arguments)
    (problem,) = caught.value.problems
    assert problem.field == field
    assert text in str(problem)


def test_all_bad_arguments_are_told_at_once():
    with pytest.raises(InvalidInputError) as caught:
        synthetic_region(candidates=0, openings=0, seed=-1)
    assert [problem.field for problem in caught.value.problems] == [
        "candidates",
        "openings",
        "seed",
    ]
