"""The jobs agreement: jobs pro rata, national figures, grounds and dates."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import MissingParameterError, Rulebook

RB = Rulebook.on(dt.date(2019, 6, 1))
COUNTING = (
    "38b.1.a",
    "38b.1.b",
    "38b.1.c",
    "38b.1.c.employed",
    "38b.1.d",
    "38b.1.e",
    "38b.1.f",
    "38b.1.g",
    "38b.2",
    "38b.6",
    "equated",
    "vso_pro",
)


def test_a_job_is_25_and_a_half_hours() -> None:
    assert RB.jobs(hours_per_week=51) == 2
    assert RB.jobs("12.75") == Decimal("0.5")
    assert RB.jobs(hours_per_year=1331) == 1
    assert RB.jobs(hours_per_year="2662.0") == 2


def test_the_weekly_and_the_yearly_scale_agree_to_a_tenth_of_an_hour() -> None:
    assert RB.job_hours_per_week * Decimal("52.2") - RB.job_hours_per_year == Decimal("0.1")


@given(st.lists(st.integers(0, 168_000), min_size=1, max_size=30))
def test_every_hour_counts_pro_rata(milli_hours: list[int]) -> None:
    hours = [Decimal(milli) / 1000 for milli in milli_hours]
    parts = sum((RB.jobs(hour) for hour in hours), Fraction(0))
    assert parts == RB.jobs(sum(hours, Decimal(0)))
    assert parts == Fraction(sum(milli_hours), 25_500)


@pytest.mark.parametrize("given_hours", [{}, {"hours_per_week": 1, "hours_per_year": 1}])
def test_the_scales_are_not_mixed(given_hours: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError, match="do not mix them"):
        RB.jobs(**given_hours)


@pytest.mark.parametrize(
    ("year", "sector", "target", "realised"),
    [
        (2015, "total", 9_000, 21_057),
        (2016, "market", 14_000, 18_957),
        (2017, "total", 33_000, 36_903),
        (2019, "government", 15_000, 9_786),
        (2021, "total", 80_000, 72_809),
        (2022, "government", 22_500, 10_004),
        (2023, "government", 25_000, 11_634),
        (2023, "total", 105_000, 85_665),
    ],
)
def test_national_figures(year: int, sector: str, target: int, realised: int) -> None:
    assert RB.national_target(year=year, sector=sector) == target
    assert RB.national_realised(year=year, sector=sector) == realised


@pytest.mark.parametrize(
    ("year", "increment"),
    [(2016, 11_500), (2017, 12_500), (2018, 10_500), (2019, 11_500), (2021, 12_500)],
)
def test_the_increment_is_a_difference_of_targets(year: int, increment: int) -> None:
    assert RB.national_increment(year=year) == increment


@pytest.mark.parametrize("year", [2015, 2016, 2017, 2019, 2021, 2022, 2023, 2025])
def test_the_sectors_add_up_where_all_three_are_known(year: int) -> None:
    parts = [RB.national_target(year=year, sector=sector) for sector in ("market", "government")]
    assert sum(parts) == RB.national_target(year=year)


def test_the_target_of_2025_stays_the_reference() -> None:
    assert RB.national_target(year=2026) == RB.national_target(year=2031) == 125_000


@pytest.mark.parametrize(
    ("year", "sector"), [(2018, "market"), (2020, "government"), (2024, "total")]
)
def test_figures_from_memory_are_refused(year: int, sector: str) -> None:
    with pytest.raises(MissingParameterError, match=f"no verified value on {year}"):
        RB.national_target(year=year, sector=sector)
    with pytest.raises(MissingParameterError):
        RB.national_realised(year=2024)


def test_unknown_sectors_and_years_are_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInputError, match="'market', 'government', 'total'"):
        RB.national_target(year=2019, sector="overheid")
    with pytest.raises(InvalidInputError, match="from 2013 to 2100, got 1984"):
        RB.national_target(year=1984)


@pytest.mark.parametrize("code", COUNTING)
def test_every_ground_counts_and_names_its_source(code: str) -> None:
    assert Rulebook.on("2026-01-01").counts(code) is True
    assert RB.ground(code).counts_for_agreement
    assert RB.ground(code).source


@pytest.mark.parametrize("code", COUNTING)
def test_two_grounds_count_from_2026_only(code: str) -> None:
    is_new = code in {"38b.1.c.employed", "38b.1.g"}
    for day in ("2019-06-01", "2025-12-31"):
        assert Rulebook.on(day).counts(code) is not is_new
    assert RB.counts(code, on=dt.date(2026, 1, 1)) is True
    # A wage-return period that the ground begins in counts as a whole.
    period = (dt.date(2025, 12, 29), dt.date(2026, 1, 25))
    assert RB.counts(code, on=dt.date(2025, 12, 30), period=period) is True


def test_the_grounds_stand_in_the_order_of_the_law() -> None:
    codes = tuple(ground.code for ground in RB.grounds())
    assert codes == (*COUNTING[:11], "vso_pro", "none", "sheltered_work")


def test_registration_opens_two_doors_and_the_ground_the_others() -> None:
    for ground in RB.grounds():
        if ground.in_register:
            assert (ground.lkv, ground.no_risk) == (True, True)
    pw, wajong = RB.ground("38b.1.a"), RB.ground("38b.1.c")
    assert (pw.wage_subsidy, pw.wage_dispensation, pw.coaching_payer) == (
        True,
        False,
        "municipality",
    )
    assert (wajong.wage_subsidy, wajong.wage_dispensation, wajong.coaching_payer) == (
        False,
        True,
        "uwv",
    )
    assert pw.determined_by == ("municipality", "uwv")
    assert RB.ground("38b.1.d").wage_subsidy is None


def test_unknown_is_not_no() -> None:
    assert RB.counts(None) is None
    assert RB.counts("none") is False


def test_sheltered_work_never_counts() -> None:
    for code in (*COUNTING, None):
        assert RB.counts(code, sheltered=True) is False
    sheltered = RB.ground("sheltered_work")
    assert (sheltered.counts_for_agreement, sheltered.lkv, sheltered.no_risk) == (
        False,
        False,
        True,
    )


@pytest.mark.parametrize(
    ("on", "ground_from", "ground_until", "expected"),
    [
        # A status that starts or ends inside the month counts for the whole month.
        (dt.date(2026, 3, 1), dt.date(2026, 3, 31), None, True),
        (dt.date(2026, 3, 31), dt.date(2026, 4, 1), None, False),
        (dt.date(2026, 3, 31), None, dt.date(2026, 3, 1), True),
        (dt.date(2026, 4, 1), None, dt.date(2026, 3, 31), False),
        (dt.date(2024, 2, 10), dt.date(2024, 2, 29), dt.date(2024, 2, 29), True),
        (dt.date(2025, 12, 31), dt.date(2026, 1, 1), None, False),
        # The old rule would have stopped counting after two years.
        (dt.date(2026, 3, 1), dt.date(2015, 1, 1), None, True),
    ],
)
def test_a_registration_counts_in_whole_months(
    on: dt.date, ground_from: dt.date | None, ground_until: dt.date | None, expected: bool
) -> None:
    counted = RB.counts("38b.1.a", on=on, ground_from=ground_from, ground_until=ground_until)
    assert counted is expected


DAYS = st.dates(dt.date(2018, 1, 1), dt.date(2020, 12, 31))


@given(on=DAYS, ends=st.tuples(DAYS, DAYS), is_open=st.tuples(st.booleans(), st.booleans()))
def test_counting_against_a_walk_over_the_days_of_the_month(
    on: dt.date, ends: tuple[dt.date, dt.date], is_open: tuple[bool, bool]
) -> None:
    first, last = (None if left else day for day, left in zip(sorted(ends), is_open, strict=True))
    registered = [
        day
        for day in (on + dt.timedelta(days=step) for step in range(-31, 32))
        if (day.year, day.month) == (on.year, on.month)
        and (first is None or day >= first)
        and (last is None or day <= last)
    ]
    counted = RB.counts("38b.1.e", on=on, ground_from=first, ground_until=last)
    assert counted is bool(registered)


def test_a_period_of_four_weeks_may_replace_the_month() -> None:
    period = (dt.date(2026, 2, 23), dt.date(2026, 3, 22))
    start = dt.date(2026, 3, 23)
    day = dt.date(2026, 3, 1)
    assert RB.counts("38b.2", on=day, ground_from=start) is True
    assert RB.counts("38b.2", on=day, ground_from=start, period=period) is False
    with pytest.raises(InvalidInputError, match="period must contain the day 2026-05-01"):
        RB.counts("38b.2", on=dt.date(2026, 5, 1), period=period)


def test_the_rulebooks_own_day_is_the_default() -> None:
    assert RB.counts("38b.2", ground_until=dt.date(2019, 5, 31)) is False
    assert RB.counts("38b.2", ground_until=dt.date(2019, 6, 1)) is True


def test_bad_grounds_are_refused() -> None:
    with pytest.raises(InvalidInputError, match=r"ground must be one of '38b\.1\.a'"):
        RB.counts("wia")
    with pytest.raises(InvalidInputError, match="ground_until must be >= ground_from 2020-01-01"):
        RB.counts("38b.2", ground_from=dt.date(2020, 1, 1), ground_until=dt.date(2019, 1, 1))
