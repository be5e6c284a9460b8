"""Plans in time: each solver's optimum is the best of all plans, whatever rules hold at once.

The brute force uses nothing but plans and the plain reading of the rules.
"""

import datetime as dt
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from tiny_models import check_equals_brute_force, examples, models
from tiny_regions import PERIODS

import placement_opt as po
from placement_opt.instance.placement import Placement

MOST_WAYS = 9


def check_in_time(model, solvers):
    assume(model.compile().pairs.n_pairs <= MOST_WAYS)
    check_equals_brute_force(model, solvers, check_told)


def check_told(model, result):
    """The tables say when each placement starts and ends, and the result is sound."""
    report = po.check_result(model.region, result, rules=model.rules, objective=model.objective)
    assert report.is_sound, report
    by_id = {period.id: period for period in model.region.periods}
    shown = result.placements[["variant", "start_period", "starts_on", "ends_on"]]
    for variant, start, starts_on, ends_on in shown.itertuples(index=False):
        assert variant.partition(" / ")[0] == start
        assert by_id[start].starts_on == starts_on
        assert ends_on in {period.ends_on for period in by_id.values()}
        assert starts_on < ends_on


@examples(60)
@given(model=models(periods=PERIODS, options=True))
def test_every_rule_at_once_equals_brute_force(model):
    check_in_time(model, ["cp-sat"])


@examples(25)
@given(model=models(periods=PERIODS))
def test_other_solvers_equal_brute_force(model):
    check_in_time(model, ["auto", "mip", "flow"])


@examples(40)
@given(model=models(periods=PERIODS, options=True, steps=True))
def test_with_steps_and_regimes_every_solver_equals_brute_force(model):
    check_in_time(model, ["cp-sat", "auto", "mip"])


def quarters(year=2026):
    days = ((1, 3, 31), (4, 6, 30), (7, 9, 30), (10, 12, 31))
    return [
        po.Period(id=f"Q{n}", starts_on=dt.date(year, first, 1), ends_on=dt.date(year, last, day))
        for n, (first, last, day) in enumerate(days, start=1)
    ]


def region_of(candidates, openings, **fields):
    fields = {"name": "in time", "date": "2026-01-01", "periods": quarters()} | fields
    return po.Region(candidates=candidates, openings=openings, **fields)


def starts_of(result):
    return {row.candidate_id: row.start_period for row in result.placement_rows}


def ways_of(model, candidate="C-1", opening="O-1"):
    frame = model.pairs_frame(candidate, opening)
    return frame["variant"].tolist()


@pytest.mark.parametrize(
    ("available", "starts", "first"),
    [
        (None, None, "Q1"),
        ("2026-03-31", None, "Q1"),
        ("2026-04-01", "2026-01-01", "Q2"),
        ("2026-02-01", "2026-08-15", "Q3"),
        ("2025-02-01", None, "Q1"),
        ("2026-12-31", None, "Q4"),
    ],
)
def test_a_placement_starts_in_the_period_that_holds_the_later_date_or_after(
    available, starts, first
):
    region = region_of(
        [po.Candidate(id="C-1", available_from=available)],
        [po.Opening(id="O-1", starts_on=starts)],
    )
    ways = ways_of(po.Model(region))
    assert ways == ["Q1", "Q2", "Q3", "Q4"][["Q1", "Q2", "Q3", "Q4"].index(first) :]
    # Each period later costs its share of the points, so that the first one is best.
    assert starts_of(po.solve(region)) == {"C-1": first}


@pytest.mark.parametrize(
    ("person", "work", "told"),
    [
        ({"coaching_hours_per_week": 2}, {}, "needs coaching and has no coach"),
        (
            {"coaching_options": {"light": 0.5, "intensive": 0.6}, "coaching_year": 1},
            {},
            "needs coaching and has no coach",
        ),
        (
            {"available_from": "2027-01-03"},
            {},
            "C-1 is ready on 2027-01-03, 3 days after the end of the last period (2026-12-31)",
        ),
        (
            {"available_from": "2026-03-01"},
            {"starts_on": "2027-01-01"},
            "O-1 is ready on 2027-01-01, 1 days after the end of the last period (2026-12-31)",
        ),
        ({}, {"essential_skills": {"dutch"}}, "skill dutch at 0 where 0.5 is asked"),
    ],
)
def test_why_a_pair_is_not_eligible_is_told_in_time(person, work, told):
    step = po.Opening(id="T-1", kind="training", contract_months=10, grants={"dutch": 1})
    job = po.Opening(id="O-1", hours_per_week=(8, 24), required_skills={"dutch": 0.5}, **work)
    region = region_of(
        [po.Candidate(id="C-1", municipality="M", hours_per_week=(8, 24), **person)],
        [job, step],
        coaches=[po.Coach(id="K-1", hours_per_week=9, municipalities={"N"})],
        municipalities=[po.Municipality(id="M"), po.Municipality(id="N")],
    )
    answer = po.Model(region).why_not("C-1", "O-1")
    assert not answer.is_eligible
    assert [reason.text for reason in answer.reasons] == [told]
    assert answer.text("nl")


