"""Steps before a job in a region with periods, held against trying out every plan."""

import datetime as dt
import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from step_regions import FEW, OwnScore, model_of, own_scores, shop, training
from steps_in_time import (
    PERIODS,
    best_in_time,
    fits,
    in_time,
    is_fine,
    regions_in_time,
    runs_of,
    taken_by,
)

import placement_opt as po
from placement_opt.instance.placement import Placement

QUARTERS = [
    po.Period(id=f"Q{n}", starts_on=dt.date(2026, first, 1), ends_on=dt.date(2026, last, day))
    for n, (first, last, day) in enumerate(
        ((1, 3, 31), (4, 6, 30), (7, 9, 30), (10, 12, 31)), start=1
    )
]


@pytest.mark.parametrize("at_most", [1, 2])
@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_the_best_plan_is_that_of_trying_out_all(step_points, at_most):
    @FEW
    @given(
        region=regions_in_time(),
        drawn=st.tuples(*[st.sampled_from((5, 6, 8, 3, -1))] * 6),
        solver=st.sampled_from(("auto", "cp-sat", "mip")),
    )
    def check(region, drawn, solver):
        scores, own = own_scores(region, drawn)
        model = model_of(region, own, step_points, at_most)
        result = model.solve(solver=solver, gap=0)
        assert result.status is po.Status.OPTIMAL
        best = best_in_time(region, scores, step_points, at_most)
        assert result.objective == pytest.approx(float(best), abs=1e-9)
        check_plan(region, result)
        assert po.check_result(
            region, result, rules=model.rules, objective=model.objective
        ).is_sound

    check()


def check_plan(region, result):
    """Hold the table of paths against the hand-written rules."""
    record = {one.id: one for one in region.openings}
    days = {one.starts_on: n for n, one in enumerate(region.periods)}
    together = {}
    for person in region.candidates:
        path = result.paths[result.paths["candidate_id"] == person.id]
        taken = [
            (
                record[row.opening_id],
                next(
                    r
                    for r in runs_of(region, person, record[row.opening_id])
                    if r[0] == days[row.starts_on]
                ),
            )
            for row in path.itertuples()
        ]
        ends = [region.periods[run[-1]].ends_on for _, run in taken]
        assert path["ends_on"].tolist() == ends
        assert path["step"].tolist() == list(range(1, len(taken) + 1))
        jobs = [one for one in taken if one[0].kind == "job"]
        steps = [one for one in taken if one[0].kind != "job"]
        assert is_fine(person, jobs, steps)
        for key, amount in taken_by(region, person, jobs, steps).items():
            together[key] = together.get(key, 0) + amount
    assert fits(region, together)


def in_quarters(levels_of_people, steps, **fields):
    return shop(levels_of_people, steps, **{"date": "2026-01-01", "periods": QUARTERS, **fields})


def when(result):
    return [
        (row.opening_id, str(row.starts_on), str(row.ends_on)) for row in result.paths.itertuples()
    ]


@pytest.mark.parametrize(
    ("months", "starts"), [(1, "2026-04-01"), (3, "2026-04-01"), (4, "2026-07-01"), (12, None)]
)
def test_a_job_starts_once_its_training_is_over(months, starts):
    result = po.solve(in_quarters([{}], [training(contract_months=months)]))
    path = when(result)
    if starts is None:
        assert path == []
        assert result.unplaced_rows[0].because == "essential skills"
        return
    assert [start for _, start, _ in path] == ["2026-01-01", starts]
    assert path[0][2] == str(dt.date.fromisoformat(starts) - dt.timedelta(days=1))
    ways = po.Model(result.model.region).pairs_frame("C-0", "O-1")["variant"].tolist()
    assert ways == [one.id for one in QUARTERS if str(one.starts_on) >= starts]


def test_two_trainings_come_one_after_the_other_and_a_service_beside():
    asked = {"dutch": 0.5, "welding": 0.5}
    job = po.Opening(id="O-1", required_skills=asked, essential_skills=tuple(asked))
    steps = [training(contract_months=3), training("T-2", contract_months=3)]
    steps[1] = steps[1].model_copy(update={"grants": {"welding": 1}})
    for kind, starts in (("training", "2026-07-01"), ("service", "2026-04-01")):
        region = in_quarters([{}], []).model_copy(
            update={"openings": (job, steps[0], steps[1].model_copy(update={"kind": kind}))}
        )
        assert when(po.solve(region))[-1][:2] == ("O-1", starts)


def test_places_are_taken_while_a_step_runs_and_free_afterwards():
    for months, starts in ((3, ["2026-04-01", "2026-07-01"]), (6, ["2026-07-01"])):
        step = training(contract_months=months)
        result = po.solve(in_quarters([{}, {}], [step], jobs=2))
        assert sorted(map(str, result.placements["starts_on"])) == starts
        if len(starts) == 1:
            left = result.unplaced.iloc[0]
            assert left["because"] == "steps before a job"
            told = result.why_not(left["candidate_id"], "O-1")
            assert "needs T-1 (training) first, which is full in Q" in told.text()
            changes = result.what_would_place(left["candidate_id"])
            assert ("T-1", "positions", 2) in [(c.record, c.field, c.after) for c in changes]


