"""The quota scheme, against the published vectors and an independent computation."""

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import MissingParameterError, QuotaPosition, Rulebook

RB = Rulebook.on("2019-06-01")


def position(**given_hours: object) -> QuotaPosition:
    return RB.quota_position(**given_hours)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sector", "year", "percentage"),
    [
        ("government", 2018, "1.93"),
        ("government", 2019, "2.14"),
        ("government", 2024, "2.76"),
    ],
)
def test_known_percentages(sector: str, year: int, percentage: str) -> None:
    assert RB.quota_percentage(sector=sector, year=year) == Decimal(percentage)


def test_the_year_is_the_rulebooks_by_default() -> None:
    assert RB.quota_percentage(sector="government") == Decimal("2.14")
    assert Rulebook.on("2024-02-29").quota_percentage(sector="government") == Decimal("2.76")


@pytest.mark.parametrize("sector", ["government", "market"])
def test_the_percentage_of_2026_has_no_sector_and_is_asked_for(sector: str) -> None:
    with pytest.raises(MissingParameterError, match=r"2\.58, sector not stated"):
        RB.quota_percentage(sector=sector, year=2026)


def test_a_missing_percentage_names_the_years_known() -> None:
    with pytest.raises(MissingParameterError, match="verified for 2018, 2019, 2024"):
        RB.quota_percentage(sector="government", year=2022)
    with pytest.raises(InvalidInputError, match="sector must be one of 'market', 'government'"):
        RB.quota_percentage(sector="overheid", year=2019)


def test_indications_are_kept_apart() -> None:
    found = [RB.quota_percentage_indication(year=year) for year in range(2020, 2025)]
    assert [str(value) for value in found] == ["2.36", "2.57", "2.78", "2.99", "3.09"]
    actual = RB.quota_percentage(sector="government", year=2024)
    assert found[-1] - actual == Decimal("0.33")


def test_vector_2500_workers_need_68_jobs() -> None:
    jobs = RB.required_jobs(hours_per_week=2_500 * 36, percentage="1.93")
    assert jobs * Fraction("25.5") == 1737
    assert round(jobs, 2) == Fraction("68.12")
    assert RB.required_jobs(hours_per_week=90_000, sector="government", year=2018) == jobs


def test_vector_a_shortfall_is_not_rounded() -> None:
    found = position(paid_hours=100_000, target_group_hours=0, percentage="3.09")
    assert round(found.shortfall_jobs, 4) == Fraction("2.3216")
    assert found.required_jobs == found.shortfall_jobs == Fraction(3090, 1331)
    assert found.levy_eur == Decimal("11607.81")
    assert found.liable


def test_vector_of_2017_fits_fractional_jobs_only() -> None:
    found = position(paid_hours=100_000, target_group_hours=0, percentage="1.74")
    assert found.levy_eur == Decimal("6536.44")


def test_vector_one_person_in_service() -> None:
    found = position(paid_hours=100_000, target_group_hours=1331, percentage="1.93")
    assert found.in_service_jobs == 1
    assert round(found.shortfall_jobs, 5) == Fraction("0.45004")
    assert found.levy_eur == Decimal("2250.19")


@pytest.mark.parametrize(
    ("hours", "before", "liable"),
    [
        (40_575, 40_575, True),
        (40_575, 40_574, False),
        (40_574, 40_575, False),
        ("40574.99", 99_999, False),
        (40_575, None, True),
        (40_574, None, False),
    ],
)
def test_vector_the_threshold_holds_in_both_years(
    hours: object, before: object, liable: bool
) -> None:
    found = position(
        paid_hours=hours, target_group_hours=0, percentage=2, paid_hours_previous_year=before
    )
    assert found.liable is liable
    assert (found.levy_eur > 0) is liable
    assert found.shortfall_jobs > 0
    assert RB.threshold_hours_per_year == 40_575


def test_vector_moving_hours_from_lender_to_hirer() -> None:
    own = {"paid_hours": 200_000, "target_group_hours": 2_000, "percentage": "1.93"}
    hired = {"hired_in_hours": 1000, "hired_in_target_group_hours": 1000}
    lent = {"lent_out_hours": 1000, "lent_out_target_group_hours": 1000}
    alone = position(**own)
    hirer, lender = position(**own, **hired), position(**own, **lent)
    fall = alone.shortfall_jobs - hirer.shortfall_jobs
    assert round(fall, 4) == Fraction("0.7368")
    assert fall == (1000 - Fraction("19.3")) / 1331
    assert lender.shortfall_jobs - alone.shortfall_jobs == fall
    assert hirer.paid_hours == 201_000
    assert hirer.target_group_hours == 3_000
    assert lender.paid_hours == 199_000
    assert lender.target_group_hours == 1_000


