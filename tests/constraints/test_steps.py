"""Steps before a job: trainings, trials and services, held against trying out every plan."""

import datetime as dt
import itertools
import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.constraints.step_packer import StepPacker
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan

FEW = settings(
    max_examples=40,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


ASKED = ({"dutch": 0.5}, {"dutch": 0.5, "welding": 0.5}, {"welding": 0.2}, {})
GIVEN = ({"dutch": 0.9}, {"dutch": 0.5, "welding": 0.9}, {"welding": 0.5}, {"dutch": 0.2})
KNOWN = ({}, {}, {"dutch": 0.2}, {"dutch": 0.9}, {"welding": 0.2})


DAYS = (None, None, None, dt.date(2026, 3, 1), dt.date(2026, 6, 1))


@st.composite
def step_regions(draw):
    """Draw a region with up to three people, two jobs and three steps, so that many are needed.

    Values are drawn from a seed: drawn one by one, most regions would be the simplest ones.
    """
    return region_of(random.Random(draw(st.integers(0, 10**9))))


def region_of(random):
    """Make up a region."""

    def draw(values):
        return random.choice(values)

    homes = ("M-1", "M-2")
    people = [
        po.Candidate(
            id=f"C-{n}",
            municipality=draw(homes),
            skills=draw(KNOWN),
            licences=draw(({"B"}, {"B"}, ())),
            available_from=draw((None, None, dt.date(2026, 4, 1))),
        )
        for n in range(random.randint(1, 3))
    ]
    employers = (None, "E-0", "E-0", "E-1")
    work = []
    for n in range(random.randint(1, 2)):
        asked = draw(ASKED)
        work.append(
            po.Opening(
                id=f"O-{n}",
                employer=draw(employers),
                positions=draw((2, 1, 1, 0)),
                required_skills=asked,
                essential_skills=draw((tuple(asked), tuple(asked)[:1])),
                starts_on=draw(DAYS),
            )
        )
    for n in range(random.randint(1, 3)):
        asked = draw(({}, {}, {"welding": 0.2}))
        work.append(
            po.Opening(
                id=f"S-{n}",
                kind=draw(("training", "trial", "service")),
                employer=draw(employers),
                positions=draw((2, 1, 1, 0)),
                grants=draw(GIVEN),
                cost_eur=draw((None, 100, 250.5)),
                licences=draw(((), (), {"B"})),
                required_skills=asked,
                essential_skills=tuple(asked),
                starts_on=draw(DAYS),
                contract_months=draw((None, 1, 3)),
            )
        )
    return po.Region(
        name="steps",
        date=dt.date(2026, 2, 1),
        candidates=people,
        openings=work,
        employers=[po.Employer(id="E-0"), po.Employer(id="E-1")],
        municipalities=[
            po.Municipality(
                id="M-1",
                reintegration_budget_eur_per_year=draw((None, 0, 250.5, 350.5)),
            ),
            po.Municipality(id="M-2"),
        ],
        excluded_pairs=draw(((), (("C-0", "S-0"),))),
    )


def added(day, months):
    month = day.month + months
    return dt.date(day.year + (month - 1) // 12, (month - 1) % 12 + 1, day.day)


def may_come(region, person, opening):
    """Tell whether all but skills fits, as hand-written rules say."""
    late = person.available_from and opening.starts_on and person.available_from > opening.starts_on
    excluded = (person.id, opening.id) in region.excluded_pairs
    return not late and not excluded and opening.licences <= person.licences


def has(person, skill, opening):
    return person.skills.get(skill, 0) >= opening.required_skills[skill]


def gives(step, skill, job):
    """Tell by hand whether a step gives what a job asks, there and in time."""
    if step.grants.get(skill, -1) < job.required_skills[skill]:
        return False
    if step.kind == "trial" and step.employer is not None and step.employer != job.employer:
        return False
    if step.starts_on is None or job.starts_on is None:
        return True
    return added(step.starts_on, step.contract_months or 0) <= job.starts_on


def ways_of(region, person, at_most):
    """Return every (jobs, steps) that one person can have, whatever others have."""
    jobs = [one for one in region.openings if one.kind == "job" and may_come(region, person, one)]
    steps = [
        one
        for one in region.openings
        if one.kind != "job"
        and may_come(region, person, one)
        and all(has(person, skill, one) for skill in one.essential_skills)
    ]
    return [
        (some, taken)
        for some in itertools.chain.from_iterable(
            itertools.combinations(jobs, n) for n in range(at_most + 1)
        )
        for taken in itertools.chain.from_iterable(
            itertools.combinations(steps, n) for n in range(len(steps) + 1)
        )
        if all(
            has(person, skill, job) or any(gives(step, skill, job) for step in taken)
            for job in some
            for skill in job.essential_skills
        )
    ]


def fits(region, ways):
    """Tell whether the people's ways have room together."""
    at = [one.id for jobs, steps in ways for one in (*jobs, *steps)]
    if any(at.count(one.id) > one.positions for one in region.openings):
        return False
    for town in region.municipalities:
        budget = town.reintegration_budget_eur_per_year
        costs = sum(
            Fraction(str(step.cost_eur or 0))
            for person, (_, steps) in zip(region.candidates, ways, strict=True)
            for step in steps
            if person.municipality == town.id
        )
        if budget is not None and costs > Fraction(str(budget)):
            return False
    return True


def best_of_all(region, scores, step_points, at_most=1):
    """Return the most points of any plan, by trying out all."""
    choices = [ways_of(region, person, at_most) for person in region.candidates]
    return max(
        sum(
            sum(scores[person.id, job.id] for job in jobs) + step_points * len(steps)
            for person, (jobs, steps) in zip(region.candidates, ways, strict=True)
        )
        for ways in itertools.product(*choices)
        if fits(region, ways)
    )


class OwnScore(po.Term):
    """Points by pair, as a mapping says."""

    title = "own score"
    scores: dict[str, int]

    def points(self, pairs):
        ids = pairs.instance
        return [
            self.scores[f"{ids.candidate_ids[c]} {ids.opening_ids[o]}"]
            for c, o in zip(pairs.candidate, pairs.opening, strict=True)
        ]

    def value(self, plan):
        return sum(self.scores[f"{p.candidate_id} {p.opening_id}"] for p in plan.placements)


po.register(OwnScore)


def model_of(region, own, step_points, at_most):
    pair_rules = [po.EssentialSkills(), po.StartDates(), po.Licences(), po.ExcludedPairs()]
    return po.Model(
        region,
        rules=[*pair_rules, po.OpeningCapacity(), po.OnePlacement(at_most=at_most)],
        objective=[own, po.StepValue(points=step_points)],
    )


@pytest.mark.parametrize("at_most", [1, 2])
@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_the_best_plan_is_that_of_trying_out_all(step_points, at_most):
    @FEW
    @given(
        region=step_regions(),
        drawn=st.tuples(*[st.sampled_from((5, 6, 8, 3, -1))] * 6),
        solver=st.sampled_from(("auto", "cp-sat", "mip")),
    )
    def check(region, drawn, solver):
        jobs = [one.id for one in region.openings if one.kind == "job"]
        pairs = itertools.product([one.id for one in region.candidates], jobs)
        scores = dict(zip(pairs, drawn, strict=False))
        own = OwnScore(scores={f"{c} {o}": score for (c, o), score in scores.items()})
        model = model_of(region, own, step_points, at_most)
        result = model.solve(solver=solver)
        assert result.status is po.Status.OPTIMAL
        best = best_of_all(region, scores, step_points, at_most)
        assert result.objective == best
        check_plan(region, result, step_points)
        assert po.check_result(region, result).is_sound

    check()


def check_plan(region, result, step_points):
    """Hold the tables against the hand-written rules."""
    record = {one.id: one for one in region.openings}
    ways = []
    for person in region.candidates:
        path = result.paths[result.paths["candidate_id"] == person.id]
        taken = [record[id_] for id_ in path["opening_id"]]
        assert path["kind"].tolist() == [one.kind for one in taken]
        assert path["step"].tolist() == list(range(1, len(taken) + 1))
        jobs = [one for one in taken if one.kind == "job"]
        steps = [one for one in taken if one.kind != "job"]
        assert taken == [*steps, *jobs]
        named = {one.id for one in taken}
        allowed = ways_of(region, person, 2)
        assert any({one.id for one in (*some, *needed)} == named for some, needed in allowed)
        assert jobs or step_points or not steps, "a step that nobody needs is in the plan"
        ways.append((jobs, steps))
    assert fits(region, ways)
    placed = sorted(one.id for jobs, _ in ways for one in jobs)
    assert sorted(result.placements["opening_id"]) == placed
    assert set(result.openings["opening_id"]) == {o.id for o in region.openings if o.kind == "job"}


def shop(levels_of_people, steps, jobs=1, **fields):
    """Return a region of people, one kind of job that asks for dutch, and steps."""
    return po.Region(
        name="shop",
        candidates=[po.Candidate(id=f"C-{n}", **own) for n, own in enumerate(levels_of_people)],
        openings=[
            po.Opening(
                id="O-1",
                employer="E-1",
                positions=jobs,
                required_skills={"dutch": 0.5},
                essential_skills={"dutch"},
            ),
            *steps,
        ],
        employers=[po.Employer(id="E-1"), po.Employer(id="E-2")],
        **fields,
    )


def training(id_="T-1", **fields):
    return po.Opening(**{"id": id_, "kind": "training", "grants": {"dutch": 0.6}, **fields})


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


def test_a_step_that_grants_what_everybody_has_changes_nothing():
    people = [{"skills": {"dutch": 0.5 + n / 10}} for n in range(3)]
    alone, beside = (po.solve(shop(people, steps, jobs=2)) for steps in ([], [training()]))
    assert alone.placements.equals(beside.placements)
    assert alone.objective == beside.objective
    assert set(beside.paths["kind"]) == {"job"}


@pytest.mark.parametrize("seed", range(8))
def test_a_free_step_for_everybody_is_as_good_as_the_skill(seed):
    drawn = random.Random(seed)
    region = region_of(drawn)
    jobs = [one for one in region.openings if one.kind == "job"]
    every = dict.fromkeys(("dutch", "welding"), 1)
    free = po.Opening(id="S-9", kind="service", positions=99, grants=every)
    open_to_all = region.model_copy(update={"openings": (*jobs, free), "excluded_pairs": ()})
    skilled = region.model_copy(
        update={
            "openings": tuple(jobs),
            "excluded_pairs": (),
            "candidates": tuple(
                one.model_copy(update={"skills": every}) for one in region.candidates
            ),
        }
    )
    scores = {f"{c.id} {o.id}": drawn.randint(1, 9) for c in region.candidates for o in jobs}
    own = OwnScore(scores=scores)
    found = [model_of(one, own, 0, 1).solve() for one in (open_to_all, skilled)]
    assert found[0].objective == found[1].objective


@pytest.mark.parametrize("seed", range(6))
def test_the_fewest_trainings_that_staff_all_jobs_are_a_smallest_cover(seed):
    drawn = random.Random(seed)
    skills = [f"s-{n}" for n in range(5)]
    grants = [dict.fromkeys(drawn.sample(skills, drawn.randint(1, 3)), 1) for _ in range(6)] + [
        {skill: 1} for skill in skills
    ]
    person = po.Candidate(id="C-1")
    region = po.Region(
        name="cover",
        candidates=[person],
        openings=[
            po.Opening(id="O-1", required_skills=dict.fromkeys(skills, 1), essential_skills=skills),
            *(
                po.Opening(id=f"T-{n}", kind="training", grants=given)
                for n, given in enumerate(grants)
            ),
        ],
    )
    fewest = next(
        n
        for n in itertools.count(1)
        for some in itertools.combinations(grants, n)
        if set(skills) <= set().union(*some)
    )
    rules = [po.EssentialSkills(), po.OnePlacement(), po.EveryCandidatePlaced()]
    model = po.Model(region, rules=rules, objective=[po.StepValue(points=-1)])
    result = model.solve()
    assert result.objective == -fewest
    assert (result.paths["kind"] == "training").sum() == fewest


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


def test_steps_are_handed_out_while_places_and_money_last():
    # Pairs 0, 1, 2 need one step each: of two steps with one place each, the second costs 60 of
    # 100; pair 3 needs both of its steps, and leaves nothing behind where one is full.
    pair, need = np.array([0, 1, 2, 3, 3]), np.arange(5)
    of_need, option = np.array([0, 0, 1, 2, 3, 4]), np.arange(6)
    step, budget = np.array([0, 1, 1, 1, 2, 0]), np.array([-1, 3, 3, 3, -1, -1])
    cost = np.array([0, 60, 60, 60, 0, 0])
    for kept, served, taken in (
        (None, [True, False, False, True, True], [0, 1, 0, 0, 1, 1]),
        (np.eye(6, dtype=np.int64)[0], [True, True, False, False, True], [1, 0, 1, 0, 0, 0]),
    ):
        options, shared = (pair, need, of_need, option), (step, budget, cost)
        packer = StepPacker(options, shared, np.array([1, 2, 1, 100]), kept)
        assert [packer.add(one) for one in (0, 1, 2, 3, 9)] == served
        assert packer.own().tolist() == taken
