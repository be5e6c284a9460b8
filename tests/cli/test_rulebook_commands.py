"""What the command line shows of the law, and takes of it."""

import datetime as dt
import json
from pathlib import Path

from command_line import run

import placement_opt as po

LAW = """
date = 2027-02-01

[[parameter]]
name = "minimum_wage.eur_per_hour"
value = "15.20"
source = "the Staatscourant"
"""


def test_rulebook_show_prints_what_is_known_until_when_and_from_where() -> None:
    done = run("rulebook", "show", "--date", "2026-07-01")
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("nl 2026-07-01: ")
    at = lines.index(
        "minimum_wage.eur_per_hour: 14.99 EUR per hour, from 2026-07-01, known until 2026-12-31"
    )
    assert "rijksoverheid.nl" in lines[at + 1]
    assert any(line.startswith("wage_subsidy.cap: ") and "without an end" in line for line in lines)
    assert not any(line.startswith("coaching.tariff_eur_per_hour") for line in lines)


def test_rulebook_show_missing_says_what_to_supply() -> None:
    done = run("rulebook", "show", "--date", "2027-02-01", "--missing")
    assert done.exit_code == 0, done.output
    told = "minimum_wage.eur_per_hour: supply EUR per hour, last known 14.99 until 2026-12-31"
    assert told in done.stdout.splitlines()
    assert "coaching.tariff_eur_per_hour: supply EUR per coach hour" in done.stdout
    assert "wage_subsidy.cap" not in done.stdout


def test_rulebook_show_as_json(tmp_path: Path) -> None:
    (tmp_path / "law.toml").write_text(LAW)
    content = json.loads(run("rulebook", "show", "--json", "--date", "2027-02-01").stdout)
    values = {row["name"]: row for row in content["parameters"]}
    lacking = {row["name"]: row for row in content["missing"]}
    assert values["wage_subsidy.cap"]["value"] == "0.70"
    assert all(row["source"] for row in content["parameters"])
    assert lacking["minimum_wage.eur_per_hour"]["last_known"]["value"] == "14.99"
    assert lacking["coaching.tariff_eur_per_hour"]["last_known"] is None
    assert not values.keys() & lacking.keys()
    given = run("rulebook", "show", "--json", "--rulebook", tmp_path / "law.toml", "--missing")
    content = json.loads(given.stdout)
    assert content["date"] == "2027-02-01"
    assert "parameters" not in content
    assert "minimum_wage.eur_per_hour" not in {row["name"] for row in content["missing"]}


def test_rulebook_show_is_of_today_unless_a_day_is_given() -> None:
    today = dt.date.today().isoformat()  # noqa: DTZ011 - a local day
    assert json.loads(run("rulebook", "show", "--json").stdout)["date"] == today
    done = run("rulebook", "show", "--date", "1 July")
    assert done.exit_code == 2
    assert "must be a calendar date" in done.stderr


def test_solve_and_check_take_a_rulebook(folder: Path, tmp_path: Path) -> None:
    law, plan = tmp_path / "law.toml", tmp_path / "plan.json"
    law.write_text(LAW)
    region = folder / "region.json"
    limits = ("--time-limit", 3, "--quiet", "--json")
    done = run("solve", region, "--rulebook", law, "--out", plan, *limits)
    assert done.exit_code == 0, done.output
    book = json.loads(done.stdout)["run"]["rulebook"]
    used = {row["name"]: row for row in book["used"]}
    assert used["minimum_wage.eur_per_hour"]["value"] == "15.2"
    assert used["minimum_wage.eur_per_hour"]["source"] == "the Staatscourant"
    assert run("check", region, plan).exit_code == 0
    done = run("check", region, plan, "--rulebook", law)
    assert done.exit_code == 0, done.output
    assert "rests on: the Staatscourant" in done.stdout
    law.write_text(LAW.replace("15.20", "16.20"))
    done = run("check", region, plan, "--rulebook", law)
    assert done.exit_code == 1
    assert "law" in done.stdout


def test_all_that_is_wrong_in_a_rulebook_is_told_with_its_place(
    folder: Path, tmp_path: Path
) -> None:
    law = tmp_path / "law.toml"
    law.write_text(LAW.replace('"15.20"', '"15,20"').replace("source", "sauce"))
    for command in (
        ("solve", folder / "region.json"),
        ("check", folder / "region.json", folder / "plan.json"),
        ("rulebook", "show"),
    ):
        done = run(*command, "--rulebook", law, "--json")
        assert done.exit_code == 2
        problems = json.loads(done.stdout)["error"]["problems"]
        assert {problem["id"] for problem in problems} == {"law.toml, parameter 1, line 4"}
        assert {problem["field"] for problem in problems} == {
            "key",
            "source",
            "minimum_wage.eur_per_hour",
        }


def test_demo_and_generate_take_a_date_and_demo_the_newest_known(tmp_path: Path) -> None:
    small = ("--candidates", 30, "--openings", 15)
    done = run("demo", *small, "--time-limit", 3, "--json")
    newest = po.Rulebook.newest_date().isoformat()
    told = json.loads(done.stdout)
    assert (told["date"], told["assumption_rows"]) == (newest, [])
    done = run("generate", tmp_path / "r.json", *small, "--date", "2028-03-01")
    assert done.exit_code == 0, done.output
    assert po.Region.from_json(tmp_path / "r.json").date == dt.date(2028, 3, 1)
    done = run("demo", *small, "--time-limit", 3, "--date", "2028-03-01")
    assert "minimum_wage.eur_per_hour is known until 2026-12-31 only" in done.stdout
