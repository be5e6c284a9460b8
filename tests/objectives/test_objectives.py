"""Objective terms: points of pairs in bulk equal what the plain reading gives a plan."""

import datetime as dt
import json
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import complete_regions, regions

from placement_opt.basics.errors import InvalidInputError
from placement_opt.instance.instance import Instance
from placement_opt.instance.placement import Placement
from placement_opt.instance.plan import Plan
from placement_opt.objectives import TERMS, standard_terms, term_from_json
from placement_opt.objectives.match_points import half_up
from placement_opt.objectives.match_score import MatchScore
from placement_opt.objectives.pair_score import PairScore
from placement_opt.objectives.placed_jobs import PlacedJobs
from placement_opt.objectives.priority import Priority
from placement_opt.pairs.listed import given_of
from placement_opt.pairs.table import Column, PairTable
from placement_opt.records import Candidate, Opening, Region

ONLY_SKILLS = MatchScore(wish_points=0, preference_points=0, travel_points=0, hours_points=0)
ONLY_WISHES = MatchScore(skill_points=0, preference_points=0, travel_points=0, hours_points=0)
ONLY_PREFERENCES = MatchScore(skill_points=0, wish_points=0, travel_points=0, hours_points=0)
ONLY_TRAVEL = MatchScore(skill_points=0, wish_points=0, preference_points=0, hours_points=0)
ONLY_HOURS = MatchScore(skill_points=0, wish_points=0, preference_points=0, travel_points=0)


def all_pairs(region, **columns):
    instance = Instance(region)
    rows, places = np.indices((instance.n_candidates, instance.n_openings))
    candidate, opening = rows.ravel().astype(np.int32), places.ravel().astype(np.int32)
    return PairTable(instance, candidate, opening, **columns)


def placement(pairs, row):
    instance = pairs.instance
    return Placement(
        instance.candidate_ids[pairs.candidate[row]],
        instance.opening_ids[pairs.opening[row]],
        given=given_of(pairs, row),
    )


def check_agreement(term, pairs):
    points = term.points(pairs)
    assert len(points.values) == len(pairs)
    each = [points.fraction(row) for row in range(len(pairs))]
    placements = [placement(pairs, row) for row in range(len(pairs))]
    for placed, expected in zip(placements, each, strict=True):
        assert term.value(Plan(pairs.instance, [placed])) == expected
    assert term.value(Plan(pairs.instance, placements)) == sum(each)


def points_of(term, candidate, opening, others=(), **fields):
    """Points of the pair C-O, read both ways, with further candidates around."""
    region = Region(
        name="test",
        date=dt.date(2026, 2, 1),
        candidates=[Candidate(id="C", **candidate), *others],
        openings=[Opening(id="O", **opening)],
        sectors_of_work={"care", "green", "logistics"},
        **fields,
    )
    pairs = all_pairs(region)
    check_agreement(term, pairs)
    row = pairs.find(pairs.instance.candidate_idx("C"), 0)
    return term.points(pairs).fraction(row)


def part_points():
    return st.integers(0, 2_000)


@settings(deadline=None, max_examples=60)
@given(
    region=complete_regions(),
    parts=st.tuples(*[part_points()] * 5),
    per_unit=st.integers(0, 10**6),
)
def test_points_equal_the_plain_value(region, parts, per_unit):
    pairs = all_pairs(region)
    names = [name for name in MatchScore.model_fields if name.endswith("_points")]
    for term in (
        MatchScore(**dict(zip(names, parts, strict=True))),
        Priority(points_per_unit=per_unit),
        PlacedJobs(points_per_job=per_unit),
        PairScore("hours_per_week"),
        PairScore("coaching_hours_per_week"),
        PairScore("wage_value"),
        PairScore("subsidy_eur_per_year"),
    ):
        check_agreement(term, pairs)


@settings(deadline=None, max_examples=60)
@given(region=regions())
def test_silent_records_score_the_same_both_ways(region):
    pairs = all_pairs(region)
    check_agreement(MatchScore(), pairs)
    check_agreement(Priority(), pairs)