def test_who_can_start_in_no_period_is_told_why():
    region = region_of(
        [po.Candidate(id="C-1", available_from="2027-01-01"), po.Candidate(id="C-2")],
        [po.Opening(id="O-1", positions=2)],
    )
    result = po.solve(region)
    assert starts_of(result) == {"C-2": "Q1"}
    (left,) = result.unplaced_rows
    assert (left.reason, left.because) == ("no_eligible_opening", "start dates")
    (change,) = result.what_would_place("C-1")
    assert (change.field, change.after) == ("available_from", "2026-12-31")


@pytest.mark.parametrize(
    ("months", "ends"),
    [(None, "2026-12-31"), (3, "2026-06-30"), (4, "2026-09-30"), (1, "2026-06-30"), (60, None)],
)
def test_a_contract_lasts_whole_periods(months, ends):
    region = region_of(
        [po.Candidate(id="C-1", available_from="2026-04-01")],
        [po.Opening(id="O-1", contract_months=months)],
    )
    model = po.Model(region).add(po.FixedPlacements(placements=[("C-1", "O-1", None, "Q2")]))
    row = model.solve().placement_rows[0]
    assert (row.starts_on, row.ends_on) == (
        dt.date(2026, 4, 1),
        dt.date.fromisoformat(ends or "2026-12-31"),
    )


def test_points_are_those_of_the_share_of_the_horizon():
    people = [po.Candidate(id="C-1", hours_per_week=(8, 25.5), available_from="2026-07-01")]
    region = region_of(people, [po.Opening(id="O-1", hours_per_week=(8, 36))])
    result = po.Model(region, objective=[po.PlacedJobs()]).solve()
    assert result.objective == pytest.approx(float(500 * Fraction(184, 365)), abs=1e-12)


def test_people_follow_each_other_in_one_position():
    people = [po.Candidate(id=f"C-{n}") for n in range(3)]
    region = region_of(people, [po.Opening(id="O-1", contract_months=6)])
    result = po.solve(region)
    assert len(result.placements) == 2
    assert sorted(starts_of(result).values()) == ["Q1", "Q3"]


def test_somebody_has_one_job_after_another_where_that_is_allowed():
    region = region_of(
        [po.Candidate(id="C-1")],
        [po.Opening(id="O-1", contract_months=6), po.Opening(id="O-2", contract_months=6)],
    )
    assert len(po.solve(region).placements) == 1
    model = po.Model(region).add(po.OnePlacement(over="time"))
    assert model.solve().placements["start_period"].tolist() == ["Q1", "Q3"]
    model = po.Model(region.model_copy(update={"periods": ()})).add(po.OnePlacement(over="time"))
    assert len(model.solve().placements) == 1


def budgeted(euros, months=None):
    periods = [
        po.Period(id="2026", starts_on="2026-07-01", ends_on="2026-12-31"),
        po.Period(id="2027", starts_on="2027-01-01", ends_on="2027-12-31"),
    ]
    people = [
        po.Candidate(
            id=f"C-{n}", municipality="M", hours_per_week=(8, 24), wage_value=0.5, ground="38b.1.a"
        )
        for n in range(2)
    ]
    town = po.Municipality(id="M", wage_subsidy_budget_eur_per_year=euros)
    work = po.Opening(id="O-1", positions=2, hours_per_week=(8, 24), contract_months=months)
    return region_of(people, [work], municipalities=[town], periods=periods)


def test_each_calendar_year_pays_its_own_share():
    rich = po.solve(budgeted(10**6))
    assert starts_of(rich) == {"C-0": "2026", "C-1": "2026"}
    first, second = rich.budgets.itertuples()
    assert (first.year, second.year) == (2026, 2027)
    whole = second.subsidy_eur_per_year + second.charges_eur_per_year
    half = first.subsidy_eur_per_year + first.charges_eur_per_year
    assert half / whole == pytest.approx(184 / 365)
    assert "by 1 municipalities" in rich.summary()
    assert "(2026)" in rich.summary()
    assert ("Rulebook", "periods", 2) in [
        (row.rule, row.about, row.count) for row in rich.assumption_rows
    ]
    # One of both is paid in 2027; in half a year there would be room for both.
    poor = po.solve(budgeted(round(whole * 0.6, 2)))
    assert len(poor.placements) == 1
    assert "budget" in poor.unplaced_rows[0].text
    # What ends in 2026 takes nothing of 2027, and half of what a year takes.
    model = po.Model(budgeted(round(half, 2) + 0.01, months=6))
    short = model.add(po.ResourceLimit(per="start_period", limits={"2027": 0})).solve()
    assert starts_of(short) == {"C-0": "2026", "C-1": "2026"}
    assert short.budgets["placements"].tolist() == [2, 0]


