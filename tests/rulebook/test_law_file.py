"""A rulebook from a TOML file: what it takes, and how everything wrong is told with its place."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.rulebook import MissingParameterError, Rulebook

LEVY = "quota.levy_eur_per_job"
KEYS = "name, value, source, municipality, year, valid_from, valid_until"
SOUND = """
date = 2027-02-01

[[parameter]]
name = "minimum_wage.eur_per_hour"
value = 15.20
source = "the Staatscourant"
valid_from = 2027-01-01
valid_until = "2027-06-30"

[[parameter]]
name = "coaching.share.light.year_2"
value = "0.04"
source = "ordinance of 2026"
municipality = "Nijmegen"

[[parameter]]
name = "quota.percentage.market"
value = 2.58
year = 2027
source = "a decree"
"""


def law(folder: Path, text: str) -> Path:
    path = folder / "law.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(InvalidInputError) as caught:
        Rulebook.from_file(law(folder, text))
    return [
        f"{problem.id}: {problem.field} {problem.expected}" for problem in caught.value.problems
    ]


def test_values_ordinances_and_sources_are_read(tmp_path: Path) -> None:
    book = Rulebook.from_file(str(law(tmp_path, SOUND)))
    assert book.date == dt.date(2027, 2, 1)
    wage = book.parameter("minimum_wage.eur_per_hour")
    assert (wage.value, wage.source) == (Decimal("15.20"), "the Staatscourant")
    assert (wage.confidence, wage.valid_until) == ("user", dt.date(2027, 6, 30))
    assert book.for_municipality("Nijmegen").coaching_share("light", 2) == Fraction(1, 25)
    with pytest.raises(MissingParameterError):
        book.coaching_share("light", 2)
    assert book.quota_percentage(sector="market", year=2027) == Decimal("2.58")
    assert book.municipalities == ("Nijmegen",)
    assert book.unknown == "refuse"
    by_hand = (
        Rulebook.on("2027-02-01")
        .with_parameter(
            "minimum_wage.eur_per_hour",
            "15.2",
            valid_from=dt.date(2027, 1, 1),
            valid_until=dt.date(2027, 6, 30),
            source="the Staatscourant",
        )
        .override(
            {"coaching.share.light.year_2": "0.04"},
            municipality="Nijmegen",
            source="ordinance of 2026",
        )
        .with_parameter("quota.percentage.market", "2.58", year=2027, source="a decree")
    )
    assert by_hand.diff(book) == ()


def test_a_date_alone_is_a_rulebook_and_may_read_last_known_values(tmp_path: Path) -> None:
    path = law(tmp_path, "date = 2028-01-01")
    assert Rulebook.from_file(path) == Rulebook.on("2028-01-01")
    lenient = Rulebook.from_file(path, unknown="last_known")
    assert lenient.minimum_wage_eur_per_hour() == Decimal("14.99")
    assert [row.name for row in lenient.assumed()] == ["minimum_wage.eur_per_hour"]


def test_all_that_is_wrong_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    text = """day = 2027-02-01

[[parameter]]
name = "minimum_wage.eur_per_hou"
value = 15.20
source = ""

[[parameter]]
name = "wage_subsidy.cap"
value = 70
valid_from = "soon"
sauce = "a newspaper"

[[parameter]]
value = "1"
source = "a decree"

[[parameter]]
name = "quota.levy_eur_per_job"
value = 1
municipality = "Nijmegen"
source = "a decree"
"""
    first, second, third, fourth = (
        f"law.toml, parameter {number}, line {line}"
        for number, line in ((1, 3), (2, 8), (3, 14), (4, 18))
    )
    found = problems_of(tmp_path, text)
    assert sorted(found) == sorted(
        [
            "law.toml: date must be a calendar date",
            "law.toml: key must be one of date, parameter",
            f"{first}: source must be text",
            f"{first}: parameter must be a parameter of the rulebook",
            f"{second}: key must be one of {KEYS}",
            f"{second}: source must be given",
            f"{second}: valid_from must be a calendar date",
            f"{second}: wage_subsidy.cap must be <= 1",
            f"{third}: name must be given",
            f"{fourth}: municipality must be left out, since no ordinance can set {LEVY}",
        ]
    )


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ("value = true", "wage_subsidy.cap must be a finite number"),
        ('value = "0,7"', "wage_subsidy.cap must be a finite number"),
        ("value = 0.7\nyear = 1999", "year must be a year from 2013 to 2100"),
        ("value = 0.7\nyear = 2027\nvalid_from = 2027-01-01", "year must not stand beside"),
        ("value = 0.7\nmunicipality = 7", "municipality must be text"),
        ("value = 0.7\nvalid_from = 2027-02-01T10:00:00", "valid_from must be a calendar date"),
        (
            "value = 0.7\nvalid_from = 2027-02-01\nvalid_until = 2027-01-01",
            "valid_until must be >= 2027-02-01",
        ),
    ],
)
def test_what_with_parameter_refuses_is_refused_in_a_file(
    tmp_path: Path, entries: str, told: str
) -> None:
    head = 'date = 2027-02-01\n[[parameter]]\nname = "wage_subsidy.cap"\nsource = "s"\n'
    (found,) = problems_of(tmp_path, head + entries)
    assert found.startswith(f"law.toml, parameter 1, line 2: {told}")


def test_a_value_given_twice_is_refused(tmp_path: Path) -> None:
    table = '[[parameter]]\nname = "wage_subsidy.cap"\nvalue = 0.7\nsource = "s"\n'
    (found,) = problems_of(tmp_path, f"date = 2027-02-01\n{table}{table}")
    assert found == (
        "law.toml, parameter 2, line 6: name must be given once, and stands in"
        " law.toml, parameter 1, line 2 for the same dates"
    )
    once = table + table.replace("0.7", "0.6") + "year = 2027\n"
    book = Rulebook.from_file(law(tmp_path, f"date = 2027-02-01\n{once}"))
    assert book.value("wage_subsidy.cap") == Decimal("0.6")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("date = \n[[parameter]]", "file must be TOML (Invalid value (at line 1, column 8))"),
        ("date = 2027-02-01\nparameter = 7", "parameter must be a list of tables"),
        ("date = 2027-02-01\nparameter = [7]", "parameter must be a table"),
    ],
)
def test_what_is_no_list_of_values_is_refused(tmp_path: Path, text: str, told: str) -> None:
    (found,) = problems_of(tmp_path, text)
    assert told in found


def test_a_list_in_one_line_is_read_as_tables_are(tmp_path: Path) -> None:
    text = 'date = 2027-02-01\nparameter = [{name = "wage_subsidy.cap", value = 0.5, source = "s"}]'
    assert Rulebook.from_file(law(tmp_path, text)).value("wage_subsidy.cap") == Decimal("0.5")


def test_a_file_that_is_not_there_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no file at"):
        Rulebook.from_file(tmp_path / "nowhere.toml")
