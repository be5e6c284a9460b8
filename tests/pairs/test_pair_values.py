"""Values for some of the eligible pairs: what is listed counts, all others are computed."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_regions import DATE, ids_of, tiny_regions

import placement_opt as po
from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.pairs.columns import PAIR_COLUMNS, pair_column
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.listed import given_of
from placement_opt.pairs.pair_values import PairValues

LAW = po.Rulebook.on(DATE).override({"wage_subsidy.employer_charges": "0.235"})
FEW = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
CHOICES = {
    "hours_per_week": (8, 12.75, 25.5),
    "coaching_hours_per_week": (0, 1.2),
    "wage_value": (0.25, 0.5),
    "subsidy_eur_per_year": (0, 4_000.01),
    "subsidy_with_charges_eur_per_year": (0, 4_940.01),
}


def region_of(n_candidates=2, n_openings=2, **fields):
    return po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_candidates)],
        openings=[po.Opening(id=f"O-{n}") for n in range(n_openings)],
        **fields,
    )


def frame_of(pairs, **columns):
    ends = {"candidate_id": [c for c, _ in pairs], "opening_id": [o for _, o in pairs]}
    return {**ends, **columns}


@FEW
@given(region=tiny_regions(fixed=False), data=st.data())
def test_both_readings_of_a_column_agree_whether_a_pair_is_listed_or_not(region, data):
    instance = Instance(region, LAW)
    table = enumerate_pairs(instance, [])
    ids = ids_of(table)
    listed = data.draw(st.lists(st.sampled_from(ids), unique=True, min_size=1))
    named = data.draw(st.sets(st.sampled_from(sorted(CHOICES)), min_size=1, max_size=2))
    cells = {
        name: data.draw(
            st.lists(
                st.sampled_from((*CHOICES[name], None)),
                min_size=len(listed),
                max_size=len(listed),
            )
        )
        for name in sorted(named)
    }
    pairs = PairValues(frame_of(listed, **cells)).over(table, [], [])
    told = [Placement(*pair, None, given_of(pairs, row)) for row, pair in enumerate(ids)]
    plan = Plan(instance, told)
    for name in PAIR_COLUMNS.keys() - {"success_probability"}:  # nobody gives chances here
        column = pair_column(pairs, name)
        assert [column.fraction(row) for row in range(len(ids))] == [
            plan.amount(placement, name) for placement in told
        ]
    for name, values in cells.items():
        for pair, value in zip(listed, values, strict=True):
            given_value = told[ids.index(pair)].given.get(name)
            assert (given_value is None) is (value is None)


@FEW
@given(region=tiny_regions(fixed=False), data=st.data())
def test_a_probability_for_half_of_the_pairs_is_that_of_brute_force(region, data):
    rules = [rule for rule in po.Model(region).rules if rule.rule in PAIR_RULES]
    eligible = ids_of(enumerate_pairs(Instance(region), rules))
    if not eligible:
        return
    half = eligible[::2]
    chances = data.draw(
        st.lists(st.sampled_from((0, 0.2, 0.333333, 0.9)), min_size=len(half), max_size=len(half))
    )
    model = po.Model(
        region,
        pair_values=pd.DataFrame(frame_of(half, probability=chances)),
        pair_defaults={"probability": 0.25},
        rules=[*rules, po.OnePlacement(), po.OpeningCapacity()],
        objective=[po.PairScore("probability")],
    )
    chance = dict.fromkeys(eligible, 0.25) | dict(zip(half, chances, strict=True))
    positions = {opening.id: opening.positions for opening in region.openings}
    best = 0.0
    options = [[None, *(pair for pair in eligible if pair[0] == c.id)] for c in region.candidates]
    for plan in itertools.product(*options):
        taken = [pair for pair in plan if pair is not None]
        works = [opening for _, opening in taken]
        if all(works.count(opening) <= positions[opening] for opening in works):
            best = max(best, sum(chance[pair] for pair in taken))
    assert model.solve(time_limit_s=20).objective == pytest.approx(best, abs=1e-9)


PAIR_RULES = {
    "EssentialSkills",
    "TravelTime",
    "HoursOverlap",
    "WorkplaceNeeds",
    "StartDates",
    "ShelteredWork",
    "ExcludedPairs",
}


def test_listed_pairs_that_are_not_eligible_are_told_and_count_nowhere():
    region = region_of(excluded_pairs=[("C-0", "O-0")])
    frame = frame_of([("C-0", "O-0"), ("C-9", "O-1"), ("C-1", "O-1")], score=[9, 9, 5])
    result = po.Model(region, pair_values=frame).solve(time_limit_s=20)
    (remark,) = result.remarks.to_dict("records")
    assert "2 listed pairs are not eligible" in remark["text"]
    assert "C-0 in O-0, C-9 in O-1" in remark["text"]
    assert "2 genoemde koppelingen" in remark["text_nl"]
    assert po.check_result(region, result, pair_values=frame).is_sound


def test_only_the_first_ten_are_told():
    region = region_of()
    frame = frame_of([(f"X-{n}", "O-0") for n in range(11)] + [("C-0", "O-0")], score=[1] * 12)
    (remark,) = po.Model(region, pair_values=frame).compile().remarks
    assert "11 listed" in remark.text
    assert "X-9" in remark.text
    assert "X-10" not in remark.text


def test_ids_of_another_kind_altogether_are_bad_input():
    frame = frame_of([("X-1", "O-0")], score=[1])
    with pytest.raises(InvalidInputError, match="known candidate"):
        po.Model(region_of(), pair_values=frame).compile()


def test_an_own_column_needs_a_value_of_every_eligible_pair_or_a_default():
    frame = frame_of([("C-0", "O-0"), ("C-0", "O-1")], weight=[1, 2])
    rule = po.ResourceLimit(uses="weight", per="candidate", limits=1)
    with pytest.raises(InvalidInputError, match="weight must be given for every eligible pair"):
        po.Model(region_of(), pair_values=frame).add(rule).compile()
    model = po.Model(region_of(), pair_values=frame, pair_defaults={"weight": 7}).add(rule)
    assert model.solve(time_limit_s=20).placements["candidate_id"].tolist() == ["C-0"]
    assert po.Model(region_of(), pair_values=frame).compile().pairs.n_pairs == 4  # nothing uses it


def test_a_score_counts_where_it_is_listed_and_a_pair_score_asks_for_all():
    frame = frame_of([("C-0", "O-0")], score=[10_000])
    model = po.Model(region_of(), pair_values=frame)
    assert model.solve(time_limit_s=20).objective > 10_000
    with pytest.raises(InvalidInputError, match="score must be given for every eligible pair"):
        po.Model(region_of(), pair_values=frame, objective=[po.PairScore("score")]).compile()


def test_a_pair_without_a_label_is_in_no_group():
    frame = frame_of([("C-0", "O-0"), ("C-0", "O-1")], channel=["fair", None])
    rule = po.ResourceLimit(per="channel", limits=0)
    result = po.Model(region_of(1), pair_values=frame).add(rule).solve(time_limit_s=20)
    assert result.placements["opening_id"].tolist() == ["O-1"]
    model = po.Model(region_of(1), pair_values=frame, pair_defaults={"channel": "other"}).add(rule)
    assert model.solve(time_limit_s=20).placements.empty


def test_given_hours_decide_in_the_rows_whether_a_coach_is_needed():
    fields = {"hours_per_week": (0, 20), "coaching_regime": "light", "coaching_year": 1}
    region = po.Region(
        name="tiny",
        date=DATE,
        candidates=[po.Candidate(id="C-0", **fields)],
        openings=[po.Opening(id="O-0", hours_per_week=(0, 20))],
        coaches=[po.Coach(id="K-0", hours_per_week=0)],
    )
    frame = frame_of([("C-0", "O-0")], coaching_hours_per_week=[0])
    assert po.Model(region).solve(time_limit_s=20).placements.empty
    assert len(po.Model(region, pair_values=frame).solve(time_limit_s=20).placements) == 1


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"pairs": frame_of([("C-0", "O-0")]), "pair_defaults": {"a": 1}}, "must be left out"),
        ({"pair_defaults": [1]}, "pair_defaults must map"),
        ({"pair_defaults": {"a": None}}, "must be a number or a label"),
        ({"pair_values": 7}, "must be a frame"),
        ({"pair_values": frame_of([("C-0", "O-0")] * 2, score=[1, 2])}, "must be listed once"),
        ({"pair_values": {"candidate_id": ["C-0"]}}, "opening_id must be given"),
        ({"pair_values": frame_of([("C-0", "O-0")], wage_value=[2])}, "must be from 0 to 1"),
        ({"pair_values": frame_of([("C-0", "O-0")], score=["much"])}, "score must be a column"),
        ({"pair_values": frame_of([("C-0", "O-0")], employer=["E"])}, "way to group"),
    ],
)
def test_what_is_wrong_with_values_is_told(given_, message):
    with pytest.raises(InvalidInputError, match=message):
        po.Model(region_of(), **given_).compile()


def test_rows_are_named_as_the_frame_has_them():
    frame = frame_of([("C-9", "O-0"), ("C-0", "O-0"), ("C-0", "O-1")], score=[1, 2, np.inf])
    with pytest.raises(InvalidInputError, match=r"'row 2': score"):
        po.Model(region_of(), pair_values=frame).compile()


def test_later_changes_of_the_frame_do_not_count():
    frame = pd.DataFrame(frame_of([("C-0", "O-0")], score=[5_000]))
    model = po.Model(region_of(1, 1), pair_values=frame)
    frame["score"] = 1
    assert model.solve(time_limit_s=20).placements["points"].tolist() == [5_000]
