"""Until when each value is known: standing rules, refusals beyond, and last known values."""

import datetime as dt
import json
import pickle
from decimal import Decimal

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import MissingParameterError, Rulebook
from placement_opt.rulebook.shipped import shipped, stand_ins

FAR = "2030-01-01"
STANDING = {
    "banenafspraak.job_hours_per_week",
    "banenafspraak.job_hours_per_year",
    "banenafspraak.target_jobs.total",
    "banenafspraak.worker_hours_per_week",
    "banenafspraak.worker_hours_per_year",
    "coaching.grant_months.employer",
    "coaching.grant_months.external",
    "coaching.internal_subsidy_full_hours_per_week",
    "coaching.maximum_years.uwv",
    "coaching.minimum_contract_months.uwv",
    "coaching.minimum_hours_per_week.uwv",
    "coaching.minimum_pay_share.uwv",
    "coaching.share.intensive.year_1",
    "coaching.share.intensive.year_2",
    "coaching.share.intensive.year_3",
    "coaching.share.light.year_1",
    "coaching.share.middle.year_1",
    "coaching.share.very_light.year_1",
    "lkv.eur_per_hour.arbeidsgehandicapte",
    "lkv.eur_per_hour.banenafspraak",
    "lkv.eur_per_hour.herplaatsing",
    "lkv.maximum_eur_per_year.arbeidsgehandicapte",
    "lkv.maximum_eur_per_year.banenafspraak",
    "lkv.maximum_eur_per_year.herplaatsing",
    "lkv.maximum_years.arbeidsgehandicapte",
    "lkv.maximum_years.herplaatsing",
    "no_risk.daily_wage_share",
    "no_risk.full_pay_weeks",
    "quota.levy_eur_per_job",
    "quota.levy_executed",
    "quota.threshold_workers",
    "sheltered_work.national_places_structural",
    "trial_placement.extension_months.pw",
    "trial_placement.months.pw",
    "trial_placement.months.wajong",
    "trial_placement.months.wia",
    "trial_placement.months.ww",
    "wage_subsidy.cap",
    "wage_subsidy.employer_charges",
    "wage_subsidy.fixed_months",
    "wage_subsidy.fixed_share",
    "wage_subsidy.holiday_allowance",
    "wage_subsidy.hours_norm_per_week",
    "wage_subsidy.weeks_per_year",
}
"""Rules without an end: on any later day they hold until somebody changes the law."""

DATED = {
    "minimum_wage.eur_per_hour": (dt.date(2026, 12, 31), "14.99"),
    **{
        f"minimum_wage.youth_share.{age}": (dt.date(2027, 12, 31), share)
        for age, share in zip(
            range(20, 14, -1), ("0.875", "0.75", "0.625", "0.50", "0.40", "0.30"), strict=True
        )
    },
    **{
        f"minimum_wage.bbl_share.{age}": (dt.date(2027, 12, 31), share)
        for age, share in ((20, "0.875"), (19, "0.75"), (18, "0.625"))
    },
}
"""What the law sets anew: the last day on which each is known, and its value then."""


@pytest.mark.parametrize("name", sorted(shipped()))
def test_beyond_its_dates_a_value_is_a_standing_rule_or_refused(name: str) -> None:
    book = Rulebook.on(FAR)
    if name in STANDING:
        row = book.parameter(name)
        assert row.valid_until is None
        assert "no end: " in row.note
    else:
        with pytest.raises(MissingParameterError, match=f'supply it: .*"{name}"'):
            book.value(name)


@pytest.mark.parametrize("name", sorted(DATED))
def test_each_part_of_the_wage_ends_where_it_is_no_longer_known(name: str) -> None:
    last, value = DATED[name]
    assert Rulebook.on(last).value(name) == Decimal(value)
    with pytest.raises(MissingParameterError, match='with unknown="last_known"') as caught:
        Rulebook.on(last + dt.timedelta(days=1)).value(name)
    assert value in str(caught.value)


def test_the_youth_shares_rise_on_the_first_day_of_2027() -> None:
    before, after = Rulebook.on("2026-12-31"), Rulebook.on("2027-01-01")
    assert [str(change) for change in before.diff(after) if "youth" in change.name] == [
        f"minimum_wage.youth_share.{age}: {old} -> {new} share of the minimum wage"
        for age, old, new in (
            (16, "0.345", "0.40"),
            (17, "0.395", "0.50"),
            (18, "0.50", "0.625"),
            (19, "0.60", "0.75"),
            (20, "0.80", "0.875"),
        )
    ]


