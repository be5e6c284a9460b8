"""The levy scenario, against an independent computation in long decimals and cases by hand."""

import datetime as dt
import math
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po

DATE = dt.date(2019, 6, 1)
THRESHOLD = Decimal(25) * 1623


def employer(id_: str = "E-1", **fields: Any) -> po.Employer:
    usual: dict[str, Any] = {
        "sector": "government",
        "paid_hours_per_year": 100_000,
        "paid_hours_previous_year": 100_000,
        "target_group_hours_per_year": 0,
    }
    return po.Employer(id=id_, **(usual | fields))


def region(*employers: po.Employer, **fields: Any) -> po.Region:
    person: dict[str, Any] = {"ground": "38b.1.a", "hours_per_week": (0, 25.5)}
    usual: dict[str, Any] = {
        "name": "town",
        "date": DATE,
        "candidates": [po.Candidate(id="C-1", **person)],
        "openings": [po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 25.5))],
    }
    return po.Region(**(usual | {"employers": employers} | fields))


def row(table: pd.DataFrame, employer_id: str = "E-1") -> dict[str, Any]:
    (found,) = table[table["employer_id"] == employer_id].to_dict("records")
    return {str(name): value for name, value in found.items()}


PLACED = [("C-1", "O-1")]


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


def test_the_table_tells_the_law_it_used_and_that_no_levy_is_executed() -> None:
    attrs = po.levy_scenario(region(employer()), 2019, plan=PLACED).attrs
    assert attrs["levy_executed"] is False
    used = {one["name"]: one for one in attrs["rulebook"]["used"]}
    assert set(used) == {
        "banenafspraak.job_hours_per_week",
        "banenafspraak.job_hours_per_year",
        "banenafspraak.worker_hours_per_year",
        "quota.levy_eur_per_job",
        "quota.levy_executed",
        "quota.percentage.government",
        "quota.threshold_workers",
    }
    assert all(one["source"] and one["valid_from"] for one in used.values())


def test_an_own_rulebook_supplies_what_is_not_verified() -> None:
    law = po.Rulebook.on("2026-06-01").with_parameter("quota.percentage.market", "2.58", year=2026)
    firm = employer(sector="market")
    found = row(po.levy_scenario(region(firm), 2026, rulebook=law))
    assert found["levy_eur_before"] == Decimal("9691.96")
    assert row(po.levy_scenario(region(firm), 2026))["levy_eur_before"] is None


def test_before_the_law_the_levy_is_not_known() -> None:
    table = po.levy_scenario(region(employer()), 2014, 1)
    assert table["levy_eur_before"].item() is None
    assert table["reason"].item() == "quota.threshold_workers has no verified value on 2014-12-31"
    assert table.attrs["levy_executed"] is None


# Who counts among the placed.


@pytest.mark.parametrize(
    ("person", "opening", "jobs"),
    [
        ({"ground": "38b.1.a"}, {}, 1),
        ({"ground": "none"}, {}, 0),
        ({"ground": "38b.1.a", "ground_until": "2019-05-31"}, {}, 0),
        ({"ground": "38b.1.a", "ground_until": "2019-06-01"}, {}, 1),
        ({"ground": "38b.1.a", "ground_from": "2019-06-30"}, {}, 1),
        ({"ground": "38b.1.a", "ground_from": "2019-07-01"}, {}, 0),
        ({"ground": "38b.1.a", "sheltered": True}, {"sheltered": True}, 0),
        ({"ground": None, "sheltered": True}, {"sheltered": True}, 0),
        ({"ground": "vso_pro", "hours_per_week": (0, 5.1)}, {}, 0.2),
    ],
)
def test_only_hours_that_count_are_placed_jobs_but_all_are_paid(
    person: dict[str, Any], opening: dict[str, Any], jobs: float
) -> None:
    hours: dict[str, Any] = {"hours_per_week": (0, 25.5)}
    town = region(
        employer(),
        candidates=[po.Candidate(id="C-1", **(hours | person))],
        openings=[po.Opening(id="O-1", employer="E-1", **hours, **opening)],
    )
    found = row(po.levy_scenario(town, 2019, plan=PLACED))
    assert found["placed_jobs"] == jobs
    worked = Fraction(str(person.get("hours_per_week", (0, 25.5))[1])) / Fraction("25.5") * 1331
    required = (100_000 + worked) * Fraction("2.14") / 133_100
    assert found["required_jobs_after"] == float(required)
    assert found["shortfall_jobs_after"] == float(required - Fraction(str(jobs)))


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"ground": None, "hours_per_week": (0, 8)}, "the ground of C-1 is not given"),
        ({"ground": "38b.1.a"}, "the hours of C-1 in O-1 are not given"),
    ],
)
def test_a_placement_that_is_not_known_leaves_the_plan_unknown(
    person: dict[str, Any], reason: str
) -> None:
    town = region(employer(), candidates=[po.Candidate(id="C-1", **person)])
    found = row(po.levy_scenario(town, 2019, plan=PLACED))
    assert math.isnan(found["placed_jobs"])
    assert math.isnan(found["shortfall_jobs_after"])
    assert (found["levy_eur_after"], found["reason"]) == (None, reason)
    assert found["levy_eur_before"] == Decimal("8039.07")


