"""A jobs quota under the law of its date and of its municipality."""

import datetime as dt
import json
from fractions import Fraction
from typing import Any

import pytest
from quota_records_of import DATE, PAIR_RULES, office, town

import placement_opt as po
from placement_opt.instance.instance import Instance


def run_of(date: str, **fields: Any) -> dict[str, Any]:
    coach: dict[str, Any] = {"coaching_regime": "light", "coaching_year": 1, "wage_value": 0.6}
    person: dict[str, Any] = coach | {"municipality": "M-1"} | fields
    base = town(date, office(jobs_pledged=1), **person)
    region = base.model_copy(
        update={
            "coaches": (po.Coach(id="K-1", hours_per_week=20),),
            "municipalities": (po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=50_000),),
        }
    )
    record = po.solve(region).run.rulebook
    assert record is not None
    return record


def test_a_run_tells_the_parameters_it_used_and_no_others() -> None:
    record = json.loads(json.dumps(run_of("2026-02-01")))
    used = {row["name"]: row for row in record["used"]}
    assert {"banenafspraak.job_hours_per_week", "banenafspraak.job_hours_per_year"} <= used.keys()
    assert used["minimum_wage.eur_per_hour"]["value"] == "14.71"
    assert used["minimum_wage.eur_per_hour"]["valid_from"] == "2026-01-01"
    assert used["coaching.share.light.year_1"]["value"] == "0.06"
    assert not [name for name in used if name.startswith(("quota.", "trial_placement."))]
    assert "coaching.share.intensive.year_1" not in used
    assert all(row["source"] and row["valid_from"] for row in record["used"])
    assert [ground["code"] for ground in record["grounds"]] == ["38b.1.a"]
    book = po.Rulebook.on("2026-02-01")
    assert (record["name"], record["hash"]) == (book.name, book.hash)


def test_another_date_is_another_law() -> None:
    with pytest.raises(po.InvalidInputError, match="no verified value on 2023-06-01"):
        run_of("2023-06-01")
    half_year = run_of("2025-08-01")
    assert {"14.40"} == {
        row["value"] for row in half_year["used"] if row["name"] == "minimum_wage.eur_per_hour"
    }
    assert half_year["hash"] != run_of("2026-02-01")["hash"]


@pytest.mark.parametrize(
    ("date", "hours", "months", "placed"),
    [("2019-06-01", "12", "6", 0), ("2024-06-01", "12", "6", 0), ("2026-06-01", "8", "3", 1)],
)
def test_the_date_decides_which_contract_may_be_coached(
    date: str, hours: str, months: str, placed: int
) -> None:
    coached: dict[str, Any] = {"coaching_regime": "light", "coaching_year": 1}
    person = po.Candidate(id="C-1", ground="38b.1.c", hours_per_week=(0, 10), **coached)
    work = po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 25.5), contract_months=4)
    region = po.Region(
        name="three dates",
        date=date,
        candidates=[person],
        openings=[work],
        employers=[office(jobs_pledged=1)],
        coaches=[po.Coach(id="K-1", hours_per_week=20)],
    )
    quota = po.JobsQuota(per="employer", shortfall_price=1)
    rules = [*PAIR_RULES, po.CoachedContract(), po.Coaching(), quota]
    result = po.Model(region, rules=rules).solve(solver="cp-sat")
    assert len(result.placement_rows) == placed
    used = {row["name"]: row for row in result.run.rulebook["used"]}
    minimum = used["coaching.minimum_hours_per_week.uwv"]
    assert (minimum["value"], minimum["valid_from"] > "2025") == (hours, placed == 1)
    assert used["coaching.minimum_contract_months.uwv"]["value"] == months
    assert used["banenafspraak.job_hours_per_week"]["value"] == "25.5"
    assert all(row["source"] and row["valid_from"] <= date for row in used.values())
    assert result.run.rulebook["hash"] == po.Rulebook.on(date).hash


@pytest.mark.parametrize(
    ("year", "percentage", "required"),
    [(2019, "2.14", "1.6078"), (2024, "2.76", "2.0736"), (2026, None, None)],
)
def test_the_percentage_of_the_scenario_follows_the_year(
    year: int, percentage: str | None, required: str | None
) -> None:
    region = town(dt.date(year, 6, 1), office(sector="government"))
    table = po.levy_scenario(region)
    record = table.attrs["rulebook"]
    used = {row["name"]: row["value"] for row in record["used"]}
    assert used.get("quota.percentage.government") == percentage
    if required is None:
        assert table["levy_eur_before"].item() is None
    else:
        assert round(table["required_jobs"].item(), 4) == float(required)
    assert record["date"] == f"{year}-06-01"