@settings(deadline=None, max_examples=30)
@given(region=complete_regions(), seed=st.integers(0, 2**32 - 1))
def test_given_columns_win_both_ways(region, seed):
    pairs = all_pairs(region)
    random = np.random.default_rng(seed)
    given_columns = {
        "hours_per_week": Column.of(random.integers(0, 1_680_000, len(pairs)), 10_000),
        "score": Column.of(random.integers(-(10**9), 10**9, len(pairs)), 10**6),
        "own": Column.of(random.integers(-(10**9), 10**9, len(pairs)), 1),
    }
    with_score = all_pairs(region, given=given_columns)
    for term in (MatchScore(), PlacedJobs(), PairScore("score"), PairScore("own")):
        check_agreement(term, with_score)
    del given_columns["score"]
    check_agreement(MatchScore(), all_pairs(region, given=given_columns))


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ({"welding": 0.8, "dutch": 0.4}, 400),
        ({"welding": 1, "dutch": 1}, 400),
        ({}, 0),
        # Both skills weigh 1, since everybody (C alone) has them: 0.5 and 0.9 of 1.2.
        ({"welding": 0.4, "dutch": 0.1}, 167),
        ({"welding": 0.8, "dutch": 0.1}, 300),
    ],
)
def test_skills_are_covered_in_part(levels, expected):
    opening = {"required_skills": {"welding": 0.8, "dutch": 0.4}}
    assert points_of(ONLY_SKILLS, {"skills": levels}, opening) == expected


def test_a_rare_skill_weighs_more_than_a_common_one():
    others = [Candidate(id=f"X-{i}", skills={"dutch": 0.1}) for i in range(9)]
    opening = {"required_skills": {"welding": 1, "dutch": 1}}
    # Ten people: nobody welds, 1 + round(1000 ln 11) = 3399; all ten know Dutch, weight 1.
    common = points_of(ONLY_SKILLS, {"skills": {"dutch": 1}}, opening, others)
    assert common == (2 * 400 * 1 + 3400) // (2 * 3400)
    # C alone welds, 1 + round(1000 ln 5.5) = 1706; nine know Dutch, 1 + round(1000 ln 1.1) = 96.
    rare = points_of(ONLY_SKILLS, {"skills": {"welding": 1}}, opening, others)
    assert rare == (2 * 400 * 1706 + 1802) // (2 * 1802)


def test_an_opening_that_requires_nothing_is_fully_covered():
    assert points_of(MatchScore(), {}, {}) == 400
    assert points_of(MatchScore(), {}, {"required_skills": {"welding": 0}}) == 400


@pytest.mark.parametrize(
    ("wishes", "opening", "expected"),
    [
        (("O",), {}, 200),
        (("care", "O"), {}, 100),
        (("care", "O"), {"sector_of_work": "care"}, 200),
        (("care", "green", "O"), {"sector_of_work": "green"}, 133),
        (("care", "green", "logistics"), {"sector_of_work": "logistics"}, 67),
        (("care",), {"sector_of_work": "green"}, 0),
        ((), {"sector_of_work": "green"}, 0),
    ],
)
def test_the_best_wish_that_is_met_counts(wishes, opening, expected):
    assert points_of(ONLY_WISHES, {"wishes": wishes}, opening) == expected


@pytest.mark.parametrize(
    ("preferences", "expected"), [(("C",), 100), (("X", "C"), 50), (("X",), 0), ((), 0)]
)
def test_preferences_of_the_opening_count(preferences, expected):
    others = [Candidate(id="X")]
    assert points_of(ONLY_PREFERENCES, {}, {"preferences": preferences}, others) == expected


@pytest.mark.parametrize(
    ("minutes", "expected"), [(0, 200), (15, 100), (30, 0), (31, 0), (10.05, 133), (None, 0)]
)
def test_a_short_journey_counts(minutes, expected):
    rows = () if minutes is None else (("C", "O", minutes),)
    candidate = {"max_travel_minutes": 30}
    assert points_of(ONLY_TRAVEL, candidate, {}, travel_minutes=rows) == expected


def test_remote_work_saves_the_whole_journey():
    assert points_of(ONLY_TRAVEL, {"max_travel_minutes": 30}, {"remote": True}) == 200
    assert points_of(ONLY_TRAVEL, {"max_travel_minutes": 0}, {"remote": True}) == 0


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        ((8, 32), (8, 40), 100),
        ((8, 32), (8, 16), 50),
        ((8, 32), (8, 12), 38),  # 37.5, halves up
        ((0, 0), (8, 16), 0),
        ((8, 32), None, 0),
    ],
)
def test_hours_near_the_most_that_are_wanted_count(wanted, offered, expected):
    candidate, opening = {"hours_per_week": wanted}, {"hours_per_week": offered}
    assert points_of(ONLY_HOURS, candidate, opening) == expected


def test_priority_is_exact():
    assert points_of(Priority(), {"priority": 2.5}, {}) == 250
    assert points_of(Priority(points_per_unit=3), {"priority": 0.000001}, {}) == Fraction(3, 10**6)


def test_a_placed_job_is_counted_by_its_hours():
    candidate = {"hours_per_week": (8, 25.5)}
    assert points_of(PlacedJobs(), candidate, {"hours_per_week": (8, 40)}) == 500
    assert points_of(PlacedJobs(), candidate, {"hours_per_week": (8, 10)}) == Fraction(10000, 51)


