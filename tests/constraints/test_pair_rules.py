"""Each pair rule: what it removes from the pairs is what it calls a violation in a plan."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import complete_regions, regions

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.base import Rule
from placement_opt.constraints.essential_skills import EssentialSkills
from placement_opt.constraints.excluded_pairs import ExcludedPairs
from placement_opt.constraints.hours_overlap import HoursOverlap
from placement_opt.constraints.sheltered_work import ShelteredWork
from placement_opt.constraints.start_dates import StartDates
from placement_opt.constraints.travel_time import TravelTime
from placement_opt.constraints.workplace_needs import WorkplaceNeeds
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.records import Candidate, Opening, Region

PAIR_RULES: tuple[type[Rule], ...] = (
    EssentialSkills,
    TravelTime,
    HoursOverlap,
    WorkplaceNeeds,
    StartDates,
    ShelteredWork,
    ExcludedPairs,
)
MARCH = dt.date(2026, 3, 1)
NIJMEGEN, WIJCHEN = (51.8426, 5.8528), (51.8092, 5.7256)


def every_pair(instance):
    candidate = np.arange(instance.n_candidates, dtype=np.int32)[:, np.newaxis]
    opening = np.arange(instance.n_openings, dtype=np.int32)[np.newaxis, :]
    return candidate, opening


def violations(rule, instance, candidate_id, opening_id):
    plan = Plan(instance, [Placement(candidate_id, opening_id)])
    return list(rule.violations(plan))


def small_region(candidate, opening, **fields):
    """One person and one opening, with another of each so that indices are not all zero."""
    return Region(
        name="test",
        candidates=[Candidate(id="A"), Candidate(id="C", **candidate)],
        openings=[Opening(id="O", **opening), Opening(id="B", remote=True)],
        **fields,
    )


def allowed(rule, candidate, opening, **fields):
    """Judge the pair C-O both ways; they have to agree."""
    instance = Instance(small_region(candidate, opening, **fields))
    pairs = enumerate_pairs(instance, [rule])
    row = pairs.find(instance.candidate_idx("C"), instance.opening_idx("O"))
    broken = violations(rule, instance, "C", "O")
    assert (row is not None) == (not broken)
    assert all(found.rule == rule.title and found.about == "C" for found in broken)
    return row is not None


def check_agreement(rule, instance):
    candidate, opening = every_pair(instance)
    mask = np.broadcast_to(
        rule.allows(instance, candidate, opening), (instance.n_candidates, instance.n_openings)
    )
    rows, columns = (axis.ravel().astype(np.int32) for axis in np.indices(mask.shape))
    assert np.array_equal(rule.allows(instance, rows, columns), mask.ravel())
    for row, candidate_id in enumerate(instance.candidate_ids):
        for column, opening_id in enumerate(instance.opening_ids):
            broken = violations(rule, instance, candidate_id, opening_id)
            assert mask[row, column] == (not broken)


@settings(deadline=None, max_examples=80)
@given(region=complete_regions())
def test_a_pair_is_eligible_exactly_where_placing_it_breaks_nothing(region):
    instance = Instance(region)
    for kind in PAIR_RULES:
        check_agreement(kind(), instance)


@settings(deadline=None, max_examples=60)
@given(region=regions())
def test_silent_records_are_read_the_same_both_ways(region):
    instance = Instance(region)
    for kind in PAIR_RULES:
        if kind is not TravelTime:
            check_agreement(kind(), instance)


@settings(deadline=None, max_examples=60)
@given(region=regions())
def test_travel_is_refused_exactly_where_minutes_are_unknown(region):
    instance = Instance(region)
    unknown = [
        (candidate.id, opening.id)
        for candidate in region.candidates
        for opening in region.openings
        if candidate.max_travel_minutes is not None
        and Plan(instance, []).travel_minutes(Placement(candidate.id, opening.id)) is None
    ]
    if not unknown:
        check_agreement(TravelTime(), instance)
        return
    with pytest.raises(InvalidInputError) as caught:
        enumerate_pairs(instance, [TravelTime()])
    told = {(problem.subject, problem.id) for problem in caught.value.problems}
    ends = {("candidate", c) for c, _ in unknown} | {("opening", o) for _, o in unknown}
    assert told <= ends
    assert all(("candidate", c) in told or ("opening", o) in told for c, o in unknown)


@pytest.mark.parametrize("kind", PAIR_RULES)
def test_a_rule_survives_json(kind):
    rule = kind()
    assert kind.model_validate_json(rule.model_dump_json()) == rule
    assert rule.model_dump() == {"rule": kind.__name__}


@pytest.mark.parametrize("kind", PAIR_RULES)
def test_silent_records_need_no_pair_rule(kind):
    assert kind.standard(Instance(small_region({}, {}))) is None


@pytest.mark.parametrize(
    ("kind", "candidate", "opening", "fields"),
    [
        (EssentialSkills, {}, {"required_skills": {"a": 1}, "essential_skills": {"a"}}, {}),
        (TravelTime, {"max_travel_minutes": 30}, {}, {}),
        (HoursOverlap, {"hours_per_week": (8, 16)}, {"hours_per_week": (8, 16)}, {}),
        (WorkplaceNeeds, {"needs": {"quiet"}}, {}, {}),
        (StartDates, {"available_from": MARCH}, {"starts_on": MARCH}, {}),
        (ShelteredWork, {"sheltered": True}, {}, {}),
        (ShelteredWork, {}, {"sheltered": True}, {}),
        (ExcludedPairs, {}, {}, {"excluded_pairs": [("C", "O")]}),
        (ExcludedPairs, {"current_opening": "O"}, {}, {}),
    ],
)
def test_records_that_name_it_bring_the_rule(kind, candidate, opening, fields):
    assert kind.standard(Instance(small_region(candidate, opening, **fields))) == kind()


WELDING = {"required_skills": {"welding": 0.8, "dutch": 0.5}, "essential_skills": {"welding"}}


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ({"skills": {"welding": 0.9}}, WELDING, True),
        ({"skills": {"welding": 0.8}}, WELDING, True),
        ({"skills": {"welding": 0.799999, "dutch": 1}}, WELDING, False),
        ({}, WELDING, False),
        ({}, {"required_skills": {"welding": 1}}, True),
        ({}, {"required_skills": {"welding": 0}, "essential_skills": {"welding"}}, True),
        (
            {"skills": {"a": 1, "b": 0.5}},
            {"required_skills": {"a": 1, "b": 0.6}, "essential_skills": {"a", "b"}},
            False,
        ),
    ],
)
def test_essential_skills(candidate, opening, expected):
    assert allowed(EssentialSkills(), candidate, opening) is expected


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ({"hours_per_week": (16, 24)}, {"hours_per_week": (8, 20)}, True),
        ({"hours_per_week": (16, 24)}, {"hours_per_week": (24, 36)}, True),
        ({"hours_per_week": (16, 24)}, {"hours_per_week": (24.001, 36)}, False),
        ({"hours_per_week": (16, 24)}, {"hours_per_week": (8, 15.999)}, False),
        ({"hours_per_week": (16, 24)}, {}, True),
        ({}, {"hours_per_week": (16, 24)}, True),
        ({"hours_per_week": (0, 0)}, {"hours_per_week": (0, 40)}, True),
    ],
)
def test_hours_overlap(candidate, opening, expected):
    assert allowed(HoursOverlap(), candidate, opening) is expected


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ({}, {}, True),
        ({"needs": {"quiet"}}, {"provides": {"quiet", "lift"}}, True),
        ({"needs": {"quiet", "lift"}}, {"provides": {"quiet"}}, False),
    ],
)
def test_workplace_needs(candidate, opening, expected):
    assert allowed(WorkplaceNeeds(), candidate, opening) is expected


def test_many_needs_are_all_looked_at():
    needs = {f"need {i}" for i in range(70)}
    assert allowed(WorkplaceNeeds(), {"needs": needs}, {"provides": needs})
    for missing in ("need 0", "need 69"):
        assert not allowed(WorkplaceNeeds(), {"needs": needs}, {"provides": needs - {missing}})


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ({"available_from": MARCH}, {"starts_on": MARCH + dt.timedelta(7)}, True),
        ({"available_from": MARCH}, {"starts_on": MARCH}, True),
        ({"available_from": MARCH}, {"starts_on": MARCH - dt.timedelta(1)}, False),
        ({"available_from": MARCH}, {}, True),
        ({}, {"starts_on": MARCH}, True),
    ],
)
def test_start_dates(candidate, opening, expected):
    assert allowed(StartDates(), candidate, opening) is expected


@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        ({}, {}, True),
        ({}, {"sheltered": True}, False),
        ({"sheltered": True}, {"sheltered": True}, True),
        ({"sheltered": True}, {}, False),
        ({"sheltered": True, "may_work_regular": True}, {}, True),
        ({"sheltered": True, "may_work_regular": True}, {"sheltered": True}, True),
        ({"may_work_regular": True}, {"sheltered": True}, False),
    ],
)
def test_sheltered_work(candidate, opening, expected):
    assert allowed(ShelteredWork(), candidate, opening) is expected


@pytest.mark.parametrize(
    ("candidate", "excluded", "expected"),
    [
        ({}, [], True),
        ({}, [("C", "B"), ("A", "O")], True),
        ({}, [("A", "B"), ("C", "O")], False),
        ({"current_opening": "O"}, [], False),
        ({"current_opening": "B"}, [], True),
    ],
)
def test_excluded_pairs(candidate, excluded, expected):
    assert allowed(ExcludedPairs(), candidate, {}, excluded_pairs=excluded) is expected


def bike(minutes):
    return {"location": NIJMEGEN, "transport": "bike", "max_travel_minutes": minutes}


# Nijmegen to Wijchen: 9.5 km as the crow flies, times 1.3, at 15 km an hour: 49.4, so 50 minutes.
@pytest.mark.parametrize(
    ("candidate", "opening", "expected"),
    [
        (bike(51), {"location": WIJCHEN}, True),
        (bike(50), {"location": WIJCHEN}, True),
        (bike(49.999999), {"location": WIJCHEN}, False),
        (bike(0), {"location": NIJMEGEN}, True),
        (bike(0), {"location": WIJCHEN, "remote": True}, True),
        ({"location": NIJMEGEN, "transport": "bike"}, {"location": WIJCHEN}, True),
        ({"max_travel_minutes": 0}, {"remote": True}, True),
    ],
)
def test_travel_time(candidate, opening, expected):
    assert allowed(TravelTime(), candidate, opening) is expected


def test_rows_between_a_person_and_an_opening_win_over_municipalities_and_the_map():
    candidate = bike(30) | {"municipality": "M"}
    opening = {"location": WIJCHEN, "municipality": "N"}
    places, exact = ("M", "N", 30), ("C", "O", 31)
    assert not allowed(TravelTime(), candidate, opening)
    assert allowed(TravelTime(), candidate, opening, travel_minutes=[places])
    assert not allowed(TravelTime(), candidate, opening, travel_minutes=[places, exact])


def test_unknown_travel_is_told_once_for_every_record_that_lacks_something():
    region = Region(
        name="test",
        candidates=[
            Candidate(id="C-1", max_travel_minutes=30),
            Candidate(id="C-2", max_travel_minutes=45.5, location=NIJMEGEN),
            Candidate(id="C-3", max_travel_minutes=30, location=NIJMEGEN, transport="car"),
            Candidate(id="C-4"),
        ],
        openings=[
            Opening(id="O-1", location=WIJCHEN),
            Opening(id="O-2"),
            Opening(id="O-3", remote=True),
        ],
    )
    with pytest.raises(InvalidInputError) as caught:
        enumerate_pairs(Instance(region), [TravelTime()])
    told = [(found.subject, found.id, found.field) for found in caught.value.problems]
    assert told == [
        ("candidate", "C-1", "location"),
        ("candidate", "C-1", "transport"),
        ("candidate", "C-2", "transport"),
        ("opening", "O-2", "location"),
    ]
    assert str(caught.value.problems[2]) == (
        "candidate 'C-2': transport must be given, since max_travel_minutes is (45.5 minutes),"
        " got None. Hint: give location and transport, rows of travel_minutes, or leave the"
        " maximum out."
    )


def test_a_table_makes_up_for_missing_locations():
    region = Region(
        name="test",
        candidates=[Candidate(id="C", max_travel_minutes=30, municipality="M")],
        openings=[Opening(id="O", municipality="M"), Opening(id="P", municipality="N")],
        travel_minutes=[("M", "M", 10), ("C", "P", 40)],
    )
    pairs = enumerate_pairs(Instance(region), [TravelTime()])
    assert pairs.opening.tolist() == [0]


def test_the_text_of_a_violation_says_what_is_asked_and_what_there_is():
    instance = Instance(small_region({"skills": {"welding": 0.5}}, WELDING))
    (found,) = violations(EssentialSkills(), instance, "C", "O")
    assert str(found) == "essential skills (C): O asks welding at 0.8, has 0.5"


def test_removed_pairs_are_counted_per_rule_and_candidate():
    region = small_region({"sheltered": True}, {"sheltered": False}, excluded_pairs=[("A", "O")])
    pairs = enumerate_pairs(Instance(region), [ShelteredWork(), ExcludedPairs()])
    assert pairs.removed["sheltered work"].tolist() == [0, 2]
    assert pairs.removed["excluded pairs"].tolist() == [1, 0]
    assert [pairs.candidate.tolist(), pairs.opening.tolist()] == [[0], [0]]
