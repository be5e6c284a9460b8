"""What each rule says would answer it: enough by itself, and never what stands."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_changes import NEVER
from tiny_regions import tiny_regions

import placement_opt as po
from placement_opt.constraints import RULES
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.instance.record_change import USUAL_RANGE, raised

TINY = settings(
    max_examples=60, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
PAIR_RULES = [
    po.EssentialSkills(),
    po.TravelTime(),
    po.HoursOverlap(),
    po.WorkplaceNeeds(),
    po.StartDates(),
    po.WorkingDays(),
    po.Licences(),
    po.ShelteredWork(),
    po.ExcludedPairs(),
    po.Coaching(),
]
LIMITS = [
    po.OpeningCapacity(),
    po.OpeningHours(),
    po.SupervisionPlaces(),
    po.Coaching(),
    po.WageSubsidyBudget(),
    po.ShelteredPlaces(),
    po.ResourceLimit(per="opening", limits=1),
    po.ResourceLimit(uses="hours_per_week", per="opening_municipality", limits={"M-1": 30}),
]


def allowed(rule, instance, person, opening):
    row = np.array([instance.candidate_idx(person.id)], dtype=np.int32)
    column = np.array([instance.opening_idx(opening.id)], dtype=np.int32)
    found = rule.allows(instance, row, column)
    return found is None or bool(found[0])


@TINY
@given(region=tiny_regions(fixed=False))
def test_each_change_makes_its_rule_allow_the_pair(region):
    instance = Instance(region)
    for rule, person, opening in itertools.product(PAIR_RULES, region.candidates, region.openings):
        is_allowed = allowed(rule, instance, person, opening)
        changes = list(rule.changes(instance, person, opening))
        assert not (is_allowed and changes and rule.rule != "Coaching"), "nothing is in the way"
        for change in changes if not is_allowed else ():
            assert change.field not in NEVER
            assert change.field in USUAL_RANGE
            assert change.size > 0
            after = Instance(change.applied(region))
            assert allowed(rule, after, after.candidate_of[person.id], after.opening_of[opening.id])
            assert not list(rule.violations(Plan(after, [Placement(person.id, opening.id)]))) or (
                rule.rule == "Coaching"
            )


@TINY
@given(region=tiny_regions(fixed=False), data=st.data())
def test_each_raise_has_room_and_a_step_less_has_not(region, data):
    instance = Instance(region)
    coach = st.sampled_from([None, *instance.coach_ids])
    drawn = {
        (data.draw(st.sampled_from(instance.candidate_ids)), data.draw(coach)) for _ in range(3)
    }
    people = dict(drawn)
    placements = [
        Placement(who, data.draw(st.sampled_from(instance.opening_ids)), by)
        for who, by in sorted(people.items())
    ]
    *there, more = placements
    for rule in LIMITS:
        for change in rule.more_room(Plan(instance, there), more):
            assert change.unit is not None
            assert change.amount >= change.unit
            steps = int(change.amount / change.unit)
            for number, has_room in ((steps, True), (steps - 1, False)):
                if number == 0:
                    continue
                one = change.by(number)
                after = Instance(one.applied(region))
                of_rule = rule
                if one.kind == "rule":
                    of_rule = rule.model_copy(update={one.field: one.value})
                by = Placement(more.candidate_id, more.opening_id, coach_of(one, more))
                found = about(of_rule, Plan(after, [*there, by]), one)
                assert (not found) is has_room, (rule.rule, one)


def coach_of(change, placement):
    return change.record if change.kind == "coach" else placement.coach_id


def about(rule, plan, change):
    """Return what the rule finds wrong with the record of the change."""
    names = {change.record, change.key}
    return [wrong for wrong in rule.violations(plan) if wrong.about in names]


def test_a_raise_is_in_whole_steps_of_its_field():
    town = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=250.5)
    change = raised(town, "wage_subsidy_budget_eur_per_year", 301)
    assert (change.before, change.after, change.unit) == (250.5, 350.5, 100)
    assert change.by(3).after == 550.5
    coach = po.Coach(id="K-1", hours_per_week=2)
    assert raised(coach, "hours_per_week", 2).after == 2.5, "a raise is never nothing"


@pytest.mark.parametrize("name", ["ShelteredWork", "ExcludedPairs", "FixedPlacements", "JobsQuota"])
def test_the_law_and_fixed_decisions_tell_no_change(name):
    kind = next(rule for rule in RULES if rule.__name__ == name)
    assert not {"changes", "more_room"} & kind.__dict__.keys()