def test_a_new_compile_takes_new_notes() -> None:
    region = town(DATE, office(jobs_pledged=1), coaching_regime="light", coaching_year=1)
    region = region.model_copy(update={"coaches": (po.Coach(id="K-1", hours_per_week=40),)})
    model = po.Model(region, rules=[*PAIR_RULES, po.Coaching()], objective=[po.PlacedJobs()])
    model.instance.rulebook.value("quota.threshold_workers")
    names = {row["name"] for row in model.solve().run.rulebook["used"]}
    assert "coaching.share.light.year_1" in names
    assert "quota.threshold_workers" not in names
    again = model.solve().run.rulebook
    assert names == {row["name"] for row in again["used"]}


def ordinance(**values: Any) -> po.Rulebook:
    named = {"coaching.share.light.year_1": "0.05"} | values
    return po.Rulebook.on(DATE).override(named, municipality="M-1", source="ordinance of M-1")


def two_towns() -> po.Region:
    coached: dict[str, Any] = {
        "ground": "38b.1.a",
        "hours_per_week": (0, 20),
        "coaching_regime": "light",
        "coaching_year": 1,
    }
    homes: list[str | None] = ["M-1", "M-2", None]
    return po.Region(
        name="two towns",
        date=DATE,
        candidates=[
            po.Candidate(id=f"C-{row}", municipality=home, **coached)
            for row, home in enumerate(homes)
        ],
        openings=[po.Opening(id="O-1", positions=3, hours_per_week=(0, 20))],
        coaches=[po.Coach(id="K-1", hours_per_week=20)],
    )


def test_an_ordinance_is_read_for_its_own_people_only() -> None:
    instance = Instance(two_towns(), ordinance())
    own = instance.rulebook_of("M-1")
    assert own.coaching_share("light", 1) == Fraction(5, 100)
    assert own is instance.rulebook_of("M-1")
    assert instance.rulebook_of("M-2") is instance.rulebook_of(None) is instance.rulebook
    assert instance.rulebooks == (instance.rulebook, own)
    assert instance.candidate_rulebook.tolist() == [1, 0, 0]
    plain = Instance(two_towns())
    assert plain.candidate_rulebook.tolist() == [0, 0, 0]
    assert [row.name for row in instance.rulebook.used()] == ["coaching.share.light.year_1"]


def test_the_model_uses_each_municipalitys_ordinance_and_the_run_says_so() -> None:
    rules = [*PAIR_RULES, po.Coaching()]
    result = po.Model(two_towns(), rules=rules, rulebook=ordinance()).solve()
    hours = {row.candidate_id: row.coaching_hours_per_week for row in result.placement_rows}
    assert hours == {"C-0": 1, "C-1": 1.2, "C-2": 1.2}
    record = result.run.rulebook
    used = {(row["name"], row.get("municipality")): row["value"] for row in record["used"]}
    assert used["coaching.share.light.year_1", "M-1"] == "0.05"
    assert used["coaching.share.light.year_1", None] == "0.06"
    assert [row["source"] for row in record["overrides"]] == ["ordinance of M-1"]


def test_an_ordinance_of_an_unknown_municipality_is_bad_input() -> None:
    law = po.Rulebook.on(DATE).override({"coaching.share.light.year_1": 0}, municipality="M-11")
    with pytest.raises(po.InvalidInputError, match="did you mean 'M-1'"):
        po.Model(two_towns(), rulebook=law)


def test_no_ordinance_sets_the_jobs_agreement() -> None:
    with pytest.raises(po.InvalidInputError, match=r"no ordinance can set quota\.levy_eur_per_job"):
        ordinance(**{"quota.levy_eur_per_job": 1})


def checked(result: po.Result) -> po.CheckReport:
    return po.check_result(two_towns(), result)


def test_a_result_under_an_own_rulebook_is_checked_under_it(tmp_path: Any) -> None:
    rules = [*PAIR_RULES, po.Coaching()]
    result = po.Model(two_towns(), rules=rules, rulebook=ordinance()).solve()
    result.to_json(tmp_path / "plan.json")
    report = checked(po.Result.from_json(tmp_path / "plan.json"))
    assert report.is_sound
    assert report.on_trust[0] == (
        "that coaching.share.light.year_1 is 0.05 in M-1 rests on: ordinance of M-1"
    )


@pytest.mark.parametrize(
    ("field", "value"), [("value", "0.07"), ("source", "nowhere"), ("name", "coaching.luck")]
)
def test_a_parameter_that_was_tampered_with_is_found(field: str, value: str) -> None:
    result = po.Model(two_towns(), rules=[*PAIR_RULES, po.Coaching()]).solve()
    fields = result.model_dump(mode="json")
    fields["run"]["rulebook"]["used"][0][field] = value
    tampered = po.Result.model_validate(fields)
    assert [finding.subject for finding in checked(tampered).differences] == ["law"]


def test_a_record_of_no_rulebook_is_refused() -> None:
    result = po.Model(two_towns(), rules=[*PAIR_RULES, po.Coaching()]).solve()
    run = result.run.model_copy(update={"rulebook": {"date": "some day"}})
    with pytest.raises(po.InvalidInputError, match="must be the record of a rulebook"):
        checked(result.model_copy(update={"run": run}))
