"""Dated parameters: what is shipped, what is refused, what the user puts in its place."""

import datetime as dt
import hashlib
import json
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import Exact, MissingParameterError, Rulebook
from placement_opt.rulebook.shipped import shipped

LAW = Path(__file__).parents[2] / "docs" / "law"
RB_2026 = Rulebook.on(dt.date(2026, 1, 1))


def test_every_shipped_row_is_sourced_and_only_unverified_ones_lack_a_value() -> None:
    for name, rows in shipped().items():
        for row in rows:
            assert row.source, name
            assert row.unit, name
            assert (row.value is None) == (row.confidence == "M"), name
            assert row.confidence == "M" or row.as_of is not None, name


def test_a_float_never_stands_in_a_parameter_file() -> None:
    for rows in shipped().values():
        assert all(row.value is None or isinstance(row.value, Decimal) for row in rows)


def test_the_page_of_the_register_lists_every_ground() -> None:
    text = (LAW / "register.md").read_text(encoding="utf-8")
    told = {
        cells[1].strip(): [cell.strip() for cell in cells[2:-1]]
        for cells in (line.split("|") for line in text.splitlines())
        if cells[0] == "" and len(cells) > 9
    }
    word = {True: "yes", False: "no", None: ""}
    for ground in RB_2026.grounds():
        lkv, no_risk = word[ground.lkv], word[ground.no_risk]
        assert told[f"`{ground.code}`"] == [
            ground.meaning,
            word[ground.counts_for_agreement],
            "" if ground.counts_from is None else ground.counts_from.isoformat(),
            word[ground.in_register],
            lkv if lkv == no_risk else f"{lkv}, {no_risk}",
            word[ground.wage_subsidy],
            word[ground.wage_dispensation],
            ground.coaching_payer or "",
            ground.confidence,
        ]


def test_dates_may_be_iso_text_and_nothing_else() -> None:
    assert Rulebook.on("2026-01-01") == RB_2026
    for bad in ("01-02-2026", dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC), 20260101, None):
        with pytest.raises(InvalidInputError, match="date must be a calendar date"):
            Rulebook.on(bad)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "minimum_wage"),
    [
        ("2024-01-01", "13.27"),
        ("2024-12-31", "13.68"),
        ("2025-01-01", "14.06"),
        ("2025-06-30", "14.06"),
        ("2025-07-01", "14.40"),
        ("2026-01-01", "14.71"),
        ("2026-06-30", "14.71"),
        ("2026-07-01", "14.99"),
        ("2026-12-31", "14.99"),
    ],
)
def test_the_minimum_wage_follows_the_day(day: str, minimum_wage: str) -> None:
    assert Rulebook.on(day).minimum_wage_eur_per_hour() == Decimal(minimum_wage)


@pytest.mark.parametrize("day", ["2019-06-01", "2023-12-31", "2027-01-01"])
def test_an_unverified_minimum_wage_is_asked_for(day: str) -> None:
    with pytest.raises(MissingParameterError) as caught:
        Rulebook.on(day).minimum_wage_eur_per_hour()
    text = str(caught.value)
    assert f"minimum_wage.eur_per_hour has no verified value on {day}" in text
    assert 'rulebook.with_parameter("minimum_wage.eur_per_hour"' in text
    assert "2026-01-01 to 2026-06-30" in text


def test_an_unverified_figure_is_shown_but_never_used() -> None:
    with pytest.raises(MissingParameterError, match="unverified: 31000"):
        Rulebook.on("2018-03-01").national_target(year=2018, sector="market")


def test_dates_change_what_is_known() -> None:
    books = [Rulebook.on(day) for day in ("2019-06-01", "2024-06-01", "2026-02-01")]
    percentages = [book.find("quota.percentage.government") for book in books]
    assert [row and row.value for row in percentages] == [Decimal("2.14"), Decimal("2.76"), None]
    targets = [book.find("banenafspraak.target_jobs.total") for book in books]
    assert [row and row.value for row in targets] == [Decimal(55_000), None, Decimal(125_000)]
    wages = [book.find("minimum_wage.eur_per_hour") for book in books]
    assert [row and row.value for row in wages] == [
        None,
        Decimal("13.27"),
        Decimal("14.71"),
    ]
    contracts = [book.value("coaching.minimum_hours_per_week.uwv") for book in books]
    assert contracts == [12, 12, 8]


