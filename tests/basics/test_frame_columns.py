"""Frames as people have them: pandas, polars, mappings; every type and every way to say nothing."""

import datetime as dt
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
