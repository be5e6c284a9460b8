"""Wage-cost subsidy to the cent, minimum wages, the other instruments, sheltered work."""

import datetime as dt
import doctest
import importlib
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import MissingParameterError, Rulebook

RB = Rulebook.on(dt.date(2026, 1, 1))
CENT = Decimal("0.01")


@pytest.mark.parametrize(
    ("day", "wages"),
    [
        ("2026-07-01", "14.99 11.99 8.99 7.50 5.92 5.17 4.50"),
        ("2026-01-01", "14.71 11.77 8.83 7.36 5.81 5.07 4.41"),
        ("2025-01-01", "14.06 11.25 8.44 7.03 5.55 4.85 4.22"),
    ],
)
def test_youth_wages_are_the_published_ones(day: str, wages: str) -> None:
    book = Rulebook.on(day)
    found = [book.minimum_wage_eur_per_hour(age=age) for age in range(21, 14, -1)]
    assert found == [Decimal(wage) for wage in wages.split()]
    assert book.minimum_wage_eur_per_hour(age=64) == found[0]


@pytest.mark.parametrize(
    ("day", "wages"), [("2026-07-01", "9.22 7.87 6.82"), ("2026-06-30", "9.05 7.72 6.69")]
)
def test_apprentices_have_lower_wages_at_18_to_20(day: str, wages: str) -> None:
    book = Rulebook.on(day)
    found = [book.minimum_wage_eur_per_hour(age, bbl=True) for age in (20, 19, 18)]
    assert found == [Decimal(wage) for wage in wages.split()]
    for age in (15, 17, 21, 30):
        assert book.minimum_wage_eur_per_hour(age, bbl=True) == book.minimum_wage_eur_per_hour(age)


def test_from_2027_young_people_and_apprentices_have_the_announced_shares() -> None:
    with pytest.raises(MissingParameterError, match=r"minimum_wage\.eur_per_hour"):
        Rulebook.on("2027-01-01").minimum_wage_eur_per_hour(19)
    book = Rulebook.on("2027-01-01").with_parameter("minimum_wage.eur_per_hour", 20)
    wages = [book.minimum_wage_eur_per_hour(age) for age in range(20, 14, -1)]
    assert wages == [Decimal(wage) for wage in ("17.50", "15", "12.50", "10", "8", "6")]
    for age in (20, 19, 18):
        assert book.minimum_wage_eur_per_hour(age, bbl=True) == book.minimum_wage_eur_per_hour(age)
    with pytest.raises(MissingParameterError, match=r"youth_share\.19"):
        Rulebook.on("2028-01-01").with_parameter(
            "minimum_wage.eur_per_hour", 20
        ).minimum_wage_eur_per_hour(19)


def test_nobody_works_below_fifteen() -> None:
    for age in (14, True, "20"):
        with pytest.raises(InvalidInputError, match="age must be an age of 15 or more"):
            RB.minimum_wage_eur_per_hour(age=age)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "month", "with_charges"),
    [(36, "991.34", "1224.30"), (32, "881.19", "1088.27")],
)
def test_vector_of_sixty_percent(hours: int, month: str, with_charges: str) -> None:
    found = RB.wage_subsidy(wage_value="0.60", hours_per_week=hours, employer_charges="0.235")
    assert found.per_month_eur == Decimal(month)
    assert found.per_month_with_charges_eur == Decimal(with_charges)
    assert not found.is_capped
    assert found.months_at_most is None


def test_vector_of_base_and_cap() -> None:
    found = RB.wage_subsidy(wage_value="0.10", hours_per_week=36)
    assert found.base_per_month_eur == Decimal("2478.34")
    assert found.cap_per_month_eur == found.per_month_eur == Decimal("1734.84")
    assert found.is_capped


@pytest.mark.parametrize(
    ("wage_value", "subsidy"), [("0.50", "1077.50"), ("0.10", "1508.50"), ("0.60", "862.00")]
)
def test_vector_of_a_given_base(wage_value: str, subsidy: str) -> None:
    found = RB.wage_subsidy(wage_value=wage_value, hours_per_week=36, base_eur_per_month="2155.00")
    assert found.per_month_eur == Decimal(subsidy)


