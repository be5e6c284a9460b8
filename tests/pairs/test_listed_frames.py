"""Frames of listed pairs as people have them: every kind, and what is told of their columns."""

import datetime as dt
import logging
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import placement_opt as po

pl = pytest.importorskip("polars", reason="polars is in the extra `test`")


REGION = po.Region(
    name="r",
    candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
    openings=[po.Opening(id="O-1"), po.Opening(id="O-2", positions=2)],
)
BASE = (po.OnePlacement(), po.OpeningCapacity())
PAIRS = {
    "candidate_id": ["C-1", "C-2", "C-2"],
    "opening_id": ["O-1", "O-1", "O-2"],
    "score": [0.25, 1 / 3, 0.1],
    "fte": [0.5, 2 / 3, 1.0],
    "shift": ["early", "late", "late"],
}
FTE = po.ResourceLimit(uses="fte", per="shift", limits={"late": 2 / 3})


def solved(pairs, rules=(FTE,), column="score"):
    model = po.Model(REGION, pairs=pairs, rules=[*BASE, *rules], objective=[po.PairScore(column)])
    return model.solve(gap=0)


def problems(pairs, rules=(FTE,), column="score"):
    with pytest.raises(po.InvalidInputError) as caught:
        solved(pairs, rules, column)
    assert {problem.subject for problem in caught.value.problems} == {"pairs"}
    return caught.value.problems


@pytest.mark.parametrize(
    "pairs",
    [
        PAIRS,
        MappingProxyType(PAIRS),
        pd.DataFrame(PAIRS),
        pd.DataFrame(PAIRS).astype({"candidate_id": "category", "shift": "category"}),
        pd.DataFrame(PAIRS).convert_dtypes(),
        pl.DataFrame(PAIRS),
        pl.DataFrame(
            PAIRS, schema_overrides={"opening_id": pl.Categorical, "shift": pl.Categorical}
        ),
        {name: pl.Series(values) for name, values in PAIRS.items()},
        pl.DataFrame(PAIRS | {"candidate_id": [0, 1, 1], "opening_id": [0, 0, 1]}),
    ],
)
def test_pairs_of_every_kind_give_one_answer(pairs):
    result = solved(pairs)
    assert result.objective == pytest.approx(1 / 3)
    assert po.check_result(REGION, result, pairs).is_sound


@pytest.mark.parametrize(
    "unused",
    [
        [float("nan"), None, "x"],
        [dt.date(2026, 2, 1), None, {"a": 1}],
        [True, False, True],
        pd.to_datetime(["2026-02-01"] * 3),
        ["a", None, "b"],
        [[1], [2], [3]],
        np.array([1e300, 0.1234567890123, -np.inf]),
    ],
)
def test_columns_that_nothing_uses_are_not_judged(unused):
    pairs = PAIRS | {"note": unused}
    result = solved(pairs)
    assert result.objective == pytest.approx(1 / 3)
    assert po.check_result(REGION, result, pairs).is_sound
    assert len(result.placements) == 1
    if not isinstance(unused, np.ndarray):  # which a term would read, but for the infinity
        assert {problem.field for problem in problems(pairs, column="note")} == {"note"}


def test_columns_that_are_used_or_override_are_judged_all_at_once():
    nothing = [None, 1, 2]
    found = problems(
        PAIRS | {"score": nothing, "fte": nothing, "wage_value": nothing, "x": nothing}
    )
    assert {problem.field for problem in found} == {"score", "fte", "wage_value"}
    found = problems(PAIRS | {"shift": [None, "a", "b"], "candidate_id": ["?", "C-2", "C-2"]})
    assert {problem.field for problem in found} == {"candidate_id", "shift"}
    assert problems(PAIRS | {"sector": [1, 2, 3]})[0].field == "columns"


def renamed(**names):
    return {names.get(name, name): values for name, values in PAIRS.items()}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("candidate_id", "\ufeffcandidate_id"),
        ("candidate_id", " Candidate_ID "),
        ("opening_id", "Opening id"),
        ("score", "Score"),
    ],
)
def test_a_name_with_a_mark_blanks_or_capitals_is_told_as_what_is_meant(old, new):
    problem, *rest = problems(renamed(**{old: new}), rules=())
    assert (problem.field, problem.value) == ("columns", new)
    assert all(other.hint == f"did you mean {new!r}" for other in rest)  # what asks for it
    assert problem.expected == f"must be written as {old!r}"
    assert problem.hint.startswith(f"rename it to {old!r}")
    assert ("byte-order mark" in problem.hint) == ("\ufeff" in new)


@pytest.mark.parametrize("new", ["candidat_id", "candidates"])
def test_a_missing_id_column_names_what_comes_close(new):
    (problem,) = problems(renamed(candidate_id=new))
    assert problem.hint == (f"did you mean {new!r}? add the column 'candidate_id' to the frame")


def test_an_own_column_is_named_by_what_comes_close():
    with pytest.raises(po.InvalidInputError, match="did you mean ' FTE '"):
        solved(renamed(fte=" FTE "))


@pytest.mark.parametrize(
    ("column", "text", "hint"),
    [
        ("score", "0,5", "write the number without quotes: 0.5"),
        ("fte", "1.250", "write the number that is meant, without quotes: 1.25 or 1250"),
        ("hours_per_week", "€ 5", "write the number without quotes: 5"),
    ],
)
@pytest.mark.parametrize("as_column", [list, np.array, pd.Series, pl.Series, pd.Categorical])
def test_texts_as_numbers_are_told_as_in_records(column, text, hint, as_column):
    (problem,) = problems(PAIRS | {column: as_column([text] * 3)})
    assert (problem.id, problem.field, problem.value) == ("row 0", column, text)
    assert problem.hint == hint


def test_an_id_with_blanks_names_the_one_that_is_meant():
    (problem,) = problems(PAIRS | {"candidate_id": ["C-1 ", "C-2", "C-2"]})
    assert problem.hint.startswith("did you mean 'C-1'")


def test_a_text_that_could_be_a_citizen_number_is_not_repeated():
    (problem,) = problems(PAIRS | {"score": ["111222333", "1", "2"]})
    assert "111222333" not in str(problem)


def test_a_group_by_a_column_of_numbers_says_how_to_make_labels():
    rule = po.ResourceLimit(per="fte", limits=1)
    with pytest.raises(po.InvalidInputError, match="must be a column of labels"):
        solved(PAIRS, rules=[rule])


def test_listed_pairs_of_a_region_without_places_count_as_within_reach(caplog):
    people = [po.Candidate(id="C-1", max_travel_minutes=30), po.Candidate(id="C-2")]
    homeless = REGION.model_copy(update={"candidates": people})
    with caplog.at_level(logging.WARNING, logger="placement_opt"):
        result = po.Model(homeless, pairs=PAIRS, objective=[po.PairScore("score")]).solve()
    assert len(result.placements) == 2
    assert "max_travel_minutes is not judged" in caplog.text
    placed = [po.Candidate(id="C-1", max_travel_minutes=30, location=(51, 5)), people[1]]
    with pytest.raises(po.InvalidInputError, match="location must be given"):
        po.Model(REGION.model_copy(update={"candidates": placed}), pairs=PAIRS).compile()
    with pytest.raises(po.InvalidInputError, match="location must be given"):
        po.Model(homeless).compile()