def test_the_newest_date_is_the_last_one_on_which_all_that_was_known_still_is() -> None:
    newest = Rulebook.newest_date()
    assert newest == min(last for last, _ in DATED.values())
    for name in DATED:
        assert Rulebook.on(newest).find(name) is not None


def test_the_last_known_value_stands_in_on_request_and_is_remembered() -> None:
    book = Rulebook.on(FAR, unknown="last_known")
    assert book.assumed() == ()
    assert book.minimum_wage_eur_per_hour(19) == Decimal("11.24")  # 14.99 x 0.75
    told = [(row.name, str(row.value), str(row.valid_until)) for row in book.assumed()]
    assert told == [
        ("minimum_wage.eur_per_hour", "14.99", "2026-12-31"),
        ("minimum_wage.youth_share.19", "0.75", "2027-12-31"),
    ]
    book.job_hours_per_week  # noqa: B018 - a standing rule is asked for, and no assumption
    assert len(book.assumed()) == 2


def test_what_is_known_on_the_day_is_no_assumption() -> None:
    book = Rulebook.on("2026-07-01", unknown="last_known")
    assert book.minimum_wage_eur_per_hour(20) == Decimal("11.99")
    assert book.assumed() == ()


@pytest.mark.parametrize("name", sorted(shipped().keys() - stand_ins()))
def test_counts_and_figures_of_a_year_stand_in_for_no_other(name: str) -> None:
    strict, lenient = Rulebook.on(FAR), Rulebook.on(FAR, unknown="last_known")
    assert strict.find(name) == lenient.find(name)
    assert lenient.assumed() == ()


def test_what_was_never_known_is_refused_either_way() -> None:
    for day in ("2023-01-01", FAR):
        book = Rulebook.on(day, unknown="last_known")
        with pytest.raises(MissingParameterError):
            book.value("coaching.tariff_eur_per_hour")
    with pytest.raises(MissingParameterError):  # the future does not stand in for the past
        Rulebook.on("2023-01-01", unknown="last_known").minimum_wage_eur_per_hour()


def test_an_own_value_whose_dates_have_passed_stands_in_where_it_is_the_newest() -> None:
    name = "minimum_wage.eur_per_hour"
    book = Rulebook.on("2028-01-01", unknown="last_known").with_parameter(name, "15.5", year=2027)
    assert book.value(name) == Decimal("15.5")
    assert [row.confidence for row in book.assumed()] == ["user"]
    older = Rulebook.on("2028-01-01", unknown="last_known").with_parameter(name, "15.5", year=2024)
    assert older.value(name) == Decimal("14.99")
    own = book.with_parameter(name, "16", year=2027, municipality="M-1")
    assert own.for_municipality("M-1").value(name) == 16
    assert own.value(name) == Decimal("15.5")


def test_only_two_ways_of_dealing_with_the_unknown_exist() -> None:
    with pytest.raises(InvalidInputError, match="unknown must be one of 'refuse', 'last_known'"):
        Rulebook.on(FAR, unknown="guess")  # type: ignore[arg-type]


def test_the_record_tells_which_way_and_opens_it_again() -> None:
    book = Rulebook.on(FAR, unknown="last_known")
    book.minimum_wage_eur_per_hour()
    for record in (book.record(), book.run_record()):
        assert record["unknown"] == "last_known"
        again = Rulebook.from_record(json.loads(json.dumps(record)))
        assert again == book
        assert again.hash == book.hash
        assert again.assumed() == ()
        assert again.minimum_wage_eur_per_hour() == book.minimum_wage_eur_per_hour()
    assert Rulebook.on(FAR).hash != book.hash
    known = "2026-02-01"  # nothing stands in: the same law
    assert Rulebook.on(known).hash == Rulebook.on(known, unknown="last_known").hash
    assert "minimum_wage.eur_per_hour" in book.record()["parameters"]
    assert "minimum_wage.eur_per_hour" in Rulebook.on(FAR).record()["missing"]
    assert pickle.loads(pickle.dumps(book)) == book


def test_new_notes_remember_nothing() -> None:
    book = Rulebook.on(FAR, unknown="last_known")
    book.minimum_wage_eur_per_hour()
    assert book.noting().assumed() == ()
    supplied = book.with_parameter("minimum_wage.eur_per_hour", 16)
    assert supplied.minimum_wage_eur_per_hour() == 16
    assert supplied.assumed() == ()
    assert len(book.for_municipality("M-1").assumed()) == 1