def test_a_supplied_value_stands_before_the_shipped_one() -> None:
    book = RB_2026.with_parameter("minimum_wage.eur_per_hour", 15.1, source="a newspaper")
    assert book.minimum_wage_eur_per_hour() == Decimal("15.1")
    assert book.parameter("minimum_wage.eur_per_hour").source == "a newspaper"
    assert book.parameter("minimum_wage.eur_per_hour").confidence == "user"
    assert RB_2026.minimum_wage_eur_per_hour() == Decimal("14.71")
    later = book.with_parameter("minimum_wage.eur_per_hour", "15.2")
    assert later.minimum_wage_eur_per_hour() == Decimal("15.2")


def test_a_supplied_value_holds_in_its_year_or_between_its_dates() -> None:
    book = RB_2026.with_parameter("quota.percentage.market", "2.58", year=2026)
    assert book.quota_percentage(sector="market") == Decimal("2.58")
    with pytest.raises(MissingParameterError):
        book.quota_percentage(sector="market", year=2025)
    first, last = dt.date(2026, 7, 1), dt.date(2026, 12, 31)
    book = RB_2026.with_parameter(
        "minimum_wage.eur_per_hour", "15", valid_from=first, valid_until=last
    )
    assert book.value("minimum_wage.eur_per_hour") == Decimal("14.71")
    assert book.value("minimum_wage.eur_per_hour", on=first) == 15
    assert book.find("minimum_wage.eur_per_hour", on=dt.date(2027, 1, 1)) is None


def test_an_ordinance_holds_in_its_municipality_only() -> None:
    ordinance: dict[str, Exact] = {
        "coaching.minimum_hours_per_week.municipality": 12,
        "coaching.minimum_contract_months.municipality": 6,
        "coaching.share.light.year_1": "0.05",
    }
    book = RB_2026.override(ordinance, municipality="Utrecht", source="ordinance")
    utrecht = book.for_municipality("Utrecht")
    assert utrecht.coaching_contract("municipality").minimum_hours_per_week == 12
    assert utrecht.coaching_share("light", 1) == Fraction(1, 20)
    for elsewhere in (book, book.for_municipality("Wijchen"), utrecht.for_municipality(None)):
        assert elsewhere.coaching_share("light", 1) == Fraction(6, 100)
        with pytest.raises(MissingParameterError):
            elsewhere.coaching_contract("municipality")


