"""The levy under a plan: who counts, who leaves, and what is not known."""

import math
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from levy_regions import PLACED, employer, region, row

import placement_opt as po

THRESHOLD = Decimal(25) * 1623


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