def test_each_calendar_year_has_a_budget_of_its_own():
    days = ("2026-07-01", "2026-10-01", "2027-01-01", "2027-04-01", "2027-07-01")
    starts = [dt.date.fromisoformat(day) for day in days]
    periods = [
        po.Period(id=f"P{n}", starts_on=first, ends_on=after - dt.timedelta(days=1))
        for n, (first, after) in enumerate(itertools.pairwise(starts))
    ]
    step = training(positions=9, cost_eur=100, contract_months=3)
    for budget, placed in ((99, 0), (100, 2), (199, 2), (200, 4)):
        towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=budget)]
        region = in_quarters(
            [{"municipality": "M"}] * 4, [step], jobs=9, periods=periods, municipalities=towns
        )
        result = po.solve(region)
        assert len(result.placements) == placed
        if placed == 2:
            left = result.unplaced_rows[0].candidate_id
            told = result.why_not(left, "O-1")
            assert "that the budget of M no longer pays in 202" in told.text()
            changes = result.what_would_place(left)
            field = "reintegration_budget_eur_per_year"
            assert ("M", field, budget + 100) in [(c.record, c.field, c.after) for c in changes]


def test_a_step_has_to_say_how_long_it_takes():
    region = in_quarters([{}], [training(), training("T-2")])
    with pytest.raises(po.InvalidInputError, match="contract_months must be given") as caught:
        po.solve(region)
    assert [problem.id for problem in caught.value.problems] == ["T-1", "T-2"]


def test_a_plan_with_steps_in_the_wrong_time_is_told():
    towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=150)]
    people = [{"municipality": "M"}] * 2
    steps = [training(contract_months=3, cost_eur=100), training("T-2", contract_months=6)]
    compiled = po.Model(in_quarters(people, steps, jobs=2, municipalities=towns)).compile()

    def told(job, *steps):
        placed = [] if job is None else [Placement("C-0", "O-1", variant=job)]
        taken = [Placement(who, step, variant=start) for who, step, start in steps]
        return [str(one) for one in compiled.judge(compiled.plan_of(placed, taken)).violations]

    lacking = "essential skills (C-0): O-1 asks dutch at 0.5, has 0"
    busy = "steps before a job (C-0 / {}): takes a step, and does something else at the same time"
    assert told("Q2", ("C-0", "T-1", "Q1")) == []
    assert told("Q2", ("C-0", "T-1", "Q2")) == [lacking, busy.format("Q2")]
    assert told("Q2", ("C-0", "T-2", "Q1")) == [lacking, busy.format("Q2")]
    assert told("Q4", ("C-0", "T-1", "Q1"), ("C-0", "T-2", "Q1")) == [busy.format("Q1")]
    assert told(None, ("C-0", "T-2", "Q1"), ("C-1", "T-2", "Q2")) == [
        "steps before a job (T-2 / Q2): 2 people, 1 free positions"
    ]
    assert told(None, ("C-0", "T-1", "Q1"), ("C-1", "T-1", "Q2")) == [
        "steps before a job (M / 2026): EUR 200.00 a year for steps, EUR 150.00 free"
    ]
    assert told("Q2", ("C-0", "T-1", None)) == [
        "known ids (C-0 in T-1): starts in no period of the region"
    ]


def drawn_models_of(seed):
    """Return a drawn region, and a maker of models of regions like it."""
    drawn = random.Random(seed)
    region = in_time(drawn)
    jobs = [one.id for one in region.openings if one.kind == "job"]
    scores = {f"{c.id} {o}": drawn.randint(1, 9) for c in region.candidates for o in jobs}
    return region, lambda other: model_of(other, OwnScore(scores=scores), 0, 1)


def optimum(model):
    return model.solve(solver="cp-sat", gap=0).objective


@pytest.mark.parametrize("seed", range(12))
def test_more_places_more_money_and_shorter_steps_never_lower_the_optimum(seed):
    region, model = drawn_models_of(seed)
    best = optimum(model(region))

    def with_steps(update):
        return region.model_copy(
            update={
                "openings": tuple(
                    one if one.kind == "job" else one.model_copy(update=update(one))
                    for one in region.openings
                )
            }
        )

    assert optimum(model(with_steps(lambda one: {"positions": one.positions + 1}))) >= best
    assert optimum(model(with_steps(lambda _: {"contract_months": 1}))) >= best
    assert optimum(model(with_steps(lambda _: {"cost_eur": None}))) >= best
    assert optimum(model(with_steps(lambda _: {"positions": 0}))) <= best


@pytest.mark.parametrize("seed", range(12))
def test_a_longer_horizon_never_lowers_what_the_days_of_work_are_worth(seed):
    region, model = drawn_models_of(seed)
    days = sum((one.ends_on - one.starts_on).days + 1 for one in region.periods)
    last = region.periods[-1].ends_on
    more = po.Period(
        id="P9", starts_on=last + dt.timedelta(days=1), ends_on=last + dt.timedelta(days=60)
    )
    longer = region.model_copy(update={"periods": (*region.periods, more)})
    # Points are shares of the horizon; times its days they are points of days of work.
    before, after = optimum(model(region)) * days, optimum(model(longer)) * (days + 60)
    assert after >= before - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_where_nobody_needs_a_step_a_single_period_is_as_none(seed):
    region, model = drawn_models_of(seed)
    levels = dict.fromkeys(("dutch", "welding"), 1)
    people = [one.model_copy(update={"skills": levels}) for one in region.candidates]
    work = [one.model_copy(update={"starts_on": None}) for one in region.openings]
    people = [one.model_copy(update={"available_from": None}) for one in people]
    alone = region.model_copy(
        update={"candidates": tuple(people), "openings": tuple(work), "periods": PERIODS[-1]}
    )
    whole = tuple(one.model_copy(update={"contract_months": 9}) for one in work)
    alone = alone.model_copy(update={"openings": whole})
    assert optimum(model(alone)) == optimum(model(alone.model_copy(update={"periods": ()})))


def test_a_drawn_region_often_needs_a_step():
    regions = (drawn_models_of(seed) for seed in range(60))
    paths = [model(region).solve(solver="cp-sat", gap=0).paths for region, model in regions]
    assert sum((path["kind"] != "job").any() for path in paths) >= 10