def moving_region(**fields: Any) -> po.Region:
    mover: dict[str, Any] = {
        "ground": "38b.1.a",
        "hours_per_week": (0, 25.5),
        "current_opening": "O-1",
    }
    return region(
        employer("E-1", target_group_hours_per_year=2_000),
        employer("E-2"),
        candidates=[po.Candidate(id="C-1", **(mover | fields))],
        openings=[
            po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 20.4)),
            po.Opening(id="O-2", employer="E-2", hours_per_week=(0, 10.2)),
            po.Opening(id="O-3", employer="E-2", hours_per_week=(0, 5.1)),
            po.Opening(id="O-4", hours_per_week=(0, 5.1)),
        ],
    )


def test_somebody_who_leaves_takes_the_hours_along_once() -> None:
    plan = [("C-1", "O-2"), ("C-1", "O-3"), ("C-1", "O-4")]
    table = po.levy_scenario(moving_region(), 2019, "2", plan)
    left, won = row(table, "E-1"), row(table, "E-2")
    assert (left["placed_jobs"], won["placed_jobs"]) == (-0.8, 0.6)
    gone = Fraction("0.8") * 1331
    required = (100_000 - gone) * 2 / 133_100
    assert left["required_jobs_after"] == float(required)
    assert left["shortfall_jobs_after"] == float(required - (2000 - gone) / 1331)


def test_whoever_does_not_count_takes_paid_hours_along_only() -> None:
    table = po.levy_scenario(moving_region(ground="none"), 2019, "2", [("C-1", "O-2")])
    left = row(table, "E-1")
    assert left["placed_jobs"] == 0
    gone = Fraction("0.8") * 1331
    assert left["required_jobs_after"] == float((100_000 - gone) * 2 / 133_100)


# Every form of a plan says the same.


def test_a_result_a_frame_and_pairs_of_ids_say_the_same() -> None:
    town = region(employer(jobs_pledged=1))
    result = po.solve(town)
    assert result.placements["hours_per_week"].tolist() == [25.5]
    forms = [result, result.placements, result.placements.iloc[:, :2], PLACED]
    tables = [po.levy_scenario(town, 2019, plan=form) for form in forms]
    for table in tables[1:]:
        pd.testing.assert_frame_equal(table, tables[0])
    assert tables[0]["placed_jobs"].item() == result.quota_rows[0].placed_jobs == 1


def test_hours_of_the_plan_stand_before_those_of_the_records() -> None:
    people = [
        po.Candidate(id=f"C-{row}", ground="38b.1.a", hours_per_week=(0, 25.5)) for row in (1, 2)
    ]
    plan = {
        "candidate_id": ["C-1", "C-2"],
        "opening_id": ["O-1", "O-1"],
        "hours_per_week": [10.2, None],
    }
    for form in (plan, pd.DataFrame(plan)):
        table = po.levy_scenario(region(employer(), candidates=people), 2019, plan=form)
        assert table["placed_jobs"].item() == 1.4


def test_a_result_without_a_plan_is_refused() -> None:
    town = region(employer(jobs_pledged=5))
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.JobsQuota(per="employer")]
    result = po.Model(town, rules=rules).solve()
    assert not result.has_plan
    with pytest.raises(po.InvalidInputError, match="must have a plan, got 'INFEASIBLE'"):
        po.levy_scenario(town, 2019, plan=result)