def test_an_ordinance_stands_before_a_later_general_value() -> None:
    book = RB_2026.override({"coaching.share.light.year_1": "0.05"}, municipality="M-1")
    book = book.override({"coaching.share.light.year_1": "0.04"})
    assert book.for_municipality("M-1").coaching_share("light", 1) == Fraction(5, 100)
    assert book.for_municipality("M-2").coaching_share("light", 1) == Fraction(4, 100)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("minimum_wage.eur_per_hou", "15", "did you mean 'minimum_wage.eur_per_hour'"),
        ("minimum_wage.eur_per_hour", "-1", "must be >= 0"),
        ("minimum_wage.eur_per_hour", "15,00", "must be a finite number"),
        ("minimum_wage.eur_per_hour", float("nan"), "must be a finite number"),
        ("minimum_wage.eur_per_hour", True, "must be a finite number"),
        ("minimum_wage.eur_per_hour", Fraction(1, 3), "must be a decimal of finite length"),
        ("minimum_wage.eur_per_hour", "1e999999999", "must be a finite number"),
        ("coaching.share.light.year_2", "3", "must be <= 1"),
        ("quota.percentage.market", 101, "must be <= 100"),
        ("banenafspraak.job_hours_per_week", 0, "must be > 0"),
    ],
)
def test_a_bad_value_is_refused(name: str, value: object, text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        RB_2026.with_parameter(name, value)  # type: ignore[arg-type]
    assert text in str(caught.value)
    assert len(caught.value.problems) == 1


def test_contradicting_dates_are_refused() -> None:
    name, first = "minimum_wage.eur_per_hour", dt.date(2026, 7, 1)
    with pytest.raises(InvalidInputError, match="must not stand beside"):
        RB_2026.with_parameter(name, 15, year=2026, valid_from=first)
    with pytest.raises(InvalidInputError, match="valid_until must be >= 2026-07-01"):
        RB_2026.with_parameter(name, 15, valid_from=first, valid_until=dt.date(2026, 6, 30))
    with pytest.raises(InvalidInputError, match="year must be a year from 2013"):
        RB_2026.with_parameter(name, 15, year=1999)
    with pytest.raises(InvalidInputError, match="valid_from must be a calendar date, got '1 July'"):
        RB_2026.with_parameter(name, 15, valid_from="1 July")  # type: ignore[arg-type]
    with pytest.raises(InvalidInputError, match="source must be text, got ''"):
        RB_2026.with_parameter(name, 15, source="")


def test_a_supplied_length_must_be_whole_where_it_counts_months() -> None:
    book = RB_2026.with_parameter("trial_placement.months.ww", "2.5")
    with pytest.raises(InvalidInputError, match="must be a whole number"):
        book.trial_placement("ww")


def test_the_difference_of_two_rulebooks_lists_what_changed() -> None:
    before, after = Rulebook.on("2025-06-30"), Rulebook.on("2025-07-01")
    assert [str(change) for change in before.diff(after)] == [
        "minimum_wage.eur_per_hour: 14.06 -> 14.40 EUR per hour"
    ]
    assert before.diff(before) == ()
    changed = after.override({"coaching.share.light.year_1": "0.05"}, municipality="M-1")
    (change,) = after.diff(changed)
    assert (change.name, change.municipality, change.before) == (
        "coaching.share.light.year_1",
        "M-1",
        None,
    )
    assert (
        str(change) == "coaching.share.light.year_1 in M-1: none -> 0.05 share of the hours worked"
    )


def test_the_record_is_json_with_a_source_for_everything() -> None:
    record = json.loads(json.dumps(RB_2026.record()))
    assert record["name"] == "nl 2026-01-01"
    wage = record["parameters"]["minimum_wage.eur_per_hour"]
    assert wage["value"] == "14.71"
    assert wage["valid_until"] == "2026-06-30"
    assert all(row["source"] for row in record["parameters"].values())
    assert "quota.percentage.market" in record["missing"]
    assert not set(record["missing"]) & set(record["parameters"])
    assert record["grounds"]["38b.1.a"]["counts_for_agreement"] is True


def test_the_record_tells_supplied_values_apart() -> None:
    book = RB_2026.with_parameter("quota.percentage.market", "2.58", source="a decree")
    record = book.override({"coaching.share.light.year_1": "0.05"}, municipality="M-1").record()
    assert record["name"] == "nl 2026-01-01 with 2 overrides"
    assert record["parameters"]["quota.percentage.market"]["source"] == "a decree"
    assert record["parameters"]["coaching.share.light.year_1@M-1"]["value"] == "0.05"
    assert record["parameters"]["coaching.share.light.year_1"]["value"] == "0.06"
    assert [row["name"] for row in record["overrides"]] == [
        "coaching.share.light.year_1",
        "quota.percentage.market",
    ]


def test_the_hash_is_that_of_the_content() -> None:
    assert RB_2026.hash == Rulebook.on("2026-01-01").hash
    content = {k: v for k, v in RB_2026.record().items() if k not in ("name", "hash")}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    assert RB_2026.hash == hashlib.sha256(text.encode()).hexdigest()
    others = [
        Rulebook.on("2026-01-02"),
        RB_2026.with_parameter("quota.percentage.market", "2.58"),
        RB_2026.with_parameter("quota.percentage.market", "2.58", year=2020),
        RB_2026.for_municipality("M-1"),
    ]
    assert len({RB_2026.hash, *(other.hash for other in others)}) == 5


def test_only_what_is_asked_for_is_noted() -> None:
    book = RB_2026.override({"coaching.share.light.year_1": "0.05"}, municipality="M-1").noting()
    assert book.used() == RB_2026.used() == ()
    own = book.for_municipality("M-1")
    own.coaching_share("light", 1)
    book.coaching_share("light", 1)
    book.jobs(51)
    with pytest.raises(MissingParameterError):
        book.quota_percentage(sector="market", year=2026)
    noted = [(row.name, row.municipality, str(row.value)) for row in book.used()]
    assert noted == [
        ("banenafspraak.job_hours_per_week", None, "25.5"),
        ("coaching.share.light.year_1", None, "0.06"),
        ("coaching.share.light.year_1", "M-1", "0.05"),
    ]
    assert own.used() == book.used()
    assert book.noting().used() == ()
    assert (book, book.hash) == (book.noting(), book.noting().hash)


def test_the_record_of_a_run_holds_what_was_used_with_its_source() -> None:
    book = RB_2026.with_parameter("quota.percentage.market", "2.58", year=2026, source="a decree")
    book = book.noting()
    book.quota_percentage(sector="market")
    book.counts("38b.2")
    record = json.loads(json.dumps(book.run_record()))
    assert (record["name"], record["hash"]) == (book.name, book.hash)
    assert (record["date"], record["municipality"]) == ("2026-01-01", None)
    assert record["used"] == record["overrides"]
    assert record["used"] == [
        {
            "name": "quota.percentage.market",
            "value": "2.58",
            "unit": "percent of paid hours",
            "valid_from": "2026-01-01",
            "valid_until": "2026-12-31",
            "source": "a decree",
            "confidence": "user",
        }
    ]
    assert [ground["code"] for ground in record["grounds"]] == ["38b.2"]
    assert record["grounds"][0]["source"]


def test_a_rulebook_is_opened_again_from_its_record() -> None:
    book = RB_2026.with_parameter("coaching.share.light.year_1", "0.04")
    book = book.override({"coaching.share.light.year_1": "0.05"}, municipality="M-1")
    book = book.with_parameter("coaching.share.light.year_1", "0.03", source="later")
    for written in (book.record(), book.run_record(), book.for_municipality("M-1").record()):
        again = Rulebook.from_record(json.loads(json.dumps(written)))
        assert again.hash == written["hash"]
        assert again.coaching_share("light", 1) == (
            Fraction(5, 100) if again.municipality else Fraction(3, 100)
        )
        assert again.municipalities == ("M-1",)


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"date": "2026-01-01", "municipality": None},
        {"date": "soon", "municipality": None, "overrides": []},
        {"date": "2026-01-01", "municipality": None, "overrides": [{"name": "x"}]},
        [],
    ],
)
def test_what_is_no_record_of_a_rulebook_is_refused(record: object) -> None:
    with pytest.raises(InvalidInputError, match="must be the record of a rulebook"):
        Rulebook.from_record(record)  # type: ignore[arg-type]