def test_the_year_is_twelve_unrounded_months() -> None:
    found = RB.wage_subsidy(wage_value="0.60", hours_per_week=36, employer_charges="0.235")
    assert found.per_year_eur == Decimal("11896.04")
    assert found.per_year_eur != found.per_month_eur * 12
    assert found.per_year_with_charges_eur == Decimal("14691.60")
    assert RB.wage_subsidy_eur_per_year("0.60", 36) == found.per_year_eur
    assert RB.wage_subsidy_eur_per_year("0.60", 36, 18) < found.per_year_eur


def test_the_fixed_form_is_half_for_six_months() -> None:
    found = RB.wage_subsidy(fixed=True, hours_per_week=36)
    assert found.per_month_eur == Decimal("1239.17")
    assert found.months_at_most == 6
    for wrong in ({"fixed": True, "wage_value": "0.5"}, {}):
        with pytest.raises(InvalidInputError, match="or fixed=True must be given, not both"):
            RB.wage_subsidy(hours_per_week=36, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "share"),
    [("2015-01-01", "0.23"), ("2017-12-31", "0.23"), ("2018-01-01", "0.235")],
)
def test_charges_rose_in_2018(day: str, share: str) -> None:
    assert Rulebook.on(day).employer_charges() == Decimal(share)
    assert RB.wage_subsidy(
        wage_value="0.60", hours_per_week=36
    ).per_month_with_charges_eur == Decimal("1224.30")


def test_charges_are_known_only_where_supplied_or_verified() -> None:
    usual = {"wage_value": "0.60", "hours_per_week": 36, "base_eur_per_month": "2155.00"}
    early = Rulebook.on("2014-12-31").override(
        {
            "wage_subsidy.hours_norm_per_week": 36,
            "wage_subsidy.cap": "0.7",
        }
    )
    plain = early.wage_subsidy(**usual)  # type: ignore[arg-type]
    assert plain.per_month_with_charges_eur is None
    assert plain.per_year_with_charges_eur is None
    supplied = early.with_parameter("wage_subsidy.employer_charges", "0.235")
    assert supplied.wage_subsidy(**usual).per_month_with_charges_eur == Decimal("1064.57")  # type: ignore[arg-type]


def test_the_cap_is_taken_before_the_charges() -> None:
    found = RB.wage_subsidy(wage_value=0, hours_per_week=36, employer_charges="0.235")
    assert found.per_month_with_charges_eur == Decimal("2142.53")


def test_hours_beyond_the_full_time_week_are_not_subsidised() -> None:
    usual = {"wage_value": "0.60", "full_time_hours_per_week": 38}
    capped = RB.wage_subsidy(hours_per_week=40, **usual)  # type: ignore[arg-type]
    assert capped == RB.wage_subsidy(hours_per_week=38, **usual)  # type: ignore[arg-type]
    assert RB.wage_subsidy(wage_value="0.60", hours_per_week=40).per_month_eur == Decimal("1101.48")


@given(
    st.integers(0, 1000),
    st.integers(0, 48_000),
    st.sampled_from([(21, "14.71"), (20, "11.77"), (17, "5.81"), (15, "4.41")]),
    st.integers(0, 400),
)
def test_subsidies_against_decimal_arithmetic(
    wage_milli: int, milli_hours: int, wage: tuple[int, str], charges_milli: int
) -> None:
    age, per_hour = wage
    value, charges = Decimal(wage_milli) / 1000, Decimal(charges_milli) / 1000
    share = min(1 - value, Decimal("0.7"))
    # 52 weeks x 1.08, with the 36 hours of norm and scale cancelled; divided by 12 last.
    year = Decimal(per_hour) * 52 * Decimal("1.08") * (Decimal(milli_hours) / 1000) * share
    found = RB.wage_subsidy(
        wage_value=value,
        hours_per_week=Decimal(milli_hours) / 1000,
        minimum_wage_age=age,
        employer_charges=charges,
    )
    assert found.per_year_eur == year.quantize(CENT, rounding=ROUND_HALF_UP)
    assert found.subsidy_exact == Fraction(year) / 12
    charged = year * (1 + charges)
    assert found.per_year_with_charges_eur == charged.quantize(CENT, rounding=ROUND_HALF_UP)
    cents = round(Fraction(charged) / 12 * 100 + Fraction(1, 10**12))
    assert found.per_month_with_charges_eur == Decimal(cents).scaleb(-2)


