"""What a plan takes for granted is told: last known values of the law, and what rules assume."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.basics.rows import AssumptionRow

WAGE = "minimum_wage.eur_per_hour"
SHARES = [f"minimum_wage.youth_share.{age}" for age in (17, 18)]


def on(day, **changes):
    """Return the region with everything on another day."""
    fields = region_with_everything().model_dump()
    return po.Region.model_validate(fields | {"date": day} | changes)


def solved(day, rulebook=None):
    return po.solve(on(day), time_limit_s=10, solver="cp-sat", rulebook=rulebook)


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2026-02-01", []),
        ("2026-12-31", []),
        ("2027-02-01", [(WAGE, 12)]),
        ("2028-02-01", [(WAGE, 12), *((share, 1) for share in SHARES)]),
        ("2040-02-01", [(WAGE, 12), *((share, 1) for share in SHARES)]),
    ],
)
def test_a_plan_beyond_what_is_known_names_each_last_known_value(day, told):
    result = solved(day)
    assert result.has_plan
    assert result.placement_rows
    assert [(row.about, row.count) for row in result.assumption_rows] == told
    assert {row.rule for row in result.assumption_rows} <= {"Rulebook"}
    used = {row["name"]: row["value"] for row in result.run.rulebook["used"]}
    assert used[WAGE] == ("14.71" if day == "2026-02-01" else "14.99")


def test_the_texts_say_value_and_day_in_both_languages():
    result = solved("2027-02-01")
    (row,) = result.assumption_rows
    assert row.text == (
        f"{WAGE} is known until 2026-12-31 only; the plan of 2027-02-01 takes the value of then,"
        " 14.99 EUR per hour"
    )
    assert row.text_nl == (
        f"{WAGE} is bekend tot en met 2026-12-31; het plan van 2027-02-01 rekent met de waarde"
        " van toen, 14,99"
    )
    for language, label, told in (
        ("en", "assumptions", f"{row.text} (records: 12)"),
        ("nl", "aannames", f"{row.text_nl} (aantal: 12)"),
    ):
        lines = [line.split(maxsplit=1) for line in result.summary(language).splitlines()]
        assert [label, told] in lines


def test_the_frame_has_the_columns_of_the_contract_and_comes_back_from_a_file(tmp_path):
    result = solved("2028-02-01")
    assert list(result.assumptions) == ["rule", "about", "count", "text", "text_nl"]
    assert result.assumptions["about"].tolist() == [WAGE, *SHARES]
    assert solved("2026-02-01").assumptions.empty
    result.to_json(tmp_path / "plan.json")
    assert po.Result.from_json(tmp_path / "plan.json").assumption_rows == result.assumption_rows


def test_a_given_rulebook_decides_itself():
    with pytest.raises(po.MissingParameterError, match="no verified value on 2027-02-01"):
        solved("2027-02-01", po.Rulebook.on("2027-02-01"))
    lenient = po.Rulebook.on("2027-02-01", unknown="last_known")
    assert [row.about for row in solved("2027-02-01", lenient).assumption_rows] == [WAGE]
    supplied = po.Rulebook.on("2027-02-01").with_parameter(WAGE, "15.2")
    assert solved("2027-02-01", supplied).assumption_rows == ()
    assert lenient.assumed() == ()  # the solve notes in notes of its own


def test_a_law_of_another_day_than_the_region_is_told():
    (row,) = solved("2026-02-01", po.Rulebook.on("2025-08-01")).assumption_rows
    assert (row.rule, row.about, row.count) == ("Rulebook", "date", 12)
    assert row.text == (
        "the law is that of 2025-08-01, as the rulebook says; the region is of 2026-02-01"
    )
    assert row.text_nl.startswith("de wet is die van 2025-08-01")


def test_an_ordinance_whose_dates_have_passed_is_told_with_its_place():
    name = "coaching.share.middle.year_1"
    law = po.Rulebook.on("2026-02-01", unknown="last_known").with_parameter(
        name, "0.09", year=2025, municipality="M-west"
    )
    known = solved("2026-02-01", law)  # the law itself has a standing share
    assert known.assumption_rows == ()
    wage = law.with_parameter(WAGE, "16", valid_until="2026-01-31", valid_from="2026-01-01")
    assert solved("2026-02-01", wage).assumption_rows == ()
    later = po.Rulebook.on("2027-02-01", unknown="last_known").with_parameter(
        WAGE, "16", valid_until="2027-01-31", municipality="M-west"
    )
    rows = solved("2027-02-01", later).assumption_rows
    people = on("2027-02-01").candidates
    west = sum(candidate.municipality == "M-west" for candidate in people)
    assert {row.about: row.count for row in rows} == {
        WAGE: len(people) - west,
        f"{WAGE} (M-west)": west,
    }


def test_a_plan_with_assumptions_is_checked_and_a_lost_one_is_found():
    region, result = on("2028-02-01"), solved("2028-02-01")
    report = po.check_result(region, result)
    assert report.is_sound, str(report)
    told = [claim for claim in report.on_trust if claim.startswith("an assumption: ")]
    assert told == [f"an assumption: {row.text}" for row in result.assumption_rows]
    silent = result.model_copy(update={"assumption_rows": ()})
    differences = {finding.subject for finding in po.check_result(region, silent).differences}
    assert differences == {"assumptions"}


class NobodyHere(po.Rule):
    """Forbids nothing, and takes something for granted."""

    title = "nobody here"
    allowed: int = 0

    def allows(self, instance, candidate, opening):
        return None

    def violations(self, plan):
        return iter(())

    def assumptions(self, pairs):
        yield AssumptionRow(
            rule="NobodyHere", about="a field", count=pairs.n_pairs, text="en", text_nl="nl"
        )


class Wrong(NobodyHere):
    """Fails where it is asked what it takes for granted."""

    def assumptions(self, pairs):
        raise KeyError("oops")


def test_what_rules_assume_comes_before_the_law():
    model = po.Model(on("2027-02-01")).add(NobodyHere())
    rows = model.solve(time_limit_s=10, solver="cp-sat").assumption_rows
    assert [(row.rule, row.about) for row in rows] == [
        ("NobodyHere", "a field"),
        ("Rulebook", WAGE),
    ]
    assert rows[0].count == model.compile().pairs.n_pairs


def test_an_error_in_an_own_assumption_is_told_as_the_users():
    with pytest.raises(po.InvalidInputError, match="assumptions must run without an error"):
        po.Model(on("2026-02-01")).add(Wrong()).solve(time_limit_s=10)


def test_the_command_line_plans_beyond_what_is_known(tmp_path: Path):
    on("2028-02-01").to_json(tmp_path / "region.json")
    code = "from placement_opt.cli import main; main()"
    solve = ["solve", str(tmp_path / "region.json"), "--time-limit", "10", "--quiet", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", code, *solve], capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)["assumption_rows"]
    assert [row["about"] for row in told] == [WAGE, *SHARES]
