"""Readings that are kept from plan to plan: a verdict with them is the one without."""

from hypothesis import HealthCheck, assume, given, settings
from tiny_models import MOST_PAIRS, all_plans, models

import placement_opt as po
from placement_opt.instance.placement import Placement
from placement_opt.instance.readings import Readings

TINY = settings(
    max_examples=10, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@TINY
@given(model=models())
def test_a_verdict_from_kept_readings_is_that_of_a_fresh_reading(model):
    compiled = model.compile()
    assume(0 < compiled.pairs.n_pairs <= MOST_PAIRS)
    kept = Readings()
    for verdict, placements in all_plans(compiled):
        assert compiled.judge(compiled.plan_of(placements, readings=kept)) == verdict


@TINY
@given(model=models())
def test_a_reading_is_of_its_own_placement(model):
    compiled = model.compile()
    assume(compiled.pairs.n_pairs > 0)
    every = [compiled.placement(row) for row in range(compiled.pairs.n_pairs)]
    together, names = compiled.plan_of(every), ("hours_per_week", "wage_value", "candidate_rank")
    for placement in every:
        alone = compiled.plan_of([placement])
        assert together.travel_minutes(placement) == alone.travel_minutes(placement)
        for name in names:
            assert together.amount(placement, name) == alone.amount(placement, name)


def test_what_was_read_is_not_read_again():
    kept, times = Readings(), []
    for what, key in (("a", ("C-1", "O-1", None, ())), ("a", ("C-1", "O-1", None, ()))):
        kept.once(what, key, lambda: times.append(1))
    kept.once("a", ("C-1", "O-1", None, ("S-1",)), lambda: times.append(2))
    kept.once("b", ("C-1", "O-1", None, ()), lambda: times.append(3))
    assert times == [1, 2, 3]


def test_a_step_before_a_job_makes_another_reading_of_it():
    """The training gives what the job asks: the same pair is worth more after it."""
    asks = {"required_skills": {"dutch": 0.5}, "essential_skills": {"dutch"}}
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id="C-1")],
        openings=[
            po.Opening(id="O-1", **asks),
            po.Opening(id="T-1", kind="training", grants={"dutch": 0.6}),
        ],
    )
    compiled = po.Model(region).compile()
    job, step, kept = Placement("C-1", "O-1"), Placement("C-1", "T-1"), Readings()
    alone, after = (compiled.plan_of([job], steps, readings=kept) for steps in ((), (step,)))
    score = po.MatchScore()
    assert score.value(alone) < score.value(after)
    assert score.value(alone) < score.value(after)