@pytest.mark.parametrize("day", ["2027-06-01", "2030-01-01"])
def test_a_supplied_minimum_wage_opens_the_subsidy(day: str) -> None:
    with pytest.raises(MissingParameterError, match=r"minimum_wage\.eur_per_hour"):
        Rulebook.on(day).wage_subsidy(wage_value="0.6", hours_per_week=36)
    book = Rulebook.on(day).with_parameter("minimum_wage.eur_per_hour", "14.71")
    assert book.wage_subsidy(wage_value="0.6", hours_per_week=36).per_month_eur == Decimal("991.34")


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"wage_value": "1.01"}, "wage_value must be <= 1"),
        ({"wage_value": 60}, "wage_value must be <= 1"),
        ({"hours_per_week": -1}, "hours_per_week must be >= 0"),
        ({"hours_per_week": 169}, "hours_per_week must be <= 168"),
        ({"employer_charges": "23.5"}, "employer_charges must be <= 1"),
        ({"minimum_wage_age": 12}, "age must be an age of 15 or more"),
    ],
)
def test_subsidies_refuse_what_cannot_be(wrong: dict[str, object], text: str) -> None:
    usual: dict[str, object] = {"wage_value": "0.6", "hours_per_week": 36}
    with pytest.raises(InvalidInputError) as caught:
        RB.wage_subsidy(**{**usual, **wrong})  # type: ignore[arg-type]
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "hours", "amount"),
    [
        ("banenafspraak", 1331, "1344.31"),
        ("banenafspraak", 1980, "1999.80"),
        ("banenafspraak", 1981, "2000.00"),
        ("arbeidsgehandicapte", 1000, "3050.00"),
        ("arbeidsgehandicapte", 2000, "6000.00"),
        ("herplaatsing", 1000, "3050.00"),
        ("herplaatsing", 2000, "6000.00"),
        ("banenafspraak", "0.5", "0.51"),
    ],
)
def test_wage_cost_advantages(kind: str, hours: object, amount: str) -> None:
    assert RB.lkv_eur_per_year(kind, paid_hours_per_year=hours) == Decimal(amount)  # type: ignore[arg-type]


@given(
    st.integers(0, 3_000_000),
    st.sampled_from([("banenafspraak", 101, 2000), ("arbeidsgehandicapte", 305, 6000)]),
)
def test_advantages_against_integer_arithmetic(milli: int, law: tuple[str, int, int]) -> None:
    kind, cents_per_hour, most = law
    cents = (2 * milli * cents_per_hour + 1000) // 2000
    found = RB.lkv_eur_per_year(kind, paid_hours_per_year=Decimal(milli) / 1000)
    assert found == min(Decimal(cents).scaleb(-2), most)