def test_the_threshold_looks_at_own_hours() -> None:
    own = {"target_group_hours": 0, "percentage": 2}
    assert position(paid_hours=41_000, lent_out_hours=1_000, **own).liable
    assert not position(paid_hours=40_000, hired_in_hours=1_000, **own).liable


def test_vector_worth_of_one_hour() -> None:
    assert round(RB.levy_eur_per_target_group_hour(), 3) == Fraction("3.757")


def test_sheltered_hours_never_count() -> None:
    own = {"paid_hours": 100_000, "percentage": "1.93"}
    with_sheltered = position(**own, target_group_hours=1331, sheltered_hours=1331)
    assert with_sheltered.shortfall_jobs == position(**own, target_group_hours=0).shortfall_jobs


def test_a_surplus_has_no_levy() -> None:
    found = position(paid_hours=100_000, target_group_hours=5_000, percentage="1.93")
    assert found.shortfall_jobs == Fraction(1930 - 5000, 1331)
    assert found.levy_eur == 0


hours = st.decimals(0, 10**7, places=2, allow_nan=False, allow_infinity=False)
shares = st.decimals(0, 1, places=3, allow_nan=False, allow_infinity=False)


@given(
    paid=hours,
    target_share=shares,
    lent_share=shares,
    lent_target_share=shares,
    hired=hours,
    hired_target_share=shares,
    percentage=st.decimals(0, 5, places=2, allow_nan=False, allow_infinity=False),
)
def test_positions_against_long_decimal_arithmetic(
    paid: Decimal,
    target_share: Decimal,
    lent_share: Decimal,
    lent_target_share: Decimal,
    hired: Decimal,
    hired_target_share: Decimal,
    percentage: Decimal,
) -> None:
    with localcontext() as context:
        context.prec = 60
        lent = paid * lent_share
        target = paid * target_share
        lent_target = min(lent, target) * lent_target_share
        hired_target = hired * hired_target_share
        a = paid + hired - lent
        c = target + hired_target - lent_target
        shortfall = (a * percentage / 100 - c) / Decimal(1331)
        levy = max(shortfall, Decimal(0)) * 5000 if paid >= 25 * 1623 else Decimal(0)
        found = position(
            paid_hours=paid,
            target_group_hours=target,
            percentage=percentage,
            hired_in_hours=hired,
            hired_in_target_group_hours=hired_target,
            lent_out_hours=lent,
            lent_out_target_group_hours=lent_target,
        )
        assert abs(found.shortfall_jobs - Fraction(shortfall)) < Fraction(1, 10**40)
        cents = (levy * 100 % 1 - Decimal("0.5")).copy_abs()
        if cents > Decimal("1e-30"):
            assert found.levy_eur == levy.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@given(
    weekly=st.decimals(0, 10**6, places=3, allow_nan=False, allow_infinity=False),
    percentage=st.decimals(0, 100, places=2, allow_nan=False, allow_infinity=False),
)
def test_required_jobs_against_whole_numbers(weekly: Decimal, percentage: Decimal) -> None:
    found = RB.required_jobs(hours_per_week=weekly, percentage=str(percentage))
    milli_hours, hundredths = int(weekly * 1000), int(percentage * 100)
    assert found == Fraction(milli_hours * hundredths, 25_500 * 10_000)


@given(
    target=st.integers(0, 10**8),
    sheltered=st.integers(0, 10**8),
    hundredths=st.integers(0, 10_000),
)
def test_sheltered_hours_against_whole_numbers(
    target: int, sheltered: int, hundredths: int
) -> None:
    target, sheltered = max(target, sheltered), min(target, sheltered)
    found = position(
        paid_hours=10**8,
        target_group_hours=target,
        sheltered_hours=sheltered,
        percentage=Fraction(hundredths, 100),
    )
    assert found.shortfall_hours == 10_000 * hundredths - (target - sheltered)
    assert found.in_service_jobs * 1331 == target - sheltered


@given(st.integers(0, 10_000), st.integers(1, 3_000))
def test_an_hour_of_people_on_the_payroll_is_worth_the_same_everywhere(
    before: int, more: int
) -> None:
    usual = {"paid_hours": 10**6, "percentage": "2.14"}
    fewer = position(**usual, target_group_hours=before)
    better = position(**usual, target_group_hours=before + more)
    worth = more * RB.levy_eur_per_target_group_hour()
    assert abs(Fraction(fewer.levy_eur - better.levy_eur) - worth) <= Fraction(1, 100)


