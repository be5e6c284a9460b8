"""Steps that ask for what other steps give, held against trying out every plan."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from step_regions import (
    OwnScore,
    best_of_all,
    chain_regions,
    chained,
    fits,
    gives,
    has,
    model_of,
    shop,
    training,
    ways_of,
)
from steps_in_time import MONTHS, PERIODS, best_in_time, in_months, in_time
from steps_in_time import ways_of as ways_in_time

import placement_opt as po
from placement_opt.constraints.step_grants import Grants
from placement_opt.constraints.step_needs import StepNeeds

FEW = settings(
    max_examples=60,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SOLVERS = st.sampled_from(("auto", "cp-sat", "mip"))


def scored(region, step_points):
    """Return scores of all pairs, and the model of a region that counts them."""
    scores = {(one.id, "O-1"): 7 + n for n, one in enumerate(region.candidates)}
    own = OwnScore(scores={f"{c} {o}": score for (c, o), score in scores.items()})
    return scores, model_of(region, own, step_points, 1)


def is_sound(region, model, result):
    parts = {"rules": model.rules, "objective": model.objective}
    return po.check_result(region, result, **parts).is_sound


@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_the_best_plan_is_that_of_trying_out_all(step_points):
    @FEW
    @given(region=chain_regions(), solver=SOLVERS)
    def check(region, solver):
        scores, model = scored(region, step_points)
        result = model.solve(solver=solver)
        assert result.status is po.Status.OPTIMAL
        assert result.objective == best_of_all(region, scores, step_points)
        assert is_sound(region, model, result)
        paths = [taken_in_turn(region, person, result, step_points) for person in region.candidates]
        assert fits(region, paths)

    check()


def taken_in_turn(region, person, result, step_points):
    """Return somebody's jobs and steps, each step listed after those that make it possible."""
    record = {one.id: one for one in region.openings}
    path = result.paths[result.paths["candidate_id"] == person.id]
    taken = [record[id_] for id_ in path["opening_id"]]
    for n, one in enumerate(taken):
        for skill in one.essential_skills:
            assert has(person, skill, one) or any(gives(two, skill, one) for two in taken[:n])
    jobs = [one for one in taken if one.kind == "job"]
    steps = [one for one in taken if one.kind != "job"]
    ways = [{one.id for one in (*some, *needed)} for some, needed in ways_of(region, person, 1)]
    assert {one.id for one in taken} in ways
    if not step_points:
        assert all({one.id for one in (*jobs, *steps)} - {step.id} not in ways for step in steps)
        assert jobs or not steps
    return jobs, steps


@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_the_best_plan_in_time_is_that_of_trying_out_all(step_points):
    @FEW
    @given(region=chain_regions(), solver=SOLVERS)
    def check(region, solver):
        region = in_months(region)
        scores, model = scored(region, step_points)
        result = model.solve(solver=solver, gap=0)
        assert result.status is po.Status.OPTIMAL
        best = best_in_time(region, scores, step_points, 1)
        assert result.objective == pytest.approx(float(best), abs=1e-9)
        assert is_sound(region, model, result)

    check()


def needs_of(region):
    return StepNeeds.of(scored(region, 0)[1].compile().pairs)


def test_drawn_regions_often_need_chains_and_sometimes_circles():
    needs = [needs_of(chained(random.Random(seed))) for seed in range(120)]
    found = [one for one in needs if one is not None]
    assert sum(one.asking.size > 0 for one in found) >= 30
    assert sum((one.start > one.times.earliest[one.step]).any() for one in found) >= 10
    in_time = [needs_of(in_months(chained(random.Random(seed)))) for seed in range(120)]
    assert sum(one is not None and one.asking.size > 0 for one in in_time) >= 20


def listed_and_held(region):
    """Return who may start which job when by the listed ways, and by some plan of theirs alone."""
    jobs = [one.id for one in region.openings if one.kind == "job"]
    own = OwnScore(scores={f"{c.id} {o}": 1 for c in region.candidates for o in jobs})
    pairs = model_of(region, own, 0, 1).compile().pairs
    ids = pairs.instance
    columns = (pairs.candidate, pairs.opening, pairs.start)
    rows = zip(*(one.tolist() for one in columns), strict=True)
    listed = {(ids.candidate_ids[c], ids.opening_ids[o], start) for c, o, start in rows}
    held = {
        (person.id, job.id, run[0])
        for person in region.candidates
        for some, _ in ways_in_time(region, person, 1)
        for job, run in some
    }
    return listed, held


