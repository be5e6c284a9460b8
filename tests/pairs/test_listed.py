"""Listed pairs: every way to write a frame gives the same table, and every mistake is told."""

import subprocess
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placement_opt.basics.errors import InvalidInputError
from placement_opt.constraints.excluded_pairs import ExcludedPairs
from placement_opt.constraints.resource_limit import ResourceLimit
from placement_opt.constraints.sheltered_work import ShelteredWork
from placement_opt.instance.instance import Instance
from placement_opt.pairs.enumeration import enumerate_pairs
from placement_opt.pairs.listed import given_of, listed_pairs
from placement_opt.records import Candidate, Opening, Region

# The user's order is not that of the ids.
REGION = Region(
    name="test",
    candidates=[Candidate(id="C-3"), Candidate(id="C-1", sheltered=True), Candidate(id="C-2")],
    openings=[Opening(id="O-2"), Opening(id="O-1")],
    excluded_pairs=[("C-3", "O-1")],
)
INSTANCE = Instance(REGION)
PAIRS = {"candidate_id": ["C-3", "C-1", "C-3"], "opening_id": ["O-2", "O-1", "O-1"]}
SORTED = [("C-1", "O-1"), ("C-3", "O-1"), ("C-3", "O-2")]


def listed(rules=(), **columns):
    return listed_pairs(INSTANCE, {**PAIRS, **columns}, rules)


def ids(pairs):
    instance = pairs.instance
    return [
        (instance.candidate_ids[candidate], instance.opening_ids[opening])
        for candidate, opening in zip(pairs.candidate, pairs.opening, strict=True)
    ]


# What makes the columns `usage` and `team` count; columns that nothing uses are not judged.
USED = (ResourceLimit(uses="usage", per="team", limits=1),)


def problems(frame, instance=INSTANCE):
    with pytest.raises(InvalidInputError) as caught:
        listed_pairs(instance, frame, USED)
    assert all(problem.subject == "pairs" for problem in caught.value.problems)
    return caught.value.problems


def the_problem(**columns):
    (problem,) = problems({**PAIRS, **columns})
    return problem


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
    assert ids(pairs) == SORTED
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
    assert ids(one) == ids(other)
    assert [given_of(one, row) for row in range(3)] == [given_of(other, row) for row in range(3)]


def test_rules_take_listed_pairs_away_with_all_their_columns():
    pairs = listed([ShelteredWork(), ExcludedPairs()], weight=[10, 20, 30], team=["b", "a", "b"])
    assert ids(pairs) == [("C-3", "O-2")]
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


@pytest.mark.parametrize("missing", PAIRS)
def test_both_id_columns_have_to_be_there(missing):
    frame = {name: values for name, values in PAIRS.items() if name != missing}
    (problem,) = problems(frame)
    assert str(problem) == (
        f"pairs: {missing} must be given, got None. Hint: add the column {missing!r} to the frame."
    )


@pytest.mark.parametrize("columns", [{}, {"opening_id": pd.Categorical(["O-2", "O-1", "O-9"])}])
def test_an_unknown_id_names_its_row_and_the_closest(columns):
    problem = the_problem(**(columns or {"opening_id": ["O-2", "O-1", "O-9"]}))
    assert (problem.id, problem.field, problem.value) == ("row 2", "opening_id", "O-9")
    assert problem.expected == "must be the id of a known opening"
    assert "did you mean 'O-" in problem.hint


def test_an_unknown_id_is_told_once():
    found = problems({"candidate_id": ["X", "X", "Y", "C-1"], "opening_id": ["O-1"] * 4})
    assert [(problem.id, problem.value) for problem in found] == [("row 0", "X"), ("row 2", "Y")]


def test_an_id_that_could_be_a_citizen_number_is_not_repeated():
    assert the_problem(candidate_id=["C-3", "111222333", "C-1"]).value == "******333"


@pytest.mark.parametrize(
    ("values", "row", "value"),
    [
        (["C-3", None, "C-1"], "row 1", None),
        (["C-3", float("nan"), "C-1"], "row 1", None),
        (pd.Categorical(["C-3", "C-1", None]), "row 2", None),
        (pd.Series(["C-3", None, "C-1"], dtype="string"), "row 1", None),
        (["C-3", 1, "C-1"], "row 1", 1),
        (["C-3", ["C-2"], "C-1"], "row 1", ["C-2"]),
        ([0, 3, 1], "row 1", 3),
        ([0, 1, -1], "row 2", -1),
        ([0.0, 1.0, 2.0], None, "values of type float64"),
        ([True, False, True], None, "values of type bool"),
    ],
)
def test_what_is_no_id_is_refused(values, row, value):
    if not isinstance(values, (pd.Categorical, pd.Series)) and values == [True, False, True]:
        values = np.array(values)
    problem = the_problem(candidate_id=values)
    assert (problem.id, problem.field, problem.value) == (row, "candidate_id", value)


