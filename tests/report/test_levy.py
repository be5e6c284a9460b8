"""The levy scenario, against an independent computation in long decimals and cases by hand."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from levy_regions import PLACED, employer, region, row

import placement_opt as po


def test_the_published_example() -> None:
    found = row(po.levy_scenario(region(employer()), year=2019, percentage="3.09"))
    assert round(found["required_jobs"], 4) == round(found["shortfall_jobs_before"], 4) == 2.3216
    assert (found["in_service_jobs"], found["levy_eur_before"]) == (0, Decimal("11607.81"))
    assert (found["sector"], found["percentage"], found["reason"]) == ("government", 3.09, None)


def test_without_a_plan_nothing_is_told_about_one() -> None:
    table = po.levy_scenario(region(employer()), year=2019)
    assert list(table.columns) == [
        "employer_id",
        "sector",
        "percentage",
        "required_jobs",
        "in_service_jobs",
        "shortfall_jobs_before",
        "levy_eur_before",
        "reason",
    ]


def test_a_placement_adds_to_all_hours_and_to_those_of_the_target_group() -> None:
    found = row(po.levy_scenario(region(employer()), 2019, "1.93", PLACED))
    assert (found["placed_jobs"], found["in_service_jobs"]) == (1, 0)
    after = (Fraction(101_331) * Fraction("1.93") / 100 - 1331) / 1331
    assert found["required_jobs_after"] == float(Fraction(101_331) * Fraction("1.93") / 133_100)
    assert found["shortfall_jobs_after"] == float(after)
    # 1,930 - (1,331 - 25.6883) hours are missing after it, of 1,930 before.
    assert found["levy_eur_before"] == Decimal("7250.19")
    assert found["levy_eur_after"] == Decimal("2346.69")


def test_the_lender_and_the_hirer_move_as_the_law_says() -> None:
    usual = {"paid_hours_per_year": 200_000, "paid_hours_previous_year": 200_000}
    alone = employer("E-1", **usual, target_group_hours_per_year=2_000)
    lender = employer(
        "E-2",
        **usual,
        target_group_hours_per_year=2_000,
        lent_out_hours_per_year=1_000,
        lent_out_target_group_hours_per_year=1_000,
    )
    hirer = employer(
        "E-3",
        **usual,
        target_group_hours_per_year=2_000,
        hired_in_hours_per_year=1_000,
        hired_in_target_group_hours_per_year=1_000,
    )
    table = po.levy_scenario(region(alone, lender, hirer), 2019, "1.93")
    short = table.set_index("employer_id")["shortfall_jobs_before"]
    moved = (1000 - 19.3) / 1331
    assert short["E-1"] - short["E-3"] == pytest.approx(moved, abs=1e-12)
    assert short["E-2"] - short["E-1"] == pytest.approx(moved, abs=1e-12)
    assert round(moved, 4) == 0.7368
    assert row(table, "E-2")["in_service_jobs"] == float(Fraction(1000, 1331))
    assert row(table, "E-3")["required_jobs"] == float(
        Fraction(201_000) * Fraction("1.93") / 133_100
    )


@pytest.mark.parametrize(
    ("now", "before", "levy", "reason"),
    [
        (40_575, 40_575, "2896.04", None),
        (40_574.999, 40_575, "0.00", "no levy: 40,574.999 paid hours in the year, below 40,575"),
        (40_575, 40_574, "0.00", "no levy: 40,574 paid hours in the year before, below 40,575"),
        (40_575, None, None, "paid_hours_previous_year is not given"),
        # Too small this year already: what the year before was does not matter.
        (40_574, None, "0.00", "no levy: 40,574 paid hours in the year, below 40,575"),
    ],
)
def test_the_threshold_holds_in_both_years(
    now: float, before: float | None, levy: str | None, reason: str | None
) -> None:
    firm = employer(paid_hours_per_year=now, paid_hours_previous_year=before)
    found = row(po.levy_scenario(region(firm), 2019, "1.9"))
    assert found["levy_eur_before"] == (None if levy is None else Decimal(levy))
    assert found["reason"] == reason
    assert found["shortfall_jobs_before"] > 0


def test_a_surplus_has_no_levy_whatever_is_not_known() -> None:
    firm = employer(target_group_hours_per_year=5_000, paid_hours_previous_year=None)
    found = row(po.levy_scenario(region(firm), 2019, "1.93"))
    assert found["shortfall_jobs_before"] == float(Fraction(1930 - 5000, 1331))
    assert (found["levy_eur_before"], found["reason"]) == (Decimal(0), None)


def test_a_plan_can_lift_an_employer_over_the_threshold() -> None:
    firm = employer(paid_hours_per_year=40_000)
    found = row(po.levy_scenario(region(firm), 2019, "10", PLACED))
    assert (found["levy_eur_before"], found["levy_eur_after"]) == (
        Decimal(0),
        Decimal("10526.30"),
    )
    assert found["reason"] == (
        "before the plan: no levy: 40,000 paid hours in the year, below 40,575"
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"sector": "market"}, "no verified quota percentage of market in 2019: give one"),
        ({"sector": None}, "sector is not given"),
        ({"paid_hours_per_year": None}, "paid_hours_per_year is not given"),
        ({"target_group_hours_per_year": None}, "target_group_hours_per_year is not given"),
        (
            {"hired_in_hours_per_year": 10},
            "hired_in_target_group_hours_per_year is not given",
        ),
        (
            {"lent_out_target_group_hours_per_year": 10},
            "lent_out_hours_per_year is not given",
        ),
        (
            {"target_group_hours_per_year": 100_001},
            "target_group_hours must be <= paid_hours (100000)",
        ),
    ],
)
def test_what_is_not_known_is_neither_guessed_nor_zero(fields: dict[str, Any], reason: str) -> None:
    found = row(po.levy_scenario(region(employer(**fields)), 2019, plan=PLACED))
    assert found["levy_eur_before"] is None
    assert found["levy_eur_after"] is None
    assert math.isnan(found["shortfall_jobs_before"])
    assert math.isnan(found["shortfall_jobs_after"])
    assert found["placed_jobs"] == 1
    assert found["reason"] == reason


def test_people_in_service_are_told_where_only_the_percentage_is_unknown() -> None:
    firm = employer(sector="market", target_group_hours_per_year=665.5)
    assert row(po.levy_scenario(region(firm), 2019))["in_service_jobs"] == 0.5


def test_moved_hours_left_out_or_zero_are_none() -> None:
    silent = employer(target_group_hours_per_year=100)
    zero = employer(
        target_group_hours_per_year=100, hired_in_hours_per_year=0, lent_out_hours_per_year=0
    )
    tables = [po.levy_scenario(region(firm), 2019) for firm in (silent, zero)]
    assert row(tables[0]) == row(tables[1])
    assert tables[0]["levy_eur_before"].item() > 0


@pytest.mark.parametrize(
    "given_as", ["2.5", 2.5, Decimal("2.5"), Fraction(5, 2), {"government": "2.5"}]
)
def test_the_percentage_is_taken_in_any_exact_form(given_as: Any) -> None:
    found = row(po.levy_scenario(region(employer()), 2019, given_as))
    assert found["levy_eur_before"] == Decimal("9391.44")


def test_a_mapping_leaves_other_sectors_to_the_law() -> None:
    firms = (employer("E-1"), employer("E-2", sector="market"), employer("E-3", sector=None))
    table = po.levy_scenario(region(*firms), 2019, {"market": 1})
    assert table["percentage"].tolist()[:2] == [2.14, 1]
    assert row(table, "E-3")["reason"] == "sector is not given"
    assert po.levy_scenario(region(*firms), 2019, 1)["percentage"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ({"year": 2019, "percentage": 101}, "percentage must be <= 100"),
        ({"year": 2019, "percentage": {"overheid": 1}}, "one of 'market', 'government'"),
        ({"year": 1999}, "year must be a year from 2013"),
        ({"year": 2019, "plan": [("C-1", "O-9")]}, "plan 'O-9': opening_id must be known"),
        ({"year": 2019, "plan": [("C-9", "O-1")]}, "did you mean 'C-1'"),
        ({"year": 2019, "plan": [*PLACED, *PLACED]}, "opening_id must be listed once"),
        ({"year": 2019, "plan": 7}, "must be a Result, a frame"),
    ],
)
def test_bad_questions_are_refused(call: dict[str, Any], text: str) -> None:
    with pytest.raises(po.InvalidInputError) as caught:
        po.levy_scenario(region(employer()), **call)
    assert text in str(caught.value)


def test_hours_of_a_plan_must_be_hours() -> None:
    for hours in (-1, "20", math.inf):
        plan = pd.DataFrame(
            {"candidate_id": ["C-1"], "opening_id": ["O-1"], "hours_per_week": [hours]}
        )
        with pytest.raises(po.InvalidInputError, match="plan 'C-1': hours_per_week must be a num"):
            po.levy_scenario(region(employer()), 2019, plan=plan)


def test_the_year_is_that_of_the_region_by_default() -> None:
    table = po.levy_scenario(region(employer()))
    assert (table.attrs["year"], table["percentage"].item()) == (2019, 2.14)
    assert table.attrs["rulebook"]["date"] == "2019-06-01"
    with pytest.raises(po.InvalidInputError, match="year must be given"):
        po.levy_scenario(region(employer(), date=None))
    other = po.levy_scenario(region(employer()), 2024)
    assert other["percentage"].item() == 2.76
    assert other.attrs["rulebook"]["date"] == "2024-12-31"