@FEW
@given(region=chain_regions())
def test_no_start_is_left_out_that_some_plan_holds(region):
    listed, held = listed_and_held(in_months(region))
    assert held <= listed


@FEW
@given(seed=st.integers(0, 10**9))
def test_starts_are_exact_where_two_skills_are_lacking_and_steps_ask_for_nothing(seed):
    drawn = random.Random(seed)
    region = in_time(drawn)
    update = {"required_skills": {}, "essential_skills": frozenset()}
    gained = ({"dutch": 0.9}, {"welding": 0.9}, {"dutch": 0.9, "welding": 0.9})
    openings = [
        one
        if one.kind == "job"
        else one.model_copy(update=update | {"grants": drawn.choice(gained)})
        for one in region.openings
    ]
    periods = drawn.choice((MONTHS, PERIODS[1]))
    listed, held = listed_and_held(
        region.model_copy(update={"openings": tuple(openings), "periods": periods})
    )
    assert listed == held


def test_two_trainings_one_after_the_other_leave_later_starts_only():
    asked = {"dutch": 0.5, "welding": 0.5}
    job = po.Opening(id="O-1", required_skills=asked, essential_skills=tuple(asked))
    weld = training("T-2", grants={"welding": 1}, contract_months=1)
    for kind, first in (("training", 2), ("service", 1)):
        steps = [training(contract_months=1), weld.model_copy(update={"kind": kind})]
        region = shop([{}], steps, periods=MONTHS, date="2026-02-01")
        region = region.model_copy(update={"openings": (job, *steps)})
        pairs = po.Model(region).compile().pairs
        assert pairs.start.tolist() == list(range(first, 4))


def test_of_three_skills_any_two_have_time_before_the_first_start_that_is_listed():
    # Each two of the skills come from one training, and all three take two of them.
    given = {"T-1": ("a", "b"), "T-2": ("a", "c"), "T-3": ("b", "c")}
    steps = [
        training(id_, grants=dict.fromkeys(skills, 0.5), contract_months=1)
        for id_, skills in given.items()
    ]
    asked = dict.fromkeys("abc", 0.5)
    job = po.Opening(id="O-1", required_skills=asked, essential_skills=tuple(asked))
    region = shop([{}], [], periods=MONTHS, date="2026-02-01")
    region = region.model_copy(update={"openings": (job, *steps)})
    listed, held = listed_and_held(region)
    assert sorted(start for *_, start in listed) == [1, 2, 3]
    assert sorted(start for *_, start in held) == [2, 3]
    assert po.solve(region).placements["start_period"].tolist() == ["P2"]


@pytest.mark.parametrize("late", ["T-1", "T-2"])
def test_the_step_that_can_start_later_comes_second(late):
    asked = {"dutch": 0.5, "welding": 0.5}
    job = po.Opening(id="O-1", required_skills=asked, essential_skills=tuple(asked))
    steps = [training(contract_months=1), training("T-2", grants={"welding": 1}, contract_months=2)]
    dates = {"starts_on": "2026-04-01" if late == "T-1" else "2026-03-01"}
    steps = [one.model_copy(update=dates) if one.id == late else one for one in steps]
    region = shop([{}], [], periods=MONTHS, date="2026-02-01")
    region = po.Region(**{**dict(region), "openings": (job, *steps)})
    assert po.Model(region).compile().pairs.start.tolist() == [3]


def test_levels_of_a_language_are_no_circle():
    # The advanced course also gives what the first one asks, and nobody takes it for that.
    levels = (0.2, 0.4, 0.6, 0.8)
    steps = [
        training(
            f"T-{n}",
            grants={"dutch": level + 0.2},
            required_skills={"dutch": level},
            essential_skills=("dutch",),
        )
        for n, level in enumerate(levels)
    ]
    job = po.Opening(id="O-1", required_skills={"dutch": 1}, essential_skills=("dutch",))
    region = shop([{"skills": {"dutch": 0.2}}], []).model_copy(update={"openings": (job, *steps)})
    result = po.solve(region)
    assert result.paths["opening_id"].tolist() == ["T-0", "T-1", "T-2", "T-3", "O-1"]
    times = result.at_hand.compiled.pairs.instance.derived(Grants.of).times
    assert times.earliest[1:].tolist() == times.latest[1:].tolist() == [0, 1, 2, 3]
