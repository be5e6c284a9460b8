"""Listed pairs: every way to write a frame gives the same table."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from listed_pairs_of import INSTANCE, PAIRS
from tiny_regions import ids_of

from placement_opt.constraints.excluded_pairs import ExcludedPairs
from placement_opt.constraints.sheltered_work import ShelteredWork
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.listed import given_of, listed_pairs
from placement_opt.records import Candidate, Opening, Region

SORTED = [("C-1", "O-1"), ("C-3", "O-1"), ("C-3", "O-2")]


def listed(rules=(), **columns):
    return listed_pairs(INSTANCE, {**PAIRS, **columns}, rules)


@pytest.mark.parametrize(
    "frame",
    [
        PAIRS,
        {name: tuple(values) for name, values in PAIRS.items()},
        {name: np.array(values) for name, values in PAIRS.items()},
        {name: np.array(values, dtype=object) for name, values in PAIRS.items()},
        {name: pd.Categorical(values) for name, values in PAIRS.items()},
        {name: pd.Series(values, index=[7, 8, 9]) for name, values in PAIRS.items()},
        {"candidate_id": [0, 1, 0], "opening_id": [0, 1, 1]},
        {"candidate_id": np.array([0, 1, 0], np.uint8), "opening_id": PAIRS["opening_id"]},
        pd.DataFrame(PAIRS),
        pd.DataFrame(PAIRS).astype("category"),
        pd.DataFrame(PAIRS).astype(object),
        pd.DataFrame({"candidate_id": [0, 1, 0], "opening_id": [0, 1, 1]}, index=[5, 5, 5]),
    ],
)
def test_every_way_to_write_ids_gives_the_same_sorted_pairs(frame):
    pairs = listed_pairs(INSTANCE, frame, ())
    assert ids_of(pairs) == SORTED
    assert pairs.candidate.dtype == pairs.opening.dtype == np.int32


def test_columns_follow_their_pairs():
    pairs = listed(score=[1.5, -2, 3], weight=[10, 20, 30], team=["b", "a", "b"])
    assert [given_of(pairs, row) for row in range(3)] == [
        {"score": -2, "weight": 20, "team": "a"},
        {"score": 3, "weight": 30, "team": "b"},
        {"score": Fraction(3, 2), "weight": 10, "team": "b"},
    ]
    assert pairs.labels["team"][1] == ("a", "b")
    assert pairs.given["weight"].values.dtype == np.int8


@pytest.mark.parametrize(
    "values",
    [
        [0.1, 0.2, 0.000003],
        np.array([0.1, 0.2, 0.000003]),
        [Decimal("0.1"), Fraction(1, 5), 0.000003],
        pd.Series([0.1, 0.2, 0.000003], dtype="Float64"),
        pd.Categorical([0.1, 0.2, 0.000003]),
    ],
)
def test_numbers_are_the_decimals_they_print_as(values):
    column = listed(usage=values).given["usage"]
    expected = [Fraction(1, 5), Fraction(3, 10**6), Fraction(1, 10)]
    assert [column.fraction(row) for row in range(3)] == expected


@pytest.mark.parametrize(
    "values",
    [
        ["x", "y", "x"],
        np.array(["x", "y", "x"]),
        pd.Categorical(["x", "y", "x"], categories=["never", "y", "x"]),
        pd.Series(["x", "y", "x"]),
    ],
)
def test_labels_are_those_that_occur(values):
    code, labels = listed(team=values).labels["team"]
    assert labels == ("x", "y")
    assert code.tolist() == [1, 0, 0]


def test_the_order_of_rows_does_not_matter():
    score = [0.25, 1, 2]
    turned = {name: values[::-1] for name, values in {**PAIRS, "score": score}.items()}
    one, other = listed(score=score), listed_pairs(INSTANCE, turned, ())
    assert ids_of(one) == ids_of(other)
    assert [given_of(one, row) for row in range(3)] == [given_of(other, row) for row in range(3)]


def test_rules_take_listed_pairs_away_with_all_their_columns():
    pairs = listed([ShelteredWork(), ExcludedPairs()], weight=[10, 20, 30], team=["b", "a", "b"])
    assert ids_of(pairs) == [("C-3", "O-2")]
    assert given_of(pairs, 0) == {"weight": 10, "team": "b"}
    assert pairs.removed["sheltered work"].tolist() == [1, 0, 0]
    assert pairs.removed["excluded pairs"].tolist() == [0, 0, 1]


def test_listing_all_pairs_equals_enumerating_them():
    region = Region(
        name="test",
        candidates=[Candidate(id=f"C-{i:04}", sheltered=i % 7 == 0) for i in range(1_100)],
        openings=[Opening(id=f"O-{i}", sheltered=i == 1) for i in range(3)],
        excluded_pairs=[(f"C-{i:04}", "O-0") for i in range(0, 1_100, 5)],
    )
    instance = Instance(region)
    rows, columns = (axis.ravel() for axis in np.indices((1_100, 3)))
    rules = [ShelteredWork(), ExcludedPairs()]
    given_pairs = listed_pairs(
        instance, {"candidate_id": rows[::-1], "opening_id": columns[::-1]}, rules
    )
    found = enumerate_pairs(instance, rules)
    assert np.array_equal(given_pairs.candidate, found.candidate)
    assert np.array_equal(given_pairs.opening, found.opening)
    for title in found.removed:
        assert np.array_equal(given_pairs.removed[title], found.removed[title])


@pytest.mark.parametrize("frame", [{name: [] for name in PAIRS}, pd.DataFrame(columns=[*PAIRS])])
def test_no_rows_are_no_pairs(frame):
    assert len(listed_pairs(INSTANCE, frame, [ShelteredWork()])) == 0


@settings(deadline=None, max_examples=100)
@given(scores=st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_a_score_may_have_any_decimals(scores):
    column = listed(score=scores).given["score"]
    largest = max(1e-280, *(abs(score) for score in scores))
    for row, score in zip(range(3), (scores[1], scores[2], scores[0]), strict=True):
        assert abs(column.fraction(row) - Fraction(score)) <= Fraction(largest) / 2**49


def test_a_long_score_of_exact_numbers_is_read_as_well():
    column = listed(score=[Fraction(1, 3), Decimal("0.12345678"), 1]).given["score"]
    assert abs(column.fraction(2) - Fraction(1, 3)) < Fraction(1, 10**14)
    assert column.fraction(0) == Fraction("0.12345678")


def test_large_whole_scores_are_exact():
    scores = [2**62, 2**62 - 1, -(2**62)]
    column = listed(score=scores).given["score"]
    assert [column.fraction(row) for row in (2, 0, 1)] == scores


def test_a_mapping_needs_no_pandas():
    code = (
        "import sys\n"
        "from placement_opt.instance.instance import Instance\n"
        "from placement_opt.pairs.listed import listed_pairs\n"
        "from placement_opt.records import Candidate, Opening, Region\n"
        "region = Region(name='r', candidates=[Candidate(id='C')], openings=[Opening(id='O')])\n"
        "frame = {'candidate_id': ['C'], 'opening_id': ['O'], 'score': [1.5], 'team': ['a']}\n"
        "assert len(listed_pairs(Instance(region), frame, ())) == 1\n"
        "assert 'pandas' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
