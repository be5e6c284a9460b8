"""Steps before a job: what a plan tells of them, who is left because of them, what is refused."""

import datetime as dt

import pytest
from step_regions import OwnScore, model_of, shop, training

import placement_opt as po
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan


def test_a_training_makes_eligible_and_is_told_before_the_job():
    starts = dt.date(2026, 3, 31)
    step = training(starts_on=starts, contract_months=1)
    result = po.solve(shop([{}], [step]))
    assert result.paths.to_dict("records") == [
        {
            "candidate_id": "C-0",
            "step": 1,
            "opening_id": "T-1",
            "kind": "training",
            "starts_on": starts,
            "ends_on": dt.date(2026, 4, 29),
        },
        {
            "candidate_id": "C-0",
            "step": 2,
            "opening_id": "O-1",
            "kind": "job",
            "starts_on": None,
            "ends_on": None,
        },
    ]
    assert result.placements["opening_id"].tolist() == ["O-1"]
    assert [rule.rule for rule in result.model.rules][:2] == ["EssentialSkills", "Steps"]


def test_answers_summary_and_report_tell_the_steps(tmp_path):
    starts = dt.date(2026, 3, 31)
    steps = [
        training(starts_on=starts, contract_months=1),
        training("T-2", kind="trial", starts_on=starts, grants={"welding": 1}),
    ]
    asked = {"dutch": 0.5, "welding": 0.5}
    region = shop([{}], steps)
    job = region.openings[0].model_copy(
        update={"required_skills": asked, "essential_skills": frozenset(asked)}
    )
    result = po.solve(region.model_copy(update={"openings": (job, *steps)}))
    why = result.why("C-0")
    assert [row.opening_id for row in why.steps] == ["T-1", "T-2"]
    first = "T-1 (training, 2026-03-31 to 2026-04-29), T-2 (trial, from 2026-03-31)"
    assert f"First: {first}." in why.text()
    assert f"First: {first}." in why.text(to="person")
    assert "T-1" not in why.text(to="employer")
    told = "Eerst: T-1 (training, 2026-03-31 tot en met 2026-04-29), "
    assert f"{told}T-2 (proefplaatsing, vanaf 2026-03-31)." in why.text("nl")
    for language, line in (
        ("en", "steps training 1, trial 1"),
        ("nl", "stappen training 1, proefplaatsing 1"),
    ):
        lines = [" ".join(one.split()) for one in result.summary(language).splitlines()]
        assert line in lines
    result.report(tmp_path / "plan.html", to="consultant")
    assert "T-2 (trial, from 2026-03-31)" in (tmp_path / "plan.html").read_text(encoding="utf-8")


def test_without_the_rule_on_skills_nobody_needs_a_step_and_a_step_is_no_job():
    own = OwnScore(scores={"C-0 O-1": 1, "C-1 O-1": 1})
    model = po.Model(shop([{}, {}], [training()]), rules=[po.OnePlacement()], objective=[own])
    result = model.solve()
    assert result.paths["kind"].tolist() == ["job", "job"]
    assert model.why_not("C-0", "T-1").reasons[0].text == "T-1 is a training"


def test_what_a_trial_gives_counts_at_its_own_employer():
    for employer, placed in (("E-1", 1), (None, 1), ("E-2", 0)):
        step = training(kind="trial", employer=employer)
        assert len(po.solve(shop([{}], [step])).placements) == placed


def test_a_full_training_is_the_reason_of_who_is_left():
    result = po.solve(shop([{}, {}], [training()], jobs=2))
    left = result.unplaced.iloc[0]
    assert (left["because"], left["about"]) == ("steps before a job", "training T-1")
    assert left["text"].endswith("steps before a job (training T-1) is full")
    told = result.why_not(left["candidate_id"], "O-1")
    assert "needs T-1 (training) first, which is full" in told.text()
    assert "heeft eerst T-1 (training) nodig, en die is vol" in told.text("nl")
    changes = result.what_would_place(left["candidate_id"])
    assert ("T-1", "positions", 2) in [(one.record, one.field, one.after) for one in changes]


def test_a_spent_budget_is_the_reason_of_who_is_left():
    towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=150)]
    people = [{"municipality": "M"}] * 2
    steps = [training(positions=5, cost_eur=100)]
    result = po.solve(shop(people, steps, jobs=2, municipalities=towns))
    left = result.unplaced.iloc[0]
    assert (left["because"], left["about"]) == ("steps before a job", "M")
    told = result.why_not(left["candidate_id"], "O-1")
    assert "needs a step first that the budget of M no longer pays" in told.text()
    changes = result.what_would_place(left["candidate_id"])
    budget = ("M", "reintegration_budget_eur_per_year", 250)
    assert [(one.record, one.field, one.after) for one in changes] == [budget]