def test_every_parameter_is_that_of_the_year_asked_for() -> None:
    law = RB
    for name, value in (
        ("quota.levy_eur_per_job", 6_000),
        ("quota.threshold_workers", 30),
        ("banenafspraak.worker_hours_per_year", 1_600),
        ("banenafspraak.job_hours_per_year", 1_300),
        ("banenafspraak.job_hours_per_week", 26),
    ):
        law = law.with_parameter(name, value, year=2024)
    usual: dict[str, Any] = {"paid_hours": 47_999, "target_group_hours": 0, "percentage": 2}
    now, then = law.quota_position(**usual), law.quota_position(**usual, year=2024)
    assert now == RB.quota_position(**usual)
    assert then.shortfall_jobs == Fraction(47_999 * 2, 130_000)
    assert (then.liable, then.levy_eur) == (False, Decimal(0))
    larger = law.quota_position(**(usual | {"paid_hours": 48_000}), year=2024)
    assert larger.levy_eur == Decimal("4430.77")
    assert law.required_jobs(hours_per_week=130, percentage=20, year=2024) == 1
    assert law.threshold_hours_per_year == RB.threshold_hours_per_year == 40_575


@given(first=hours, second=hours, moved_share=shares, target_share=shares)
def test_moving_hours_keeps_the_sum_of_two_positions(
    first: Decimal, second: Decimal, moved_share: Decimal, target_share: Decimal
) -> None:
    moved = first * moved_share
    target = moved * target_share
    lender = position(
        paid_hours=first,
        target_group_hours=target,
        percentage="2.14",
        lent_out_hours=moved,
        lent_out_target_group_hours=target,
    )
    hirer = position(
        paid_hours=second,
        target_group_hours=0,
        percentage="2.14",
        hired_in_hours=moved,
        hired_in_target_group_hours=target,
    )
    apart = [
        position(paid_hours=first, target_group_hours=target, percentage="2.14"),
        position(paid_hours=second, target_group_hours=0, percentage="2.14"),
    ]
    together = lender.shortfall_jobs + hirer.shortfall_jobs
    assert together == sum((one.shortfall_jobs for one in apart), Fraction(0))


@pytest.mark.parametrize(
    ("hours_given", "text"),
    [
        ({"target_group_hours": 101}, "target_group_hours must be <= paid_hours (100)"),
        (
            {"hired_in_target_group_hours": 5},
            "hired_in_target_group_hours must be <= hired_in_hours (0)",
        ),
        ({"lent_out_hours": 101}, "lent_out_hours must be <= paid_hours (100)"),
        (
            {"lent_out_hours": 50, "lent_out_target_group_hours": 20},
            "lent_out_target_group_hours must be <= target_group_hours that count (10)",
        ),
        ({"sheltered_hours": 11}, "sheltered_hours must be <= target_group_hours (10)"),
        ({"paid_hours": -1}, "paid_hours must be >= 0"),
        ({"percentage": "two"}, "percentage must be a finite number"),
        ({"percentage": None}, "percentage or sector must be given"),
    ],
)
def test_hours_that_cannot_be(hours_given: dict[str, object], text: str) -> None:
    usual = {"paid_hours": 100, "target_group_hours": 10, "percentage": 2}
    with pytest.raises(InvalidInputError) as caught:
        position(**{**usual, **hours_given})
    assert text in str(caught.value)


def test_the_percentage_of_a_sector_may_stand_for_a_number() -> None:
    usual = {"paid_hours": 100_000, "target_group_hours": 0}
    by_sector = position(**usual, sector="government", year=2018)
    assert by_sector == position(**usual, percentage="1.93")
    with pytest.raises(MissingParameterError):
        position(**usual, sector="market")


def test_no_levy_was_ever_executed() -> None:
    assert not any(RB.levy_executed(year=year) for year in range(2015, 2031))
    activated = RB.with_parameter("quota.levy_executed", 1, year=2028)
    assert [activated.levy_executed(year=year) for year in (2027, 2028, 2029)] == [
        False,
        True,
        False,
    ]


@given(st.integers(1, 10**6), st.integers(0, 10**5), st.integers(1, 10**7))
def test_the_macro_percentage_is_rounded_down(zero: int, extra: int, workers: int) -> None:
    found = RB.quota_percentage_from(zero_measurement_jobs=zero, extra_jobs=extra, workers=workers)
    exact = Fraction((zero + extra) * 1331 * 100, workers * 1623)
    assert found <= exact < found + Decimal("0.01")


def test_the_macro_percentage_needs_workers() -> None:
    with pytest.raises(InvalidInputError, match="workers must be > 0"):
        RB.quota_percentage_from(zero_measurement_jobs=1, extra_jobs=1, workers=0)