def test_a_plan_needs_a_date_to_say_who_counts() -> None:
    town = region(employer(), date=None)
    assert po.levy_scenario(town, 2019)["levy_eur_before"].item() == Decimal("8039.07")
    with pytest.raises(po.InvalidInputError, match="date must be given"):
        po.levy_scenario(town, 2019, plan=PLACED)


def test_a_region_without_employers_is_an_empty_table() -> None:
    table = po.levy_scenario(region(openings=[po.Opening(id="O-1")]), 2019, plan=[])
    assert table.empty
    assert "levy_eur_after" in table.columns


# Against long decimals.


def decimals(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(least, most, places=3, allow_nan=False, allow_infinity=False)


@st.composite
def positions(draw: st.DrawFn) -> dict[str, Decimal]:
    paid = draw(decimals(0, 200_000))
    lent = draw(decimals(0, int(paid)))
    target = draw(decimals(0, int(paid)))
    hired = draw(decimals(0, 20_000))
    return {
        "paid_hours_per_year": paid,
        "paid_hours_previous_year": draw(decimals(30_000, 60_000)),
        "target_group_hours_per_year": target,
        "hired_in_hours_per_year": hired,
        "hired_in_target_group_hours_per_year": draw(decimals(0, int(hired))),
        "lent_out_hours_per_year": lent,
        "lent_out_target_group_hours_per_year": draw(decimals(0, int(min(lent, target)))),
    }


def by_hand(
    own: dict[str, Decimal], percentage: Decimal, worked: Decimal, counted: Decimal
) -> tuple[Decimal, Decimal]:
    """Return shortfall and levy in long decimals, with weekly hours that a plan adds."""
    paid = own["paid_hours_per_year"] + worked * 1331 / Decimal("25.5")
    a = paid + own["hired_in_hours_per_year"] - own["lent_out_hours_per_year"]
    c = own["target_group_hours_per_year"] + counted * 1331 / Decimal("25.5")
    c += own["hired_in_target_group_hours_per_year"]
    c -= own["lent_out_target_group_hours_per_year"]
    shortfall = (a * percentage / 100 - c) / 1331
    liable = min(paid, own["paid_hours_previous_year"]) >= THRESHOLD
    return shortfall, max(shortfall, Decimal(0)) * 5000 if liable else Decimal(0)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    own=positions(),
    percentage=st.decimals(0, 9, places=2, allow_nan=False, allow_infinity=False),
    week=decimals(0, 40),
    counts=st.booleans(),
)
def test_rows_against_long_decimals(
    own: dict[str, Decimal], percentage: Decimal, week: Decimal, counts: bool
) -> None:
    person = po.Candidate(
        id="C-1", ground="38b.2" if counts else "none", hours_per_week=(0, float(week))
    )
    work = po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 40))
    firm = employer("E-1", **{name: float(hours) for name, hours in own.items()})
    town = region(firm, candidates=[person], openings=[work])
    found = row(po.levy_scenario(town, 2019, percentage, PLACED))
    with localcontext() as context:
        context.prec = 60
        for when, worked in (("before", Decimal(0)), ("after", week)):
            counted = worked if counts else Decimal(0)
            shortfall, levy = by_hand(own, percentage, worked, counted)
            assert found[f"shortfall_jobs_{when}"] == pytest.approx(float(shortfall), abs=1e-9)
            if abs(levy * 100 % 1 - Decimal("0.5")) > Decimal("1e-30"):
                cents = levy.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
                assert found[f"levy_eur_{when}"] == cents


def test_somebody_who_is_not_placed_brings_nothing() -> None:
    plain = po.levy_scenario(region(employer()), 2019, plan=PLACED)
    for nothing in (None, float("nan"), pd.NA, ""):
        plan = [*PLACED, ("C-1", nothing)]
        table = po.levy_scenario(region(employer()), 2019, plan=plan)
        pd.testing.assert_frame_equal(table, plain)
    frame = pd.DataFrame(
        [[*pair, 24] for pair in PLACED] + [["C-1", None, None]],
        columns=["candidate_id", "opening_id", "hours_per_week"],
    )
    assert len(po.levy_scenario(region(employer()), 2019, plan=frame)) == len(plain)


def test_a_plan_with_ids_that_are_no_texts_is_refused() -> None:
    with pytest.raises(po.InvalidInputError, match="plan '9': opening_id must be known"):
        po.levy_scenario(region(employer()), 2019, plan=[("C-1", 9)])