@given(st.integers(0, 1000), st.sampled_from([(21, 1471), (18, 736), (15, 441)]))
def test_dispensation_against_integer_arithmetic(milli: int, wage: tuple[int, int]) -> None:
    age, cents = wage
    found = RB.wage_dispensation(wage_value=Decimal(milli) / 1000, minimum_wage_age=age)
    assert found.pay_eur_per_hour == Decimal((2 * milli * cents + 1000) // 2000).scaleb(-2)
    assert found.pay_eur_per_hour + found.dispensed_eur_per_hour == Decimal(cents).scaleb(-2)


def test_a_year_has_52_weeks_of_paid_hours() -> None:
    assert RB.paid_hours_per_year("38.1") == Fraction("1981.2")
    with pytest.raises(MissingParameterError, match="weeks_per_year"):
        Rulebook.on("2019-06-01").paid_hours_per_year(36)


def test_charges_and_guidance_are_supplied() -> None:
    for ask in (Rulebook.on("2014-06-01").employer_charges, RB.sheltered_guidance_eur_per_year):
        with pytest.raises(MissingParameterError):
            ask()
    assert RB.wage_subsidy_eur_per_year("0.60", 36, with_charges=True) == Decimal("14691.60")
    book = RB.override({"wage_subsidy.employer_charges": "0"})
    assert book.wage_subsidy_eur_per_year("0.60", 36, with_charges=True) == Decimal("11896.04")


def test_only_the_highest_advantage_is_paid() -> None:
    kinds = ("banenafspraak", "arbeidsgehandicapte")
    assert RB.highest_lkv(kinds, paid_hours_per_year=1000) == (
        "arbeidsgehandicapte",
        Decimal("3050.00"),
    )
    assert RB.highest_lkv((), paid_hours_per_year=1000) is None
    with pytest.raises(InvalidInputError, match="kind must be one of"):
        RB.highest_lkv(["liv"], paid_hours_per_year=1000)


def test_from_2026_the_advantage_lasts_as_long_as_the_job() -> None:
    assert RB.lkv_maximum_years("banenafspraak") is None
    assert RB.lkv_maximum_years("arbeidsgehandicapte") == 3
    assert RB.lkv_maximum_years("herplaatsing") == 1
    with pytest.raises(MissingParameterError):
        Rulebook.on("2025-06-01").lkv_maximum_years("banenafspraak")
    with pytest.raises(InvalidInputError, match="kind must be one of 'banenafspraak', "):
        RB.lkv_maximum_years("liv")


def test_dispensation_splits_the_minimum_wage() -> None:
    found = RB.wage_dispensation(wage_value="0.55")
    assert found.pay_eur_per_hour == Decimal("8.09")
    assert found.pay_eur_per_hour + found.dispensed_eur_per_hour == Decimal("14.71")


def test_trial_placements() -> None:
    pw = RB.trial_placement("pw")
    assert (pw.months, pw.extension_months, pw.months_at_most) == (2, 4, 6)
    for law in ("ww", "wia", "wajong"):
        assert RB.trial_placement(law).months_at_most == 6
    with pytest.raises(InvalidInputError, match="law must be one of 'pw', 'ww'"):
        RB.trial_placement("bijstand")


def test_the_no_risk_policy() -> None:
    policy = RB.no_risk_policy()
    assert (policy.daily_wage_share, policy.full_pay_weeks) == (Decimal("0.70"), 52)


@pytest.mark.parametrize(
    ("candidate", "opening", "regular", "allowed"),
    [
        (True, True, False, True),
        (True, False, False, False),
        (True, False, True, True),
        (False, True, False, False),
        (False, True, True, False),
        (False, False, False, True),
    ],
)
def test_who_may_take_a_sheltered_place(
    candidate: bool, opening: bool, regular: bool, allowed: bool
) -> None:
    taken = RB.may_take(
        sheltered_candidate=candidate, sheltered_opening=opening, may_work_regular=regular
    )
    assert taken is allowed


def test_sheltered_places_are_set_per_municipality() -> None:
    with pytest.raises(MissingParameterError, match="Groningen 44 and 70"):
        RB.sheltered_minimum_places()
    book = RB.override({"sheltered_work.minimum_places": 70}, municipality="Groningen")
    assert book.for_municipality("Groningen").sheltered_minimum_places() == 70
    assert [RB.national_sheltered_places(year=year) for year in (2015, 2016, 2017)] == [
        1600,
        3200,
        2600,
    ]
    with pytest.raises(MissingParameterError):
        RB.national_sheltered_places(year=2018)
    with pytest.raises(MissingParameterError, match="unverified: 31"):
        RB.sheltered_place_hours_per_week()


@pytest.mark.parametrize(
    "module", ["banenafspraak", "quota", "coaching", "wage_subsidy", "book", "grounds"]
)
def test_the_examples_in_the_docstrings_hold(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"placement_opt.rulebook.{module}"))
    assert found.failed == 0