def test_whose_step_nobody_would_pay_is_bad_input():
    towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=150)]
    with pytest.raises(po.InvalidInputError, match="'C-0': municipality must be given") as caught:
        po.solve(shop([{}], [training(cost_eur=100)], municipalities=towns))
    assert len(caught.value.problems) == 1
    assert len(po.solve(shop([{}], [training()], municipalities=towns)).placements) == 1
    assert len(po.solve(shop([{}], [training(cost_eur=100)])).placements) == 1


def test_fields_of_another_kind_of_opening_are_refused():
    for fields in (
        {"grants": {"dutch": 1}},
        {"cost_eur": 1},
        {"kind": "training", "crew_minimum": 2},
        {"kind": "service", "hours_total_per_week": 36},
        {"kind": "trial", "wage_eur_per_hour": 15},
        {"kind": "trial", "sheltered": True},
    ):
        kind = fields.get("kind", "job")
        with pytest.raises(po.InvalidInputError, match=f"must be left out of a {kind}"):
            po.Opening(id="O", **fields)
    with pytest.raises(po.InvalidInputError, match="kind"):
        po.Opening(id="O", kind="course")


def test_a_plan_that_skips_its_step_or_overfills_one_is_told():
    region = shop([{}, {}], [training()], jobs=2)
    compiled = po.Model(region).compile()
    instance = compiled.pairs.instance
    placed = [Placement(f"C-{n}", "O-1") for n in range(2)]

    def told(placements, steps):
        verdict = compiled.judge(Plan(instance, placements, steps=steps))
        return [str(violation) for violation in verdict.violations]

    taken = [Placement(f"C-{n}", "T-1") for n in range(2)]
    assert told(placed[:1], taken[:1]) == []
    assert told(placed[:1], []) == [
        "essential skills (C-0): O-1 asks dutch at 0.5, has 0",
    ]
    assert told(placed[:1], taken[1:]) == [
        "essential skills (C-0): O-1 asks dutch at 0.5, has 0",
    ]
    assert told(placed, taken) == [
        "steps before a job (T-1): 2 people, 1 free positions",
    ]
    assert told([], [Placement("C-0", "O-1")])[0] == (
        "steps before a job (C-0): O-1 is a job, no step"
    )
    assert told([Placement("C-0", "T-1")], []) == [
        "steps before a job (C-0): T-1 is a training",
    ]
    assert told([], [taken[0], taken[0]])[0].startswith("placed once per opening (C-0)")


def test_one_training_serves_two_jobs_of_a_person():
    region = shop([{}], [training()])
    twin = region.openings[0].model_copy(update={"id": "O-2"})
    region = region.model_copy(update={"openings": (*region.openings, twin)})
    own = OwnScore(scores={"C-0 O-1": 1, "C-0 O-2": 1})
    result = model_of(region, own, 0, at_most=2).solve()
    assert result.paths["opening_id"].tolist() == ["T-1", "O-1", "O-2"]


def test_a_trial_elsewhere_is_told_as_no_step_of_the_job():
    region = shop([{}], [training(kind="trial", employer="E-2"), training("T-2")])
    compiled = po.Model(region).compile()
    placed = [Placement("C-0", "O-1")]
    for step, n_broken in (("T-1", 1), ("T-2", 0)):
        plan = Plan(compiled.pairs.instance, placed, steps=[Placement("C-0", step)])
        assert len(compiled.judge(plan).violations) == n_broken


def test_rows_of_steps_have_words_in_dutch():
    for english, dutch in (
        ("training T-1", "training T-1"),
        ("trial T-1 / Q1", "proefplaatsing T-1 / Q1"),
        ("service T-1", "dienst T-1"),
        ("M / 2026", "M / 2026"),
        ("C-1 takes T-1 or T-2 before Q3", "C-1 volgt T-1 of T-2 vóór Q3"),
        ("C-1 takes T-1 once", "C-1 volgt T-1 één keer"),
        ("C-1, one thing at a time / Q2", "C-1, één ding tegelijk / Q2"),
    ):
        assert po.Steps().label_nl(english) == dutch
    compiled = po.Model(shop([{}], [training(), training("T-2")])).compile()
    labels = {label for block in compiled.formulation.blocks for label in block.labels}
    assert {"C-0 takes T-1 or T-2", "training T-1", "training T-2"} <= labels