def test_a_pair_listed_again_names_both_rows():
    found = problems({"candidate_id": ["C-1", "C-2", "C-1", "C-1"], "opening_id": ["O-1"] * 4})
    assert [(problem.id, problem.hint) for problem in found] == [
        ("row 2", "row 0 lists the same pair; keep one of both"),
        ("row 3", "row 2 lists the same pair; keep one of both"),
    ]
    assert found[0].value == ("C-1", "O-1")


@pytest.mark.parametrize(
    ("values", "row", "text"),
    [
        ([1, None, 2], "row 1", "must be a finite number"),
        ([1, float("nan"), 2], "row 1", "must be a finite number"),
        ([1, 2, float("inf")], "row 2", "must be a finite number"),
        (pd.array([1, None, 2], dtype="Int64"), "row 1", "must be a finite number"),
        ([1, "2", 3], "row 1", "must be a finite number"),
        ([1, True, 3], "row 1", "must be a finite number"),
        ([1e18, 0.5, 1], "row 0", "must fit a signed 64-bit integer"),
        (np.array([True, False, True]), None, "must be a column of numbers"),
        (pd.to_datetime(["2026-01-01"] * 3), None, "must be a column of numbers"),
    ],
)
def test_what_is_no_number_is_refused(values, row, text):
    problem = the_problem(usage=values)
    assert (problem.id, problem.field) == (row, "usage")
    assert text in problem.expected


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 1e19, "1.5", True])
def test_a_score_still_has_to_be_a_number(value):
    problem = the_problem(score=[0.123456789, value, 0])
    assert (problem.id, problem.field) == ("row 1", "score")


@pytest.mark.parametrize(
    "values", [["a", None, "b"], ["a", 1, "b"], pd.Categorical(["a", None, "b"]), ["a", [1], "b"]]
)
def test_every_row_needs_its_label(values):
    problem = the_problem(team=values)
    assert (problem.id, problem.field) == ("row 1", "team")
    assert problem.expected == "must be a text in every row"


@pytest.mark.parametrize("name", ["candidate", "opening", "employer", "sector", "region"])
def test_built_in_groups_keep_their_names(name):
    problem = the_problem(**{name: ["a", "b", "c"]})
    assert (problem.field, problem.value) == ("columns", name)
    assert problem.hint == f"rename it, such as 'own_{name}'"


@pytest.mark.parametrize("name", ["score", "hours_per_week", "wage_value"])
def test_a_column_with_a_meaning_cannot_hold_labels(name):
    found = problems({**PAIRS, name: ["a", "b", "c"]})
    assert {problem.field for problem in found} == {name}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("hours_per_week", -1),
        ("hours_per_week", 168.5),
        ("coaching_hours_per_week", -0.5),
        ("wage_value", 1.01),
        ("subsidy_eur_per_year", -1),
    ],
)
def test_a_column_with_a_meaning_stays_in_its_range(name, value):
    problem = the_problem(**{name: [0, value, 1]})
    assert (problem.id, problem.field, problem.value) == ("row 1", name, value)
    assert problem.expected.startswith("must be from 0 to ")


def test_columns_have_the_same_length():
    (problem,) = problems({**PAIRS, "score": [1, 2]})
    assert problem.value == {"candidate_id": 3, "opening_id": 3, "score": 2}


def test_a_frame_names_every_column_once():
    frame = pd.DataFrame([["C-1", "O-1", 1, 2]], columns=[*PAIRS, "score", "score"])
    (problem,) = problems(frame)
    assert (problem.field, problem.expected) == ("score", "must be one column")


def test_column_names_are_texts():
    (problem,) = problems({**PAIRS, 5: [1, 2, 3]})
    assert problem.expected == "must be texts"


@pytest.mark.parametrize("frame", [None, 5, [("C-1", "O-1")], "pairs.csv"])
def test_what_is_no_frame_is_refused(frame):
    (problem,) = problems(frame)
    assert problem.expected == "must be a frame or a mapping from column names to values"


def test_all_problems_are_told_at_once():
    found = problems(
        {
            "candidate_id": ["X", "C-1", "C-1"],
            "opening_id": ["O-1", "O-1", "O-1"],
            "score": [1, None, 3],
            "sector": ["a", "b", "c"],
        }
    )
    assert [(problem.id, problem.field) for problem in found] == [
        (None, "columns"),
        ("row 0", "candidate_id"),
        ("row 1", "score"),
        ("row 2", "candidate_id, opening_id"),
    ]


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
