"""Job coaching: hours to the thousandth, contracts per payer and date."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import REGIMES, MissingParameterError, Rulebook

RB = Rulebook.on("2026-01-01")


@pytest.mark.parametrize(
    ("regime", "year", "hours", "printed"),
    [
        ("intensive", 1, "3.825", "3.83"),
        ("intensive", 2, "1.9125", "1.91"),
        ("intensive", 3, "1.53", "1.53"),
        ("middle", 1, "2.55", "2.55"),
        ("light", 1, "1.53", "1.53"),
        ("very_light", 1, "0.765", "0.77"),
    ],
)
def test_weekly_demand_of_one_job(regime: str, year: int, hours: str, printed: str) -> None:
    found = RB.coaching_hours_per_week(regime=regime, year=year, hours_per_week="25.5")
    assert found == Decimal(hours)
    assert abs(found - Decimal(printed)) <= Decimal("0.005")


@pytest.mark.parametrize(
    ("regime", "caseload"),
    [("intensive", "6.6"), ("middle", "9.9"), ("light", "16.5"), ("very_light", "32.9")],
)
def test_people_per_coach(regime: str, caseload: str) -> None:
    client_hours = 36 * Fraction(7, 10)
    found = RB.coaching_caseload(regime=regime, year=1, coach_hours_per_week=client_hours)
    assert round(found, 1) == Fraction(caseload)


def test_the_ladder_follows_the_amounts_of_2014() -> None:
    book = Rulebook.on("2014-07-01")
    name = "coaching.internal_subsidy_eur_per_year"
    full = book.fraction(f"{name}.intensive")
    for regime in ("middle", "light", "very_light"):
        share = book.fraction(f"{name}.{regime}") / full * Fraction("0.15")
        assert round(share, 2) == book.coaching_share(regime, 1)
    hourly = full / (24 * 52 * book.coaching_share("intensive", 1))
    assert round(hourly, 1) == Fraction("36.3")


@given(st.integers(0, 168_000), st.integers(1, 9))
def test_hours_against_integer_arithmetic(milli_hours: int, year: int) -> None:
    thousandths = {1: 150, 2: 75}.get(year, 60)
    found = RB.coaching_hours_per_week(
        regime="intensive", year=year, hours_per_week=Decimal(milli_hours) / 1000
    )
    assert found == Decimal(milli_hours * thousandths).scaleb(-6)


def test_no_coaching_needs_no_year() -> None:
    assert RB.coaching_share("none") == 0
    assert RB.coaching_hours_per_week(regime="none", hours_per_week=36) == 0


@pytest.mark.parametrize("regime", ["very_light", "light", "middle"])
@pytest.mark.parametrize(("year", "step"), [(2, 2), (3, 3), (8, 3)])
def test_shares_that_were_not_found_are_asked_for(regime: str, year: int, step: int) -> None:
    name = f"coaching.share.{regime}.year_{step}"
    with pytest.raises(MissingParameterError, match=f'with_parameter\\("{name}"'):
        RB.coaching_share(regime, year)
    assert RB.override({name: "0.02"}).coaching_share(regime, year) == Fraction(1, 50)


def test_unknown_regimes_and_years_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="'very_light', 'light', 'middle', 'intensive'"):
        RB.coaching_share("heavy", 1)
    for year in (None, 0, -1, True, 1.5):
        with pytest.raises(InvalidInputError, match="year must be a year of coaching >= 1"):
            RB.coaching_share("light", year)  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="must take coaching hours"):
        RB.coaching_caseload(regime="none", year=1, coach_hours_per_week=25)
    with pytest.raises(InvalidInputError, match="hours_per_week must be a decimal of finite"):
        RB.coaching_hours_per_week(regime="light", year=1, hours_per_week=Fraction(1, 3))
    assert REGIMES[0] == "none"


@pytest.mark.parametrize(
    ("day", "hours", "months"),
    [("2019-06-01", 12, 6), ("2024-07-13", 12, 6), ("2025-05-01", 8, 3), ("2026-01-01", 8, 3)],
)
def test_the_minimum_contract_of_uwv_was_lowered(day: str, hours: int, months: int) -> None:
    contract = Rulebook.on(day).coaching_contract("uwv")
    assert contract.minimum_hours_per_week == hours
    assert contract.minimum_contract_months == months
    assert contract.minimum_pay_share == Decimal("0.35")
    assert contract.maximum_years == 3


def test_a_contract_is_long_enough_in_hours_and_months() -> None:
    contract = RB.coaching_contract("uwv")
    assert contract.allows(hours_per_week=8, contract_months=3)
    assert not contract.allows(hours_per_week="7.99", contract_months=12)
    assert not contract.allows(hours_per_week=36, contract_months=2)


def test_a_contract_without_an_end_is_long_enough_and_pay_may_be_asked() -> None:
    contract = RB.coaching_contract("uwv")
    assert contract.allows(hours_per_week=8, contract_months=None)
    assert contract.allows(hours_per_week=8, contract_months=3, pay_share="0.35")
    assert not contract.allows(hours_per_week=8, contract_months=3, pay_share="0.3499")
    free = dataclasses.replace(contract, minimum_pay_share=None)
    assert free.allows(hours_per_week=8, contract_months=3, pay_share=0)
    with pytest.raises(InvalidInputError, match="contract_months must be >= 0"):
        contract.allows(hours_per_week=8, contract_months=-1)


def test_how_long_coaching_is_granted() -> None:
    assert RB.coaching_grant_months("external") == 6
    assert RB.coaching_grant_months("employer") == 12
    assert RB.coaching_years_left("uwv") == 3
    assert RB.coaching_years_left("uwv", years_used="2.5") == Fraction(1, 2)
    assert RB.coaching_years_left("uwv", years_used=4) == 0
    assert RB.coaching_years_left("uwv", years_used=4, same_work=False) == 3
    with pytest.raises(MissingParameterError, match="maximum_years"):
        RB.coaching_years_left("municipality")
    with pytest.raises(InvalidInputError, match="coach_kind must be one of"):
        RB.coaching_grant_months("friend")


@given(st.integers(0, 168_000), st.sampled_from([("intensive", 6800), ("very_light", 1400)]))
def test_an_own_coach_is_paid_pro_rata_below_24_hours(milli: int, amount: tuple[str, int]) -> None:
    book, (regime, eur) = Rulebook.on("2014-07-01"), amount
    found = book.own_coach_eur_per_year(regime=regime, hours_per_week=Decimal(milli) / 1000)
    cents, rest = divmod(min(milli, 24_000) * eur * 100, 24_000)
    assert found == Decimal(cents + (2 * rest >= 24_000)).scaleb(-2)


def test_costs_of_coaching_are_never_guessed() -> None:
    with pytest.raises(MissingParameterError, match="internal_subsidy_eur_per_year"):
        RB.own_coach_eur_per_year(regime="light", hours_per_week=24)
    with pytest.raises(MissingParameterError, match="tariff_eur_per_hour"):
        RB.coaching_eur_per_year(coaching_hours_per_week=3)
    book = RB.override({"coaching.tariff_eur_per_hour": "75.55"})
    found = book.coaching_eur_per_year(coaching_hours_per_week="3.825")
    assert found == Decimal("15026.90")  # 3.825 x 52 x 75.55 = 15,026.895


def test_municipal_rules_are_supplied() -> None:
    with pytest.raises(MissingParameterError, match="Utrecht asks more than 12"):
        RB.coaching_contract("municipality")
    with pytest.raises(InvalidInputError, match="payer must be one of 'municipality', 'uwv'"):
        RB.coaching_contract("employer")
    book = RB.override(
        {
            "coaching.minimum_hours_per_week.municipality": 12,
            "coaching.minimum_contract_months.municipality": 6,
        }
    )
    contract = book.coaching_contract("municipality")
    assert (contract.minimum_pay_share, contract.maximum_years) == (None, None)


def test_no_caseload_norm_and_no_tariff_is_guessed() -> None:
    for name in ("coaching.maximum_caseload", "coaching.tariff_eur_per_hour"):
        with pytest.raises(MissingParameterError):
            RB.value(name)
