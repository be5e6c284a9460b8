"""Who finds no coach with room beside a plan, and how the rows of coaching are labelled."""

from collections import Counter, defaultdict
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import coach_choices, ids_of, tiny_regions

import placement_opt as po
from placement_opt.basics.quantities import read_number
from placement_opt.constraints.coaching_class_rows import _class_label
from placement_opt.constraints.coaching_teams import covers
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.enumeration import enumerate_pairs

SOME = settings(
    max_examples=80,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
RULE = po.Coaching()


def free_of(instance, plan):
    """Return the hours and heads each coach has left beside a plan, by a plain reading."""
    hours, people = Counter(), defaultdict(set)
    for placement in plan.placements:
        if placement.coach_id is not None:
            hours[placement.coach_id] += plan.coaching_hours_per_week(placement)
            people[placement.coach_id].add(placement.candidate_id)
    return {
        coach.id: (
            read_number(coach.hours_per_week) - hours[coach.id],
            len(instance.candidate_of)
            if coach.max_caseload is None
            else coach.max_caseload - len(people[coach.id]),
        )
        for coach in instance.region.coaches
    }


def able(instance, plan, placement):
    """Return the coaches who may serve a placement, whatever room they have."""
    candidate, opening = plan.candidate(placement), plan.opening(placement)
    return {coach.id for coach in instance.region.coaches if covers(coach, candidate, opening)}


@pytest.mark.parametrize("at_most", [1, 2])
@SOME
@given(region=tiny_regions(fixed=False), data=st.data())
def test_a_pair_lacks_what_the_coach_lacks_who_comes_nearest(at_most, region, data):
    instance = Instance(region)
    table = enumerate_pairs(instance, [RULE]).with_placements_per_candidate(at_most)
    block = RULE.lower(table)
    if block is None:
        return
    every = [Placement(*pair) for pair in ids_of(table)]
    empty = Plan(instance, every)
    hours = [empty.coaching_hours_per_week(placement) or Fraction(0) for placement in every]
    rows = data.draw(st.lists(st.sampled_from(range(len(every))), unique=True, max_size=3))
    rows = np.array(sorted(rows), dtype=np.int64)
    if at_most == 1 and len({every[row].candidate_id for row in rows}) < rows.size:
        return
    options = coach_choices(region, [every[row] for row in rows], lambda p: hours[every.index(p)])
    plans = [Plan(instance, option) for option in options]
    sound = [plan for plan in plans if not list(RULE.violations(plan))]
    if not sound:
        return
    plan = data.draw(st.sampled_from(sound))
    ids = {coach: row for row, coach in enumerate(instance.coach_ids)}
    named = np.array([ids.get(p.coach_id, -1) for p in plan.placements], dtype=np.int64)
    own, served = block.capacity.settle(rows, {"coach": named})
    assert served.all()
    ones = np.isin(np.arange(len(every)), rows).astype(np.int64)
    activity = block.usage @ ones + block.variable_usage @ own
    assert np.all((activity >= block.lower) & (activity <= block.upper))
    asked = np.array(sorted(data.draw(st.sets(st.sampled_from(range(len(every)))))), dtype=np.int64)
    places, lacking = block.capacity.room(asked, rows, own)
    free = free_of(instance, plan)
    has_coach = {p.candidate_id for p in plan.placements if p.coach_id}
    for place, row in enumerate(asked.tolist()):
        told = {block.labels[at] for at in lacking[places == place]}
        if not hours[row]:
            assert not told
        elif every[row].candidate_id not in has_coach:
            options = [
                lacks(coach, free, hours[row]) for coach in able(instance, empty, every[row])
            ]
            if not options:
                assert len(told) == 1
                assert not any(label.endswith((" hours", " caseload")) for label in told)
            else:
                fewest = min(map(len, options))
                assert told in [option for option in options if len(option) == fewest]


def lacks(coach, free, needed):
    """Return the labels of the rows of a coach that have no room for one person more."""
    hours, heads = free[coach]
    told = {f"{coach} hours"} if hours < needed else set()
    return told | ({f"{coach} caseload"} if heads < 1 else set())


@pytest.mark.parametrize(
    ("coaches", "told"),
    [
        ([], "by no coach"),
        (["K-1"], "by K-1"),
        (["K-1", "K-2", "K-3"], "by K-1 or K-2 or K-3"),
        (["K-1", "K-2", "K-3", "K-4"], "by K-1 or K-2 or K-3 or 1 more"),
        (["K-1", "K-2", "K-3", "K-4", "K-5"], "by K-1 or K-2 or K-3 or 2 more"),
    ],
)
def test_a_class_is_named_by_its_first_coaches(coaches, told):
    assert _class_label(3.825, coaches) == f"3.825 h a week {told}"


def coached(*people, coaches):
    region = po.Region(
        name="r",
        candidates=[po.Candidate(id=id_, coaching_hours_per_week=hours) for id_, hours in people],
        openings=[po.Opening(id="O-1", positions=len(people), hours_per_week=(24, 24))],
        coaches=[
            po.Coach(id=id_, hours_per_week=hours, max_caseload=heads)
            for id_, hours, heads in coaches
        ],
    )
    table = enumerate_pairs(Instance(region), [RULE])
    return RULE.lower(table.with_placements_per_candidate(1))


def test_a_coach_with_room_comes_before_one_with_more_hours_but_no_head_free():
    block = coached(("C-1", 2), ("C-2", 2), coaches=[("K-1", 40, 1), ("K-2", 10, None)])
    chosen, asked = np.array([0]), np.array([1])
    own, _ = block.capacity.settle(chosen, {"coach": np.array([0])})
    assert [at.tolist() for at in block.capacity.room(asked, chosen, own)] == [[], []]


def test_a_class_is_named_by_the_hours_of_its_people():
    block = coached(("C-1", 2.5), ("C-2", 4), coaches=[("K-1", 40, None), ("K-2", 9, None)])
    assert list(block.labels[:2]) == ["2.5 h a week by K-1 or K-2", "4 h a week by K-1 or K-2"]
