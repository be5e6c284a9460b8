"""Steps before a job: trainings, trials and services, held against trying out every plan."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from step_regions import (
    FEW,
    OwnScore,
    best_of_all,
    fits,
    model_of,
    own_scores,
    region_of,
    shop,
    step_regions,
    training,
    ways_of,
)

import placement_opt as po
from placement_opt.constraints.step_packer import StepPacker


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
        scores, own = own_scores(region, drawn)
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


def test_steps_are_handed_out_while_places_and_money_last():
    # Pairs 0, 1, 2 need one step each: of two steps with one place each, the second costs 60 of
    # 100; pair 3 needs both of its steps, and leaves nothing behind where one is full.
    pair, need = np.array([0, 1, 2, 3, 3]), np.arange(5)
    of_need, option = np.array([0, 0, 1, 2, 3, 4]), np.arange(6)
    usage = np.zeros((4, 6), dtype=np.int64)
    usage[[0, 1, 1, 1, 2, 0], np.arange(6)] = 1
    usage[3, 1:4] = 60
    taking = sparse.csr_array(usage), sparse.csr_array((4, 10), dtype=np.int64)
    for kept, served, taken in (
        (None, [True, False, False, True, True], [0, 1, 0, 0, 1, 1]),
        (np.eye(6, dtype=np.int64)[0], [True, True, False, False, True], [1, 0, 1, 0, 0, 0]),
    ):
        asks = (pair, need), (pair[:0], need[:0])
        packer = StepPacker(asks, (of_need, option), taking, np.array([1, 2, 1, 100]), 3, kept)
        assert [packer.add(one) for one in (0, 1, 2, 3, 9)] == served
        assert packer.own().tolist() == taken