def test_a_quota_is_judged_at_the_end_or_in_each_period():
    people = [
        po.Candidate(id=f"C-{n}", ground="38b.1.a", hours_per_week=(8, 25.5)) for n in range(2)
    ]
    firm = po.Employer(id="E-1", jobs_pledged=1)
    opening = po.Opening(id="O-1", employer="E-1", hours_per_week=(8, 36), contract_months=6)
    region = region_of(people, [opening], employers=[firm])
    model = po.Model(region, objective=[])
    result = model.add(po.JobsQuota(per="employer", shortfall_price=800)).solve()
    assert result.objective == 0
    assert result.quotas["period"].tolist() == [None]
    assert {"Q3", "Q4"} & set(starts_of(result).values())
    model.add(po.JobsQuota(per="employer", shortfall_price=800, at="each_period"))
    result = model.solve()
    assert result.objective == 0
    assert sorted(starts_of(result).values()) == ["Q1", "Q3"]
    assert result.quotas[["period", "placed_jobs"]].values.tolist() == [
        [f"Q{n}", 1.0] for n in (1, 2, 3, 4)
    ]


def test_groups_by_period_limit_who_runs_and_who_starts():
    people = [po.Candidate(id=f"C-{n}") for n in range(3)]
    region = region_of(people, [po.Opening(id="O-1", positions=3, contract_months=3)])
    limits = {"Q1": 2, "Q2": 1, "Q3": 0, "Q4": 0}
    model = po.Model(region).add(po.ResourceLimit(per="period", limits=limits))
    assert sorted(starts_of(model.solve()).values()) == ["Q1", "Q1", "Q2"]
    model = po.Model(region).add(
        po.ResourceLimit(per=("opening", "start_period"), limits={("O-1", "Q4"): 0})
    )
    assert "Q4" not in starts_of(model.solve()).values()
    with pytest.raises(po.InvalidInputError, match="must be one of"):
        po.Model(region.model_copy(update={"periods": ()})).add(
            po.ResourceLimit(per="period", limits=1)
        ).compile()
    with pytest.raises(po.InvalidInputError, match="must not name periods"):
        po.JobsQuota(per=("employer", "period"))


def test_a_calm_intake_has_as_many_starts_in_each_period():
    people = [po.Candidate(id=f"C-{n}") for n in range(8)]
    region = region_of(people, [po.Opening(id="O-1", positions=8)])
    model = po.Model(region)
    assert set(starts_of(model.solve()).values()) == {"Q1"}
    calm = model.add(po.SmoothIntake(per="region", max_change=0)).solve()
    assert sorted(starts_of(calm).values()) == sorted(2 * ["Q1", "Q2", "Q3", "Q4"])
    dear = model.add(po.SmoothIntake(per="region", max_change=1, price=1_000)).solve()
    counts = [list(starts_of(dear).values()).count(f"Q{n}") for n in (1, 2, 3, 4)]
    assert max(abs(after - before) for before, after in pairwise(counts)) == 1
    assert counts[0] == 3
    cheap = model.add(po.SmoothIntake(per="region", price=0.001)).solve()
    assert set(starts_of(cheap).values()) == {"Q1"}
    assert cheap.terms.set_index("term")["value"]["SmoothIntake shortfall"] == 8
    with pytest.raises(po.InvalidInputError, match="periods"):
        po.Model(region.model_copy(update={"periods": ()})).add(
            po.SmoothIntake(per="region", max_change=0)
        ).compile()
    with pytest.raises(po.InvalidInputError) as caught:
        po.SmoothIntake(per=("region", "period"))
    assert [problem.field for problem in caught.value.problems] == ["max_change", "per"]


def test_a_start_can_be_fixed_by_its_period():
    region = region_of([po.Candidate(id="C-1")], [po.Opening(id="O-1")])
    model = po.Model(region).add(po.FixedPlacements(placements=[("C-1", "O-1", None, "Q3")]))
    result = model.solve()
    assert starts_of(result) == {"C-1": "Q3"}
    again = po.Model(region).solve(start=result, time_limit_s=5)
    assert again.start.kept == 1


def test_a_placement_without_a_start_is_no_plan_in_time():
    region = region_of([po.Candidate(id="C-1")], [po.Opening(id="O-1")])
    compiled = po.Model(region).compile()
    for variant in (None, "Q9", "2026-01-01"):
        verdict = compiled.judge(compiled.plan_of([Placement("C-1", "O-1", variant=variant)]))
        assert [found.text for found in verdict.violations] == ["starts in no period of the region"]
    late = po.Candidate(id="C-1", available_from="2026-05-01")
    compiled = po.Model(region.model_copy(update={"candidates": [late]})).compile()
    verdict = compiled.judge(compiled.plan_of([Placement("C-1", "O-1", variant="Q1")]))
    assert "start dates" in {found.rule for found in verdict.violations}


def test_without_periods_there_are_no_columns_of_time():
    region = po.Region(
        name="none", candidates=[po.Candidate(id="C-1")], openings=[po.Opening(id="O-1")]
    )
    result = po.solve(region)
    assert not {"start_period", "starts_on", "ends_on", "variant"} & {*result.placements.columns}
    assert "period" not in result.quotas.columns
    assert "year" not in result.budgets.columns