def test_placed_jobs_need_hours_and_say_so():
    region = Region(name="test", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    pairs = all_pairs(region)
    with pytest.raises(InvalidInputError, match="since value of placed jobs"):
        PlacedJobs().points(pairs)
    plan = Plan(pairs.instance, [Placement("C", "O")])
    with pytest.raises(InvalidInputError, match="leave PlacedJobs out of the objective"):
        PlacedJobs().value(plan)


def test_points_beyond_64_bits_are_refused():
    far = Column.of(np.array([2**62, 1]), 10**6)
    region = Region(
        name="test",
        candidates=[Candidate(id="C"), Candidate(id="D")],
        openings=[Opening(id="O")],
    )
    pairs = all_pairs(region, given={"hours_per_week": far})
    with pytest.raises(InvalidInputError, match="must fit 64 bits"):
        PlacedJobs(points_per_job=999_983).points(pairs)


def test_a_pair_score_takes_its_column_by_position_or_name():
    term = PairScore("cost", weight=-1)
    assert term == PairScore(column="cost", weight=-1)
    assert (term.column, term.weight) == ("cost", -1)
    assert term.key != PairScore("score").key
    with pytest.raises(TypeError, match="takes one column"):
        PairScore("cost", column="cost")
    with pytest.raises(TypeError, match="takes one column"):
        PairScore("cost", "score")
    with pytest.raises(InvalidInputError, match="column must be given"):
        PairScore()


def test_an_unknown_pair_column_names_the_closest():
    region = Region(name="test", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    pairs = all_pairs(region, given={"score": Column.of(np.array([1]))})
    with pytest.raises(InvalidInputError, match="did you mean 'score'"):
        PairScore("scores").points(pairs)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"weight": "1"}, "weight must be a number"),
        ({"weight": float("inf")}, "weight must be a number"),
        ({"weight": 1e13}, "weight must be a number from -1000000000000 to"),
        ({"skill_points": -1}, "skill_points must be a whole number from 0"),
        ({"skill_points": 1.5}, "skill_points must be a whole number"),
        ({"skil_points": 1}, "did you mean 'skill_points'"),
    ],
)
def test_a_term_refuses_bad_numbers(fields, text):
    with pytest.raises(InvalidInputError, match=text):
        MatchScore(**fields)


EVERY_EXAMPLE = [(kind, fields) for kind in TERMS for fields in kind.examples]


@pytest.mark.parametrize(("kind", "fields"), EVERY_EXAMPLE)
def test_a_term_survives_json(kind, fields):
    term = kind(weight=-2.5, **fields)
    again = term_from_json(json.loads(term.model_dump_json()))
    assert again == term
    assert type(again) is kind


@pytest.mark.parametrize("term", [MatchScore(skill_points=7), PairScore("cost", weight=-1)])
def test_a_term_is_read_from_its_own_fields(term):
    assert term_from_json(term.model_dump(mode="json")) == term


def test_an_unknown_term_names_the_closest():
    with pytest.raises(InvalidInputError, match="did you mean 'MatchScore'"):
        term_from_json({"term": "MatchScores"})


@pytest.mark.parametrize("term", TERMS)
def test_a_term_says_what_it_is(term):
    assert term.__doc__ is not None
    assert ".. math::" in term.__doc__
    assert term.title


def test_standard_terms_are_those_that_the_records_name():
    bare = Region(name="test", candidates=[Candidate(id="C")], openings=[Opening(id="O")])
    assert standard_terms(Instance(bare)) == (MatchScore(),)
    full = Region(
        name="test",
        candidates=[Candidate(id="C", priority=1, hours_per_week=(8, 16))],
        openings=[Opening(id="O", hours_per_week=(8, 16))],
    )
    assert standard_terms(Instance(full)) == (MatchScore(), Priority(), PlacedJobs())


@settings(deadline=None, max_examples=200)
@given(
    most=st.integers(0, 10**5),
    parts=st.lists(st.tuples(st.integers(0, 10**13), st.integers(1, 10**13)), min_size=1),
    scale=st.sampled_from([1, 7, 10**4]),
)
def test_points_round_halves_up_whatever_the_size_of_the_numbers(most, parts, scale):
    # Twice most times numerator plus denominator has to fit 64 bits: 10^18 at most here.
    limit = 10**18 // max(1, 2 * most) // scale
    numerator = np.array([min(top, limit) * scale for top, _ in parts], dtype=np.int64)
    denominator = np.array([bottom for _, bottom in parts], dtype=np.int64)
    exact = [
        math.floor(Fraction(most * top, bottom) + Fraction(1, 2))
        for top, bottom in zip(numerator.tolist(), denominator.tolist(), strict=True)
    ]
    assert half_up(most, numerator, denominator).tolist() == exact
    halves = half_up(1, denominator, 2 * denominator)
    assert halves.tolist() == [1] * len(parts)
