"""Frames as people have them: pandas, polars, mappings; every type and every way to say nothing."""

import datetime as dt
import logging
from collections import OrderedDict
from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pandas as pd
import pytest

import placement_opt as po
from placement_opt.basics.frame_columns import cells_of, frame_columns, is_missing

pl = pytest.importorskip("polars", reason="polars is in the extra `test`")

KINDS = {"pandas": pd.DataFrame, "polars": pl.DataFrame}
PEOPLE = {
    "id": ["C-1", "C-2"],
    "priority": [0.1, 1 / 3],
    "max_travel_minutes": [30, None],
    "transport": ["bike", None],
    "available_from": [dt.date(2026, 2, 1), None],
    "sheltered": [True, False],
    "wage_value": [Decimal("0.55"), None],
    "skills": [{"kassa": 0.5, "heftruck": 1.0}, {"kassa": 0.25, "heftruck": None}],
    "needs": [["lift"], []],
    "lat": [51.842022142760435, None],
    "lon": [5.859572401825187, None],
}
WORK = {"id": ["O-1", "O-2"], "positions": [1, 2], "lat": [51.8, 51.9], "lon": [5.8, 5.9]}


def region(frame):
    people = PEOPLE
    if frame is pd.DataFrame:  # a dict in a cell of pandas is as it was written
        people = people | {"skills": [people["skills"][0], {"kassa": 0.25}]}
    return po.Region.from_frames(name="r", candidates=frame(people), openings=frame(WORK))


@pytest.mark.parametrize("kind", KINDS)
def test_records_of_every_type(kind):
    first, second = region(KINDS[kind]).candidates
    assert first == po.Candidate(
        id="C-1",
        priority=0.1,
        max_travel_minutes=30,
        transport="bike",
        available_from=dt.date(2026, 2, 1),
        sheltered=True,
        wage_value=0.55,
        skills={"kassa": 0.5, "heftruck": 1},
        needs=["lift"],
        location=(51.842022, 5.859572),
    )
    assert second == po.Candidate(id="C-2", priority=0.333333, skills={"kassa": 0.25})


@pytest.mark.parametrize(
    "dtype", ["Int64", "Float64", "float32", "Float32", "object", "int8", "category"]
)
def test_numbers_of_every_pandas_type(dtype):
    frame = pd.DataFrame({"id": ["O-1", "O-2"], "positions": [1, 2]}).astype({"positions": dtype})
    people = pd.DataFrame({"id": pd.Series(["C-1"], dtype="category")})
    work = po.Region.from_frames(name="r", candidates=people, openings=frame).openings
    assert [opening.positions for opening in work] == [1, 2]


@pytest.mark.parametrize("dtype", [pl.Int16, pl.UInt64, pl.Float32, pl.Float64, pl.Decimal(10, 2)])
@pytest.mark.parametrize("given", [[1, 2], [1, None]])
def test_numbers_of_every_polars_type(dtype, given):
    frame = pl.DataFrame({"id": ["O-1", "O-2"], "positions": pl.Series(given, dtype=dtype)})
    people = pl.DataFrame({"id": pl.Series(["C-1"], dtype=pl.Enum(["C-1"]))})
    work = po.Region.from_frames(name="r", candidates=people, openings=frame).openings
    assert [opening.positions for opening in work] == [1, given[1] or 1]


@pytest.mark.parametrize("kind", ["pandas", "polars"])
def test_single_precision_is_the_decimal_it_prints_as(kind):
    values = np.array([0.1, 12_345.678], dtype=np.float32)
    frame = KINDS[kind]({"id": ["C-1", "C-2"], "max_travel_minutes": values})
    people = po.Region.from_frames(name="r", candidates=frame, openings=KINDS[kind](WORK))
    assert [person.max_travel_minutes for person in people.candidates] == [0.1, 12_345.678]


def test_whole_numbers_beside_nothing_stay_whole():
    assert cells_of(dict(frame_columns(pl.DataFrame({"a": [2**53 + 1, None]})))["a"]) == [
        *(2**53 + 1, None),
    ]


@pytest.mark.parametrize(
    "nothing",
    [None, float("nan"), np.float32("nan"), pd.NA, pd.NaT, Decimal("NaN"), np.datetime64("NaT")],
)
def test_every_way_to_say_nothing(nothing):
    assert is_missing(nothing)
    column = np.empty(2, dtype=object)
    column[:] = [nothing, "a"]
    assert cells_of(column) == [None, "a"]


