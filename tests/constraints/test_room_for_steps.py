"""Whether several steps before a job have room together, held against trying out all of them."""

import itertools
import random

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from step_regions import OwnScore, asking, basics, chained, model_of, shop, training
from steps_in_time import in_months

import placement_opt as po
from placement_opt.constraints import step_paths
from placement_opt.instance.placement import Placement
from placement_opt.pairs.placements import placement_of
from placement_opt.solvers.plans.additions import PlanInRows
from placement_opt.solvers.search.board import Solution

FEW = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
SEEDS = st.integers(0, 10**9)
CHAIN = [asking("T-1", "basics", cost_eur=100), basics(cost_eur=150)]
TWO = [training(cost_eur=100), training("T-2", grants={"welding": 0.9}, cost_eur=150)]


def asking_two(people, steps, **fields):
    """Return a region whose job asks for two skills."""
    asked = {"dutch": 0.5, "welding": 0.5}
    job = po.Opening(id="O-1", required_skills=asked, essential_skills=tuple(asked))
    return shop(people, [], **fields).model_copy(update={"openings": (job, *steps)})


def of_budget(budget, steps):
    region = shop if steps is CHAIN else asking_two
    towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=budget)]
    return region([{"municipality": "M"}], steps, municipalities=towns)


@pytest.mark.parametrize("steps", [CHAIN, TWO])
@pytest.mark.parametrize(("budget", "raised"), [(0, 300), (120, 320), (249, 349)])
def test_a_budget_that_pays_each_step_but_not_all_is_the_reason_and_is_raised_for_all(
    steps, budget, raised
):
    result = po.solve(of_budget(budget, steps))
    (row,) = result.unplaced_rows
    assert (row.reason, row.because, row.about) == ("outcompeted", "steps before a job", "M")
    told = result.why_not("C-0", "O-1").text()
    assert "needs a step first that the budget of M no longer pays" in told
    changes = result.what_would_place("C-0")
    assert [(one.record, one.field, one.after) for one in changes] == [
        ("M", "reintegration_budget_eur_per_year", raised)
    ]


def drawn(seed, step_points):
    """Return a drawn region of people who often need several steps, and a model for some scores."""
    draw = random.Random(seed)
    region = chained(draw)
    if draw.random() < 0.4:
        region = in_months(region)
    asked = draw.choice(({"a": 0.5, "b": 0.5}, {"b": 0.5}, {"a": 0.5, "c": 0.5}))
    second = po.Opening(id="O-2", required_skills=asked, essential_skills=tuple(asked))
    budget = draw.choice((None, 150, 250, 350))
    town = po.Municipality(id="M-1", reintegration_budget_eur_per_year=budget)
    people = [one.model_copy(update={"municipality": "M-1"}) for one in region.candidates]
    update = {"municipalities": (town,), "candidates": tuple(people)}
    update["openings"] = tuple(
        one.model_copy(update={"positions": 2}) if draw.random() < 0.5 else one
        for one in (*region.openings, second)
    )
    region = region.model_copy(update=update)
    at_most = draw.choice((1, 2))
    pairs = [f"{one.id} {job}" for one in region.candidates for job in ("O-1", "O-2")]
    points = {pair: draw.choice((2, 7)) for pair in pairs}

    def model(wanted):
        scores = {pair: points[pair] if wanted(pair) else -99 for pair in pairs}
        return model_of(region, OwnScore(scores=scores), step_points, at_most)

    return region, model


def plans_of(model):
    """Return the model of all pairs, compiled, and two plans: of nobody, and without some pairs."""
    compiled = model(lambda _: True).compile()
    nothing = np.zeros(compiled.formulation.n_variables, dtype=np.int64)
    yield compiled, Solution.of(compiled.formulation, nothing)
    for left in ("C-1", "O-1"):
        result = model(lambda pair, left=left: left not in pair).solve(gap=0)
        yield compiled, result.at_hand.solution


