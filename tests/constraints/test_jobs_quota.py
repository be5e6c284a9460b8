"""Quotas in the model: brute force over all plans, the law that a run used, ordinances."""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from quota_records_of import DATE, PAIR_RULES, office, often, town, work

import placement_opt as po

MONTH = (dt.date(2026, 2, 1), dt.date(2026, 2, 28))

JOB, YEAR = Fraction("25.5"), 1331

COUNTING = {"38b.1.a", "38b.1.c", "38b.2", "vso_pro"}


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