@pytest.mark.parametrize("something", [0, "", False, "NaN", [], 0.0, Decimal(0)])
def test_what_says_something(something):
    assert not is_missing(something)


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_pairs_and_minutes(kind):
    frame = KINDS[kind]
    made = po.Region.from_frames(
        name="r",
        candidates=frame({"id": ["C-1"]}),
        openings=frame({"id": ["O-1"]}),
        excluded_pairs=frame({"candidate_id": ["C-1"], "opening_id": ["O-1"]}),
        travel_minutes=frame({"origin": ["C-1"], "destination": ["O-1"], "minutes": [50 / 3]}),
    )
    assert made.excluded_pairs == (("C-1", "O-1"),)
    assert made.travel_minutes == (("C-1", "O-1", 16.666667),)


@pytest.mark.parametrize("what", [pl.LazyFrame({"id": ["C-1"]}), [{"id": "C-1"}], pl.Series([1])])
def test_what_holds_no_rows_is_refused(what):
    with pytest.raises(po.InvalidInputError, match="must be a frame of pandas or polars"):
        po.Region.from_frames(name="r", candidates=what, openings=pl.DataFrame(WORK))
    assert frame_columns(what) is None


def test_a_column_with_a_mark_blanks_or_capitals_is_read_and_told():
    frame = pd.DataFrame({"\ufeffid": ["C-1"], " Priority ": [1]})
    work = pd.DataFrame({"id": ["O-1"]})
    made = po.Region.from_frames(name="r", candidates=frame, openings=work)
    assert made.candidates == (po.Candidate(id="C-1", priority=1),)
    assert [(line.column, line.text) for line in made.reading] == [
        ("\ufeffid", "is read as id"),
        (" Priority ", "is read as priority"),
    ]


def test_none_means_that_a_list_is_not_given():
    person = po.Candidate(id="C-1", skills=None, wishes=None, needs=None)
    made = po.Region(
        name="r",
        candidates=[person],
        openings=[po.Opening(id="O-1", preferences=None)],
        employers=None,
        travel_minutes=None,
        excluded_pairs=None,
        sectors_of_work=None,
    )
    assert made == po.Region(
        name="r", candidates=[po.Candidate(id="C-1")], openings=[po.Opening(id="O-1")]
    )


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


@pytest.mark.parametrize(
    "limits",
    [
        pd.Series({"early": 1, "late": 2.5}),
        pd.Series([1, 2.5], index=pd.Index(["early", "late"], dtype="category")),
        pd.Series([Decimal(1), Decimal("2.5")], index=["early", "late"]),
        OrderedDict(late=np.float32(2.5), early=np.int8(1)),
        MappingProxyType({np.str_("late"): 2.5, "early": np.array(1)}),
    ],
)
def test_limits_of_every_kind_of_mapping(limits):
    rule = po.ResourceLimit(per="shift", limits=limits, minimums=limits)
    assert rule.limits == rule.minimums == {"early": 1, "late": 2.5}
    assert {type(value) for value in rule.limits.values()} <= {int, float}
    assert po.JobsQuota(per="sector", jobs=limits).jobs == {"early": 1, "late": 2.5}


@pytest.mark.parametrize("key", [7, np.int64(7), "7"])
def test_an_id_given_as_an_integer_is_its_digits(key):
    assert po.ResourceLimit(per="opening", limits={key: 3}).limits == {"7": 3}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (pd.Series([1.0, None], index=["a", "b"]), "must hold a number for 'b'"),
        (pd.Series([1, 2], index=["a", "a"]), "must name 'a' once"),
        ({7: 1, "7": 2}, "must name '7' once"),
        ({1.5: 1}, "must map ids or labels"),
        ({True: 1}, "must map ids or labels"),
        (pl.Series([1, 2]), "map ids or labels to numbers"),
        (np.array([1, 2]), "map ids or labels to numbers"),
        ([1, 2], "map ids or labels to numbers"),
        (pd.DataFrame({"a": [1]}), "map ids or labels to numbers"),
    ],
)
def test_limits_that_say_too_little_are_refused(limits, said):
    with pytest.raises(po.InvalidInputError, match=said):
        po.ResourceLimit(per="opening", limits=limits)


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