def test_a_record_of_an_unknown_parameter_is_refused() -> None:
    record = RB_2026.override({"coaching.share.light.year_1": "0.05"}).record()
    record["overrides"][0]["name"] = "coaching.share.light.year_11"
    with pytest.raises(InvalidInputError, match="must be a parameter of the rulebook"):
        Rulebook.from_record(record)


@pytest.mark.parametrize("name", ["quota.levy_eur_per_job", "banenafspraak.job_hours_per_week"])
def test_what_only_the_law_sets_is_no_ordinance(name: str) -> None:
    with pytest.raises(InvalidInputError, match="municipality must be left out"):
        RB_2026.with_parameter(name, 20, municipality="M-1")
    assert RB_2026.with_parameter(name, 20).value(name) == 20


def test_the_order_of_unrelated_overrides_does_not_change_the_hash() -> None:
    one = RB_2026.override({"quota.percentage.market": 2, "coaching.share.light.year_2": 0})
    two = RB_2026.override({"coaching.share.light.year_2": 0, "quota.percentage.market": 2})
    assert one.hash == two.hash


def test_the_import_stays_light() -> None:
    code = (
        "import sys, placement_opt.rulebook as r; r.Rulebook.on('2026-01-01').hash;"
        "print([m for m in ('numpy', 'pandas', 'ortools') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
