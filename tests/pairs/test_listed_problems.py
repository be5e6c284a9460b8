"""Listed pairs: every mistake in a frame is told, with its row and what to do."""

import numpy as np
import pandas as pd
import pytest
from listed_pairs_of import PAIRS, problems, the_problem


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