def best_with(region, compiled, plan, placed, *, anew):
    """Return the most points of a plan with a placement and steps of that person; None of none.

    With `anew` all steps of the person are chosen again, and others may leave out some of theirs.
    """
    starts = [period.id for period in region.periods] or [None]
    mine = [one for one in plan.steps if one.candidate_id == placed.candidate_id]
    kept = [] if anew else [one.opening_id for one in mine]
    options = [
        [[], *([Placement(placed.candidate_id, one.id, variant=at)] for at in starts)]
        for one in region.openings
        if one.kind != "job" and one.id not in kept
    ]
    options += [[[one], []] if anew else [[one]] for one in plan.steps if one not in mine]
    found = []
    for some in itertools.product(*options):
        steps = [*itertools.chain.from_iterable(some), *([] if anew else mine)]
        verdict = compiled.judge(compiled.plan_of([*plan.placements, placed], steps))
        found += [verdict.objective] if verdict.is_sound else []
    return max(found, default=None)


@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_room_is_told_where_some_steps_together_have_room_and_only_there(step_points):
    @FEW
    @example(seed=62)  # the person's own step comes sooner than in the plan
    @given(seed=SEEDS)
    def check(seed):
        region, model = drawn(seed, step_points)
        for compiled, solution in plans_of(model):
            plan = compiled.plan(solution)
            now = compiled.judge(plan).objective
            pairs = np.setdiff1d(np.arange(compiled.pairs.n_pairs), solution.chosen)
            added = PlanInRows(compiled.formulation, solution).with_each(pairs)
            for at, pair in enumerate(pairs.tolist()):
                placed = placement_of(compiled.pairs, pair)
                beside = best_with(region, compiled, plan, placed, anew=False)
                has_room = added.n_lacking[at] == 0
                if beside is not None and not step_points:
                    assert has_room
                if has_room and added.gain[at] > 0 and (beside is None or beside <= now):
                    best = best_with(region, compiled, plan, placed, anew=True)
                    assert best is not None
                    assert best > now
                if not solution.chosen.size and added.is_too_large[at]:
                    assert beside is None

    check()


@pytest.mark.parametrize("step_points", [0, -3, 2])
def test_no_plan_that_is_proven_the_best_has_room_for_a_better_one(step_points):
    @FEW
    @given(seed=SEEDS)
    def check(seed):
        _, model = drawn(seed, step_points)
        result = model(lambda _: True).solve(gap=0)
        assert result.status is po.Status.OPTIMAL
        assert "room_left" not in {row.reason for row in result.unplaced_rows}

    check()


@FEW
@given(seed=SEEDS, budget=st.sampled_from((0, 100, 150)))
def test_the_least_budget_that_pays_a_path_is_found(seed, budget):
    draw = random.Random(seed)
    region = in_months(chained(draw)) if draw.random() < 0.3 else chained(draw)
    person = region.candidates[0].model_copy(update={"municipality": "M-1"})
    region = region.model_copy(update={"candidates": (person,)})

    def solved(euros):
        town = po.Municipality(id="M-1", reintegration_budget_eur_per_year=euros)
        changed = region.model_copy(update={"municipalities": (town,)})
        return model_of(changed, OwnScore(scores={"C-0 O-1": 7}), 0, 1).solve(gap=0)

    raises = range(budget, 1_200, 100) if len(solved(9_999).paths) else ()
    enough = next((euros for euros in raises if len(solved(euros).paths)), budget)
    result = solved(budget)
    told = [
        one.after
        for one in result.what_would_place("C-0", k=99)
        if one.field == "reintegration_budget_eur_per_year"
    ]
    assert told == ([] if enough == budget else [enough])


def test_where_not_every_path_was_tried_nothing_is_said_to_be_too_small(monkeypatch):
    monkeypatch.setattr(step_paths, "MOST_TRIES", 1)
    result = po.solve(of_budget(249, TWO))
    (row,) = result.unplaced_rows
    assert (row.reason, row.because) == ("outcompeted", "steps before a job")
    assert row.about == "C-0 takes T-1"
    assert "even for this candidate alone" not in row.text
    assert "has no time" not in result.why_not("C-0", "O-1").text()
