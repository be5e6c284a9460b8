"""Quotas in the model: brute force over all plans, the law that a run used, ordinances."""

import datetime as dt
import itertools
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.instance.instance import Instance

DATE = dt.date(2026, 2, 11)
MONTH = (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
JOB, YEAR = Fraction("25.5"), 1331
COUNTING = {"38b.1.a", "38b.1.c", "38b.2", "vso_pro"}
PAIR_RULES = (po.OnePlacement(), po.OpeningCapacity())


def often(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from((value,) * (1 + len(others)) + others)


@st.composite
def people(draw: st.DrawFn, number: int, work: Sequence[str]) -> dict[str, Any]:
    first, last = draw(
        often(
            (None, None),
            (MONTH[1], None),
            (dt.date(2026, 3, 1), None),
            (None, MONTH[0]),
            (dt.date(2015, 5, 1), dt.date(2026, 1, 31)),
        )
    )
    return {
        "id": f"C-{number}",
        "ground": draw(often("38b.1.a", "38b.1.c", "vso_pro", "none")),
        "ground_from": first,
        "ground_until": last,
        "hours_per_week": (0, draw(st.sampled_from((25.5, 12.75, 36, 8.125)))),
        "current_opening": draw(often(None, *work)),
    }


@st.composite
def work(draw: st.DrawFn, number: int) -> dict[str, Any]:
    return {
        "id": f"O-{number}",
        "employer": draw(st.sampled_from(("E-0", "E-1", "E-1", None))),
        "municipality": draw(st.sampled_from(("M-1", "M-2", None))),
        "positions": draw(st.sampled_from((1, 2))),
        "sheltered": draw(often(False, True)),
        "hours_per_week": (0, draw(st.sampled_from((25.5, 20.4, 7.001)))),
    }


@st.composite
def firms(draw: st.DrawFn, number: int) -> dict[str, Any]:
    moved = draw(st.booleans())
    return {
        "id": f"E-{number}",
        "municipality": draw(st.sampled_from(("M-1", "M-2"))),
        "sector": draw(st.sampled_from(("market", "government"))),
        "jobs_pledged": draw(st.sampled_from((None, 0, 0.5, 1.25))),
        "target_group_hours_per_year": draw(st.sampled_from((0, 1331, 500.125))),
        "hired_in_hours_per_year": 900 if moved else None,
        "hired_in_target_group_hours_per_year": 250 if moved else None,
        "lent_out_hours_per_year": 400 if moved else None,
        "lent_out_target_group_hours_per_year": 99.5 if moved else None,
    }


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    openings = [draw(work(number)) for number in range(2)]
    ids = [opening["id"] for opening in openings]
    persons = [draw(people(number, ids)) for number in range(3)]
    per = draw(st.sampled_from(("employer", "sector", "opening_municipality", "region")))
    target = draw(st.sampled_from((None, 1, 2.25)))
    price = draw(st.sampled_from((None, 3, 0.5)))
    most = draw(st.sampled_from((None, None, 0.5, 1)))
    score = draw(st.lists(st.integers(-2, 6), min_size=len(persons) * 2, max_size=len(persons) * 2))
    return {
        "people": persons,
        "work": openings,
        "firms": [draw(firms(number)) for number in range(2)],
        "quota": {"per": per, "jobs": target, "shortfall_price": price, "max_shortfall": most},
        "at_most": draw(st.sampled_from((1, 2))),
        "score": score,
    }


def exact(number: Any) -> Fraction:
    return Fraction(Decimal(str(number)))


class Reading:
    """A plain reading of a case, which shares nothing with the package."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case = case
        self.people = {person["id"]: person for person in case["people"]}
        self.work = {opening["id"]: opening for opening in case["work"]}
        self.firms = {firm["id"]: firm for firm in case["firms"]}
        pairs = itertools.product(self.people, self.work)
        self.score = dict(zip(pairs, case["score"], strict=True))

    def counts(self, person: dict[str, Any]) -> bool:
        first, last = person["ground_from"], person["ground_until"]
        begun = first is None or first <= MONTH[1]
        return person["ground"] in COUNTING and begun and (last is None or last >= MONTH[0])

    def hours(self, person: str, opening: str) -> Fraction:
        ends = self.people[person]["hours_per_week"][1], self.work[opening]["hours_per_week"][1]
        return min(map(exact, ends))

    def place(self, opening: str) -> str | None:
        firm = self.firms.get(self.work[opening]["employer"] or "")
        groups: dict[str, str | None] = {
            "employer": None if firm is None else firm["id"],
            "sector": None if firm is None else firm["sector"],
            "opening_municipality": self.work[opening]["municipality"],
            "region": "tiny",
        }
        return groups[self.case["quota"]["per"]]

    def group_of_firm(self, firm: dict[str, Any]) -> str:
        groups: dict[str, str] = {
            "employer": firm["id"],
            "sector": firm["sector"],
            "opening_municipality": firm["municipality"],
            "region": "tiny",
        }
        return groups[self.case["quota"]["per"]]

    def targets(self) -> dict[str, Fraction]:
        """Return what each group still has to offer before the plan."""
        asked, firms = self.case["quota"]["jobs"], list(self.firms.values())
        if asked is None:
            found: dict[str, Fraction] = {}
            for firm in firms:
                if firm["jobs_pledged"] is not None:
                    label = self.group_of_firm(firm)
                    found[label] = found.get(label, Fraction(0)) + exact(firm["jobs_pledged"])
            return found
        labels = {
            "employer": sorted(self.firms),
            "sector": ["market", "government"],
            "opening_municipality": ["M-1", "M-2"],
            "region": ["tiny"],
        }[self.case["quota"]["per"]]
        return {label: exact(asked) - self.in_service(label) for label in labels}

    def in_service(self, label: str) -> Fraction:
        own, hired, lent = (
            "target_group_hours_per_year",
            "hired_in_target_group_hours_per_year",
            "lent_out_target_group_hours_per_year",
        )
        hours = sum(
            (
                exact(firm[own]) + exact(firm[hired] or 0) - exact(firm[lent] or 0)
                for firm in self.firms.values()
                if self.group_of_firm(firm) == label
            ),
            Fraction(0),
        )
        return hours / YEAR

    def shortfalls(self, plan: Sequence[tuple[str, str]]) -> dict[str, Fraction]:
        missing = self.targets()
        for person, opening in plan:
            if self.counts(self.people[person]) and not self.work[opening]["sheltered"]:
                self._lower(missing, opening, self.hours(person, opening))
        for person in {person for person, _ in plan}:
            old = self.people[person]["current_opening"]
            if old and self.counts(self.people[person]) and not self.work[old]["sheltered"]:
                self._lower(missing, old, -self.hours(person, old))
        return {label: max(jobs, Fraction(0)) for label, jobs in missing.items()}

    def _lower(self, missing: dict[str, Fraction], opening: str, hours: Fraction) -> None:
        label = self.place(opening)
        if label in missing:
            missing[label] -= hours / JOB

    def plans(self) -> Iterator[list[tuple[str, str]]]:
        """Yield every plan within positions, placements per person and hours per person."""
        at_most = self.case["at_most"]
        choices = [
            [
                [(person, opening) for opening in chosen]
                for count in range(at_most + 1)
                for chosen in itertools.combinations(self.work, count)
                if count < 2
                or sum(self.hours(person, o) for o in chosen)
                <= exact(self.people[person]["hours_per_week"][1])
            ]
            for person in self.people
        ]
        for parts in itertools.product(*choices):
            plan = [pair for part in parts for pair in part]
            taken = [opening for _, opening in plan]
            if all(taken.count(o) <= self.work[o]["positions"] for o in self.work):
                yield plan

    def value(self, plan: Sequence[tuple[str, str]]) -> Fraction | None:
        """Return the points of a plan, or None where it breaks the quota."""
        quota, missing = self.case["quota"], self.shortfalls(plan)
        price, most = quota["shortfall_price"], quota["max_shortfall"]
        if most is None and price is None:
            most = 0
        if most is not None and any(jobs > exact(most) for jobs in missing.values()):
            return None
        paid = sum(missing.values(), Fraction(0)) * exact(price or 0)
        return Fraction(sum(self.score[pair] for pair in plan)) - paid


def solved(case: dict[str, Any], reading: Reading) -> po.Result:
    region = po.Region(
        name="tiny",
        date=DATE,
        candidates=[po.Candidate(**person) for person in case["people"]],
        openings=[po.Opening(**opening) for opening in case["work"]],
        employers=[po.Employer(**firm) for firm in case["firms"]],
        municipalities=[po.Municipality(id=name) for name in ("M-1", "M-2")],
    )
    pairs = {
        "candidate_id": [person for person, _ in reading.score],
        "opening_id": [opening for _, opening in reading.score],
        "score": list(reading.score.values()),
    }
    rules = [
        po.OnePlacement(at_most=case["at_most"]),
        po.OpeningCapacity(),
        po.JobsQuota(**case["quota"]),
    ]
    model = po.Model(region, pairs=pairs, rules=rules, objective=[po.PairScore("score")])
    return model.solve(time_limit_s=30, gap=0)


@settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(cases())
def test_every_kind_of_quota_against_all_plans(case: dict[str, Any]) -> None:
    reading = Reading(case)
    values = [value for plan in reading.plans() if (value := reading.value(plan)) is not None]
    result = solved(case, reading)
    if not values:
        assert result.status is po.Status.INFEASIBLE
        return
    assert result.status is po.Status.OPTIMAL
    assert result.objective == pytest.approx(float(max(values)), abs=1e-9)
    plan = [(row.candidate_id, row.opening_id) for row in result.placement_rows]
    missing = reading.shortfalls(plan)
    told = {row.group: row for row in result.quota_rows}
    assert told.keys() == missing.keys()
    for group, jobs in missing.items():
        assert told[group].shortfall_jobs == float(jobs)
        assert told[group].shortfall_hours_per_year == float(jobs * YEAR)


def office(**fields: Any) -> po.Employer:
    usual = {"paid_hours_per_year": 100_000, "paid_hours_previous_year": 100_000}
    return po.Employer(id="E-1", **({"target_group_hours_per_year": 0} | usual | fields))


def town(date: dt.date | str, *employers: po.Employer, **fields: Any) -> po.Region:
    usual: dict[str, Any] = {"ground": "38b.1.a", "hours_per_week": (0, 25.5)}
    return po.Region(
        name="town",
        date=date,
        candidates=[po.Candidate(id="C-1", **(usual | fields))],
        openings=[po.Opening(id="O-1", employer="E-1", hours_per_week=(0, 25.5))],
        employers=employers,
    )


def quota_row(
    rule: po.JobsQuota, employer: po.Employer, rulebook: po.Rulebook | None = None
) -> dict[str, Any]:
    region = town(DATE, employer)
    result = po.Model(region, rules=[*PAIR_RULES, rule], rulebook=rulebook).solve()
    (row,) = result.quotas.to_dict("records")
    return {str(name): value for name, value in row.items()}


OWED = po.JobsQuota(per="employer", jobs=2.5, shortfall_price=1)


def test_a_shortfall_is_told_in_jobs_and_hours_and_no_levy_is_executed() -> None:
    row = quota_row(OWED, office(target_group_hours_per_year=665.5))
    assert (row["target_jobs"], row["in_service_jobs"], row["placed_jobs"]) == (2.5, 0.5, 1)
    assert (row["shortfall_jobs"], row["shortfall_hours_per_year"]) == (1, 1331)
    assert row["levy_eur"] is None
    assert row["levy_reason"] == "no levy is executed on 2026-02-11: see po.levy_scenario"


def test_the_levy_is_switched_on_by_the_rulebook() -> None:
    law = po.Rulebook.on(DATE).with_parameter("quota.levy_executed", 1, source="what if")
    row = quota_row(OWED, office(), law)
    assert (row["shortfall_jobs"], row["levy_eur"], row["levy_reason"]) == (1.5, 7500, None)
    small = quota_row(OWED, office(paid_hours_previous_year=40_574), law)
    assert small["levy_eur"] == 0
    assert small["levy_reason"] == "no levy: 40,574 paid hours in the year before, below 40,575"
    silent = quota_row(OWED, office(paid_hours_per_year=None), law)
    assert silent["levy_eur"] is None
    assert silent["levy_reason"] == "paid_hours_per_year is not given"


def test_pledges_and_groups_carry_no_levy() -> None:
    law = po.Rulebook.on(DATE).with_parameter("quota.levy_executed", 1)
    pledged = po.JobsQuota(per="employer", shortfall_price=1)
    row = quota_row(pledged, office(jobs_pledged=3), law)
    assert (row["levy_eur"], row["levy_reason"]) == (None, "pledged jobs carry no levy")
    grouped = po.JobsQuota(per="sector", jobs={"market": 3}, shortfall_price=1)
    row = quota_row(grouped, office(sector="market"), law)
    assert (row["levy_eur"], row["levy_reason"]) == (None, "a levy is set per employer")


def test_before_the_law_there_is_no_levy_to_tell() -> None:
    result = po.Model(town("2014-06-01", office()), rules=[*PAIR_RULES, OWED]).solve()
    (row,) = result.quota_rows
    assert row.levy_eur is None
    assert row.levy_reason is not None
    assert "quota.levy_executed has no verified value on 2014-06-01" in row.levy_reason


@pytest.mark.parametrize("moved", ["hired_in", "lent_out"])
def test_hours_that_move_have_to_be_known_on_both_sides(moved: str) -> None:
    employer = office(**{f"{moved}_hours_per_year": 500})
    with pytest.raises(po.InvalidInputError) as caught:
        quota_row(OWED, employer)
    (problem,) = caught.value.problems
    assert problem.field == f"{moved}_target_group_hours_per_year"
    known = office(**{f"{moved}_hours_per_year": 500, f"{moved}_target_group_hours_per_year": 0})
    assert quota_row(OWED, known)["in_service_jobs"] == 0


def test_people_in_service_of_no_sector_are_never_dropped() -> None:
    elsewhere = po.Employer(id="E-2", target_group_hours_per_year=1331)
    rule = po.JobsQuota(per="sector", jobs={"market": 1}, shortfall_price=1)
    region = town(DATE, office(sector="market"), elsewhere)
    with pytest.raises(po.InvalidInputError, match="its people in service count per sector"):
        po.Model(region, rules=[*PAIR_RULES, rule]).solve()


def test_the_lender_loses_and_the_hirer_gains_what_is_lent() -> None:
    lender = po.Employer(
        id="E-1",
        target_group_hours_per_year=2662,
        lent_out_hours_per_year=1331,
        lent_out_target_group_hours_per_year=1331,
    )
    hirer = po.Employer(
        id="E-2",
        target_group_hours_per_year=0,
        hired_in_hours_per_year=1331,
        hired_in_target_group_hours_per_year=1331,
    )
    rule = po.JobsQuota(per="employer", jobs=2, shortfall_price=1)
    result = po.Model(town(DATE, lender, hirer), rules=[*PAIR_RULES, rule]).solve()
    told = {row.group: (row.in_service_jobs, row.shortfall_jobs) for row in result.quota_rows}
    assert told == {"E-1": (1, 0), "E-2": (1, 1)}


# The law that a run used.


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


# Ordinances of municipalities.


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


# The check of a result reads the law back.


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


def test_what_a_group_can_gain_is_told_beside_its_target():
    """One place of 25.5 hours: a pledge of three jobs cannot be met, whoever is placed."""
    region = po.Region(
        name="r",
        date=DATE,
        candidates=[
            po.Candidate(id=f"C-{n}", ground="38b.1.a", hours_per_week=(8, 12.75 * n))
            for n in (1, 2, 3)
        ],
        openings=[
            po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 25.5)),
            po.Opening(id="O-2", employer="E-1", hours_per_week=(8, 12.75), positions=4),
            po.Opening(id="O-3", employer="E-2", hours_per_week=(8, 36), positions=2),
        ],
        employers=[
            po.Employer(id="E-1", jobs_pledged=3),
            po.Employer(id="E-2", jobs_pledged=1),
            po.Employer(id="E-3", jobs_pledged=1),
        ],
    )
    quota = po.JobsQuota(per="employer", shortfall_price=800)
    rows = po.Model(region, rules=[*PAIR_RULES, quota]).solve().quota_rows
    # E-1: one place of a job, and three people of half a job each; E-2: the two largest.
    told = {row.group: row.attainable_jobs for row in rows}
    assert told["E-1"] == pytest.approx(min(0.5 + 1 + 1, 1 + 1.5))
    assert told["E-2"] == pytest.approx(36 / 25.5 + 1)
    assert told["E-3"] == 0
    free = po.Model(region, rules=[po.OnePlacement(), quota]).solve().quota_rows
    assert {row.group: row.attainable_jobs for row in free}["E-2"] == pytest.approx(
        0.5 + 1 + 36 / 25.5
    )
